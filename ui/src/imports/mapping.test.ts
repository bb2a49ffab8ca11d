import { expect, test } from 'vitest';
import type { Glance, Outcome } from '../bindings';
import { firstShown, forEngine, ownColumn, unmapped } from './mapping';

test.each([
  [{}, {}, 'sku'],
  [{ sku: 'Code' }, {}, 'name'],
  [{ sku: 'Code', name: 'Nom' }, {}, 'price'],
  [{ sku: 'Code', name: 'Nom' }, { price: ' ' }, 'price'],
  [{ sku: 'Code', name: 'Nom' }, { price: '1.00' }, null],
  [{ sku: 'Code', name: 'Nom', open_price: 'Libre' }, {}, null],
  [{ sku: 'Code', name: 'Nom', price: 'Prix' }, {}, null],
])('columns %o with defaults %o lack %s', (columns, defaults, lacks) => {
  expect(unmapped({ columns, defaults } as Parameters<typeof unmapped>[0])).toBe(lacks);
});

test('an empty default is none', () => {
  expect(forEngine({ columns: { sku: 'Code' }, defaults: { unit: 'kg', cost: ' ' } })).toEqual({
    columns: { sku: 'Code' },
    defaults: { unit: 'kg' },
  });
});

test('a column with the name of its field is taken for it', () => {
  const glance = { columns: [{ name: 'Price', samples: [] }] } as unknown as Glance;
  expect(ownColumn('price', glance)).toBe('Price');
  expect(ownColumn('cost', glance)).toBe(null);
});

test.each<[Partial<Outcome>, string]>([
  [{ rejected: 1, updated: 3 }, 'rejected'],
  [{ updated: 3, added: 9 }, 'updates'],
  [{ added: 9 }, 'additions'],
  [{}, 'additions'],
])('of %o, first %s', (part, shown) => {
  const outcome = { read: 0, added: 0, updated: 0, unchanged: 0, rejected: 0, ...part };
  expect(firstShown({ outcome, rejects: [], additions: [], updates: [] })).toBe(shown);
});
