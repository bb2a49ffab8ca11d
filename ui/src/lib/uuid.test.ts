import { expect, test } from 'vitest';
import { newId, uuid } from './uuid';

test('time first, then version and variant, then chance', () => {
  expect(uuid(0x017f22e279b0, new Uint8Array(16).fill(0xff))).toBe('017f22e2-79b0-7fff-bfff-ffffffffffff');
  expect(uuid(0, new Uint8Array(16))).toBe('00000000-0000-7000-8000-000000000000');
});

test('no two are the same', () => {
  expect(new Set(Array.from({ length: 50 }, newId)).size).toBe(50);
});
