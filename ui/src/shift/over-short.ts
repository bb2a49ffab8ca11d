import type { DrawerCount, Operator } from '../bindings';
import { orders } from '../i18n/orders';
import { words } from '../i18n/words.svelte';
import { isZero } from '../lib/format';

/** What a difference is, as a word has it. */
export const verdictOf = (difference: string): 'exact' | 'short' | 'over' =>
  isZero(difference) ? 'exact' : difference.startsWith('-') ? 'short' : 'over';

/** What a difference comes from, name and amount each; `part` is what the last holder's time left of it. */
export function sumsOf(
  { counted, expected, over_short }: Pick<DrawerCount, 'counted' | 'expected' | 'over_short'>,
  part = over_short,
): Array<[string, string]> {
  const sums: Array<[string, string]> = [
    [words.t.shift.countedWas, words.money(counted)],
    [words.t.shift.expectedWas, words.money(expected)],
  ];
  return part === over_short ? sums : [...sums, [orders.t.handOver.since, words.difference(over_short)]];
}

/** Who can take a drawer over from somebody: anybody who can sign in, but them. */
export const takers = (operators: Operator[], from: Operator | null): Operator[] =>
  operators.filter(({ id }) => id !== from?.id);
