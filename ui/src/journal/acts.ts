import type { SaleView } from '../bindings';
import { gift } from '../returns/gift.svelte';
import { reprint } from '../returns/reprint';
import { returns } from '../returns/returns.svelte';
import { voiding } from '../returns/voiding.svelte';
import { stateOf } from '../returns/wanted';
import { journal } from './journal.svelte';

/** What can be done with a sale or a return, by its key. */
export const acts = {
  again: 'F4',
  gift: 'F7',
  return: 'F9',
  void: 'Delete',
} as const;
export type Act = keyof typeof acts;

/** Whether it can be done with this one. */
export function may(what: Act, view: SaleView): boolean {
  switch (what) {
    case 'again':
      return true;
    case 'gift':
      return view.kind === 'sale';
    case 'return':
      return view.kind === 'sale' && view.lines.some((line) => stateOf(line) === 'open');
    case 'void':
      return view.may_void;
  }
}

export function carryOut(what: Act, view: SaleView): void {
  if (!may(what, view)) return;
  if (what === 'again') void reprint(view.id).then(() => journal.again());
  else if (what === 'gift') void gift.begin(view.id);
  else if (what === 'return') void returns.open(view.id);
  else void voiding.begin(view.id);
}

/** Does what a key means; answers whether it meant anything here. */
export function act(key: string, view: SaleView): boolean {
  const what = (Object.keys(acts) as Act[]).find((one) => acts[one] === key);
  if (what) carryOut(what, view);
  return what !== undefined;
}
