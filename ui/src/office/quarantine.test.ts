import { expect, test, vi } from 'vitest';

vi.stubGlobal('localStorage', { getItem: () => null });
vi.mock('../i18n/words.svelte', () => ({ words: { language: 'en' } }));
vi.mock('../i18n/head-office', () => ({ headOffice: {} }));
const { capital, shownOf, textOf, valueOf } = await import('./quarantine');

const field = (map: string, value: string | number | boolean | null) => ({ document: '0b', map, key: 'x', value });

test('what is typed stays of the kind that it was', () => {
  const read = (text: string, of: ReturnType<typeof field>) => valueOf(text, of, 'CAD');
  const age = field('product', 19);
  expect([read('21', age), read('4.99', age), read('', age)]).toEqual([21, undefined, undefined]);
  expect([read('true', field('product', false)), read('yes', field('product', false))]).toEqual([true, undefined]);
  expect([read('499', field('name', 'a')), read('', field('name', 'a')), read('', field('name', null))]).toEqual([
    '499',
    '',
    null,
  ]);
});

test('prices are read and shown as money', () => {
  const price = field('price', 1225);
  expect([shownOf(price, 'CAD'), textOf(price, 'CAD')]).toEqual(['$12.25', '12.25']);
  expect([valueOf('12.5', price, 'CAD'), valueOf('x', price, 'CAD')]).toEqual([1250, undefined]);
  expect(capital('its changes skip')).toBe('Its changes skip');
});
