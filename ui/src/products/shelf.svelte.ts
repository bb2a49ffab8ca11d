import type { ProductPage, ProductRow, Refusal, Shelf } from '../bindings';
import { catalogue as said } from '../i18n/catalogue';
import { words } from '../i18n/words.svelte';
import { asRefusal, call } from '../lib/call';
import { till } from '../till.svelte';

type Sought = { text: string; shelf: Shelf };

/** The SKUs on a shelf, or those that match what is typed, page by page. */
export class ShelfList {
  rows = $state.raw<ProductRow[]>([]);
  text = $state('');
  shelf = $state<Shelf>('active');
  /** SKUs on the whole shelf, or found on it */
  count = $state(0);
  trouble = $state.raw<Refusal | null>(null);
  /** what the rows were found for; none before the first answer */
  sought = $state.raw<Sought | null>(null);
  #next: number | null = null;
  #turn = 0;
  #paging = false;

  clear(): void {
    this.text = '';
    this.shelf = 'active';
    this.rows = [];
    this.sought = null;
  }
  /** Looks anew, for as many rows as `least`; a later question makes an earlier answer void. */
  async look(least = 1): Promise<void> {
    const turn = ++this.#turn;
    const sought = { text: this.text.trim(), shelf: this.shelf };
    try {
      const rows: ProductRow[] = [];
      let after: number | null = null;
      let count: number;
      do {
        const page: ProductPage = await call('products', { ...sought, after });
        if (turn !== this.#turn) return;
        rows.push(...page.rows);
        ({ next: after, count } = page);
      } while (after !== null && rows.length < least);
      this.rows = rows;
      this.#next = after;
      this.count = count;
      this.sought = sought;
      this.trouble = null;
      if (sought.text && least === 1) till.spoken = this.#found(count);
    } catch (thrown) {
      if (turn === this.#turn) this.trouble = asRefusal(thrown);
    }
  }
  /** The same rows as they are now, after something was saved. */
  again(): Promise<void> {
    return this.look(Math.max(this.rows.length, 2));
  }
  choose(shelf: Shelf): void {
    this.shelf = shelf;
    void this.look();
  }
  /** The next page below. */
  async page(): Promise<void> {
    const { sought } = this;
    if (!sought || this.#next === null || this.#paging) return;
    this.#paging = true;
    const turn = this.#turn;
    try {
      const page = await call('products', { ...sought, after: this.#next });
      if (turn === this.#turn) {
        this.rows = [...this.rows, ...page.rows];
        this.#next = page.next;
      }
    } catch (thrown) {
      this.trouble = asRefusal(thrown);
    }
    this.#paging = false;
  }
  placeOf(sku: string | null): number {
    return this.rows.findIndex((row) => row.sku === sku);
  }
  #found(count: number): string {
    const { none, found } = said.t.find;
    return count > 0 ? found(words.quantity(String(count)), count === 1) : none;
  }
}
