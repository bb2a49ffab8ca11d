import { expect, test } from 'vitest';
import { dayOf, lengthOf } from './bars';

test.each([
  ['10.00', ['10.00', '5.00'], 100],
  ['5.00', ['10.00', '5.00'], 50],
  ['-5.00', ['10.00', '-5.00'], 50],
  ['0.00', ['0.00'], 0],
  ['0.00', [], 0],
])('%s among %s is %d per cent long', (amount, all, length) => {
  expect(lengthOf(amount, all)).toBe(length);
});

test('a day has 24 hours, and each row stands at its own', () => {
  const noon = { hour: 12, count: 1, sold: '5.00', returned: '0.00', net: '5.00' };
  const day = dayOf([noon]);
  expect(day.map(({ hour }) => hour)).toEqual(Array.from({ length: 24 }, (_, hour) => hour));
  expect(day.filter(({ row }) => row !== null)).toEqual([{ hour: 12, row: noon }]);
});
