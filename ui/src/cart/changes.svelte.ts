import type { Approval, Cart, CartLine, Money, PriceReason, Refusal, Role } from '../bindings';
import { words } from '../i18n/words.svelte';
import { call } from '../lib/call';
import { sound } from '../lib/sound';
import { aboutApprover } from '../operators/approver';
import { till, type Done } from '../till.svelte';

/** Another price for a line, or a discount on a line or on the whole cart; no discount takes it away. */
export type Change =
  | { kind: 'price'; line: CartLine; price: Money }
  | { kind: 'discount'; line: CartLine | null; discount: string | null };

/** A change of money on its way: what is wanted, why, and whether somebody else has to approve it. */
class Changes {
  wanted = $state.raw<Change | null>(null);
  reason = $state<PriceReason | null>(null);
  /** the least role that may approve */
  needs = $state<Role>('supervisor');
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
    const refusal = await this.#ask(null);
    if (refusal?.kind === 'approval_required') {
      this.needs = refusal.needs;
      till.open('approval');
      sound('needsAnEye');
    } else if (refusal) {
      this.cancel();
      till.refused(refusal);
    }
  }
  /** Answers what the approval sheet has to say. */
  async approve(approval: Approval): Promise<Refusal | null> {
    const refusal = await this.#ask(approval);
    if (refusal === null) return null;
    if (aboutApprover(refusal)) {
      sound('notFound');
      return refusal;
    }
    this.cancel();
    till.refused(refusal);
    return null;
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

  async #ask(approval: Approval | null): Promise<Refusal | null> {
    const { wanted, reason } = this;
    if (!wanted || !reason) return null;
    return till.attempt(async () => {
      const cart = await send(wanted, reason, approval);
      this.cancel();
      till.takeCart(cart, done(wanted), wanted.line?.line ?? till.chosen);
    });
  }
}

function send(change: Change, reason: PriceReason, approval: Approval | null): Promise<Cart> {
  if (change.kind === 'price') {
    return call('set_price', { line: change.line.line, price: change.price, reason, approval });
  }
  return call('set_discount', { line: change.line?.line ?? null, discount: change.discount, reason, approval });
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

export const changes = new Changes();
