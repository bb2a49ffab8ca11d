import { untrack } from 'svelte';
import type { ReceiptJobs } from '../bindings';
import { asked } from '../lib/asked.svelte';
import { call } from '../lib/call';
import { till } from '../till.svelte';

/**
 * How far the receipt of a sale or a return is, and its drawer: as its completion said, and as the engine says whenever
 * something became of a job. What is printed fast is printed before the completion is answered. Call it in a component.
 */
export function papersOf<D extends (ReceiptJobs & { id: string }) | null>(
  done: () => D,
): { readonly now: ReceiptJobs | Extract<D, null> } {
  const id = $derived(done()?.id ?? null);
  const papers = asked(
    () => id,
    (id) => call('receipt_jobs', { id }),
  );
  const jobs = $derived(till.app?.jobs);
  $effect(() => {
    void [id, jobs];
    untrack(() => void papers.look());
  });
  return {
    get now() {
      return papers.now ?? (done() as ReceiptJobs | Extract<D, null>);
    },
  };
}
