import type { StoredAt } from '../bindings';
import type { IconName } from '../counter/icons';

/** Where something may be safe, in the order of the three strokes of a tick. */
export const places = [
  { place: 'disk', icon: 'disk' },
  { place: 'neighbour', icon: 'register' },
  { place: 'head_office', icon: 'office' },
] as const satisfies Array<{ place: keyof StoredAt; icon: IconName }>;

/** What is on this disk since then, and not known to be anywhere else. */
export function hereSince(at: string): StoredAt {
  return { disk: at, neighbour: null, head_office: null };
}

/** In how many places it is safe. */
export function countOf(stored: StoredAt): number {
  return places.filter(({ place }) => stored[place] !== null).length;
}
