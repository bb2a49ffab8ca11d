import type { CheckOutcome, TerminalCheck } from '../bindings';
import type { Said } from '../i18n/en';
import type { OrderMessages } from '../i18n/en-orders';
import { isZero } from '../lib/format';
import type { Tone } from '../till.svelte';

/** What became of asking the terminal for its totals, and what to do about it. */
export function checkSaid(
  check: TerminalCheck | null,
  outcome: CheckOutcome,
  t: OrderMessages['check'],
  money: (amount: string) => string,
): { tone: Tone; said: Said } {
  const difference = check?.difference ?? null;
  if (outcome === 'told' && check?.partial) return { tone: 'attention', said: t.partial };
  if (outcome === 'told' && difference !== null && !isZero(difference)) {
    const less = difference.startsWith('-');
    return { tone: 'attention', said: t.differs(money(less ? difference.slice(1) : difference), less) };
  }
  if (outcome === 'refused') return { tone: 'attention', said: t.refused(check?.code ?? 0) };
  const tones: Record<Exclude<CheckOutcome, 'refused'>, Tone> = {
    not_asked: 'info',
    asking: 'info',
    told: 'ok',
    untold: 'attention',
    not_reached: 'attention',
    unknown: 'attention',
  };
  return { tone: tones[outcome], said: t.said[outcome] };
}

/** Visa, Mastercard, and in words what has no name of its own. */
export function cardKind(kind: string, t: OrderMessages['check']): string {
  return t.kinds[kind] ?? kind;
}
