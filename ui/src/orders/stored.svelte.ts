import { untrack } from 'svelte';
import type { StoredAt } from '../bindings';
import { asked } from '../lib/asked.svelte';
import { call } from '../lib/call';
import { till } from '../till.svelte';
import { countOf, hereSince } from './stored';

/** What is stored: a sale or a return, here since then. */
type Kept = { id: string; at: string };

/** Where it is safe, asked again whenever another device says what it has; call it in a component. */
export function whereStored(what: () => Kept | null): { readonly now: StoredAt | null } {
  const id = $derived(what()?.id ?? null);
  const told = asked(
    () => id,
    (id) => call('stored_at', { id }),
  );
  const now = $derived.by(() => {
    const kept = what();
    return kept && (told.now ?? hereSince(kept.at));
  });
  $effect(() => {
    // a till that takes part nowhere has its own disk alone
    if (till.link === null || id === null || untrack(() => now && countOf(now)) === 3) return;
    untrack(() => void told.look());
  });
  return {
    get now() {
      return now;
    },
  };
}
