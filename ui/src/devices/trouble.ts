import type { Device, DeviceTest, Jobs, Lamp } from '../bindings';
import type { Messages, Said } from '../i18n/en';
import type { OfficeMessages } from '../i18n/en-office';

type Cause = keyof Messages['causes'];
type Calm = 'busy' | 'cannot_be_read' | 'not_configured';

/** What ails a device, when we have words for it. */
export function causeOf(device: Device, t: Messages): Cause | null {
  if (device.lamp === 'ready' || device.cause === null || !(device.cause in t.causes)) return null;
  return device.cause as Cause;
}

/** How a device is, in a word: what ails it, else its lamp. */
export function saidOf(device: Device, t: Messages): string {
  const cause = causeOf(device, t);
  return cause ? t.causes[cause] : t.lamps[device.lamp];
}

/** Whether somebody has to see to it. One that is busy, or that was never set up, asks for nobody. */
export function needsAHand({ lamp, cause }: Device): boolean {
  return lamp !== 'ready' && lamp !== 'busy' && lamp !== 'unknown' && cause !== 'not_configured';
}

/** What the drawer does when it is asked to open. */
export type DrawerState = 'opens' | 'shut' | 'none';

/** The drawer opens through the printer, which says nothing of it. */
export function drawerOf(printer: Device | null): { lamp: Lamp; state: DrawerState } {
  if (!printer || printer.cause === 'not_configured') return { lamp: 'offline', state: 'none' };
  if (printer.lamp === 'stopped' || printer.lamp === 'offline') return { lamp: 'stopped', state: 'shut' };
  return { lamp: 'unknown', state: 'opens' };
}

/** What becomes of what was asked of the printer, or of the drawer that it opens. `shut`: the printer does nothing now. */
export function sentSaid(device: DeviceTest, shut: boolean, t: OfficeMessages['devices']): Said {
  if (device === 'printer') return t.testSent;
  return shut ? t.drawerWaits : t.drawerSent;
}

/** What happened to the printer, what goes on, and what to do; null while all is well or merely busy. */
export function printerTrouble(printer: Device | null, jobs: Jobs, t: Messages): Said | null {
  if (!printer || printer.lamp === 'ready') return null;
  const cause = causeOf(printer, t);
  if (cause === null && (printer.lamp === 'busy' || printer.lamp === 'unknown')) return null;
  if (cause !== null && isCalm(cause)) return null;
  const { fact, then } = t.printer[cause ?? 'other'];
  const waiting = jobs.waiting > 0 ? t.printer.jobs(jobs.waiting) : '';
  return { fact, then: [then, t.printer.goesOn, waiting].filter(Boolean).join(' ') };
}

/** Nobody has to do anything about these: the lamp and its word say enough. */
function isCalm(cause: Cause): cause is Calm {
  return cause === 'busy' || cause === 'cannot_be_read' || cause === 'not_configured';
}
