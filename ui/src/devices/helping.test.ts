import { expect, test } from 'vitest';
import type { Giving, JobRow, NeighbourPrinter, PrinterThere } from '../bindings';
import { en } from '../i18n/en-office';
import { fr } from '../i18n/fr-office';
import { givingSaid, isSendable, sendKey } from './helping';

const t = en.devices.neighbours;
const job = (change: Partial<JobRow> = {}): JobRow => ({
  job: 1,
  what: 'receipt',
  name: 'RDC2-1-4',
  state: 'waiting',
  cause: null,
  at: '',
  given: null,
  from: null,
  ...change,
});
const at = (register: number, printer: PrinterThere): NeighbourPrinter => ({
  device: `d${register}`,
  register,
  printer,
});

test.each<[Partial<JobRow>, boolean]>([
  [{}, true],
  [{ what: 'report' }, true],
  [{ what: 'drawer' }, false],
  [{ what: 'test' }, false],
  [{ state: 'unknown' }, false],
  [{ state: 'given' }, false],
  [{ from: 1 }, false],
])('%o can be sent: %s', (change, sendable) => {
  expect(isSendable(job(change))).toBe(sendable);
});

test('the key names the register whose printer is ready', () => {
  const key = sendKey('stopped', [job()], [at(1, 'ready'), at(3, 'paper_out')], t);
  expect(key).toMatchObject({ label: 'Send jobs to Register\u00a01', why: null });
  expect(key?.to).toEqual([at(1, 'ready')]);
});

test('with several it asks which', () => {
  const key = sendKey('offline', [job()], [at(1, 'ready'), at(3, 'ready')], t);
  expect(key).toMatchObject({ label: t.sendElsewhere, why: null });
  expect(key?.to).toHaveLength(2);
});

test.each<[NeighbourPrinter[], string | null]>([
  [[at(1, 'paper_out')], t.not.paper_out],
  [[at(1, 'older')], t.not.older],
  [[at(1, 'none'), at(3, 'disconnected')], t.nobody],
])('with none ready it says why: %o', (there, why) => {
  expect(sendKey('stopped', [job()], there, t)).toMatchObject({ to: [], why });
});

test('there is no key where nothing is to be sent, nobody is there, or the printer prints', () => {
  expect(sendKey('stopped', [job({ what: 'test' })], [at(1, 'ready')], t)).toBe(null);
  expect(sendKey('stopped', [job()], [], t)).toBe(null);
  for (const lamp of ['ready', 'busy', 'attention', 'unknown'] as const)
    expect(sendKey(lamp, [job()], [at(1, 'ready')], t)).toBe(null);
});

const giving: Giving = { giving: 1, register: 1, jobs: 3, taken: 0, printed: 0, unknown: 0, back: 0, why: null };

test.each<[Partial<Giving>, boolean, string, string]>([
  [{}, true, 'info', '3 jobs sent to Register\u00a01.'],
  [{ taken: 3, printed: 2 }, true, 'info', 'Register\u00a01 has printed 2 of 3.'],
  [{ taken: 2, printed: 1, back: 1, why: 'given_back' }, true, 'info', 'Register\u00a01 has printed 1 of 2.'],
  [{ taken: 3, printed: 3 }, true, 'ok', 'Register\u00a01 has printed all 3.'],
  [{ taken: 3, printed: 3 }, false, 'ok', 'Register\u00a01 has printed all 3.'],
  [{ taken: 3, printed: 2 }, false, 'attention', 'Register\u00a01 does not answer.'],
  [{ taken: 3, printed: 2, unknown: 1 }, true, 'attention', '1 job stopped midway at Register\u00a01.'],
  [{ back: 3, why: 'printer_stopped' }, true, 'attention', 'Register\u00a01 did not take 3 jobs.'],
  [{ taken: 2, printed: 2, back: 1, why: 'given_back' }, true, 'ok', '1 job came back.'],
])('what became of it: %o, connected %s', (change, connected, tone, fact) => {
  const said = givingSaid({ ...giving, ...change }, connected, t);
  expect([said?.tone, said?.said.fact]).toEqual([tone, fact]);
});

test('in French too', () => {
  const said = givingSaid({ ...giving, jobs: 1, back: 1, why: 'no_printer' }, true, fr.devices.neighbours);
  expect(said?.said).toEqual({
    fact: 'La caisse\u00a01 n’a pas pris 1 impression.',
    then: 'Elle n’a pas d’imprimante. Tout attend ici de nouveau.',
  });
});
