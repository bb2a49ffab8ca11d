// This file is written by `cargo xtask codegen` from the Rust types. Do not edit it by hand.

/** How a device is: a shape, then a word, then a colour. */
export type Lamp = "ready" | "attention" | "stopped" | "offline" | "busy" | "unknown";

export type Currency = string;

export type Region = string;

export type Money = string;

export type Quantity = string;

export type OperatorId = string;

export type CartId = string;

export type SaleId = string;

export type ReturnId = string;

export type ShiftId = string;

export type Gtin14 = string;

export type Language = "en" | "fr";

export type Role = "cashier" | "supervisor" | "manager";

export type Unit = "each" | "kg";

export type Text = { 
/**
 * English.
 */
en: string, 
/**
 * French.
 */
fr: string, };

export type Store = { 
/**
 * Short code, part of every receipt number: capitals and digits.
 */
code: string, 
/**
 * The name over the door.
 */
name: string, 
/**
 * Lines of the address, as printed.
 */
address: Array<string>, 
/**
 * Decides the taxes.
 */
region: Region, 
/**
 * The numbered selling position of this till.
 */
register: number, 
/**
 * What it trades in.
 */
currency: Currency, 
/**
 * Languages of receipts and window, the first one preferred.
 */
languages: Array<Language>, 
/**
 * Tax registration numbers, as printed.
 */
tax_numbers: Array<string>, 
/**
 * IANA time zone of the counter.
 */
time_zone: string, };

export type Operator = { 
/**
 * Who.
 */
id: OperatorId, 
/**
 * As shown on the tile and the receipt.
 */
name: string, 
/**
 * For the disc on the tile.
 */
initials: string, 
/**
 * What they are trusted with.
 */
role: Role, 
/**
 * Preferred language.
 */
language: Language, };

export type Person = { 
/**
 * False once they have left.
 */
active: boolean, 
/**
 * RFC 3339, UTC: after too many wrong PINs.
 */
locked_until: string | null, 
/**
 * Who.
 */
id: OperatorId, 
/**
 * As shown on the tile and the receipt.
 */
name: string, 
/**
 * For the disc on the tile.
 */
initials: string, 
/**
 * What they are trusted with.
 */
role: Role, 
/**
 * Preferred language.
 */
language: Language, };

export type ShiftSummary = { id: ShiftId, number: number, 
/**
 * RFC 3339, UTC.
 */
opened_at: string, opened_by: string, float: Money, };

export type Department = { 
/**
 * Stable id, such as `bakery`.
 */
id: string, 
/**
 * The department that it is a part of; none at the top.
 */
parent: string | null, 
/**
 * Full name.
 */
name: Text, 
/**
 * At most 15 characters, for the row of departments.
 */
short: Text, 
/**
 * Name of the pigment that its drawings are printed in.
 */
pigment: string, };

export type Tile = { 
/**
 * SKU code.
 */
sku: string, 
/**
 * Name of the product.
 */
name: Text, 
/**
 * Price of one unit; none when it is keyed at the counter.
 */
price: Money | null, 
/**
 * Piece or weight.
 */
unit: Unit, 
/**
 * Shown as `19+`.
 */
minimum_age: number | null, 
/**
 * Name of one of the two-ink drawings.
 */
drawing: string, 
/**
 * Pigment of its department.
 */
pigment: string, };

export type Hit = { 
/**
 * Its first GTIN, as 14 digits.
 */
gtin: Gtin14 | null, 
/**
 * SKU code.
 */
sku: string, 
/**
 * Name of the product.
 */
name: Text, 
/**
 * Price of one unit; none when it is keyed at the counter.
 */
price: Money | null, 
/**
 * Piece or weight.
 */
unit: Unit, 
/**
 * Shown as `19+`.
 */
minimum_age: number | null, 
/**
 * Name of one of the two-ink drawings.
 */
drawing: string, 
/**
 * Pigment of its department.
 */
pigment: string, };

export type VoidReason = "customer_changed_mind" | "wrong_item" | "wrong_quantity" | "damaged" | "other" | "undone" | "age_refused";

export type Discount = string;

export type PriceReason = "shelf_price" | "price_match" | "damaged" | "courtesy" | "staff" | "other" | "label";

export type Given = { 
/**
 * How much.
 */
discount: Discount, 
/**
 * Why.
 */
reason: PriceReason, };

export type Approval = { operator: OperatorId, pin: string, };

export type AgeProof = "looks_older" | "document";

export type Allowance = { 
/**
 * Grams used, rounded up to two decimals.
 */
used: string, 
/**
 * Grams left, rounded down; `0.00` beyond the limit.
 */
left: string, 
/**
 * Grams allowed.
 */
limit: number, 
/**
 * Hundredths of the limit used, rounded up.
 */
percent: number, 
/**
 * The line that goes past the limit.
 */
over: number | null, };

export type CartLine = { 
/**
 * What the catalogue asks for it.
 */
list_amount: Money, 
/**
 * At its price and discount, before the cart's; what it would have been for a voided line.
 */
amount: Money, 
/**
 * Letters of the taxes that apply; empty when none.
 */
tax_letters: string, 
/**
 * Numbered from 1 in the order of entry; never reused within a cart.
 */
line: number, 
/**
 * SKU code.
 */
sku: string, 
/**
 * As sold, whatever the catalogue says later.
 */
name: Text, 
/**
 * How many, or how much.
 */
quantity: Quantity, 
/**
 * Of what.
 */
unit: Unit, 
/**
 * Of one unit, as sold.
 */
price: Money, 
/**
 * Of one unit, as the catalogue had it.
 */
list_price: Money, 
/**
 * Why the two differ, when somebody made them.
 */
price_reason: PriceReason | null, 
/**
 * Taken off the whole line.
 */
discount: Given | null, 
/**
 * What has to be known of this line.
 */
note: string | null, 
/**
 * Shown as `19+`.
 */
minimum_age: number | null, 
/**
 * Removed before completion, and why.
 */
voided: VoidReason | null, };

export type TaxLine = { 
/**
 * `HST`.
 */
code: string, 
/**
 * `H`.
 */
letter: string, 
/**
 * As printed.
 */
name: Text, 
/**
 * Per cent, as a decimal string without trailing zeros.
 */
rate: string, 
/**
 * What it falls on.
 */
taxable: Money, 
/**
 * The tax.
 */
amount: Money, };

export type CashDue = { 
/**
 * Rounded to the smallest coin.
 */
due: Money, 
/**
 * Due minus total: a line of its own.
 */
rounding: Money, 
/**
 * Amounts that a customer is likely to hand over, the exact one first.
 */
quick: Array<Money>, };

export type CardProof = { 
/**
 * Of the card, as the terminal calls it: `VISA`.
 */
name: string | null, 
/**
 * Its last four digits.
 */
number: string | null, 
/**
 * Authorisation code of the bank.
 */
authorisation: string | null, 
/**
 * Trace number of the terminal.
 */
trace: number | null, 
/**
 * Receipt number of the terminal, by which the payment can be taken back.
 */
receipt: number | null, 
/**
 * Terminal id.
 */
terminal: number | null, };

export type CardTender = { 
/**
 * The attempt it was.
 */
attempt: number, 
/**
 * Really moved.
 */
amount: Money, 
/**
 * Of the card.
 */
card: CardProof, 
/**
 * RFC 3339, UTC.
 */
approved_at: string, };

export type TenderType = "cash" | "card" | "exchange";

export type Tender = { 
/**
 * Means of payment.
 */
type: TenderType, 
/**
 * As given, before change.
 */
amount: Money, 
/**
 * Of the card, when it was one.
 */
card: CardProof | null, };

export type Cart = { 
/**
 * The cart.
 */
id: CartId, 
/**
 * In the order of entry.
 */
lines: Array<CartLine>, 
/**
 * Before tax.
 */
subtotal: Money, 
/**
 * One per tax.
 */
taxes: Array<TaxLine>, 
/**
 * With tax.
 */
total: Money, 
/**
 * Cards that have paid for a part of it, or for all.
 */
tenders: Array<CardTender>, 
/**
 * What they leave; less than nothing when goods went out of the cart after a card had paid for them.
 */
rest: Money, 
/**
 * Goods of an earlier sale that come back in exchange for these.
 */
exchange: Exchange | null, 
/**
 * What that is in cash.
 */
cash: CashDue, 
/**
 * The line touched last.
 */
selected: number | null, 
/**
 * Taken off all lines together.
 */
discount: Given | null, 
/**
 * What that comes to; the subtotal is after it.
 */
discount_amount: Money, 
/**
 * What has to be known of this customer's cart.
 */
note: string | null, 
/**
 * The age that is still to be made sure of.
 */
age_to_check: number | null, 
/**
 * What of the possession limit it uses up.
 */
allowance: Allowance | null, 
/**
 * Carts that wait under a name.
 */
parked: number, 
/**
 * Whether the last change can be undone.
 */
can_undo: boolean, };

export type ParkedCart = { 
/**
 * Which.
 */
id: CartId, 
/**
 * What it was called.
 */
name: string, 
/**
 * Lines that are not voided.
 */
lines: number, 
/**
 * With tax, at the rates of today.
 */
total: Money, 
/**
 * RFC 3339, UTC.
 */
parked_at: string, 
/**
 * Name of who parked it.
 */
by: string, };

export type Piece = "note" | "coin";

export type CashMove = "paid_in" | "paid_out" | "safe_drop";

export type CountedPieces = { 
/**
 * Face value in minor units.
 */
value: number, 
/**
 * Single pieces.
 */
loose: number, 
/**
 * Full rolls.
 */
rolls: number, };

export type Denomination = { 
/**
 * Face value.
 */
value: Money, 
/**
 * The same in minor units.
 */
minor: number, 
/**
 * Note or coin.
 */
kind: Piece, 
/**
 * Pieces in a roll, as banks make them; none for notes.
 */
roll: number | null, };

export type Tally = { 
/**
 * Of each value, in the order in which they were given.
 */
amounts: Array<Money>, 
/**
 * In notes.
 */
notes: Money, 
/**
 * In single coins.
 */
coins: Money, 
/**
 * In rolls.
 */
rolls: Money, 
/**
 * In all.
 */
total: Money, };

export type ChangePart = { 
/**
 * Face value.
 */
value: Money, 
/**
 * Note or coin.
 */
kind: Piece, 
/**
 * How many.
 */
count: number, };

export type CashQuote = { 
/**
 * As given.
 */
tendered: Money, 
/**
 * Rounded due.
 */
due: Money, 
/**
 * Due minus total.
 */
rounding: Money, 
/**
 * What is missing; nothing when there is enough.
 */
still_due: Money, 
/**
 * What goes back; nothing when there is not enough.
 */
change: Money, 
/**
 * Whether the sale can be completed.
 */
enough: boolean, };

export type PaperKind = "text" | "barcode" | "blank";

export type PaperLine = { 
/**
 * What it is.
 */
kind: PaperKind, 
/**
 * The characters, or what a barcode says.
 */
text: string, 
/**
 * Darker.
 */
bold: boolean, 
/**
 * Twice as wide and high; takes two columns a character.
 */
double: boolean, };

export type JobState = "waiting" | "printing" | "printed" | "sent" | "unknown" | "discarded";

export type SaleDone = { sale: SaleId, receipt: string, total: Money, cash_due: Money, tendered: Money, tenders: Array<Tender>, rounding: Money, change: Money, change_parts: Array<ChangePart>, paper: Array<PaperLine>, 
/**
 * Characters on one line of the paper.
 */
columns: number, 
/**
 * RFC 3339, UTC.
 */
completed_at: string, receipt_job: JobState, drawer_job: JobState, };

export type FoundKind = "sale" | "return";

export type Returned = "none" | "part" | "all";

export type Matched = "receipt" | "amount" | "card" | "sku" | "note";

export type FoundSale = { 
/**
 * Its place in the journal: the cursor of paging.
 */
entry: number, 
/**
 * Which of the two.
 */
kind: FoundKind, 
/**
 * Receipt number.
 */
receipt: string, 
/**
 * RFC 3339, UTC.
 */
at: string, 
/**
 * Name of who completed it.
 */
operator: string, 
/**
 * Lines that are not voided.
 */
lines: number, 
/**
 * Positive for both kinds.
 */
total: Money, 
/**
 * Each once; of a return, how the money went back.
 */
tenders: Array<TenderType>, 
/**
 * Last four digits of its first card.
 */
card_number: string | null, 
/**
 * Of a sale: how much of it came back.
 */
returned: Returned, 
/**
 * What had to be known of the customer's cart.
 */
note: string | null, 
/**
 * What of it the text was found in.
 */
matched: Matched | null, };

export type FoundSales = { found: Array<FoundSale>, more: boolean, };

export type SoldLine = { 
/**
 * Number of the line.
 */
line: number, 
/**
 * SKU code.
 */
sku: string, 
/**
 * As sold.
 */
name: Text, 
/**
 * Of what.
 */
unit: Unit, 
/**
 * Of one unit, as sold.
 */
price: Money, 
/**
 * How many, or how much.
 */
quantity: Quantity, 
/**
 * Came back already.
 */
returned: Quantity, 
/**
 * Can still come back.
 */
left: Quantity, 
/**
 * Of the whole line as sold, after all discounts.
 */
amount: Money, 
/**
 * Letters of the taxes that applied; empty when none.
 */
tax_letters: string, 
/**
 * Shown as `19+`.
 */
minimum_age: number | null, 
/**
 * Name of one of the two-ink drawings.
 */
drawing: string, 
/**
 * Pigment of its department.
 */
pigment: string, 
/**
 * Removed before completion, and why.
 */
voided: VoidReason | null, 
/**
 * What had to be known of this line.
 */
note: string | null, 
/**
 * The least role that may take it back alone, when it is more than that of who is signed in.
 */
needs: Role | null, };

export type FactView = { 
/**
 * Row of the journal.
 */
entry: number, 
/**
 * Number in the chain of its device.
 */
seq: number, 
/**
 * Life of that chain.
 */
epoch: number, 
/**
 * The device, shortened to eight hexadecimal digits.
 */
device: string, 
/**
 * `sale_completed`.
 */
kind: string, 
/**
 * RFC 3339, UTC.
 */
at: string, 
/**
 * Name of who did it.
 */
operator: string | null, 
/**
 * Name of who approved it.
 */
approved_by: string | null, 
/**
 * First sixteen hexadecimal digits.
 */
hash: string, };

export type StoredAt = { 
/**
 * RFC 3339, UTC; none: not stored there.
 */
disk: string | null, 
/**
 * Another till.
 */
neighbour: string | null, 
/**
 * The head office.
 */
head_office: string | null, };

export type ReturnNote = { receipt: string, 
/**
 * RFC 3339, UTC.
 */
at: string, total: Money, };

export type SaleView = { 
/**
 * Sale or return.
 */
kind: FoundKind, 
/**
 * SaleId or ReturnId.
 */
id: string, 
/**
 * Receipt number.
 */
receipt: string, 
/**
 * RFC 3339, UTC.
 */
completed_at: string, 
/**
 * Where.
 */
register: number, 
/**
 * Name of who completed it.
 */
operator: string, 
/**
 * Of a return: what came back.
 */
lines: Array<SoldLine>, 
/**
 * Before tax.
 */
subtotal: Money, 
/**
 * One per tax.
 */
taxes: Array<TaxLine>, 
/**
 * With tax.
 */
total: Money, 
/**
 * Of the cash.
 */
rounding: Money, 
/**
 * Of a return: what was given back.
 */
tenders: Array<Tender>, 
/**
 * Given back of the cash.
 */
change: Money, 
/**
 * What had to be known of the customer's cart.
 */
note: string | null, 
/**
 * Of a return: why.
 */
reason: string | null, 
/**
 * Its receipt.
 */
paper: Array<PaperLine>, 
/**
 * Characters on one line of the paper.
 */
columns: number, 
/**
 * What came back of this sale.
 */
returns: Array<ReturnNote>, 
/**
 * Of a return: receipt number of its sale; none when it was without a receipt.
 */
of: string | null, 
/**
 * Local date until which it comes back without approval.
 */
return_by: string | null, 
/**
 * That day has passed.
 */
late: boolean, 
/**
 * It is the last sale of the open shift, and nothing of it came back.
 */
may_void: boolean, 
/**
 * Journal entries that concern it.
 */
facts: Array<FactView>, 
/**
 * Where it is safe.
 */
stored: StoredAt, };

export type ReturnWanted = { line: number, quantity: string, wasted: boolean, };

export type RefundPart = { 
/**
 * Means of payment.
 */
type: TenderType, 
/**
 * Goes back.
 */
amount: Money, 
/**
 * To which card.
 */
card: CardProof | null, 
/**
 * What can still go back to this card after this.
 */
still: Money | null, };

export type ApprovalReason = "age_restricted" | "late" | "no_receipt" | "void_sale" | "cash_instead";

export type QuotedLine = { line: number, amount: Money, };

export type ReturnQuote = { 
/**
 * What each line that comes back comes to.
 */
lines: Array<QuotedLine>, 
/**
 * Before tax.
 */
subtotal: Money, 
/**
 * At the rates of the sale.
 */
taxes: Array<TaxLine>, 
/**
 * With tax.
 */
total: Money, 
/**
 * Of the cash part.
 */
rounding: Money, 
/**
 * Where the money goes.
 */
refunds: Array<RefundPart>, 
/**
 * The least role that must approve, when who is signed in may not do it alone.
 */
needs: Role | null, 
/**
 * Why.
 */
why: Array<ApprovalReason>, };

export type ReturnDone = { id: string, receipt: string, 
/**
 * None when it was without a receipt.
 */
sale_receipt: string | null, total: Money, rounding: Money, refunds: Array<RefundPart>, 
/**
 * The cash that goes back, by note and coin.
 */
change_parts: Array<ChangePart>, paper: Array<PaperLine>, 
/**
 * Characters on one line of the paper.
 */
columns: number, 
/**
 * RFC 3339, UTC.
 */
completed_at: string, receipt_job: JobState, drawer_job: JobState, };

export type Refunded = { "kind": "completed", done: ReturnDone, } | { "kind": "card", card: CardAttempt, };

export type BlindLine = { sku: string, quantity: string, 
/**
 * None: the catalogue's.
 */
price: Money | null, wasted: boolean, };

export type UnfinishedReturn = { id: string, sale: string, receipt: string, lines: Array<ReturnWanted>, reason: string | null, };

export type ExchangeLine = { name: Text, quantity: Quantity, unit: Unit, amount: Money, wasted: boolean, };

export type Exchange = { 
/**
 * Receipt number of the sale that the goods come from.
 */
receipt: string, lines: Array<ExchangeLine>, 
/**
 * What comes back, with tax.
 */
credit: Money, 
/**
 * Of it, what pays for the cart.
 */
used: Money, 
/**
 * The rest of it: goes back to the customer.
 */
refund: Money, };

export type Exchanged = { "kind": "completed", sale: SaleDone, back: ReturnDone, } | { "kind": "card", card: CardAttempt, };

export type Class = "printer" | "scanner" | "terminal";

export type Device = { kind: Class, lamp: Lamp, cause: string | null, };

export type UnknownJob = { 
/**
 * Its number.
 */
job: number, 
/**
 * Receipt number of its sale or return, or `Z 12`.
 */
receipt: string, };

export type Jobs = { 
/**
 * Print by themselves once the printer can.
 */
waiting: number, 
/**
 * Ask whether they came out.
 */
unknown: Array<UnknownJob>, };

export type CardKind = "payment" | "reversal" | "refund";

export type CardState = "asking" | "approved" | "declined" | "cancelled" | "not_sent" | "unknown" | "doubtful";

export type CardProgress = "asked" | "insert_card" | "watch_pin_pad" | "wrong_pin" | "authorising" | "wait" | "remove_card" | "approving" | "declining" | "other";

export type CardStep = { progress: CardProgress, 
/**
 * RFC 3339, UTC.
 */
at: string, };

export type CardAttempt = { steps: Array<CardStep>, 
/**
 * Whether the terminal is being spoken to.
 */
working: boolean, 
/**
 * Which.
 */
attempt: number, 
/**
 * What for.
 */
kind: CardKind, 
/**
 * Asked for.
 */
amount: Money, 
/**
 * Really moved; less than what was asked for when the card had no more. Of a doubtful one, what the
 * terminal remembers of its last transaction.
 */
approved: Money | null, 
/**
 * How far it has come.
 */
state: CardState, 
/**
 * The terminal's, when it refused or declined: chapter 10 of the specification.
 */
code: number | null, 
/**
 * What was the matter with the terminal.
 */
cause: string | null, 
/**
 * Of the card, once it is approved.
 */
card: CardProof | null, 
/**
 * RFC 3339, UTC.
 */
asked_at: string, };

export type AppState = { store: Store, operator: Operator | null, shift: ShiftSummary | null, cart: Cart, 
/**
 * True when this cart was open when the program stopped.
 */
recovered: boolean, devices: Array<Device>, jobs: Jobs, last_sale: SaleDone | null, 
/**
 * A card payment that is at work, unknown, or ended and not yet put away.
 */
card: CardAttempt | null, 
/**
 * A return of which a card was refunded already, and that has to be completed.
 */
unfinished_return: UnfinishedReturn | null, 
/**
 * Whoever looks younger than this is asked for proof of age.
 */
ask_under: number, demo: boolean, };

export type ReportKind = "x" | "z";

export type TenderTotal = { 
/**
 * `cash`.
 */
tender: string, 
/**
 * Times it was offered.
 */
count: number, 
/**
 * As given, before change.
 */
amount: Money, };

export type ReportTax = { 
/**
 * `HST`.
 */
code: string, 
/**
 * As printed.
 */
name: Text, 
/**
 * Sum of the tax lines of the sales.
 */
amount: Money, };

export type Report = { 
/**
 * X or Z.
 */
kind: ReportKind, 
/**
 * Gapless per register; none on an X.
 */
number: number | null, 
/**
 * Number of the shift on this register.
 */
shift: number, 
/**
 * Local time, `2025-11-20 09:02`.
 */
opened_at: string, 
/**
 * Local time; none on an X.
 */
closed_at: string | null, 
/**
 * Who took the report.
 */
operator: string, 
/**
 * Completed sales.
 */
sales: number, 
/**
 * Lines removed before completion.
 */
voided_lines: number, 
/**
 * Carts removed before completion.
 */
voided_carts: number, 
/**
 * Before tax.
 */
subtotal: Money, 
/**
 * One per tax.
 */
taxes: Array<ReportTax>, 
/**
 * With tax.
 */
total: Money, 
/**
 * Completed returns. Subtotal, taxes and total are of the sales alone.
 */
returns: number, 
/**
 * One per tax that went back.
 */
returned_taxes: Array<ReportTax>, 
/**
 * What came back, with tax.
 */
returned: Money, 
/**
 * Cash rounding of the sales, minus that of the returns.
 */
rounding: Money, 
/**
 * One per means of payment.
 */
tenders: Array<TenderTotal>, 
/**
 * Given back.
 */
change: Money, 
/**
 * Given back for what came back, one per means of payment.
 */
refunds: Array<TenderTotal>, 
/**
 * Opening cash.
 */
float: Money, 
/**
 * Brought to the drawer without a sale.
 */
paid_in: Money, 
/**
 * Paid out of the drawer.
 */
paid_out: Money, 
/**
 * Taken out of the drawer into the safe.
 */
safe_drops: Money, 
/**
 * Times the drawer was opened without a sale.
 */
no_sales: number, 
/**
 * Cash by the books: float + cash given − change − cash refunds + paid in − paid out − safe drops.
 */
expected: Money, 
/**
 * Cash found; none on an X.
 */
counted: Money | null, 
/**
 * Counted minus expected.
 */
over_short: Money | null, 
/**
 * Said at closing.
 */
note: string | null, 
/**
 * Of the shift.
 */
first_receipt: string | null, 
/**
 * Of the shift.
 */
last_receipt: string | null, };

export type CartRefusal = { "kind": "empty_cart" } | { "kind": "no_such_line", 
/**
 * The line asked for.
 */
line: number, } | { "kind": "too_many_lines", 
/**
 * [`MOST_LINES`].
 */
most: number, } | { "kind": "bad_quantity", 
/**
 * As typed.
 */
text: string, } | { "kind": "cart_changed" } | { "kind": "bad_note", 
/**
 * [`MOST_NOTE`].
 */
most: number, } | { "kind": "nothing_to_undo" } | { "kind": "name_required" } | { "kind": "unknown_cart" };

export type CatalogRefusal = { "kind": "unknown_code", 
/**
 * What was read.
 */
code: string, } | { "kind": "bad_check_digit", 
/**
 * What was read.
 */
code: string, } | { "kind": "bad_price_check", 
/**
 * What was read.
 */
code: string, } | { "kind": "unknown_sku", 
/**
 * The SKU asked for.
 */
sku: string, } | { "kind": "archived", 
/**
 * The SKU asked for.
 */
sku: string, } | { "kind": "no_price", 
/**
 * The SKU asked for.
 */
sku: string, } | { "kind": "price_required", 
/**
 * The SKU asked for.
 */
sku: string, 
/**
 * Its name, for the question.
 */
name: Text, } | { "kind": "fixed_price", 
/**
 * The SKU asked for.
 */
sku: string, } | { "kind": "no_miscellaneous" } | { "kind": "quantity_required", 
/**
 * The SKU asked for.
 */
sku: string, 
/**
 * Its name, for the question.
 */
name: Text, } | { "kind": "whole_quantity_only", 
/**
 * The SKU asked for.
 */
sku: string, };

export type ComplianceRefusal = { "kind": "age_check_required", 
/**
 * In years.
 */
age: number, } | { "kind": "over_possession_limit", 
/**
 * Grams of dried cannabis or its equivalent, rounded up.
 */
used: string, 
/**
 * Grams allowed.
 */
limit: number, 
/**
 * The line that goes past it.
 */
line: number, } | { "kind": "no_age_to_check" };

export type PricingRefusal = { "kind": "bad_discount", 
/**
 * As typed.
 */
text: string, } | { "kind": "bad_price", 
/**
 * As typed.
 */
text: string, } | { "kind": "approval_required", 
/**
 * The least role that may approve it.
 */
needs: Role, };

export type PaymentsRefusal = { "kind": "underpaid", 
/**
 * Cash due, rounded.
 */
due: Money, 
/**
 * Given so far.
 */
tendered: Money, } | { "kind": "bad_amount", 
/**
 * As typed.
 */
text: string, } | { "kind": "no_open_shift" } | { "kind": "shift_already_open" } | { "kind": "reason_required" } | { "kind": "cart_not_empty" } | { "kind": "card_exceeds_due", 
/**
 * Without tenders.
 */
due: Money, 
/**
 * By cards in all.
 */
amount: Money, } | { "kind": "card_unsettled" } | { "kind": "card_tendered" } | { "kind": "unknown_card_payment" } | { "kind": "terminal_missing" } | { "kind": "terminal_silent" } | { "kind": "terminal_busy" };

export type OrdersRefusal = { "kind": "unknown_sale", 
/**
 * The number asked for.
 */
receipt: string, } | { "kind": "nothing_to_return" } | { "kind": "more_than_sold", 
/**
 * SKU code.
 */
sku: string, 
/**
 * Sold and not yet returned.
 */
left: Quantity, } | { "kind": "line_voided", 
/**
 * Of the sale.
 */
line: number, } | { "kind": "unknown_line", 
/**
 * As asked for.
 */
line: number, } | { "kind": "not_last_sale", 
/**
 * Receipt number of the sale.
 */
receipt: string, } | { "kind": "card_refund_first", 
/**
 * Not yet given back by the terminal.
 */
amount: Money, } | { "kind": "return_unfinished", 
/**
 * Receipt number of the sale.
 */
receipt: string, 
/**
 * Of the return.
 */
id: ReturnId, } | { "kind": "exchange_pending" } | { "kind": "nothing_to_exchange" };

export type OperatorsRefusal = { "kind": "not_signed_in" } | { "kind": "unknown_operator", 
/**
 * As asked for.
 */
operator: string, } | { "kind": "wrong_pin", 
/**
 * Until the name is locked.
 */
tries_left: number, } | { "kind": "locked_out", 
/**
 * RFC 3339, UTC.
 */
until: string, } | { "kind": "bad_pin" } | { "kind": "last_manager" } | { "kind": "bad_name", 
/**
 * Characters.
 */
most: number, } | { "kind": "not_allowed", 
/**
 * The least role that may.
 */
needs: Role, };

export type OutboxRefusal = { "kind": "no_such_job", 
/**
 * As asked for.
 */
job: number, };

export type Fault = { "kind": "fault", 
/**
 * Eight characters to read out over the telephone.
 */
reference: string, };

/** What the engine says instead of doing it; match on `kind`, never on text. */
export type Refusal =
  | CartRefusal
  | CatalogRefusal
  | ComplianceRefusal
  | PricingRefusal
  | PaymentsRefusal
  | OrdersRefusal
  | OperatorsRefusal
  | OutboxRefusal
  | Fault;

/** Commands: name, arguments, answer. A refusal is thrown. */
export type Commands = {
  state: [Record<string, never>, AppState];
  operators: [Record<string, never>, Array<Operator>];
  sign_in: [{ operator: string; pin: string }, AppState];
  sign_out: [Record<string, never>, AppState];
  set_language: [{ language: Language }, AppState];
  people: [Record<string, never>, Array<Person>];
  save_person: [{ operator: string | null; name: string; role: Role; language: Language; pin: string | null; active: boolean }, Array<Person>];
  open_shift: [{ float: string }, AppState];
  x_report: [Record<string, never>, Report];
  close_shift: [{ pieces: Array<CountedPieces>; note: string }, Report];
  count: [{ pieces: Array<CountedPieces> }, Tally];
  denominations: [Record<string, never>, Array<Denomination>];
  move_cash: [{ what: CashMove; amount: string; reason: string; approval: Approval | null }, null];
  no_sale: [{ reason: string }, null];
  print_report: [Record<string, never>, Jobs];
  departments: [Record<string, never>, Array<Department>];
  tiles: [{ department: string | null }, Array<Tile>];
  search: [{ text: string; limit: number }, Array<Hit>];
  scan: [{ code: string }, Cart];
  add: [{ sku: string; quantity: string | null }, Cart];
  add_open: [{ sku: string; quantity: string | null; price: string; name: string }, Cart];
  set_quantity: [{ line: number; quantity: string }, Cart];
  void_line: [{ line: number; reason: VoidReason }, Cart];
  void_cart: [{ reason: VoidReason }, Cart];
  set_price: [{ line: number; price: string; reason: PriceReason; approval: Approval | null }, Cart];
  set_discount: [{ line: number | null; discount: Discount | null; reason: PriceReason; approval: Approval | null }, Cart];
  set_note: [{ line: number | null; note: string }, Cart];
  undo: [Record<string, never>, Cart];
  park: [{ name: string }, Cart];
  parked: [Record<string, never>, Array<ParkedCart>];
  resume: [{ cart: string }, Cart];
  check_age: [{ proof: AgeProof }, Cart];
  refuse_age: [Record<string, never>, Cart];
  cash_quote: [{ tendered: string }, CashQuote];
  pay_card: [{ cart: string; total: Money; amount: string }, CardAttempt];
  take_back_card: [{ attempt: number }, CardAttempt];
  stop_card: [Record<string, never>, null];
  ask_terminal: [Record<string, never>, CardAttempt];
  leave_card: [Record<string, never>, AppState];
  settle_card: [{ moved: Money | null; approval: Approval | null }, AppState];
  complete_sale: [{ cart: string; total: Money; cash: string }, SaleDone];
  print_again: [{ sale: string }, Jobs];
  settle_job: [{ job: number; came_out: boolean }, Jobs];
  find_sales: [{ text: string; from: string | null; to: string | null; kind: FoundKind | null; before: number | null; limit: number }, FoundSales];
  sale_view: [{ receipt: string }, SaleView];
  reprint: [{ receipt: string }, Jobs];
  gift_receipt: [{ receipt: string; lines: Array<number> }, Jobs];
  quote_return: [{ sale: string; lines: Array<ReturnWanted> }, ReturnQuote];
  refund: [{ id: string; sale: string; lines: Array<ReturnWanted>; reason: string; approval: Approval | null; cash_instead: boolean }, Refunded];
  void_sale: [{ id: string; sale: string; approval: Approval | null; cash_instead: boolean }, Refunded];
  quote_blind: [{ lines: Array<BlindLine> }, ReturnQuote];
  refund_blind: [{ id: string; lines: Array<BlindLine>; reason: string; approval: Approval | null }, ReturnDone];
  begin_exchange: [{ id: string; sale: string; lines: Array<ReturnWanted>; reason: string; approval: Approval | null }, Cart];
  leave_exchange: [Record<string, never>, Cart];
  complete_exchange: [{ cart: string; total: Money; cash: string; cash_instead: boolean; approval: Approval | null }, Exchanged];
};

/** Pushed by the engine. */
export type Pushed = {
  scanned: { code: string };
  devices: Array<Device>;
  jobs: Jobs;
  sale_printed: { sale: string; receipt_job: JobState };
  card: { card: CardAttempt | null; cart: Cart };
};
