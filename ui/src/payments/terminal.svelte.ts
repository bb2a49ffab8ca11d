import type { Approval, CardTender, Refusal } from '../bindings';
import { call } from '../lib/call';
import { Approving } from '../operators/approving.svelte';
import { till } from '../till.svelte';
import { byHand, nextOf } from './card';

/** What is asked of the card terminal, and what a person says in its place. */
class Terminal extends Approving {
  /** the card payment that is to be voided */
  taken = $state.raw<CardTender | null>(null);
  /** what moved, as a person read it in the terminal's journal; null when nothing did */
  moved = $state<string | null>(null);
  /** something was asked and is not answered yet */
  asking = $state(false);

  next = $derived(till.card ? nextOf(till.card) : null);
  /** nothing else can be done */
  locked = $derived(this.asking || (this.next !== null && this.next !== 'go_on'));
  /** the attempt that was asked to stop */
  #stopped = $state<number | null>(null);
  stopping = $derived(till.card !== null && this.#stopped === till.card.attempt);
  /** how often it was asked what became of which attempt */
  #asked = $state.raw({ attempt: 0, times: 0 });
  mayJudge = $derived(
    till.card !== null && byHand(till.card, this.#asked.attempt === till.card.attempt ? this.#asked.times : 0),
  );

  async pay(amount: string): Promise<void> {
    const cart = till.cart;
    if (!cart) return;
    await this.#tell(() => call('pay_card', { cart: cart.id, total: cart.total, amount }));
  }
  /** Asks it to stop; it may be too late, and its own answer counts. */
  stop(): void {
    if (this.next !== 'stop' || this.stopping) return;
    this.#stopped = till.card?.attempt ?? null;
    // not behind what is being asked: it must not wait
    call('stop_card', {}).catch(() => (this.#stopped = null));
  }
  /** Asks what became of the attempt that nobody knows about. */
  async askWhat(): Promise<void> {
    const attempt = till.card?.attempt ?? 0;
    this.#asked = { attempt, times: this.#asked.attempt === attempt ? this.#asked.times + 1 : 1 };
    await this.#tell(() => call('ask_terminal', {}));
  }

  /** Asks whether to void a card payment. */
  beginTake(tender: CardTender): void {
    if (this.locked) return till.refused({ kind: 'card_unsettled' });
    this.taken = tender;
    till.notice = null;
    till.open('card_void');
  }
  async take(): Promise<void> {
    const attempt = this.taken?.attempt;
    this.cancel();
    if (attempt !== undefined) await this.#tell(() => call('take_back_card', { attempt }));
  }

  beginJudge(): void {
    till.notice = null;
    till.open('card_settle');
  }
  /** A person has compared with the terminal's journal. */
  async judge(moved: string | null): Promise<void> {
    this.moved = moved;
    await this.ask();
  }
  cancel(): void {
    if (till.sheet?.startsWith('card_')) till.sheet = null;
    this.taken = null;
  }

  /** One thing at a time; an attempt that is over makes room for the next. */
  async #tell(what: Parameters<typeof till.askCard>[0]): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    if (this.next === 'go_on') till.leaveCard();
    const refusal = await till.askCard(what);
    this.asking = false;
    if (refusal) till.refused(refusal);
  }
  protected refuse(refusal: Refusal): void {
    this.cancel();
    till.refused(refusal);
  }
  protected async send(approval: Approval | null): Promise<Refusal | null> {
    if (this.asking) return null;
    this.asking = true;
    const refusal = await till.attempt(async () => {
      till.takeState(await call('settle_card', { moved: this.moved, approval }));
      this.cancel();
    });
    this.asking = false;
    return refusal;
  }
}

export const terminal = new Terminal('card_approval');
