import { expect, test } from 'vitest';
import { decimal, forTyping, thousandths, typed } from './amounts';

test('minor units are shown as money is written', () => {
  expect([0, 5, 123450, -1299].map((minor) => decimal(minor))).toEqual(['0.00', '0.05', '1234.50', '-12.99']);
  expect([decimal(1200, 'JPY'), decimal(1200, 'KWD')]).toEqual(['1200', '1.200']);
  expect(forTyping(499, 'CAD', 'fr')).toBe('4,99');
});

test('thousandths are shown without what says nothing', () => {
  expect([1245, 3000, -5000, 500, 0].map(thousandths)).toEqual(['1.245', '3', '-5', '0.5', '0']);
});

test('a price is read as it is typed in either language', () => {
  for (const [text, minor] of [
    ['4.99', 499],
    ['4,99', 499],
    ['12', 1200],
    ['0', 0],
    ['1 234,5', 123450],
    ['$3.', 300],
    ['4.999', null],
    ['-1', null],
    ['', null],
    ['4.9.9', null],
    ['1234567890', null],
    ['x', null],
  ] as const)
    expect(typed(text), text).toBe(minor);
  expect([typed('1200', 'JPY'), typed('1.5', 'JPY')]).toEqual([1200, null]);
});
