import { SvelteMap } from 'svelte/reactivity';

/** How far beyond a list's edges its rows are still drawn: its own height. */
const BEYOND = '100% 0px';

/** Which rows of a long list lie far out of sight, so that their parts need not be there. */
export class Sight {
  /** the height that each such row had, in pixels, by its key */
  readonly far = new SvelteMap<number, number>();
  #observer: IntersectionObserver | undefined;
  #keys = new Map<Element, number>();

  /** To attach to a row of the list. */
  row = (key: number) => (row: Element) => {
    const observer = this.#over(row.parentElement);
    this.#keys.set(row, key);
    observer.observe(row);
    return () => {
      observer.unobserve(row);
      this.#keys.delete(row);
      this.far.delete(key);
    };
  };

  #over(list: Element | null): IntersectionObserver {
    if (this.#observer?.root !== list) {
      this.#observer?.disconnect();
      this.#observer = new IntersectionObserver(this.#look, { root: list, rootMargin: BEYOND });
    }
    return this.#observer!;
  }

  #look = (entries: IntersectionObserverEntry[]) => {
    for (const { target, isIntersecting, boundingClientRect } of entries) {
      const key = this.#keys.get(target);
      if (key === undefined) continue;
      if (isIntersecting) this.far.delete(key);
      else if (!target.contains(document.activeElement)) this.far.set(key, boundingClientRect.height);
    }
  };
}
