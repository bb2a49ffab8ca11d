import { expect, test } from 'vitest';
import { likely, nameIn } from './missing';

test.each([
  ['9526999999992', { gtin: '9526999999992' }],
  ['96385074', { gtin: '96385074' }],
  [' 036000291452 ', { gtin: '036000291452' }],
  ['4011', { plu: '4011' }],
  ['TEA-900', { sku: 'TEA-900' }],
  ['Old chair', { name: 'Old chair' }],
  ['chaise', { name: 'chaise' }],
  ['Tea 50 g', { name: 'Tea 50 g' }],
])('%s is most likely %j', (text, wanted) => {
  expect(likely(text)).toEqual(wanted);
});

test('goods are sold under a name, and not under a code', () => {
  expect(nameIn(' Old chair ')).toBe('Old chair');
  expect(nameIn('x'.repeat(60))).toHaveLength(40);
  expect([nameIn('9526999999992'), nameIn('TEA-900'), nameIn(' ')]).toEqual([null, null, null]);
});
