import type { Cart } from '../bindings';

/** The cart with the lines of before where nothing about them changed, so that only the others are drawn again. */
export function keepLines(cart: Cart, before: Cart | null): Cart {
  if (before?.id !== cart.id) return cart;
  const known = new Map(before.lines.map((line) => [line.line, line]));
  const lines = cart.lines.map((line) => {
    const old = known.get(line.line);
    return old && JSON.stringify(old) === JSON.stringify(line) ? old : line;
  });
  return { ...cart, lines };
}
