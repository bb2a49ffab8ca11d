import { expect, test } from 'vitest';
import { bars, code128 } from './barcode';

test.each([
  ['PJJ123C', [104, 48, 42, 42, 17, 18, 19, 35, 55, 106]],
  ['123456', [105, 12, 34, 56, 44, 106]],
  ['AB1234', [104, 33, 34, 99, 12, 34, 102, 106]],
])('%s', (text, symbols) => {
  expect(code128(text)).toEqual(symbols);
});

test('what it cannot write is not drawn', () => {
  expect(code128('é')).toBe(null);
  expect(bars('')).toBe(null);
});

test('every symbol is eleven modules wide, the stop thirteen, with quiet zones', () => {
  expect(bars('PJJ123C')!.modules).toBe(9 * 11 + 13 + 20);
});
