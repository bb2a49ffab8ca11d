/** What head office answers. Amounts are minor units, quantities thousandths, times milliseconds since 1970 UTC. */
export type Page<T> = { items: T[]; next: string | null };
export type Role = 'owner' | 'manager' | 'clerk';

export type Me = {
  tenant: string;
  company: string;
  person: string;
  sign_in: string;
  name: string;
  role: Role;
  scopes: string[];
  keeps_people: boolean;
  one_time: boolean;
};

export type Listed = {
  person: string;
  sign_in: string;
  name: string;
  role: Role;
  one_time: boolean;
  sessions: number;
  seen_at: number | null;
  wait_until: number | null;
};
export type Given = { password: string; sign_in?: string; name?: string };

/** A sale or a return as it came in. */
export type Told = {
  position: number;
  id: string;
  store: string;
  register: number;
  receipt: string;
  completed_at: number;
  currency: string;
  /** below nothing for a return */
  total: number;
  is_return: boolean;
  /** how it was paid: `cash`, `card`, …, each once */
  tenders: string[];
};

/** A till, as head office knows of it. */
export type Device = {
  device: string;
  store: string | null;
  register: number | null;
  /** a key that its register had before */
  former: boolean;
  enrolled_at: number;
  revoked_at: number | null;
  online: boolean;
  last_contact: number | null;
  /** its clock minus head office's, milliseconds */
  clock_skew: number | null;
  /** entries that it had when it last called and that are not here; null if it never called */
  waiting: number | null;
  /** when the oldest of them was written, by its clock */
  oldest_waiting: number | null;
  /** when an epoch of it last turned out to have two histories */
  forked_at: number | null;
  /** entries of the company's log that it has not read yet */
  unread: number | null;
};
export type SoldToday = { day: string; sales: number; total: number; returns: number; returned: number };
/** A store, and how it stands. */
export type Store = {
  store: string;
  name: string;
  time_zone: string | null;
  currency: string | null;
  today: SoldToday;
  devices: Device[];
};
/** What the stores of one currency sold in an hour of today, by each one's own clock. */
export type Hour = { currency: string; hour: number; total: number };

export type Sku = { sku: string; unit: string; gtins: string; price: number | null };
export type Product = {
  product: string;
  name_en: string;
  name_fr: string;
  department: string;
  tax_category: string;
  minimum_age: number | null;
  archived: boolean;
  open_price: boolean;
  skus: Sku[];
};
export type Department = { id: string; parent: string | null; name_en: string; name_fr: string };
/** What a product can be given. */
export type Terms = { departments: Department[]; tax_categories: string[]; currency: string };

export type OnHand = { store: string; sku: string; on_hand: number; sold: number; name_en?: string; name_fr?: string };
export type Day = {
  day: string;
  store: string;
  currency: string;
  sales: number;
  total: number;
  returns: number;
  returned: number;
};

export type WholeSale = {
  receipt: string;
  subtotal: number;
  total: number;
  rounding: number;
  change: number;
  lines: Array<{
    line: number;
    sku: string;
    name_en: string;
    quantity: number;
    price: number;
    amount: number;
    voided: boolean;
  }>;
  taxes: Array<{ code: string; percent: string; taxable: number; amount: number }>;
  tenders: Array<{ kind: string; amount: number; number: string | null }>;
  returns: Back[];
  /** how much more came back than was sold, before tax */
  too_much: number;
};
/** A return of goods of a sale. */
export type Back = { id: string; store: string; receipt: string; completed_at: number; total: number };
/** A sale of which more came back than was sold. */
export type TakenBackTwice = {
  id: string;
  store: string;
  receipt: string;
  completed_at: number;
  currency: string;
  too_much: number;
  returns: Back[];
};

/** One of the values that a field was given apart. */
export type WrittenApart = {
  value: string | number | boolean;
  store: string | null;
  register: number | null;
  head_office: boolean;
};
/** A field that somebody has to decide; the value that is shown stands first. */
export type Undecided = {
  document: string;
  kind: string;
  map: string;
  key: string;
  store: string | null;
  sku: string | null;
  name_en: string | null;
  name_fr: string | null;
  values: WrittenApart[];
};

/** What somebody did, as it was written down. */
export type Deed = {
  id: number;
  at: number;
  who_kind: string;
  who: string;
  what: string;
  subject: string;
  details: Record<string, unknown> | null;
};

/** A field of a document that something in quarantine would have set. */
export type SetField = { document: string; map: string; key: string; value: string | number | boolean | null };
/** What was put aside. */
export type Aside = {
  id: string;
  kind: 'entry' | 'change';
  device: string;
  store: string | null;
  register: number | null;
  seq: string;
  hash: string;
  reason: { kind: string; words: string };
  came_from: string;
  came_at: number | null;
  length: number;
  document: string | null;
  document_kind: string | null;
  state: 'open' | 'taken' | 'rewritten' | 'discarded';
  settled_at: number | null;
  settled_by: string | null;
  settled_why: string | null;
};
export type WholeAside = Aside & {
  entry: { store: string; wall: number; kind: string; fact: string | null } | null;
  sets: SetField[];
};
