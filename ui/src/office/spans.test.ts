import { expect, test } from 'vitest';
import { en } from '../i18n/en-head-office';
import { fr } from '../i18n/fr-head-office';
import { since, span } from './spans';

const minute = 60_000;

test('a span is said in the units that matter', () => {
  for (const [milliseconds, said] of [
    [-5, '0 s'],
    [41_999, '41 s'],
    [26 * minute, '26 min'],
    [60 * minute, '1 h'],
    [80 * minute, '1 h 20 min'],
    [24 * 60 * minute, '1 d'],
    [44 * 60 * minute + 59 * minute, '1 d 20 h'],
  ] as const)
    expect(span(milliseconds, en.ago).replaceAll('\u00a0', ' '), said).toBe(said);
  expect(since(3_000, en.ago)).toBe('now');
  expect(since(26 * minute, fr.ago)).toBe('il y a 26\u00a0min');
});
