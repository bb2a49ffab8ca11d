import type { Lamp } from '../bindings';
import type { Device, Store } from './wire';

/** How a store stands, worst first where several are true. */
export type State = 'twice' | 'clock' | 'lost' | 'empty' | 'offline' | 'partly' | 'busy' | 'ready';

/** A clock that is off by more than this, in milliseconds, is wrong: certificates and receipts go by it. */
const WRONG = 60_000;
/** Silence that is longer than a closed shop's, in milliseconds. */
const SILENT = 24 * 3_600_000;
/** How long a device that went back in time, or ran twice, is looked after, in milliseconds. */
const LOOKED_AFTER = 7 * 24 * 3_600_000;

const lamps: Record<State, Lamp> = {
  twice: 'attention',
  clock: 'attention',
  lost: 'stopped',
  empty: 'unknown',
  offline: 'offline',
  partly: 'offline',
  busy: 'busy',
  ready: 'ready',
};
const lampsOf = {
  revoked: 'stopped',
  twice: 'attention',
  unknown: 'unknown',
  clock: 'attention',
  offline: 'offline',
} as const;
export const lampOf = (state: State): Lamp => lamps[state];

/** The devices of a store that take part. */
export const partOf = ({ devices }: Store): Device[] =>
  devices.filter(({ revoked_at, former }) => revoked_at === null && !former);

/** Whether a device's clock is wrong, as far as it is known. */
export const isClockWrong = ({ clock_skew }: Device): boolean => Math.abs(clock_skew ?? 0) > WRONG;

/** Whether a device went back in time, or runs twice, as far as it was noticed these days. */
export const isForked = ({ forked_at }: Device, now: number): boolean =>
  forked_at !== null && now - forked_at < LOOKED_AFTER;

/** What is the matter with a device, worst first. */
export function isOf(device: Device, now: number): 'revoked' | 'unknown' | 'twice' | 'clock' | 'online' | 'offline' {
  if (device.revoked_at !== null) return 'revoked';
  if (isForked(device, now)) return 'twice';
  if (device.last_contact === null) return 'unknown';
  if (isClockWrong(device)) return 'clock';
  return device.online ? 'online' : 'offline';
}

/** How one device stands. */
export function lampOfDevice(device: Device, now: number): Lamp {
  const is = isOf(device, now);
  return is === 'online' ? ((device.waiting ?? 0) > 0 ? 'busy' : 'ready') : lampsOf[is];
}

/** How a store stands. */
export function stateOf(store: Store, now: number): State {
  const devices = partOf(store);
  const online = devices.filter((device) => device.online);
  if (devices.length === 0) return 'empty';
  if (devices.some((device) => isForked(device, now))) return 'twice';
  if (devices.some(isClockWrong)) return 'clock';
  if (online.length === 0) return now - (contactOf(store) ?? -Infinity) > SILENT ? 'lost' : 'offline';
  if (waitingOf(store) > 0) return 'busy';
  return online.length < devices.length ? 'partly' : 'ready';
}

/** Whether somebody should look after it. */
export const needsALook = (state: State): boolean => ['twice', 'clock', 'lost'].includes(state);

/** When it was last heard from, from any of its devices. */
export function contactOf(store: Store): number | null {
  const heard = partOf(store).flatMap(({ last_contact }) => (last_contact === null ? [] : [last_contact]));
  return heard.length > 0 ? Math.max(...heard) : null;
}

/** Entries that its connected devices have not sent yet. */
export const waitingOf = (store: Store): number =>
  partOf(store).reduce((sum, { online, waiting }) => sum + (online ? (waiting ?? 0) : 0), 0);

/**
 * How old the oldest entry is that is not here, in milliseconds: known of devices that are connected; of one that is
 * not, at most as long as it was not heard of. None of one that was never heard of.
 */
export function unsentOf(store: Store, now: number): { span: number; most: boolean } | null {
  const spans = partOf(store).map((device) => {
    if (device.last_contact === null) return null;
    const clock = now + (device.clock_skew ?? 0);
    const told = device.oldest_waiting === null ? 0 : Math.max(clock - device.oldest_waiting, 0);
    return device.online
      ? { span: told, most: false }
      : { span: Math.max(now - device.last_contact, told), most: true };
  });
  return spans.reduce<{ span: number; most: boolean } | null>(
    (oldest, one) => (one && (!oldest || one.span > oldest.span) ? one : oldest),
    null,
  );
}

/** The clock that is furthest off, in milliseconds. */
export function skewOf(store: Store): number | null {
  const skews = partOf(store).flatMap(({ clock_skew }) => (clock_skew === null ? [] : [clock_skew]));
  return skews.reduce<number | null>((most, one) => (Math.abs(one) >= Math.abs(most ?? 0) ? one : most), null);
}

/** What is known not to be here, and whether there may be more: a device that is away may have sold since. */
export function unsent(stores: Store[]): { count: number; more: boolean } | null {
  const devices = stores.flatMap(partOf);
  if (devices.every(({ waiting }) => waiting === null)) return devices.length === 0 ? { count: 0, more: false } : null;
  const count = devices.reduce((sum, { waiting }) => sum + (waiting ?? 0), 0);
  return { count, more: devices.some(({ online }) => !online) };
}

/** Whether a store's day may be something else altogether: nobody of it was heard of today. */
export function isTodayKnown(store: Store, now: number): boolean {
  const devices = partOf(store);
  const since = contactOf(store);
  return devices.some(({ online }) => online) || (since !== null && now - since < SILENT) || store.today.sales > 0;
}
