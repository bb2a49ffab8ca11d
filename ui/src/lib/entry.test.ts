import { expect, test } from 'vitest';
import { amountOf, discountOf, padKey, press, quantityOf, untyped, type EntryKind, type PadKey } from './entry';

const type = (keys: string, kind: EntryKind) =>
  keys.split(' ').reduce((text, key) => press(text, key as PadKey, kind), '');

test.each<[EntryKind, string, string]>([
  ['amount', '1 2', '12'],
  ['amount', '1 2 . 5', '12.5'],
  ['amount', '1 2 . 5 0 9', '12.50'],
  ['amount', '. 5', '0.5'],
  ['amount', '1 . . 5', '1.5'],
  ['amount', '0 0 7', '7'],
  ['amount', '1 00', '100'],
  ['amount', '1 2 . back', '12'],
  ['amount', '1 2 clear', ''],
  ['amount', '1 2 3 4 5 6 7', '123456'],
  ['count', '2 . 5', '25'],
  ['count', '1 2 3 4 5', '1234'],
  ['weight', '1 . 2 4 5 9', '1.245'],
  ['weight', '. 3', '0.3'],
  ['percent', '1 2 . 5', '12.5'],
  ['percent', '1 0 0 0', '100'],
  ['pin', '0 0 1 2', '0012'],
  ['pin', '1 2 3 4 5 6 7 8 9', '12345678'],
  ['pin', 'back', ''],
])('%s: %s', (kind, keys, text) => {
  expect(type(keys, kind)).toBe(text);
});

test.each([
  ['', null, '0.00'],
  ['12', '12.00', '.00'],
  ['12.', '12.00', '00'],
  ['12.5', '12.50', '0'],
  ['12.50', '12.50', ''],
  ['0.05', '0.05', ''],
])('the amount of %s', (text, amount, rest) => {
  expect(amountOf(text)).toBe(amount);
  expect(untyped(text)).toBe(rest);
});

test.each([
  ['', null],
  ['0', null],
  ['0.', null],
  ['3', '3'],
  ['1.', '1'],
  ['0.250', '0.250'],
])('the quantity of %s', (text, quantity) => {
  expect(quantityOf(text)).toBe(quantity);
});

test.each([
  ['', '%', null],
  ['0', '%', null],
  ['0.00', '$', null],
  ['10', '%', '10%'],
  ['12.5', '%', '12.5%'],
  ['12.', '%', '12%'],
  ['5', '$', '5.00'],
  ['5.5', '$', '5.50'],
  ['0.05', '$', '0.05'],
] as const)('the discount of %s %s', (text, unit, discount) => {
  expect(discountOf(text, unit)).toBe(discount);
});

test('the comma of a French keyboard is the decimal key', () => {
  expect(padKey(',')).toBe('.');
  expect(padKey('.')).toBe('.');
  expect(padKey('7')).toBe('7');
  expect(padKey('Backspace')).toBe('back');
  expect(padKey('a')).toBe(null);
  expect(padKey('F3')).toBe(null);
});
