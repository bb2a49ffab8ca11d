import { expect, test } from 'vitest';
import type { Cart, CartLine } from '../bindings';
import { keepLines } from './lines';

const line = (line: number, quantity: string) => ({ line, quantity, name: { en: 'Tea', fr: 'Thé' } }) as CartLine;
const cart = (id: string, lines: CartLine[]) => ({ id, lines }) as Cart;

test('a line that did not change is the one that was there', () => {
  const before = cart('a', [line(1, '1'), line(2, '1')]);
  const { lines } = keepLines(cart('a', [line(1, '1'), line(2, '2'), line(3, '1')]), before);
  expect(lines.map((one, place) => one === before.lines[place])).toEqual([true, false, false]);
  expect(lines.map(({ quantity }) => quantity)).toEqual(['1', '2', '1']);
});

test('another cart shares no line', () => {
  const before = cart('a', [line(1, '1')]);
  const after = cart('b', [line(1, '1')]);
  expect(keepLines(after, before)).toBe(after);
  expect(keepLines(after, null)).toBe(after);
});
