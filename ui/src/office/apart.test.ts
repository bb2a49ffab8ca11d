import { expect, test } from 'vitest';
import { apart as en } from '../i18n/en-apart';
import { apart as fr } from '../i18n/fr-apart';
import { fieldOf, valueOf } from './apart';

test('a field is called as people call it', () => {
  expect(fieldOf(en, { kind: 'prices', map: 'price', key: 'TEA' })).toBe('Price');
  expect(fieldOf(fr, { kind: 'product', map: 'name', key: 'fr' })).toBe('Nom français');
  expect(fieldOf(en, { kind: 'settings', map: 'store', key: 'name' })).toBe('store · name');
});

test('a value is read as what it is', () => {
  const money = (minor: number) => `$${minor}`;
  expect(valueOf(en, 'prices', 1225, money)).toBe('$1225');
  expect(valueOf(en, 'product', 19, money)).toBe('19');
  expect(valueOf(fr, 'product', true, money)).toBe('Oui');
  expect(valueOf(en, 'product', 'Tea', money)).toBe('Tea');
});
