import type { Language } from '../bindings';

export type Theme = 'system' | 'light' | 'dark';
/** the side of the window on which the ticket lies */
export type Side = 'left' | 'right';
type Kept = {
  theme: Theme;
  sound: boolean;
  caps: boolean;
  lock: number;
  language: Language | null;
  ticket: Side;
  slowScanner: boolean;
};
const place = 'comptoir.settings';
/** no graphics processor paints this window: nothing in it moves */
const still = (globalThis as { still?: boolean }).still ?? false;

/** What this window remembers by itself: looks and sounds, never money. */
class Settings {
  theme = $state<Theme>('system');
  sound = $state(true);
  caps = $state(true);
  /** minutes without a touch after which the counter is locked; none: never */
  lock = $state(5);
  /** the language before anybody signed in */
  language = $state<Language | null>(null);
  ticket = $state<Side>('right');
  /** the scanner that types like a keyboard takes its time between two characters */
  slowScanner = $state(false);
  #night = matchMedia('(prefers-color-scheme: dark)');

  constructor() {
    Object.assign(this, this.#read());
    this.#night.addEventListener('change', () => this.#show());
    document.documentElement.toggleAttribute('data-still', still);
    this.#show();
  }
  set(change: Partial<Kept>): void {
    Object.assign(this, change);
    const kept: Kept = {
      theme: this.theme,
      sound: this.sound,
      caps: this.caps,
      lock: this.lock,
      language: this.language,
      ticket: this.ticket,
      slowScanner: this.slowScanner,
    };
    localStorage.setItem(place, JSON.stringify(kept));
    this.#show();
  }
  #read(): Partial<Kept> {
    try {
      return JSON.parse(localStorage.getItem(place) ?? '{}') as Partial<Kept>;
    } catch {
      return {};
    }
  }
  #show(): void {
    const dark = this.theme === 'dark' || (this.theme === 'system' && this.#night.matches);
    document.documentElement.dataset.theme = dark ? 'dark' : 'light';
    document.documentElement.dataset.ticket = this.ticket;
    document.documentElement.dataset.caps = this.caps ? 'on' : 'off';
  }
}

export const settings = new Settings();
