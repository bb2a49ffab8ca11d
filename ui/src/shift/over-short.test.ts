import { expect, test } from 'vitest';
import type { Operator } from '../bindings';
import { takers, verdictOf } from './over-short';

test.each([
  ['0.00', 'exact'],
  ['-0.05', 'short'],
  ['12.00', 'over'],
] as const)('a difference of %s is %s', (difference, verdict) => {
  expect(verdictOf(difference)).toBe(verdict);
});

const operator = (id: string): Operator => ({ id, name: id, initials: id, role: 'cashier', language: 'en' });
const [one, two, three] = [operator('1'), operator('2'), operator('3')];

test('a drawer is taken by anybody but who has it', () => {
  expect(takers([one, two, three], two)).toEqual([one, three]);
  expect(takers([one], one)).toEqual([]);
});
