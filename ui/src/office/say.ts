import { headOffice } from '../i18n/head-office';
import { words } from '../i18n/words.svelte';
import * as format from '../lib/format';
import { decimal, thousandths } from './amounts';
import { span } from './spans';

/** Times, amounts and spans in the reader's language; times by the clock of the counter they are of. */

export const money = (minor: number, currency: string): string =>
  format.money(decimal(minor, currency), words.language, currency);

export const quantity = (of: number): string => format.quantity(thousandths(of), words.language);

/** A whole number, grouped. */
export const count = (of: number): string => format.amount(String(of), words.language);

const at = (milliseconds: number, zone: string): Date => format.local(new Date(milliseconds), zone);

export const time = (milliseconds: number, zone: string): string => format.time(at(milliseconds, zone), words.language);

/** "14:07:32" in every language: a column of times. */
export const stamp = (milliseconds: number, zone: string): string => format.stamp(at(milliseconds, zone));

export const isToday = (milliseconds: number, zone: string): boolean =>
  format.isoDay(at(milliseconds, zone)) === format.isoDay(at(Date.now(), zone));

/** "14:07" of today, "Tue Nov 18 18:02" of another day. */
export function moment(milliseconds: number, zone: string): string {
  const when = at(milliseconds, zone);
  const clock = format.time(when, words.language);
  return isToday(milliseconds, zone) ? clock : `${format.day(when, words.language)} ${clock}`;
}

/** A day such as "2025-11-20". */
export const day = (iso: string): string => format.date(format.dateOf(iso), words.language);

/** "+0.2 s", "−9 min": a clock that is off. */
export function skew(milliseconds: number): string {
  const sign = milliseconds < 0 ? '\u2212' : '+';
  const size = Math.abs(milliseconds);
  if (size >= 60_000) return sign + span(size, headOffice.t.ago);
  const tenths = Math.round(size / 100);
  const text = format.amount(`${Math.floor(tenths / 10)}.${tenths % 10}`, words.language);
  return `${tenths === 0 ? '' : sign}${text}\u00a0s`;
}
