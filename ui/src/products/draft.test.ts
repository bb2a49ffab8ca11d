import { expect, test } from 'vitest';
import type { ProductDraft, Refusal, SkuDraft } from '../bindings';
import { blankDraft, blankSku, draftOf, faultOf, forEngine, forHand, isChanged, missingOf } from './draft';

const sku = (part: Partial<SkuDraft>): SkuDraft => ({ ...blankSku(), ...part });
const tea = (part: Partial<ProductDraft> = {}): ProductDraft => ({
  ...blankDraft({ tax_categories: ['standard', 'exempt'], cannabis_classes: [], fields: [] }),
  name: { en: 'Tea', fr: 'Thé' },
  skus: [sku({ code: 'TEA-1', price: '4.50', gtins: ['09526282310800'] }), sku({ code: 'TEA-2', price: '8.00' })],
  ...part,
});
const bad = (field: string, value: string, sku: string | null = null): Refusal => ({
  kind: 'bad_field',
  sku,
  field,
  value,
  reason: { kind: 'missing' },
});

test('a new product is taxed as most are, and lacks a name, then a SKU, then a price', () => {
  const blank = blankDraft({ tax_categories: ['standard'], cannabis_classes: [], fields: [] });
  expect(blank.tax_category).toBe('standard');
  expect(missingOf(blank, blank)).toBe('name');
  const named = { ...blank, name: { en: 'Tea', fr: '' } };
  expect(missingOf(named, blank)).toBe('sku');
  const coded = { ...named, skus: [sku({ code: 'TEA-1' })] };
  expect(missingOf(coded, blank)).toBe('price');
  expect(missingOf({ ...coded, open_price: true }, blank)).toBe(null);
});

test('what is missing begins with what is known of it', () => {
  const of = (text: string) => draftOf(text, null, 'fr');
  expect(of('9526999999992').skus).toEqual([sku({ gtins: ['9526999999992'] })]);
  expect(of('4011').skus).toEqual([sku({ plus: ['4011'] })]);
  expect(of('TEA-900').skus).toEqual([sku({ code: 'TEA-900' })]);
  expect(of('Vieille chaise')).toEqual({ ...blankDraft(null), name: { en: '', fr: 'Vieille chaise' } });
});

test.each<[string, (draft: ProductDraft) => void, boolean]>([
  ['nothing', () => {}, false],
  ['spaces around a name', (draft) => (draft.name.en = ' Tea '), false],
  ['an empty place for a code', (draft) => draft.skus[0]!.gtins.push(''), false],
  ['a price', (draft) => (draft.skus[1]!.price = '8.10'), true],
  ['a code', (draft) => draft.skus[0]!.plus.push('4011'), true],
  ['a size', (draft) => draft.skus.push(blankSku()), true],
])('%s changed: %#', (_, change, changed) => {
  const draft = structuredClone(tea());
  change(draft);
  expect(isChanged(draft, tea())).toBe(changed);
});

test('numbers are typed as the language writes them, and sent as the engine reads them', () => {
  const weighed = tea({ skus: [sku({ code: 'A', price: '4.50', cost: '2.10', net_weight: '3.5' })] });
  expect(forHand(weighed, 'fr').skus[0]).toMatchObject({ price: '4,50', cost: '2,10', net_weight: '3,5' });
  expect(forHand(weighed, 'en').skus[0]).toMatchObject({ price: '4.50' });
  expect(forEngine(forHand(weighed, 'fr')).skus[0]).toMatchObject({ price: '4,50', net_weight: '3.5' });
});

test.each([
  ['09526282310800', '9526282310800'],
  ['00628451900016', '628451900016'],
  ['00000096385074', '96385074'],
  ['19527001681680', '19527001681680'],
])('GTIN %s is printed as %s', (told, printed) => {
  expect(forHand(tea({ skus: [sku({ gtins: [told] })] }), 'en').skus[0]?.gtins).toEqual([printed]);
});

test('what is keyed at the counter is sent without a price', () => {
  expect(forEngine(tea({ open_price: true })).skus.map(({ price }) => price)).toEqual(['', '']);
});

test.each<[string, Refusal, ReturnType<typeof faultOf>]>([
  ['a name', bad('name', ''), { field: 'name', at: null }],
  ['the price of the second size', bad('price', '8.00'), { field: 'price', at: 1 }],
  ['the empty price of a size that is named', bad('price', '', 'TEA-2'), { field: 'price', at: 1 }],
  ['a GTIN told with its zeros', bad('gtin', '9526282310800'), { field: 'gtin', at: 0 }],
  ['a GTIN nobody knows', bad('gtin', '123'), { field: 'gtin', at: null }],
  ['a SKU that exists', { kind: 'sku_exists', sku: 'TEA-2' }, { field: 'sku', at: 1 }],
  ['something else', { kind: 'fault', reference: '' }, null],
])('%s is refused where it stands', (_, refusal, fault) => {
  expect(faultOf(refusal, tea())).toEqual(fault);
});
