import { likely } from '../catalog/missing';
import type { Language, ProductDraft, ProductTerms, Refusal, SkuDraft } from '../bindings';

/** Why a product cannot be saved yet. */
export type Missing = 'name' | 'sku' | 'price' | 'change';
/** A value that was refused: its field as a column of an import is called, and its SKU where it is one of a SKU. */
export type Fault = { field: string; at: number | null };

const ofSku = ['sku', 'unit', 'gtin', 'plu', 'net_weight', 'price', 'cost', 'charges'];

export function blankSku(): SkuDraft {
  return { code: '', unit: 'each', gtins: [], plus: [], net_weight: '', price: '', cost: '', charges: [] };
}

/** A product about which nothing is known: most are taxed as everything is. */
export function blankDraft(terms: ProductTerms | null): ProductDraft {
  return {
    name: { en: '', fr: '' },
    department: '',
    tax_category: terms?.tax_categories[0] ?? '',
    minimum_age: null,
    archived: false,
    open_price: false,
    drawing: 'box',
    cannabis_class: null,
    skus: [blankSku()],
  };
}

/** A product of which one thing is known: a code, or a name in the language of whoever looked for it. */
export function draftOf(text: string, terms: ProductTerms | null, language: Language): ProductDraft {
  const blank = blankDraft(terms);
  const found = likely(text);
  if ('name' in found) return { ...blank, name: { ...blank.name, [language]: found.name } };
  const sku = blankSku();
  if ('gtin' in found) sku.gtins = [found.gtin];
  else if ('plu' in found) sku.plus = [found.plu];
  else sku.code = found.sku;
  return { ...blank, skus: [sku] };
}

/** As it is typed: numbers with the decimal sign of the language, GTINs as long as they are printed. */
export function forHand(draft: ProductDraft, language: Language): ProductDraft {
  const written = (number: string) => (language === 'fr' ? number.replace('.', ',') : number);
  return {
    ...draft,
    skus: draft.skus.map((sku) => ({
      ...sku,
      gtins: sku.gtins.map(printed),
      net_weight: written(sku.net_weight),
      price: written(sku.price),
      cost: written(sku.cost),
    })),
  };
}

/** As the engine takes it: without what is empty. What is keyed at the counter has no price here. */
export function forEngine(draft: ProductDraft): ProductDraft {
  const codes = (list: string[]) => [...new Set(list.map((code) => code.trim()).filter((code) => code !== ''))];
  return {
    name: { en: draft.name.en.trim(), fr: draft.name.fr.trim() },
    department: draft.department,
    tax_category: draft.tax_category,
    minimum_age: draft.minimum_age,
    archived: draft.archived,
    open_price: draft.open_price,
    drawing: draft.drawing,
    cannabis_class: draft.cannabis_class,
    skus: draft.skus.map(({ code, unit, gtins, plus, net_weight, price, cost, charges }) => ({
      code: code.trim(),
      unit,
      gtins: codes(gtins),
      plus: codes(plus),
      net_weight: net_weight.trim().replace(',', '.'),
      price: draft.open_price ? '' : price.trim(),
      cost: cost.trim(),
      charges: codes(charges),
    })),
  };
}

/** Whether anything would be lost. */
export function isChanged(draft: ProductDraft, before: ProductDraft): boolean {
  return JSON.stringify(forEngine(draft)) !== JSON.stringify(forEngine(before));
}

export function missingOf(draft: ProductDraft, before: ProductDraft): Missing | null {
  if (draft.name.en.trim() === '') return 'name';
  if (draft.skus.some(({ code }) => code.trim() === '')) return 'sku';
  if (!draft.open_price && draft.skus.some(({ price }) => price.trim() === '')) return 'price';
  return isChanged(draft, before) ? null : 'change';
}

/** Where the value stands that a refusal is about; `at` stays where it is when several SKUs may be meant. */
export function faultOf(refusal: Refusal, draft: ProductDraft): Fault | null {
  if (refusal.kind === 'sku_exists') {
    const at = draft.skus.findLastIndex(({ code }) => code.trim() === refusal.sku);
    return { field: 'sku', at: at < 0 ? null : at };
  }
  if (refusal.kind !== 'bad_field') return null;
  const { sku: code, field, value } = refusal;
  if (!ofSku.includes(field)) return { field, at: null };
  const { skus } = forEngine(draft);
  const at = skus.findIndex((sku) => (code === null ? says(sku, field, value) : sku.code.trim() === code));
  return { field, at: at < 0 ? null : at };
}

/** Which of the codes is meant: the engine may tell it in full, with the zeros before it. */
export function isCode(code: string, told: string): boolean {
  const plain = code.trim().replace(/^0+/, '');
  return plain !== '' && plain === told.trim().replace(/^0+/, '');
}

/** Which of the deposits and fees is meant: the engine may tell its SKU alone, or all of them. */
export function isCharge(charge: string, told: string): boolean {
  const text = charge.trim();
  return text !== '' && (told.split(';').some((part) => part.trim() === text) || text.split('*')[0]?.trim() === told);
}

/** A GTIN of 14 digits as it stands below its bars: of 8, 12 or 13 digits, without the zeros before it. */
function printed(gtin: string): string {
  return /^\d{14}$/.test(gtin) ? gtin.replace(/^(0{6}|0{1,2})/, '') : gtin;
}

function says(sku: SkuDraft, field: string, value: string): boolean {
  if (field === 'gtin') return sku.gtins.some((code) => code === value || isCode(code, value));
  if (field === 'plu') return sku.plus.includes(value);
  if (field === 'charges') return sku.charges.some((charge) => isCharge(charge, value));
  const told: Record<string, string> = { sku: sku.code, price: sku.price, cost: sku.cost, net_weight: sku.net_weight };
  return told[field] === value.trim();
}
