import { words } from '../i18n/words.svelte';
import { products } from './products.svelte';

/** Why what stands in a field was refused. */
export function troubleOf(field: string): string | null {
  const { trouble, fault } = products;
  if (!trouble || fault?.field !== field) return null;
  if (trouble.kind === 'bad_field') return words.t.reject(trouble.reason);
  return Object.values(words.refusal(trouble)).join(' ');
}

/** The value that was refused in a field of which there are several. */
export function isRefused(field: string, is: (value: string) => boolean): boolean {
  const { trouble, fault } = products;
  return fault?.field === field && trouble?.kind === 'bad_field' && is(trouble.value);
}
