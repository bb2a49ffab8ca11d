/** What head office refuses: `kind` tells refusals apart, the rest is what it says of it. */
export type Problem = { status: number; kind: string; title: string; [more: string]: unknown };

/** A question that was not answered as asked. `kind` is `offline` if there was no answer at all. */
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.title);
  }
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
/** What hears that nobody is signed in any more. */
let unsigned: () => void = () => {};
export const whenUnsigned = (heard: () => void): void => void (unsigned = heard);

/** What was asked and not answered yet is not waited for: whoever asked has signed out. */
let line = new AbortController();
export function hangUp(): void {
  line.abort();
  line = new AbortController();
}

/**
 * Asks head office. What changes something says which try it is of, so that asking again after a lost answer does not
 * do it twice.
 */
export async function ask<T>(method: Method, path: string, body?: unknown, once = crypto.randomUUID()): Promise<T> {
  const changes = method !== 'GET';
  let answer: Response;
  try {
    answer = await fetch(path, {
      method,
      credentials: 'same-origin',
      cache: 'no-store',
      // a tab that is closed at this moment still signs out, or saves
      keepalive: changes,
      signal: line.signal,
      headers: changes ? { 'content-type': 'application/json', 'idempotency-key': once } : {},
      body: body === undefined ? null : JSON.stringify(body),
    });
  } catch {
    throw new Refused({ status: 0, kind: 'offline', title: '' });
  }
  const text = await answer.text();
  if (answer.ok) return (text ? JSON.parse(text) : undefined) as T;
  const problem = problemOf(answer.status, text);
  if (problem.kind === 'session_missing') unsigned();
  throw new Refused(problem);
}

/** What a refusal says; a proxy's own page says nothing that could be read. */
function problemOf(status: number, text: string): Problem {
  try {
    const said = JSON.parse(text) as Partial<Problem>;
    return { ...said, status, kind: said.kind ?? 'fault', title: said.title ?? '' };
  } catch {
    return { status, kind: status >= 502 && status <= 504 ? 'offline' : 'fault', title: '' };
  }
}

/** The same question with words behind the question mark; what is null is not said. */
export function query(path: string, words: Record<string, string | number | null | undefined>): string {
  const said = Object.entries(words).filter(([, value]) => value !== null && value !== undefined && value !== '');
  const search = new URLSearchParams(said.map(([name, value]) => [name, String(value)]));
  return said.length > 0 ? `${path}?${search}` : path;
}
