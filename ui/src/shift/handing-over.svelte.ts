import type { Approval, HandOver, Operator, Refusal } from '../bindings';
import { orders } from '../i18n/orders';
import { words } from '../i18n/words.svelte';
import { call } from '../lib/call';
import { sound } from '../lib/sound';
import { aboutApprover } from '../operators/approver';
import { till } from '../till.svelte';
import type { Count } from './count.svelte';
import { takers, verdictOf } from './over-short';

/** A drawer on its way from who is signed in to somebody else, who proves by PIN that they take it. */
class HandingOver {
  /** the hand-over on the screen that tells of it */
  done = $state.raw<HandOver | null>(null);

  /** who may take it */
  takers = $derived<Operator[]>(takers(till.operators, till.app?.operator ?? null));

  /** Hands it over. Answers what the sheet with the PIN has to say. */
  async take(count: Count, to: Approval): Promise<Refusal | null> {
    const refusal = await till.attempt(async () => {
      const { hand_over, state } = await call('hand_over', { pieces: count.pieces, note: count.note, to });
      this.done = hand_over;
      till.arrive(state);
      till.screen = 'handed_over';
      const verdict = words.t.shift[verdictOf(hand_over.part)];
      till.spoken = orders.t.handOver.said(hand_over.to, verdict, words.difference(hand_over.part));
    });
    if (refusal === null) return null;
    if (aboutApprover(refusal)) {
      sound('notFound');
      return refusal;
    }
    till.sheet = null;
    till.refused(refusal);
    return null;
  }

  /** The slip once more. */
  printAgain(entry: number): void {
    void till.ask(async () => {
      till.takeJobs(await call('print_hand_over', { entry }));
      till.tell({ tone: 'info', say: () => orders.t.handOver.againSent });
    });
  }
}

export const handingOver = new HandingOver();
