import { expect, test } from 'vitest';
import { csv, sumsOf } from './report';

const day = (currency: string, total: number, store = 'RDC') => ({
  day: '2025-11-21',
  store,
  currency,
  sales: 2,
  total,
  returns: 1,
  returned: 100,
});

test('currencies are never added to each other', () => {
  expect(sumsOf([day('CAD', 500), day('USD', 700), day('CAD', 1)])).toEqual([
    { currency: 'CAD', sales: 4, total: 501, returns: 2, returned: 200 },
    { currency: 'USD', sales: 2, total: 700, returns: 1, returned: 100 },
  ]);
});

test('a file that spreadsheets read, and take nothing in it for a formula', () => {
  expect(csv([day('CAD', 123450, '=A"1')])).toBe(
    'day,store,currency,sales,total,returns,returned\r\n2025-11-21,"\'=A""1",CAD,2,1234.50,1,1.00\r\n',
  );
});
