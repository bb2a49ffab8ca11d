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
    const ended = await till.ask(async () => {
      const { practised, opened } = await call('end_training', {});
      till.change(opened);
      till.tell({
        tone: 'ok',
        say: () => ({ fact: words.t.training.over, then: words.t.training.thrownAway(practised.sales) }),
      });
    });
    if (!ended) await this.#look();
  }

  /** What failed may have failed after the store was back. */
  async #look(): Promise<void> {
    await till.ask(async () => {
      const [state, operators] = await Promise.all([call('state', {}), call('operators', {})]);
      if (state.training !== till.app?.training) till.change({ state, operators });
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
