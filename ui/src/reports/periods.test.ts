import { expect, test } from 'vitest';
import type { ShiftRow } from '../bindings';
import { day, isSame, listed, neighbour, ofShift } from './periods';

const shift = (number: number, id = `s${number}`): ShiftRow => ({
  shift: number,
  id,
  z: null,
  opened_at: '2026-03-01 09:00',
  closed_at: null,
  opened_by: 'Counter 1',
  over_short: null,
});
const periods = listed({ today: '2026-03-01', shifts: [shift(2), shift(1)] });

test('today and yesterday stand above the shifts', () => {
  expect(periods).toEqual([
    { kind: 'day', day: '2026-03-01' },
    { kind: 'day', day: '2026-02-28' },
    { kind: 'shift', shift: 2, id: 's2' },
    { kind: 'shift', shift: 1, id: 's1' },
  ]);
});

test('a period is the same only as one of its own kind', () => {
  expect(isSame(day('2026-03-01'), day('2026-03-01'))).toBe(true);
  expect(isSame(day('2026-03-01'), day('2026-02-28'))).toBe(false);
  expect(isSame({ kind: 'shift', shift: 2, id: 's2' }, { kind: 'shift', shift: 2, id: 's2' })).toBe(true);
  expect(isSame(day('2026-03-01'), { kind: 'shift', shift: 1, id: 's1' })).toBe(false);
  expect(isSame(ofShift(shift(2)), ofShift(shift(2, 'another')))).toBe(false);
  expect(isSame(null, { kind: 'shift', shift: 1, id: 's1' })).toBe(false);
});

test('the arrows end where the list does', () => {
  expect(neighbour(periods, day('2026-02-28'), 1)).toEqual({ kind: 'shift', shift: 2, id: 's2' });
  expect(neighbour(periods, day('2026-03-01'), -1)).toBe(null);
  expect(neighbour(periods, { kind: 'shift', shift: 1, id: 's1' }, 1)).toBe(null);
  expect(neighbour(periods, day('2026-01-15'), 1)).toEqual(day('2026-03-01'));
});

test('of two shifts with one number both are reached', () => {
  const twice = listed({ today: '2026-03-01', shifts: [shift(2, 'late'), shift(2, 'early')] });
  expect(neighbour(twice, ofShift(shift(2, 'late')), 1)).toEqual({ kind: 'shift', shift: 2, id: 'early' });
});
