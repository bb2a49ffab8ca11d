/** A UUIDv7: the time in milliseconds first, the rest by chance. What has an id is done once, however often it is asked. */
export function uuid(now: number, chance: Uint8Array): string {
  const bytes = Uint8Array.from(chance.subarray(0, 16));
  for (let place = 0; place < 6; place += 1) bytes[place] = Math.floor(now / 2 ** (8 * (5 - place))) % 256;
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** A new one. */
export const newId = (): string => uuid(Date.now(), crypto.getRandomValues(new Uint8Array(16)));
