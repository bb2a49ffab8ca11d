import type { Language } from '../bindings';

// Amounts arrive as decimal strings and stay strings: this file moves characters, it never computes.

const NBSP = '\u00a0';
const MINUS = '\u2212';
const signs: Record<string, string> = { CAD: '$', USD: '$', EUR: '€', GBP: '£' };

/** "1234.50" → "1,234.50" or "1 234,50". */
export function amount(value: string, language: Language): string {
  const { minus, whole, decimals } = parts(value);
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, language === 'fr' ? NBSP : ',');
  return minus + grouped + (decimals && (language === 'fr' ? ',' : '.') + decimals);
}

/** "1234.50" → "$1,234.50" or "1 234,50 $"; the minus stands before the sign. */
export function money(value: string, language: Language, currency = 'CAD'): string {
  const { minus } = parts(value);
  return minus + signed(amount(value.replace('-', ''), language), language, currency);
}

/** As `money`, with a plus where it is not negative: for rounding and over or short. */
export function difference(value: string, language: Language, currency = 'CAD'): string {
  const plus = /^-|^0*\.?0*$/.test(value) ? '' : '+';
  return plus + money(value, language, currency);
}

/** A note or coin as it is called: "$10", "10 $", "25¢", "25 ¢". */
export function denomination(value: string, language: Language, currency = 'CAD'): string {
  const { whole, decimals } = parts(value);
  const cents = decimals.padEnd(2, '0');
  if (/^0+$/.test(whole) && currency !== 'EUR') {
    return (/^0/.test(cents) ? cents.slice(1) : cents) + (language === 'fr' ? NBSP : '') + '¢';
  }
  const text = amount(/^0*$/.test(decimals) ? whole : value, language);
  return signed(text, language, currency);
}

/** A quantity or weight: "1.245" → "1,245" in French. */
export function quantity(value: string, language: Language): string {
  return amount(value, language);
}

/** "9.975" → "9.975%" or "9,975 %". */
export function rate(value: string, language: Language): string {
  return amount(value, language) + (language === 'fr' ? NBSP : '') + '%';
}

/** "10%" → "−10%" or "−10 %"; "5.00" → "−$5.00" or "−5,00 $". */
export function discount(value: string, language: Language, currency = 'CAD'): string {
  return value.endsWith('%') ? MINUS + rate(value.slice(0, -1), language) : taken(value, language, currency);
}

/** What is taken off, whatever sign it came with. */
export function taken(value: string, language: Language, currency = 'CAD'): string {
  return money(`-${value.replace('-', '')}`, language, currency);
}

/** "1.245 kg × $1.74/kg", never broken between a number and its unit. */
export function weighed(weight: string, price: string, language: Language, currency = 'CAD'): string {
  return `${quantity(weight, language)}${NBSP}kg × ${money(price, language, currency)}/kg`;
}

/** An instant as the shop's clock and calendar show it, wherever the machine believes it is. */
export function local(at: Date, zone: string): Date {
  const part: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {};
  for (const { type, value } of calendarOf(zone).formatToParts(at)) part[type] = value;
  const [year, month, day] = [Number(part.year), Number(part.month) - 1, Number(part.day)];
  return new Date(year, month, day, Number(part.hour), Number(part.minute), Number(part.second));
}

let calendar: { zone: string; form: Intl.DateTimeFormat } | null = null;
/** Making one takes milliseconds; a counter has one zone. */
function calendarOf(zone: string): Intl.DateTimeFormat {
  if (calendar?.zone !== zone) {
    const form = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    calendar = { zone, form };
  }
  return calendar.form;
}

/** "14:06" or "14 h 06". */
export function time(at: Date, language: Language): string {
  const minutes = two(at.getMinutes());
  return language === 'fr' ? `${at.getHours()}${NBSP}h${NBSP}${minutes}` : `${two(at.getHours())}:${minutes}`;
}

/** "14:06:32" or "14 h 06 min 32": where a sale was stored. */
export function seconds(at: Date, language: Language): string {
  const rest = two(at.getSeconds());
  return language === 'fr' ? `${time(at, language)}${NBSP}min${NBSP}${rest}` : `${time(at, language)}:${rest}`;
}

/** "14:06:32" in every language: a column of times. */
export function stamp(at: Date): string {
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':');
}

const days = {
  en: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'],
  fr: ['dim.', 'lun.', 'mar.', 'mer.', 'jeu.', 'ven.', 'sam.'],
};
const months = {
  en: ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'],
  fr: ['janv.', 'févr.', 'mars', 'avr.', 'mai', 'juin', 'juill.', 'août', 'sept.', 'oct.', 'nov.', 'déc.'],
};

/** "Thu Nov 20" or "jeu. 20 nov."; the first of a month is "1er" in French. */
export function day(at: Date, language: Language): string {
  const [name, month, date] = [days[language][at.getDay()], months[language][at.getMonth()], at.getDate()];
  return language === 'fr' ? `${name} ${date === 1 ? '1er' : date}${NBSP}${month}` : `${name} ${month}${NBSP}${date}`;
}

/** "Nov 20, 2025" or "20 nov. 2025". */
export function date(at: Date, language: Language): string {
  const [month, date, year] = [months[language][at.getMonth()], at.getDate(), at.getFullYear()];
  return language === 'fr' ? `${date === 1 ? '1er' : date}${NBSP}${month} ${year}` : `${month}${NBSP}${date}, ${year}`;
}

/** "Nov 20" or "20 nov."; with the year when it is another than that of `now`. */
export function shortDate(at: Date, now: Date, language: Language): string {
  const whole = date(at, language);
  return at.getFullYear() === now.getFullYear() ? whole.replace(/,? \d{4}$/, '') : whole;
}

/** A month by its name: "November 2025" or "novembre 2025". */
export function monthName(at: Date, language: Language): string {
  return new Intl.DateTimeFormat(language === 'fr' ? 'fr-CA' : 'en-CA', { month: 'long', year: 'numeric' }).format(at);
}

/** A day as the engine takes it: "2025-11-20". */
export function isoDay(at: Date): string {
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** The date that "2025-11-20" stands for. */
export function dateOf(iso: string): Date {
  const [year = 0, month = 1, day = 1] = iso.split('-').map(Number);
  return new Date(year, month - 1, day);
}

/** The day so many days before: "2025-03-01" and 1 is "2025-02-28". */
export function daysBefore(iso: string, days: number): string {
  const at = dateOf(iso);
  return isoDay(new Date(at.getFullYear(), at.getMonth(), at.getDate() - days));
}

/** The same day `years` ago, as documents write it: "2006-11-20". Who was born on Feb 29 comes of age on Mar 1. */
export function yearsBefore(at: Date, years: number): string {
  const day = new Date(at.getFullYear() - years, at.getMonth(), at.getDate());
  const last = day.getMonth() === at.getMonth() ? day : new Date(at.getFullYear() - years, at.getMonth() + 1, 0);
  return isoDay(last);
}

/** What a decimal string is worth nothing of: "0.00", "0", "-0.00". */
export function isZero(value: string): boolean {
  return /^-?0*\.?0*$/.test(value);
}

/** A name with its numbers and units held together: "540 mL" never breaks. */
export function together(name: string): string {
  return name.replace(/(\d) (?=(?:kg|g|mg|mL|L|lb|oz|cm|mm|m|%|\$|¢)(?![\p{L}\d]))/gu, `$1${NBSP}`);
}

/** A code fit for a caption: GS shown as a visible sign, the rest as it was read. */
export function readable(code: string): string {
  return code.replaceAll('\u001d', '␝');
}

function signed(text: string, language: Language, currency: string): string {
  const sign = signs[currency] ?? currency;
  return language === 'fr' ? text + NBSP + sign : sign + text;
}

function parts(value: string): { minus: string; whole: string; decimals: string } {
  const negative = value.startsWith('-') && !isZero(value);
  const [whole = '', decimals = ''] = value.replace('-', '').split('.');
  return { minus: negative ? MINUS : '', whole: whole || '0', decimals };
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
