import type {
  AgeProof,
  AppState,
  CardAttempt,
  Cart,
  CartLine,
  CountedPieces,
  Department,
  Hit,
  LinkLamp,
  Opened,
  Operator,
  Refusal,
  Report,
  ReturnDone,
  SaleDone,
  SetupState,
  Text,
  Tile,
  Unit,
  VoidReason,
  XReport,
} from './bindings';
import { keepLines } from './cart/lines';
import { toasts } from './counter/toast.svelte';
import type { Said } from './i18n/en';
import { words } from './i18n/words.svelte';
import { asRefusal, call, listen, onHeard, opened } from './lib/call';
import { latest } from './lib/latest';
import { settings } from './lib/settings.svelte';
import { sound } from './lib/sound';
import { moved, now, outcome, unsettled } from './payments/card';

export type Screen =
  | 'sell'
  | 'pay'
  | 'done'
  | 'close'
  | 'hand_over'
  | 'handed_over'
  | 'people'
  | 'return'
  | 'returned'
  | 'journal'
  | 'reports'
  | 'devices'
  | 'settings'
  | 'catalogue';
export type Sheet =
  | 'void_line'
  | 'void_cart'
  | 'reason'
  | 'approval'
  | 'note'
  | 'park'
  | 'parked'
  | 'open_name'
  | 'missing_add'
  | 'missing_goods'
  | 'age'
  | 'more'
  | 'x_report'
  | 'drawer'
  | 'drawer_reason'
  | 'drawer_approval'
  | 'hand_over'
  | 'card_void'
  | 'card_settle'
  | 'card_approval'
  | 'training'
  | 'training_approval'
  | 'training_end'
  | 'person_pin'
  | 'person_left'
  | 'person_unsaved'
  | 'return_weigh'
  | 'return_price'
  | 'return_paper'
  | 'return_approval'
  | 'exchange_approval'
  | 'void_sale'
  | 'gift_receipt'
  | 'journal_day'
  | 'report_day'
  | 'report_z'
  | 'device_address'
  | 'send_jobs'
  | 'settings_unsaved'
  | 'rules_day'
  | 'product_department'
  | 'product_drawing'
  | 'product_class'
  | 'product_unsaved'
  | 'product_decide'
  | 'import_column'
  | 'import_leave';
export type Tone = 'info' | 'attention' | 'stop' | 'ok';
/** what was just done, and how it is taken back where that is not the engine's own undo */
export type Done = { say: () => string; undo?: () => void };
/** goods whose price is keyed at the counter, and what they are called instead, if anything */
export type Open = { sku: string; name: Text; unit: Unit | null; called: string };
/** the price and the name that were keyed for goods */
export type Keyed = { price: string; name: string };
/** `missing`: a code that is not in the catalogue */
export type Notice = { tone: Tone; say: () => Said; code?: string; missing?: string };

/** Milliseconds of quiet after which shelves are fetched that others changed. */
const RESTOCK_AFTER = 200;

/** What the window knows of the till, and what it may ask of it. The engine decides; this remembers the answer. */
class Till {
  app = $state.raw<AppState | null>(null);
  operators = $state.raw<Operator[]>([]);
  departments = $state.raw<Department[]>([]);
  shelves = $state.raw<Record<string, Tile[]>>({});
  department = $state<string | null>(null);
  screen = $state<Screen>('sell');
  sheet = $state<Sheet | null>(null);
  /** what a note was asked to be about */
  noteFor = $state<'line' | 'cart'>('line');
  notice = $state.raw<Notice | null>(null);
  /** the sale on the done screen */
  sale = $state.raw<SaleDone | null>(null);
  /** what came back in exchange for it */
  back = $state.raw<ReturnDone | null>(null);
  /** cash that was given on this cart, of which a card is to pay the rest */
  cashGiven = $state<string | null>(null);
  report = $state.raw<Report | null>(null);
  /** the totals so far, on the sheet that shows them */
  x = $state.raw<XReport | null>(null);
  /** what is on the scale: the engine asked for its weight */
  weighing = $state.raw<{ sku: string; name: Text; keyed?: Keyed } | null>(null);
  /** what has an open price: the engine asked for it */
  keying = $state.raw<Open | null>(null);
  /** whether the store lets open goods be sold under a keyed name: it does until the engine refuses one */
  names = $state(true);
  /** the line the keys act on */
  chosen = $state<number | null>(null);
  recovered = $state(false);
  /** how it stands with head office and neighbours; nothing while this till takes part nowhere */
  link = $state.raw<LinkLamp | null>(null);
  /** payment was come back to by itself: a card payment is still open */
  cardBack = $state(false);
  busy = $state(false);
  /** what a scan may mean besides goods for the cart; each answers whether it did */
  readonly otherScans: Array<(code: string) => boolean> = [];
  /** said to a screen reader */
  spoken = $state('');
  spokenNow = $state('');

  cart = $derived(this.app?.cart ?? null);
  line = $derived(this.cart?.lines.find((line) => line.line === this.chosen && !line.voided) ?? null);
  live = $derived(this.cart?.lines.filter(isGoods).length ?? 0);
  /** the card attempt on the screen */
  card = $derived(this.app?.card ?? null);
  printer = $derived(this.app?.devices.find((device) => device.kind === 'printer') ?? null);
  terminal = $derived(this.app?.devices.find((device) => device.kind === 'terminal') ?? null);

  /** what has to be set up before anybody can sign in */
  setup = $state.raw<SetupState | null>(null);
  #entered: ((store: Opened) => void) | null = null;
  /** payment waits for the age to be checked */
  #paying = false;
  /** how often others changed which carts wait */
  cartsHeard = $state(0);
  /** the cart that stays here though another register took it, too */
  keptTwice = $state.raw<string | null>(null);
  /** the attempt that was pushed last */
  #pushed: number | null = null;
  #restocking: ReturnType<typeof setTimeout> | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  /** how many answers are still to come */
  #asked = 0;

  async start(): Promise<void> {
    const first = opened ? this.#open(opened) : await this.#first();
    words.choose(first.operator?.language ?? settings.language ?? first.store.languages[0] ?? 'en');
    this.recovered = first.recovered && first.cart.lines.length > 0;
    listen('devices', (devices) => this.#change({ devices }));
    listen('jobs', (jobs) => this.#change({ jobs }));
    listen('card', (told) => this.#hearCard(told));
    listen('scanned', ({ code }) => this.scan(code));
    listen('link', () => void this.lookAtLink());
    // somebody else changed goods or settings
    listen('goods', () => void this.#restock());
    listen('carts', () => void this.#lookAtCarts());
    onHeard(() => void this.#load());
    void this.lookAtLink();
    await this.stock();
  }
  /** Opens the store; one that is not there yet is set up first. */
  async #first(): Promise<AppState> {
    const setup = await this.#until(() => call('setup', {}));
    if (!setup) return this.#load();
    if (!settings.language) words.choose(navigator.language.startsWith('fr') ? 'fr' : 'en');
    words.zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    this.setup = setup;
    const entered = await new Promise<Opened>((enter) => (this.#entered = enter));
    this.setup = null;
    return this.#open(entered);
  }
  /** The store that was set up. */
  enter(store: Opened): void {
    this.#entered?.(store);
  }
  #load(): Promise<AppState> {
    return this.#until(async () => {
      const [state, operators] = await Promise.all([call('state', {}), call('operators', {})]);
      return this.#open({ state, operators });
    });
  }
  /** Asks until the engine answers: it may start a moment after its window. */
  async #until<T>(ask: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await ask();
      } catch (thrown) {
        if (!this.app) this.tell({ tone: 'stop', say: () => words.refusal(asRefusal(thrown)) });
        await new Promise((again) => setTimeout(again, 1000));
        this.notice = null;
      }
    }
  }
  #open({ state, operators }: Opened): AppState {
    this.operators = operators;
    this.#take(state);
    return state;
  }
  /** How it stands with head office and neighbours. */
  lookAtLink = latest(async () => {
    try {
      this.link = await call('link_lamp', {});
    } catch {
      // asked again with the next event
    }
  });
  /** Others parked carts, or took some in hand: perhaps the one on the ticket. */
  async #lookAtCarts(): Promise<void> {
    const before = this.cart;
    await this.#queue(
      async () => this.#change({ cart: (await call('state', {})).cart }),
      () => {},
    );
    if (before?.exchange && this.cart?.id === before.id && !this.cart.exchange) {
      const { receipt } = before.exchange;
      this.tell({ tone: 'attention', say: () => words.t.cart.cameBackElsewhere(receipt) });
    }
    this.cartsHeard += 1;
  }
  /** Fetches the shelves again when others have stopped changing them for a moment. */
  #restock(): void {
    clearTimeout(this.#restocking);
    this.#restocking = setTimeout(() => {
      void this.stock();
      void this.lookAtLink();
    }, RESTOCK_AFTER);
  }
  /** Fetches every shelf once, so that a department opens at once. */
  async stock(): Promise<void> {
    try {
      const favourites = await call('tiles', { department: null });
      this.shelves = { '': favourites };
      // The row shows the top of the tree; a department's tiles are those of all its parts.
      this.departments = (await call('departments', {})).filter(({ parent }) => parent === null);
      const rest = await Promise.all(
        this.departments.map(async ({ id }) => [id, await call('tiles', { department: id })] as const),
      );
      this.shelves = { '': favourites, ...Object.fromEntries(rest) };
    } catch {
      // shelves may need somebody signed in: they are fetched again then
    }
  }
  #take(app: AppState): void {
    this.#leaveCash(app.cart);
    this.app = { ...app, cart: keepLines(app.cart, this.cart) };
    toasts.show(null);
    words.currency = app.store.currency;
    words.zone = app.store.time_zone;
    this.chosen = chosenOf(app.cart);
    this.#backToCard();
    this.#backToReturn();
  }
  #change(part: Partial<AppState>): void {
    if (!this.app) return;
    if (part.cart) this.#leaveCash(part.cart);
    const app = { ...this.app, ...part };
    this.app = part.cart ? { ...app, cart: keepLines(part.cart, this.cart) } : app;
  }
  /** Cash is given on one cart, and not on the next. */
  #leaveCash(next: Cart): void {
    if (next.id !== this.cart?.id) this.cashGiven = null;
  }
  /** A training has begun, or is over: what was shown is of another till. */
  change(opened: Opened): void {
    this.#toSell();
    this.sale = null;
    this.back = null;
    this.report = null;
    this.x = null;
    this.keptTwice = null;
    this.recovered = false;
    this.#open(opened);
    if (!opened.state.operator && settings.language) words.choose(settings.language);
    void this.lookAtLink();
    void this.stock();
  }
  /** Takes what the engine answers about all of it. */
  takeState(app: AppState): void {
    this.#take(app);
  }
  takeJobs(jobs: AppState['jobs']): void {
    this.#change({ jobs });
  }
  /** Takes the engine's cart; `done` is offered back, for what came before can no longer be. */
  takeCart(cart: Cart, done?: Done, chosen = chosenOf(cart)): void {
    this.#change({ cart });
    this.chosen = chosen;
    this.recovered = false;
    const undo = done?.undo ?? (cart.can_undo ? () => this.undo() : null);
    toasts.show(done && undo ? { say: done.say, undo } : null);
    if (done) {
      this.spoken = `${done.say()}. ${words.t.cart.total} ${words.money(cart.total)}`;
      return;
    }
    const line = this.line;
    if (line) {
      const { quantity, name, amount } = line;
      this.spoken = words.t.cart.lineSaid(
        words.quantity(quantity),
        words.text(name),
        words.money(amount),
        words.money(cart.total),
      );
    }
  }

  /** Asks one thing at a time, in the order it was asked. Answers whether the engine did it. */
  ask(what: () => Promise<void>): Promise<boolean> {
    return this.#queue(what, (refusal) => this.refused(refusal));
  }
  /** As `ask`, but answers the refusal, for a sheet that says it itself. */
  async attempt(what: () => Promise<void>): Promise<Refusal | null> {
    let refused: Refusal | null = null;
    await this.#queue(what, (refusal) => (refused = refusal));
    return refused;
  }
  #queue(what: () => Promise<void>, refused: (refusal: Refusal) => void): Promise<boolean> {
    this.#asked += 1;
    const turn = this.#turn.then(async () => {
      try {
        await what();
        return true;
      } catch (thrown) {
        refused(asRefusal(thrown));
        return false;
      } finally {
        this.#asked -= 1;
      }
    });
    this.#turn = turn;
    return turn;
  }
  /** Calls once nothing is being asked: what a key means may hang on the answer. */
  answered(then: () => void): void {
    if (this.#asked === 0) then();
    else void this.#turn.then(() => this.answered(then));
  }
  refused(refusal: Refusal): void {
    if (refusal.kind === 'quantity_required') return this.#weigh(refusal);
    if (refusal.kind === 'price_required') return this.#key(refusal);
    sound('notFound');
    const told = [
      'empty_cart',
      'cart_not_empty',
      'cart_changed',
      'nothing_to_undo',
      'no_miscellaneous',
      'card_unsettled',
      'card_tendered',
      'card_exceeds_due',
      'terminal_busy',
      'taken_elsewhere',
      'unknown_sale',
      'training_receipt',
      'not_in_training',
      'training_already',
      'no_training',
      'sale_still_coming',
      'two_of_one_number',
      'nothing_to_return',
      'more_than_sold',
      'not_last_sale',
      'return_unfinished',
      'exchange_pending',
      'nothing_to_exchange',
    ].includes(refusal.kind);
    const code = 'code' in refusal ? refusal.code : undefined;
    this.tell({
      tone: told ? 'attention' : 'stop',
      say: () => words.refusal(refusal),
      ...(code ? { code } : {}),
      ...(refusal.kind === 'unknown_code' ? { missing: refusal.code } : {}),
    });
    if (refusal.kind === 'cart_changed' || refusal.kind === 'no_such_line') {
      void this.#queue(
        async () => this.#take(await call('state', {})),
        () => {},
      );
    }
  }
  /** Goods by weight go on the scale; the keypad waits for what it says. */
  #weigh({ sku, name }: { sku: string; name: Text }, keyed?: Keyed): void {
    this.weighing = keyed ? { sku, name, keyed } : { sku, name };
    this.keying = null;
    this.notice = null;
    this.spoken = Object.values(words.refusal({ kind: 'quantity_required', sku, name })).join(' ');
    sound('needsAnEye');
  }
  /** The price of open goods is keyed; what is known of them already stays. */
  #key({ sku, name, unit }: { sku: string; name: Text; unit?: Unit }): void {
    const shelved = Object.values(this.shelves)
      .flat()
      .find((tile) => tile.sku === sku);
    const called = this.keying?.sku === sku ? this.keying.called : '';
    this.keying = { sku, name, unit: unit ?? shelved?.unit ?? null, called };
    this.weighing = null;
    this.notice = null;
    this.spoken = Object.values(words.refusal({ kind: 'price_required', sku, name })).join(' ');
    sound('needsAnEye');
  }
  /** Nothing waits any longer for its price or its weight. */
  setAside(): void {
    this.weighing = null;
    this.keying = null;
  }
  tell(notice: Notice): void {
    this.notice = notice;
    const { fact, then } = notice.say();
    const text = `${fact} ${notice.code ?? ''} ${then}`;
    if (notice.tone === 'stop') this.spokenNow = text;
    else this.spoken = text;
  }

  scan(code: string): void {
    if (!this.app?.operator) {
      sound('notFound');
      this.tell({
        tone: 'info',
        say: () => ({ fact: words.t.signIn.scanIgnored, then: words.t.signIn.scanIgnoredHint }),
      });
      return;
    }
    if (this.otherScans.some((heard) => heard(code))) return;
    if (!this.app.shift) return this.refused({ kind: 'no_open_shift' });
    if (!this.toSell()) return;
    void this.ask(async () => {
      const cart = await call('scan', { code });
      this.takeCart(cart);
      sound(this.line?.minimum_age ? 'needsAnEye' : 'good');
    });
  }
  add(item: Tile | Hit | { sku: string }, quantity: string | null = null): Promise<boolean> {
    this.notice = null;
    this.setAside();
    if (quantity === null && 'unit' in item) {
      if (item.price === null) this.#key(item);
      else if (item.unit === 'kg') this.#weigh(item);
      if (this.keying || this.weighing) return Promise.resolve(false);
    }
    return this.ask(async () => this.takeCart(await call('add', { sku: item.sku, quantity })));
  }
  /** Adds goods at the price that was keyed for them; of goods by weight, that is asked for next. */
  addOpen({ sku }: { sku: string }, keyed: Keyed, quantity: string | null = null): Promise<boolean> {
    this.notice = null;
    return this.#queue(
      async () => {
        const cart = await call('add_open', { sku, quantity, ...keyed });
        this.setAside();
        this.takeCart(cart);
      },
      (refusal) => {
        if (refusal.kind === 'quantity_required') return this.#weigh(refusal, keyed);
        if (refusal.kind === 'no_miscellaneous') {
          this.names = false;
          if (this.keying) this.keying = { ...this.keying, called: '' };
        }
        this.refused(refusal);
      },
    );
  }
  setQuantity(line: number, quantity: string): Promise<boolean> {
    this.notice = null;
    const name = this.#nameOf(line);
    return this.ask(async () =>
      this.takeCart(await call('set_quantity', { line, quantity }), {
        say: () => words.t.toast.quantity(name(), words.quantity(quantity)),
      }),
    );
  }
  void(what: 'line' | 'cart', reason: VoidReason): Promise<boolean> {
    this.sheet = null;
    this.notice = null;
    const line = this.chosen;
    return this.ask(async () => {
      if (what === 'cart') this.takeCart(await call('void_cart', { reason }));
      else if (line !== null) {
        const name = this.#nameOf(line);
        this.takeCart(await call('void_line', { line, reason }), { say: () => words.t.toast.voided(name()) });
      }
    });
  }
  /** Takes the last change of this cart back. */
  undo(): void {
    this.notice = null;
    void this.ask(async () => {
      const cart = await call('undo', {});
      this.takeCart(cart);
      this.spoken = `${words.t.toast.undone} ${words.t.cart.total} ${words.money(cart.total)}`;
    });
  }
  #nameOf(line: number): () => string {
    const name = this.cart?.lines.find((one) => one.line === line)?.name;
    return () => (name ? words.text(name) : '');
  }
  /** Moves the choice among the lines that still count. */
  move(by: 1 | -1): void {
    const lines = this.cart?.lines.filter(isGoods) ?? [];
    const at = lines.findIndex((line) => line.line === this.chosen);
    const next = lines[at < 0 ? lines.length - 1 : Math.min(lines.length - 1, Math.max(0, at + by))];
    this.setAside();
    if (next) {
      this.chosen = next.line;
      this.spoken = words.t.cart.lineLabel(
        words.quantity(next.quantity),
        words.text(next.name),
        words.money(next.amount),
      );
    }
  }
  /** One more or one less of a counted line; one less than one is a void, which asks why. */
  step(by: 1 | -1): void {
    const line = this.line;
    if (!line || line.unit !== 'each') return;
    const next = Number(line.quantity) + by;
    if (next < 1) this.open('void_line');
    else void this.setQuantity(line.line, String(next));
  }

  open(sheet: Sheet): void {
    if (sheet === 'void_line' && !this.line) return;
    if (sheet === 'void_cart' && this.live === 0) return;
    if (sheet === 'park' && this.live === 0) return this.refused({ kind: 'empty_cart' });
    if (sheet === 'x_report') {
      void this.ask(async () => {
        this.x = await call('x_report', {});
        this.sheet = 'x_report';
      });
      return;
    }
    this.noteFor = 'line';
    this.sheet = sheet;
  }
  openCartNote(): void {
    this.open('note');
    this.noteFor = 'cart';
  }
  /** Back to the cart, unless a card payment is still open. Answers whether it went. */
  toSell(): boolean {
    if (unsettled(this.card)) {
      this.refused({ kind: 'card_unsettled' });
      return false;
    }
    if (this.card) this.leaveCard();
    this.#toSell();
    return true;
  }
  #toSell(): void {
    this.screen = 'sell';
    this.sheet = null;
    this.notice = null;
    this.setAside();
    if (this.report?.kind === 'z') this.report = null;
  }
  toPay(): void {
    const cart = this.cart;
    if (!cart || this.live === 0) return this.refused({ kind: 'empty_cart' });
    this.#toSell();
    const { age_to_check: age, allowance } = cart;
    if (allowance && allowance.over !== null) {
      const { used, limit, over: line } = allowance;
      return this.refused({ kind: 'over_possession_limit', used, limit, line });
    }
    if (age === null) this.screen = 'pay';
    else this.askAge(true);
  }
  /** Asks for the customer's age; `paying`, and goes on to payment. */
  askAge(paying = false): void {
    this.#paying = paying;
    this.sheet = 'age';
    sound('needsAnEye');
  }
  dropAge(): void {
    this.sheet = null;
    this.#paying = false;
  }
  checkAge(proof: AgeProof): Promise<boolean> {
    return this.ask(async () => {
      this.takeCart(await call('check_age', { proof }));
      this.spoken = words.t.age.checked;
      const paying = this.#paying;
      this.dropAge();
      if (paying) this.toPay();
    });
  }
  refuseAge(): Promise<boolean> {
    return this.ask(async () => {
      this.takeCart(await call('refuse_age', {}));
      this.spoken = words.t.age.refused;
      this.dropAge();
    });
  }
  /** To the drawer, to count it: its shift is closed then, or it is handed over. */
  toCount(screen: 'close' | 'hand_over'): void {
    if (!this.toSell()) return;
    if (this.live > 0) return this.tell({ tone: 'attention', say: () => words.t.shift.cartOpen });
    this.screen = screen;
  }

  async completeSale(cash: string): Promise<void> {
    const cart = this.cart;
    if (!cart || this.busy) return;
    this.busy = true;
    this.notice = null;
    await this.ask(async () => {
      const sale = await call('complete_sale', { cart: cart.id, total: cart.total, cash });
      await this.toDone(sale);
      const { tenders, total, change } = sale;
      this.spoken = tenders.some(({ type }) => type === 'cash')
        ? `${words.t.done.change} ${words.money(change)}`
        : `${words.t.done.paidByCard} ${words.money(total)}`;
    });
    this.busy = false;
    if (this.screen === 'done' && this.card) this.leaveCard();
  }
  /** Shows a sale that was completed, and what came back in exchange for it. */
  async toDone(sale: SaleDone, back: ReturnDone | null = null): Promise<void> {
    this.sale = sale;
    this.back = back;
    this.screen = 'done';
    this.#take(await call('state', {}));
  }

  /** Asks the terminal for something; what it pushed meanwhile is newer than the answer. */
  askCard(what: () => Promise<CardAttempt | null>): Promise<Refusal | null> {
    this.notice = null;
    return this.attempt(async () => {
      this.#pushed = null;
      const card = await what();
      if (card && this.#pushed !== card.attempt) this.#change({ card });
      this.#backToCard();
    });
  }
  /** Puts an attempt away that is over. */
  leaveCard(): void {
    void this.attempt(async () => this.#take(await call('leave_card', {})));
  }
  #hearCard({ card, cart }: { card: CardAttempt | null; cart: Cart }): void {
    const before = this.card;
    this.#pushed = card?.attempt ?? null;
    this.#change({ card, cart });
    this.#backToCard();
    if (!card) return;
    const same = before?.attempt === card.attempt && before.state === card.state;
    if (card.state === 'asking') {
      this.spoken = now(card, words.t);
      return;
    }
    if (same && before.working === card.working) return;
    this.notice = null;
    if (!unsettled(card)) {
      this.cardBack = false;
      if (this.sheet?.startsWith('card_')) this.sheet = null;
    }
    if (card.working) return;
    const { fact, then } = outcome(card, cart.rest, words.t, words.money) ?? { fact: '', then: '' };
    this.spokenNow = `${fact}. ${words.money(moved(card))}. ${then}`;
    sound(card.state === 'approved' ? 'approved' : unsettled(card) ? 'needsAnEye' : 'declined');
  }
  /** A card payment that is still open is settled before anything else. */
  #backToCard(): void {
    if (!unsettled(this.card) || !this.app?.operator || !this.app.shift || this.screen === 'pay') return;
    const refund = this.card.of_return;
    if (refund && this.screen === 'return') return;
    this.#toSell();
    this.screen = refund && !this.cart?.exchange ? 'return' : 'pay';
    this.cardBack = true;
    const { fact, then } = words.t.card[this.app.recovered ? 'recovered' : 'back'];
    this.spokenNow = `${fact} ${then}`;
  }
  /** A return that a card has its money for is completed before anything else; that of an exchange with its cart. */
  #backToReturn(): void {
    const { operator, shift, unfinished_return: open, cart } = this.app!;
    if (!open || !operator || !shift || cart.exchange || this.screen === 'return' || this.screen === 'pay') return;
    this.#toSell();
    this.screen = 'return';
  }
  printAgain(): void {
    const sale = this.screen === 'done' ? this.sale : (this.app?.last_sale ?? null);
    if (!sale) return this.tell({ tone: 'info', say: () => words.t.jobs.noSale });
    void this.ask(async () => {
      this.#change({ jobs: await call('print_again', { sale: sale.sale }) });
      this.tell({ tone: 'info', say: () => words.t.jobs.againSent });
    });
  }
  /** The X as it is now, or the last Z again. */
  printReport(): void {
    void this.ask(async () => {
      this.#change({ jobs: await call('print_report', {}) });
      this.tell({ tone: 'info', say: () => words.t.jobs.reportSent });
    });
  }
  settle(job: number, cameOut: boolean): void {
    void this.ask(async () => this.#change({ jobs: await call('settle_job', { job, came_out: cameOut }) }));
  }

  /** Signs in; the refusal is answered, for the screen that asked to say. */
  async signIn(operator: string, pin: string): Promise<Refusal | null> {
    try {
      this.arrive(await call('sign_in', { operator, pin }));
      return null;
    } catch (thrown) {
      sound('notFound');
      return asRefusal(thrown);
    }
  }
  /** Somebody is signed in now. */
  arrive(app: AppState): void {
    this.#toSell();
    this.#take(app);
    if (app.operator) words.choose(app.operator.language);
    if (app.training) this.spoken = words.t.training.signIn;
    this.names = true;
    // what the shelves show already can be sold; what changed comes when that is seen
    requestAnimationFrame(() => setTimeout(() => void this.stock()));
  }
  signOut(): void {
    void this.ask(async () => {
      const app = await call('sign_out', {});
      this.#toSell();
      this.#take(app);
      if (settings.language) words.choose(settings.language);
    });
  }
  openShift(float: string): Promise<boolean> {
    this.notice = null;
    return this.ask(async () => {
      const app = await call('open_shift', { float });
      this.#toSell();
      this.#take(app);
    });
  }
  closeShift(pieces: CountedPieces[], note: string): Promise<boolean> {
    this.notice = null;
    return this.ask(async () => {
      this.report = await call('close_shift', { pieces, note });
      this.#take(await call('state', {}));
    });
  }
  setLanguage(language: 'en' | 'fr'): void {
    words.choose(language);
    if (!this.app?.operator) settings.set({ language });
    else void this.ask(async () => this.#take(await call('set_language', { language })));
  }
}

/** Sold, and for itself: deposits and fees only go with it. */
function isGoods({ voided, of }: CartLine): boolean {
  return voided === null && of === null;
}

function chosenOf(cart: Cart): number | null {
  const live = cart.lines.filter(isGoods);
  return (live.find((line) => line.line === cart.selected) ?? live.at(-1))?.line ?? null;
}

export const till = new Till();
