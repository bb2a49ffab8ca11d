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
opened_at: string, opened_by: string, 
/**
 * Who has the drawer: it may have been handed over.
 */
held_by: string, float: Money, };

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
voided: VoidReason | null, 
/**
 * The line that this is paid along with, as a deposit is: it follows whatever happens to that one.
 */
of: number | null, };

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

export type Exchange = { 
/**
 * Receipt number of the sale that the goods come from.
 */
receipt: string, 
/**
 * What comes back.
 */
lines: Array<ExchangeLine>, 
/**
 * What that comes to, with tax.
 */
credit: Money, 
/**
 * What of it pays for the cart.
 */
used: Money, 
/**
 * What goes back to the customer, cards that have their money already included.
 */
refund: Money, };

export type ExchangeLine = { 
/**
 * As sold.
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
 * Its part of what the line was sold for, before tax.
 */
amount: Money, 
/**
 * It cannot be sold again.
 */
wasted: boolean, };

export type TakenTwice = { 
/**
 * The other one.
 */
register: number, 
/**
 * It was taken here first.
 */
first: boolean, };

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
 * The goods before tax.
 */
subtotal: Money, 
/**
 * What is paid along with them before tax: deposits and fees.
 */
charges: Money, 
/**
 * One per tax.
 */
taxes: Array<TaxLine>, 
/**
 * With tax.
 */
total: Money, 
/**
 * What comes back for it, which pays first.
 */
exchange: Exchange | null, 
/**
 * Cards that have paid for a part of it, or for all.
 */
tenders: Array<CardTender>, 
/**
 * What they leave; less than nothing when goods went out of the cart after a card had paid for them.
 */
rest: Money, 
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
can_undo: boolean, 
/**
 * It was parked, and another till took it in hand as well.
 */
taken_twice: TakenTwice | null, };

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
by: string, 
/**
 * The register where it was parked, if that is another.
 */
register: number | null, };

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
roll: number | null, 
/**
 * What a roll is worth.
 */
roll_worth: Money | null, };

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

export type CountSoFar = { 
/**
 * What the drawer began with, and begins with again.
 */
float: Money, 
/**
 * What is counted above that.
 */
safe_drop: Money, 
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
 * What a card is asked for besides, so that this is enough for what it leaves; nothing when it is enough.
 */
by_card: Money, 
/**
 * Whether the sale can be completed.
 */
enough: boolean, };

export type ChangeQuote = { 
/**
 * The line, or all goods before tax.
 */
amount: Money, 
/**
 * What that is less than the catalogue asks, or than the lines come to; less than nothing where it is more.
 */
off: Money, 
/**
 * The same in whole percent, halves up; none of nothing.
 */
percent: number | null, 
/**
 * The cart's total with tax.
 */
total: Money, };

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

export type JobState = "waiting" | "printing" | "printed" | "sent" | "unknown" | "discarded" | "given";

export type ReceiptJobs = { 
/**
 * The receipt's.
 */
receipt_job: JobState, 
/**
 * The drawer's.
 */
drawer_job: JobState, };

export type SaleDone = { sale: SaleId, receipt: string, total: Money, cash_due: Money, tendered: Money, tenders: Array<Tender>, rounding: Money, change: Money, change_parts: Array<ChangePart>, paper: Array<PaperLine>, 
/**
 * Characters on one line of the paper.
 */
columns: number, 
/**
 * RFC 3339, UTC.
 */
completed_at: string, receipt_job: JobState, drawer_job: JobState, };

export type Class = "printer" | "scanner" | "terminal";

export type Device = { kind: Class, lamp: Lamp, cause: string | null, };

export type UnknownJob = { 
/**
 * Its number.
 */
job: number, 
/**
 * Receipt number of its sale or return, `Z 12`, or who handed over to whom.
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
asked_at: string, 
/**
 * For goods that come back, and not of a cart.
 */
of_return: boolean, 
/**
 * The terminal does not undo the payment of a sale that is voided: the card is refunded next.
 */
refund_next: boolean, };

export type FoundKind = "sale" | "return";

export type Returned = "none" | "part" | "all";

export type Matched = "receipt" | "amount" | "time" | "card" | "sku" | "note";

export type FoundSale = { 
/**
 * Place in the journal; where the next page goes on.
 */
entry: number, 
/**
 * Which of both.
 */
kind: FoundKind, 
/**
 * Of the sale, or of the return: two may have one number.
 */
id: string, 
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
 * With tax; more than nothing for both.
 */
total: Money, 
/**
 * Each means of payment once; of a return, how the money went back.
 */
tenders: Array<TenderType>, 
/**
 * Last four digits of its first card.
 */
card_number: string | null, 
/**
 * Of a sale.
 */
returned: Returned, 
/**
 * Noted on the customer's cart.
 */
note: string | null, 
/**
 * What the text was found in.
 */
matched: Matched | null, };

export type FoundSales = { 
/**
 * The newest first.
 */
found: Array<FoundSale>, 
/**
 * Whether there are older ones.
 */
more: boolean, };

export type SoldLine = { 
/**
 * Its number in the sale.
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
 * Of the quantities.
 */
unit: Unit, 
/**
 * Of one unit, as sold.
 */
price: Money, 
/**
 * Sold; of a return, what came back.
 */
quantity: Quantity, 
/**
 * What came back of it; nothing, of a return.
 */
returned: Quantity, 
/**
 * What can still come back.
 */
left: Quantity, 
/**
 * After all discounts, of the whole line.
 */
amount: Money, 
/**
 * Letters of the taxes that apply.
 */
tax_letters: string, 
/**
 * Sold only to people of this age and above.
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
 * The line that it was paid along with, as a deposit is; it comes back with that one.
 */
of: number | null, 
/**
 * Noted on the line.
 */
note: string | null, 
/**
 * The least role that may take it back alone, when that is more than the one who asks.
 */
needs: Role | null, };

export type FactView = { 
/**
 * Place in the journal.
 */
entry: number, 
/**
 * Place in its chain.
 */
seq: number, 
/**
 * Of the chain.
 */
epoch: number, 
/**
 * The first eight hexadecimal digits of the device's id.
 */
device: string, 
/**
 * Of the fact.
 */
kind: string, 
/**
 * RFC 3339, UTC.
 */
at: string, 
/**
 * Name of whose it is.
 */
operator: string | null, 
/**
 * Names of who approved it, or something in it.
 */
approved_by: string | null, 
/**
 * The first sixteen hexadecimal digits of its hash.
 */
hash: string, };

export type StoredAt = { 
/**
 * On the disk of this till.
 */
disk: string | null, 
/**
 * On another till of the store.
 */
neighbour: string | null, 
/**
 * At head office.
 */
head_office: string | null, };

export type ReturnNote = { 
/**
 * Of the return.
 */
id: string, 
/**
 * Receipt number.
 */
receipt: string, 
/**
 * RFC 3339, UTC.
 */
at: string, 
/**
 * With tax.
 */
total: Money, };

export type TakenBackTwice = { 
/**
 * Of the sale.
 */
sale: string, 
/**
 * Receipt number of the sale.
 */
receipt: string, 
/**
 * What came back too much, before tax.
 */
too_much: Money, 
/**
 * All that came back of it.
 */
returns: Array<ReturnNote>, };

export type Alike = { 
/**
 * Of the sale, or of the return.
 */
id: string, 
/**
 * When it was completed: RFC 3339, UTC.
 */
at: string, 
/**
 * With tax.
 */
total: Money, };

export type SaleView = { 
/**
 * Which of both.
 */
kind: FoundKind, 
/**
 * Of the sale, or of the return.
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
 * Where it was completed.
 */
register: number, 
/**
 * Name of who completed it.
 */
operator: string, 
/**
 * As sold, or what came back.
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
 * What was given; of a return, given back.
 */
tenders: Array<Tender>, 
/**
 * Given back, in cash.
 */
change: Money, 
/**
 * Noted on the customer's cart.
 */
note: string | null, 
/**
 * Why it came back.
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
 * What came back of the sale.
 */
returns: Array<ReturnNote>, 
/**
 * What of that is more than was sold, before tax: registers that did not see each other took the same goods back.
 */
too_much: Money | null, 
/**
 * Of a return: receipt number of its sale.
 */
of: string | null, 
/**
 * Of a return: id of its sale.
 */
of_sale: string | null, 
/**
 * The last day, `YYYY-MM-DD`, on which it comes back without approval.
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
 * In the order of the journal.
 */
facts: Array<FactView>, 
/**
 * Where it is kept safe.
 */
stored: StoredAt, };

export type ApprovalReason = "age_restricted" | "late" | "no_receipt" | "void_sale" | "cash_instead" | "much_cash";

export type ReturnWanted = { 
/**
 * Number of the line in the sale.
 */
line: number, 
/**
 * How many, or how much.
 */
quantity: Quantity, 
/**
 * It cannot be sold again.
 */
wasted: boolean, };

export type RefundPart = { 
/**
 * Out of the drawer, to a card, or for other goods.
 */
type: TenderType, 
/**
 * How much.
 */
amount: Money, 
/**
 * Of the card that it goes to.
 */
card: CardProof | null, 
/**
 * What can still go back to this card after it.
 */
still: Money | null, };

export type QuotedLine = { 
/**
 * Its number in the sale.
 */
line: number, 
/**
 * Before tax.
 */
amount: Money, };

export type ReturnQuote = { 
/**
 * Each of them.
 */
lines: Array<QuotedLine>, 
/**
 * The goods before tax.
 */
subtotal: Money, 
/**
 * What was paid along with them before tax: deposits and fees.
 */
charges: Money, 
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
 * Where the money goes.
 */
refunds: Array<RefundPart>, 
/**
 * The least role that must approve it, when the one who asks may not do it alone.
 */
needs: Role | null, 
/**
 * Why.
 */
why: Array<ApprovalReason>, };

export type ReturnDone = { id: ReturnId, receipt: string, 
/**
 * None without a receipt.
 */
sale_receipt: string | null, total: Money, rounding: Money, refunds: Array<RefundPart>, 
/**
 * The cash that goes back.
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
 * None is the catalogue's.
 */
price: Money | null, wasted: boolean, };

export type UnfinishedReturn = { 
/**
 * Completing it under this id takes what was refunded.
 */
id: ReturnId, 
/**
 * What was sold.
 */
sale: SaleId, 
/**
 * Receipt number of the sale.
 */
receipt: string, 
/**
 * What comes back.
 */
lines: Array<ReturnWanted>, 
/**
 * Why.
 */
reason: string | null, };

export type Exchanged = { "kind": "completed", sale: SaleDone, back: ReturnDone, } | { "kind": "card", card: CardAttempt, };

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
 * A return of which a card has its money, or may have, and whose goods are not taken back yet.
 */
unfinished_return: UnfinishedReturn | null, 
/**
 * Whoever looks younger than this is asked for proof of age.
 */
ask_under: number, 
/**
 * Nothing of this is real: somebody trains.
 */
training: boolean, demo: boolean, };

export type Opened = { state: AppState, operators: Array<Operator>, };

export type Goods = "alcohol" | "cannabis";

export type Rule = { "rule": "tax", 
/**
 * `HST`.
 */
code: string, 
/**
 * As printed.
 */
name: Text, 
/**
 * Per cent, as a decimal string without trailing zeros.
 */
percent: string, 
/**
 * Tax categories that it falls on.
 */
categories: Array<string>, } | { "rule": "cash_rounding", 
/**
 * Its value.
 */
coin: Money, } | { "rule": "minimum_age", 
/**
 * What.
 */
goods: Goods, 
/**
 * In years.
 */
age: number, 
/**
 * Whoever looks younger than this is asked for proof.
 */
ask_under: number, } | { "rule": "possession_limit", 
/**
 * In grams of dried cannabis or its equivalent.
 */
grams: number, };

export type DatedRule = { 
/**
 * First day.
 */
from: string, 
/**
 * Last day; none while no end is known.
 */
to: string | null, 
/**
 * Who publishes it.
 */
source: Text, } & ({ "rule": "tax", 
/**
 * `HST`.
 */
code: string, 
/**
 * As printed.
 */
name: Text, 
/**
 * Per cent, as a decimal string without trailing zeros.
 */
percent: string, 
/**
 * Tax categories that it falls on.
 */
categories: Array<string>, } | { "rule": "cash_rounding", 
/**
 * Its value.
 */
coin: Money, } | { "rule": "minimum_age", 
/**
 * What.
 */
goods: Goods, 
/**
 * In years.
 */
age: number, 
/**
 * Whoever looks younger than this is asked for proof.
 */
ask_under: number, } | { "rule": "possession_limit", 
/**
 * In grams of dried cannabis or its equivalent.
 */
grams: number, });

export type RegionChoice = { region: Region, name: Text, 
/**
 * IANA, the usual one first.
 */
time_zones: Array<string>, 
/**
 * The one of most customers first.
 */
languages: Array<Language>, };

export type SetupState = { 
/**
 * Where the store will be.
 */
folder: string, 
/**
 * The store that is there, when only its manager is missing.
 */
store: Store | null, 
/**
 * Where a store can be.
 */
regions: Array<RegionChoice>, };

export type StoreToOpen = { 
/**
 * The company: 1 to 16 letters, digits and -.
 */
tenant: string, 
/**
 * 2 to 8 capitals and digits.
 */
code: string, name: string, address: Array<string>, region: Region, register: number, 
/**
 * The first one is that of receipts.
 */
languages: Array<Language>, tax_numbers: Array<string>, time_zone: string, };

export type FirstManager = { name: string, language: Language, pin: string, };

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

export type HandOver = { 
/**
 * Place in the journal.
 */
entry: number, 
/**
 * Local time, `2025-11-20 14:07`.
 */
at: string, 
/**
 * Name of who counted it and gave it up.
 */
from: string, 
/**
 * Name of who has it since.
 */
to: string, 
/**
 * Cash found.
 */
counted: Money, 
/**
 * Cash by the books at that moment.
 */
expected: Money, 
/**
 * Counted minus expected: all since the shift was opened.
 */
over_short: Money, 
/**
 * Of that, what came since the hand-over before.
 */
part: Money, 
/**
 * Said with the count.
 */
note: string | null, };

export type DrawerCount = { 
/**
 * Local time, `2025-11-20 21:04`.
 */
at: string, 
/**
 * Cash found.
 */
counted: Money, 
/**
 * Cash by the books at that moment.
 */
expected: Money, 
/**
 * Counted minus expected.
 */
over_short: Money, };

export type CountFound = { 
/**
 * The count, against all since the shift was opened.
 */
count: DrawerCount, 
/**
 * Of what it is over or short, what came since the drawer was handed over the last time.
 */
part: Money, };

export type DrawerPart = { 
/**
 * Name of who had it.
 */
operator: string, 
/**
 * What their time left over or short; none while they have it.
 */
over_short: Money | null, };

export type CheckOutcome = "not_asked" | "asking" | "told" | "untold" | "not_reached" | "refused" | "unknown";

export type TerminalCard = { 
/**
 * `visa`, `mastercard`, `amex`, `jcb`, `diners`, `girocard`, `other`.
 */
kind: string, 
/**
 * How much.
 */
amount: Money, };

export type TerminalCheck = { 
/**
 * Of the last time that it was asked.
 */
outcome: CheckOutcome, 
/**
 * Local time, `2025-11-20 21:05`; none when nobody asked.
 */
at: string | null, 
/**
 * Given by cards, minus what cards were given back, by our books.
 */
ours: Money, 
/**
 * By the terminal's: the sum of every time that it told.
 */
told: Money | null, 
/**
 * Told minus ours; none unless it told when it was asked last.
 */
difference: Money | null, 
/**
 * It has handed something in before without saying what, so that what it told may not be all.
 */
partial: boolean, 
/**
 * Of what it told, what each kind of card has.
 */
cards: Array<TerminalCard>, 
/**
 * Terminal id.
 */
terminal: number | null, 
/**
 * Of the terminal, when it refused.
 */
code: number | null, };

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
 * Counts that were handed in before the one that closed it; of an open shift all.
 */
earlier_counts: Array<DrawerCount>, 
/**
 * The card terminal's totals beside ours; none when no card has paid and nobody has asked.
 */
terminal: TerminalCheck | null, 
/**
 * Each time the drawer was handed over, in order.
 */
hand_overs: Array<HandOver>, 
/**
 * Each operator's time at the drawer, in order; nothing without a hand-over. They add up to over/short.
 */
parts: Array<DrawerPart>, 
/**
 * Of the shift.
 */
first_receipt: string | null, 
/**
 * Of the shift.
 */
last_receipt: string | null, };

export type BlindTender = { 
/**
 * `cash`.
 */
tender: string, 
/**
 * Times it was offered.
 */
count: number, 
/**
 * How much; none of cash.
 */
amount: Money | null, };

export type Passed = { 
/**
 * Local time, `2025-11-20 14:07`.
 */
at: string, 
/**
 * Name of who gave it up.
 */
from: string, 
/**
 * Name of who has it since.
 */
to: string, };

export type BlindReport = { 
/**
 * Number of the shift on this register.
 */
shift: number, 
/**
 * Local time, `2025-11-20 09:02`.
 */
opened_at: string, 
/**
 * Who took the report.
 */
operator: string, 
/**
 * Completed sales.
 */
sales: number, 
/**
 * Completed returns.
 */
returns: number, 
/**
 * Lines removed before completion.
 */
voided_lines: number, 
/**
 * Carts removed before completion.
 */
voided_carts: number, 
/**
 * Times the drawer was opened without a sale.
 */
no_sales: number, 
/**
 * One per means of payment.
 */
tenders: Array<BlindTender>, 
/**
 * Given back for what came back, one per means of payment.
 */
refunds: Array<BlindTender>, 
/**
 * The card terminal's totals beside ours; none when no card has paid and nobody has asked.
 */
terminal: TerminalCheck | null, 
/**
 * Each time the drawer was handed over, in order.
 */
hand_overs: Array<Passed>, 
/**
 * Of the shift.
 */
first_receipt: string | null, 
/**
 * Of the shift.
 */
last_receipt: string | null, };

export type XReport = { "shown": "whole" } & Report | { "shown": "blind" } & BlindReport;

export type HandedOver = { hand_over: HandOver, state: AppState, };

export type ReceiptLanguage = "en" | "fr" | "both";

export type SettingsDraft = { 
/**
 * What scales print inside EAN-13s: `02=2|IIIII|V|PPPP|C`.
 */
price_barcodes: Array<string>, 
/**
 * Whether open items may be sold under a keyed name.
 */
miscellaneous: boolean, 
/**
 * Days on which goods come back without approval; none is any number.
 */
return_days: number | null, 
/**
 * What a cashier may take off a price alone: `10%`.
 */
discount_cashier: string, 
/**
 * What a supervisor may.
 */
discount_supervisor: string, 
/**
 * What a cashier pays in alone; none is any amount.
 */
paid_in_alone: string | null, 
/**
 * What a cashier pays out alone.
 */
paid_out_alone: string, 
/**
 * What a supervisor pays out alone; none is any amount.
 */
paid_out_supervisor: string | null, 
/**
 * What a cashier takes to the safe alone; none is any amount.
 */
safe_drop_alone: string | null, 
/**
 * How often a cashier opens the drawer without a sale in one shift; none is any number.
 */
no_sales_alone: number | null, 
/**
 * What a cashier gives back in cash alone; none is any amount.
 */
cash_back_alone: string | null, 
/**
 * What receipts are printed in; none is the store's first language.
 */
receipt: ReceiptLanguage | null, 
/**
 * What stands at their foot; none of it is thanks.
 */
receipt_foot: Text, };

export type StoreDraft = { name: string, address: Array<string>, tax_numbers: Array<string>, languages: Array<Language>, time_zone: string, };

export type ReceiptPreview = { paper: Array<PaperLine>, 
/**
 * Characters on one line of the paper.
 */
columns: number, };

export type DeviceAt = { kind: Class, 
/**
 * `tcp://192.168.1.50:9100`, `serial:/dev/ttyUSB0?baud=38400`; none while there is none.
 */
address: string | null, 
/**
 * Of the terminal: whether a password was set for it. Which, is told to nobody.
 */
password: boolean, };

export type DeviceTest = "printer" | "drawer";

export type JobKind = "receipt" | "duplicate" | "report" | "sales" | "test" | "drawer";

export type JobThere = "asked" | "waiting" | "printing" | "unknown" | "printed" | "back";

export type GivenTo = { 
/**
 * The neighbour's device.
 */
device: string, 
/**
 * Its register.
 */
register: number, 
/**
 * What it said.
 */
there: JobThere, 
/**
 * It was asked to give the job back, and has not answered.
 */
asked_back: boolean, };

export type JobRow = { 
/**
 * Its number.
 */
job: number, 
/**
 * What it is.
 */
what: JobKind, 
/**
 * A receipt number, `Z 12`, a day, or who handed over to whom; empty where there is nothing to name.
 */
name: string, 
/**
 * How far it is.
 */
state: JobState, 
/**
 * What was the matter when it was tried.
 */
cause: string | null, 
/**
 * When it was queued: RFC 3339, UTC.
 */
at: string, 
/**
 * The neighbour that it was given to.
 */
given: GivenTo | null, 
/**
 * The register that gave it to this one.
 */
from: number | null, };

export type NotTaken = "given_back" | "printer_stopped" | "no_printer" | "full" | "cannot_print_it" | "not_believed";

export type Giving = { 
/**
 * Its number.
 */
giving: number, 
/**
 * To which register.
 */
register: number, 
/**
 * How many jobs.
 */
jobs: number, 
/**
 * How many of them it has taken.
 */
taken: number, 
/**
 * How many are printed.
 */
printed: number, 
/**
 * How many ask for a person.
 */
unknown: number, 
/**
 * How many came back.
 */
back: number, 
/**
 * Why the last of those came back.
 */
why: NotTaken | null, };

export type PrinterThere = "ready" | "none" | "stopped" | "paper_out" | "cover_open" | "cutter_jammed" | "disconnected" | "older";

export type NeighbourPrinter = { 
/**
 * Its device.
 */
device: string, register: number, printer: PrinterThere, };

export type NeighbourPrinters = { 
/**
 * By register.
 */
neighbours: Array<NeighbourPrinter>, giving: Giving | null, };

export type Period = { "kind": "shift", 
/**
 * Its number on this register.
 */
shift: number, 
/**
 * Which one, where tills of the register that were apart may have given the number twice; otherwise the last.
 */
id: ShiftId | null, } | { "kind": "day", 
/**
 * Which.
 */
day: string, };

export type ShiftRow = { 
/**
 * Its number on this register.
 */
shift: number, 
/**
 * Which one, whatever its number.
 */
id: ShiftId, 
/**
 * Number of its Z; none while it is open.
 */
z: number | null, 
/**
 * Local time, `2025-11-20 09:02`.
 */
opened_at: string, 
/**
 * Local time; none while it is open.
 */
closed_at: string | null, 
/**
 * Name of who opened it.
 */
opened_by: string, 
/**
 * Counted minus expected; none while it is open.
 */
over_short: Money | null, };

export type ReportPeriods = { 
/**
 * The day at the counter, `2025-11-20`.
 */
today: string, 
/**
 * The last shifts of this register, the last one first.
 */
shifts: Array<ShiftRow>, };

export type Traded = { 
/**
 * Sales, or their lines, or times offered.
 */
count: number, 
/**
 * What they come to.
 */
sold: Money, 
/**
 * What came back.
 */
returned: Money, 
/**
 * Sold minus returned.
 */
net: Money, };

export type HourRow = { 
/**
 * From 0 to 23.
 */
hour: number, 
/**
 * Sales, or their lines, or times offered.
 */
count: number, 
/**
 * What they come to.
 */
sold: Money, 
/**
 * What came back.
 */
returned: Money, 
/**
 * Sold minus returned.
 */
net: Money, };

export type DepartmentRow = { 
/**
 * None for goods that are in no department any more.
 */
department: string | null, 
/**
 * As the catalogue calls it today.
 */
name: Text, 
/**
 * Sales, or their lines, or times offered.
 */
count: number, 
/**
 * What they come to.
 */
sold: Money, 
/**
 * What came back.
 */
returned: Money, 
/**
 * Sold minus returned.
 */
net: Money, };

export type TenderRow = { 
/**
 * Which.
 */
tender: TenderType, 
/**
 * Sales, or their lines, or times offered.
 */
count: number, 
/**
 * What they come to.
 */
sold: Money, 
/**
 * What came back.
 */
returned: Money, 
/**
 * Sold minus returned.
 */
net: Money, };

export type TaxRow = { 
/**
 * `HST`.
 */
code: string, 
/**
 * As printed.
 */
name: Text, 
/**
 * Sales, or their lines, or times offered.
 */
count: number, 
/**
 * What they come to.
 */
sold: Money, 
/**
 * What came back.
 */
returned: Money, 
/**
 * Sold minus returned.
 */
net: Money, };

export type OperatorRow = { 
/**
 * Who.
 */
operator: OperatorId, 
/**
 * As on the tile.
 */
name: string, 
/**
 * Completed returns, voided sales among them.
 */
returns: number, 
/**
 * Sales that were voided after completion.
 */
voided_sales: number, 
/**
 * Lines removed before completion.
 */
voided_lines: number, 
/**
 * Carts removed before completion.
 */
voided_carts: number, 
/**
 * What was in those lines and carts.
 */
voided: Money, 
/**
 * Lines sold for less than the catalogue asks.
 */
reduced_lines: number, 
/**
 * What they were sold for less.
 */
reduced: Money, 
/**
 * Times the drawer was opened without a sale.
 */
no_sales: number, 
/**
 * Paid out of the drawer.
 */
paid_out: Money, 
/**
 * What was found too much in drawers that they had, or too little.
 */
over_short: Money, 
/**
 * Receipts printed again.
 */
reprints: number, 
/**
 * Customers sent away for their age.
 */
age_refusals: number, 
/**
 * Trainings begun: sales of a training are nowhere in the books, and its cash could be.
 */
trainings: number, 
/**
 * Trainings that they approved for somebody else.
 */
trainings_approved: number, 
/**
 * Sales completed in the trainings that they began.
 */
practised: number, 
/**
 * Sales, or their lines, or times offered.
 */
count: number, 
/**
 * What they come to.
 */
sold: Money, 
/**
 * What came back.
 */
returned: Money, 
/**
 * Sold minus returned.
 */
net: Money, };

export type SalesReport = { 
/**
 * Completed sales.
 */
sales: number, 
/**
 * Completed returns.
 */
returns: number, 
/**
 * Of the sales, before tax.
 */
subtotal: Money, 
/**
 * Of the sales, with tax.
 */
total: Money, 
/**
 * Of the returns, with tax.
 */
returned: Money, 
/**
 * Total minus returned.
 */
net: Money, 
/**
 * Cash rounding of the sales, minus that of the returns.
 */
rounding: Money, 
/**
 * Total by the number of sales; nothing without any.
 */
average: Money, 
/**
 * Hours in which something was sold or came back, in order.
 */
hours: Array<HourRow>, 
/**
 * By what was sold, most first.
 */
departments: Array<DepartmentRow>, 
/**
 * Cash first.
 */
tenders: Array<TenderRow>, 
/**
 * By code.
 */
taxes: Array<TaxRow>, 
/**
 * By what they sold, most first.
 */
operators: Array<OperatorRow>, };

export type Written = { 
/**
 * Where it is.
 */
path: string, };

export type Practised = { 
/**
 * Completed sales.
 */
sales: number, 
/**
 * Completed returns, voided sales among them.
 */
returns: number, 
/**
 * What the sales came to, with tax.
 */
sold: Money, };

export type TrainingOver = { practised: Practised, opened: Opened, };

export type Shelf = "active" | "archived";

export type ProductRow = { 
/**
 * SKU code.
 */
sku: string, 
/**
 * Name of the product.
 */
name: Text, 
/**
 * Price of one unit; none when it is keyed at the counter, or not known.
 */
price: Money | null, 
/**
 * Its price is keyed at the counter.
 */
open_price: boolean, 
/**
 * Piece or weight.
 */
unit: Unit, 
/**
 * By the books; less than nothing when more was sold than was ever received.
 */
on_hand: Quantity, 
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
 * No longer sold.
 */
archived: boolean, };

export type ProductPage = { 
/**
 * In the order in which they came into the catalogue; what has exactly the code that was looked for stands first.
 */
rows: Array<ProductRow>, 
/**
 * Where the next page begins; none when this was the last.
 */
next: number | null, 
/**
 * SKUs on the whole shelf; those that were found, where something was looked for.
 */
count: number, };

export type SkuDraft = { 
/**
 * SKU code.
 */
code: string, 
/**
 * Piece or weight.
 */
unit: Unit, 
/**
 * As printed below their bars.
 */
gtins: Array<string>, 
/**
 * Keyed codes.
 */
plus: Array<string>, 
/**
 * Net content in grams.
 */
net_weight: string, 
/**
 * Before tax.
 */
price: string, 
/**
 * What the store pays.
 */
cost: string, 
/**
 * What is paid along with each piece, such as deposits: a SKU, or `DEPOSIT*6` for six of it.
 */
charges: Array<string>, };

export type ProductDraft = { 
/**
 * English and French name.
 */
name: Text, 
/**
 * Id of its department.
 */
department: string, 
/**
 * Decides which taxes apply.
 */
tax_category: string, 
/**
 * Sold only to people of this age and above.
 */
minimum_age: number | null, 
/**
 * No longer sold.
 */
archived: boolean, 
/**
 * Its price is keyed at the counter.
 */
open_price: boolean, 
/**
 * Name of its drawing.
 */
drawing: string, 
/**
 * `dried`, `beverage`, …
 */
cannabis_class: string | null, 
/**
 * What is sold of it.
 */
skus: Array<SkuDraft>, };

export type PriceChange = { 
/**
 * Of which SKU.
 */
sku: string, 
/**
 * RFC 3339, UTC.
 */
at: string, 
/**
 * Name of who set it.
 */
by: string, 
/**
 * Of one unit.
 */
price: Money | null, 
/**
 * What the store pays.
 */
cost: Money | null, };

export type ProductView = { 
/**
 * As it can be edited.
 */
draft: ProductDraft, 
/**
 * The newest first.
 */
prices: Array<PriceChange>, };

export type ProductTerms = { tax_categories: Array<string>, cannabis_classes: Array<string>, 
/**
 * Fields that a column of a file can be.
 */
fields: Array<string>, };

export type LinkState = "offline" | "catching_up" | "up_to_date" | "refused";

export type LinkStatus = { 
/**
 * URL or address; of a caller its address too.
 */
place: string, 
/**
 * The device, once it is known.
 */
device: string | null, 
/**
 * Whether it is head office.
 */
head_office: boolean, 
/**
 * How it stands.
 */
state: LinkState, 
/**
 * Why, if it is offline or refused.
 */
problem: string | null, };

export type Contact = { 
/**
 * The device.
 */
device: string, 
/**
 * Whether it is head office.
 */
head_office: boolean, 
/**
 * RFC 3339, UTC, by this till's clock.
 */
at: string, 
/**
 * Its clock minus this one's, in milliseconds.
 */
ahead: number, };

export type LinkView = { 
/**
 * Code of the company.
 */
tenant: string, 
/**
 * Where head office is; none before it is enrolled.
 */
head_office: string | null, 
/**
 * This device.
 */
device: string, 
/**
 * Entries that head office does not have yet.
 */
waiting: number, 
/**
 * When the oldest of them was written: RFC 3339, UTC.
 */
oldest: string | null, 
/**
 * When this till began anew, because it was restored, its disk went back in time, or a copy of it runs: RFC 3339, UTC.
 */
began_again: string | null, 
/**
 * The store's sales from before this till was there are still to come.
 */
history_is_coming: boolean, 
/**
 * Head office and neighbours that are connected, or should be.
 */
lines: Array<LinkStatus>, 
/**
 * Everybody who was met.
 */
contacts: Array<Contact>, 
/**
 * Addresses that are dialled.
 */
neighbours: Array<string>, 
/**
 * The port at which neighbours reach this till; none while they cannot.
 */
port: number | null, };

export type ClockOff = { 
/**
 * How far it was ahead of this one when they last met, in milliseconds.
 */
ahead: number, 
/**
 * It is head office's; otherwise that of the store's other tills.
 */
head_office: boolean, };

export type LinkLamp = { 
/**
 * Head office is connected.
 */
online: boolean, 
/**
 * Another till of the store is connected.
 */
neighbours: boolean, 
/**
 * Everything is elsewhere, too.
 */
up_to_date: boolean, 
/**
 * Entries that head office does not have yet.
 */
waiting: number, 
/**
 * A clock that is minutes apart from this one.
 */
clock_off: ClockOff | null, 
/**
 * Fields of documents that were written apart, and that somebody has to decide.
 */
undecided: number, 
/**
 * Sales of which more came back than was sold, at registers apart from each other.
 */
taken_back_twice: number, };

export type DocumentField = { 
/**
 * The document.
 */
document: string, 
/**
 * The map in it.
 */
map: string, 
/**
 * The key in that.
 */
key: string, };

export type WrittenApart = { 
/**
 * As it stands in the document; a flag is `true` or `false`.
 */
value: string, 
/**
 * If it is an amount.
 */
money: Money | null, 
/**
 * Where it was written; none at head office, or where nobody knows the register.
 */
register: number | null, 
/**
 * It was written at head office.
 */
head_office: boolean, };

export type Undecided = { 
/**
 * Which.
 */
field: DocumentField, 
/**
 * Of what kind its document is: `product`, `prices`, `settings`, `count_sheet` and so on.
 */
kind: string, 
/**
 * The SKU that it is about, if it is about one.
 */
sku: string | null, 
/**
 * What the document is about, as people call it.
 */
name: Text | null, 
/**
 * Each value, the one that is shown first.
 */
values: Array<WrittenApart>, };

export type Encoding = "utf8" | "utf8-bom" | "utf16" | "windows1252";

export type Column = { 
/**
 * As the head calls it.
 */
name: string, 
/**
 * The first values in it.
 */
samples: Array<string>, };

export type Glance = { 
/**
 * How its bytes were understood.
 */
encoding: Encoding, 
/**
 * Between columns.
 */
separator: string, 
/**
 * Without the head.
 */
rows: number, 
/**
 * In the order of the file.
 */
columns: Array<Column>, 
/**
 * Field → the column that its name suggests.
 */
proposed: { [key in string]: string }, };

export type ImportMapping = { 
/**
 * Field → name of its column.
 */
columns: { [key in string]: string }, 
/**
 * Field → value where the column is missing or empty.
 */
defaults: { [key in string]: string }, };

export type Outcome = { 
/**
 * Rows of the file, without its head.
 */
read: number, 
/**
 * New SKUs.
 */
added: number, 
/**
 * SKUs of which something changed.
 */
updated: number, 
/**
 * SKUs that were so already.
 */
unchanged: number, 
/**
 * Rows that were not taken.
 */
rejected: number, };

export type RejectReason = { "kind": "missing" } | { "kind": "bad_check_digit", 
/**
 * What it ought to be.
 */
expected: number, } | { "kind": "not_a_gtin" } | { "kind": "gtin_taken", 
/**
 * Whose it is.
 */
sku: string, } | { "kind": "duplicate_sku", 
/**
 * The earlier line.
 */
first: number, } | { "kind": "bad_amount" } | { "kind": "price_of_open_item" } | { "kind": "bad_unit" } | { "kind": "unknown_tax_category", 
/**
 * All of them.
 */
known: string, } | { "kind": "bad_age" } | { "kind": "bad_flag" } | { "kind": "unknown_cannabis_class" } | { "kind": "bad_weight" } | { "kind": "bad_charges" } | { "kind": "unknown_charge", 
/**
 * As named.
 */
sku: string, } | { "kind": "unreadable" } | { "kind": "too_long", 
/**
 * How long it may be.
 */
most: number, } | { "kind": "wrong_columns", 
/**
 * Columns of the head.
 */
expected: number, 
/**
 * Columns of this row.
 */
found: number, };

export type Reject = { 
/**
 * Line of the file on which the row begins, the head being line 1.
 */
line: number, 
/**
 * SKU of the row, where it has one.
 */
sku: string | null, 
/**
 * Name of the column in the file.
 */
column: string, 
/**
 * What stands there.
 */
value: string, 
/**
 * What is wrong with it.
 */
reason: RejectReason, };

export type RowChange = { 
/**
 * Of the file, the head being line 1.
 */
line: number, 
/**
 * SKU code.
 */
sku: string, 
/**
 * As it would be.
 */
name: Text, 
/**
 * Price of one unit until now.
 */
price_before: Money | null, 
/**
 * Price of one unit, as it would be.
 */
price: Money | null, 
/**
 * Names of the fields that would be different.
 */
fields: Array<string>, };

export type Preview = { 
/**
 * Rows by what would become of them.
 */
outcome: Outcome, 
/**
 * What would not be taken, in the order of the file.
 */
rejects: Array<Reject>, 
/**
 * The first rows that would add something.
 */
additions: Array<RowChange>, 
/**
 * The first rows that would change something.
 */
updates: Array<RowChange>, };

export type CartRefusal = { "kind": "empty_cart" } | { "kind": "no_such_line", 
/**
 * The line asked for.
 */
line: number, } | { "kind": "paid_along", 
/**
 * The line asked for.
 */
line: number, 
/**
 * The goods that it goes with.
 */
of: number, } | { "kind": "too_many_lines", 
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
most: number, } | { "kind": "nothing_to_undo" } | { "kind": "name_required" } | { "kind": "unknown_cart" } | { "kind": "taken_elsewhere", 
/**
 * Where it is now.
 */
register: number, };

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
sku: string, } | { "kind": "no_miscellaneous" } | { "kind": "bad_price_barcode", 
/**
 * As typed.
 */
text: string, } | { "kind": "quantity_required", 
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
text: string, } | { "kind": "no_open_shift" } | { "kind": "shift_already_open" } | { "kind": "same_operator" } | { "kind": "reason_required" } | { "kind": "cart_not_empty" } | { "kind": "card_exceeds_due", 
/**
 * Without tenders.
 */
due: Money, 
/**
 * By cards in all.
 */
amount: Money, } | { "kind": "card_unsettled" } | { "kind": "card_tendered" } | { "kind": "unknown_card_payment" } | { "kind": "terminal_missing" } | { "kind": "terminal_silent" } | { "kind": "unknown_shift", 
/**
 * As asked for.
 */
shift: number, } | { "kind": "unknown_hand_over" } | { "kind": "terminal_busy" };

export type OrdersRefusal = { "kind": "unknown_sale", 
/**
 * The number asked for.
 */
receipt: string, } | { "kind": "sale_still_coming", 
/**
 * The number asked for.
 */
receipt: string, } | { "kind": "two_of_one_number", 
/**
 * The number asked for.
 */
receipt: string, 
/**
 * All that have it.
 */
either: Array<Alike>, } | { "kind": "nothing_to_return" } | { "kind": "more_than_sold", 
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
id: ReturnId, } | { "kind": "exchange_pending" } | { "kind": "nothing_to_exchange" } | { "kind": "price_above_list", 
/**
 * SKU code.
 */
sku: string, 
/**
 * What the catalogue asks for one unit.
 */
most: Money, };

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
job: number, } | { "kind": "nothing_to_give" } | { "kind": "neighbour_cannot_print" };

export type StoreRefusal = { "kind": "bad_store_code", 
/**
 * As given.
 */
code: string, } | { "kind": "bad_tenant_code", 
/**
 * As given.
 */
code: string, } | { "kind": "bad_register", 
/**
 * As given.
 */
register: number, } | { "kind": "name_missing" } | { "kind": "unknown_time_zone", 
/**
 * As given.
 */
name: string, };

export type HomeRefusal = { "kind": "store_in_use", 
/**
 * Name and process number of the other program.
 */
holder: string, } | { "kind": "no_store", 
/**
 * The folder.
 */
path: string, } | { "kind": "training_copy", 
/**
 * The folder.
 */
path: string, } | { "kind": "store_exists", 
/**
 * The folder.
 */
path: string, } | { "kind": "store_unknown", 
/**
 * Code of the store.
 */
store: string, } | { "kind": "register_taken", 
/**
 * The number.
 */
register: number, };

export type ImportRefusal = { "kind": "unknown_column", 
/**
 * As mapped.
 */
column: string, 
/**
 * Those of the file.
 */
columns: Array<string>, } | { "kind": "unknown_field", 
/**
 * As mapped.
 */
field: string, } | { "kind": "field_unmapped", 
/**
 * Which.
 */
field: string, } | { "kind": "empty_file" } | { "kind": "no_file" };

export type ProductRefusal = { "kind": "bad_field", 
/**
 * The SKU that it is of, where it is known; none for what is of the whole product.
 */
sku: string | null, 
/**
 * As a column of an import is called.
 */
field: string, 
/**
 * What was typed.
 */
value: string, 
/**
 * What is wrong with it.
 */
reason: RejectReason, } | { "kind": "sku_exists", 
/**
 * SKU code.
 */
sku: string, };

export type DeviceRefusal = { "kind": "bad_address", 
/**
 * As typed.
 */
text: string, } | { "kind": "bad_password" };

export type MembershipRefusal = { "kind": "bad_office_url", 
/**
 * As it was typed.
 */
url: string, } | { "kind": "plain_office_url", 
/**
 * As it was typed.
 */
url: string, } | { "kind": "office_unreachable", 
/**
 * Where it was looked for.
 */
url: string, 
/**
 * What the network said.
 */
why: string, } | { "kind": "no_office", 
/**
 * Where it was looked for.
 */
url: string, } | { "kind": "office_refuses", 
/**
 * `bad_code`, `other_tenant`, …
 */
reason: string, 
/**
 * What it said, in its words.
 */
said: string, } | { "kind": "store_unfinished", 
/**
 * What happened.
 */
why: string, } | { "kind": "bad_neighbour", 
/**
 * As it was typed.
 */
address: string, };

export type PromotionRefusal = { "kind": "promotion_name_required" } | { "kind": "ends_before_it_begins", 
/**
 * Its first day.
 */
from: string, 
/**
 * Its last day.
 */
until: string, } | { "kind": "bad_bundle" } | { "kind": "no_goods" };

export type CustomerRefusal = { "kind": "customer_name_required" } | { "kind": "bad_customer_field", 
/**
 * Which.
 */
field: string, 
/**
 * [`MOST_TEXT`].
 */
most: number, };

export type ShelfRefusal = { "kind": "bad_place", 
/**
 * [`MOST_PLACE`].
 */
most: number, };

export type InventoryRefusal = { "kind": "bad_sheet_name", 
/**
 * [`MOST_NAME`].
 */
most: number, } | { "kind": "unknown_sheet" } | { "kind": "sheet_closed" } | { "kind": "bad_count", 
/**
 * As given.
 */
quantity: Quantity, };

export type ConflictRefusal = { "kind": "already_decided" };

export type TrainingRefusal = { "kind": "not_in_training" } | { "kind": "training_already" } | { "kind": "no_training" } | { "kind": "training_receipt", 
/**
 * As it was read.
 */
receipt: string, };

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
  | StoreRefusal
  | HomeRefusal
  | ImportRefusal
  | ProductRefusal
  | DeviceRefusal
  | MembershipRefusal
  | PromotionRefusal
  | CustomerRefusal
  | ShelfRefusal
  | InventoryRefusal
  | ConflictRefusal
  | TrainingRefusal
  | Fault;

/** Commands: name, arguments, answer. A refusal is thrown. */
export type Commands = {
  setup: [Record<string, never>, SetupState | null];
  region_rules: [{ region: Region }, Array<DatedRule>];
  open_store: [{ store: StoreToOpen; manager: FirstManager }, Opened];
  add_first_manager: [{ manager: FirstManager }, Opened];
  open_demo: [Record<string, never>, Opened];
  join_store: [{ url: string; code: string }, Opened];
  state: [Record<string, never>, AppState];
  operators: [Record<string, never>, Array<Operator>];
  sign_in: [{ operator: string; pin: string }, AppState];
  sign_out: [Record<string, never>, AppState];
  set_language: [{ language: Language }, AppState];
  people: [Record<string, never>, Array<Person>];
  save_person: [{ operator: string | null; name: string; role: Role; language: Language; pin: string | null; active: boolean }, Array<Person>];
  open_shift: [{ float: string }, AppState];
  x_report: [Record<string, never>, XReport];
  terminal_check: [Record<string, never>, TerminalCheck | null];
  check_terminal: [Record<string, never>, TerminalCheck | null];
  hand_over: [{ pieces: Array<CountedPieces>; note: string; to: Approval }, HandedOver];
  hand_in: [{ pieces: Array<CountedPieces> }, CountFound];
  close_shift: [{ pieces: Array<CountedPieces>; note: string }, Report];
  count: [{ pieces: Array<CountedPieces> }, CountSoFar];
  denominations: [Record<string, never>, Array<Denomination>];
  move_cash: [{ what: CashMove; amount: string; reason: string; approval: Approval | null }, null];
  no_sale: [{ reason: string; approval: Approval | null }, null];
  print_hand_over: [{ entry: number }, Jobs];
  print_report: [Record<string, never>, Jobs];
  settings: [Record<string, never>, SettingsDraft];
  save_settings: [{ store: StoreDraft | null; settings: SettingsDraft | null }, AppState];
  rules_on: [{ day: string | null }, Array<DatedRule>];
  receipt_preview: [{ receipt: ReceiptLanguage | null; foot: Text }, ReceiptPreview];
  device_addresses: [Record<string, never>, Array<DeviceAt>];
  find_devices: [Record<string, never>, Array<string>];
  set_device: [{ kind: Class; address: string | null; password: string | null }, Array<DeviceAt>];
  test_device: [{ device: DeviceTest }, Array<JobRow>];
  job_list: [Record<string, never>, Array<JobRow>];
  neighbour_printers: [Record<string, never>, NeighbourPrinters];
  give_jobs: [{ to: string }, Array<JobRow>];
  take_back_job: [{ job: number }, Array<JobRow>];
  save_device_report: [Record<string, never>, Written];
  link_lamp: [Record<string, never>, LinkLamp | null];
  link_view: [Record<string, never>, LinkView];
  enrol: [{ url: string; code: string }, LinkView];
  set_neighbours: [{ addresses: Array<string> }, LinkView];
  print_sales: [{ period: Period }, Jobs];
  report_periods: [Record<string, never>, ReportPeriods];
  sales_report: [{ period: Period }, SalesReport];
  export_report: [{ period: Period }, Written];
  shift_report: [{ shift: number; id: ShiftId }, Report];
  print_shift: [{ shift: number; id: ShiftId }, Jobs];
  departments: [Record<string, never>, Array<Department>];
  tiles: [{ department: string | null }, Array<Tile>];
  search: [{ text: string; limit: number }, Array<Hit>];
  miscellaneous: [Record<string, never>, Array<Hit>];
  product_terms: [Record<string, never>, ProductTerms];
  products: [{ text: string; shelf: Shelf; after: number | null }, ProductPage];
  product: [{ sku: string }, ProductView];
  save_product: [{ sku: string | null; draft: ProductDraft }, ProductView];
  conflicts: [Record<string, never>, Array<Undecided>];
  settle_conflict: [{ field: DocumentField; value: string }, Array<Undecided>];
  import_file: [{ name: string; base64: string }, Glance];
  import_preview: [{ mapping: ImportMapping }, Preview];
  import_run: [{ mapping: ImportMapping }, Outcome];
  save_rejects: [Record<string, never>, Written];
  scan: [{ code: string }, Cart];
  add: [{ sku: string; quantity: string | null }, Cart];
  add_open: [{ sku: string; quantity: string | null; price: string; name: string }, Cart];
  set_quantity: [{ line: number; quantity: string }, Cart];
  void_line: [{ line: number; reason: VoidReason }, Cart];
  void_cart: [{ reason: VoidReason }, Cart];
  set_price: [{ line: number; price: string; reason: PriceReason; approval: Approval | null }, Cart];
  set_discount: [{ line: number | null; discount: Discount | null; reason: PriceReason; approval: Approval | null }, Cart];
  quote_price: [{ line: number; price: Money }, ChangeQuote];
  quote_discount: [{ line: number | null; discount: Discount | null }, ChangeQuote];
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
  stored_at: [{ id: string }, StoredAt];
  receipt_jobs: [{ id: string }, ReceiptJobs];
  taken_back_twice: [Record<string, never>, Array<TakenBackTwice>];
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
  begin_training: [{ approval: Approval | null }, Opened];
  end_training: [Record<string, never>, TrainingOver];
};

/** Pushed by the engine. */
export type Pushed = {
  scanned: { code: string };
  devices: Array<Device>;
  jobs: Jobs;
  card: { card: CardAttempt | null; cart: Cart };
  import: { done: number; all: number };
  link: null;
  goods: null;
  carts: null;
  joining: { entries: number; of: number };
};
