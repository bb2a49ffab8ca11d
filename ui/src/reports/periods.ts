import type { Period, ReportPeriods, ShiftRow } from '../bindings';
import { daysBefore } from '../lib/format';

/** Today, yesterday and the shifts, in the order of the list. */
export function listed({ today, shifts }: ReportPeriods): Period[] {
  return [day(today), day(daysBefore(today, 1)), ...shifts.map(ofShift)];
}

export function day(day: string): Period {
  return { kind: 'day', day };
}

/** Tills of a register that were apart may have given one number twice: the id says which. */
export function ofShift({ shift, id }: ShiftRow): Period {
  return { kind: 'shift', shift, id };
}

export function isSame(one: Period | null, other: Period): boolean {
  if (one?.kind === 'day') return other.kind === 'day' && one.day === other.day;
  return one?.kind === 'shift' && other.kind === 'shift' && one.id === other.id;
}

/** What stands above or below; from a day that is not in the list, its first. */
export function neighbour(periods: Period[], period: Period | null, by: 1 | -1): Period | null {
  const at = periods.findIndex((one) => isSame(period, one));
  return (at < 0 ? periods[0] : periods[at + by]) ?? null;
}
