import type { ParkedCart, Refusal } from '../bindings';
import { words } from '../i18n/words.svelte';
import { asRefusal, call } from '../lib/call';
import { till } from '../till.svelte';
import { freeName } from './names';

/** The carts that wait beside the one on the ticket. */
class Parked {
  carts = $state.raw<ParkedCart[]>([]);
  /** why the list or a cart on it cannot be had */
  trouble = $state.raw<Refusal | null>(null);
  /** wanted while the ticket still holds lines */
  blocked = $state.raw<ParkedCart | null>(null);

  async load(): Promise<void> {
    try {
      this.carts = await call('parked', {});
      this.trouble = null;
    } catch (thrown) {
      this.trouble = asRefusal(thrown);
    }
  }
  open(): void {
    this.trouble = null;
    this.blocked = null;
    void this.load();
    till.open('parked');
  }
  name(): string {
    const taken = this.carts.map(({ name }) => name);
    return freeName(taken, words.t.park.name);
  }
  park(name: string): Promise<boolean> {
    const cart = till.cart?.id ?? '';
    till.sheet = null;
    till.notice = null;
    return till.ask(async () =>
      till.takeCart(await call('park', { name }), {
        say: () => words.t.toast.parked(name),
        undo: () => void this.resume(cart),
      }),
    );
  }
  async resume(cart: string): Promise<void> {
    const inSheet = till.sheet === 'parked';
    till.notice = null;
    const refusal = await till.attempt(async () => {
      till.takeCart(await call('resume', { cart }));
      till.spoken = words.t.toast.resumed(words.t.cart.lines(till.live), words.money(till.cart?.total ?? '0'));
    });
    if (refusal === null) {
      if (till.sheet === 'parked') till.sheet = null;
      return;
    }
    if (refusal.kind === 'cart_not_empty' && inSheet) {
      this.blocked = this.carts.find(({ id }) => id === cart) ?? null;
      till.spokenNow = Object.values(words.t.parked.first).join(' ');
      return;
    }
    await this.load();
    if (inSheet) {
      this.trouble = refusal;
      till.spokenNow = Object.values(words.refusal(refusal)).join(' ');
    } else till.refused(refusal);
  }
  /** Parks the cart on the ticket to go on with the one that was wanted. */
  async parkAndResume(): Promise<void> {
    const wanted = this.blocked;
    if (wanted && (await this.park(this.name()))) await this.resume(wanted.id);
  }
}

export const parked = new Parked();
