// A stand-in engine for working on the window alone. It is served beside Vite and is never part of the build.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Plugin } from 'vite';
import type * as B from '../src/bindings.ts';

type Good = B.Tile & { gtin: string | null; department: string; favourite: boolean; taxed: boolean };
const g = (
  sku: string,
  en: string,
  fr: string,
  price: string,
  drawing: string,
  department: string,
  more: Partial<Good> = {},
): Good => ({
  sku,
  name: { en, fr },
  price,
  unit: 'each',
  minimum_age: null,
  drawing,
  pigment: department,
  gtin: null,
  department,
  favourite: false,
  taxed: false,
  ...more,
});
const kg = { unit: 'kg' as const };
const fav = { favourite: true };
const goods: Good[] = [
  g('BAK-1', 'Sourdough loaf', 'Pain au levain', '6.49', 'loaf', 'bakery', { ...fav, gtin: '0614141001415' }),
  g('BAK-2', 'Baguette', 'Baguette', '3.49', 'baguette', 'bakery', fav),
  g('BAK-3', 'Butter croissant', 'Croissant au beurre', '3.25', 'croissant', 'bakery', fav),
  g('BAK-4', 'Bran muffin', 'Muffin au son', '2.95', 'muffin', 'bakery', fav),
  g('PRO-1', 'Bananas', 'Bananes', '1.74', 'banana', 'produce', { ...fav, ...kg, gtin: '4011' }),
  g('PRO-2', 'Empire apples', 'Pommes Empire', '4.39', 'apple', 'produce', { ...fav, ...kg }),
  g('PRO-3', 'Vine tomatoes', 'Tomates en grappe', '6.59', 'tomato', 'produce', { ...fav, ...kg }),
  g('PRO-4', 'Carrots 2 lb', 'Carottes 2 lb', '2.99', 'carrot', 'produce'),
  g('DAI-1', 'Milk 2% 2 L', 'Lait 2\u00a0% 2\u00a0L', '5.49', 'milk', 'dairy', fav),
  g('DAI-2', 'Eggs, large 12', 'Œufs gros 12', '5.19', 'eggs', 'dairy', fav),
  g('DAI-3', 'Aged cheddar', 'Cheddar vieilli', '23.90', 'cheese', 'dairy', { ...fav, ...kg }),
  g('DAI-4', 'Salted butter 454 g', 'Beurre salé 454\u00a0g', '7.49', 'butter', 'dairy', fav),
  g('DAI-5', 'Plain yogurt 750 g', 'Yogourt nature 750\u00a0g', '4.99', 'yogurt', 'dairy'),
  g('GRO-1', 'Canal Roast coffee 340 g', 'Café Canal torréfié 340\u00a0g', '13.99', 'coffee-bag', 'grocery', {
    ...fav,
    gtin: '0628451000011',
  }),
  g('GRO-2', 'Maple syrup 540 mL', 'Sirop d’érable 540\u00a0mL', '14.95', 'can', 'grocery', fav),
  g('GRO-3', 'Green tea 20', 'Thé vert 20', '5.95', 'tea', 'grocery', fav),
  g('GRO-4', 'Wildflower honey', 'Miel de fleurs', '11.50', 'jar', 'grocery', fav),
  g('GRO-5', 'Penne 900 g', 'Penne 900\u00a0g', '3.79', 'pasta', 'grocery'),
  g('GRO-6', 'Dark chocolate 90 g', 'Chocolat noir 90\u00a0g', '4.95', 'chocolate', 'sweets', { ...fav, taxed: true }),
  g('SWE-1', 'Oatmeal cookie', 'Biscuit à l’avoine', '1.95', 'cookie', 'sweets', { taxed: true }),
  g('SWE-2', 'Vanilla cupcake', 'Petit gâteau vanille', '3.50', 'cupcake', 'sweets', { taxed: true }),
  g('DRI-1', 'Spring water 1 L', 'Eau de source 1\u00a0L', '2.25', 'water', 'drinks', { ...fav, taxed: true }),
  g('DRI-2', 'Orange juice', 'Jus d’orange', '4.25', 'juice', 'drinks', { ...fav, taxed: true }),
  g('DRI-3', 'Ginger soda 355 mL', 'Soda au gingembre 355\u00a0mL', '1.99', 'soda', 'drinks', { taxed: true }),
  g('DRI-4', 'Coffee, large', 'Grand café', '2.65', 'cup', 'drinks', { taxed: true }),
  g('BEE-1', 'Bytown Lager 6 × 355 mL', 'Bytown blonde 6 × 355\u00a0mL', '15.50', 'beer-pack', 'beer', {
    ...fav,
    taxed: true,
    minimum_age: 19,
  }),
  g('BEE-2', 'Dry cider 473 mL', 'Cidre sec 473\u00a0mL', '4.35', 'cider-can', 'beer', {
    ...fav,
    taxed: true,
    minimum_age: 19,
  }),
  g('BEE-3', 'House red 750 mL', 'Rouge maison 750\u00a0mL', '13.95', 'wine-bottle', 'beer', {
    taxed: true,
    minimum_age: 19,
  }),
  g('HOM-1', 'Canvas tote', 'Sac en toile', '12.00', 'bag', 'home', { ...fav, taxed: true }),
  g('HOM-2', 'Beeswax candle', 'Bougie en cire', '16.50', 'candle', 'home', { ...fav, taxed: true }),
  g('HOM-3', 'Oat soap', 'Savon à l’avoine', '5.25', 'soap', 'home', { taxed: true }),
  g('HOM-4', 'Daily paper', 'Journal du jour', '3.00', 'newspaper', 'home', { taxed: true }),
  g('HOM-5', 'Mixed flowers', 'Bouquet varié', '14.00', 'bouquet', 'home', { taxed: true }),
];
goods.forEach((good, i) => (good.gtin ??= `06141410${String(20000 + i)}`));

const d = (id: string, en: string, fr: string, se: string, sf: string): B.Department => ({
  id,
  name: { en, fr },
  short: { en: se, fr: sf },
  pigment: id,
});
const departments = [
  d('bakery', 'Bakery', 'Boulangerie', 'Bakery', 'Pains'),
  d('produce', 'Produce', 'Fruits et légumes', 'Produce', 'Fruits, légumes'),
  d('dairy', 'Dairy', 'Produits laitiers', 'Dairy', 'Laitiers'),
  d('grocery', 'Grocery', 'Épicerie', 'Grocery', 'Épicerie'),
  d('sweets', 'Sweets', 'Sucreries', 'Sweets', 'Sucreries'),
  d('drinks', 'Drinks', 'Boissons', 'Drinks', 'Boissons'),
  d('beer', 'Beer & cider', 'Bières et cidres', 'Beer & cider', 'Bières, cidres'),
  d('cannabis', 'Cannabis', 'Cannabis', 'Cannabis', 'Cannabis'),
  d('home', 'Home', 'Maison', 'Home', 'Maison'),
];
const o = (id: string, name: string, initials: string, role: B.Role, language: B.Language): B.Operator => ({
  id,
  name,
  initials,
  role,
  language,
});
const operators = [
  o('1', 'Maya', 'MD', 'cashier', 'en'),
  o('2', 'Étienne', 'ÉL', 'cashier', 'fr'),
  o('3', 'Priya', 'PS', 'cashier', 'en'),
  o('4', 'Joseph', 'JK', 'supervisor', 'en'),
  o('5', 'Amélie', 'AR', 'manager', 'fr'),
  o('6', 'Sam', 'SO', 'cashier', 'en'),
];

type Line = { line: number; good: Good; milli: number; voided: B.VoidReason | null };
const money = (cents: number): string =>
  `${cents < 0 ? '-' : ''}${Math.floor(Math.abs(cents) / 100)}.${String(Math.abs(cents) % 100).padStart(2, '0')}`;
const cents = (text: string): number => {
  const m = /^(\d+)(?:\.(\d{1,2}))?$/.exec(text);
  if (!m) refuse({ kind: 'bad_amount', text });
  return Number(m![1]) * 100 + Number((m![2] ?? '').padEnd(2, '0'));
};
const milli = (text: string): number => {
  const m = /^(\d+)(?:\.(\d{1,3}))?$/.exec(text);
  if (!m || Number(text) === 0) refuse({ kind: 'bad_quantity', text });
  return Number(m![1]) * 1000 + Number((m![2] ?? '').padEnd(3, '0'));
};
const refuse = (refusal: B.Refusal): never => {
  throw refusal;
};

const store: B.Store = {
  code: 'RDC',
  name: 'Rideau Corner',
  address: ['1 Canal Walk', 'Ottawa ON'],
  region: 'CA-ON',
  register: 2,
  currency: 'CAD',
  languages: ['en', 'fr'],
  tax_numbers: ['HST 000000000 RT0001'],
};
let operator: B.Operator | null = null;
let shift: (B.ShiftSummary & { float: number }) | null = null;
let cart: { id: string; lines: Line[]; selected: number | null } = { id: 'c1', lines: [], selected: null };
let sales: B.SaleDone[] = [];
let voids = { lines: 0, carts: 0 };
let numbers = { cart: 1, receipt: 4126, shift: 117, z: 117 };
let tries = 5;
let fault = 'none';
let kicks = 0;
let waiting: string[] = [];
let unknown: Array<{ job: number; receipt: string }> = [];
const slips: Array<{ png: string }> = [];
const open = new Set<ServerResponse>();
const push = (name: string, payload: unknown) =>
  open.forEach((to) => to.write(`event: ${name}\ndata: ${JSON.stringify(payload)}\n\n`));

const live = () => cart.lines.filter((line) => !line.voided);
const amountOf = (line: Line) => Math.round((cents(line.good.price) * line.milli) / 1000);
function cartNow(): B.Cart {
  const subtotal = live().reduce((sum, line) => sum + amountOf(line), 0);
  const taxable = live()
    .filter((line) => line.good.taxed)
    .reduce((sum, line) => sum + amountOf(line), 0);
  const tax = Math.round(taxable * 0.13);
  const total = subtotal + tax;
  const due = Math.round(total / 5) * 5;
  const quick = [due];
  for (const step of [100, 500, 1000, 2000, 5000, 10000]) {
    const up = Math.ceil(due / step) * step;
    if (!quick.includes(up)) quick.push(up);
  }
  return {
    id: cart.id,
    subtotal: money(subtotal),
    total: money(total),
    selected: cart.selected,
    lines: cart.lines.map((l) => ({
      line: l.line,
      sku: l.good.sku,
      name: l.good.name,
      quantity: String(l.milli / 1000),
      unit: l.good.unit,
      price: l.good.price,
      amount: l.voided ? '0.00' : money(amountOf(l)),
      tax_letters: l.good.taxed ? 'H' : '',
      minimum_age: l.good.minimum_age,
      voided: l.voided,
    })),
    taxes: taxable
      ? [
          {
            code: 'HST',
            letter: 'H',
            name: { en: 'HST', fr: 'TVH' },
            rate: '13',
            taxable: money(taxable),
            amount: money(tax),
          },
        ]
      : [],
    cash: { due: money(due), rounding: money(due - total), quick: quick.slice(0, 6).map(money) },
  };
}
const devices = (): B.Device[] => [
  {
    kind: 'printer',
    lamp: fault === 'none' ? 'ready' : fault === 'silent' ? 'offline' : fault === 'slow' ? 'busy' : 'attention',
    cause: fault === 'none' ? null : fault,
  },
  { kind: 'scanner', lamp: 'ready', cause: null },
];
const jobs = (): B.Jobs => ({ waiting: waiting.length, unknown });
const app = (): B.AppState => ({
  store,
  operator,
  shift,
  cart: cartNow(),
  recovered: false,
  devices: devices(),
  jobs: jobs(),
  last_sale: sales.at(-1) ?? null,
  demo: true,
});
const sim = () => ({
  slips,
  drawer_kicks: kicks,
  fault,
  goods: goods.slice(0, 16).map(({ gtin, name, drawing, pigment }) => ({ gtin, name, drawing, pigment })),
});
const quote = (tendered: string): B.CashQuote => {
  const { cash } = cartNow();
  const [given, due] = [cents(tendered), cents(cash.due)];
  return {
    tendered: money(given),
    due: cash.due,
    rounding: cash.rounding,
    still_due: money(Math.max(0, due - given)),
    change: money(Math.max(0, given - due)),
    enough: given >= due,
  };
};
function add(good: Good, quantity: string | null): B.Cart {
  if (!operator) refuse({ kind: 'not_signed_in' });
  if (!shift) refuse({ kind: 'no_open_shift' });
  if (good.unit === 'kg' && quantity === null) refuse({ kind: 'quantity_required', sku: good.sku, name: good.name });
  const amount = milli(quantity ?? '1');
  const same = good.unit === 'each' ? live().find((line) => line.good === good) : undefined;
  if (same) same.milli += amount;
  else cart.lines.push({ line: (cart.lines.at(-1)?.line ?? 0) + 1, good, milli: amount, voided: null });
  cart.selected = same?.line ?? cart.lines.at(-1)!.line;
  return cartNow();
}
const at = (line: number): Line =>
  cart.lines.find((l) => l.line === line && !l.voided) ?? refuse({ kind: 'no_such_line', line });
const fresh = () => (cart = { id: `c${++numbers.cart}`, lines: [], selected: null });
function print(receipt: string): void {
  if (fault === 'cut_off') unknown = [...unknown, { job: 390 + unknown.length, receipt }];
  else if (fault !== 'none' && fault !== 'slow') waiting.push(receipt);
  else
    setTimeout(() => {
      const sale = sales.find((s) => s.receipt === receipt);
      if (sale) sale.receipt_job = 'printed';
      if (sale) push('sale_printed', { sale: sale.sale, receipt_job: 'printed' });
      push('sim', null);
    }, 400);
}
const pad = (left: string, right: string) => left + ' '.repeat(Math.max(1, 42 - left.length - right.length)) + right;
const text = (t: string, more: Partial<B.PaperLine> = {}): B.PaperLine => ({
  kind: 'text',
  text: t,
  bold: false,
  double: false,
  align: 'left',
  ...more,
});
const rule: B.PaperLine = { kind: 'rule', text: '', bold: false, double: false, align: 'left' };
function sell(given: string): B.SaleDone {
  const now = cartNow();
  const q = quote(given);
  const receipt = `RDC2-1-${++numbers.receipt}`;
  let left = cents(q.change);
  const change_parts: B.ChangePart[] = [];
  for (const value of [10000, 5000, 2000, 1000, 500, 200, 100, 25, 10, 5]) {
    const count = Math.floor(left / value);
    if (count) change_parts.push({ value: money(value), kind: value >= 500 ? 'note' : 'coin', count });
    left -= count * value;
  }
  const state: B.JobState =
    fault === 'cut_off' ? 'unknown' : fault === 'none' || fault === 'slow' ? 'printing' : 'waiting';
  const sale: B.SaleDone = {
    sale: receipt,
    receipt,
    total: now.total,
    cash_due: q.due,
    tendered: q.tendered,
    rounding: q.rounding,
    change: q.change,
    change_parts,
    columns: 42,
    completed_at: new Date().toISOString(),
    receipt_job: state,
    drawer_job: state === 'printing' ? 'sent' : state,
    paper: [
      text('RIDEAU CORNER', { bold: true, double: true, align: 'center' }),
      text('1 Canal Walk, Ottawa ON', { align: 'center' }),
      text('HST 000000000 RT0001', { align: 'center' }),
      { ...rule, kind: 'blank' },
      text(pad(`Receipt ${receipt}`, new Date().toISOString().slice(0, 16).replace('T', ' '))),
      text(pad('Register 2', `Served by ${operator?.name ?? ''}`)),
      rule,
      ...now.lines
        .filter((l) => !l.voided)
        .map((l) =>
          text(
            pad(
              `${l.name.en.slice(0, 26)}${l.unit === 'kg' ? `  ${l.quantity} kg` : l.quantity === '1' ? '' : `  ${l.quantity} @ ${l.price}`}`,
              `${l.amount} ${l.tax_letters || ' '}`,
            ),
          ),
        ),
      rule,
      text(pad('Subtotal', `${now.subtotal}  `)),
      ...now.taxes.map((t) => text(pad(`HST 13% on ${t.taxable}`, `${t.amount}  `))),
      rule,
      text(`TOTAL${`$${now.total}`.padStart(15)}`, { bold: true, double: true }),
      rule,
      text(pad('Cash rounding', `${q.rounding}  `)),
      text(pad('Cash', `${q.tendered}  `)),
      text(pad('Change', `${q.change}  `)),
      { ...rule, kind: 'blank' },
      { ...rule, kind: 'barcode', text: receipt, align: 'center' },
      text('Thank you · Merci', { align: 'center' }),
    ],
  };
  sales.push(sale);
  kicks++;
  print(receipt);
  fresh();
  push('jobs', jobs());
  return sale;
}
function report(kind: 'x' | 'z', counted: number | null): B.Report {
  const total = sales.reduce((sum, s) => sum + cents(s.total), 0);
  const cash = sales.reduce((sum, s) => sum + cents(s.cash_due), 0);
  const expected = cash + shift!.float;
  return {
    kind,
    number: kind === 'z' ? ++numbers.z : null,
    shift: shift!.number,
    opened_at: shift!.opened_at,
    closed_at: kind === 'z' ? new Date().toISOString() : null,
    operator: operator!.name,
    sales: sales.length,
    voided_lines: voids.lines,
    voided_carts: voids.carts,
    subtotal: money(total),
    taxes: [{ code: 'HST', name: { en: 'HST', fr: 'TVH' }, amount: '0.00' }],
    total: money(total),
    rounding: money(cash - total),
    tenders: [{ tender: 'cash', count: sales.length, amount: money(cash) }],
    change: '0.00',
    float: money(shift!.float),
    expected: money(expected),
    counted: counted === null ? null : money(counted),
    over_short: counted === null ? null : money(counted - expected),
    first_receipt: sales[0]?.receipt ?? null,
    last_receipt: sales.at(-1)?.receipt ?? null,
  };
}

type Args = Record<string, any>;
const commands: Record<string, (a: Args) => unknown> = {
  state: app,
  operators: () => operators,
  sign_in: (a) => {
    if (a.pin !== '1111' && a.pin !== '2222') {
      tries -= 1;
      if (tries <= 0) {
        tries = 5;
        refuse({ kind: 'locked_out', until: new Date(Date.now() + 300_000).toISOString() });
      }
      refuse({ kind: 'wrong_pin', tries_left: tries });
    }
    tries = 5;
    operator = operators.find((one) => one.id === a.operator)!;
    return app();
  },
  sign_out: () => ((operator = null), app()),
  set_language: (a) => (operator && (operator = { ...operator, language: a.language as unknown as B.Language }), app()),
  open_shift: (a) => {
    shift = {
      id: 's',
      number: ++numbers.shift,
      opened_at: new Date().toISOString(),
      opened_by: operator!.name,
      float: cents(a.float!),
    };
    return app();
  },
  x_report: () => report('x', null),
  close_shift: (a) => {
    if (live().length) refuse({ kind: 'cart_not_empty' });
    const z = report('z', cents(a.counted!));
    [shift, sales, voids] = [null, [], { lines: 0, carts: 0 }];
    fresh();
    return z;
  },
  departments: () => departments,
  tiles: (a) => goods.filter((good) => (a.department ? good.department === a.department : good.favourite)),
  search: (a) => {
    const wanted = a.text!.toLowerCase();
    return goods
      .filter((good) => `${good.name.en} ${good.name.fr} ${good.sku} ${good.gtin}`.toLowerCase().includes(wanted))
      .slice(0, a.limit);
  },
  scan: (a) => add(goods.find((good) => good.gtin === a.code) ?? refuse({ kind: 'unknown_code', code: a.code! }), null),
  add: (a) =>
    add(
      goods.find((good) => good.sku === a.sku)!,
      (a.quantity as string | null) ?? null,
    ),
  set_quantity: (a) => {
    const line = at(a.line!);
    if (line.good.unit === 'each' && a.quantity!.includes('.'))
      refuse({ kind: 'whole_quantity_only', sku: line.good.sku });
    line.milli = milli(a.quantity!);
    cart.selected = line.line;
    return cartNow();
  },
  void_line: (a) => {
    at(a.line!).voided = a.reason as unknown as B.VoidReason;
    voids.lines++;
    cart.selected = live().at(-1)?.line ?? null;
    return cartNow();
  },
  void_cart: () => (voids.carts++, fresh(), cartNow()),
  cash_quote: (a) => quote(a.tendered!),
  complete_sale: (a) => {
    if (a.total !== cartNow().total) refuse({ kind: 'cart_changed' });
    if (!quote(a.cash!).enough) refuse({ kind: 'underpaid', due: cartNow().cash.due, tendered: a.cash! });
    return sell(a.cash!);
  },
  print_again: (a) => (print(a.sale!), push('jobs', jobs()), jobs()),
  settle_job: (a) => {
    const job = unknown.find((one) => one.job === a.job);
    unknown = unknown.filter((one) => one !== job);
    const sale = sales.find((s) => s.receipt === job?.receipt);
    if (sale) sale.receipt_job = 'printed';
    if (sale) push('sale_printed', { sale: sale.sale, receipt_job: a.came_out ? 'printed' : 'printing' });
    push('jobs', jobs());
    return jobs();
  },
  sim_state: sim,
  sim_scan: (a) => (push('scanned', { code: a.code }), sim()),
  sim_fault: (a) => {
    fault = a.fault!;
    if (fault === 'none') {
      const late = waiting;
      waiting = [];
      late.forEach(print);
    }
    push('devices', devices());
    push('jobs', jobs());
    push('sim', null);
    return sim();
  },
};

function serve(request: IncomingMessage, response: ServerResponse, next: () => void): void {
  const name = /^\/api\/(\w+)/.exec(request.url ?? '')?.[1];
  if (!name) return next();
  if (name === 'events') {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(': open\n\n');
    open.add(response);
    request.on('close', () => open.delete(response));
    return;
  }
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    let [status, answer]: [number, unknown] = [200, null];
    try {
      answer = commands[name]?.(JSON.parse(body || '{}') as Args);
    } catch (refusal) {
      [status, answer] = 'kind' in (refusal as object) ? [422, refusal] : [500, String(refusal)];
    }
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer));
  });
}

export const mockEngine = (): Plugin => ({
  name: 'stand-in-engine',
  configureServer: (server) => void server.middlewares.use(serve),
  configurePreviewServer: (server) => void server.middlewares.use(serve),
});
