import { expect, test } from 'vitest';
import { freeName } from './names';

test.each([
  [[], 'Cart 1'],
  [['blue coat'], 'Cart 1'],
  [['Cart 1', 'Cart 2'], 'Cart 3'],
  [['Cart 1', 'Cart 3'], 'Cart 2'],
])('beside %j the next is %s', (taken, next) => {
  expect(freeName(taken, (number) => `Cart ${number}`)).toBe(next);
});
