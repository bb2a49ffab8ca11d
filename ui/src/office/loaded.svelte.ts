import { Refused, type Problem } from './ask';

/** Milliseconds after which one is told that something is awaited. */
const LONG = 400;

/** What a page shows and where it stands: not there yet, there, or not to be had. What was there stays meanwhile. */
export class Loaded<T> {
  value = $state.raw<T | null>(null);
  problem = $state.raw<Problem | null>(null);
  /** it takes long enough to say so */
  slow = $state(false);
  #turn = 0;

  /** Asks; what a later question answered is not replaced by an earlier one. Answers whether it was answered. */
  async ask(question: () => Promise<T>): Promise<boolean> {
    const turn = ++this.#turn;
    const late = setTimeout(() => (this.slow = turn === this.#turn), LONG);
    try {
      const value = await question();
      if (turn !== this.#turn) return false;
      this.value = value;
      this.problem = null;
      return true;
    } catch (error) {
      if (turn === this.#turn) this.problem = problemOf(error);
      return false;
    } finally {
      clearTimeout(late);
      if (turn === this.#turn) this.slow = false;
    }
  }
}

/** What somebody does: once at a time, and why it was not done. */
export class Doing {
  busy = $state(false);
  problem = $state.raw<Problem | null>(null);

  /** Does it, unless it is being done. Answers whether it was done. */
  async run(work: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.problem = null;
    try {
      await work();
      return true;
    } catch (error) {
      this.problem = problemOf(error);
      return false;
    } finally {
      this.busy = false;
    }
  }
}

function problemOf(error: unknown): Problem {
  if (error instanceof Refused) return error.problem;
  throw error;
}

/** Does something now and every so many seconds while somebody looks at the page; answers how to stop. */
export function often(seconds: number, work: () => void): () => void {
  const look = () => !document.hidden && work();
  work();
  const timer = setInterval(look, seconds * 1000);
  document.addEventListener('visibilitychange', look);
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', look);
  };
}
