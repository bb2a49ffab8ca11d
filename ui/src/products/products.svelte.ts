import type {
  Department,
  PriceChange,
  ProductDraft,
  ProductRow,
  ProductTerms,
  ProductView,
  Refusal,
  Undecided,
} from '../bindings';
import { catalogue as said } from '../i18n/catalogue';
import type { Said } from '../i18n/en';
import { words } from '../i18n/words.svelte';
import { importing } from '../imports/importing.svelte';
import { call } from '../lib/call';
import { sound } from '../lib/sound';
import { till } from '../till.svelte';
import { blankDraft, blankSku, draftOf, faultOf, forEngine, forHand, isChanged, isCode, missingOf } from './draft';
import { ShelfList } from './shelf.svelte';

/** The catalogue of the store, and the product on the paper as it is to be saved. */
class Products {
  readonly shelf = new ShelfList();
  terms = $state.raw<ProductTerms | null>(null);
  departments = $state.raw<Department[]>([]);
  /** something new is on the paper */
  adding = $state(false);
  draft = $state<ProductDraft>(blankDraft(null));
  /** the draft as it began */
  before = $state.raw<ProductDraft>(blankDraft(null));
  prices = $state.raw<PriceChange[]>([]);
  /** SKU of the row that was chosen; none while nothing that is known is on the paper */
  sku = $state<string | null>(null);
  /** which of its SKUs is shown */
  at = $state(0);
  trouble = $state.raw<Refusal | null>(null);
  /** what was done, said on the paper until something is typed */
  told = $state.raw<(() => Said) | null>(null);
  busy = $state(false);
  /** what was written apart, at other registers or at head office, and has to be decided */
  undecided = $state.raw<Undecided[]>([]);
  /** who wrote it: nobody else finds it */
  #by: string | null = null;
  /** the SKU that is wanted: a slow answer about another one is not shown */
  #sought: string | null = null;
  /** what was wanted while something was not saved */
  #wanted: (() => void) | null = null;

  shown = $derived(this.adding || this.sku !== null);
  changed = $derived(this.shown && isChanged(this.draft, this.before));
  missing = $derived(missingOf(this.draft, this.before));
  fault = $derived(this.trouble && faultOf(this.trouble, this.draft));
  pigment = $derived(this.departments.find(({ id }) => id === this.draft.department)?.pigment ?? 'none');

  constructor() {
    till.otherScans.push((code) => this.#scanned(code));
  }

  /** What was written before a customer came is there again. */
  async open(): Promise<void> {
    if (!till.toSell()) return;
    const me = till.app?.operator?.id ?? null;
    if (me !== this.#by && !importing.running) importing.leave();
    if (me !== this.#by || !this.changed) {
      this.#by = me;
      this.shelf.clear();
      this.#clear();
    }
    this.trouble = null;
    this.told = null;
    till.screen = 'catalogue';
    await this.#load();
  }
  /** A new product is on the paper, with what was read, or looked for, in its place. */
  async addMissing(text: string): Promise<void> {
    await this.open();
    if (till.screen !== 'catalogue') return;
    this.#settled(() => {
      this.#clear();
      this.adding = true;
      Object.assign(this.draft, draftOf(text, this.terms, words.language));
    });
  }
  async #load(): Promise<void> {
    const known = till.ask(async () => {
      [this.terms, this.departments] = await Promise.all([call('product_terms', {}), call('departments', {})]);
    });
    void this.lookAtUndecided(); // what nobody has to wait for
    await Promise.all([known, this.shelf.look()]);
    const first = this.shelf.rows[0];
    if (first && !this.shown) await this.#show(first.sku);
  }
  async lookAtUndecided(): Promise<void> {
    await till.ask(async () => {
      this.undecided = await call('conflicts', {});
    });
  }
  /** Of the values of a field that were written apart one is the one that stands. */
  async decide({ field }: Undecided, value: string): Promise<void> {
    const refusal = await till.attempt(async () => {
      this.undecided = await call('settle_conflict', { field, value });
    });
    if (refusal) {
      await this.lookAtUndecided();
      till.refused(refusal);
    }
    if (this.undecided.length === 0) till.sheet = null;
    await Promise.all([till.lookAtLink(), till.stock(), this.shelf.again()]);
    if (this.sku !== null && !this.changed && !this.adding) await this.#show(this.sku);
  }
  #clear(): void {
    this.adding = false;
    this.sku = null;
    this.#sought = null;
    this.prices = [];
    this.#begin(blankDraft(this.terms));
  }
  #begin(draft: ProductDraft): void {
    this.before = forHand(draft, words.language);
    this.draft = structuredClone(this.before);
    this.at = 0;
    this.trouble = null;
    this.told = null;
  }
  #take({ draft, prices }: ProductView, sku: string): void {
    this.adding = false;
    this.sku = sku;
    this.prices = prices;
    this.#begin(draft);
    this.at = Math.max(
      draft.skus.findIndex(({ code }) => code === sku),
      0,
    );
  }
  async #show(sku: string): Promise<void> {
    this.#sought = sku;
    this.trouble = await till.attempt(async () => {
      const view = await call('product', { sku });
      if (this.#sought === sku) this.#take(view, sku);
    });
  }

  choose(row: ProductRow): void {
    if (this.sku === row.sku && !this.adding && !importing.shown) return;
    this.leave(() => {
      importing.hide();
      void this.#show(row.sku);
    });
  }
  move(by: 1 | -1): void {
    const { rows } = this.shelf;
    const place = this.shelf.placeOf(this.adding ? null : (this.#sought ?? this.sku));
    const next = rows[place < 0 ? 0 : place + by];
    if (!next) return;
    if (rows.length - place < 20) void this.shelf.page();
    this.choose(next);
    till.spoken = this.rowSaid(next);
  }
  rowSaid({ name, price, unit, on_hand }: ProductRow): string {
    const here = words.quantity(on_hand);
    const cost = price === null ? words.t.openPrice : words.money(price);
    return said.t.rowSaid(words.text(name), cost, unit === 'kg' ? said.t.kilograms(here) : here);
  }
  add(): void {
    if (this.adding) return;
    this.#settled(() => {
      this.#clear();
      this.adding = true;
    });
  }
  import(): void {
    this.#settled(() => importing.open());
  }
  /** The import is left: the list shows what it did. */
  leaveImport(): void {
    importing.leave();
    void this.shelf.again();
    const sku = this.sku;
    if (sku !== null && !this.adding) void this.#show(sku);
  }
  /** Goes somewhere else: back to the counter, unless it is said where. */
  leave(go: () => void = () => till.toSell()): void {
    if (!importing.shown || !importing.running) return this.#settled(go);
    this.#wanted = go;
    till.open('import_leave');
  }
  /** An import that runs is left all the same. */
  leaveRunning(): void {
    till.sheet = null;
    this.#wanted?.();
  }
  /** Goes on, unless something would be lost: that is asked first. */
  #settled(then: () => void): void {
    if (!this.changed) return then();
    this.#wanted = then;
    till.open('product_unsaved');
  }
  discard(): void {
    till.sheet = null;
    this.#begin(this.adding ? blankDraft(this.terms) : forEngine(this.before));
    this.#wanted?.();
  }
  async saveFirst(): Promise<void> {
    till.sheet = null;
    if (await this.save()) this.#wanted?.();
  }

  /** Something was typed: what was said about the draft before is over. */
  edited(): void {
    this.trouble = null;
    this.told = null;
  }
  edit(part: Partial<ProductDraft>): void {
    Object.assign(this.draft, part);
    this.edited();
  }
  /** A SKU that the store knows keeps its code, and stays. */
  isKnown(at: number): boolean {
    return !this.adding && at < this.before.skus.length;
  }
  addSize(): void {
    const { unit } = this.draft.skus[this.at] ?? blankSku();
    this.draft.skus.push({ ...blankSku(), unit });
    this.at = this.draft.skus.length - 1;
    this.edited();
  }
  removeSize(): void {
    this.draft.skus.splice(this.at, 1);
    this.at = Math.min(this.at, this.draft.skus.length - 1);
    this.edited();
  }
  async save(): Promise<boolean> {
    if (this.missing || this.busy || !this.shown) return false;
    this.busy = true;
    const draft = forEngine(this.draft);
    const sku = this.adding ? null : (this.before.skus[0]?.code ?? null);
    const code = draft.skus[this.at]?.code ?? '';
    this.told = null;
    this.trouble = await till.attempt(async () => this.#take(await call('save_product', { sku, draft }), code));
    this.busy = false;
    if (this.trouble) {
      this.at = this.fault?.at ?? this.at;
      sound('notFound');
      till.spokenNow = Object.values(words.refusal(this.trouble)).join(' ');
      return false;
    }
    this.#sought = code;
    this.tell(() => said.t.saved(words.text(this.draft.name)));
    void this.shelf.again();
    void till.stock();
    return true;
  }
  tell(what: () => Said): void {
    this.told = what;
    till.spoken = Object.values(what()).join(' ');
  }

  /** A code that is scanned here is one of the product on the paper. */
  #scanned(code: string): boolean {
    if (till.screen !== 'catalogue') return false;
    const sku = this.draft.skus[this.at];
    if (!this.shown || !sku || till.sheet !== null || importing.shown) {
      sound('notFound');
      return true;
    }
    if (sku.gtins.some((one) => isCode(one, code))) {
      this.tell(() => said.t.scannedKnown(code));
      return true;
    }
    sku.gtins = [...sku.gtins.filter((one) => one.trim() !== ''), code];
    this.edited();
    this.tell(() => said.t.scanned(code));
    sound('good');
    return true;
  }
}

export const products = new Products();
