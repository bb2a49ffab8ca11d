import { expect, test } from 'vitest';
import type { SoldLine } from '../bindings';
import { allOf, isAll, missingReason, neighbour, reasonSent, stateOf, stepped, wantedOf } from './wanted';

const line = (line: number, part: Partial<SoldLine> = {}): SoldLine => ({
  line,
  sku: `S-${line}`,
  name: { en: 'Tea', fr: 'Thé' },
  unit: 'each',
  price: '4.00',
  quantity: '2',
  returned: '0',
  left: '2',
  amount: '8.00',
  tax_letters: 'H',
  minimum_age: null,
  drawing: 'box',
  pigment: 'grocery',
  voided: null,
  of: null,
  note: null,
  needs: null,
  ...part,
});
const sale = [
  line(1),
  line(2, { voided: 'wrong_item' }),
  line(3, { unit: 'kg', quantity: '0.860', left: '0.860' }),
  line(4, { returned: '2', left: '0' }),
];

test('a line that was voided, or of which all came back, has nothing to give', () => {
  expect(sale.map(stateOf)).toEqual(['open', 'voided', 'open', 'nothing_left']);
});

test.each([
  ['0', 1, 0, 2, '1'],
  ['2', 1, 0, 2, '2'],
  ['0', -1, 0, 2, '0'],
  ['1', -1, 1, 9, '1'],
  ['2', -1, 0, 2, '1'],
] as const)('%s and %i, from %i to %i, is %s', (now, by, least, most, next) => {
  expect(stepped(now, by, least, most)).toBe(next);
});

test('all that is left comes back, and goods set aside as waste stay so', () => {
  const all = allOf(sale, { 1: { quantity: '1', wasted: true } });
  expect(all).toEqual({ 1: { quantity: '2', wasted: true }, 3: { quantity: '0.860', wasted: false } });
  expect(isAll(sale, all)).toBe(true);
  expect(isAll(sale, { 1: { quantity: '2', wasted: false } })).toBe(false);
  expect(isAll([sale[1]!, sale[3]!], {})).toBe(false);
});

test('only what comes back is asked for, in the order of the sale', () => {
  const draft = { 3: { quantity: '0.5', wasted: false }, 1: { quantity: '0', wasted: true } };
  expect(wantedOf(sale, draft)).toEqual([{ line: 3, quantity: '0.5', wasted: false }]);
});

test.each([
  [null, 1, 1],
  [null, -1, 3],
  [1, 1, 3],
  [3, 1, 3],
  [3, -1, 1],
] as const)('from line %s by %i to %i', (now, by, next) => {
  expect(neighbour(sale, now, by)).toBe(next);
});

test.each([
  [null, '', 'reason', ''],
  ['damaged', 'typed before', null, 'damaged'],
  ['other', '  ', 'text', ''],
  ['other', ' Torn bag ', null, 'Torn bag'],
] as const)('reason %s "%s" lacks %s and is sent as "%s"', (reason, text, missing, sent) => {
  expect(missingReason(reason, text)).toBe(missing);
  expect(reasonSent(reason, text)).toBe(sent);
});
