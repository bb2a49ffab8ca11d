import type { Refusal } from '../bindings';

const kinds: Array<Refusal['kind']> = [
  'wrong_pin',
  'locked_out',
  'bad_pin',
  'not_allowed',
  'unknown_operator',
  'approval_required',
  'fault',
];

/** Whether the approval sheet says it by itself: anything else means that there is nothing left to approve. */
export const aboutApprover = (refusal: Refusal): boolean => kinds.includes(refusal.kind);
