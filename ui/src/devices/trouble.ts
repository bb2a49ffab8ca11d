import type { Device, Jobs } from '../bindings';
import type { Messages, Said } from '../i18n/en';

export type Cause = keyof Messages['causes'];
const known: Cause[] = ['paper_out', 'paper_low', 'cover_open', 'silent', 'slow', 'cut_off', 'offline'];

/** What ails a device, when we have words for it. */
export function causeOf(device: Device): Cause | null {
  if (device.lamp === 'ready') return null;
  return known.find((cause) => cause === device.cause) ?? (device.lamp === 'offline' ? 'offline' : null);
}

/** What happened to the printer, what goes on, and what to do; null while all is well or merely busy. */
export function printerTrouble(printer: Device | null, jobs: Jobs, t: Messages): Said | null {
  if (!printer || printer.lamp === 'ready' || (printer.lamp === 'busy' && printer.cause === null)) return null;
  if (printer.lamp === 'unknown' && printer.cause === null) return null;
  const { fact, then } = t.printer[causeOf(printer) ?? 'other'];
  const waiting = jobs.waiting > 0 ? t.printer.jobs(jobs.waiting) : '';
  return { fact, then: [then, t.printer.goesOn, waiting].filter(Boolean).join(' ') };
}
