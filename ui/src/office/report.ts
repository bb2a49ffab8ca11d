import { decimal } from './amounts';
import type { Day } from './wire';

type Sum = Omit<Day, 'day' | 'store'>;

/** What all days came to, by currency: amounts of different ones are never added. */
export function sumsOf(days: Day[]): Sum[] {
  const sums = new Map<string, Sum>();
  for (const { currency, sales, total, returns, returned } of days) {
    const sum = sums.get(currency) ?? { currency, sales: 0, total: 0, returns: 0, returned: 0 };
    sums.set(currency, {
      currency,
      sales: sum.sales + sales,
      total: sum.total + total,
      returns: sum.returns + returns,
      returned: sum.returned + returned,
    });
  }
  return [...sums.values()];
}

/** RFC 4180; a cell that a spreadsheet would take for a formula begins with an apostrophe. */
export function csv(days: Day[]): string {
  const head = ['day', 'store', 'currency', 'sales', 'total', 'returns', 'returned'];
  const row = (one: Day) => [
    one.day,
    cell(one.store),
    one.currency,
    one.sales,
    decimal(one.total, one.currency),
    one.returns,
    decimal(one.returned, one.currency),
  ];
  return [head, ...days.map(row)].map((cells) => `${cells.join(',')}\r\n`).join('');
}

function cell(text: string): string {
  const safe = /^[=+\-@\t]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
