import { expect, test } from 'vitest';
import { isReceiptNumber } from './receipt-number';

test.each([
  ['RDC2-1-4098', true],
  ['RDC12-3-1', true],
  ['RDC2-T3-41', true],
  ['RDC2-T-41', false],
  ['RDC2-1-', false],
  ['RDC2-1', false],
  ['RDC-1-4098', false], // no register
  ['RDC2-1-4098-7', false],
  ['YOW2-1-4098', false], // another store's
  ['GRO-1340', false],
  ['0614141001415', false],
  ['rdc2-1-4098', false],
  ['', false],
])('%s', (code, is) => {
  expect(isReceiptNumber(code, 'RDC')).toBe(is);
});

test('a store whose code ends with a digit', () => {
  expect(isReceiptNumber('YOW11-1-1', 'YOW1')).toBe(true);
  expect(isReceiptNumber('YOW1-1-1', 'YOW1')).toBe(false);
});
