import type { Language } from '../bindings';

// Head office's amounts are whole numbers of minor units, its quantities thousandths: characters are moved, nothing is
// computed.

/** Currencies whose minor unit is not a hundredth, ISO 4217. */
const places: Record<string, number> = { JPY: 0, KRW: 0, CLP: 0, ISK: 0, VND: 0, BHD: 3, KWD: 3, TND: 3 };

/** 123450 → "1234.50". */
export function decimal(minor: number, currency = 'CAD'): string {
  return pointed(minor, places[currency] ?? 2);
}

/** 1245 → "1.245", 3000 → "3". */
export function thousandths(quantity: number): string {
  return pointed(quantity, 3).replace(/\.?0+$/, '');
}

/** "4.99", "4,99" or "1 234,50" → minor units; null if it is no price. */
export function typed(text: string, currency = 'CAD'): number | null {
  const most = places[currency] ?? 2;
  const plain = text.replace(/[\s\u00a0$€£]/g, '').replace(',', '.');
  const [, whole = '', decimals = ''] = /^(\d{1,9})(?:\.(\d*))?$/.exec(plain) ?? [];
  if (!whole || decimals.length > most) return null;
  return Number(whole + decimals.padEnd(most, '0'));
}

/** As one types it: "4.99" or "4,99". */
export function forTyping(minor: number, currency: string, language: Language): string {
  return decimal(minor, currency).replace('.', language === 'fr' ? ',' : '.');
}

function pointed(value: number, after: number): string {
  const digits = String(Math.abs(value)).padStart(after + 1, '0');
  const text = after === 0 ? digits : `${digits.slice(0, -after)}.${digits.slice(-after)}`;
  return value < 0 ? `-${text}` : text;
}
