import type {
  Approval,
  ApprovalReason,
  BlindLine,
  CardAttempt,
  Cart,
  Refunded,
  Refusal,
  ReturnDone,
  ReturnQuote,
  ReturnWanted,
  SaleView,
} from '../bindings';
import { orders } from '../i18n/orders';
import { words } from '../i18n/words.svelte';
import { call, listen } from '../lib/call';
import { newId } from '../lib/uuid';
import { Approving } from '../operators/approving.svelte';
import { unsettled } from '../payments/card';
import { till } from '../till.svelte';

/** What is wanted: money for goods, a sale undone, goods for goods, or money for goods that nobody has a receipt of. */
export type Wanted = { quote: ReturnQuote | null } & (
  | { kind: 'refund' | 'exchange'; sale: SaleView; lines: ReturnWanted[]; reason: string }
  | { kind: 'void'; sale: SaleView }
  | { kind: 'blind'; lines: BlindLine[]; reason: string }
);
type Answer = Refunded | { kind: 'exchange'; cart: Cart };

/** A return on its way: asked under one id until it is done, however many cards have to be refunded for it. */
class Refunding extends Approving {
  wanted = $state.raw<Wanted | null>(null);
  /** a card is being refunded for it, or was asked to be */
  begun = $state(false);
  /** a card has its money: it has to be completed */
  given = $state(false);
  /** something was asked and is not answered yet */
  asking = $state(false);
  cashInstead = $state(false);
  /** the return on the done screen, and whether it undid a whole sale */
  done = $state.raw<ReturnDone | null>(null);
  voided = $state(false);
  #id = newId();
  /** given once for all that is asked under this id */
  #approval: Approval | null = null;
  /** the attempt that was gone on from */
  #seen: number | null = null;

  get id(): string {
    return this.#id;
  }
  /** why somebody has to approve */
  why = $derived.by<ApprovalReason[]>(() => {
    const { wanted } = this;
    const known = wanted?.quote?.why ?? [];
    const more: ApprovalReason[] = this.cashInstead ? ['cash_instead'] : [];
    if (wanted?.kind === 'void') return ['void_sale', ...more];
    if (wanted?.kind === 'blind' && known.length === 0) return ['no_receipt'];
    return [...known, ...more.filter((one) => !known.includes(one))];
  });

  constructor() {
    super('return_approval');
    listen('sale_printed', ({ sale, receipt_job }) => {
      if (this.done?.id === sale) this.done = { ...this.done, receipt_job };
    });
  }
  /** Another return, or one that was begun before. */
  open(id = newId(), given = false): void {
    this.#id = id;
    this.#approval = null;
    this.#seen = null;
    this.wanted = null;
    this.begun = given;
    this.given = given;
    this.cashInstead = false;
  }
  async begin(wanted: Wanted): Promise<void> {
    this.wanted = wanted;
    await this.ask();
  }
  /** Out of the drawer what the card does not take. */
  async inCash(): Promise<void> {
    this.cashInstead = true;
    await this.ask();
  }
  /** Goes on once a card has its money. */
  follow(card: CardAttempt | null): void {
    if (!this.begun || !this.wanted || !card || card.kind !== 'refund' || card.working) return;
    if (card.state !== 'approved' || card.attempt === this.#seen) return;
    this.#seen = card.attempt;
    this.given = true;
    void this.ask();
  }
  /** Leaves a card alone that took nothing. Answers whether it could. */
  leaveCard(): boolean {
    if (this.given || this.asking || unsettled(till.card)) return false;
    if (till.card) till.leaveCard();
    this.begun = false;
    this.cashInstead = false;
    return true;
  }
  cancel(): void {
    if (till.sheet === 'return_approval') till.sheet = null;
    this.cashInstead = false;
  }

  protected refuse(refusal: Refusal): void {
    this.cancel();
    till.refused(refusal);
  }
  protected async send(approval: Approval | null): Promise<Refusal | null> {
    const { wanted } = this;
    if (!wanted || this.asking) return null;
    this.asking = true;
    if (till.card && !unsettled(till.card)) till.leaveCard();
    let answer: Answer | null = null;
    const refusal = await till.askCard(async () => {
      answer = await carryOut(wanted, this.#id, approval ?? this.#approval, this.cashInstead);
      if (answer.kind !== 'card') return null;
      this.begun = true;
      return answer.card;
    });
    if (refusal === null) {
      this.#approval = approval ?? this.#approval;
      if (till.sheet === 'return_approval') till.sheet = null;
      if (answer) await this.#take(answer);
    } else if (refusal.kind === 'approval_required') this.#approval = null;
    this.asking = false;
    return refusal;
  }
  async #take(answer: Answer): Promise<void> {
    if (answer.kind === 'card') return;
    this.#approval = null;
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
