import type { Language, ReceiptLanguage, Refusal, SettingsDraft, Store, StoreDraft, Text } from '../bindings';
import type { Section } from './sections';

/** What is written of the store and of how it sells until it is saved; numbers as they are typed. */
export type Draft = {
  name: string;
  address: string[];
  taxNumbers: string[];
  languages: Language[];
  timeZone: string;
  receipt: ReceiptLanguage | null;
  foot: Text;
  cashier: string;
  supervisor: string;
  paidIn: string;
  paidOut: string;
  paidOutSupervisor: string;
  safeDrop: string;
  noSales: string;
  cashBack: string;
  anyDay: boolean;
  days: string;
  miscellaneous: boolean;
  layouts: string[];
};
/** Why it cannot be saved yet. */
export type Missing = 'change' | 'name' | 'zone' | 'percent' | 'amount' | 'times' | 'days';
/** What cash moves without approval; the first has to be said, the others are any amount when they are empty. */
export const cashFields = ['paidOut', 'paidIn', 'paidOutSupervisor', 'safeDrop', 'cashBack'] as const;
export type CashField = (typeof cashFields)[number];
/** Where something is typed. */
export type Field = 'name' | 'zone' | 'cashier' | 'supervisor' | CashField | 'days' | `layout-${number}`;

const ADDRESS_LINES = 3;
const TAX_NUMBERS = 2;
const USUAL_DAYS = '30';

export function draftOf(store: Store, settings: SettingsDraft, language: Language): Draft {
  const typed = (value: string) => (language === 'fr' ? value.replace('.', ',') : value);
  const percent = (value: string) => typed(value.replace('%', ''));
  return {
    name: store.name,
    address: filled(store.address, ADDRESS_LINES),
    taxNumbers: filled(store.tax_numbers, TAX_NUMBERS),
    languages: [...store.languages],
    timeZone: store.time_zone,
    receipt: settings.receipt,
    foot: { ...settings.receipt_foot },
    cashier: percent(settings.discount_cashier),
    supervisor: percent(settings.discount_supervisor),
    paidIn: typed(settings.paid_in_alone ?? ''),
    paidOut: typed(settings.paid_out_alone),
    paidOutSupervisor: typed(settings.paid_out_supervisor ?? ''),
    safeDrop: typed(settings.safe_drop_alone ?? ''),
    noSales: String(settings.no_sales_alone ?? ''),
    cashBack: typed(settings.cash_back_alone ?? ''),
    anyDay: settings.return_days === null,
    days: String(settings.return_days ?? USUAL_DAYS),
    miscellaneous: settings.miscellaneous,
    layouts: [...settings.price_barcodes],
  };
}

export function storeOf({ name, address, taxNumbers, languages, timeZone }: Draft): StoreDraft {
  return {
    name: name.trim(),
    address: said(address),
    tax_numbers: said(taxNumbers),
    languages,
    time_zone: timeZone.trim(),
  };
}

export function settingsOf(draft: Draft): SettingsDraft {
  return {
    price_barcodes: said(draft.layouts),
    miscellaneous: draft.miscellaneous,
    return_days: draft.anyDay ? null : Number(draft.days),
    discount_cashier: `${plain(draft.cashier)}%`,
    discount_supervisor: `${plain(draft.supervisor)}%`,
    paid_in_alone: plain(draft.paidIn) || null,
    paid_out_alone: plain(draft.paidOut),
    paid_out_supervisor: plain(draft.paidOutSupervisor) || null,
    safe_drop_alone: plain(draft.safeDrop) || null,
    no_sales_alone: draft.noSales.trim() === '' ? null : Number(draft.noSales),
    cash_back_alone: plain(draft.cashBack) || null,
    receipt: draft.receipt,
    receipt_foot: { en: draft.foot.en.trim(), fr: draft.foot.fr.trim() },
  };
}

/** What would be lost, section by section. */
export function changedIn(draft: Draft, before: Draft): Section[] {
  const receipts = (one: Draft) => [settingsOf(one).receipt, settingsOf(one).receipt_foot];
  const selling = (one: Draft) => ({ ...settingsOf(one), receipt: null, receipt_foot: null });
  const differs = (of: (one: Draft) => unknown) => JSON.stringify(of(draft)) !== JSON.stringify(of(before));
  const changed: Section[] = [];
  if (differs(storeOf)) changed.push('store');
  if (differs(receipts)) changed.push('receipts');
  if (differs(selling)) changed.push('selling');
  return changed;
}

export function missingOf(draft: Draft, before: Draft): Missing | null {
  const isNumber = (text: string) => /^\d+(\.\d+)?$/.test(plain(text));
  if (draft.name.trim() === '') return 'name';
  if (draft.timeZone.trim() === '') return 'zone';
  if (!isNumber(draft.cashier) || !isNumber(draft.supervisor)) return 'percent';
  const isAmount = (field: CashField) => isNumber(draft[field]) || (field !== 'paidOut' && plain(draft[field]) === '');
  if (!cashFields.every(isAmount)) return 'amount';
  if (!/^\d{0,4}$/.test(draft.noSales.trim())) return 'times';
  if (!draft.anyDay && !/^\d{1,4}$/.test(draft.days.trim())) return 'days';
  return changedIn(draft, before).length > 0 ? null : 'change';
}

/** Where a refusal can be mended: the engine says what it was given. */
export function fieldOf(refusal: Refusal, draft: Draft): { section: Section; field: Field | null } {
  switch (refusal.kind) {
    case 'name_missing':
      return { section: 'store', field: 'name' };
    case 'unknown_time_zone':
      return { section: 'store', field: 'zone' };
    case 'bad_discount':
      return { section: 'selling', field: refusal.text === `${plain(draft.cashier)}%` ? 'cashier' : 'supervisor' };
    case 'bad_amount':
      return { section: 'selling', field: cashFields.find((one) => plain(draft[one]) === refusal.text) ?? 'paidOut' };
    case 'bad_price_barcode':
      return { section: 'selling', field: `layout-${draft.layouts.findIndex((one) => one.trim() === refusal.text)}` };
    default:
      return { section: 'store', field: null };
  }
}

/** Lines to type, and always an empty one below them. */
export function open(lines: string[]): string[] {
  return lines.at(-1)?.trim() === '' ? lines : [...lines, ''];
}

/** A number as the engine reads it, whichever way it was typed. */
function plain(text: string): string {
  return text.replace(/[\s\u00a0]/g, '').replace(',', '.');
}

function filled(lines: string[], least: number): string[] {
  return [...lines, ...Array<string>(Math.max(0, least - lines.length)).fill('')];
}

function said(lines: string[]): string[] {
  return lines.map((line) => line.trim()).filter((line) => line !== '');
}
