import type { Language } from '../bindings';
import { en, type OfficeMessages } from './en-office';
import { fr } from './fr-office';
import { words } from './words.svelte';

const tongues: Record<Language, OfficeMessages> = { en, fr };

/** The words of the moment for reports, devices and settings, loaded with the screens that say them. */
export const office = {
  get t(): OfficeMessages {
    return tongues[words.language];
  },
};
