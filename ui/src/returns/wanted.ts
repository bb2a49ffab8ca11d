import type { ReturnWanted, SoldLine } from '../bindings';
import { isZero } from '../lib/format';

/** Why goods come back, as it is sent; anything else is sent in words. */
export const reasons = ['changed_mind', 'damaged', 'wrong_item', 'recall', 'other'] as const;
export type Reason = (typeof reasons)[number];

/** What comes back of a line, and whether it can be sold again. */
export type Taken = { quantity: string; wasted: boolean };
/** What comes back of a sale, by the number of its line. */
export type Draft = Record<number, Taken>;
/** The first thing that is still to be said before a refund. */
export type Missing = 'sale' | 'goods' | 'line' | 'price' | 'weight' | 'reason' | 'text';

/** Whether any of a line can come back, and if not, why. */
export function stateOf({ voided, left }: Pick<SoldLine, 'voided' | 'left'>): 'voided' | 'nothing_left' | 'open' {
  if (voided) return 'voided';
  return isZero(left) ? 'nothing_left' : 'open';
}

/** One more or one less of counted goods, from `least` up to `most`. */
export function stepped(now: string, by: 1 | -1, least: number, most: number): string {
  return String(Math.min(Math.max(Number(now) + by, least), Math.floor(most)));
}

/** All that is left of every line; where the goods go stays as it was. */
export function allOf(lines: ReadonlyArray<SoldLine>, draft: Draft): Draft {
  const open = lines.filter((line) => stateOf(line) === 'open');
  return Object.fromEntries(
    open.map(({ line, left }) => [line, { quantity: left, wasted: draft[line]?.wasted ?? false }]),
  );
}

/** Whether all that is left comes back. */
export function isAll(lines: ReadonlyArray<SoldLine>, draft: Draft): boolean {
  const open = lines.filter((line) => stateOf(line) === 'open');
  return open.length > 0 && open.every(({ line, left }) => Number(draft[line]?.quantity ?? 0) === Number(left));
}

/** What to ask the engine for: lines of which nothing comes back are left out. */
export function wantedOf(lines: ReadonlyArray<Pick<SoldLine, 'line'>>, draft: Draft): ReturnWanted[] {
  return lines.flatMap(({ line }) => {
    const taken = draft[line];
    return taken && !isZero(taken.quantity) ? [{ line, ...taken }] : [];
  });
}

/** The line above or below among those of which something can come back. */
export function neighbour(lines: ReadonlyArray<SoldLine>, now: number | null, by: 1 | -1): number | null {
  const open = lines.filter((line) => stateOf(line) === 'open').map(({ line }) => line);
  const at = now === null ? -1 : open.indexOf(now);
  if (at < 0) return (by === 1 ? open[0] : open.at(-1)) ?? null;
  return open[Math.min(Math.max(at + by, 0), open.length - 1)] ?? null;
}

/** What the reason lacks, if anything. */
export function missingReason(reason: Reason | null, text: string): Missing | null {
  if (reason === null) return 'reason';
  return reason === 'other' && text.trim() === '' ? 'text' : null;
}

/** The reason as it is sent: the key of a usual one, or what was typed. */
export function reasonSent(reason: Reason | null, text: string): string {
  return reason === 'other' ? text.trim() : (reason ?? '');
}
