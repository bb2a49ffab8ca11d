import { latest } from './latest';

/**
 * What the engine says of the sale or return shown, asked by `look`; what it said of another one is no answer. Call it in a
 * component.
 */
export function asked<A>(about: () => string | null, ask: (id: string) => Promise<A>) {
  let told = $state.raw<{ about: string; said: A } | null>(null);
  const look = latest(async () => {
    const id = about();
    if (id === null) return;
    try {
      told = { about: id, said: await ask(id) };
    } catch {
      // asked again with the next event
    }
  });
  return {
    look,
    get now(): A | null {
      return told !== null && told.about === about() ? told.said : null;
    },
  };
}
