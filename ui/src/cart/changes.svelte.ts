import type { Approval, Cart, CartLine, ChangeQuote, Money, PriceReason, Refusal } from '../bindings';
import { words } from '../i18n/words.svelte';
import { call } from '../lib/call';
import { Approving } from '../operators/approving.svelte';
import { till, type Done } from '../till.svelte';

/** Another price for a line, or a discount on a line or on the whole cart; no discount takes it away. */
export type Change =
  | { kind: 'price'; line: CartLine; price: Money }
  | { kind: 'discount'; line: CartLine | null; discount: string | null };

/** A change of money on its way: what is wanted, why, and whether somebody else has to approve it. */
class Changes extends Approving {
  wanted = $state.raw<Change | null>(null);
  reason = $state<PriceReason | null>(null);
  /** what it would come to; not known yet, or no longer */
  quoted = $state.raw<ChangeQuote | null>(null);
  /** the change that waits for an approval */
  waiting = $derived(till.sheet === 'approval' ? this.wanted : null);

  /** Asks why, unless it is known. */
  async begin(change: Change, reason: PriceReason | null = null): Promise<void> {
    this.wanted = change;
    this.reason = null;
    till.notice = null;
    if (reason) await this.because(reason);
    else till.open('reason');
  }
  async because(reason: PriceReason): Promise<void> {
    this.reason = reason;
    this.quoted = null;
    await this.ask();
    const { waiting } = this;
    if (!waiting) return;
    await till.ask(async () => {
      const quoted = await quote(waiting);
      if (this.waiting === waiting) this.quoted = quoted;
    });
  }
  cancel(): void {
    if (till.sheet === 'reason' || till.sheet === 'approval') till.sheet = null;
    this.wanted = null;
  }
  /** What is asked for, in few words: "$3.25", "−10%". */
  say(change: Change): string {
    if (change.kind === 'price') return words.money(change.price);
    return change.discount === null ? words.t.change.none : words.discount(change.discount);
  }

  protected refuse(refusal: Refusal): void {
    this.cancel();
    till.refused(refusal);
  }
  protected async send(approval: Approval | null): Promise<Refusal | null> {
    const { wanted, reason } = this;
    if (!wanted || !reason) return null;
    return till.attempt(async () => {
      const cart = await change(wanted, reason, approval);
      this.cancel();
      till.takeCart(cart, done(wanted), wanted.line?.line ?? till.chosen);
    });
  }
}

function change(wanted: Change, reason: PriceReason, approval: Approval | null): Promise<Cart> {
  if (wanted.kind === 'price') {
    return call('set_price', { line: wanted.line.line, price: wanted.price, reason, approval });
  }
  return call('set_discount', { line: wanted.line?.line ?? null, discount: wanted.discount, reason, approval });
}

function quote(wanted: Change): Promise<ChangeQuote> {
  if (wanted.kind === 'price') return call('quote_price', { line: wanted.line.line, price: wanted.price });
  return call('quote_discount', { line: wanted.line?.line ?? null, discount: wanted.discount });
}

function done(change: Change): Done {
  const name = () => (change.line ? words.text(change.line.name) : words.t.toast.cart);
  return {
    say: () => {
      if (change.kind === 'price') return words.t.toast.price(name(), words.money(change.price));
      if (change.discount === null) return words.t.toast.noDiscount(name());
      return words.t.toast.discount(name(), words.discount(change.discount));
    },
  };
}

export const changes = new Changes('approval');
