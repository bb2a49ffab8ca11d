import type { Approval, Exchanged } from '../bindings';
import { orders } from '../i18n/orders';
import { words } from '../i18n/words.svelte';
import { call } from '../lib/call';
import { CardRefunds } from '../payments/card-refunds.svelte';
import { till } from '../till.svelte';

/** Goods for goods: what came back pays for the cart, and what it leaves goes back to the customer. */
class Exchanging extends CardRefunds<Exchanged> {
  #cash = '0.00';

  protected get ready(): boolean {
    return till.cart?.exchange != null;
  }
  /** Completes both with what is given for the rest. */
  async complete(cash: string): Promise<void> {
    this.#cash = cash;
    await this.ask();
  }
  /** The goods that came back are no longer a part of this cart. */
  async leave(): Promise<void> {
    if (this.given) return till.refused({ kind: 'exchange_pending' });
    till.notice = null;
    await till.ask(async () => {
      this.forget();
      till.takeCart(await call('leave_exchange', {}));
    });
  }

  protected async carryOut(approval: Approval | null, cash_instead: boolean): Promise<Exchanged> {
    const { id: cart, total } = till.cart!;
    return call('complete_exchange', { cart, total, cash: this.#cash, cash_instead, approval });
  }
  protected async take({ sale, back }: Exclude<Exchanged, { kind: 'card' }>): Promise<void> {
    this.forget();
    till.notice = null;
    await till.ask(async () => {
      await till.toDone(sale, back);
      till.spoken = `${orders.t.done.exchanged}. ${words.money(sale.total)}`;
    });
    if (till.card) till.leaveCard();
  }
}

export const exchanging = new Exchanging('exchange_approval');
