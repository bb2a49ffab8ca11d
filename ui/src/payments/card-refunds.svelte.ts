import type { Approval, CardAttempt, Refusal } from '../bindings';
import { Approving } from '../operators/approving.svelte';
import { till, type Sheet } from '../till.svelte';
import { unsettled } from './card';

/** An answer that says that the terminal is at it, or that all is done. */
type Answered = { kind: 'card'; card: CardAttempt } | { kind: string; card?: never };

/** What gives money back to cards on its way: asked again under the same id after each of them, until it is done. */
export abstract class CardRefunds<A extends Answered> extends Approving {
  /** a card is being refunded for it, or was asked to be */
  begun = $state(false);
  /** a card has its money: it has to be completed */
  given = $state(false);
  /** something was asked and is not answered yet */
  asking = $state(false);
  cashInstead = $state(false);
  /** given once for all that is asked until it is done */
  #approval: Approval | null = null;
  /** the attempt that was gone on from */
  #seen: number | null = null;

  constructor(private readonly approvalSheet: Sheet) {
    super(approvalSheet);
  }
  /** Whether there is anything to ask for. */
  protected abstract readonly ready: boolean;
  protected abstract carryOut(approval: Approval | null, cashInstead: boolean): Promise<A>;
  /** Shows what is done. */
  protected abstract take(answer: Exclude<A, { kind: 'card' }>): Promise<void>;

  /** `given`: a card has its money already. */
  protected forget(given = false): void {
    this.begun = given;
    this.given = given;
    this.cashInstead = false;
    this.#approval = null;
    this.#seen = null;
  }
  /** Out of the drawer what the card does not take. */
  async inCash(): Promise<void> {
    this.cashInstead = true;
    await this.ask();
  }
  /** Goes on once a card has its money. */
  follow(card: CardAttempt | null): void {
    if (!this.begun || !this.ready || !card?.of_return || card.working) return;
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
    if (till.sheet === this.approvalSheet) till.sheet = null;
    this.cashInstead = false;
  }

  protected refuse(refusal: Refusal): void {
    this.cancel();
    till.refused(refusal);
  }
  protected async send(approval: Approval | null): Promise<Refusal | null> {
    if (!this.ready || this.asking) return null;
    this.asking = true;
    if (till.card && !unsettled(till.card)) till.leaveCard();
    const given = approval ?? this.#approval;
    let answer: A | null = null;
    const refusal = await till.askCard(async () => {
      const one = (answer = await this.carryOut(given, this.cashInstead));
      if (one.kind !== 'card') return null;
      this.begun = true;
      return one.card ?? null;
    });
    if (refusal === null) await this.#answered(answer, given);
    else if (refusal.kind === 'approval_required') this.#approval = null;
    this.asking = false;
    return refusal;
  }
  async #answered(answer: A | null, approval: Approval | null): Promise<void> {
    if (till.sheet === this.approvalSheet) till.sheet = null;
    this.#approval = approval;
    if (answer === null || answer.kind === 'card') return;
    this.#approval = null;
    await this.take(answer as Exclude<A, { kind: 'card' }>);
  }
}
