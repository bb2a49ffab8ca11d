/**
 * The goods, drawn in two inks in a 66-unit box. `shape` is the one closed area printed in the department's pigment,
 * a little off its line, and its own outline; `ink` is drawn over it. The lowest line of every drawing is at 58.
 */
export type Drawing = { shape: string; ink: string };

const dot = (...at: Array<[number, number]>): string => at.map(([x, y]) => `M${x} ${y}h.01`).join('');
const ring = (x: number, y: number, r: number): string => `M${x} ${y - r}a${r} ${r} 0 1 0 .01 0Z`;

const can = 'M20 8h26l5 6v38l-5 6H20l-5-6V14Z';
const canInk = 'M15 14h36M15 52h36M30 11h6';
const leaf =
  'M33 28c4 4 4 12 0 19c-4-7-4-15 0-19ZM33 47c-8 0-12-4-13-11c7 0 11 4 13 11c2-7 6-11 13-11c-1 7-5 11-13 11ZM33 47v5';
const apple = 'M33 29c-4-3-10-1-10 6s6 12 10 9c4 3 10-2 10-9s-6-9-10-6ZM33 29c0-3 1-5 4-6';
const steam = (...xs: number[]): string => xs.map((x) => `M${x} 24c-4-4 4-7 0-12`).join('');

export const drawings = {
  loaf: {
    shape: 'M13 58a7 7 0 0 1-7-7c0-15 11-26 27-26s27 11 27 26a7 7 0 0 1-7 7Z',
    ink: 'M18 36l7 9M29 32l7 10M41 33l6 9',
  },
  baguette: {
    shape: 'M10 55c-4-4-3-9 1-13L42 11c4-4 10-5 14-1s3 10-1 14L24 54c-4 4-10 5-14 1Z',
    ink: 'M17 42l9 4M26 33l9 4M35 24l9 4M44 15l7 4',
  },
  croissant: {
    shape: 'M9 56C3 40 12 20 33 20s30 20 24 36c-5 4-11 1-14-5c-1-6-4-10-10-10s-9 4-10 10c-3 6-9 9-14 5Z',
    ink: 'M26 21l2 21M40 21l-2 21M13 32l12 12M53 32l-12 12',
  },
  muffin: {
    shape: 'M12 35c-7-2-6-12 1-13c2-9 10-14 20-14s18 5 20 14c7 1 8 11 1 13Z',
    ink: 'M14 35l6 23h26l6-23M26 35l2 23M33 35v23M40 35l-2 23' + dot([26, 21], [35, 16], [42, 24], [33, 27]),
  },
  donut: {
    shape: 'M33 8a25 25 0 1 0 .01 0ZM33 24a9 9 0 1 1-.01 0Z',
    ink: 'M33 14v4M20 20l3 3M46 20l-3 3M13 33h4M49 33h4M20 46l3-3M46 46l-3-3M33 48v4',
  },
  burger: {
    shape: 'M9 30C9 18 19 11 33 11s24 7 24 19Z',
    ink:
      'M6 38c5 0 5 5 9 5s5-5 9-5s5 5 9 5s5-5 9-5s5 5 9 5s4-5 9-5M9 48h48v3a7 7 0 0 1-7 7H16a7 7 0 0 1-7-7Z' +
      dot([25, 20], [33, 17], [41, 20], [33, 24]),
  },
  pie: {
    shape: 'M5 46L45 19c9 3 14 8 16 17Z',
    ink: 'M5 46v12l56-8V36M14 45v0' + dot([34, 34], [44, 27], [48, 34], [24, 40], [40, 37]),
  },
  banana: {
    shape: 'M13 14c1 20 14 33 42 34c4 1 5 6 1 8C30 61 3 44 9 14Z',
    ink: 'M9 14l-1-6h6l-1 6M19 31c6 10 17 17 32 19',
  },
  apple: {
    shape: 'M33 24C27 19 12 18 9 33c-2 14 8 25 16 25c3 0 5-2 8-2s5 2 8 2c8 0 18-11 16-25c-3-15-18-14-24-9Z',
    ink: 'M33 24c0-6 1-9 4-13M38 17c1-8 8-10 14-8c-1 7-7 10-14 8ZM17 33c-1 4-1 7 1 11',
  },
  tomato: {
    shape: 'M33 21C17 20 7 29 7 40s11 18 26 18s26-7 26-18s-10-20-26-19Z',
    ink: 'M33 21v-10M33 21c-4 0-9-1-12-6M33 21c4 0 9-1 12-6M33 21l-8 8M33 21l8 8',
  },
  carrot: {
    shape: 'M40 24c-6-5-13-2-17 5L8 53c-2 3 2 7 5 5l25-15c7-4 8-13 2-19Z',
    ink: 'M42 25c1-6 0-11-3-16M43 26c4-6 8-9 14-11M44 28c5-2 9-2 14-1M23 32l6 3M17 43l5 3M33 42l-5-4',
  },
  wrap: {
    shape: 'M15 26h36l-6 32H21Z',
    ink: 'M15 26c-4-6 3-13 8-10c3-8 16-8 19 0c6-3 13 4 9 10M17 36l33-5M19 47l28-9M21 56l25-8',
  },
  salad: {
    shape: 'M6 34h54c0 15-11 24-27 24S6 49 6 34Z',
    ink: 'M11 34c-4-9 5-16 11-11c1-10 17-12 20-3c8-3 16 5 12 14M25 34c-1-5 2-9 7-9M40 34c0-4 2-6 5-7M22 46c7 4 15 4 22 0',
  },
  smoothie: {
    shape: 'M16 25h34l-4 33H20Z',
    ink: 'M13 17h40v8H13ZM32 17l3-9h9' + ring(33, 41, 8) + 'M33 33v16M25 41h16',
  },
  milk: {
    shape: 'M22 18h22l7 10v27a3 3 0 0 1-3 3H18a3 3 0 0 1-3-3V28Z',
    ink: 'M22 8h22v10H22ZM24 38h18M24 46h11',
  },
  eggs: {
    shape: 'M5 37h56l-5 21H10Z',
    ink: 'M11 37c0-8 3-12 7-12s7 4 7 12M26 37c0-8 3-12 7-12s7 4 7 12M41 37c0-8 3-12 7-12s7 4 7 12M22 45v6M33 45v6M44 45v6',
  },
  cheese: {
    shape: 'M6 40L43 18c10 2 17 11 17 22v18H6Z',
    ink: 'M6 40h54' + ring(44, 30, 4) + ring(42, 50, 4) + ring(23, 48, 2.5),
  },
  butter: { shape: 'M6 34l16-13h38v23L42 58H6Z', ink: 'M6 34h36v24M42 34l18-13M21 34v24' },
  yogurt: { shape: 'M14 25h38l-5 33H19Z', ink: 'M10 17h46v8H10ZM16 36h34M18 50h30M29 43h8' },
  'coffee-bag': {
    shape: 'M16 20h34l4 38H12Z',
    ink: 'M17 9h32v11H17ZM25 9v11M41 9v11' + ring(33, 39, 9) + 'M38 32c-6 3-3 10-9 14',
  },
  tea: {
    shape: 'M10 22h34v36H10Z',
    ink: 'M10 22l11-13h36L44 22M57 9v36L44 58M18 50c0-11 6-17 18-17c0 11-6 17-18 17ZM18 50l10-10',
  },
  jar: {
    shape: 'M20 21h26c7 3 10 7 10 13v18a6 6 0 0 1-6 6H16a6 6 0 0 1-6-6V34c0-6 3-10 10-13Z',
    ink: 'M17 8h32v13H17ZM10 36h46M10 50h46M27 43h12',
  },
  can: {
    shape: 'M9 16c0-4 11-7 24-7s24 3 24 7v35c0 4-11 7-24 7S9 55 9 51Z',
    ink: 'M9 16c0 4 11 6 24 6s24-2 24-6M33 27l3 6l5-2l-1 7l6 1l-5 5l1 4h-18l1-4l-5-5l6-1l-1-7l5 2ZM33 48v5',
  },
  chocolate: {
    shape: 'M17 8h32v50H17Z',
    ink: 'M17 37l5-5l6 5l5-5l6 5l5-5l5 5M33 8v24M17 20h32M27 45h12M29 51h8',
  },
  pasta: { shape: 'M13 9h40v49H13Z', ink: 'M13 17h40M22 25h22v22H22ZM29 25v22M37 25v22M25 53h16' },
  soup: { shape: 'M6 34h54c0 15-10 24-20 24H26C16 58 6 49 6 34Z', ink: steam(24, 33, 42) + 'M15 42c2 5 6 8 11 9' },
  cookie: {
    shape: 'M40 10A25 25 0 1 0 57 30c-4 2-8-1-8-5c-5 1-8-3-7-7c-3-1-4-5-2-8Z',
    ink: dot([24, 24], [34, 27], [21, 36], [31, 38], [42, 37], [28, 48], [39, 48], [50, 40]),
  },
  cupcake: {
    shape: 'M11 36c-7-3-4-12 3-12c0-7 6-9 10-9c2-5 6-7 9-7s7 2 9 7c4 0 10 2 10 9c7 0 10 9 3 12Z',
    ink: 'M14 36l6 22h26l6-22M27 36l2 22M39 36l-2 22M20 26c8 4 18 4 27 0M26 17c4 2 9 2 13 0',
  },
  bouquet: {
    shape: 'M15 33h36L33 58Z',
    ink: ring(33, 13, 5.5) + ring(16, 18, 5.5) + ring(50, 18, 5.5) + 'M33 19v14M19 23l7 10M47 23l-7 10M22 43h22',
  },
  water: {
    shape: 'M24 18h18c6 4 9 7 9 13v22a5 5 0 0 1-5 5H20a5 5 0 0 1-5-5V31c0-6 3-9 9-13Z',
    ink: 'M26 8h14v10H26ZM15 33h36M15 49h36M25 41c4-3 5 3 8 0s5 3 8 0',
  },
  soda: { shape: can, ink: canInk + 'M15 34c7-5 11 4 18 1s11-5 18-1' },
  juice: {
    shape: 'M15 20h36l-5 38H20Z',
    ink: 'M35 20l3-10l9-3M17 31h32M24 36h8v8h-8ZM34 44h8v8h-8Z',
  },
  mug: {
    shape: 'M9 26h37v20c0 7-5 12-12 12H21c-7 0-12-5-12-12Z',
    ink: 'M46 31c14-3 14 18 0 16M21 20c-4-4 4-7 0-12M34 20c-4-4 4-7 0-12',
  },
  cup: { shape: 'M16 20h34l-5 38H21Z', ink: 'M12 11h42v9H12ZM18 31h30M20 46h26' },
  'wine-bottle': {
    shape: 'M28 25h10c1 5 9 8 9 15v15a3 3 0 0 1-3 3H22a3 3 0 0 1-3-3V40c0-7 8-10 9-15Z',
    ink: 'M28 6h10v19H28ZM28 13h10M19 42h28M19 51h28',
  },
  'beer-pack': {
    shape: 'M7 34h52v24H7Z',
    ink: 'M24 42h18v6H24ZM12 34v-7l3-6v-8h6v8l3 6v7M27 34v-7l3-6v-8h6v8l3 6v7M42 34v-7l3-6v-8h6v8l3 6v7',
  },
  'cider-bottle': {
    shape: 'M28 20h10c0 6 11 8 11 18v17a3 3 0 0 1-3 3H20a3 3 0 0 1-3-3V38c0-10 11-12 11-18Z',
    ink: 'M28 9h10v11H28ZM33 39c-3-3-8-1-8 4s5 9 8 7c3 2 8-2 8-7s-5-7-8-4ZM33 39c0-2 1-3 3-4',
  },
  'cider-can': { shape: can, ink: canInk + apple },
  'jar-cannabis': {
    shape: 'M13 21h40v33a4 4 0 0 1-4 4H17a4 4 0 0 1-4-4Z',
    ink: 'M9 9h48v12H9Z' + leaf,
  },
  'pre-roll': {
    shape: 'M11 14h18v40a4 4 0 0 1-4 4H15a4 4 0 0 1-4-4Z',
    ink: 'M11 14c0-8 18-8 18 0M11 24h18M43 8h12l-4 40l-2 10l-2-10ZM45 44h8',
  },
  pouch: {
    shape: 'M13 12h40l3 43a3 3 0 0 1-3 3H13a3 3 0 0 1-3-3Z',
    ink: 'M12 21h42M20 31h9v9h-9ZM34 29h9v9h-9ZM30 43h9v9h-9Z',
  },
  vape: { shape: 'M23 22h20v24H23Z', ink: 'M28 8h10v14H28ZM27 46h12v12H27ZM29 31h8' },
  'drink-cannabis': { shape: can, ink: canInk + leaf.replace('v5', 'v3') },
  bag: { shape: 'M11 29h44l6 29H5Z', ink: 'M22 29v-7c0-16 22-16 22 0v7M23 44c4 4 6-4 10 0s6 4 10 0' },
  candle: {
    shape: 'M15 38h36v20H15Z',
    ink: 'M15 38c0-5 36-5 36 0M15 48h36M33 33v-9M33 7c6 6 6 13 0 16c-6-3-6-10 0-16Z',
  },
  soap: {
    shape: 'M16 32h34a10 10 0 0 1 10 10v6a10 10 0 0 1-10 10H16a10 10 0 0 1-10-10v-6a10 10 0 0 1 10-10Z',
    ink: 'M20 45c0-8 26-8 26 0s-26 8-26 0Z' + ring(47, 17, 6) + ring(32, 21, 4),
  },
  newspaper: {
    shape: 'M8 11h40v47H13a5 5 0 0 1-5-5Z',
    ink: 'M48 24h10v29a5 5 0 0 1-10 0M16 19h24v12H16ZM16 39h24M16 45h16M16 51h20',
  },
  box: { shape: 'M8 25h50v33H8Z', ink: 'M8 25l8-13h34l8 13M33 12v22M26 34h14M17 49h10' },
} satisfies Record<string, Drawing>;

/** The drawing of a product kind; a plain box for a kind we have not drawn. */
export function drawingOf(kind: string): Drawing {
  return (drawings as Record<string, Drawing>)[kind] ?? drawings.box;
}
