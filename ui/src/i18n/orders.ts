import type { Language } from '../bindings';
import { en, type OrderMessages } from './en-orders';
import { fr } from './fr-orders';
import { words } from './words.svelte';

const tongues: Record<Language, OrderMessages> = { en, fr };

/** More words of the moment, loaded with the screens behind the sign-in that say them. */
export const orders = {
  get t(): OrderMessages {
    return tongues[words.language];
  },
};
