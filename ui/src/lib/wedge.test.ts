import { expect, test } from 'vitest';
import { CLOSES, GAP, QUIET, SLOW_GAP, Wedge, type Stroke } from './wedge';

/** Plays keys, each so many milliseconds after the one before; answers scans, what a hand typed, and what went through. */
function play(strokes: Array<[number, string | Stroke]>, pauseAfter?: number, gap?: number) {
  const wedge = gap === undefined ? new Wedge() : new Wedge(() => gap);
  const [scans, typed, through]: [string[], string[], string[]] = [[], [], []];
  let at = 0;
  for (const [wait, what] of strokes) {
    at += wait;
    const stroke = typeof what === 'string' ? { key: what, code: codeOf(what) } : what;
    const verdict = wedge.key(stroke, at);
    typed.push(...verdict.typed);
    if (verdict.scan !== null) scans.push(verdict.scan);
    if (!verdict.hold) through.push(stroke.key);
  }
  if (pauseAfter !== undefined) {
    const verdict = wedge.pause(at + pauseAfter);
    typed.push(...verdict.typed);
    if (verdict.scan !== null) scans.push(verdict.scan);
  }
  return { scans, typed: typed.join(''), through: through.join('') };
}
const codeOf = (key: string) =>
  /^\d$/.test(key) ? `Digit${key}` : /^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : key;
const burst = (text: string, gap = 3): Array<[number, string]> => [...text].map((key, i) => [i === 0 ? 500 : gap, key]);

test('a scan ends with Enter, which does not press anything', () => {
  expect(play([...burst('0614141001415'), [3, 'Enter']])).toEqual({
    scans: ['0614141001415'],
    typed: '',
    through: '0', // let through, to be taken back
  });
});

test('a scan may end with Tab or with a pause', () => {
  expect(play([...burst('ABC12345'), [3, 'Tab']]).scans).toEqual(['ABC12345']);
  expect(play(burst('ABC12345'), 60).scans).toEqual(['ABC12345']);
  expect(play(burst('ABC12345'), 20).scans).toEqual([]);
});

test('two scans follow each other', () => {
  expect(play([...burst('111111'), [3, 'Enter'], ...burst('222222'), [3, 'Enter']]).scans).toEqual([
    '111111',
    '222222',
  ]);
});

test('a hand types as it always did', () => {
  const slow = [...'bananas'].map((key): [number, string] => [90, key]);
  expect(play([...slow, [90, 'Enter']])).toEqual({ scans: [], typed: '', through: 'bananasEnter' });
});

test('a quick hand gets its keys back', () => {
  // two keys rolled within the gap, then a slow one
  expect(
    play([
      [500, '1'],
      [20, '2'],
      [120, '3'],
    ]),
  ).toEqual({ scans: [], typed: '2', through: '13' });
  expect(
    play(
      [
        [500, '1'],
        [20, '2'],
      ],
      60,
    ),
  ).toEqual({ scans: [], typed: '2', through: '1' });
});

test('fewer than six characters are no scan, and Enter then means Enter', () => {
  expect(play([...burst('12345'), [3, 'Enter']])).toEqual({ scans: [], typed: '2345', through: '1Enter' });
});

test('the group separator of a GS1 code is kept', () => {
  const gs: Stroke = { key: ']', code: 'BracketRight', ctrlKey: true };
  expect(play([...burst('10ABC1'), [3, gs], [3, '2'], [3, '1'], [3, 'Enter']]).scans).toEqual(['10ABC1\u001d21']);
  expect(play([...burst('10ABC1'), [3, { key: '\u001d', code: '' }], [3, '9'], [3, 'Enter']]).scans).toEqual([
    '10ABC1\u001d9',
  ]);
});

test('digits are read by position on a French layout', () => {
  const azerty = ['&', 'é', '"', "'", '(', '-'].map((key, i): [number, Stroke] => [3, { key, code: `Digit${i + 1}` }]);
  expect(play([...azerty, [3, 'Enter']]).scans).toEqual(['123456']);
  const numpad = [...'123456'].map((key): [number, Stroke] => [3, { key, code: `Numpad${key}` }]);
  expect(play([...numpad, [3, 'Enter']]).scans).toEqual(['123456']);
});

test('a busy machine hands the keys on late: their own times tell the scan', () => {
  const wedge = new Wedge();
  const key = (char: string, at: number) => wedge.key({ key: char, code: `Digit${char}` }, at);
  expect(key('9', 1000).mayBegin).toBe(true);
  expect(wedge.pause(1400)).toMatchObject({ scan: null, typed: [] });
  for (const [place, char] of [...'52628'].entries()) expect(key(char, 1005 + place * 5).hold).toBe(true);
  expect(wedge.key({ key: 'Enter', code: 'Enter' }, 1030).scan).toBe('952628');
});

test('Shift inside a burst does not end it', () => {
  const shift: Stroke = { key: 'Shift', code: 'ShiftLeft', shiftKey: true };
  expect(
    play([
      [500, 'a'],
      [2, shift],
      [2, 'B'],
      [2, 'c'],
      [2, 'd'],
      [2, 'e'],
      [2, 'f'],
      [2, 'Enter'],
    ]).scans,
  ).toEqual(['aBcdef']);
});

test('a function key ends a burst and keeps its meaning', () => {
  expect(
    play([
      [500, '1'],
      [3, '2'],
      [3, 'F12'],
    ]),
  ).toEqual({ scans: [], typed: '2', through: '1F12' });
});

test('a scanner that types slowly is heard as one once the setting says so, and a hand is not', () => {
  const slow = [...burst('0614141001415', 70), [70, 'Enter']] as Array<[number, string]>;
  expect(play(slow).scans).toEqual([]);
  expect(play(slow, undefined, SLOW_GAP).scans).toEqual(['0614141001415']);
  expect(play(burst('0614141001415', 70), QUIET, SLOW_GAP).scans).toEqual(['0614141001415']);
  const hand = [...burst('061414100', 110), [110, 'Enter']] as Array<[number, string]>;
  expect(play(hand, undefined, SLOW_GAP)).toEqual({ scans: [], typed: '', through: '061414100Enter' });
  expect(SLOW_GAP).toBeLessThan(QUIET);
});

test('the setting counts from the next key on', () => {
  let gap = GAP;
  const wedge = new Wedge(() => gap);
  const key = (char: string, at: number) => wedge.key({ key: char, code: `Digit${char}` }, at);
  key('1', 0);
  expect(key('2', 70).hold).toBe(false);
  gap = SLOW_GAP;
  expect(key('3', 140).hold).toBe(true);
});

/** Hands a code on as a machine does that stands still after so many of its keys; answers what came of it. */
function cut(wedge: Wedge, code: string, after: number, began: number) {
  const [scans, typed]: [string[], string[]] = [[], []];
  const take = (verdict: { scan: string | null; typed: string[] }) => {
    if (verdict.scan !== null) scans.push(verdict.scan);
    typed.push(...verdict.typed);
  };
  const keys = [...code, 'Enter'];
  for (const [place, key] of keys.entries()) {
    // every key has its own time, however late it is handed on
    take(wedge.key({ key, code: codeOf(key) }, began + place * 3));
    if (place + 1 === after && wedge.patience <= 500) take(wedge.pause(began + place * 3 + 500));
  }
  return { scans, typed: typed.join('') };
}

test('a machine that stands still for a moment cuts no code of a scanner that closes them', () => {
  const wedge = new Wedge();
  expect(cut(wedge, '0614141001415', 0, 1000).scans).toEqual(['0614141001415']);
  for (let after = 1; after <= 13; after += 1) {
    const { scans, typed } = cut(wedge, '0614141001415', after, 1000 * (after + 1));
    expect(scans).toEqual(['0614141001415']);
    // the first of few are typed, and taken back with the first key of all
    expect(typed).toBe(after < 6 ? '0614141001415'.slice(1, after) : '');
  }
});

test('a scanner that closes nothing is waited for as shortly as before', () => {
  const wedge = new Wedge();
  const read = (began: number, closing: boolean) => {
    const keys = [...'123456', ...(closing ? ['Enter'] : [])];
    keys.forEach((key, place) => wedge.key({ key, code: codeOf(key) }, began + place * 3));
    return wedge.patience;
  };
  expect(read(1000, false)).toBe(QUIET);
  expect(wedge.pause(1200).scan).toBe('123456');
  read(2000, true);
  expect(read(3000, false)).toBe(CLOSES);
  expect(wedge.pause(4100).scan).toBe('123456');
  expect(read(5000, false)).toBe(QUIET);
});
