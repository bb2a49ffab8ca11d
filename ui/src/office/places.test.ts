import { expect, test } from 'vitest';
import { pathOf, placeOf } from './places';

test('a place and its address are the same thing', () => {
  for (const path of [
    '/',
    '/stores/RDC',
    '/live',
    '/catalogue',
    '/catalogue/0b1c',
    '/prices',
    '/people',
    '/stores/a%2Fb',
  ])
    expect(pathOf(placeOf(path)!), path).toBe(path);
  expect(placeOf('/stores/a%2Fb')).toEqual({ name: 'stores', id: 'a/b' });
});

test('what is no place is none', () => {
  for (const path of ['/stores', '/people/x', '/stores/a/b', '/x', '//', '/stores/%'])
    expect(placeOf(path), path).toBeNull();
});
