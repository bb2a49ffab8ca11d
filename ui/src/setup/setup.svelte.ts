import type { Language, Refusal, Region, RegionChoice, SetupState } from '../bindings';
import { asRefusal, call, listen } from '../lib/call';
import { sound } from '../lib/sound';
import { till } from '../till.svelte';
import { missingOf, proposeCode, type Draft, type Step } from './draft';

const own: Step[] = ['store', 'region', 'register', 'manager'];
const joining: Step[] = ['join'];
export const ways: Language[][] = [['en', 'fr'], ['fr', 'en'], ['en'], ['fr']];

/** A store before it is opened for the first time: what is asked for, step by step. */
export class Setup {
  readonly regions: RegionChoice[];
  readonly ways = ways;
  /** the store that is there already, and only wants its manager */
  readonly known: boolean;
  steps = $state.raw<Step[]>([]);
  /** entries of the store that were taken in while this register joins it, and of how many */
  entries = $state({ here: 0, of: 0 });
  draft = $state<Draft>({
    name: '',
    code: '',
    tenant: '',
    street: '',
    city: '',
    taxNumbers: ['', ''],
    region: null,
    register: '1',
    languages: ['en', 'fr'],
    timeZone: '',
    manager: '',
    managerLanguage: 'en',
    pin: null,
    office: '',
    ticket: '',
  });
  step = $state<Step>('store');
  trouble = $state.raw<Refusal | null>(null);
  busy = $state(false);
  missing = $derived(missingOf(this.draft, this.step));
  /** a code that nobody typed follows the name */
  #codeTyped = false;

  constructor(state: SetupState, language: Language) {
    this.regions = state.regions;
    this.known = state.store !== null;
    this.#take(this.known ? ['manager'] : own);
    this.draft.managerLanguage = language;
    if (state.store) this.draft.name = state.store.name;
  }
  #take(steps: Step[]): void {
    this.steps = steps;
    this.step = steps[0]!;
    this.trouble = null;
  }
  /** whether this register joins a store that sells already */
  get joins(): boolean {
    return this.steps === joining;
  }
  /** Another way to begin: a store of its own, or one more register of a store that there is. */
  turn(): void {
    if (!this.busy) this.#take(this.joins ? own : joining);
  }
  name(name: string): void {
    this.draft.name = name;
    if (!this.#codeTyped) this.draft.code = proposeCode(name);
  }
  code(code: string): void {
    this.#codeTyped = true;
    this.draft.code = code.toUpperCase();
  }
  choose(region: Region): void {
    const chosen = this.regions.find((one) => one.region === region);
    if (!chosen) return;
    this.draft.region = region;
    this.draft.timeZone = chosen.time_zones[0] ?? '';
    this.draft.languages = chosen.languages;
  }
  get region(): RegionChoice | null {
    return this.regions.find(({ region }) => region === this.draft.region) ?? null;
  }
  done(step: Step): boolean {
    return this.steps.indexOf(step) < this.steps.indexOf(this.step) && missingOf(this.draft, step) === null;
  }
  goTo(step: Step): void {
    if (this.steps.indexOf(step) > this.steps.indexOf(this.step)) return;
    this.trouble = null;
    this.step = step;
  }
  back(): void {
    const before = this.steps[this.steps.indexOf(this.step) - 1];
    if (before) this.goTo(before);
    else if (this.joins) this.turn();
  }
  /** Goes on to the next step; the last one opens the shop. */
  next(): void {
    if (this.missing !== null || this.busy) return;
    const after = this.steps[this.steps.indexOf(this.step) + 1];
    this.trouble = null;
    if (after) this.step = after;
    else void this.#open();
  }
  demo(): void {
    if (!this.busy) void this.#enter(() => call('open_demo', {}));
  }
  #open(): Promise<void> {
    const { draft } = this;
    if (this.joins) return this.#join(draft.office.trim(), draft.ticket.trim());
    const manager = { name: draft.manager.trim(), language: draft.managerLanguage, pin: draft.pin ?? '' };
    if (this.known || draft.region === null) return this.#enter(() => call('add_first_manager', { manager }));
    const store = {
      tenant: draft.tenant.trim() || draft.code,
      code: draft.code,
      name: draft.name.trim(),
      address: [draft.street, draft.city],
      region: draft.region,
      register: Number(draft.register),
      languages: draft.languages,
      tax_numbers: draft.taxNumbers,
      time_zone: draft.timeZone,
    };
    return this.#enter(() => call('open_store', { store, manager }));
  }
  async #join(url: string, code: string): Promise<void> {
    this.entries = { here: 0, of: 0 };
    const quiet = listen('joining', ({ entries, of }) => (this.entries = { here: entries, of }));
    await this.#enter(() => call('join_store', { url, code }));
    quiet();
  }
  async #enter(what: () => ReturnType<typeof call<'open_demo'>>): Promise<void> {
    this.busy = true;
    this.trouble = null;
    try {
      till.enter(await what());
    } catch (thrown) {
      this.trouble = asRefusal(thrown);
      this.#turnTo(this.trouble);
      sound('notFound');
    }
    this.busy = false;
  }
  /** Shows the step on which a refusal can be mended. */
  #turnTo({ kind }: Refusal): void {
    if (kind === 'bad_store_code' || kind === 'bad_tenant_code') this.step = this.steps[0]!;
    else if (kind === 'bad_register' || kind === 'unknown_time_zone') this.step = 'register';
    else if (kind === 'bad_pin') this.draft.pin = null;
  }
}

/** `America/St_Johns` as people say it. */
export function zoneName(zone: string): string {
  return (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ');
}

export function sameWay(one: Language[], other: Language[]): boolean {
  return one.join() === other.join();
}
