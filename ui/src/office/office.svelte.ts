import type { Language } from '../bindings';
import { words } from '../i18n/words.svelte';
import { settings } from '../lib/settings.svelte';
import { ask, hangUp, whenUnsigned } from './ask';
import { Loaded, often } from './loaded.svelte';
import { needs, pathOf, placeOf, type Name, type Place } from './places';
import type { Aside, Me, Page, Store } from './wire';

/** Seconds after which it is asked anew how stores stand. */
const ANEW = 15;

/** The office pages: who is signed in, at which place, and what every place shows. */
class Office {
  /** undefined: not known yet */
  me = $state.raw<Me | null | undefined>(undefined);
  /** head office did not say who is signed in */
  away = $state(false);
  place = $state.raw<Place | null>(placeOf(location.pathname));
  stores = new Loaded<Store[]>();
  /** when that was so */
  asked = $state(Date.now());
  /** what is in quarantine and nobody has settled, the newest first */
  asides = new Loaded<Aside[]>();
  /** what must be said before another place is gone to, as when something is not saved */
  guard: ((go: () => void) => boolean) | null = null;
  #zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

  constructor() {
    const preferred: Language = navigator.language.startsWith('fr') ? 'fr' : 'en';
    words.choose(settings.language ?? preferred);
    words.zone = this.#zone;
    addEventListener('popstate', () => (this.place = placeOf(location.pathname)));
    whenUnsigned(() => (this.me = null));
  }

  /** Asks who is signed in here. */
  async begin(): Promise<void> {
    try {
      this.me = await ask<Me | null>('GET', '/office/v1/me');
      this.away = false;
    } catch {
      this.away = this.me === undefined;
    }
  }
  may = (scope: string): boolean => this.me?.scopes.includes(scope) ?? false;
  /** Whether a place is for whoever is signed in. */
  sees = (name: Name): boolean => (needs[name] === null ? (this.me?.keeps_people ?? false) : this.may(needs[name]));
  speak(language: Language): void {
    words.choose(language);
    settings.set({ language });
  }
  /** Goes to a place, which gets an address of its own. */
  go(name: Name, id: string | null = null): void {
    const place: Place = { name, id };
    const go = () => {
      this.guard = null;
      if (location.pathname !== pathOf(place)) history.pushState(null, '', pathOf(place));
      this.place = place;
    };
    if (!this.guard || this.guard(go)) go();
  }
  async signOut(): Promise<void> {
    this.me = null;
    hangUp();
    await ask('POST', '/office/v1/sign-out', {}).catch(() => {});
  }
  /** Every store, now and again while somebody looks; answers how to stop. */
  watch = (): (() => void) =>
    often(ANEW, () => {
      void this.look();
      void this.lookAside();
    });
  async lookAside(): Promise<void> {
    if (!this.may('quarantine:read')) return;
    const page = () => ask<Page<Aside>>('GET', '/api/v1/quarantine?limit=100');
    await this.asides.ask(async () => (await page()).items);
  }
  async look(): Promise<void> {
    if (!this.may('stores:read')) return;
    if (await this.stores.ask(() => all<Store>('/api/v1/stores?limit=100'))) this.asked = Date.now();
  }
  /** The zone of a store's counter; the reader's own while the store has not said. */
  zoneOf = (store: string): string => this.stores.value?.find((one) => one.store === store)?.time_zone ?? this.#zone;
  /** Of the first store: for what is of no store. */
  get zone(): string {
    return this.stores.value?.find(({ time_zone }) => time_zone)?.time_zone ?? this.#zone;
  }
  nameOf = (store: string): string => this.stores.value?.find((one) => one.store === store)?.name ?? store;
  /** What most stores count in. */
  get currency(): string {
    return this.stores.value?.find(({ currency }) => currency)?.currency ?? 'CAD';
  }
}

/** A list to its end. */
export async function all<T>(path: string): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<T> = await ask('GET', cursor ? `${path}${path.includes('?') ? '&' : '?'}cursor=${cursor}` : path);
    items.push(...page.items);
    cursor = page.next;
  } while (cursor);
  return items;
}

export const office = new Office();
