import type { Period, ReportPeriods } from '../bindings';
import { daysBefore } from '../lib/format';

/** Today, yesterday and the shifts, in the order of the list. */
export function listed({ today, shifts }: ReportPeriods): Period[] {
  return [day(today), day(daysBefore(today, 1)), ...shifts.map(({ shift }): Period => ({ kind: 'shift', shift }))];
}

export function day(day: string): Period {
  return { kind: 'day', day };
}

export function isSame(one: Period | null, other: Period): boolean {
  if (one?.kind === 'day') return other.kind === 'day' && one.day === other.day;
  return one?.kind === 'shift' && other.kind === 'shift' && one.shift === other.shift;
}

/** What stands above or below; from a day that is not in the list, its first. */
export function neighbour(periods: Period[], period: Period | null, by: 1 | -1): Period | null {
  const at = periods.findIndex((one) => isSame(period, one));
  return (at < 0 ? periods[0] : periods[at + by]) ?? null;
}
