/** Characters that a keyed name has at most. */
const MOST = 40;

/** What a text that is in no catalogue most likely is: the printed number of goods, a keyed one, a SKU, or a name. */
export type Likely = { gtin: string } | { plu: string } | { sku: string } | { name: string };

export function likely(text: string): Likely {
  const read = text.trim();
  if (/^(\d{8}|\d{12,14})$/.test(read)) return { gtin: read };
  if (/^\d{1,5}$/.test(read)) return { plu: read };
  return /^\S*\d\S*$/.test(read) ? { sku: read } : { name: read };
}

/** The name that goods can be sold under; null when only a code was read. */
export function nameIn(text: string): string | null {
  const found = likely(text);
  return 'name' in found && found.name !== '' ? found.name.slice(0, MOST) : null;
}
