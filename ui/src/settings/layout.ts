/** What a digit of a scale's label belongs to. */
export type Part = 'digit' | 'item' | 'price' | 'grams' | 'decagrams' | 'proof' | 'check';

const letters: Record<string, Part> = {
  I: 'item',
  P: 'price',
  W: 'grams',
  D: 'decagrams',
  V: 'proof',
  C: 'check',
};

/** A layout such as `02=2|IIIII|V|PPPP|C` part by part; null while it cannot be read as one. */
export function readLayout(text: string): { prefix: string; parts: Array<{ part: Part; count: number }> } | null {
  const [, prefix, layout] = /^\s*(\d\d)\s*=\s*([0-9A-Z|]+)\s*$/.exec(text) ?? [];
  if (!prefix || !layout) return null;
  const parts: Array<{ part: Part; count: number }> = [];
  for (const run of layout.split('|')) {
    const part = /^\d+$/.test(run) ? 'digit' : /^(.)\1*$/.test(run) ? letters[run[0] ?? ''] : undefined;
    if (!part) return null;
    parts.push({ part, count: run.length });
  }
  return { prefix, parts };
}
