import type { OperatorRow } from '../bindings';

/** What is told of an operator, in this order: what was sold, then where theft leaves its signs. */
export const signs = [
  'count',
  'net',
  'voided_lines',
  'voided_carts',
  'voided',
  'voided_sales',
  'reduced_lines',
  'reduced',
  'no_sales',
  'paid_out',
  'returns',
  'returned',
  'reprints',
  'age_refusals',
  'over_short',
  'trainings',
  'trainings_approved',
  'practised',
] as const satisfies ReadonlyArray<keyof OperatorRow>;
export type Sign = (typeof signs)[number];
