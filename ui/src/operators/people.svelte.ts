import type { Commands, Person, Refusal } from '../bindings';
import { words } from '../i18n/words.svelte';
import { call } from '../lib/call';
import { sound } from '../lib/sound';
import { till } from '../till.svelte';
import { draftOf, isChanged, listed, missingOf, neighbour, type Draft } from './person';

/** The operators of the store, and what is written of the one on the paper. */
class People {
  list = $state.raw<Person[]>([]);
  /** somebody new is on the paper */
  adding = $state(false);
  draft = $state<Draft>(draftOf(null, 'en'));
  trouble = $state.raw<Refusal | null>(null);
  saved = $state(false);
  busy = $state(false);
  #id = $state<string | null>(null);
  /** who wrote it: nobody else finds it */
  #by: string | null = null;
  /** what was wanted while something was not saved */
  #wanted: (() => void) | null = null;

  person = $derived(this.adding ? null : (this.list.find(({ id }) => id === this.#id) ?? null));
  changed = $derived((this.adding || this.person !== null) && isChanged(this.draft, this.person));
  missing = $derived(missingOf(this.draft, this.person));
  /** the person on the paper is the one who is signed in */
  self = $derived(this.person !== null && this.person.id === till.app?.operator?.id);

  /** What was written before a customer came is there again. */
  open(): void {
    if (!till.toSell()) return;
    const me = till.app?.operator?.id ?? null;
    if (me !== this.#by || !this.changed) {
      this.#by = me;
      this.list = [];
      this.#show(null);
    }
    this.trouble = null;
    this.saved = false;
    till.screen = 'people';
    void this.#load();
  }
  async #load(): Promise<void> {
    this.trouble = await till.attempt(async () => {
      this.list = listed(await call('people', {}));
    });
    if (!this.adding && this.person === null) this.#show(this.list[0] ?? null);
  }
  #show(person: Person | null): void {
    this.adding = false;
    this.#id = person?.id ?? null;
    this.#begin();
  }
  #begin(): void {
    this.draft = draftOf(this.person, words.language);
    this.trouble = null;
    this.saved = false;
  }

  choose(person: Person): void {
    if (person.id !== this.person?.id) this.#settled(() => this.#show(person));
  }
  move(by: 1 | -1): void {
    const next = neighbour(this.list, this.person?.id ?? null, by);
    if (!next) return;
    this.choose(next);
    if (this.person === next) till.spoken = `${next.name}, ${words.t.roles[next.role]}`;
  }
  add(): void {
    if (this.adding) return;
    this.#settled(() => {
      this.adding = true;
      this.#begin();
    });
  }
  /** Goes somewhere else: back to the counter, unless it is said where. */
  leave(go: () => void = () => till.toSell()): void {
    this.#settled(go);
  }
  /** Goes on, unless something would be lost: that is asked first. */
  #settled(then: () => void): void {
    if (!this.changed) return then();
    this.#wanted = then;
    till.open('person_unsaved');
  }
  discard(): void {
    till.sheet = null;
    this.#begin();
    this.#wanted?.();
  }
  async saveFirst(): Promise<void> {
    till.sheet = null;
    if (await this.save()) this.#wanted?.();
  }

  openPin(): void {
    till.open('person_pin');
  }
  setPin(pin: string | null): void {
    till.sheet = null;
    this.draft.pin = pin;
    this.saved = false;
  }
  async save(): Promise<boolean> {
    if (this.missing || this.busy || !(this.adding || this.person)) return false;
    const { person, draft } = this;
    const { role, language, pin } = draft;
    const before = this.list;
    const name = draft.name.trim();
    const done = await this.#send({
      operator: person?.id ?? null,
      name,
      role,
      language,
      pin,
      active: person?.active ?? true,
    });
    if (!done) return false;
    const known = before.map(({ id }) => id);
    this.#show(this.list.find(({ id }) => (person ? id === person.id : !known.includes(id))) ?? null);
    this.saved = true;
    till.spoken = Object.values(words.t.people.saved(name)).join(' ');
    return true;
  }
  /** Leaves, or comes back, at once; what else is written stays unsaved. */
  async turn(): Promise<void> {
    const { person } = this;
    if (!person || this.busy) return;
    const { id, name, role, language, active } = person;
    if (await this.#send({ operator: id, name, role, language, pin: null, active: !active })) till.sheet = null;
  }
  closeSheet(): void {
    till.sheet = null;
    this.trouble = null;
  }

  async #send(person: Commands['save_person'][0]): Promise<boolean> {
    this.busy = true;
    this.saved = false;
    this.trouble = await till.attempt(async () => {
      this.list = listed(await call('save_person', person));
    });
    this.busy = false;
    if (this.trouble) {
      sound('notFound');
      till.spokenNow = Object.values(words.refusal(this.trouble)).join(' ');
      return false;
    }
    await this.#tellTill(person.operator);
    return true;
  }
  /** The tiles of the sign-in, and what this session may do from now on. */
  async #tellTill(who: string | null): Promise<void> {
    await till.ask(async () => {
      till.operators = await call('operators', {});
      if (who === null || who !== till.app?.operator?.id) return;
      const app = await call('state', {});
      till.takeState(app);
      if (app.operator) words.choose(app.operator.language);
      if (app.operator?.role !== 'manager') till.toSell();
    });
  }
}

export const people = new People();
