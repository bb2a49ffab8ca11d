import { expect, test } from 'vitest';
import type { Device, Lamp } from '../bindings';
import { en } from '../i18n/en';
import { en as office } from '../i18n/en-office';
import { causeOf, drawerOf, needsAHand, printerTrouble, saidOf, sentSaid } from './trouble';

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

test('a device is said by what ails it, else by its lamp', () => {
  expect(saidOf(printer('stopped', 'paper_out'), en)).toBe('paper out');
  expect(saidOf(printer('stopped', 'something new'), en)).toBe('stopped');
  expect(saidOf(printer('ready', null), en)).toBe('ready');
});

test.each<[Lamp, string | null, boolean]>([
  ['ready', null, false],
  ['busy', 'busy', false],
  ['unknown', null, false],
  ['offline', 'not_configured', false],
  ['offline', 'disconnected', true],
  ['attention', 'paper_low', true],
  ['stopped', 'paper_out', true],
])('%s, %s needs a hand: %s', (lamp, cause, hand) => {
  expect(needsAHand(printer(lamp, cause))).toBe(hand);
});

test('the drawer is as the printer lets it be', () => {
  expect(drawerOf(null)).toEqual({ lamp: 'offline', state: 'none' });
  expect(drawerOf(printer('offline', 'not_configured'))).toEqual({ lamp: 'offline', state: 'none' });
  expect(drawerOf(printer('stopped', 'paper_out'))).toEqual({ lamp: 'stopped', state: 'shut' });
  expect(drawerOf(printer('attention', 'paper_low'))).toEqual({ lamp: 'unknown', state: 'opens' });
  expect(drawerOf(printer('ready', null))).toEqual({ lamp: 'unknown', state: 'opens' });
});

test('a drawer that cannot open is not said to be asked', () => {
  const { testSent, drawerSent, drawerWaits } = office.devices;
  expect(sentSaid('drawer', false, office.devices)).toBe(drawerSent);
  expect(sentSaid('drawer', true, office.devices)).toBe(drawerWaits);
  expect(sentSaid('printer', true, office.devices)).toBe(testSent);
});
