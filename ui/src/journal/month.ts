import { dateOf, isoDay } from '../lib/format';

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
