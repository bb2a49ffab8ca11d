import type { Lamp, Role } from '../bindings';
import type { IconName } from '../counter/icons';
import { devices } from '../devices/devices.svelte';
import { needsAHand } from '../devices/trouble';
import { office } from '../i18n/office';
import { orders } from '../i18n/orders';
import { journal } from '../journal/journal.svelte';
import { people } from '../operators/people.svelte';
import { products } from '../products/products.svelte';
import { reports } from '../reports/reports.svelte';
import { editing } from '../settings/editing.svelte';
import { till, type Screen } from '../till.svelte';

/** Where one can go from the rail: a line for each place. */
export type Place = {
  screen: Screen;
  icon: IconName;
  name: () => string;
  least: Role;
  go: () => void;
  mark?: () => Lamp | null;
  /** what is changed there is meant to stay: nobody goes there in a training */
  lasting?: true;
};

export const places: Place[] = [
  { screen: 'sell', icon: 'register', name: () => orders.t.rail.sell, least: 'cashier', go: () => till.toSell() },
  {
    screen: 'journal',
    icon: 'receipt',
    name: () => orders.t.rail.journal,
    least: 'cashier',
    go: () => journal.open(),
    mark: () => (till.link?.taken_back_twice ? 'attention' : null),
  },
  {
    screen: 'close',
    icon: 'shift',
    name: () => orders.t.rail.shift,
    least: 'cashier',
    go: () => till.toCount('close'),
  },
  {
    screen: 'catalogue',
    icon: 'tag',
    name: () => orders.t.rail.catalogue,
    least: 'manager',
    go: () => void products.open(),
    lasting: true,
    mark: () => (till.link?.undecided ? 'attention' : null),
  },
  {
    screen: 'reports',
    icon: 'chart',
    name: () => office.t.rail.reports,
    least: 'supervisor',
    go: () => reports.open(),
  },
  {
    screen: 'people',
    icon: 'person',
    name: () => orders.t.rail.people,
    least: 'manager',
    go: () => people.open(),
    lasting: true,
  },
  {
    screen: 'devices',
    icon: 'printer',
    name: () => office.t.rail.devices,
    least: 'cashier',
    go: () => devices.open(),
    mark: () => till.app?.devices.find(needsAHand)?.lamp ?? null,
  },
  {
    screen: 'settings',
    icon: 'settings',
    name: () => office.t.rail.settings,
    least: 'manager',
    go: () => editing.open(),
    lasting: true,
  },
];
