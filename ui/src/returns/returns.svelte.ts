import type { SaleView } from '../bindings';
import { orders } from '../i18n/orders';
import { words } from '../i18n/words.svelte';
import { asRefusal, call } from '../lib/call';
import { sound } from '../lib/sound';
import { Finder } from '../journal/finder.svelte';
import { journal } from '../journal/journal.svelte';
import { terminal } from '../payments/terminal.svelte';
import { till } from '../till.svelte';
import { blind } from './blind.svelte';
import { draft } from './draft.svelte';
import { isReceiptNumber } from './receipt-number';
import { refunding, type Wanted } from './refunding.svelte';
import { allOf, stateOf, wantedOf } from './wanted';

/** Why a sale is voided after it was completed, as the engine writes it. */
const POST_VOID = 'post_void';

/** The return screen: how one comes to it, what is on it, and how one leaves. */
class Returns {
  mode = $state<'receipt' | 'blind' | 'void'>('receipt');
  /** another sale is looked for while one is open */
  finding = $state(false);
  readonly finder = new Finder('sale');
  /** the attempt that is over, and after which the engine was asked what stands */
  #over: number | null = null;

  /** nothing but the terminal can be attended to */
  locked = $derived(refunding.asking || terminal.locked);
  /** the terminal is asked, or has answered, and the panel shows it */
  atTerminal = $derived(refunding.begun && till.card?.of_return === true);
  listing = $derived(this.mode === 'receipt' && (draft.sale === null || this.finding));
  missing = $derived(this.mode === 'blind' ? blind.missing : draft.missing);
  quote = $derived(this.mode === 'blind' ? blind.quote : draft.quote);

  constructor() {
    till.otherScans.push((code) => this.#scanned(code));
  }

  /** F9: which sale it is of is asked there. */
  begin(): void {
    if (!this.#enter()) return;
    this.mode = 'receipt';
    this.#clear();
  }
  beginBlind(): void {
    this.begin();
    if (till.screen === 'return') this.mode = 'blind';
  }
  /** Opens a sale by the number of its receipt, or of that of a return of it; by an id where two have that number. */
  async open(receipt: string): Promise<void> {
    const before = till.screen;
    if (!this.#enter()) return;
    if (before !== 'return' || this.mode !== 'receipt') this.#clear();
    this.mode = 'receipt';
    await till.ask(async () => {
      const found = await this.#meant(receipt);
      if (found.kind === 'return' && found.of === null) {
        return till.tell({ tone: 'attention', say: () => orders.t.returns.notASale(found.receipt) });
      }
      const sale = found.of === null ? found : await call('sale_view', { receipt: found.of_sale ?? '' });
      refunding.open();
      draft.show(sale);
      this.finding = false;
      sound('good');
      till.spoken = `${orders.t.returns.saleOf(words.money(sale.total))}. ${sale.receipt}`;
    });
  }
  /** What a card has its money for, or may have, is on the screen again. */
  async resume(): Promise<void> {
    const begun = till.app?.unfinished_return;
    if (!begun || (refunding.id === begun.id && draft.sale)) return;
    await till.ask(async () => {
      const sale = await call('sale_view', { receipt: begun.sale });
      this.mode = begun.reason === POST_VOID ? 'void' : 'receipt';
      this.finding = false;
      draft.showBegun(sale, begun.lines, begun.reason);
      refunding.open(begun.id, true);
      refunding.wanted = this.#wanted();
    });
  }
  /** Undoes a whole sale, which was asked about already. */
  async voidSale(sale: SaleView): Promise<void> {
    if (!this.#enter()) return;
    this.mode = 'void';
    refunding.open();
    draft.showBegun(sale, wantedOf(sale.lines, allOf(sale.lines, {})), POST_VOID);
    await refunding.begin({ kind: 'void', sale, quote: null });
  }
  findAnother(): void {
    if (this.locked || draft.fixed || refunding.begun) return;
    this.finding = true;
    void this.finder.look();
  }

  press(): void {
    if (terminal.next === 'ask') return void terminal.askWhat();
    this.#decide((wanted) => void refunding.begin(wanted));
  }
  exchange(): void {
    this.#decide((wanted) => {
      if (wanted.kind === 'refund' && !draft.fixed) void refunding.begin({ ...wanted, kind: 'exchange' });
    });
  }
  /** Decides on what is chosen; what a key means may hang on what it comes to, which is still being asked. */
  #decide(then: (wanted: Wanted) => void): void {
    const { mode } = this;
    void (mode === 'blind' ? blind : draft).quoted.then(() => {
      const wanted = this.locked || this.mode !== mode ? null : this.#wanted();
      if (wanted) then(wanted);
    });
  }
  /** Back by one step. */
  leave(): void {
    if (terminal.next === 'stop') return terminal.stop();
    if (this.locked) return till.refused({ kind: 'card_unsettled' });
    const { sale } = draft;
    if (refunding.given && sale) {
      return till.refused({ kind: 'return_unfinished', receipt: sale.receipt, id: refunding.id });
    }
    if (refunding.begun) {
      refunding.leaveCard();
      if (this.mode !== 'void') return;
    } else if (this.finding && sale) {
      this.finding = false;
      return;
    }
    draft.show(null);
    blind.clear();
    till.toSell();
  }
  /** After a card: what it took is completed; what it did not take may be changed again. */
  follow(): void {
    refunding.follow(till.card);
    const { card, app } = till;
    if (!refunding.begun || this.locked || !card?.of_return || card.state === 'approved') return;
    if (this.#over !== card.attempt) {
      this.#over = card.attempt;
      void till.ask(async () => till.takeState(await call('state', {})));
      return;
    }
    refunding.given = app?.unfinished_return != null;
    draft.fixed = refunding.given || this.mode === 'void';
  }

  #enter(): boolean {
    if (refunding.given || till.app?.unfinished_return) {
      till.screen = 'return';
      void this.resume();
      return false;
    }
    if (!till.toSell()) return false;
    till.screen = 'return';
    return true;
  }
  #clear(): void {
    draft.show(null);
    blind.clear();
    refunding.open();
    this.finding = false;
    this.finder.clear();
    void this.finder.look();
  }
  #wanted(): Wanted | null {
    if (this.missing !== null || (this.quote === null && !draft.fixed)) return null;
    const { quote } = this;
    if (this.mode === 'blind') return { kind: 'blind', lines: blind.lines, reason: blind.why.sent, quote };
    const { sale, wanted: lines } = draft;
    if (!sale) return null;
    if (this.mode === 'void') return { kind: 'void', sale, quote };
    return { kind: 'refund', sale, lines, reason: draft.why.sent, quote };
  }
  #scanned(code: string): boolean {
    const store = till.app?.store.code ?? '';
    const here = till.screen === 'return';
    if (!till.app?.shift && till.screen !== 'journal') return false;
    if (isReceiptNumber(code, store)) {
      if (till.screen === 'journal') void journal.find(code);
      else if (here && this.locked) till.refused({ kind: 'card_unsettled' });
      else void this.open(code);
      return true;
    }
    if (!here || this.locked) return false;
    if (this.mode === 'blind') void blind.scan(code);
    else if (draft.sale && !this.finding && !draft.fixed) void this.#scanGoods(code);
    else if (this.listing) void this.#find(code);
    else return false;
    return true;
  }
  /** Goods that are scanned while their sale is open: one more of them comes back. */
  async #scanGoods(code: string): Promise<void> {
    await till.ask(async () => {
      const [hit] = await call('search', { text: code, limit: 1 });
      const lines =
        draft.sale?.lines.filter((line) => line.sku === hit?.sku && line.voided === null && line.of === null) ?? [];
      const open = lines.filter((line) => stateOf(line) === 'open');
      const line = open.find((one) => Number(draft.taken(one.line).quantity) < Number(one.left)) ?? open[0];
      if (line) {
        sound('good');
        return draft.step(1, line);
      }
      sound('notFound');
      const name = () => (hit ? words.text(hit.name) : '');
      const say = !hit
        ? () => orders.t.returns.unknownGoods
        : () => orders.t.returns[lines.length > 0 ? 'noneLeft' : 'notThisSale'](name());
      till.tell(hit ? { tone: 'attention', say } : { tone: 'stop', say, code });
    });
  }
  /** Two receipts may have one number: both stand in the list then, to be chosen by time and amount. */
  async #meant(receipt: string): Promise<SaleView> {
    try {
      return await call('sale_view', { receipt });
    } catch (thrown) {
      if (asRefusal(thrown).kind === 'two_of_one_number') {
        this.finding = true;
        await this.#find(receipt);
      }
      throw thrown;
    }
  }
  /** Anything else that is scanned while a sale is looked for: goods that were in it, another store's receipt. */
  async #find(code: string): Promise<void> {
    this.finder.text = code;
    await this.finder.look();
  }
}

export const returns = new Returns();
