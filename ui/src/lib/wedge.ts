/**
 * Tells a scanner that types like a keyboard from a person who types.
 *
 * A scanner sends its characters faster than a hand can and closes with Enter, Tab or a pause. The first key of a
 * burst cannot be known as such, so it is let through and taken back; the next ones are held until the burst is
 * decided, and typed after all when it was a quick hand.
 */
export type Stroke = { key: string; code: string; shiftKey?: boolean; ctrlKey?: boolean; altKey?: boolean };
export type Verdict = {
  /** the first key of what may become a scan: remember what it is about to change */
  mayBegin: boolean;
  /** the key belongs to the wedge: it must not reach a field */
  hold: boolean;
  /** a whole code was read: take the first key back */
  scan: string | null;
  /** held keys that were a hand's after all, in order */
  typed: string[];
};

/** Longest time between two characters of a scan, in milliseconds; and of a scanner that types slowly. */
export const GAP = 35;
export const SLOW_GAP = 90;
/** How long to wait for a closing key, in milliseconds: a busy machine hands the keys on late, each with its own time. */
export const QUIET = 120;
/** The same of a scanner that is known to close its codes: a machine that stood still in between cuts none in two. */
export const CLOSES = 1000;
/** Shortest code. */
export const LEAST = 6;
const GS = '\u001d';

export class Wedge {
  #chars: string[] = [];
  #held: string[] = [];
  #last = -Infinity;
  /** whether the last scan was closed by a key */
  #closes = false;
  /** the longest time between two characters, asked for at each key: it may be changed meanwhile */
  readonly #gap: () => number;

  constructor(gap: () => number = () => GAP) {
    this.#gap = gap;
  }

  /** One key went down at `at` milliseconds. */
  key(stroke: Stroke, at: number): Verdict {
    if (stroke.key === 'Shift' || stroke.key === 'CapsLock' || stroke.key === 'AltGraph') return nothing();
    const fast = this.#chars.length > 0 && at - this.#last <= this.#gap();
    const typed = fast ? [] : this.#giveUp();

    if (stroke.key === 'Enter' || stroke.key === 'Tab') {
      if (!fast) return { ...nothing(), typed };
      const scan = this.#whole();
      if (scan === null) return { ...nothing(), typed: this.#giveUp() };
      this.#closes = true;
      return { mayBegin: false, hold: true, scan, typed: [] };
    }

    const char = characterOf(stroke);
    if (char === null) return { ...nothing(), typed: [...typed, ...this.#giveUp()] };

    this.#last = at;
    this.#chars.push(char);
    if (!fast) return { mayBegin: true, hold: char === GS, scan: null, typed };
    this.#held.push(stroke.key.length === 1 ? stroke.key : char);
    return { mayBegin: false, hold: true, scan: null, typed: [] };
  }

  /** How long no key must have come before `pause` is called, in milliseconds. */
  get patience(): number {
    return this.#closes && this.#chars.length >= LEAST ? CLOSES : QUIET;
  }

  /** Called when no key came for a while: a scanner without a closing key ends like this. */
  pause(at: number): Verdict {
    // A single key holds nothing back, so it may wait for the rest of its scan as long as it takes.
    if (this.#chars.length < 2 || at - this.#last <= this.#gap()) return nothing();
    const scan = this.#whole();
    if (scan !== null) this.#closes = false;
    // Too few are a hand's, and typed; if the rest was only late, all of it is taken back as a scan.
    const typed = this.#held;
    this.#held = [];
    return { mayBegin: false, hold: false, scan, typed };
  }

  #whole(): string | null {
    if (this.#chars.length < LEAST) return null;
    const code = this.#chars.join('');
    this.#chars = [];
    this.#held = [];
    return code;
  }

  #giveUp(): string[] {
    const held = this.#held;
    this.#chars = [];
    this.#held = [];
    return held;
  }
}

/** The character a scanner meant. Digits are read by position, so that a French keyboard layout does not matter. */
export function characterOf(stroke: Stroke): string | null {
  if (stroke.key === GS || (stroke.ctrlKey && stroke.code === 'BracketRight')) return GS;
  if (stroke.ctrlKey || stroke.altKey) return null;
  if (/^[0-9]$/.test(stroke.key)) return stroke.key;
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(stroke.code)?.[1];
  if (digit !== undefined && !stroke.shiftKey) return digit;
  return stroke.key.length === 1 ? stroke.key : null;
}

function nothing(): Verdict {
  return { mayBegin: false, hold: false, scan: null, typed: [] };
}
