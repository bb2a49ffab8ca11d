import type { Approval, Refusal } from '../bindings';
import { words } from '../i18n/words.svelte';
import { call } from '../lib/call';
import { Approving } from '../operators/approving.svelte';
import { till } from '../till.svelte';

/** Practice in a copy of the store, which is thrown away. */
class Training extends Approving {
  /** Says what a training is, before it begins. */
  show(): void {
    till.notice = null;
    till.open('training');
  }
  begin(): Promise<void> {
    return this.ask();
  }
  cancel(): void {
    till.sheet = null;
  }
  /** Whoever works next signs in. */
  async end(): Promise<void> {
    this.cancel();
    await till.ask(async () => {
      const { practised, opened } = await call('end_training', {});
      till.change(opened);
      const { over, thrownAway } = words.t.training;
      till.tell({ tone: 'ok', say: () => ({ fact: over, then: thrownAway(practised.sales) }) });
    });
  }

  protected refuse(refusal: Refusal): void {
    this.cancel();
    till.refused(refusal);
  }
  protected send(approval: Approval | null): Promise<Refusal | null> {
    return till.attempt(async () => {
      till.change(await call('begin_training', { approval }));
      till.tell({ tone: 'attention', say: () => words.t.training.began });
    });
  }
}

export const training = new Training('training_approval');
