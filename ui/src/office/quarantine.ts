import type { HeadOfficeMessages } from '../i18n/en-head-office';
import { words } from '../i18n/words.svelte';
import { forTyping, typed } from './amounts';
import { money } from './say';
import type { Aside, SetField } from './wire';

type Words = HeadOfficeMessages['quarantine'];

/** What an entry is, in a word: "A price change from Kanata Corner, register 1". */
export function titleOf(aside: Aside, t: Words, where: string): string {
  const what = t.kinds[aside.document_kind ?? aside.kind] ?? t.entry;
  return t.title(what, where);
}

/** Why it was not believed. */
export function reasonOf({ reason }: Aside, t: Words): string {
  const said = t.reasons[reason.kind];
  return said ?? `${capital(reason.words)}${reason.words.endsWith('.') ? '' : '.'}`;
}

/** With a capital, as at the beginning of a line. */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Whether a field is an amount: prices and costs are in minor units. */
const isMoney = ({ map, value }: SetField): boolean => typeof value === 'number' && ['price', 'cost'].includes(map);

/** A field as it is shown. */
export const shownOf = (field: SetField, currency: string): string =>
  isMoney(field) ? money(Number(field.value), currency) : field.value === null ? '—' : String(field.value);

/** A field as it is typed. */
export function textOf(field: SetField, currency: string): string {
  if (field.value === null) return '';
  return isMoney(field) ? forTyping(Number(field.value), currency, words.language) : String(field.value);
}

/** What is typed, as the kind that the field was; none if it cannot be that. */
export function valueOf(text: string, field: SetField, currency: string): SetField['value'] | undefined {
  const was = field.value;
  if (isMoney(field)) return typed(text, currency) ?? undefined;
  if (typeof was === 'number') return /^-?\d{1,15}$/.test(text.trim()) ? Number(text) : undefined;
  if (typeof was === 'boolean') return text === 'true' ? true : text === 'false' ? false : undefined;
  return text === '' && was === null ? null : text;
}
