import type { SaleView } from '../bindings';
import { orders } from '../i18n/orders';
import { call } from '../lib/call';
import { till } from '../till.svelte';
import { returns } from './returns.svelte';

/** The last sale, undone as a whole: asked first. */
class Voiding {
  sale = $state.raw<SaleView | null>(null);

  async begin(receipt: string): Promise<void> {
    till.notice = null;
    await till.ask(async () => {
      const sale = await call('sale_view', { receipt });
      if (!sale.may_void) return till.tell({ tone: 'attention', say: () => orders.t.voiding.notNow });
      this.sale = sale;
      till.open('void_sale');
    });
  }
  async carryOut(): Promise<void> {
    const { sale } = this;
    this.cancel();
    if (sale) await returns.voidSale(sale);
  }
  cancel(): void {
    till.sheet = null;
    this.sale = null;
  }
}

export const voiding = new Voiding();
