import type {
  Approval,
  ApprovalReason,
  BlindLine,
  Cart,
  Refunded,
  ReturnDone,
  ReturnQuote,
  ReturnWanted,
  SaleView,
} from '../bindings';
import { orders } from '../i18n/orders';
import { words } from '../i18n/words.svelte';
import { call } from '../lib/call';
import { newId } from '../lib/uuid';
import { CardRefunds } from '../payments/card-refunds.svelte';
import { till } from '../till.svelte';

/** What is wanted: money for goods, a sale undone, goods for goods, or money for goods that nobody has a receipt of. */
export type Wanted = { quote: ReturnQuote | null } & (
  | { kind: 'refund' | 'exchange'; sale: SaleView; lines: ReturnWanted[]; reason: string }
  | { kind: 'void'; sale: SaleView }
  | { kind: 'blind'; lines: BlindLine[]; reason: string }
);
type Answer = Refunded | { kind: 'exchange'; cart: Cart };

/** A return on its way: asked under one id until it is done, however many cards have to be refunded for it. */
class Refunding extends CardRefunds<Answer> {
  wanted = $state.raw<Wanted | null>(null);
  /** the return on the done screen, and whether it undid a whole sale */
  done = $state.raw<ReturnDone | null>(null);
  voided = $state(false);
  #id = newId();

  get id(): string {
    return this.#id;
  }
  protected get ready(): boolean {
    return this.wanted !== null;
  }
  /** why somebody has to approve */
  why = $derived.by<ApprovalReason[]>(() => {
    const { wanted } = this;
    const more: ApprovalReason[] = this.cashInstead ? ['cash_instead'] : [];
    if (wanted?.kind === 'void') return ['void_sale', ...more];
    const known = wanted?.quote?.why ?? [];
    if (wanted?.kind === 'blind' && known.length === 0) return ['no_receipt'];
    return [...known, ...more.filter((one) => !known.includes(one))];
  });

  constructor() {
    super('return_approval');
  }
  /** Another return, or one that was begun before. */
  open(id = newId(), given = false): void {
    this.#id = id;
    this.wanted = null;
    this.forget(given);
  }
  async begin(wanted: Wanted): Promise<void> {
    this.wanted = wanted;
    await this.ask();
  }

  protected carryOut(approval: Approval | null, cashInstead: boolean): Promise<Answer> {
    return carryOut(this.wanted!, this.#id, approval, cashInstead);
  }
  protected async take(answer: Exclude<Answer, { kind: 'card' }>): Promise<void> {
    if (answer.kind === 'exchange') {
      till.toSell();
      till.takeCart(answer.cart);
      this.open();
      return;
    }
    const { done } = answer;
    this.done = done;
    this.voided = this.wanted?.kind === 'void';
    this.open();
    till.notice = null;
    till.screen = 'returned';
    till.spoken = `${orders.t.done[this.voided ? 'voided' : 'title']}. ${words.money(done.total)}`;
    if (till.card) till.leaveCard();
    else await till.ask(async () => till.takeState(await call('state', {})));
  }
}

async function carryOut(wanted: Wanted, id: string, approval: Approval | null, cash_instead: boolean): Promise<Answer> {
  if (wanted.kind === 'void') return call('void_sale', { id, sale: wanted.sale.id, approval, cash_instead });
  if (wanted.kind === 'blind') {
    const { lines, reason } = wanted;
    return { kind: 'completed', done: await call('refund_blind', { id, lines, reason, approval }) };
  }
  const { lines, reason } = wanted;
  const sale = wanted.sale.id;
  if (wanted.kind === 'exchange') {
    return { kind: 'exchange', cart: await call('begin_exchange', { id, sale, lines, reason, approval }) };
  }
  return call('refund', { id, sale, lines, reason, approval, cash_instead });
}

export const refunding = new Refunding();
