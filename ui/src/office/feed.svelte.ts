import { ask, query } from './ask';
import { Loaded, often } from './loaded.svelte';
import { office } from './office.svelte';
import type { Page, Told } from './wire';

/** Rows that are asked for at once. */
const AT_ONCE = 50;
/** Rows that are kept: who wants more looks into the reports. */
const KEPT = 300;
/** Milliseconds in which several that come together are asked for once. */
const TOGETHER = 150;
/** Milliseconds until a line that broke is tried again, at first and at most. */
const [SOON, LATE] = [500, 15_000];
/** Seconds after which is asked anyway: returns ring no bell. */
const ANYWAY = 20;

/** The line over which head office says that something came in. It is tried again until it stands. */
class Pushes {
  on = $state(false);
  #hearers = new Set<() => void>();

  /** Opens the line; answers how to close it. */
  begin(): () => void {
    if (!office.may('sales:read')) return () => {};
    let [wait, timer, socket, over] = [SOON, 0, null as WebSocket | null, false];
    const open = () => {
      if (over) return;
      const address = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/v1/live`;
      socket = new WebSocket(address);
      socket.onopen = () => {
        [this.on, wait] = [true, SOON];
        this.#ring(); // what came while the line was down
      };
      socket.onmessage = () => this.#ring();
      socket.onclose = () => {
        this.on = false;
        if (over) return;
        timer = window.setTimeout(open, wait);
        wait = Math.min(wait * 2, LATE);
        void office.begin(); // it may be the session that has ended
      };
    };
    open();
    return () => {
      over = true;
      this.on = false;
      clearTimeout(timer);
      socket?.close();
    };
  }
  /** Hears that something came; answers how to stop. */
  hear(hearer: () => void): () => void {
    this.#hearers.add(hearer);
    return () => void this.#hearers.delete(hearer);
  }
  #ring = () => this.#hearers.forEach((hearer) => hearer());
}
export const pushes = new Pushes();

/**
 * The latest sales and returns, newest first. The line only says that something came; what it is, is asked for from the
 * last place that was read, so that nothing is left out however long the line was down.
 */
export class Feed {
  rows = $state.raw<Told[]>([]);
  /** rows that came since it was paused */
  held = $state.raw<Told[]>([]);
  paused = $state(false);
  loaded = new Loaded<true>();
  #end = 0;
  #asking = false;
  #again = false;
  #timer = 0;

  /** Keeps up with what comes; answers how to stop. */
  watch(): () => void {
    const soon = () => {
      clearTimeout(this.#timer);
      this.#timer = window.setTimeout(() => void this.catchUp(), TOGETHER);
    };
    const stop = [pushes.hear(soon), often(ANYWAY, () => void this.catchUp())];
    return () => {
      clearTimeout(this.#timer);
      stop.forEach((one) => one());
    };
  }
  /** Asks for what came since, page by page. */
  async catchUp(): Promise<void> {
    if (this.#asking) {
      this.#again = true;
      return;
    }
    this.#asking = true;
    await this.loaded.ask(async () => {
      do {
        this.#again = false;
        await this.#read();
      } while (this.#again);
      return true;
    });
    this.#asking = false;
  }
  pause(): void {
    this.paused = !this.paused;
    if (this.paused) return;
    this.#add(this.held);
    this.held = [];
  }

  async #read(): Promise<void> {
    const first = this.#end === 0;
    let more = true;
    while (more) {
      const asked = { after: first ? null : this.#end, limit: AT_ONCE };
      const { items } = await ask<Page<Told>>('GET', query('/office/v1/sales', asked));
      const newest = items.reduce((end, { position }) => Math.max(end, position), this.#end);
      more = !first && items.length === AT_ONCE;
      this.#end = newest;
      if (this.paused) this.held = [...items, ...this.held].sort(latestFirst);
      else this.#add(items);
    }
  }
  #add(items: Told[]): void {
    if (items.length > 0) this.rows = [...items, ...this.rows].sort(latestFirst).slice(0, KEPT);
  }
}

const latestFirst = (one: Told, other: Told): number => other.position - one.position;
