import type { Giving, JobRow, Lamp, NeighbourPrinter, NeighbourPrinters } from '../bindings';
import type { Said } from '../i18n/en';
import type { OfficeMessages } from '../i18n/en-office';
import type { Tone } from '../till.svelte';

type Words = OfficeMessages['devices']['neighbours'];

/** Whether a neighbour could print it: what would print here by itself, and is no test of this printer. */
export function isSendable({ what, state, from }: JobRow): boolean {
  return state === 'waiting' && from === null && what !== 'drawer' && what !== 'test';
}

/** The printer prints nothing until somebody acts. */
export function cannotPrint(lamp: Lamp): boolean {
  return lamp === 'stopped' || lamp === 'offline';
}

/** What the key says, and whom it asks; `why`: nobody can print now. */
export type SendKey = { to: NeighbourPrinter[]; label: string; why: string | null };

/** The key that sends what waits to a neighbour; none where there is nobody to send it to, or nothing to send. */
export function sendKey(lamp: Lamp, jobs: JobRow[], there: NeighbourPrinter[], t: Words): SendKey | null {
  const [only, ...others] = there;
  if (!cannotPrint(lamp) || !only || !jobs.some(isSendable)) return null;
  const to = there.filter(({ printer }) => printer === 'ready');
  const [first, ...more] = to;
  if (first) return { to, label: more.length > 0 ? t.sendElsewhere : t.send(first.register), why: null };
  if (others.length > 0) return { to, label: t.sendElsewhere, why: t.nobody };
  return { to, label: t.send(only.register), why: t.not[only.printer] };
}

/** What became of what was sent. */
export function givingSaid(
  { register, jobs, taken, printed, unknown, back, why }: Giving,
  connected: boolean,
  t: Words,
): { tone: Tone; said: Said } | null {
  const open = jobs - printed - back;
  if (unknown > 0) return { tone: 'attention', said: t.stopped(unknown, register) };
  if (open > 0 && !connected) return { tone: 'attention', said: t.gone(open, register) };
  if (open > 0)
    return { tone: 'info', said: taken > 0 ? t.atWork(printed, jobs - back, register) : t.asking(jobs, register) };
  if (back > 0) {
    // what was asked back came back as it was asked to
    const asked = why === 'given_back' || why === null;
    return asked
      ? { tone: 'ok', said: t.cameBack(back) }
      : { tone: 'attention', said: t.notTaken(back, register, t.notTakenFor[why]) };
  }
  return printed > 0 ? { tone: 'ok', said: t.allPrinted(printed, register) } : null;
}

/** Whether a neighbour is connected. */
export function isConnected(printers: NeighbourPrinters | null, register: number): boolean {
  return printers?.neighbours.some((one) => one.register === register) ?? false;
}
