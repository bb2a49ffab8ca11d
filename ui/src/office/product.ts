import type { Product } from './wire';

/** What of a product is changed here. */
export type Draft = Pick<Product, 'name_en' | 'name_fr' | 'department' | 'tax_category' | 'minimum_age' | 'archived'>;

export const draftOf = ({ name_en, name_fr, department, tax_category, minimum_age, archived }: Product): Draft => ({
  name_en,
  name_fr,
  department,
  tax_category,
  minimum_age,
  archived,
});

/** Only what is another than it was: what a till changes meanwhile is not written back. */
export function changesOf(product: Product, draft: Draft): Partial<Draft> {
  const was = draftOf(product);
  return Object.fromEntries(
    Object.entries(draft).filter(([field, value]) => value !== was[field as keyof Draft]),
  ) as Partial<Draft>;
}
