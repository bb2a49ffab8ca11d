import type { DatedRule, ReceiptPreview, Refusal } from '../bindings';
import { office } from '../i18n/office';
import { words } from '../i18n/words.svelte';
import { call } from '../lib/call';
import { sound } from '../lib/sound';
import { till } from '../till.svelte';
import { changedIn, draftOf, fieldOf, missingOf, settingsOf, storeOf, type Draft, type Field } from './draft';
import { sections, type Section } from './sections';

/** The settings of the store, and what is written of them until it is saved. */
class Editing {
  section = $state<Section>('store');
  draft = $state<Draft | null>(null);
  trouble = $state.raw<Refusal | null>(null);
  saved = $state(false);
  busy = $state(false);
  preview = $state.raw<ReceiptPreview | null>(null);
  rules = $state.raw<DatedRule[]>([]);
  /** the day that the rules are looked up for; none is today */
  day = $state<string | null>(null);
  #before = $state.raw<Draft | null>(null);
  /** who wrote it: nobody else finds it */
  #by: string | null = null;
  /** what was wanted while something was not saved */
  #wanted: (() => void) | null = null;
  #looks = 0;

  changed = $derived(this.draft && this.#before ? changedIn(this.draft, this.#before) : []);
  missing = $derived(this.draft && this.#before ? missingOf(this.draft, this.#before) : 'change');
  /** where the refusal is said */
  wrong = $derived(this.trouble && this.draft ? fieldOf(this.trouble, this.draft).field : null);

  /** What was written before a customer came is there again. */
  open(): void {
    if (!till.toSell()) return;
    const me = till.app?.operator?.id ?? null;
    const kept = me === this.#by && this.changed.length > 0;
    this.#by = me;
    this.trouble = null;
    this.saved = false;
    till.screen = 'settings';
    if (!kept) void this.#load();
    this.lookUp(this.day);
  }
  async #load(): Promise<void> {
    this.trouble = await till.attempt(async () => {
      const settings = await call('settings', {});
      if (!till.app) return;
      this.#before = draftOf(till.app.store, settings, words.language);
      this.#restore();
    });
  }
  #restore(): void {
    this.draft = this.#before && structuredClone(this.#before);
  }

  choose(section: Section): void {
    this.section = section;
  }
  move(by: 1 | -1): void {
    const next = sections[sections.indexOf(this.section) + by];
    if (!next) return;
    this.section = next;
    till.spoken = office.t.settings.sections[next];
  }
  edit(part: Partial<Draft>): void {
    if (this.draft) Object.assign(this.draft, part);
    this.saved = false;
    this.trouble = null;
  }
  /** What is wrong with a field, in words. */
  wrongWith(field: Field): string | null {
    return this.trouble && this.wrong === field ? Object.values(words.refusal(this.trouble)).join(' ') : null;
  }

  /** Goes back to the counter, unless it is said where; what would be lost is asked about first. */
  leave(go: () => void = () => till.toSell()): void {
    if (this.changed.length === 0) return go();
    this.#wanted = go;
    till.open('settings_unsaved');
  }
  discard(): void {
    till.sheet = null;
    this.trouble = null;
    this.#restore();
    this.#wanted?.();
  }
  async saveFirst(): Promise<void> {
    till.sheet = null;
    if (await this.save()) this.#wanted?.();
  }
  async save(): Promise<boolean> {
    const { draft, changed } = this;
    if (!draft || this.missing || this.busy) return false;
    this.busy = true;
    this.saved = false;
    const store = changed.includes('store') ? storeOf(draft) : null;
    const settings = changed.some((section) => section !== 'store') ? settingsOf(draft) : null;
    this.trouble = await till.attempt(async () => {
      till.takeState(await call('save_settings', { store, settings }));
    });
    this.busy = false;
    if (this.trouble) {
      this.section = fieldOf(this.trouble, draft).section;
      sound('notFound');
      till.spokenNow = Object.values(words.refusal(this.trouble)).join(' ');
      return false;
    }
    await this.#load();
    this.saved = this.trouble === null;
    till.spoken = Object.values(office.t.settings.saved).join(' ');
    return true;
  }

  /** The receipt as it would come out; the last one that was asked for is shown. */
  look({ receipt, foot }: Pick<Draft, 'receipt' | 'foot'>): void {
    const look = ++this.#looks;
    void till.attempt(async () => {
      const preview = await call('receipt_preview', { receipt, foot });
      if (look === this.#looks) this.preview = preview;
    });
  }
  lookUp(day: string | null): void {
    this.day = day;
    till.sheet = null;
    void till.ask(async () => {
      this.rules = await call('rules_on', { day });
    });
  }
}

export const editing = new Editing();
