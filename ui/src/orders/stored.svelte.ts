import { untrack } from 'svelte';
import type { StoredAt } from '../bindings';
import { call } from '../lib/call';
import { till } from '../till.svelte';
import { countOf, hereSince } from './stored';

/** What is stored: a sale or a return, here since then. */
type Kept = { id: string; at: string };

/** Where it is safe, asked again whenever another device says what it has; call it in a component. */
export function whereStored(what: () => Kept | null): { readonly now: StoredAt | null } {
  let told = $state.raw<{ id: string; stored: StoredAt } | null>(null);
  const now = $derived.by(() => {
    const kept = what();
    if (!kept) return null;
    return told?.id === kept.id ? told.stored : hereSince(kept.at);
  });
  const id = $derived(what()?.id ?? null);
  $effect(() => {
    // a till that takes part nowhere has its own disk alone
    if (till.link === null || id === null || untrack(() => now && countOf(now)) === 3) return;
    const asked = id;
    call('stored_at', { id: asked }).then(
      (stored) => (told = { id: asked, stored }),
      () => {}, // asked again with the next event
    );
  });
  return {
    get now() {
      return now;
    },
  };
}
