import type { Role } from '../bindings';
import type { IconName } from '../counter/icons';
import { orders } from '../i18n/orders';
import { journal } from '../journal/journal.svelte';
import { people } from '../operators/people.svelte';
import { products } from '../products/products.svelte';
import { till, type Screen } from '../till.svelte';

/** Where one can go from the rail: a line for each place. */
export type Place = { screen: Screen; icon: IconName; name: () => string; least: Role; go: () => void };

export const places: Place[] = [
  { screen: 'sell', icon: 'register', name: () => orders.t.rail.sell, least: 'cashier', go: () => till.toSell() },
  { screen: 'journal', icon: 'receipt', name: () => orders.t.rail.journal, least: 'cashier', go: () => journal.open() },
  { screen: 'close', icon: 'shift', name: () => orders.t.rail.shift, least: 'cashier', go: () => till.toClose() },
  {
    screen: 'catalogue',
    icon: 'tag',
    name: () => orders.t.rail.catalogue,
    least: 'manager',
    go: () => products.open(),
  },
  { screen: 'people', icon: 'person', name: () => orders.t.rail.people, least: 'manager', go: () => people.open() },
];
