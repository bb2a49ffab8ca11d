import type { Operator } from '../bindings';
import { isZero } from '../lib/format';

/** What a difference is, as a word has it. */
export const verdictOf = (difference: string): 'exact' | 'short' | 'over' =>
  isZero(difference) ? 'exact' : difference.startsWith('-') ? 'short' : 'over';

/** Who can take a drawer over from somebody: anybody who can sign in, but them. */
export const takers = (operators: Operator[], from: Operator | null): Operator[] =>
  operators.filter(({ id }) => id !== from?.id);
