import { expect, test } from 'vitest';
import { en } from '../i18n/en';
import { fr } from '../i18n/fr';
import { countOf, hereSince } from './stored';

const at = '2025-11-20T19:07:32Z';

test('what is written is on this disk, and elsewhere once another device said so', () => {
  const here = hereSince(at);
  expect(countOf(here)).toBe(1);
  expect(countOf({ ...here, head_office: at })).toBe(2);
  expect(countOf({ ...here, neighbour: at, head_office: at })).toBe(3);
});

test('the last sale is told with each place that has it, and no other', () => {
  const here = hereSince(at);
  const said = (stored: typeof here) => en.strip.lastSaleStored('RDC-1', '14:07', stored);
  expect(said(here)).toBe('Last sale RDC-1, stored on this disk at 14:07');
  expect(said({ ...here, head_office: at })).toBe('Last sale RDC-1, stored on this disk at 14:07, at head office');
  expect(fr.strip.lastSaleStored('RDC-1', '14 h 07', { ...here, neighbour: at, head_office: at })).toBe(
    'Dernière vente RDC-1, inscrite sur ce disque à 14 h 07, à une autre caisse, au siège social',
  );
});
