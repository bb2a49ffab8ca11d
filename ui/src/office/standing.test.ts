import { expect, test } from 'vitest';
import { isTodayKnown, lampOfDevice, needsALook, skewOf, stateOf, unsent, unsentOf, type State } from './standing';
import type { Device, Store } from './wire';

const now = 1_763_762_400_000;
const [second, minute, hour] = [1_000, 60_000, 3_600_000];

const device = (more: Partial<Device>): Device => ({
  device: '00',
  store: 'RDC',
  register: 1,
  former: false,
  enrolled_at: 0,
  revoked_at: null,
  online: true,
  last_contact: now,
  clock_skew: 0,
  waiting: 0,
  oldest_waiting: null,
  unread: 0,
  forked_at: null,
  ...more,
});
const away = (milliseconds: number) => device({ online: false, last_contact: now - milliseconds });
const store = (...devices: Device[]): Store => ({
  store: 'RDC',
  name: 'Rideau Corner',
  time_zone: 'America/Toronto',
  currency: 'CAD',
  today: { day: '2025-11-21', sales: 0, total: 0, returns: 0, returned: 0 },
  devices,
});

test('a store stands as the worst of its devices', () => {
  const states: Array<[State, Store]> = [
    ['ready', store(device({}), device({}))],
    ['busy', store(device({ waiting: 212 }))],
    ['partly', store(device({}), away(minute))],
    ['offline', store(away(26 * minute), away(2 * hour))],
    ['lost', store(away(44 * hour), away(50 * hour))],
    ['lost', store(device({ online: false, last_contact: null }))],
    ['clock', store(device({ clock_skew: 9 * minute }))],
    ['clock', store(device({ clock_skew: -9 * minute }), away(minute))],
    ['twice', store(device({ clock_skew: 9 * minute }), device({ forked_at: now - hour }))],
    ['ready', store(device({ forked_at: now - 8 * 24 * hour }))],
    ['empty', store()],
    ['empty', store(device({ revoked_at: 1 }), device({ former: true }))],
    ['ready', store(device({}), device({ revoked_at: 1, clock_skew: hour }))],
  ];
  for (const [state, one] of states) expect(stateOf(one, now)).toBe(state);
  expect(['clock', 'lost', 'offline', 'busy'].map((state) => needsALook(state as State))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test('what a device has not sent is known only while it is connected', () => {
  expect(unsentOf(store(device({})), now)).toEqual({ span: 0, most: false });
  const waits = device({ waiting: 3, oldest_waiting: now + minute - 41 * second, clock_skew: minute });
  expect(unsentOf(store(waits), now)).toEqual({ span: 41 * second, most: false });
  expect(unsentOf(store(device({}), away(26 * minute)), now)).toEqual({ span: 26 * minute, most: true });
  expect(unsentOf(store(device({ last_contact: null, online: false })), now)).toBeNull();
  expect(unsent([store(device({ waiting: 2 })), store(device({ waiting: 210 }), away(1))])).toEqual({
    count: 212,
    more: true,
  });
  expect(unsent([store(device({ waiting: 2 }))])).toEqual({ count: 2, more: false });
  expect(unsent([store(device({ waiting: null, online: false }))])).toBeNull();
  expect(unsent([])).toEqual({ count: 0, more: false });
});

test('the clock that is furthest off is shown, and a day that nobody told of is not known', () => {
  expect(skewOf(store(device({ clock_skew: 200 }), device({ clock_skew: -900 })))).toBe(-900);
  expect(skewOf(store(device({ clock_skew: null })))).toBeNull();
  expect(isTodayKnown(store(away(44 * hour)), now)).toBe(false);
  expect(isTodayKnown(store(away(hour)), now)).toBe(true);
});

test('each device has a shape of its own', () => {
  expect(
    [
      device({}),
      device({ waiting: 1 }),
      device({ online: false }),
      device({ clock_skew: hour }),
      device({ last_contact: null, online: false }),
      device({ revoked_at: 1 }),
      device({ forked_at: now - hour }),
    ].map((one) => lampOfDevice(one, now)),
  ).toEqual(['ready', 'busy', 'offline', 'attention', 'unknown', 'stopped', 'attention']);
});
