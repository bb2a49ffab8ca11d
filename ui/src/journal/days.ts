import { dateOf, daysBefore, isoDay } from '../lib/format';

/** Local days, both included; none: all days. */
export type Days = { from: string; to: string };
export type Span = 'all' | 'today' | 'yesterday' | 'week' | 'day';
export const spans: Span[] = ['all', 'today', 'yesterday', 'week', 'day'];

/** The days of a span, seen from `today`; `day`: the one that was chosen. */
export function daysOf(span: Span, today: string, day: string): Days | null {
  switch (span) {
    case 'all':
      return null;
    case 'today':
      return { from: today, to: today };
    case 'yesterday':
      return { from: daysBefore(today, 1), to: daysBefore(today, 1) };
    case 'week':
      return { from: daysBefore(today, 6), to: today };
    case 'day':
      return { from: day, to: day };
  }
}

/** The weeks of the month that `day` is in, each from Monday to Sunday, as local days. */
export function weeksOf(day: string): string[][] {
  const at = dateOf(day);
  const [year, month] = [at.getFullYear(), at.getMonth()];
  const before = (new Date(year, month, 1).getDay() + 6) % 7;
  const days = new Date(year, month + 1, 0).getDate();
  return Array.from({ length: Math.ceil((before + days) / 7) }, (_, week) =>
    Array.from({ length: 7 }, (_, place) => isoDay(new Date(year, month, 1 - before + week * 7 + place))),
  );
}

/** The first of the month so many months later. */
export function monthLater(day: string, months: number): string {
  const at = dateOf(day);
  return isoDay(new Date(at.getFullYear(), at.getMonth() + months, 1));
}
