import type { FoundKind, SaleView, TakenBackTwice } from '../bindings';
import { orders } from '../i18n/orders';
import { words } from '../i18n/words.svelte';
import { call } from '../lib/call';
import { clock } from '../lib/clock.svelte';
import { till } from '../till.svelte';
import { daysOf, type Span } from './days';
import { Finder } from './finder.svelte';

/** All sales and returns, and one of them in full. */
class Journal {
  readonly finder = new Finder();
  span = $state<Span>('all');
  day = $state('');
  view = $state.raw<SaleView | null>(null);
  /** sales of which more came back than was sold */
  twice = $state.raw<TakenBackTwice[]>([]);
  /** what is wanted: a slow answer about another one is not shown */
  #wanted: string | null = null;

  open(): void {
    if (!till.toSell()) return;
    till.screen = 'journal';
    this.day ||= words.today(clock.now);
    void this.#look(true);
    void till.ask(async () => {
      this.twice = await call('taken_back_twice', {});
    });
  }
  choose(span: Span): void {
    if (span === 'day') return till.open('journal_day');
    this.span = span;
    void this.#look();
  }
  chooseDay(day: string): void {
    till.sheet = null;
    this.day = day;
    this.span = 'day';
    void this.#look();
  }
  chooseKind(kind: FoundKind | null): void {
    this.finder.kind = kind;
    void this.#look();
  }
  move(by: 1 | -1): void {
    if (!this.finder.move(by)) return;
    const { row } = this.finder;
    if (row) void this.show(row.id);
  }
  /** By its receipt number, or by its id: a register that ran twice gave some numbers twice. */
  async show(receipt: string): Promise<void> {
    this.#wanted = receipt;
    till.notice = null;
    await till.ask(async () => {
      const view = await call('sale_view', { receipt });
      if (this.#wanted !== receipt) return;
      this.view = view;
      till.spoken = `${orders.t.find.kind[view.kind]} ${view.receipt}, ${words.money(view.total)}`;
    });
  }
  /** With each letter: what is open stays so while it is among what was found. */
  search(): Promise<void> {
    return this.#look(true);
  }
  /** A receipt that was scanned here. */
  async find(receipt: string): Promise<void> {
    this.finder.clear();
    this.span = 'all';
    this.finder.text = receipt;
    await this.#look();
    if (this.finder.found.length === 0) await this.show(receipt);
  }
  /** After something was printed or recorded about it. */
  async again(): Promise<void> {
    if (this.view) await this.show(this.view.id);
  }
  /** The first one is shown, unless the one beside the list is on it. */
  async #look(keep = false): Promise<void> {
    this.finder.days = daysOf(this.span, words.today(clock.now), this.day);
    await this.finder.look();
    const { found } = this.finder;
    const place = keep ? found.findIndex(({ id }) => id === this.view?.id) : -1;
    this.finder.at = Math.max(place, 0);
    const row = found[this.finder.at];
    if (row) await this.show(row.id);
    else this.view = null;
  }
}

export const journal = new Journal();
