import { invoke } from '@tauri-apps/api/core';
import * as api from '@tauri-apps/api/event';
import type { Commands, Money, Opened, Pushed, Refusal, Text } from '../bindings';
import { hear, toldSoFar, upToDate } from './told';

export type Fault = 'none' | 'paper_out' | 'cover_open' | 'silent' | 'slow' | 'cut_off';
export type CardFault = 'none' | 'declines' | 'stopped' | 'part' | 'line_lost' | 'silent' | 'unplugged' | 'waits';
export type Booked = { amount: Money; kind: 'payment' | 'refund' | 'reversal'; reversed: boolean };
export type Sim = {
  slips: Array<{ png: string; text: string }>;
  drawer_kicks: number;
  fault: Fault;
  terminal: { fault: CardFault; booked: Booked[]; waiting: boolean };
  goods: Array<{ gtin: string; name: Text; drawing: string; pigment: string }>;
};
/** The devices beside the window: only a demonstration engine answers these. */
export type SimCommands = {
  sim_state: [Record<string, never>, Sim];
  sim_scan: [{ code: string }, Sim];
  sim_fault: [{ fault: Fault }, Sim];
  sim_card: [{ fault: CardFault }, Sim];
};
type All = Commands & SimCommands;
type Events = Pushed & { sim: null };

const inWindow = '__TAURI_INTERNALS__' in globalThis;

/** What a window shows at first. The window of the till is opened with it; a browser asks for it. */
export const opened: Opened | null = (globalThis as { opened?: Opened }).opened ?? null;

/** Asks the engine. A refusal is thrown as it is; anything else that fails becomes a `fault`. */
export async function call<C extends keyof All>(command: C, args: All[C][0]): Promise<All[C][1]> {
  const since = toldSoFar();
  return upToDate(await ask(command, args), since, () => ask('state', {}));
}

async function ask<C extends keyof All>(command: C, args: All[C][0]): Promise<All[C][1]> {
  if (inWindow) {
    try {
      return await invoke<All[C][1]>(command, args as Record<string, unknown>);
    } catch (thrown) {
      throw asRefusal(thrown);
    }
  }
  let answer: Response;
  try {
    answer = await fetch(`/api/${command}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(args),
    });
  } catch {
    throw asRefusal(null);
  }
  if (answer.ok) return (await answer.json()) as All[C][1];
  throw asRefusal(answer.status === 422 ? await answer.json() : null);
}

/** What was thrown, as a refusal that can be said in words. */
export function asRefusal(thrown: unknown): Refusal {
  if (typeof thrown === 'object' && thrown !== null && 'kind' in thrown) return thrown as Refusal;
  return { kind: 'fault', reference: '' };
}

let source: EventSource | null = null;
const listening: Array<Promise<unknown>> = [];

/** Calls when what listens so far is heard, at first or after a silence: what was pushed before is lost, so ask for it. */
export function onHeard(back: () => void): void {
  void Promise.all(listening).then(() => inWindow && back());
  let away = true;
  source?.addEventListener('error', () => (away = true));
  source?.addEventListener('open', () => {
    if (away) back();
    away = false;
  });
}

/** Hears what the engine pushes; the answer stops listening. */
export function listen<E extends keyof Events>(name: E, heard: (payload: Events[E]) => void): () => void {
  const told = (payload: Events[E]) => {
    hear(name);
    heard(payload);
  };
  if (inWindow) {
    const stop = api.listen<Events[E]>(name, (event) => told(event.payload));
    listening.push(stop);
    return () => void stop.then((off) => off());
  }
  source ??= new EventSource('/api/events');
  const from = source;
  const on = (event: MessageEvent<string>) => told(JSON.parse(event.data || 'null') as Events[E]);
  from.addEventListener(name, on);
  return () => from.removeEventListener(name, on);
}
