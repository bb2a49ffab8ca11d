import type { BlindLine, Hit, ReturnQuote } from '../bindings';
import { orders } from '../i18n/orders';
import { words } from '../i18n/words.svelte';
import { asRefusal, call } from '../lib/call';
import { isZero } from '../lib/format';
import { till } from '../till.svelte';
import { stepped, type Missing, type Taken } from './wanted';
import { Why } from './why.svelte';

const MOST = 9999;
/** Goods without a receipt; no price: that of the catalogue. */
export type BlindGoods = Taken & { key: number; hit: Hit; price: string | null };

/** Goods that come back without a receipt. */
class BlindReturn {
  goods = $state.raw<BlindGoods[]>([]);
  /** the goods that the keys act on */
  at = $state<number | null>(null);
  readonly why = new Why();
  /** done once the engine has said what it comes to now */
  quoted: Promise<void> = Promise.resolve();
  #key = 0;
  #answer = $state.raw<{ about: BlindGoods[]; quote: ReturnQuote } | null>(null);

  one = $derived(this.goods.find(({ key }) => key === this.at) ?? null);
  /** goods that have no price yet, or no weight */
  open = $derived(this.goods.find(({ hit, price, quantity }) => (price ?? hit.price) === null || isZero(quantity)));
  lines = $derived<BlindLine[]>(
    this.goods.map(({ hit, quantity, price, wasted }) => ({ sku: hit.sku, quantity, price, wasted })),
  );
  shown = $derived(this.goods.length > 0 && !this.open ? (this.#answer?.quote ?? null) : null);
  quote = $derived(this.#answer?.about === this.goods ? this.shown : null);
  missing = $derived<Missing | null>(
    this.goods.length === 0
      ? 'goods'
      : this.open
        ? isZero(this.open.quantity)
          ? 'weight'
          : 'price'
        : this.why.missing,
  );

  clear(): void {
    this.goods = [];
    this.at = null;
    this.#answer = null;
    this.why.clear();
  }
  /** One more of what is on the list already, else a line of its own; weight and open price are asked for. */
  add(hit: Hit): void {
    const same = this.goods.find((one) => one.hit.sku === hit.sku && one.price === null);
    if (same && hit.unit === 'each' && hit.price !== null) {
      this.at = same.key;
      return this.step(1);
    }
    this.#key += 1;
    const quantity = hit.unit === 'kg' ? '0' : '1';
    this.at = this.#key;
    this.#take([...this.goods, { key: this.#key, hit, quantity, price: null, wasted: false }]);
    if (hit.unit === 'kg') this.weigh(this.#key);
    else if (hit.price === null) this.askPrice(this.#key);
    till.spoken = words.text(hit.name);
  }
  set(key: number, part: Partial<Pick<BlindGoods, 'quantity' | 'price' | 'wasted'>>): void {
    this.at = key;
    this.#take(this.goods.map((one) => (one.key === key ? { ...one, ...part } : one)));
  }
  step(by: 1 | -1, key = this.at): void {
    const one = this.goods.find((goods) => goods.key === key);
    if (!one) return;
    this.at = one.key;
    if (one.hit.unit === 'kg') return by === 1 ? this.weigh(one.key) : this.remove(one.key);
    if (by === -1 && Number(one.quantity) <= 1) return this.remove(one.key);
    this.set(one.key, { quantity: stepped(one.quantity, by, 1, MOST) });
  }
  remove(key: number): void {
    const place = this.goods.findIndex((one) => one.key === key);
    const rest = this.goods.filter((one) => one.key !== key);
    this.at = (rest[place] ?? rest.at(-1))?.key ?? null;
    this.#take(rest);
  }
  weigh(key: number): void {
    this.at = key;
    till.open('return_weigh');
  }
  askPrice(key: number): void {
    this.at = key;
    till.open('return_price');
  }
  turn(): void {
    if (this.one) this.set(this.one.key, { wasted: !this.one.wasted });
  }
  move(by: 1 | -1): void {
    const at = this.goods.findIndex(({ key }) => key === this.at);
    const next = this.goods[Math.min(Math.max(at + by, 0), this.goods.length - 1)];
    if (!next) return;
    this.at = next.key;
    till.spoken = words.t.cart.lineLabel(words.quantity(next.quantity), words.text(next.hit.name), '');
  }
  /** Goods by their code. */
  async scan(code: string): Promise<void> {
    await till.ask(async () => {
      const [hit] = await call('search', { text: code, limit: 1 });
      if (hit) this.add(hit);
      else till.tell({ tone: 'stop', say: () => orders.t.returns.unknownGoods, code });
    });
  }
  #take(goods: BlindGoods[]): void {
    this.goods = goods;
    till.notice = null;
    this.quoted = this.#ask();
  }
  async #ask(): Promise<void> {
    const { goods, lines } = this;
    if (goods.length === 0 || this.open) return;
    try {
      const quote = await call('quote_blind', { lines });
      if (this.goods === goods) this.#answer = { about: goods, quote };
    } catch (thrown) {
      if (this.goods === goods) till.refused(asRefusal(thrown));
    }
  }
}

export const blind = new BlindReturn();
