import { ask, query } from './ask';
import { Loaded } from './loaded.svelte';
import type { Page } from './wire';

/** Milliseconds without a key after which one asks. */
const PAUSE = 200;

/** A list that is searched and read page by page. */
export class Search<T> {
  text = $state('');
  loaded = new Loaded<T[]>();
  next = $state<string | null>(null);
  #timer = 0;

  constructor(
    readonly path: string,
    readonly more: () => Record<string, string | number | null> = () => ({}),
  ) {}

  type(text: string): void {
    this.text = text;
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.first(), PAUSE);
  }
  /** Asks anew, from the beginning. */
  async first(): Promise<void> {
    await this.loaded.ask(async () => {
      const page = await this.#page(null);
      this.next = page.next;
      return page.items;
    });
  }
  /** Asks for what follows. */
  async onward(): Promise<void> {
    const before = this.loaded.value ?? [];
    await this.loaded.ask(async () => {
      const page = await this.#page(this.next);
      this.next = page.next;
      return [...before, ...page.items];
    });
  }
  #page = (cursor: string | null): Promise<Page<T>> =>
    ask('GET', query(this.path, { ...this.more(), q: this.text.trim() || null, cursor, limit: 100 }));
}
