import type { HourRow } from '../bindings';

/** How long the bar of an amount is, in per cent of the longest; amounts are only drawn with this, never counted. */
export function lengthOf(amount: string, all: string[]): number {
  const longest = Math.max(...all.map((one) => Math.abs(Number(one))));
  return longest > 0 ? (Math.abs(Number(amount)) / longest) * 100 : 0;
}

/** The hours of a day, each with what it sold; hours without a sale are there too. */
export function dayOf(hours: HourRow[]): Array<{ hour: number; row: HourRow | null }> {
  return Array.from({ length: 24 }, (_, hour) => ({ hour, row: hours.find((one) => one.hour === hour) ?? null }));
}
