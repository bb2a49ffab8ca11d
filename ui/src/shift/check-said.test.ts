import { expect, test } from 'vitest';
import type { CheckOutcome, TerminalCheck } from '../bindings';
import { en } from '../i18n/en-orders';
import { checkSaid } from './check-said';

const told = (difference: string | null, partial = false): TerminalCheck => ({
  outcome: 'told',
  at: '2025-11-20 21:05',
  ours: '10.00',
  told: '10.00',
  difference,
  partial,
  cards: [],
  terminal: 52500041,
  code: null,
});
const say = (check: TerminalCheck | null, outcome: CheckOutcome) =>
  checkSaid(check, outcome, en.check, (amount) => `$${amount}`);

test.each([
  ['0.00', 'ok', 'same'],
  ['5.00', 'attention', '$5.00 more'],
  ['-5.00', 'attention', '$5.00 less'],
])('a difference of %s', (difference, tone, words) => {
  const { tone: found, said } = say(told(difference), 'told');
  expect(found).toBe(tone);
  expect(said.fact).toContain(words);
});

test('what was told after an answer was lost is never called the same', () => {
  expect(say(told('0.00', true), 'told')).toEqual({ tone: 'attention', said: en.check.partial });
});

test('an outcome is never nothing, and only an answer is good', () => {
  const outcomes: CheckOutcome[] = ['not_asked', 'asking', 'told', 'untold', 'not_reached', 'refused', 'unknown'];
  for (const outcome of outcomes) {
    const { tone, said } = say(outcome === 'told' ? told('0.00') : null, outcome);
    expect(said.fact).not.toBe('');
    expect(tone === 'ok').toBe(outcome === 'told');
  }
  expect(say({ ...told(null), outcome: 'refused', code: 0x77 }, 'refused').said.fact).toContain('77');
});
