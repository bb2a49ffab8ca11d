/** Calls once nobody has touched a key or the screen for so many minutes; the answer stops watching. */
export function watchIdle(minutes: number, idle: () => void): () => void {
  let timer = 0;
  const again = () => {
    clearTimeout(timer);
    timer = window.setTimeout(idle, minutes * 60_000);
  };
  // keyup: what a key means is settled when it goes down, and nobody else hears of it then
  for (const sign of ['keyup', 'pointerdown'] as const) addEventListener(sign, again);
  again();
  return () => {
    clearTimeout(timer);
    for (const sign of ['keyup', 'pointerdown'] as const) removeEventListener(sign, again);
  };
}
