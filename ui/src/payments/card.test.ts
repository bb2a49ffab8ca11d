import { expect, test } from 'vitest';
import type { CardAttempt, CardState } from '../bindings';
import { en } from '../i18n/en';
import { fr } from '../i18n/fr';
import {
  byHand,
  cardName,
  cure,
  isPart,
  moved,
  nextOf,
  now,
  outcome,
  restOf,
  stepSaid,
  unsettled,
  type Next,
} from './card';

const asked: CardAttempt = {
  attempt: 1,
  kind: 'payment',
  amount: '20.00',
  approved: null,
  state: 'asking',
  code: null,
  cause: null,
  card: null,
  asked_at: '2025-11-20T19:06:41Z',
  of_return: false,
  refund_next: false,
  steps: [],
  working: true,
};
const states: CardState[] = ['asking', 'approved', 'declined', 'cancelled', 'not_sent', 'unknown', 'doubtful'];

test.each<[CardState, boolean, Next]>([
  ['asking', true, 'stop'],
  ['asking', false, 'stop'],
  ['unknown', false, 'ask'],
  ['unknown', true, 'wait'],
  ['doubtful', false, 'judge'],
  ['doubtful', true, 'wait'],
  ['approved', false, 'go_on'],
  ['declined', false, 'go_on'],
  ['cancelled', false, 'go_on'],
  ['not_sent', false, 'go_on'],
])('%s, spoken to: %s, has one next step: %s', (state, working, next) => {
  expect(nextOf({ ...asked, state, working })).toBe(next);
  expect(unsettled({ ...asked, state, working })).toBe(next !== 'go_on');
});

test('without an attempt everything is settled', () => {
  expect(unsettled(null)).toBe(false);
});

test('a person may settle it only after the terminal was asked twice in vain', () => {
  const unknown = { ...asked, state: 'unknown', working: false } as const;
  expect([0, 1, 2, 3].map((tries) => byHand(unknown, tries))).toEqual([false, false, true, true]);
  expect(byHand({ ...unknown, working: true }, 5)).toBe(false);
  expect(byHand({ ...asked, state: 'declined' }, 5)).toBe(false);
});

test.each([
  ['none', '0.00'],
  ['some', '0.02'],
  ['over', '-5.00'],
])('%s of %s is left', (left, rest) => {
  expect(restOf({ rest })).toBe(left);
});

test('a part is told as a part, with what moved and what is left', () => {
  const part = { ...asked, state: 'approved', approved: '12.00' } as const;
  expect(isPart(part)).toBe(true);
  expect(isPart({ ...part, approved: '20.00' })).toBe(false);
  expect(moved(part)).toBe('12.00');
  expect(moved({ ...part, state: 'unknown' })).toBe('20.00');
  expect(outcome(part, '8.00', en, (v) => `$${v}`)?.then).toBe('$12.00 of $20.00 approved. $8.00 is still due.');
});

test('nothing is said to be charged or not charged while nobody knows', () => {
  for (const kind of ['payment', 'reversal'] as const) {
    for (const state of states) {
      const attempt = { ...asked, kind, state, working: false };
      const said = outcome(attempt, '0.00', en, (v) => v);
      if (state === 'asking') expect(said).toBeNull();
      if (unsettled(attempt) && said) {
        expect(said.then).not.toMatch(/nothing was charged|stands|is charged|went back to/i);
        expect(said.then).toMatch(/may have|compare/i);
      }
    }
  }
});

test('the card is named as far as it is known', () => {
  const card = { name: 'Visa', number: '4821', authorisation: null, trace: null, receipt: null, terminal: null };
  expect(cardName(card)).toBe('Visa ••••\u00a04821');
  expect(cardName({ ...card, name: null })).toBe('••••\u00a04821');
  expect(cardName({ ...card, number: null })).toBe('Visa');
  expect(cardName({ ...card, name: null, number: null })).toBe('');
});

test('the last step is what goes on, every step can be read afterwards', () => {
  const at = asked.asked_at;
  const steps = [
    { progress: 'asked', at },
    { progress: 'insert_card', at },
  ] as const;
  const attempt = { ...asked, steps: [...steps] };
  expect(now(asked, en)).toBe(en.card.now.asked);
  expect(now(attempt, en)).toBe(en.card.now.insert_card);
  expect(steps.map((step) => stepSaid(attempt, step, fr, (v) => v))).toEqual(['Demandé 20.00', 'Carte attendue']);
});

test('a trouble without a cure of its own is looked at on the terminal', () => {
  expect(cure('disconnected', en)).toMatch(/cable/);
  expect(cure('something new', en)).toBe(en.card.cures.other);
});
