import { words } from '../i18n/words.svelte';
import { call } from '../lib/call';
import { till } from '../till.svelte';

/** Prints a receipt of the journal once more, marked as a duplicate. */
export async function reprint(receipt: string): Promise<void> {
  await till.ask(async () => {
    till.takeJobs(await call('reprint', { receipt }));
    till.tell({ tone: 'info', say: () => words.t.jobs.againSent });
  });
}
