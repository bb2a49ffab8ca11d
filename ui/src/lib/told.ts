import type { AppState, Jobs, Pushed } from '../bindings';

/** What the engine tells by itself whenever it changes, and also answers with. */
const names: readonly string[] = ['devices', 'jobs', 'card'] satisfies Array<keyof Pushed>;
let told = 0;

/** The engine told something by itself. */
export function hear(name: string): void {
  if (names.includes(name)) told += 1;
}

/** How much was told so far: to be asked before a question. */
export function toldSoFar(): number {
  return told;
}

/**
 * An answer as it is now. What the engine tells overtakes an answer that is on its way, which may be older and would be taken
 * after it: then the engine is asked once more how all stands.
 */
export async function upToDate<A>(answer: A, since: number, look: () => Promise<AppState>): Promise<A> {
  if (!isJobs(answer) && !isState(answer)) return answer;
  let state: AppState | null = null;
  for (let before = since; told > before;) {
    before = told;
    state = await look();
  }
  if (state === null) return answer;
  return (isState(answer) ? state : state.jobs) as A;
}

function isJobs(answer: unknown): answer is Jobs {
  return typeof answer === 'object' && answer !== null && 'waiting' in answer && 'unknown' in answer;
}
function isState(answer: unknown): answer is AppState {
  return typeof answer === 'object' && answer !== null && 'devices' in answer && 'jobs' in answer;
}
