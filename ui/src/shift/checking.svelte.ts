import type { CheckOutcome, Refusal, TerminalCheck } from '../bindings';
import { asRefusal, call } from '../lib/call';
import { isZero } from '../lib/format';
import { till } from '../till.svelte';

/** The card terminal's own totals beside ours: asked for when a shift is closed, or later. */
class Checking {
  check = $state.raw<TerminalCheck | null>(null);
  /** the terminal is at it, for this window */
  asking = $state(false);
  /** why it was not even asked */
  trouble = $state.raw<Refusal | null>(null);

  /** a terminal is set up, or cards have paid here all the same */
  applies = $derived(
    (till.terminal !== null && till.terminal.cause !== 'not_configured') ||
      (this.check !== null && (this.check.outcome !== 'not_asked' || !isZero(this.check.ours))),
  );
  outcome = $derived<CheckOutcome>(this.asking ? 'asking' : (this.check?.outcome ?? 'not_asked'));

  async load(): Promise<void> {
    this.trouble = null;
    this.check = await call('terminal_check', {});
  }
  /** Has the terminal hand its day in. Nothing else waits for it. */
  async ask(): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    this.trouble = null;
    try {
      this.check = await call('check_terminal', {});
    } catch (thrown) {
      this.trouble = asRefusal(thrown);
    }
    this.asking = false;
  }
}

export const checking = new Checking();
