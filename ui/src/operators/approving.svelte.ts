import type { Approval, Refusal, Role } from '../bindings';
import { sound } from '../lib/sound';
import { till, type Sheet } from '../till.svelte';
import { aboutApprover } from './approver';

/** What an operator may not always do alone: it is asked for, and when the engine wants approval, by a sheet again. */
export abstract class Approving {
  /** the least role that may approve */
  needs = $state<Role>('supervisor');

  constructor(private readonly sheet: Sheet) {}

  /** Asks the engine; null when it is done. */
  protected abstract send(approval: Approval | null): Promise<Refusal | null>;
  /** Says a refusal that no approval changes. */
  protected abstract refuse(refusal: Refusal): void;

  protected async ask(): Promise<void> {
    const refusal = await this.send(null);
    if (refusal?.kind === 'approval_required') {
      this.needs = refusal.needs;
      till.open(this.sheet);
      sound('needsAnEye');
    } else if (refusal) this.refuse(refusal);
  }
  /** Answers what the approval sheet has to say. */
  async approve(approval: Approval): Promise<Refusal | null> {
    const refusal = await this.send(approval);
    if (refusal === null) return null;
    if (!aboutApprover(refusal)) {
      this.refuse(refusal);
      return null;
    }
    sound('notFound');
    return refusal;
  }
}
