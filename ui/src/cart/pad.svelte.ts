import type { Cart } from '../bindings';
import { amountOf, discountOf, press, quantityOf, type EntryKind, type PadKey } from '../lib/entry';
import { isZero } from '../lib/format';
import { canTakeBack } from '../lib/keys';
import { till } from '../till.svelte';
import { changes } from './changes.svelte';

export type Mode = 'quantity' | 'price' | 'discount';

/** What the keypad beside the goods changes, and what is typed on it. */
class Pad {
  /** a discount is typed as per cent or as an amount, off the line or off the whole cart */
  unit = $state<'%' | '$'>('%');
  target = $state<'line' | 'cart'>('line');
  #chosen = $state.raw<{ mode: Mode; line: number; cart: Cart | null } | null>(null);
  #typed = $state('');
  #about = $state<string | null>(null);
  /** keys pressed before the engine has said what they are about: a scan may put goods on the scale */
  #early: Array<PadKey | 'enter'> = [];

  /** goods that wait for their price or their weight: all keys are about that */
  asked = $derived(till.keying ?? till.weighing);
  /** Price and discount hold for one line and until the cart changes: then the keypad counts again. */
  mode = $derived.by<Mode>(() => {
    const one = this.#chosen;
    if (!one || this.asked || one.line !== till.line?.line || one.cart !== till.cart) return 'quantity';
    return one.mode;
  });
  weight = $derived(this.mode === 'quantity' && !till.keying && (till.weighing !== null || till.line?.unit === 'kg'));
  /** what the keys are about; nothing can be typed about nothing */
  subject = $derived.by(() => {
    if (till.keying) return `key ${till.keying.sku}`;
    if (till.weighing) return `weigh ${till.weighing.sku}`;
    return till.line ? `${this.mode} ${till.line.line}` : null;
  });
  /** what was typed for another line does not count for this one */
  entry = $derived(this.#about === this.subject ? this.#typed : '');
  /** the discount that the next one replaces */
  given = $derived((this.target === 'cart' ? till.cart?.discount : till.line?.discount) ?? null);

  choose(mode: Mode): void {
    const line = till.line;
    if (!line || this.asked) return;
    if (mode === 'discount' && this.mode !== 'discount') {
      this.target = 'line';
      this.unit = '%';
    }
    this.#typed = '';
    this.#chosen = { mode, line: line.line, cart: till.cart };
  }
  /** F5 once is about the line, once more about the whole cart. */
  chooseDiscount(): void {
    if (this.mode !== 'discount') this.choose('discount');
    else this.target = this.target === 'line' ? 'cart' : 'line';
  }
  press(key: PadKey | 'enter'): void {
    this.#early.push(key);
    till.answered(() => {
      const now = this.#early;
      this.#early = [];
      for (const key of now) key === 'enter' ? void this.#confirm() : this.#digit(key);
    });
  }
  /** Back: first what is typed, then the mode. Answers whether there was anything. */
  escape(): boolean {
    if (this.entry === '' && !this.asked && this.mode === 'quantity') return false;
    if (this.entry === '') this.#chosen = null;
    this.#typed = '';
    till.setAside();
    return true;
  }
  /** Asks what open goods are called, where the store lets them have another name. */
  openName(): void {
    if (till.keying && till.names) till.open('open_name');
  }
  give(discount: string | null): void {
    const line = this.target === 'line' ? till.line : null;
    if (discount !== null) void changes.begin({ kind: 'discount', line, discount });
    else if (this.given) void changes.begin({ kind: 'discount', line, discount }, this.given.reason);
  }
  /** The price of the catalogue again; why it was changed is known already. */
  listPrice(): void {
    const line = till.line;
    if (line?.price_reason) void changes.begin({ kind: 'price', line, price: line.list_price }, line.price_reason);
  }
  /** Gives the first digit of a scan back; call it in an effect. */
  takesBack(): () => void {
    return canTakeBack(() => {
      const [typed, about, early] = [this.#typed, this.#about, [...this.#early]];
      return () => {
        this.#typed = typed;
        this.#about = about;
        this.#early = early;
      };
    });
  }

  #digit(key: PadKey): void {
    if (this.subject === null) return;
    const next = press(this.entry, key, this.#kind());
    this.#about = this.subject;
    this.#typed = next;
  }
  #kind(): EntryKind {
    if (till.keying || this.mode === 'price') return 'amount';
    if (this.mode === 'discount') return this.unit === '%' ? 'percent' : 'amount';
    return this.weight ? 'weight' : 'count';
  }
  async #confirm(): Promise<void> {
    const { line, keying, weighing } = till;
    if (keying) {
      const price = amountOf(this.entry);
      if (price === null || isZero(price)) return;
      if (await till.addOpen(keying, { price, name: keying.called })) this.#typed = '';
      return;
    }
    if (this.mode === 'price') {
      const price = amountOf(this.entry);
      if (line && price !== null) void changes.begin({ kind: 'price', line, price });
      return;
    }
    if (this.mode === 'discount') {
      if (this.entry !== '') this.give(discountOf(this.entry, this.unit));
      return;
    }
    const quantity = quantityOf(this.entry);
    if (quantity === null) return;
    const done = weighing?.keyed
      ? till.addOpen(weighing, weighing.keyed, quantity)
      : weighing
        ? till.add(weighing, quantity)
        : line
          ? till.setQuantity(line.line, quantity)
          : null;
    if (await done) this.#typed = '';
  }
}

export const pad = new Pad();
