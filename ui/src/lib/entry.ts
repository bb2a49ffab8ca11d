/** What a keypad can hold: a count, a weight, an amount, per cent or a PIN. */
export type EntryKind = 'count' | 'weight' | 'amount' | 'percent' | 'pin';
export type PadKey = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9' | '00' | '.' | 'back' | 'clear';

const most: Record<EntryKind, { whole: number; decimals: number }> = {
  count: { whole: 4, decimals: 0 },
  weight: { whole: 3, decimals: 3 },
  amount: { whole: 6, decimals: 2 },
  percent: { whole: 3, decimals: 2 },
  pin: { whole: 8, decimals: 0 },
};

/** The text after one more key. 12 means 12.00; cents come only after the decimal key. */
export function press(text: string, key: PadKey, kind: EntryKind): string {
  if (key === 'back') return text.slice(0, -1);
  if (key === 'clear') return '';
  if (key === '00') return press(press(text, '0', kind), '0', kind);
  const limit = most[kind];
  if (key === '.') {
    if (limit.decimals === 0 || text.includes('.')) return text;
    return (text || '0') + '.';
  }
  const [whole = '', decimals] = text.split('.');
  if (decimals !== undefined) return decimals.length < limit.decimals ? text + key : text;
  if (kind !== 'pin' && whole === '0') return key;
  return whole.length < limit.whole ? text + key : text;
}

/** The decimal string an entry stands for: "12" → "12.00", "12.5" → "12.50", "0." → "0.00"; null when nothing was typed. */
export function amountOf(text: string): string | null {
  if (text === '') return null;
  const [whole = '0', decimals = ''] = text.split('.');
  return `${whole || '0'}.${decimals.padEnd(2, '0')}`;
}

/** What is still to come behind the typed part of an amount: "12" → ".00", "12." → "00", "12.5" → "0". */
export function untyped(text: string): string {
  if (text === '') return '0.00';
  const [, decimals] = text.split('.');
  return decimals === undefined ? '.00' : '00'.slice(decimals.length);
}

/** The quantity an entry stands for, without a bare point at its end; null when it is nothing. */
export function quantityOf(text: string): string | null {
  const clean = text.replace(/\.$/, '');
  return /[1-9]/.test(clean) ? clean : null;
}

/** The discount an entry stands for: "10%" or "5.00"; null when it is nothing. */
export function discountOf(text: string, unit: '%' | '$'): string | null {
  const number = quantityOf(text);
  if (number === null) return null;
  return unit === '%' ? `${number}%` : amountOf(number);
}

/** The pad key a keyboard key presses, if any; the comma is the decimal key as well. */
export function padKey(key: string): PadKey | null {
  if (/^[0-9]$/.test(key)) return key as PadKey;
  if (key === '.' || key === ',' || key === 'Decimal') return '.';
  if (key === 'Backspace') return 'back';
  return null;
}
