import { expect, test } from 'vitest';
import type { Department } from '../bindings';
import { treeOf } from './departments';

const department = (id: string, parent: string | null): Department => ({
  id,
  parent,
  name: { en: id, fr: id },
  short: { en: id, fr: id },
  pigment: 'none',
});

test('parts stand below what they are a part of; one whose whole is unknown stands at the top', () => {
  const list = [
    department('tea', 'drinks'),
    department('bakery', null),
    department('drinks', null),
    department('green', 'tea'),
    department('lost', 'gone'),
  ];
  expect(treeOf(list).map(({ department: { id }, deep }) => `${deep} ${id}`)).toEqual([
    '0 bakery',
    '0 drinks',
    '1 tea',
    '2 green',
    '0 lost',
  ]);
});
