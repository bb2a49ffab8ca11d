import { expect, test } from 'vitest';
import { dayOf, shares } from './hours';

const hour = (at: number, total: number) => ({ currency: 'CAD', hour: at, total });

test('hours are drawn from the first to the last, with those between', () => {
  expect(dayOf([])).toEqual([]);
  expect(shares(dayOf([hour(12, 500), hour(9, 1000), hour(11, -300)]))).toEqual([
    { hour: 9, total: 1000, share: 100 },
    { hour: 10, total: 0, share: 0 },
    { hour: 11, total: -300, share: 0 },
    { hour: 12, total: 500, share: 50 },
  ]);
});
