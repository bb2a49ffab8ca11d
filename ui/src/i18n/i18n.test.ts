import { expect, test } from 'vitest';
import { en } from './en';
import { en as enOrders } from './en-orders';
import { fr } from './fr';
import { fr as frOrders } from './fr-orders';

/** Every sentence of a language by its path; sentences with a hole are asked with a sample. */
function sentences(node: unknown, path = ''): Array<[string, string]> {
  if (typeof node === 'string') return [[path, node]];
  if (typeof node === 'function') {
    if (path === '.refusal') return [];
    const counts = /digits|triesLeft|results|lines|waiting|jobs|kicks|resumeHint|left$|count$/.test(path);
    const sample = counts ? 2 : /approve\.(title|nobody|tooLow)|returns\.approves/.test(path) ? 'supervisor' : 'x';
    return sentences((node as (...args: unknown[]) => unknown)(sample, 'x', 'x', 'x'), path);
  }
  return Object.entries(node as object).flatMap(([key, value]) => sentences(value, `${path}.${key}`));
}
const english = [...sentences(en), ...sentences(enOrders, '.orders')];
const french = [...sentences(fr), ...sentences(frOrders, '.orders')];

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

test('every refusal is said in both languages, and never in the same words', () => {
  const tools = { money: (v: string) => v, time: () => '14:06', text: (t: { en: string; fr: string }) => t.en };
  const refusals = [
    { kind: 'not_signed_in' },
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
    { kind: 'cart_not_empty' },
    { kind: 'card_unsettled' },
    { kind: 'card_tendered' },
    { kind: 'card_exceeds_due', due: '9.00', amount: '10.00' },
    { kind: 'terminal_missing' },
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
    { kind: 'fault', reference: '' },
  ] as const;
  for (const refusal of refusals) {
    const [a, b] = [en.refusal(refusal, tools), fr.refusal(refusal, tools)];
    expect(a.fact).not.toBe('');
    expect(b.fact).not.toBe(a.fact);
    expect(b.then).not.toBe(a.then);
  }
});
