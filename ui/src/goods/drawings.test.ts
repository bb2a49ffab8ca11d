import { expect, test } from 'vitest';
import { drawingOf, drawings } from './drawings';

test.each(Object.entries(drawings))('%s is one closed shape with ink on it, inside its box', (_, { shape, ink }) => {
  expect(shape).toMatch(/^M[^]*Z$/);
  expect(ink).toMatch(/^M/);
  for (const [, x, y] of (shape + ink).matchAll(/M(-?[\d.]+) (-?[\d.]+)/g)) {
    expect(Number(x)).toBeLessThanOrEqual(62);
    expect(Number(y)).toBeLessThanOrEqual(62);
  }
});

test('an unknown kind is a box', () => {
  expect(drawingOf('spaceship')).toBe(drawings.box);
});
