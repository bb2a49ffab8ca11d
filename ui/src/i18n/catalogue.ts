import type { Language } from '../bindings';
import { en, type CatalogueMessages } from './en-catalogue';
import { fr } from './fr-catalogue';
import { words } from './words.svelte';

const tongues: Record<Language, CatalogueMessages> = { en, fr };

/** The words of the manager's catalogue, loaded with its screens. */
export const catalogue = {
  get t(): CatalogueMessages {
    return tongues[words.language];
  },
};
