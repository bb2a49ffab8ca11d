import { expect, test } from 'vitest';
import { weeksOf } from './month';

test('a month in weeks from Monday, with the days around it', () => {
  const weeks = weeksOf('2025-11-20');
  expect(weeks).toHaveLength(5);
  expect(weeks[0]).toEqual([
    '2025-10-27',
    '2025-10-28',
    '2025-10-29',
    '2025-10-30',
    '2025-10-31',
    '2025-11-01',
    '2025-11-02',
  ]);
  expect(weeks.at(-1)?.at(-1)).toBe('2025-11-30');
});

test.each([
  ['2021-02-10', 4], // begins on a Monday, ends on a Sunday
  ['2025-03-01', 6],
  ['2024-02-29', 5],
])('the month of %s has %i weeks', (day, weeks) => {
  expect(weeksOf(day)).toHaveLength(weeks);
  expect(weeksOf(day).flat()).toContain(day);
});
