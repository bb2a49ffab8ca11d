import { expect, test } from 'vitest';
import type { SettingsDraft, Store } from '../bindings';
import { changedIn, draftOf, fieldOf, missingOf, open, settingsOf, storeOf, type Draft } from './draft';
import { readLayout } from './layout';

const store: Store = {
  code: 'RDC',
  name: 'Rideau Corner',
  address: ['1 Canal Walk', 'Ottawa ON'],
  region: 'ON',
  register: 1,
  currency: 'CAD',
  languages: ['en', 'fr'],
  tax_numbers: ['HST 1'],
  time_zone: 'America/Toronto',
};
const settings: SettingsDraft = {
  price_barcodes: [],
  miscellaneous: false,
  return_days: 30,
  discount_cashier: '10%',
  discount_supervisor: '12.5%',
  paid_in_alone: '500.00',
  paid_out_alone: '50.00',
  paid_out_supervisor: null,
  safe_drop_alone: null,
  no_sales_alone: 10,
  cash_back_alone: '40.00',
  receipt: null,
  receipt_foot: { en: '', fr: '' },
};
const before = draftOf(store, settings, 'fr');
const edited = (part: Partial<Draft>): Draft => ({ ...before, ...part });

test('what is not touched comes back as it was, in either language', () => {
  for (const language of ['en', 'fr'] as const) {
    const draft = draftOf(store, settings, language);
    expect(settingsOf(draft)).toEqual(settings);
    expect(storeOf(draft)).toEqual({
      name: 'Rideau Corner',
      address: ['1 Canal Walk', 'Ottawa ON'],
      tax_numbers: ['HST 1'],
      languages: ['en', 'fr'],
      time_zone: 'America/Toronto',
    });
  }
  expect(before.supervisor).toBe('12,5');
  expect(before.paidOut).toBe('50,00');
});

test('any day is no number of days', () => {
  expect(settingsOf(edited({ anyDay: true })).return_days).toBe(null);
  expect(draftOf(store, { ...settings, return_days: null }, 'en')).toMatchObject({ anyDay: true, days: '30' });
});

test.each<[string, Partial<Draft>, string[]]>([
  ['nothing', {}, []],
  ['spaces at the end of a name', { name: 'Rideau Corner ' }, []],
  ['a name', { name: 'Canal' }, ['store']],
  ['a foot', { foot: { en: 'See you', fr: '' } }, ['receipts']],
  ['a limit', { cashier: '15' }, ['selling']],
  ['two things', { receipt: 'both', days: '14' }, ['receipts', 'selling']],
])('%s changes its section', (_, part, sections) => {
  expect(changedIn(edited(part), before)).toEqual(sections);
});

test.each<[Partial<Draft>, string | null]>([
  [{}, 'change'],
  [{ name: ' ' }, 'name'],
  [{ timeZone: '' }, 'zone'],
  [{ cashier: 'ten' }, 'percent'],
  [{ supervisor: '' }, 'percent'],
  [{ paidOut: '' }, 'amount'],
  [{ safeDrop: 'much' }, 'amount'],
  [{ paidIn: '' }, null],
  [{ noSales: '' }, null],
  [{ noSales: 'often' }, 'times'],
  [{ days: '1.5' }, 'days'],
  [{ days: '', anyDay: true }, null],
  [{ cashier: '7,5' }, null],
])('%o misses %s', (part, missing) => {
  expect(missingOf(edited(part), before)).toBe(missing);
});

test('what is left empty has no limit', () => {
  const open = edited({ paidIn: ' ', noSales: '', cashBack: '', safeDrop: '200,00' });
  expect(settingsOf(open)).toMatchObject({
    paid_in_alone: null,
    no_sales_alone: null,
    cash_back_alone: null,
    safe_drop_alone: '200.00',
  });
});

test('a refusal is said where it can be mended', () => {
  const draft = edited({ cashier: '150', layouts: ['02=2|IIIII|V|PPPP|C', '30=x'] });
  expect(fieldOf({ kind: 'bad_discount', text: '150%' }, draft).field).toBe('cashier');
  expect(fieldOf({ kind: 'bad_discount', text: '12.5%' }, draft).field).toBe('supervisor');
  const much = edited({ safeDrop: '99999999999999' });
  expect(fieldOf({ kind: 'bad_amount', text: '99999999999999' }, much).field).toBe('safeDrop');
  expect(fieldOf({ kind: 'bad_price_barcode', text: '30=x' }, draft).field).toBe('layout-1');
  expect(fieldOf({ kind: 'unknown_time_zone', name: 'Moon' }, draft)).toEqual({ section: 'store', field: 'zone' });
});

test('there is always a line to type in', () => {
  expect(open([])).toEqual(['']);
  expect(open(['a'])).toEqual(['a', '']);
  expect(open(['a', ''])).toEqual(['a', '']);
});

test('a layout is read part by part', () => {
  expect(readLayout('02=2|IIIII|V|PPPP|C')).toEqual({
    prefix: '02',
    parts: [
      { part: 'digit', count: 1 },
      { part: 'item', count: 5 },
      { part: 'proof', count: 1 },
      { part: 'price', count: 4 },
      { part: 'check', count: 1 },
    ],
  });
  for (const text of ['', '02', '02=', '2=2|I', '02=2|IIP|C', '02=2|XX|C']) expect(readLayout(text), text).toBe(null);
});
