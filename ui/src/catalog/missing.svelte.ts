import type { Approval, Hit } from '../bindings';
import type { Said } from '../i18n/en';
import { words } from '../i18n/words.svelte';
import { call } from '../lib/call';
import { products } from '../products/products.svelte';
import { till } from '../till.svelte';
import { nameIn } from './missing';

/** What was read, or looked for, and is not in the catalogue: it is added there, or sold without it. */
class Missing {
  text = $state('');
  /** open goods that it can be sold as; none where the store does not let it */
  goods = $state.raw<Hit[]>([]);

  async look(): Promise<void> {
    try {
      this.goods = await call('miscellaneous', {});
    } catch {
      this.goods = [];
    }
  }
  /** A manager adds it at once; anybody else asks one to sign in for it. */
  add(text: string): void {
    this.text = text;
    till.notice = null;
    if (till.app?.operator?.role === 'manager') void products.addMissing(text);
    else till.open('missing_add');
  }
  /** Answers what is wrong with it. */
  async signIn({ operator, pin }: Approval): Promise<(() => Said) | null> {
    const refusal = await till.signIn(operator, pin);
    if (refusal) return () => words.refusal(refusal);
    void products.addMissing(this.text);
    return null;
  }
  /** Of several open goods it is asked which. */
  sell(text: string): void {
    this.text = text;
    const [first, ...others] = this.goods;
    if (first && others.length === 0) this.sellAs(first);
    else if (first) till.open('missing_goods');
  }
  sellAs(goods: Hit): void {
    till.sheet = null;
    till.names = true;
    void till.add(goods); // its price is asked for
    if (!till.keying) return;
    const called = nameIn(this.text);
    if (called !== null) till.keying = { ...till.keying, called };
    else till.open('open_name');
  }
}

export const missing = new Missing();
