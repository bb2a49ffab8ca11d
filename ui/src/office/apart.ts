import type { ApartMessages } from '../i18n/en-apart';
import type { Undecided, WrittenApart } from './wire';

/** A field as people call it. */
export function fieldOf(t: ApartMessages, { kind, map, key }: Pick<Undecided, 'kind' | 'map' | 'key'>): string {
  return t.fields[`${kind}.${map}`] ?? t.fields[`${kind}.${map}.${key}`] ?? `${map} · ${key}`;
}

/** A value as it is read; `money` says an amount. */
export function valueOf(
  t: ApartMessages,
  kind: string,
  value: WrittenApart['value'],
  money: (minor: number) => string,
): string {
  if (typeof value === 'boolean') return value ? t.yes : t.no;
  return kind === 'prices' && typeof value === 'number' ? money(value) : String(value);
}
