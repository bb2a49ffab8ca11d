import { partOf } from './standing';
import type { Store } from './wire';

/** How far what head office wrote has come: registers that read all of the log, that are on their way, that are away. */
export type Reach = { all: number; there: number; coming: number; away: number };

export function reachOf(stores: Store[]): Reach {
  const devices = stores.flatMap(partOf);
  const there = devices.filter(({ online, unread }) => online && unread === 0).length;
  const online = devices.filter((device) => device.online).length;
  return { all: devices.length, there, coming: online - there, away: devices.length - online };
}
