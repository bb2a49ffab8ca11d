import { expect, test } from 'vitest';
import { askedOf, cashBeside, isMore } from './split';

test.each([
  ['20', '47.70', '20.00'],
  ['47.65', '47.70', '47.65'],
  ['9.99', '10.00', '9.99'],
  ['47.70', '47.70', null],
  ['50', '47.70', null],
  ['0', '47.70', null],
  ['0.', '47.70', null],
  ['', '47.70', null],
])('%s typed of %s: %s stays given beside a card', (typed, due, beside) => {
  expect(cashBeside(typed, due)).toBe(beside);
});

test.each([
  ['', '27.71', '27.71'],
  ['20', '27.71', '20.00'],
  ['27.71', '27.71', '27.71'],
  ['27.72', '27.71', null],
  ['100', '27.71', null],
  ['0', '27.71', null],
  ['20', null, null],
  ['', null, null],
])('with %s typed a card that may pay %s is asked for %s', (typed, most, asked) => {
  expect(askedOf(typed, most)).toBe(asked);
});

test.each([
  ['10.00', '9.99', true],
  ['9.99', '10.00', false],
  ['10.00', '10.00', false],
  ['0.05', '-0.05', true],
  ['-0.05', '0.00', false],
  ['-0.05', '-0.10', true],
  ['010.00', '9.00', true],
])('%s is more than %s: %s', (one, other, more) => {
  expect(isMore(one, other)).toBe(more);
});
