import { expect, test } from 'vitest';
import { reachOf } from './reach';
import type { Device, Store } from './wire';

test('a change is at a register once that has read all there is', () => {
  const device = (more: Partial<Device>) => ({ online: true, unread: 0, former: false, revoked_at: null, ...more });
  const devices = [
    device({}),
    device({ unread: 2 }),
    device({ unread: null }),
    device({ online: false }),
    device({ revoked_at: 1 }),
  ] as Device[];
  expect(reachOf([{ devices } as Store])).toEqual({ all: 4, there: 1, coming: 2, away: 1 });
  expect(reachOf([])).toEqual({ all: 0, there: 0, coming: 0, away: 0 });
});
