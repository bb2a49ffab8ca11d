import type { Hour } from './wire';

/** The hours from the first to the last in which something was sold, none left out. */
export function dayOf(hours: Hour[]): Array<{ hour: number; total: number }> {
  const at = hours.map(({ hour }) => hour);
  if (at.length === 0) return [];
  const first = Math.min(...at);
  return Array.from({ length: Math.max(...at) - first + 1 }, (_, place) => ({
    hour: first + place,
    total: hours.find(({ hour }) => hour === first + place)?.total ?? 0,
  }));
}

/** Each with its part of the highest in whole per cent; what came to less than nothing has none. Only drawn with. */
export function shares<T extends { total: number }>(rows: T[]): Array<T & { share: number }> {
  const most = Math.max(...rows.map(({ total }) => total), 1);
  return rows.map((row) => ({ ...row, share: Math.round((Math.max(row.total, 0) * 100) / most) }));
}
