import type { FoundKind, FoundSale, Refusal } from '../bindings';
import { orders } from '../i18n/orders';
import { asRefusal, call } from '../lib/call';
import { till } from '../till.svelte';
import type { Days } from './days';

const PAGE = 40;
type Sought = { text: string; days: Days | null; kind: FoundKind | null };

/** Sales and returns of the journal, newest first, page by page. */
export class Finder {
  found = $state.raw<FoundSale[]>([]);
  more = $state(false);
  text = $state('');
  days = $state.raw<Days | null>(null);
  kind = $state<FoundKind | null>(null);
  /** the row that the keys act on */
  at = $state(0);
  trouble = $state.raw<Refusal | null>(null);
  /** what the rows were found for; none before the first answer */
  sought = $state.raw<Sought | null>(null);
  row = $derived(this.found[this.at] ?? null);
  #turn = 0;
  #paging = false;

  constructor(private readonly only: FoundKind | null = null) {
    this.kind = only;
  }
  clear(): void {
    this.text = '';
    this.days = null;
    this.kind = this.only;
    this.at = 0;
  }
  /** Looks anew; a later question makes an earlier answer void. */
  async look(): Promise<void> {
    const turn = ++this.#turn;
    const sought = this.#sought();
    try {
      const { found, more } = await this.#ask(sought, null);
      if (turn !== this.#turn) return;
      this.found = found;
      this.more = more;
      this.at = 0;
      this.sought = sought;
      this.trouble = null;
      if (sought.text) till.spoken = found.length > 0 ? orders.t.find.count(found.length, more) : orders.t.find.none;
    } catch (thrown) {
      if (turn === this.#turn) this.trouble = asRefusal(thrown);
    }
  }
  /** The next page below. */
  async page(): Promise<void> {
    const last = this.found.at(-1);
    if (!last || !this.more || this.#paging) return;
    this.#paging = true;
    const turn = this.#turn;
    try {
      const { found, more } = await this.#ask(this.sought ?? this.#sought(), last.entry);
      if (turn === this.#turn) {
        this.found = [...this.found, ...found];
        this.more = more;
      }
    } catch (thrown) {
      this.trouble = asRefusal(thrown);
    }
    this.#paging = false;
  }
  /** Answers whether the choice could move. */
  move(by: 1 | -1): boolean {
    const next = Math.min(Math.max(this.at + by, 0), this.found.length - 1);
    const moved = next !== this.at;
    this.at = Math.max(next, 0);
    if (this.found.length - this.at < 8) void this.page();
    return moved;
  }
  #sought(): Sought {
    return { text: this.text.trim(), days: this.days, kind: this.kind };
  }
  #ask({ text, days, kind }: Sought, before: number | null) {
    return call('find_sales', { text, from: days?.from ?? null, to: days?.to ?? null, kind, before, limit: PAGE });
  }
}
