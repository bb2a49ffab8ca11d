import { expect, test } from 'vitest';
import type { Alike, RejectReason } from '../bindings';
import { en } from './en';
import { en as enCatalogue } from './en-catalogue';
import { en as enHeadOffice } from './en-head-office';
import { en as enOffice } from './en-office';
import { en as enOrders } from './en-orders';
import { fr } from './fr';
import { fr as frCatalogue } from './fr-catalogue';
import { fr as frHeadOffice } from './fr-head-office';
import { fr as frOffice } from './fr-office';
import { fr as frOrders } from './fr-orders';

/** Every sentence of a language by its path; sentences with a hole are asked with a sample. */
function sentences(node: unknown, path = ''): Array<[string, string]> {
  if (typeof node === 'string') return [[path, node]];
  if (typeof node === 'function') {
    if (path === '.refusal' || path === '.reject') return [];
    const counts = /digits|triesLeft|results|lines|waiting|jobs|kicks|resumeHint|left$|count$/.test(path);
    const sample = counts ? 2 : /approve\.(title|nobody|tooLow)|returns\.approves/.test(path) ? 'supervisor' : 'x';
    return sentences((node as (...args: unknown[]) => unknown)(sample, 'x', 'x', 'x'), path);
  }
  return Object.entries(node as object).flatMap(([key, value]) => sentences(value, `${path}.${key}`));
}
const english = [
  ...sentences(en),
  ...sentences(enOrders, '.orders'),
  ...sentences(enCatalogue, '.catalogue'),
  ...sentences(enOffice, '.office'),
  ...sentences(enHeadOffice, '.headOffice'),
];
const french = [
  ...sentences(fr),
  ...sentences(frOrders, '.orders'),
  ...sentences(frCatalogue, '.catalogue'),
  ...sentences(frOffice, '.office'),
  ...sentences(frHeadOffice, '.headOffice'),
];

test('both languages say the same things', () => {
  expect(french.map(([path]) => path)).toEqual(english.map(([path]) => path));
});

test('every sentence is said, plainly, with characters the fonts have', () => {
  for (const [path, text] of [...english, ...french]) {
    expect(text.trim(), path).toBe(text);
    expect(text, path).not.toBe('');
    expect(text, path).not.toMatch(/please|successfully|!|\u202f|[≤≥→]/);
  }
});

test('French keeps its spaces and its apostrophe', () => {
  for (const [path, text] of french) {
    expect(text, path).not.toMatch(/ [:;?!»%$¢]/); // an ordinary space would part them
    expect(text, path).not.toMatch(/'/);
  }
});

const reasons: RejectReason[] = [
  { kind: 'missing' },
  { kind: 'bad_check_digit', expected: 3 },
  { kind: 'not_a_gtin' },
  { kind: 'gtin_taken', sku: 'A' },
  { kind: 'duplicate_sku', first: 2 },
  { kind: 'bad_amount' },
  { kind: 'price_of_open_item' },
  { kind: 'bad_unit' },
  { kind: 'unknown_tax_category', known: 'standard' },
  { kind: 'bad_age' },
  { kind: 'bad_flag' },
  { kind: 'unknown_cannabis_class' },
  { kind: 'bad_weight' },
  { kind: 'bad_charges' },
  { kind: 'unknown_charge', sku: 'A' },
  { kind: 'unreadable' },
  { kind: 'too_long', most: 40 },
  { kind: 'wrong_columns', expected: 5, found: 3 },
];

test('every refusal is said in both languages, and never in the same words', () => {
  const tools = { money: (v: string) => v, time: () => '14:06', text: (t: { en: string; fr: string }) => t.en };
  const refusals = [
    { kind: 'not_signed_in' },
    { kind: 'bad_store_code', code: 'a' },
    { kind: 'bad_tenant_code', code: '&' },
    { kind: 'bad_register', register: 0 },
    { kind: 'unknown_time_zone', name: 'Moon' },
    { kind: 'name_missing' },
    { kind: 'bad_price_barcode', text: 'x' },
    { kind: 'bad_address', text: 'x' },
    { kind: 'bad_password' },
    { kind: 'store_exists', path: '/' },
    { kind: 'store_in_use', holder: 'tillctl' },
    { kind: 'store_unknown', store: 'RDC' },
    { kind: 'register_taken', register: 2 },
    { kind: 'bad_office_url', url: 'x' },
    { kind: 'plain_office_url', url: 'http://x' },
    { kind: 'office_unreachable', url: 'https://x', why: 'x' },
    { kind: 'no_office', url: 'https://x' },
    { kind: 'office_refuses', reason: 'bad_code', said: 'x' },
    { kind: 'office_refuses', reason: 'new_reason', said: 'x' },
    { kind: 'store_unfinished', why: 'x' },
    { kind: 'bad_neighbour', address: 'x' },
    { kind: 'no_store', path: '/' },
    { kind: 'unknown_shift', shift: 3 },
    { kind: 'unknown_sale', receipt: 'RDC1-1-1' },
    { kind: 'two_of_one_number', receipt: 'RDC1-1-1', either: [] as Alike[] },
    { kind: 'training_receipt', receipt: 'RDC1-T1-1' },
    { kind: 'not_in_training' },
    { kind: 'training_already' },
    { kind: 'no_training' },
    { kind: 'training_copy', path: '/' },
    { kind: 'sale_still_coming', receipt: 'RDC1-1-1' },
    { kind: 'unknown_column', column: 'a', columns: [] as string[] },
    { kind: 'unknown_field', field: 'a' },
    { kind: 'field_unmapped', field: 'price' },
    { kind: 'empty_file' },
    { kind: 'no_file' },
    { kind: 'sku_exists', sku: 'A' },
    ...reasons.map((reason) => ({ kind: 'bad_field', sku: null, field: 'price', value: '', reason }) as const),
    { kind: 'wrong_pin', tries_left: 3 },
    { kind: 'locked_out', until: '' },
    { kind: 'not_allowed', needs: 'manager' },
    { kind: 'unknown_code', code: '1' },
    { kind: 'bad_check_digit', code: '1' },
    { kind: 'bad_price_check', code: '1' },
    { kind: 'quantity_required', sku: '1', name: { en: 'Tea', fr: 'Thé' } },
    { kind: 'price_required', sku: '1', name: { en: 'Hamper', fr: 'Panier-cadeau' } },
    { kind: 'fixed_price', sku: '1' },
    { kind: 'no_miscellaneous' },
    { kind: 'underpaid', due: '9.00', tendered: '5.00' },
    { kind: 'paid_along', line: 2, of: 1 },
    { kind: 'too_many_lines', most: 200 },
    { kind: 'cart_changed' },
    { kind: 'approval_required', needs: 'supervisor' },
    { kind: 'bad_price', text: '-1' },
    { kind: 'bad_discount', text: '200%' },
    { kind: 'bad_note', most: 200 },
    { kind: 'name_required' },
    { kind: 'age_check_required', age: 19 },
    { kind: 'no_age_to_check' },
    { kind: 'over_possession_limit', used: '30.10', limit: 30, line: 2 },
    { kind: 'nothing_to_undo' },
    { kind: 'unknown_cart' },
    { kind: 'taken_elsewhere', register: 2 },
    { kind: 'customer_name_required' },
    { kind: 'bad_customer_field', field: 'name', most: 100 },
    { kind: 'promotion_name_required' },
    { kind: 'ends_before_it_begins', from: '2026-07-08', until: '2026-07-07' },
    { kind: 'bad_bundle' },
    { kind: 'no_goods' },
    { kind: 'bad_place', most: 40 },
    { kind: 'bad_sheet_name', most: 40 },
    { kind: 'unknown_sheet' },
    { kind: 'sheet_closed' },
    { kind: 'bad_count', quantity: '-1' },
    { kind: 'already_decided' },
    { kind: 'cart_not_empty' },
    { kind: 'card_unsettled' },
    { kind: 'card_tendered' },
    { kind: 'card_exceeds_due', due: '9.00', amount: '10.00' },
    { kind: 'terminal_missing' },
    { kind: 'same_operator' },
    { kind: 'terminal_busy' },
    { kind: 'nothing_to_return' },
    { kind: 'more_than_sold', sku: '1', left: '0.5' },
    { kind: 'line_voided', line: 1 },
    { kind: 'unknown_line', line: 1 },
    { kind: 'not_last_sale', receipt: 'A1-1-1' },
    { kind: 'card_refund_first', amount: '9.00' },
    { kind: 'return_unfinished', receipt: 'A1-1-1', id: '' },
    { kind: 'exchange_pending' },
    { kind: 'nothing_to_exchange' },
    { kind: 'price_above_list', sku: '1', most: '9.00' },
    { kind: 'fault', reference: '' },
  ] as const;
  for (const refusal of refusals) {
    const [a, b] = [en.refusal(refusal, tools), fr.refusal(refusal, tools)];
    expect(a.fact).not.toBe('');
    expect(b.fact).not.toBe(a.fact);
    expect(b.then).not.toBe(a.then);
  }
});
