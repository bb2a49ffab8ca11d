import type { Said } from './en';

/** English, for what was written apart and has to be decided: at a till, and at head office. */
export const apart = {
  waits: (count: number): Said => ({
    fact: count === 1 ? 'One field was written apart.' : `${count} fields were written apart.`,
    then: 'Say which value stands.',
  }),
  decide: 'Decide',
  title: 'Written apart',
  hint: 'Two places changed the same field before they heard of each other. Press the value that stands.',
  shown: 'shown now',
  register: (register: number) => `register ${register}`,
  headOffice: 'head office',
  elsewhere: 'another till',
  yes: 'Yes',
  no: 'No',
  kinds: {
    product: 'Product',
    prices: 'Prices',
    settings: 'Settings of the store',
    parked_cart: 'Parked cart',
    count_sheet: 'Count sheet',
    promotion: 'Promotion',
    customer: 'Customer',
    shelf: 'Shelf',
  } as Record<string, string>,
  fields: {
    'prices.price': 'Price',
    'prices.cost': 'Cost',
    'product.name.en': 'English name',
    'product.name.fr': 'French name',
    'product.product.department': 'Department',
    'product.product.tax_category': 'Tax category',
    'product.product.minimum_age': 'Minimum age',
    'product.product.drawing': 'Drawing',
    'product.product.cannabis': 'Cannabis class',
    'product.product.archived': 'Archived',
    'product.product.open_price': 'Open price',
    'product.sku': 'Sold by',
    'product.gtin': 'SKU of a GTIN',
    'product.plu': 'SKU of a PLU',
    'product.net': 'Net content, mg',
    'count_sheet.counted': 'Counted',
    'shelf.place': 'Place',
    'shelf.facings': 'Facings',
  } as Record<string, string>,
};
export type ApartMessages = typeof apart;
