import type { Approval, CashMove, Refusal } from '../bindings';
import { AmountEntry } from '../counter/amount-entry.svelte';
import type { Said } from '../i18n/en';
import { words } from '../i18n/words.svelte';
import { call } from '../lib/call';
import { amountOf, quantityOf } from '../lib/entry';
import { sound } from '../lib/sound';
import { Approving } from '../operators/approving.svelte';
import { till } from '../till.svelte';

export type Opening = CashMove | 'no_sale';
export const moves: CashMove[] = ['paid_in', 'paid_out', 'safe_drop'];

/** The drawer opened without a sale: what is put in or taken out, and why. */
class Drawer extends Approving {
  what = $state<Opening>('no_sale');
  entry = $state.raw(new AmountEntry());
  amount = $derived(quantityOf(this.entry.text) && amountOf(this.entry.text));
  reason = $state('');
  trouble = $state.raw<(() => Said) | null>(null);
  /** it is opened to be counted: nothing is shown over the count unless somebody has to approve */
  #counting = false;

  begin(what: Opening): void {
    this.what = what;
    this.#counting = false;
    this.entry = new AmountEntry();
    this.reason = '';
    this.trouble = null;
    till.notice = null;
    till.open(what === 'no_sale' ? 'drawer_reason' : 'drawer');
  }
  /** Opens it for whoever counts it. */
  async toCount(reason: string): Promise<void> {
    this.what = 'no_sale';
    this.reason = reason;
    this.#counting = true;
    await this.ask();
  }
  /** The amount stands; now the reason. */
  next(): void {
    if (this.amount === null) return;
    this.trouble = null;
    till.open('drawer_reason');
  }
  async because(reason: string): Promise<void> {
    this.reason = reason.trim();
    await this.ask();
  }
  cancel(): void {
    till.sheet = null;
  }

  protected refuse(refusal: Refusal): void {
    if (this.#counting) {
      this.cancel();
      return till.refused(refusal);
    }
    this.trouble = () => words.refusal(refusal);
    till.spokenNow = Object.values(this.trouble()).join(' ');
    sound('notFound');
    till.open(refusal.kind === 'bad_amount' ? 'drawer' : 'drawer_reason');
  }
  protected send(approval: Approval | null): Promise<Refusal | null> {
    const { what, amount, reason } = this;
    return till.attempt(async () => {
      if (what === 'no_sale') await call('no_sale', { reason, approval });
      else await call('move_cash', { what, amount: amount ?? '', reason, approval });
      this.cancel();
      if (this.#counting) return;
      const then = /[.?…]$/.test(reason) ? reason : `${reason}.`;
      till.tell({ tone: 'info', say: () => ({ fact: words.t.drawer.done[what](words.money(amount ?? '0')), then }) });
    });
  }
}

export const drawer = new Drawer('drawer_approval');
