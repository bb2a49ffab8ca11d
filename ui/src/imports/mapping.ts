import type { Glance, ImportMapping, Outcome, Preview } from '../bindings';

export type Step = 'file' | 'columns' | 'preview' | 'run';
export const steps: Step[] = ['file', 'columns', 'preview', 'run'];
/** Which rows of a preview are looked at. */
export type Shown = 'rejected' | 'updates' | 'additions';

/** What every row needs, and what may stand instead of it. */
const needed: Array<[string, string | null]> = [
  ['sku', null],
  ['name', null],
  ['price', 'open_price'],
];

export function isRequired(field: string): boolean {
  return needed.some(([one]) => one === field);
}

/** The column that carries the name of the field itself: the engine takes it unless another one is named. */
export function ownColumn(field: string, glance: Glance): string | null {
  return glance.columns.find(({ name }) => name.toLowerCase() === field)?.name ?? null;
}

/** The first field that every row needs and that has neither column nor default. */
export function unmapped({ columns, defaults }: ImportMapping): string | null {
  const given = (field: string) => field in columns || (defaults[field] ?? '').trim() !== '';
  return needed.find(([field, instead]) => !given(field) && !(instead && given(instead)))?.[0] ?? null;
}

/** As the engine takes it: defaults that are empty are none. */
export function forEngine({ columns, defaults }: ImportMapping): ImportMapping {
  const filled = Object.entries(defaults).filter(([, value]) => value.trim() !== '');
  return { columns: { ...columns }, defaults: Object.fromEntries(filled) };
}

/** Rows that would change something. */
export function toImport({ added, updated }: Outcome): number {
  return added + updated;
}

/** What is looked at first: what was not taken, or else what would change. */
export function firstShown({ outcome }: Preview): Shown {
  if (outcome.rejected > 0) return 'rejected';
  return outcome.updated > 0 ? 'updates' : 'additions';
}
