import { expect, test } from 'vitest';
import * as format from './format';

const n = (text: string) => text.replaceAll('_', '\u00a0');

test.each([
  ['0.00', '$0.00', '0,00_$'],
  ['0.05', '$0.05', '0,05_$'],
  ['12.00', '$12.00', '12,00_$'],
  ['999.99', '$999.99', '999,99_$'],
  ['1234.50', '$1,234.50', '1_234,50_$'],
  ['1234567.89', '$1,234,567.89', '1_234_567,89_$'],
  ['-12.99', '−$12.99', '−12,99_$'],
  ['-0.02', '−$0.02', '−0,02_$'],
  ['-0.00', '$0.00', '0,00_$'],
  ['9007199254740993.01', '$9,007,199,254,740,993.01', '9_007_199_254_740_993,01_$'],
])('money %s', (value, en, fr) => {
  expect(format.money(value, 'en')).toBe(en);
  expect(format.money(value, 'fr')).toBe(n(fr));
});

test.each([
  ['6.49', '6.49', '6,49'],
  ['-1234.00', '−1,234.00', '−1_234,00'],
  ['15', '15', '15'],
])('amount %s stands without a sign in columns', (value, en, fr) => {
  expect(format.amount(value, 'en')).toBe(en);
  expect(format.amount(value, 'fr')).toBe(n(fr));
});

test.each([
  ['0.02', '+$0.02', '+0,02_$'],
  ['-0.02', '−$0.02', '−0,02_$'],
  ['0.00', '$0.00', '0,00_$'],
])('difference %s', (value, en, fr) => {
  expect(format.difference(value, 'en')).toBe(en);
  expect(format.difference(value, 'fr')).toBe(n(fr));
});

test.each([
  ['100.00', '$100', '100_$'],
  ['5.00', '$5', '5_$'],
  ['0.25', '25¢', '25_¢'],
  ['0.05', '5¢', '5_¢'],
])('denomination %s', (value, en, fr) => {
  expect(format.denomination(value, 'en')).toBe(en);
  expect(format.denomination(value, 'fr')).toBe(n(fr));
});

test.each([
  ['13', '13%', '13_%'],
  ['9.975', '9.975%', '9,975_%'],
])('rate %s', (value, en, fr) => {
  expect(format.rate(value, 'en')).toBe(en);
  expect(format.rate(value, 'fr')).toBe(n(fr));
});

test.each([
  ['10%', '−10%', '−10_%'],
  ['12.5%', '−12.5%', '−12,5_%'],
  ['5.00', '−$5.00', '−5,00_$'],
])('discount %s', (value, en, fr) => {
  expect(format.discount(value, 'en')).toBe(en);
  expect(format.discount(value, 'fr')).toBe(n(fr));
});

test('what is taken off is negative once', () => {
  expect(format.taken('4.20', 'en')).toBe('−$4.20');
  expect(format.taken('-4.20', 'en')).toBe('−$4.20');
});

test('a weight keeps its unit and its price', () => {
  expect(format.weighed('1.245', '1.74', 'en')).toBe(n('1.245_kg × $1.74/kg'));
  expect(format.weighed('1.245', '1.74', 'fr')).toBe(n('1,245_kg × 1,74_$/kg'));
});

test('times and days', () => {
  const at = new Date(2025, 10, 20, 9, 2, 7);
  expect(format.time(at, 'en')).toBe('09:02');
  expect(format.time(at, 'fr')).toBe(n('9_h_02'));
  expect(format.seconds(at, 'en')).toBe('09:02:07');
  expect(format.stamp(at)).toBe('09:02:07');
  expect(format.day(at, 'en')).toBe(n('Thu Nov_20'));
  expect(format.day(at, 'fr')).toBe(n('jeu. 20_nov.'));
  expect(format.day(new Date(2025, 10, 1), 'fr')).toBe(n('sam. 1er_nov.'));
});

test('an instant is told by the clock of the shop', () => {
  const at = new Date('2025-11-21T01:07:32Z');
  expect(format.seconds(format.local(at, 'America/Toronto'), 'en')).toBe('20:07:32');
  expect(format.day(format.local(at, 'America/Toronto'), 'en')).toBe(n('Thu Nov_20'));
  expect(format.time(format.local(at, 'America/St_Johns'), 'fr')).toBe(n('21_h_37'));
  expect(format.time(format.local(new Date('2025-11-21T05:00:00Z'), 'America/Toronto'), 'en')).toBe('00:00');
});

test.each([
  ['Maple syrup 540 mL', 'Maple syrup 540_mL'],
  ['Lait 2 % 2 L', 'Lait 2_% 2_L'],
  ['Lager 6 × 355 mL', 'Lager 6 × 355_mL'],
  ['7 grain bread', '7 grain bread'],
  ['Eggs 12 large', 'Eggs 12 large'],
])('%s keeps its numbers and units together', (name, held) => {
  expect(format.together(name)).toBe(n(held));
});

test('zero is zero however it is written', () => {
  for (const zero of ['0', '0.00', '-0.00', '00']) expect(format.isZero(zero), zero).toBe(true);
  for (const some of ['0.01', '-0.01', '10', '10.00']) expect(format.isZero(some), some).toBe(false);
});

test('a separator in a scanned code is seen', () => {
  expect(format.readable('10ABC\u001d21XYZ')).toBe('10ABC␝21XYZ');
});

test('a date says its year where it is not this one', () => {
  const at = new Date(2025, 10, 1);
  expect(format.date(at, 'en')).toBe(n('Nov_1, 2025'));
  expect(format.date(at, 'fr')).toBe(n('1er_nov. 2025'));
  const now = new Date(2025, 11, 31);
  expect(format.shortDate(at, now, 'en')).toBe(n('Nov_1'));
  expect(format.shortDate(at, now, 'fr')).toBe(n('1er_nov.'));
  expect(format.shortDate(at, new Date(2026, 0, 1), 'en')).toBe(n('Nov_1, 2025'));
});

test.each([
  ['2025-03-01', 1, '2025-02-28'],
  ['2024-03-01', 1, '2024-02-29'],
  ['2025-01-03', 6, '2024-12-28'],
  ['2025-11-09', 7, '2025-11-02'], // clocks went back in between
  ['2025-11-20', 0, '2025-11-20'],
])('%s less %i days is %s', (day, days, before) => {
  expect(format.daysBefore(day, days)).toBe(before);
});
