/** The places of the office pages, as they stand in the address; `head-office/src/http/office/pages.rs` answers each. */
export const names = [
  'stores',
  'live',
  'catalogue',
  'prices',
  'stock',
  'quarantine',
  'reports',
  'audit',
  'people',
] as const;
export type Name = (typeof names)[number];
/** A place, and the one thing that is looked at there, if it is one. */
export type Place = { name: Name; id: string | null };

/** Places of which each thing has an address of its own. */
const deep: Name[] = ['stores', 'catalogue', 'quarantine'];

/** The place of an address; none of any other. */
export function placeOf(path: string): Place | null {
  const [name, id, more] = path.split('/').slice(1);
  if (!name && id === undefined) return { name: 'stores', id: null };
  const known = names.find((one) => one === name);
  if (!known || more !== undefined || (id !== undefined && !deep.includes(known))) return null;
  if (known === 'stores' && id === undefined) return null; // they are at the root
  try {
    return { name: known, id: id ? decodeURIComponent(id) : null };
  } catch {
    return null;
  }
}

/** The address of a place. */
export function pathOf({ name, id }: Place): string {
  if (id !== null) return `/${name}/${encodeURIComponent(id)}`;
  return name === 'stores' ? '/' : `/${name}`;
}

/** What must be allowed before a place is shown at all. */
export const needs: Record<Name, string | null> = {
  stores: 'stores:read',
  live: 'sales:read',
  catalogue: 'catalog:read',
  prices: 'catalog:read',
  stock: 'catalog:read',
  quarantine: 'quarantine:read',
  reports: 'sales:read',
  audit: 'audit:read',
  people: null,
};
