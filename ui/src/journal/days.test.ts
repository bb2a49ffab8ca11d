import { expect, test } from 'vitest';
import { daysOf, monthLater, weeksOf } from './days';

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

test.each([
  ['all', null],
  ['today', { from: '2025-03-02', to: '2025-03-02' }],
  ['yesterday', { from: '2025-03-01', to: '2025-03-01' }],
  ['week', { from: '2025-02-24', to: '2025-03-02' }],
  ['day', { from: '2024-12-24', to: '2024-12-24' }],
] as const)('%s, seen from a Sunday in March', (span, days) => {
  expect(daysOf(span, '2025-03-02', '2024-12-24')).toEqual(days);
});

test('a month later, and before, begins with its first day', () => {
  expect(monthLater('2025-01-31', 1)).toBe('2025-02-01');
  expect(monthLater('2025-01-31', -1)).toBe('2024-12-01');
});
