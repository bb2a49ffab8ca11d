import type { ReturnQuote, ReturnWanted, SaleView, SoldLine } from '../bindings';
import { orders } from '../i18n/orders';
import { words } from '../i18n/words.svelte';
import { asRefusal, call } from '../lib/call';
import { till } from '../till.svelte';
import {
  allOf,
  isAll,
  neighbour,
  reasons,
  stateOf,
  stepped,
  wantedOf,
  type Draft,
  type Missing,
  type Taken,
} from './wanted';
import { Why } from './why.svelte';

/** What comes back of one sale, before it does. */
class ReturnDraft {
  sale = $state.raw<SaleView | null>(null);
  /** the line the keys act on */
  at = $state<number | null>(null);
  /** nothing of it can be changed any more: a card has its money */
  fixed = $state(false);
  readonly why = new Why();
  /** done once the engine has said what it comes to now */
  quoted: Promise<void> = Promise.resolve();
  #taken = $state.raw<Draft>({});
  #answer = $state.raw<{ about: ReturnWanted[]; quote: ReturnQuote } | null>(null);

  line = $derived(this.sale?.lines.find(({ line }) => line === this.at) ?? null);
  wanted = $derived(this.sale ? wantedOf(this.sale.lines, this.#taken) : []);
  all = $derived(this.sale !== null && isAll(this.sale.lines, this.#taken));
  /** what it came to when it was asked last, to be shown while it is asked anew */
  shown = $derived(this.wanted.length > 0 ? (this.#answer?.quote ?? null) : null);
  /** what it comes to now */
  quote = $derived(this.#answer?.about === this.wanted ? this.shown : null);
  missing = $derived<Missing | null>(
    this.sale === null ? 'sale' : this.wanted.length === 0 ? 'line' : this.why.missing,
  );

  show(sale: SaleView | null): void {
    this.sale = sale;
    this.fixed = false;
    this.#taken = {};
    this.#answer = null;
    this.at = sale ? neighbour(sale.lines, null, 1) : null;
    this.why.clear();
  }
  /** A return that was begun before: all of it stands. */
  showBegun(sale: SaleView, lines: ReturnWanted[], reason: string | null): void {
    this.show(sale);
    this.fixed = true;
    this.why.take(reason, reasons);
    this.#take(Object.fromEntries(lines.map(({ line, quantity, wasted }) => [line, { quantity, wasted }])));
  }
  taken(line: number): Taken {
    return this.#taken[line] ?? { quantity: '0', wasted: false };
  }
  set(line: number, part: Partial<Taken>): void {
    if (this.fixed) return;
    this.at = line;
    this.#take({ ...this.#taken, [line]: { ...this.taken(line), ...part } });
  }
  takeAll(): void {
    const { sale } = this;
    if (!sale || this.fixed) return;
    this.#take(this.all ? {} : allOf(sale.lines, this.#taken));
    const count = this.wanted.length;
    till.spoken = count > 0 ? orders.t.returns.lines(count) : orders.t.returns.takeNone;
  }
  /** One more or one less of counted goods; what is weighed is asked for. */
  step(by: 1 | -1, line = this.line): void {
    if (!line || stateOf(line) !== 'open' || this.fixed) return;
    this.at = line.line;
    if (line.unit === 'kg') {
      if (by === 1) this.weigh(line);
      else this.set(line.line, { quantity: '0' });
      return;
    }
    this.set(line.line, { quantity: stepped(this.taken(line.line).quantity, by, 0, Number(line.left)) });
    this.#say(line);
  }
  weigh(line: SoldLine): void {
    if (line.unit !== 'kg' || this.fixed) return;
    this.at = line.line;
    till.notice = null;
    till.open('return_weigh');
  }
  /** To waste, or to stock again. */
  turn(): void {
    const { line } = this;
    if (line && Number(this.taken(line.line).quantity) > 0)
      this.set(line.line, { wasted: !this.taken(line.line).wasted });
  }
  move(by: 1 | -1): void {
    if (!this.sale) return;
    this.at = neighbour(this.sale.lines, this.at, by);
    if (this.line) this.#say(this.line);
  }
  #say({ line, name, left }: SoldLine): void {
    const { quantity } = this.taken(line);
    till.spoken = orders.t.returns.lineSaid(words.text(name), words.quantity(quantity), words.quantity(left));
  }
  #take(taken: Draft): void {
    this.#taken = taken;
    till.notice = null;
    this.quoted = this.#ask();
  }
  async #ask(): Promise<void> {
    const { sale, wanted } = this;
    if (!sale || wanted.length === 0) return;
    try {
      const quote = await call('quote_return', { sale: sale.id, lines: wanted });
      if (this.wanted === wanted) this.#answer = { about: wanted, quote };
    } catch (thrown) {
      if (this.wanted === wanted) till.refused(asRefusal(thrown));
    }
  }
}

export const draft = new ReturnDraft();
