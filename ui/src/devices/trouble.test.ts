import { expect, test } from 'vitest';
import type { Device, Lamp } from '../bindings';
import { en } from '../i18n/en';
import { causeOf, printerTrouble } from './trouble';

const printer = (lamp: Lamp, cause: string | null): Device => ({ kind: 'printer', lamp, cause });
const none = { waiting: 0, unknown: [] };

test.each<[Lamp, string | null, string | null]>([
  ['ready', null, null],
  ['busy', 'busy', null],
  ['unknown', null, null],
  ['unknown', 'cannot_be_read', null],
  ['offline', 'not_configured', null],
  ['stopped', 'paper_out', 'Paper out.'],
  ['attention', 'paper_low', 'Paper is nearly out.'],
  ['stopped', 'cutter_jammed', 'The cutter is jammed.'],
  ['offline', 'disconnected', 'The printer is not connected.'],
  ['offline', 'stalled', 'The printer stopped midway.'],
  ['stopped', 'something new', 'The printer needs a hand.'],
])('%s, %s: %s', (lamp, cause, fact) => {
  expect(printerTrouble(printer(lamp, cause), none, en)?.fact ?? null).toBe(fact);
});

test('what waits is told with what ails', () => {
  const said = printerTrouble(printer('stopped', 'paper_out'), { waiting: 2, unknown: [] }, en);
  expect(said?.then).toMatch(/Selling goes on. 2 jobs will print by themselves.$/);
});

test('a cause without words is told by its lamp', () => {
  expect(causeOf(printer('stopped', 'something new'), en)).toBe(null);
  expect(causeOf(printer('offline', 'silent'), en)).toBe('silent');
});
