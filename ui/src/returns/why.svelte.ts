import { missingReason, reasonSent, type Reason } from './wanted';

/** Why goods come back: one of a few, or in words. */
export class Why {
  reason = $state<Reason | null>(null);
  text = $state('');
  missing = $derived(missingReason(this.reason, this.text));
  sent = $derived(reasonSent(this.reason, this.text));

  choose(reason: Reason): void {
    this.reason = reason;
  }
  clear(): void {
    this.reason = null;
    this.text = '';
  }
  /** Chooses what was sent before. */
  take(sent: string | null, usual: ReadonlyArray<Reason>): void {
    const known = usual.find((one) => one === sent && one !== 'other');
    this.reason = known ?? (sent ? 'other' : null);
    this.text = known ? '' : (sent ?? '');
  }
}
