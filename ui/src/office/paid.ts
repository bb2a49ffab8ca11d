import type { HeadOfficeMessages } from '../i18n/en-head-office';
import type { Told } from './wire';

/** How a sale was paid, in a word. */
export function howPaid({ is_return, tenders }: Told, words: HeadOfficeMessages['sales']): string {
  if (is_return) return words.refund;
  const [first, ...others] = tenders;
  if (first === undefined) return words.nothing;
  return others.length > 0 ? words.split : (words.tenders[first] ?? first);
}
