import type { SaleView } from '../bindings';
import { orders } from '../i18n/orders';
import { call } from '../lib/call';
import { till } from '../till.svelte';

/** A receipt without prices, for whoever is given the goods. */
class Gift {
  sale = $state.raw<SaleView | null>(null);

  async begin(receipt: string): Promise<void> {
    till.notice = null;
    await till.ask(async () => {
      this.sale = await call('sale_view', { receipt });
      till.open('gift_receipt');
    });
  }
  async print(lines: number[]): Promise<void> {
    const { sale } = this;
    till.sheet = null;
    if (!sale) return;
    await till.ask(async () => {
      till.takeJobs(await call('gift_receipt', { receipt: sale.id, lines }));
      till.tell({ tone: 'info', say: () => orders.t.gift.sent });
    });
  }
}

export const gift = new Gift();
