// The sale that every end-to-end test makes, in the demonstration store, and what must come of it.
import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(fileURLToPath(import.meta.url), '../../..');
export const target = resolve(root, process.env.CARGO_TARGET_DIR ?? 'target');

export const operators = {
  en: { name: 'Counter 1', pin: '1111' },
  fr: { name: 'Caisse 2', pin: '2222' },
  supervisor: { name: 'Supervisor', pin: '3333' },
  manager: { en: { name: 'Manager', pin: '4444' }, fr: { name: 'Gérance', pin: '5555' } },
};

// 6.49 + 11.50 + 13.99 + 1.245 kg × 1.74 = 2.17 + 12.00; HST 13% on 12.00 = 1.56; in cash 47.71 is 47.70.
export const sale = {
  float: '200',
  loaf: { sku: 'BAK-101', amount: '6.49' },
  honey: { sku: 'GRO-104', amount: '11.50', search: { en: 'wildflower', fr: 'fleurs sauv' } },
  coffee: { sku: 'GRO-101', amount: '13.99', gtin: '9526282310800', off: '30%', reduced: '9.79' },
  bananas: { sku: 'PRO-101', amount: '2.17', typed: '1.245', quantity: { en: '1.245', fr: '1,245' } },
  tote: { sku: 'HOM-101', amount: '12.00', lowered: '9' },
  croissant: { sku: 'BAK-103', amount: '3.25', reason: 'customer_changed_mind' },
  subtotal: '46.15',
  tax: '1.56',
  total: '47.71',
  cashDue: '47.70',
  given: '50.00',
  change: '2.30',
  handBack: [
    ['2.00', '1'],
    ['0.25', '1'],
    ['0.05', '1'],
  ],
  /** a loaf by card and cash: a part of 5.00 is taken back, 4.00 stands, 2.49 is 2.50 in cash */
  card: {
    left: '1.49',
    typed: '4.00',
    rest: '2.49',
    cashDue: '2.50',
    booked: [
      ['5.49', 'payment', false],
      ['5.00', 'payment', true],
      ['5.00', 'reversal', false],
      ['4.00', 'payment', false],
    ],
  },
  /** honey and coffee: a twenty first, and a card pays the rest */
  split: { total: '25.49', cash: '20.00', card: '5.49' },
  /** what cards paid in all */
  byCards: '9.49',
  inDrawer: '270.20',
  /** above the float */
  toTheSafe: '70.20',
  /** the same in pieces, from the hundred down to the nickel */
  pieces: ['2', '1', '1', '', '', '', '', '', '2', ''],
  /** a nickel less than it holds, for a while */
  handOver: {
    counted: '270.15',
    pieces: ['2', '1', '1', '', '', '', '', '', '1', '1'],
    short: '0.05',
    note: { en: 'A nickel under the counter', fr: 'Un cinq cents sous le comptoir' },
  },
  /** paid in, and paid out again: more than a cashier pays out alone */
  moved: '60.00',
  /** 28 g fit under the possession limit, 7 g more do not */
  limited: { department: 'cannabis', fits: 'CAN-104', tooMuch: 'CAN-101' },
};

/** An amount as the window writes it: $47.71, 47,71 $. */
export function money(amount, language) {
  return language === 'fr' ? `${amount.replace('.', ',')}\u00a0$` : `$${amount}`;
}

/**
 * Scans in a browser. A scanner's keys come 5 ms apart, or `gap` seconds, by their own clock, however busy this machine is: all are sent
 * at once, with times.
 */
export async function scanInto(devtools, code, gap = 0.005) {
  const began = Date.now() / 1000;
  const strokes = [...code].map((key) => ({ key, code: `Digit${key}`, text: key, windowsVirtualKeyCode: key.charCodeAt(0) }));
  strokes.push({ key: 'Enter', code: 'Enter', text: '\r', windowsVirtualKeyCode: 13 });
  const events = strokes.flatMap(({ text, ...stroke }, place) => [
    { ...stroke, text, type: 'keyDown', timestamp: began + place * gap },
    { ...stroke, type: 'keyUp', timestamp: began + place * gap + 0.002 },
  ]);
  await Promise.all(events.map((event) => devtools.send('Input.dispatchKeyEvent', event)));
}

/** Where pictures and logs of a test go. */
export function outFolder(name) {
  const folder = join(target, 'e2e', name);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Ports of the loopback that nobody listens on, each another one: a port that was let go of may be given again at once. */
export async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

/** Seconds. Much longer than anything takes, on a busy machine too; only a failure waits so long. */
export const DEADLINE = 45;

/** Asks until the answer is the wanted one (or true), and says at the deadline what it was instead. */
export async function until(what, read, wanted = true, seconds = DEADLINE) {
  const deadline = Date.now() + seconds * 1000;
  let last;
  for (;;) {
    try {
      last = await read();
      if (wanted === true ? last : isSame(last, wanted)) return last;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) break;
    await new Promise((again) => setTimeout(again, 25));
  }
  const found = last instanceof Error ? last.message : JSON.stringify(last);
  assert.fail(`${what}: wanted ${JSON.stringify(wanted)}, found ${found} after ${seconds} s`);
}

function isSame(found, wanted) {
  try {
    assert.deepEqual(found, wanted);
    return true;
  } catch {
    return false;
  }
}
