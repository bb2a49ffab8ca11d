import { expect, test } from 'vitest';
import { changesOf, draftOf } from './product';
import type { Product } from './wire';

const product: Product = {
  product: '0b',
  name_en: 'Tea',
  name_fr: 'Thé',
  department: 'drinks',
  tax_category: 'standard',
  minimum_age: null,
  archived: false,
  open_price: false,
  skus: [],
};

test('only what was changed is sent', () => {
  expect(changesOf(product, draftOf(product))).toEqual({});
  expect(changesOf(product, { ...draftOf(product), name_en: 'Black tea', archived: true })).toEqual({
    name_en: 'Black tea',
    archived: true,
  });
  expect(changesOf({ ...product, minimum_age: 19 }, draftOf(product))).toEqual({ minimum_age: null });
});
