import type {
  CardProgress,
  CashMove,
  Goods,
  Language,
  Piece,
  PriceReason,
  Refusal,
  RejectReason,
  Role,
  StoredAt,
  TakenTwice,
  VoidReason,
} from '../bindings';
import type { DrawerState } from '../devices/trouble';

/** A fact in bold, then what goes on or what to do. */
export type Said = { fact: string; then: string };

const roles: Record<Role, string> = { cashier: 'Cashier', supervisor: 'Supervisor', manager: 'Manager' };
const reasons: Record<VoidReason, string> = {
  customer_changed_mind: 'Customer changed their mind',
  wrong_item: 'Wrong item',
  wrong_quantity: 'Wrong quantity',
  damaged: 'Damaged',
  other: 'Other reason',
  undone: 'Undone',
  age_refused: 'Age not shown',
};
const priceReasons: Record<PriceReason, string> = {
  shelf_price: 'Price on the shelf',
  price_match: 'Price match',
  damaged: 'Damaged',
  courtesy: 'Courtesy',
  staff: 'Staff',
  other: 'Other reason',
  label: 'Price on the label',
};
/** What head office says; of a newer one its own words are shown. */
const officeRefuses: Record<string, string> = {
  code_unknown: 'There is no such code. Check it letter by letter.',
  code_expired: 'The code has expired. Ask for another one.',
  code_used: 'The code was used already. Ask for another one.',
  too_many_tries: 'Too many wrong codes. Try again in ten minutes.',
  other_tenant: 'The code is for another company than this till’s.',
  other_store: 'The code is for another store than this till’s.',
  register_taken: 'Another device of the store has this till’s register number.',
  other_secret: 'The store’s other tills have other PINs. Make this register with a code instead.',
  store_empty: 'Nobody of this store takes part yet. Begin with the till that sells already.',
  revoked: 'This device was revoked. Ask head office.',
};
const approver: Record<Role, string> = { cashier: 'cashier', supervisor: 'supervisor', manager: 'manager' };

/** English. Its shape is the shape every language must fill. */
export const en = {
  languageName: 'English',
  language: 'Language',
  strip: {
    label: 'Status',
    link: { ready: 'Online', busy: 'Online', offline: 'Offline' },
    clockOffHere: (there: string) =>
      `The clocks differ: the store’s other registers say ${there}. Set the one that is wrong.`,
    clockOff: (there: string) => `The clocks differ: head office says ${there}. Set this computer’s clock.`,
    linkIs: { busy: 'catching up', ready: 'up to date', offline: 'neighbours only' },
    register: (number: number) => `Register ${number}`,
    switch: 'Lock, or let somebody else sign in',
    shiftSince: (time: string) => `Shift since ${time}`,
    noShift: 'No open shift',
    printer: 'Printer',
    scanner: 'Scanner',
    terminal: 'Terminal',
    waiting: (count: number) => `${count} waiting`,
    lastSale: 'Last sale',
    lastSaleStored: (receipt: string, time: string, { neighbour, head_office }: StoredAt) =>
      `Last sale ${receipt}, stored on this disk at ${time}` +
      (neighbour ? ', on another till' : '') +
      (head_office ? ', at head office' : ''),
    demo: 'DEMO',
  },
  training: {
    word: 'TRAINING',
    end: 'End training',
    signIn: 'Training: nothing is really sold.',
    key: 'Training',
    drawer: 'The drawer stays shut in a training',
    kept: 'Practised: thrown away when the training ends.',
    title: 'Begin training',
    hint: 'Practise at this register as it is, until the training is ended.',
    is: [
      'Goods, prices, rules, printer and scanner are the real ones.',
      'No sale is made: stock, reports and receipt numbers stay as they are.',
      'No card is charged, and the drawer stays shut.',
      'All that is practised is thrown away at the end.',
    ] as readonly string[],
    noted: 'Who begins it and who approves it is written in the journal and stands in the reports.',
    begin: 'Begin training',
    began: { fact: 'Training.', then: 'Nothing is really sold until it is ended.' } as Said,
    asks: (name: string) => `${name} asks to begin a training and stays signed in.`,
    thisTime: 'For this training only. Who approves is written in the journal.',
    what: 'At this register',
    endTitle: 'End this training?',
    endHint: 'What was practised is thrown away, and the register sells for real again. Whoever works next signs in.',
    stay: 'Go on practising',
    over: 'The training is over.',
    thrownAway: (sales: number) =>
      sales === 0
        ? 'No practice sale was made.'
        : sales === 1
          ? '1 practice sale was thrown away.'
          : `${sales} practice sales were thrown away.`,
  },
  lamps: {
    ready: 'ready',
    attention: 'needs a hand',
    stopped: 'stopped',
    offline: 'not connected',
    busy: 'busy',
    unknown: 'not known',
  },
  causes: {
    paper_out: 'paper out',
    paper_low: 'paper low',
    cover_open: 'cover open',
    cutter_jammed: 'cutter jammed',
    offline: 'offline',
    failed: 'out of order',
    disconnected: 'not connected',
    silent: 'no answer',
    stalled: 'stopped midway',
    busy: 'busy',
    cannot_be_read: 'not known',
    not_configured: 'not set up',
  },
  roles,
  signIn: {
    title: 'Who is at the counter?',
    noShift: (day: string) => `No shift is open. ${day}.`,
    shiftOpen: (time: string, day: string) => `Shift open since ${time}. ${day}.`,
    operators: 'Operators',
    inShift: 'In shift',
    choose: 'Choose your name',
    chooseHint: 'then enter your PIN',
    enterPin: 'Enter your PIN',
    notYou: 'Not you?',
    pin: (name: string) => `PIN of ${name}`,
    digits: (count: number) => (count === 1 ? '1 digit' : `${count} digits`),
    signIn: 'Sign in',
    wrong: 'Wrong PIN.',
    triesLeft: (count: number) => (count === 1 ? '1 try left.' : `${count} tries left.`),
    locked: (time: string) => `Locked until ${time}.`,
    lockedHint: 'Another operator can sign in.',
    rule: 'Wrong PINs lock a name for a while.',
    scanIgnored: 'Scan not used.',
    scanIgnoredHint: 'Sign in first.',
  },
  search: {
    label: 'Search',
    placeholder: 'Scan, or search name, SKU, GTIN or PLU',
    results: (count: number) => (count === 1 ? '1 result' : `${count} results`),
    none: 'Not in the catalogue',
    noneHint: 'Check the spelling, or scan it.',
    choose: 'Up and Down choose, Enter adds, Esc closes',
  },
  missing: {
    ask: 'Ask a manager to add it',
    add: 'Add it to the catalogue',
    sell: 'Sell as miscellaneous',
    title: 'Who adds it?',
    hint: 'A manager signs in. The cart stays as it is.',
    read: 'Not in the catalogue',
    then: 'It is added with its name, its price and its tax, and can be scanned then.',
    who: 'Who adds it',
    choose: 'Choose a manager',
    leave: 'Back to the cart',
    goods: 'Sell it as what?',
  },
  departments: { label: 'Departments', favourites: 'Favourites', first: 'First departments', last: 'More departments' },
  goods: { label: 'Goods', empty: 'Nothing here yet. Scan or search.', inCart: (count: string) => `${count} in cart` },
  perKg: '/kg',
  openPrice: 'open price',
  ageTag: (years: number) => `${years}+`,
  pad: {
    label: 'Keypad',
    open: 'Keypad',
    goods: 'Goods',
    quantity: 'Qty',
    quantityOf: (name: string) => `Quantity of ${name}`,
    modes: 'What the keypad changes',
    price: 'Price',
    discount: 'Discount',
    priceOf: (name: string) => `Price of ${name}`,
    priceOfKg: (name: string) => `Price of 1\u00a0kg, ${name}`,
    discountOf: (name: string) => `Off ${name}`,
    discountNow: (name: string, discount: string) => `Off ${name}, now ${discount}`,
    ofCart: 'the whole cart',
    target: 'What the discount is taken off',
    line: 'This line',
    cart: 'Whole cart',
    unit: 'Per cent or amount',
    quick: 'Quick discounts',
    takeAway: 'Remove discount',
    listPrice: 'Usual price',
    openName: 'Name',
    note: 'Note',
    park: 'Park cart',
    weight: 'Weight',
    weightOf: (name: string) => `Weight of ${name}, kg`,
    kg: 'kg',
    noLine: 'No line chosen',
    enter: 'Enter',
    cancel: 'Cancel',
    back: 'Delete digit',
    decimal: '.',
    point: 'Decimal point',
    voidLine: 'Void line',
    voidCart: 'Void cart',
    xReport: 'X report',
    closeShift: 'Close shift',
    more: 'More',
  },
  caps: { del: 'Del', ctrl: 'Ctrl', esc: 'Esc', enter: 'Enter', up: 'Up', down: 'Down' },
  cart: {
    title: 'Cart',
    lines: (count: number) => (count === 1 ? '1 line' : `${count} lines`),
    empty: 'Scan the first item',
    emptyHint: 'or choose it from the goods, or search with F2',
    cameBackElsewhere: (receipt: string): Said => ({
      fact: `Another register took back goods of ${receipt}.`,
      then: 'They pay for nothing in this cart any more.',
    }),
    subtotal: 'Subtotal',
    charges: 'Deposits and fees',
    total: 'Total',
    taxOn: (name: string, rate: string, base: string) => `${name} ${rate} on ${base}`,
    tax: (name: string, rate: string) => `${name} ${rate}`,
    voided: (reason: string) => `voided: ${reason.toLowerCase()}`,
    pay: 'Pay',
    nothingToPay: 'Nothing to pay yet',
    wasAmount: (amount: string) => `instead of ${amount}`,
    waits: (what: string) => `${what}: approval needed`,
    discounted: (discount: string, reason: string) => `Cart ${discount}, ${reason.toLowerCase()}`,
    editNote: 'Note on the cart',
    parked: 'Parked',
    resumeHint: (count: number) =>
      count === 1 ? 'or resume the parked cart' : `or resume one of ${count} parked carts`,
    lineSaid: (quantity: string, name: string, amount: string, total: string) =>
      `${quantity} ${name}, ${amount}. Total ${total}.`,
    lineLabel: (quantity: string, name: string, amount: string) => `${quantity} ${name}, ${amount}`,
    recovered: {
      fact: 'The cart came back.',
      then: 'The program stopped unexpectedly; nothing was lost.',
    } satisfies Said,
    dismiss: 'Dismiss',
    weighed: 'weighed',
    takenTwice: ({ register, first }: TakenTwice): Said => ({
      fact: `This cart was also resumed at register ${register}.`,
      then: first ? 'It was taken here first: void it there.' : 'It was taken there first: void it here.',
    }),
    keepHere: 'Keep here',
    voidHere: 'Void here',
  },
  unknownCode: { title: 'Not in the catalogue.', read: 'Read' },
  age: {
    title: (years: number) => `Is the customer ${years} or older?`,
    hint: 'Asked once for this cart. The answer is kept with your name.',
    goods: 'Asks for an age',
    bornBy: 'Born on this day or before',
    answers: {
      looks_older: (under: number, _age: number) => `Looks ${under} or older`,
      document: (_under: number, age: number) => `Document shown: ${age} or older`,
      refuse: (_under: number, _age: number) => 'Do not sell it: take these lines out',
    },
    toCheck: (years: number) => ({ fact: `Age to check: ${years}+.`, then: 'It is asked before payment.' }),
    check: 'Check age',
    notChecked: 'not checked',
    checked: 'Age checked.',
    refused: 'Taken out: age not shown.',
  },
  possession: {
    label: 'Cannabis',
    of: (limit: string) => `of ${limit}`,
    fits: (left: string) => `${left} still fits`,
    over: (name: string) => `Take out: ${name}`,
    tooMuch: 'Past the limit',
  },
  voids: {
    line: 'Void this line?',
    cart: 'Void the whole cart?',
    why: 'Why? The reason is kept with your name.',
    reasons,
    gone: (lines: string, total: string) => `${lines}, ${total}`,
    close: 'Close',
  },
  change: {
    reasons: priceReasons,
    why: 'Why? The reason is kept with your name.',
    price: 'Change the price?',
    discount: 'Give a discount?',
    cart: 'Whole cart',
    row: { price: 'Price', discount: 'Discount', reason: 'Reason', line: 'Line', total: 'Total' },
    /** what is taken off, and its share of the price */
    off: (amount: string, percent: string | null) => (percent === null ? amount : `${amount} (${percent}%)`),
    none: 'none',
    becomes: 'becomes',
    each: (quantity: string, sku: string) => `${quantity} × SKU ${sku}`,
  },
  approve: {
    title: (role: Role) => `A ${approver[role]}’s approval`,
    asksPrice: (name: string) => `${name} asks for another price and stays signed in.`,
    asksDiscount: (name: string) => `${name} asks for a discount and stays signed in.`,
    asksNoDiscount: (name: string) => `${name} asks to remove a discount and stays signed in.`,
    request: 'Request',
    who: 'Who approves',
    choose: 'Choose who approves',
    onlyLine: 'For this line only. Who approves is written in the journal.',
    onlyCart: 'For this cart only. Who approves is written in the journal.',
    approve: 'Approve',
    refuse: 'Refuse',
    nobody: (role: Role) => `Nobody here is a ${approver[role]}.`,
    nobodyHint: 'Close this and go on without it.',
    tooLow: (role: Role): Said => ({ fact: 'Not enough.', then: `This needs a ${approver[role]}.` }),
    asking: 'Checking the PIN',
  },
  note: {
    title: 'Write a note',
    hint: 'Seen on the ticket by whoever works here.',
    label: 'Note',
    target: 'What the note is about',
    line: 'This line',
    cart: 'Whole cart',
    left: (count: number) => (count === 1 ? '1 character left' : `${count} characters left`),
    quick: ['Gift', 'Picked up later', 'Keep cold'] as readonly string[],
    quickLabel: 'Quick notes',
    save: 'Keep note',
    remove: 'Remove note',
  },
  openName: {
    title: 'What is it called?',
    hint: 'On the cart and on the receipt.',
    label: 'Name',
    usual: (name: string) => `Just “${name}”`,
    keep: 'Keep name',
  },
  park: {
    title: 'Park this cart?',
    hint: 'It waits under the name you give it, at every register of the store.',
    label: 'Name',
    suggested: 'Suggested names',
    name: (number: number) => `Cart ${number}`,
    park: 'Park',
  },
  parked: {
    title: 'Parked carts',
    hint: 'Press a cart to go on with it.',
    none: 'No cart is parked.',
    noneHint: 'F6 parks the cart on the ticket.',
    by: (name: string, time: string) => `${name}, ${time}`,
    register: (register: number) => `register ${register}`,
    resume: 'Resume',
    first: {
      fact: 'The cart on the ticket still has lines.',
      then: 'Park it first, then go on with this one.',
    } as Said,
    parkFirst: (name: string) => `Park as “${name}”`,
  },
  toast: {
    undo: 'Undo',
    quantity: (name: string, quantity: string) => `${name}: quantity ${quantity}`,
    price: (name: string, price: string) => `${name}: price ${price}`,
    discount: (name: string, discount: string) => `${name}: ${discount}`,
    noDiscount: (name: string) => `${name}: discount removed`,
    cart: 'Whole cart',
    voided: (name: string) => `${name}: line voided`,
    parked: (name: string) => `Cart parked as “${name}”`,
    undone: 'Undone.',
    resumed: (lines: string, total: string) => `Cart resumed, ${lines}. Total ${total}.`,
  },
  pay: {
    title: 'Pay',
    due: 'Cash due',
    rounded: 'rounded to 5¢',
    notRounded: 'not rounded',
    stillDue: 'Still due',
    byCard: 'by card',
    tenders: 'Means of payment',
    card: 'Card',
    noTerminal: 'no terminal set up',
    askCard: 'Ask the card for',
    allDue: 'all that is due',
    approvedAt: (time: string) => `approved ${time}`,
    voidCard: (card: string) => `Void the card payment, ${card}`,
    nothingDue: 'Nothing is due',
    paid: 'Paid by card',
    given: 'Cash given',
    exact: 'exact',
    quick: 'Quick amounts',
    back: 'Back to cart',
    rounding: 'Cash rounding',
    cash: 'Cash',
    cashGiven: 'given',
    leaveCash: (amount: string) => `Give back ${amount} in cash`,
    change: 'Change',
    complete: 'Complete sale',
    typeAmount: 'Type what was given',
    isStillDue: (amount: string) => `${amount} is still due`,
    drawer: 'Cash drawer',
    drawerOpens: {
      opens: 'opens by itself',
      shut: 'opens when the printer is back',
      none: 'opens by its key',
    } satisfies Record<DrawerState, string>,
    steps: ['Count what you are given', 'Leave it in sight', 'Hand back the change'],
    enough: 'Enough',
    notEnough: 'Not enough yet',
  },
  card: {
    terminal: 'Terminal',
    ask: 'Charge card',
    askWhat: 'Ask the terminal',
    waits: 'Waits for the terminal',
    asking: 'The terminal is being asked',
    compare: 'Compare with the terminal',
    typeAmount: 'Type an amount for the card',
    most: (amount: string) => `Max ${amount} by card`,
    steps: ['Agree on the amount', 'Ask the terminal for it', 'The customer pays there'],
    stop: 'Stop',
    stopping: 'Stop asked',
    stopHint: 'It may be too late. The terminal’s answer counts.',
    void: 'Void this card payment',
    settle: 'Settle by hand',
    code: (code: number) => `code ${code}`,
    inFull: 'Approved in full',
    authorisation: (number: string) => `Auth ${number}`,
    now: {
      asked: 'The terminal begins',
      insert_card: 'Customer: tap or insert the card',
      watch_pin_pad: 'Customer: look at the terminal',
      wrong_pin: 'Wrong PIN: the customer may try again',
      authorising: 'The bank is being asked',
      wait: 'The terminal is at work',
      remove_card: 'Customer: take the card out',
      approving: 'About to approve: wait for its word',
      declining: 'About to decline: wait for its word',
      other: 'The terminal is at work',
    } satisfies Record<CardProgress, string> as Record<CardProgress, string>,
    log: {
      asked: 'Asked',
      insert_card: 'Card wanted',
      watch_pin_pad: 'PIN pad',
      wrong_pin: 'Wrong PIN',
      authorising: 'Bank asked',
      wait: 'At work',
      remove_card: 'Card to take out',
      approving: 'About to approve',
      declining: 'About to decline',
      other: 'At work',
    } satisfies Record<CardProgress, string> as Record<CardProgress, string>,
    asked: {
      payment: (amount: string) => `Asked ${amount}`,
      reversal: (amount: string) => `Void of ${amount} asked`,
      refund: (amount: string) => `Refund of ${amount} asked`,
    },
    outcome: {
      payment: {
        approved: (_asked: string, _moved: string, _rest: string): Said => ({ fact: 'Approved', then: 'In full.' }),
        part: (asked: string, moved: string, rest: string): Said => ({
          fact: 'Approved for a part',
          then: `${moved} of ${asked} approved. ${rest} is still due.`,
        }),
        declined: (_asked: string, _moved: string, _rest: string): Said => ({
          fact: 'Declined',
          then: 'Nothing was charged. Try again, or pay another way.',
        }),
        cancelled: (_asked: string, _moved: string, _rest: string): Said => ({
          fact: 'Stopped',
          then: 'Nothing was charged. Try again, or pay another way.',
        }),
        not_sent: (_asked: string, _moved: string, _rest: string): Said => ({
          fact: 'Not sent',
          then: 'Nothing was charged.',
        }),
        unknown: (asked: string, _moved: string, _rest: string): Said => ({
          fact: 'Not known',
          then: `The card may have been charged ${asked}.`,
        }),
        doubtful: (_asked: string, _moved: string, _rest: string): Said => ({
          fact: 'The terminal cannot tell',
          then: 'Compare with its own journal: amount and time.',
        }),
      },
      reversal: {
        approved: (_asked: string, _moved: string, _rest: string): Said => ({
          fact: 'Voided',
          then: 'It went back to the card.',
        }),
        part: (asked: string, moved: string, _rest: string): Said => ({
          fact: 'Voided for a part',
          then: `${moved} of ${asked} went back to the card.`,
        }),
        declined: (_asked: string, _moved: string, _rest: string): Said => ({
          fact: 'Not voided',
          then: 'The terminal declined. The card payment stands.',
        }),
        cancelled: (_asked: string, _moved: string, _rest: string): Said => ({
          fact: 'Stopped',
          then: 'The card payment stands.',
        }),
        not_sent: (_asked: string, _moved: string, _rest: string): Said => ({
          fact: 'Not sent',
          then: 'The card payment stands.',
        }),
        unknown: (asked: string, _moved: string, _rest: string): Said => ({
          fact: 'Not known',
          then: `${asked} may have gone back to the card.`,
        }),
        doubtful: (_asked: string, _moved: string, _rest: string): Said => ({
          fact: 'The terminal cannot tell',
          then: 'Compare with its own journal: amount and time.',
        }),
      },
      refund: {
        approved: (_asked: string, _moved: string, _rest: string): Said => ({
          fact: 'Refunded',
          then: 'It went back to the card.',
        }),
        part: (asked: string, moved: string, _rest: string): Said => ({
          fact: 'Refunded for a part',
          then: `${moved} of ${asked} went back to the card.`,
        }),
        declined: (_asked: string, _moved: string, _rest: string): Said => ({
          fact: 'Not refunded',
          then: 'The terminal declined. Nothing went back to the card.',
        }),
        cancelled: (_asked: string, _moved: string, _rest: string): Said => ({
          fact: 'Stopped',
          then: 'Nothing went back to the card.',
        }),
        not_sent: (_asked: string, _moved: string, _rest: string): Said => ({
          fact: 'Not sent',
          then: 'Nothing went back to the card.',
        }),
        unknown: (asked: string, _moved: string, _rest: string): Said => ({
          fact: 'Not known',
          then: `${asked} may have gone back to the card.`,
        }),
        doubtful: (_asked: string, _moved: string, _rest: string): Said => ({
          fact: 'The terminal cannot tell',
          then: 'Compare with its own journal: amount and time.',
        }),
      },
    },
    open: {
      payment: {
        fact: 'Not known whether the card paid.',
        then: 'This is settled before anything else.',
      } satisfies Said,
      reversal: {
        fact: 'Not known whether the card was paid back.',
        then: 'This is settled before anything else.',
      } satisfies Said,
      refund: {
        fact: 'Not known whether the card was refunded.',
        then: 'This is settled before anything else.',
      } satisfies Said,
    },
    back: { fact: 'A card payment is still open.', then: 'It is settled before anything else.' } satisfies Said,
    recovered: {
      fact: 'A card payment is still open.',
      then: 'The program stopped before its outcome was known.',
    } satisfies Said,
    trouble: (cause: string) => `Terminal: ${cause}.`,
    cures: {
      disconnected: 'Check its cable and its power.',
      silent: 'Check that it is on and shows its first screen.',
      stalled: 'Check that it is on and shows its first screen.',
      offline: 'Check its network.',
      failed: 'Switch it off and on. If it stays so, call for help.',
      busy: 'Wait until it shows its first screen.',
      paper_out: 'Put a new roll into it.',
      not_configured: 'Ask a manager to set it up.',
      other: 'Look at its screen.',
    },
    judge: {
      title: 'What does its journal say?',
      hint: 'Look in the terminal’s own journal, never only at its screen.',
      payment: { yes: 'The money was taken', no: 'No money was taken' },
      reversal: { yes: 'The money went back', no: 'No money went back' },
      refund: { yes: 'The money went back', no: 'No money went back' },
      amount: 'Amount',
      askedAt: 'Asked at',
      trace: 'Trace',
      said: 'Journal',
      asks: (name: string) => `${name} asks to settle a card payment by hand and stays signed in.`,
      onlyOnce: 'For this card payment only. Who approves is written in the journal.',
    },
    take: {
      title: 'Void this card payment?',
      hint: 'The terminal gives the money back. It may ask for the card.',
      do: 'Void at the terminal',
    },
    onCart: (amounts: string): Said => ({ fact: `Paid by card: ${amounts}.`, then: 'Only the rest is still due.' }),
  },
  done: {
    card: (card: string) => `Card ${card}`,
    paidByCard: 'Paid by card',
    change: 'Change',
    exact: 'Paid exactly',
    handBack: 'Hand back',
    nothingBack: 'Nothing to hand back',
    total: 'Total',
    cashDue: 'Cash due',
    given: 'Given',
    drawer: {
      waiting: 'Drawer waits for the printer',
      printing: 'Drawer opening',
      printed: 'Drawer told to open',
      sent: 'Drawer told to open',
      unknown: 'Drawer: not known',
      discarded: 'Drawer not opened',
      given: 'Drawer not opened',
    },
    stored: (receipt: string, places: number) =>
      `Sale ${receipt} is safe in ${['one place', 'two places', 'three places'][places - 1]}`,
    receipt: 'Receipt',
    paper: {
      waiting: 'Receipt waits',
      printing: 'Receipt printing',
      printed: 'Receipt printed',
      sent: 'Receipt sent',
      unknown: 'Receipt: not known',
      discarded: 'Receipt not printed',
      given: 'Receipt sent elsewhere',
    },
    printsItself: 'Prints by itself',
    elsewhere: 'Another register prints it',
    onItsWay: 'On its way to the printer',
    noReport: 'This printer does not report back',
    confirmed: 'The printer reported it out',
    printAgain: 'Print again',
    marked: 'marked DUPLICATE',
    askOut: 'Did the receipt come out?',
    askOutHint: 'The printer was cut off while printing.',
    cameOut: 'It came out',
    notOut: 'Not out, print',
    next: 'Scan the next item',
    at: (place: string, time: string) => `Stored on ${place.toLowerCase()} at ${time}`,
  },
  printer: {
    paper_out: { fact: 'Paper out.', then: 'Open the cover, drop in a new roll, close it.' },
    paper_low: { fact: 'Paper is nearly out.', then: 'Keep a new roll at hand.' },
    cover_open: { fact: 'The printer cover is open.', then: 'Close it until it clicks.' },
    cutter_jammed: { fact: 'The cutter is jammed.', then: 'Switch the printer off, open it, free the paper.' },
    offline: { fact: 'The printer is offline.', then: 'Look at its lights and its buttons.' },
    failed: { fact: 'The printer is out of order.', then: 'Switch it off and on. If it stays so, call for help.' },
    disconnected: { fact: 'The printer is not connected.', then: 'Check its cable and its power.' },
    silent: { fact: 'The printer does not answer.', then: 'Check that it is switched on and its cable is in.' },
    stalled: { fact: 'The printer stopped midway.', then: 'Check its paper, its cover and its cable.' },
    other: { fact: 'The printer needs a hand.', then: 'Check paper, cover and cable.' },
    goesOn: 'Selling goes on.',
    jobs: (count: number) =>
      count === 1 ? 'One job will print by itself.' : `${count} jobs will print by themselves.`,
  },
  jobs: {
    ask: (receipt: string) => `Did receipt ${receipt} come out?`,
    askHint: 'The printer was cut off while printing.',
    reportSent: { fact: 'The report is printing.', then: 'Selling goes on.' },
    againSent: { fact: 'The receipt prints again.', then: 'It is marked DUPLICATE.' } satisfies Said,
    noSale: { fact: 'No sale to print yet.', then: 'The last receipt prints again from here.' } satisfies Said,
  },
  shift: {
    office: 'Journal and office',
    openTitle: 'Open the shift',
    openHint: 'Count the cash in the drawer and type it.',
    float: 'Float',
    floatHint: 'cash in the drawer now',
    open: 'Open shift',
    typeFloat: 'Type the float',
    facts: { store: 'Store', register: 'Register', operator: 'Operator', day: 'Day' },
    closeTitle: 'Close shift',
    countTitle: 'Count the drawer',
    countHint: (name: string, time: string, float: string) => `${name} · opened ${time} with ${float}`,
    counted: 'Counted',
    countedHint: 'all notes and coins, float included',
    expected: 'Expected',
    hidden: 'hidden until handed in',
    steps: [
      ['Count the drawer', 'blind: expected is hidden'],
      ['Explain over or short', 'only if there is one'],
      ['Read the Z report', 'numbered once'],
    ] as ReadonlyArray<readonly [string, string]>,
    openDrawer: 'Open drawer',
    nextFloat: (float: string) => `Next float ${float}, safe drop`,
    keepSelling: 'Keep selling',
    handIn: 'Hand in count',
    notes: 'Notes',
    coins: 'Coins',
    rolls: 'Rolls',
    loose: 'Loose',
    count: 'Count',
    amount: 'Amount',
    nextField: 'Next field',
    previousField: 'Previous',
    fieldName: (piece: string, part: 'loose' | 'rolls', kind: Piece) =>
      part === 'rolls' ? `${piece} rolls` : kind === 'coin' ? `${piece} loose` : `${piece} notes`,
    fieldOf: (piece: string, part: 'loose' | 'rolls', count: string) =>
      part === 'rolls' ? `${count} rolls of ${piece}` : `${count} × ${piece}`,
    parkedStay: (count: number) =>
      count === 1 ? 'One parked cart stays for the next shift.' : `${count} parked carts stay for the next shift.`,
    explain: {
      title: 'Explain over or short',
      hint: 'The count is handed in and stands in the journal.',
      note: 'What happened, if you know',
      again: 'Count again',
      againHint: 'Counted again, both counts stand on the Z.',
      close: 'Close the shift',
    },
    printAgain: 'Print again, marked DUPLICATE',
    print: 'Print',
    typeCounted: 'Type what you counted',
    cartOpen: {
      fact: 'The cart still has lines.',
      then: 'Pay, park or void it before counting the drawer.',
    } satisfies Said,
    closed: 'Shift closed',
    over: 'Over',
    short: 'Short',
    exact: 'Exact',
    countedWas: 'Counted',
    expectedWas: 'Expected',
    done: 'Done',
    signOut: 'Sign out',
    zReport: (number: number) => `Z report ${number}`,
    xReport: 'X report',
    xHint: 'The shift so far; nothing is closed.',
  },
  report: {
    shift: 'Shift',
    opened: 'Opened',
    closed: 'Closed',
    operator: 'Operator',
    sales: 'Sales',
    returns: 'Returns',
    returned: 'Returned',
    taxBack: (tax: string) => `${tax} of returns`,
    refund: (tender: string, count: number) => `Refund ${tender.toLowerCase()} × ${count}`,
    voidedLines: 'Voided lines',
    voidedCarts: 'Voided carts',
    noSales: 'No sales',
    subtotal: 'Subtotal',
    total: 'Total',
    rounding: 'Cash rounding',
    tenders: 'Tenders',
    change: 'Change',
    float: 'Float',
    paidIn: 'Paid in',
    paidOut: 'Paid out',
    safeDrops: 'Safe drops',
    expected: 'Expected',
    blind: 'Without sales and cash: counted blind.',
    counted: 'Counted',
    countedBefore: 'Counted before',
    overShort: 'Over/short',
    note: 'Note',
    receipts: 'Receipts',
    tender: { cash: 'Cash', card: 'Card', exchange: 'Exchange' } as Record<string, string>,
  },
  drawer: {
    title: 'Cash in and out',
    moves: 'Where the cash goes',
    what: { no_sale: 'No sale', paid_in: 'Paid in', paid_out: 'Paid out', safe_drop: 'Safe drop' },
    hints: {
      paid_in: 'Cash brought to the drawer, such as change from the bank.',
      paid_out: 'Cash taken out for a small cost. Its slip goes into the drawer.',
      safe_drop: 'Cash taken out of the drawer and put into the safe.',
    },
    amount: 'Amount',
    change: 'Change amount',
    next: 'Next',
    cash: 'Cash',
    why: {
      no_sale: 'Open the drawer without a sale?',
      paid_in: 'Why is cash paid in?',
      paid_out: 'Why is cash paid out?',
      safe_drop: 'Why this safe drop?',
    },
    whyHint: 'The reason is kept with your name.',
    reasons: {
      no_sale: { exchange: 'Change for a note', correct: 'Change given back was wrong', look: 'Look into the drawer' },
      paid_in: { change: 'Change from the bank', back: 'Money left from a purchase', found: 'Cash found' },
      paid_out: { supplies: 'Supplies', delivery: 'Delivery', post: 'Postage', window: 'Window cleaner' },
      safe_drop: { full: 'Much cash in the drawer', handover: 'Before a change of shift', night: 'Before closing' },
    } as Record<CashMove | 'no_sale', Record<string, string>>,
    other: 'Another reason',
    usual: 'Usual reasons',
    do: { no_sale: 'Open drawer', paid_in: 'Pay in', paid_out: 'Pay out', safe_drop: 'Drop into safe' },
    done: {
      no_sale: (_amount: string) => 'No sale noted.',
      paid_in: (amount: string) => `Paid in ${amount}.`,
      paid_out: (amount: string) => `Paid out ${amount}.`,
      safe_drop: (amount: string) => `Into the safe ${amount}.`,
    },
    asks: {
      no_sale: (name: string) => `${name} asks to open the drawer and stays signed in.`,
      paid_in: (name: string) => `${name} asks to pay cash in and stays signed in.`,
      paid_out: (name: string) => `${name} asks to take cash out and stays signed in.`,
      safe_drop: (name: string) => `${name} asks to take cash to the safe and stays signed in.`,
    } as Record<CashMove | 'no_sale', (name: string) => string>,
    onlyOnce: 'For this amount only. Who approves is written in the journal.',
    thisTime: 'For this one time only. Who approves is written in the journal.',
  },
  more: {
    title: 'Keys and more',
    keys: 'Keys',
    settings: 'Settings',
    theme: 'Theme',
    themes: { system: 'System', light: 'Light', dark: 'Dark' },
    sound: 'Sound',
    lock: 'Lock after',
    lockAfter: (minutes: number) => (minutes === 0 ? 'Never' : `${minutes}\u00a0min`),
    keyCaps: 'Key caps',
    on: 'On',
    off: 'Off',
    shift: 'Shift',
    signOut: 'Sign out',
    cart: 'Cart',
    cartNote: 'Cart note',
    undo: 'Undo',
    lastReceipt: 'Reprint the last',
    list: [
      ['F2', 'Search'],
      ['F3', 'Quantity'],
      ['F4', 'Price'],
      ['F5', 'Discount; again: whole cart'],
      ['% $', 'Discount in per cent or dollars'],
      ['F6', 'Park cart'],
      ['F7', 'Parked carts'],
      ['F9', 'Return'],
      ['F10', 'No sale'],
      ['F12', 'Pay'],
      ['F2 F3', 'While paying: cash, card'],
      ['Up Down', 'Choose a line'],
      ['+ −', 'Quantity by one'],
      ['Del', 'Void line'],
      ['Ctrl+Del', 'Void cart'],
      ['Enter', 'Confirm'],
      ['Esc', 'Back'],
      ['Ctrl+Z', 'Undo'],
      ['F4 F7 F9', 'After a sale: print again, gift, void'],
      ['Ctrl+L', 'Sign out'],
      ['Alt+1…9', 'Department'],
      ['Ctrl+P', 'Reprint the last receipt'],
    ] as ReadonlyArray<readonly [string, string]>,
  },
  sim: {
    title: 'Devices beside the window',
    hint: 'A printer, a drawer, a scanner and a card terminal that exist only here.',
    printer: 'Receipt printer',
    faults: {
      none: 'Ready',
      paper_out: 'Paper out',
      cover_open: 'Cover open',
      silent: 'No answer',
      slow: 'Slow',
      cut_off: 'Cut off',
    },
    noPaper: 'Nothing printed yet',
    slip: (number: number) => `Slip ${number}`,
    drawer: 'Cash drawer',
    kicks: (count: number) => (count === 1 ? 'opened once' : `opened ${count} times`),
    scanner: 'Scanner',
    terminal: 'Card terminal',
    cards: {
      none: 'Approves',
      declines: 'Declines',
      stopped: 'Customer stops',
      part: 'Approves a part',
      line_lost: 'Line lost',
      silent: 'Says nothing',
      unplugged: 'Unplugged',
      waits: 'Waits',
    },
    cardWaits: 'waits for a card',
    booked: { payment: 'Payment', refund: 'Refund', reversal: 'Void' },
    reversed: 'voided',
    nothingBooked: 'Nothing in its journal yet',
    scannerHint: 'Press an item to scan it.',
    code: 'Code',
    scan: 'Scan',
    alone: 'No simulated devices here',
    aloneHint: 'This page works with the demonstration engine only.',
  },
  rules: {
    title: (region: string) => `${region} today`,
    rule: 'Rule',
    from: 'From',
    source: 'Source',
    tax: (name: string, rate: string) => `${name} ${rate}`,
    onlyGst: 'goods without the provincial part',
    cashRounding: 'Cash rounding',
    cashRoundingTo: (coin: string) => `to ${coin}, cash only`,
    age: { alcohol: 'Age for alcohol', cannabis: 'Age for cannabis' } satisfies Record<Goods, string>,
    ageOf: (age: number, under: number) => `${age}, ask who looks under ${under}`,
    possession: 'Cannabis limit per sale',
    possessionOf: (grams: number) => `${grams}\u00a0g equivalent`,
  },
  setup: {
    strip: 'Set up this register',
    title: 'Open a shop',
    steps: { store: 'Store', region: 'Region', register: 'Register', manager: 'First manager', join: 'Head office' },
    stepHints: {
      store: 'name, code, address',
      region: 'taxes, ages',
      register: 'number, languages',
      manager: 'name and PIN',
      join: 'address and code',
    },
    storeTitle: 'What is the store called?',
    storeHint: 'As it stands on receipts. The address and the numbers can follow later.',
    name: 'Name over the door',
    code: 'Store code',
    codeHint: (code: string) => `Part of every receipt number, such as ${code}1-1-17. It stays for good.`,
    tenant: 'Company code, where several stores belong together',
    street: 'Street',
    city: 'City, province, postal code',
    gst: 'GST/HST number',
    pst: 'Provincial tax number',
    regionTitle: 'Where is the store?',
    regionHint: 'This sets taxes and ages. All of it can be seen and is dated.',
    registerTitle: 'Which register is this?',
    registerHint: 'Each register of a store has a number of its own.',
    number: 'Register number',
    languages: 'Languages, the first one on receipts',
    way: (languages: string[]) => (languages.length > 1 ? `${languages[0]} first` : `${languages[0]} only`),
    tongue: { en: 'English', fr: 'French' } satisfies Record<Language, string>,
    timeZone: 'Clock',
    managerTitle: 'Who runs the store?',
    managerHint: 'A manager may do everything, and adds the others.',
    managerFor: (store: string) => `Nobody can sign in at ${store} yet.`,
    managerName: 'Name',
    pinKept: 'The PIN is set.',
    pinAnew: 'Type another',
    next: (step: string) => `Next: ${step.toLowerCase()}`,
    open: 'Open the shop',
    opening: 'Opening the shop',
    join: 'Join a store',
    joinInstead: 'One more register of a store that sells already?',
    own: 'Open a shop of its own',
    ownHint: 'The first register of a new store?',
    joinTitle: 'Which store does it join?',
    joinHint: 'Prices, stock, operators and sales come from its head office.',
    office: 'Address of head office',
    officeHint: 'As it stands in the browser: https://office.example',
    ticket: 'One-time code',
    ticketHint: 'Head office gives it out for one register.',
    joinNow: 'Join the store',
    joinBusy: 'Joining the store',
    joining: (entries: string, of: string) => `${entries} of ${of} entries of the store are here.`,
    demo: 'Open the demo store',
    demoHint: 'Only looking? The demo store has 300 products and simulated devices.',
    missing: {
      name: 'The name is missing',
      code: 'The code has 2 to 8 capitals or digits',
      tenant: 'The company code has letters, digits and - only',
      region: 'Choose the region',
      register: 'Registers are numbered from 1 to 999',
      manager: 'The name is missing',
      pin: 'Choose a PIN',
      office: 'The address is missing',
      ticket: 'The code is missing',
    },
  },
  /** what is wrong with a value of a product, and what to do */
  reject: (reason: RejectReason): string => {
    switch (reason.kind) {
      case 'missing':
        return 'Missing. Fill it in, or give a default.';
      case 'bad_check_digit':
        return `The check digit should be ${reason.expected}. Compare with the package.`;
      case 'not_a_gtin':
        return 'Not a GTIN. It has 6 to 14 digits.';
      case 'gtin_taken':
        return `This GTIN belongs to ${reason.sku}. Correct one of the two.`;
      case 'duplicate_sku':
        return `Also on line ${reason.first}. One line per SKU.`;
      case 'bad_amount':
        return 'Not an amount. Write 4.99.';
      case 'price_of_open_item':
        return 'An open price is keyed at the counter. Leave it empty.';
      case 'bad_unit':
        return 'Not a unit. Write each or kg.';
      case 'unknown_tax_category':
        return `Not a tax category here. Use one of ${reason.known}.`;
      case 'bad_age':
        return 'Not an age. Write 18, 19, 21, yes or no.';
      case 'bad_flag':
        return 'Neither yes nor no.';
      case 'unknown_cannabis_class':
        return 'Not a cannabis class. Use dried, fresh, solid, non_solid, beverage, concentrate or seed.';
      case 'bad_weight':
        return 'Not a weight. Write grams as 3.5.';
      case 'bad_charges':
        return 'Not deposits or fees. Write a SKU, and *6 for six of it; only of what is sold by the piece.';
      case 'unknown_charge':
        return `No SKU ${reason.sku} with a price. Add the deposit or fee to the catalogue first.`;
      case 'unreadable':
        return 'Unreadable characters. Save the file as UTF-8 and import it again.';
      case 'too_long':
        return `Too long: at most ${reason.most} characters.`;
      case 'wrong_columns':
        return `${reason.found} columns where the head has ${reason.expected}. Look for a stray quote or separator.`;
    }
  },
  fields: {
    sku: 'SKU',
    name: 'Name, English',
    name_fr: 'Name, French',
    gtin: 'GTIN',
    plu: 'PLU',
    department: 'Department',
    price: 'Price',
    open_price: 'Open price',
    cost: 'Cost',
    unit: 'Unit',
    tax_category: 'Tax category',
    age_restricted: 'Minimum age',
    archived: 'Archived',
    drawing: 'Drawing',
    cannabis_class: 'Cannabis class',
    net_weight: 'Net weight',
    charges: 'Deposits and fees',
  } as Record<string, string>,
  people: {
    title: 'Operators',
    here: (count: number) => (count === 1 ? '1 works here' : `${count} work here`),
    add: 'Add an operator',
    newcomer: 'New operator',
    choose: 'Choose an operator, or add one.',
    back: 'To the counter',
    left: 'has left',
    lockedUntil: (time: string) => `locked until ${time}`,
    name: 'Name',
    role: 'Role',
    may: {
      cashier: 'Sells, and keeps a drawer.',
      supervisor: 'Approves what a cashier may not do alone, too.',
      manager: 'Runs the store: goods, prices and operators, too.',
    } satisfies Record<Role, string> as Record<Role, string>,
    pin: 'PIN',
    pinKept: 'Stays as it is',
    pinNone: 'None yet',
    pinNew: 'not saved yet',
    newPin: 'New PIN',
    changePin: 'Change PIN',
    keepPin: 'Keep the old PIN',
    pinRule: 'Four to eight digits, typed twice by whoever it belongs to.',
    typePin: 'Type the new PIN',
    typeAgain: 'Type it once more',
    keepNewPin: 'Keep PIN',
    pinsDiffer: { fact: 'The two are not the same.', then: 'Type the new PIN again.' } satisfies Said,
    hasLeft: 'Has left',
    comesBack: 'Comes back',
    worksHere: 'Works here.',
    leftHint: 'Has left, and cannot sign in.',
    yourself: 'You cannot leave while you are signed in.',
    askLeft: (name: string) => `Has ${name} left?`,
    askLeftHint: 'Nobody can sign in under this name any more. What was sold keeps it.',
    askBack: (name: string) => `Does ${name} come back?`,
    askBackHint: 'The name is at the sign-in again, with its old PIN.',
    save: 'Save',
    saved: (name: string): Said => ({ fact: 'Saved.', then: name }),
    missing: { name: 'Type a name', pin: 'Choose a PIN', change: 'Nothing to save yet' },
    unsaved: 'Save what you changed?',
    discard: 'Go on without saving',
  },
  refusal: (refusal: Refusal, tools: Tools): Said => {
    switch (refusal.kind) {
      case 'not_signed_in':
        return { fact: 'Nobody is signed in.', then: 'Sign in first.' };
      case 'wrong_pin':
        return { fact: 'Wrong PIN.', then: en.signIn.triesLeft(refusal.tries_left) };
      case 'locked_out':
        return { fact: en.signIn.locked(tools.time(refusal.until)), then: en.signIn.lockedHint };
      case 'unknown_operator':
        return { fact: 'This name is not on the list.', then: 'Choose your name again.' };
      case 'last_manager':
        return { fact: 'The last manager stays.', then: 'Make somebody else a manager first.' };
      case 'bad_name':
        return { fact: 'Not a name.', then: `It has one to ${refusal.most} characters.` };
      case 'bad_pin':
        return { fact: 'Not a PIN.', then: 'A PIN has four to eight digits.' };
      case 'not_allowed':
        return { fact: 'Not allowed.', then: `This needs a ${roles[refusal.needs].toLowerCase()}.` };
      case 'no_open_shift':
        return { fact: 'No shift is open.', then: 'Open the shift first.' };
      case 'shift_already_open':
        return { fact: 'A shift is already open.', then: 'Go on selling.' };
      case 'cart_not_empty':
        return { fact: 'The cart still has lines.', then: 'Pay, park or void it first.' };
      case 'unknown_code':
        return { fact: 'Not in the catalogue.', then: 'Search by name, or ask a manager.' };
      case 'bad_check_digit':
        return { fact: 'Read badly.', then: 'The check digit is wrong. Scan it again.' };
      case 'bad_price_check':
        return { fact: 'The price on this label cannot be right.', then: 'Weigh it, or key its price.' };
      case 'archived':
        return { fact: 'No longer sold.', then: 'Put it aside and ask a manager.' };
      case 'unknown_sku':
        return { fact: 'Not in the catalogue.', then: 'Search by name, or ask a manager.' };
      case 'quantity_required':
        return { fact: `${tools.text(refusal.name)} is sold by weight.`, then: 'Type the weight in kg.' };
      case 'bad_quantity':
        return { fact: 'Not a quantity.', then: 'Type it again.' };
      case 'whole_quantity_only':
        return { fact: 'Sold by the piece.', then: 'Type a whole number.' };
      case 'bad_amount':
        return { fact: 'Not an amount.', then: 'Type it again.' };
      case 'no_price':
        return { fact: 'No price today.', then: 'Ask a manager for its price.' };
      case 'price_required':
        return { fact: `${tools.text(refusal.name)} has an open price.`, then: 'Key its price.' };
      case 'fixed_price':
        return { fact: 'It has a price of its own.', then: 'Add it, then change the price of its line.' };
      case 'no_miscellaneous':
        return { fact: 'No keyed names in this store.', then: 'Sell it under the name it has.' };
      case 'empty_cart':
        return { fact: 'The cart is empty.', then: 'Scan the first item.' };
      case 'no_such_line':
        return { fact: 'This line is gone.', then: 'Choose another line.' };
      case 'paid_along':
        return { fact: 'A deposit or fee goes with its goods.', then: 'Change the line above it.' };
      case 'too_many_lines':
        return { fact: `A cart holds ${refusal.most} lines.`, then: 'Pay this one and start another.' };
      case 'underpaid':
        return { fact: 'Not enough yet.', then: `${tools.money(refusal.due)} is due.` };
      case 'approval_required':
        return { fact: 'Approval needed.', then: `Ask a ${approver[refusal.needs]}.` };
      case 'bad_price':
        return { fact: 'Not a price.', then: 'Type it again.' };
      case 'bad_discount':
        return { fact: 'Not a discount.', then: 'Type a per cent up to 100, or an amount up to the price.' };
      case 'bad_note':
        return { fact: 'The note is too long.', then: `It holds ${refusal.most} characters.` };
      case 'name_required':
        return { fact: 'The cart has no name.', then: 'Type one to find it again.' };
      case 'age_check_required':
        return { fact: `Age to check: ${refusal.age}+.`, then: 'Press F12 and answer the question.' };
      case 'no_age_to_check':
        return { fact: 'Nothing here asks for an age.', then: 'Go on selling.' };
      case 'over_possession_limit':
        return {
          fact: `Cannabis past the limit: ${refusal.used} g of ${refusal.limit} g.`,
          then: 'Take out the line that is marked.',
        };
      case 'same_operator':
        return { fact: 'The drawer is with this operator already.', then: 'Choose who takes it over.' };
      case 'reason_required':
        return { fact: 'No reason given.', then: 'Type why: it is kept with your name.' };
      case 'nothing_to_undo':
        return { fact: 'Nothing to undo.', then: 'Only the last changes of this cart can be undone.' };
      case 'unknown_cart':
        return { fact: 'This cart is no longer parked.', then: 'Choose another one.' };
      case 'customer_name_required':
        return { fact: 'The customer has no name.', then: 'Type a name to find the customer by.' };
      case 'promotion_name_required':
        return {
          fact: 'The promotion has no name in both languages.',
          then: 'Type what customers read, in English and French.',
        };
      case 'bad_bundle':
        return {
          fact: 'A bundle is two or more pieces at a price.',
          then: 'Type how many, and what they cost together.',
        };
      case 'no_goods':
        return { fact: 'The promotion is on nothing.', then: 'Choose goods or departments.' };
      case 'unknown_sheet':
        return { fact: 'This count sheet is not known here.', then: 'Choose another one.' };
      case 'sheet_closed':
        return { fact: 'This count sheet is closed.', then: 'Begin another one.' };
      case 'already_decided':
        return { fact: 'This was decided meanwhile.', then: 'Look at it again.' };
      case 'bad_customer_field':
        return { fact: `At most ${refusal.most} characters fit here.`, then: 'Make it shorter.' };
      case 'ends_before_it_begins':
        return { fact: 'The promotion ends before it begins.', then: 'Change one of the two days.' };
      case 'bad_place':
        return { fact: 'This is no place on a shelf.', then: `Type one to ${refusal.most} characters.` };
      case 'bad_sheet_name':
        return { fact: 'The count sheet has no name.', then: `Type one of at most ${refusal.most} characters.` };
      case 'bad_count':
        return { fact: `${refusal.quantity} cannot be counted.`, then: 'Type nothing less than zero.' };
      case 'taken_elsewhere':
        return { fact: `This cart was resumed at register ${refusal.register}.`, then: 'Serve the customer there.' };
      case 'cart_changed':
        return { fact: 'The cart has changed.', then: 'Read the new total, then pay.' };
      case 'card_unsettled':
        return { fact: 'A card payment is not settled.', then: 'Wait for the terminal, or ask it.' };
      case 'card_tendered':
        return { fact: 'A card has paid on this cart.', then: 'Void the card payment first.' };
      case 'card_exceeds_due':
        return {
          fact: `More than is due: ${tools.money(refusal.amount)}.`,
          then: `Ask the card for at most ${tools.money(refusal.due)}.`,
        };
      case 'terminal_missing':
        return { fact: 'No card terminal is set up.', then: 'Take cash, or ask a manager.' };
      case 'unknown_card_payment':
        return { fact: 'No such card payment on this cart.', then: 'It may be voided already.' };
      case 'terminal_silent':
        return { fact: 'The terminal does not answer.', then: 'Nothing was charged. Check it, or take cash.' };
      case 'terminal_busy':
        return { fact: 'The card terminal is busy.', then: 'Wait until it shows its first screen.' };
      case 'bad_store_code':
        return { fact: `${refusal.code} cannot be a store’s code.`, then: 'Use 2 to 8 capitals and digits.' };
      case 'bad_tenant_code':
        return { fact: `${refusal.code} cannot be a company’s code.`, then: 'Use 1 to 16 letters, digits and -.' };
      case 'bad_register':
        return { fact: 'This is no register number.', then: 'Registers are numbered from 1 to 999.' };
      case 'unknown_time_zone':
        return { fact: `There is no time zone ${refusal.name}.`, then: 'Choose one of the list.' };
      case 'name_missing':
        return { fact: 'A store has a name and a language.', then: 'Fill in what is missing.' };
      case 'bad_price_barcode':
        return { fact: `${refusal.text} is no layout.`, then: 'Write it as 02=2|IIIII|V|PPPP|C.' };
      case 'bad_address':
        return {
          fact: `${refusal.text} is no address.`,
          then: 'Write tcp://192.168.1.50:9100 or serial:/dev/ttyUSB0.',
        };
      case 'bad_password':
        return { fact: 'This is no password of a terminal.', then: 'Type up to six digits.' };
      case 'store_exists':
        return { fact: 'There is a store in this folder already.', then: 'Start Comptoir again to open it.' };
      case 'store_unknown':
        return {
          fact: `Nothing is known of store ${refusal.store} yet.`,
          then: 'Connect this register to another till of the store, or to head office.',
        };
      case 'bad_office_url':
        return { fact: `${refusal.url} is no web address.`, then: 'Write it as https://office.example.' };
      case 'plain_office_url':
        return { fact: 'Anybody on the way could read that.', then: 'Write the address with https.' };
      case 'office_unreachable':
        return { fact: `${refusal.url} does not answer.`, then: 'Check the address and the network. Selling goes on.' };
      case 'no_office':
        return { fact: `No head office answers at ${refusal.url}.`, then: 'Check the address.' };
      case 'office_refuses':
        return { fact: 'Head office refuses.', then: officeRefuses[refusal.reason] ?? `It says: ${refusal.said}` };
      case 'store_unfinished':
        return { fact: 'The store is not all here yet.', then: 'Try again with the same code.' };
      case 'bad_neighbour':
        return { fact: `${refusal.address} is no address.`, then: 'Write it as 192.168.1.21.' };
      case 'register_taken':
        return { fact: `Register ${refusal.register} is another device.`, then: 'Choose another number.' };
      case 'store_in_use':
        return { fact: 'Another program holds this store.', then: `Close ${refusal.holder} first.` };
      case 'no_store':
        return { fact: `There is no store in ${refusal.path}.`, then: 'Start Comptoir again to make one.' };
      case 'unknown_column':
        return { fact: `The file has no column ${refusal.column}.`, then: 'Choose one that it has.' };
      case 'unknown_field':
        return { fact: `There is no field ${refusal.field}.`, then: 'Choose one of the list.' };
      case 'field_unmapped':
        return { fact: `${en.fields[refusal.field] ?? refusal.field} has no column.`, then: 'Say which column it is.' };
      case 'empty_file':
        return { fact: 'There is nothing in this file.', then: 'Choose a CSV file with a head and rows.' };
      case 'no_file':
        return { fact: 'There is no file.', then: 'Choose one first.' };
      case 'bad_field':
        return {
          fact: `${refusal.sku ? `${refusal.sku}: ` : ''}${en.fields[refusal.field] ?? refusal.field}.`,
          then: en.reject(refusal.reason),
        };
      case 'sku_exists':
        return {
          fact: `There is a product with the SKU ${refusal.sku}.`,
          then: 'Choose another code, or edit that product.',
        };
      case 'unknown_hand_over':
        return { fact: 'There is no such hand-over.', then: 'Choose one of the list.' };
      case 'unknown_shift':
        return { fact: `This register had no shift ${refusal.shift}.`, then: 'Choose one of the list.' };
      case 'unknown_sale':
        return { fact: 'No such sale.', then: 'Check the receipt number.' };
      case 'training_receipt':
        return { fact: 'This is a training receipt.', then: 'Nothing was sold for it. Look for the real one.' };
      case 'not_in_training':
        return { fact: 'That is not done in a training.', then: 'End the training first.' };
      case 'training_already':
        return { fact: 'This register is training already.', then: 'End that training first.' };
      case 'no_training':
        return { fact: 'Nobody is training here.', then: 'This register sells for real.' };
      case 'training_copy':
        return { fact: `${refusal.path} is only a copy for training.`, then: 'Open the store itself.' };
      case 'sale_still_coming':
        return {
          fact: 'That sale may still be coming: the store’s history is not all here.',
          then: 'Check the receipt number, wait a little, or ask another register.',
        };
      case 'two_of_one_number':
        return {
          fact: `More than one receipt has the number ${refusal.receipt}.`,
          then: 'This register ran twice once. Choose by time and amount.',
        };
      case 'nothing_to_return':
        return { fact: 'Nothing to return.', then: 'Choose what comes back; it may be back already.' };
      case 'more_than_sold':
        return { fact: `More than was sold: ${refusal.left} can come back.`, then: 'Type a smaller quantity.' };
      case 'line_voided':
        return { fact: 'This line was voided.', then: 'It was not sold. Choose another line.' };
      case 'unknown_line':
        return { fact: 'The sale has no such line.', then: 'Choose another line.' };
      case 'not_last_sale':
        return { fact: 'Not the last sale of this shift.', then: 'Return its goods instead.' };
      case 'card_refund_first':
        return {
          fact: `${tools.money(refusal.amount)} was paid by card.`,
          then: 'Give it back on the terminal first.',
        };
      case 'return_unfinished':
        return { fact: 'A card refund has no return yet.', then: `Complete the return of ${refusal.receipt} first.` };
      case 'exchange_pending':
        return { fact: 'Goods come back on this cart.', then: 'Complete the exchange, or leave it first.' };
      case 'nothing_to_exchange':
        return { fact: 'Nothing comes back on this cart.', then: 'Choose the goods on the return screen.' };
      case 'price_above_list':
        return { fact: `Its price is ${tools.money(refusal.most)}.`, then: 'Give that back, or less.' };
      case 'no_such_job':
        return { fact: 'This print is settled.', then: 'Nothing is left to do.' };
      case 'nothing_to_give':
        return { fact: 'Nothing waits to be printed.', then: 'It came out meanwhile.' };
      case 'neighbour_cannot_print':
        return { fact: 'That register cannot print now.', then: 'What waits stays here. Look at its printer.' };
      case 'fault':
        return {
          fact: 'That did not work.',
          then: refusal.reference
            ? `Try again. Reference ${refusal.reference}.`
            : 'The engine does not answer. Try again.',
        };
    }
  },
};

/** What a sentence may need to say an amount, a time or a name. */
export type Tools = {
  money: (value: string) => string;
  time: (iso: string) => string;
  text: (t: { en: string; fr: string }) => string;
};
export type Messages = typeof en;
