import { amountOf, quantityOf } from '../lib/entry';
import { isZero } from '../lib/format';

// Cash and a card for one cart: amounts are compared here, and computed by the engine.

/** Cash that stays given while a card pays the rest: what was typed, unless it is nothing or enough for all of it. */
export function cashBeside(typed: string, due: string): string | null {
  const amount = amountOf(typed);
  return amount !== null && !isZero(amount) && isMore(due, amount) ? amount : null;
}

/** What a card is asked for: what was typed, else all that it may pay; null when that is nothing, or when it is more. */
export function askedOf(typed: string, most: string | null): string | null {
  if (most === null || typed === '') return most;
  const amount = quantityOf(typed) && amountOf(typed);
  return amount !== null && !isMore(amount, most) ? amount : null;
}

/** Whether one amount is more than another. Both have the same decimals. */
export function isMore(one: string, other: string): boolean {
  if (one.startsWith('-') !== other.startsWith('-')) return other.startsWith('-');
  if (one.startsWith('-')) return isMore(other.slice(1), one.slice(1));
  const [a, b] = [one, other].map((amount) => amount.replace(/^0+(?=\d)/, '')) as [string, string];
  return a.length === b.length ? a > b : a.length > b.length;
}
