import { describe, expect, test } from 'vitest';
import type { Person } from '../bindings';
import { draftOf, isChanged, listed, lockedUntil, missingOf, neighbour, type Draft, type Missing } from './person';

const maya: Person = {
  id: 'maya',
  name: 'Maya Dubois',
  initials: 'MD',
  role: 'cashier',
  language: 'en',
  active: true,
  locked_until: null,
};
const joseph: Person = { ...maya, id: 'joseph', name: 'Joseph', active: false };
const priya: Person = { ...maya, id: 'priya', name: 'Priya' };

describe('what is still missing', () => {
  const cases: Array<[string, Partial<Draft>, Person | null, Missing | null]> = [
    ['nothing is changed', {}, maya, 'change'],
    ['a space more is no change', { name: ' Maya Dubois ' }, maya, 'change'],
    ['another name', { name: 'Maya' }, maya, null],
    ['no name', { name: ' ' }, maya, 'name'],
    ['another role', { role: 'manager' }, maya, null],
    ['another language', { language: 'fr' }, maya, null],
    ['a new PIN', { pin: '2580' }, maya, null],
    ['somebody new', {}, null, 'name'],
    ['somebody new with a PIN only', { pin: '2580' }, null, 'name'],
    ['somebody new without a PIN', { name: 'Sam' }, null, 'pin'],
    ['somebody new with a name and a PIN', { name: 'Sam', pin: '2580' }, null, null],
  ];
  test.each(cases)('%s', (_, typed, person, missing) => {
    expect(missingOf({ ...draftOf(person, 'en'), ...typed }, person)).toBe(missing);
  });
});

test('a role chosen for nobody is not worth asking about', () => {
  expect(isChanged({ ...draftOf(null, 'fr'), role: 'manager' }, null)).toBe(false);
  expect(isChanged({ ...draftOf(null, 'fr'), name: 'S' }, null)).toBe(true);
});

test('who has left stands below', () => {
  expect(listed([joseph, maya, priya]).map(({ id }) => id)).toEqual(['maya', 'priya', 'joseph']);
});

test('a lock that is over is not shown', () => {
  const locked = { ...maya, locked_until: '2025-11-20T14:12:00Z' };
  expect(lockedUntil(locked, new Date('2025-11-20T14:11:00Z'))).toBe('2025-11-20T14:12:00Z');
  expect(lockedUntil(locked, new Date('2025-11-20T14:12:00Z'))).toBe(null);
  expect(lockedUntil(maya, new Date())).toBe(null);
});

test('up and down stop at the ends', () => {
  const people = [maya, priya];
  expect(neighbour(people, 'maya', 1)).toBe(priya);
  expect(neighbour(people, 'priya', 1)).toBe(null);
  expect(neighbour(people, 'maya', -1)).toBe(null);
  expect(neighbour(people, null, 1)).toBe(maya);
  expect(neighbour(people, null, -1)).toBe(priya);
  expect(neighbour([], null, 1)).toBe(null);
});
