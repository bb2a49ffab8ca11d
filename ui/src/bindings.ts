// This file is generated from the Rust types. Do not edit it by hand.

/** Decimal string with the currency's digits, e.g. "12.34" or "-0.02". Never computed with in the window. */
export type Money = string;
/** Decimal string with at most three digits after the point, e.g. "2" or "1.245". */
export type Quantity = string;
export type Language = "en" | "fr";
export type Role = "cashier" | "supervisor" | "manager";
export type Unit = "each" | "kg";
export type Text = { en: string; fr: string };

export type Store = {
  code: string; name: string; address: Array<string>; region: string; register: number; currency: string;
  languages: Array<Language>; tax_numbers: Array<string>;
};
export type Operator = { id: string; name: string; initials: string; role: Role; language: Language };
export type ShiftSummary = { id: string; number: number; opened_at: string; opened_by: string };

export type Department = { id: string; name: Text; short: Text; pigment: string };
export type Tile = {
  sku: string; name: Text; price: Money; unit: Unit; minimum_age: number | null;
  /** name of one of our two-ink drawings, and the pigment of its department */
  drawing: string; pigment: string;
};
export type Hit = Tile & { gtin: string | null };

export type CartLine = {
  line: number; sku: string; name: Text; quantity: Quantity; unit: Unit; price: Money; amount: Money;
  /** letters of the taxes that apply, e.g. "H" or "GQ"; empty when none */
  tax_letters: string; minimum_age: number | null;
  /** set when the line was voided in this cart */
  voided: VoidReason | null;
};
export type VoidReason = "customer_changed_mind" | "wrong_item" | "wrong_quantity" | "damaged" | "other";
export type TaxLine = { code: string; letter: string; name: Text; /** per cent, e.g. "13" or "9.975" */ rate: string; taxable: Money; amount: Money };
export type CashDue = { due: Money; rounding: Money; quick: Array<Money> };
export type Cart = {
  id: string; lines: Array<CartLine>; subtotal: Money; taxes: Array<TaxLine>; total: Money; cash: CashDue;
  /** the line touched last, or null */
  selected: number | null;
};
export type ChangePart = { value: Money; kind: "note" | "coin"; count: number };
/** What a cash amount would do; computed by the engine as digits are typed. */
export type CashQuote = { tendered: Money; due: Money; rounding: Money; still_due: Money; change: Money; enough: boolean };

export type PaperLine = { kind: "text" | "rule" | "barcode" | "blank"; text: string; bold: boolean; double: boolean; align: "left" | "center" };
export type JobState = "waiting" | "printing" | "printed" | "sent" | "unknown" | "discarded";
export type SaleDone = {
  sale: string; receipt: string; total: Money; cash_due: Money; tendered: Money; rounding: Money; change: Money;
  change_parts: Array<ChangePart>; paper: Array<PaperLine>; columns: number; completed_at: string;
  receipt_job: JobState; drawer_job: JobState;
};

export type Lamp = "ready" | "attention" | "stopped" | "offline" | "busy" | "unknown";
export type Device = { kind: "printer" | "scanner"; lamp: Lamp; cause: string | null };
export type Jobs = { waiting: number; /** printed perhaps: the operator must say whether it came out */ unknown: Array<{ job: number; receipt: string }> };

export type AppState = {
  store: Store; operator: Operator | null; shift: ShiftSummary | null; cart: Cart;
  /** true when this cart was open when the program stopped unexpectedly */
  recovered: boolean;
  devices: Array<Device>; jobs: Jobs; last_sale: SaleDone | null; demo: boolean;
};

export type TenderTotal = { tender: string; count: number; amount: Money };
export type ReportTax = { code: string; name: Text; amount: Money };
/** X (so far) or Z (closing) of a shift. */
export type Report = {
  kind: "x" | "z"; number: number | null; shift: number; opened_at: string; closed_at: string | null; operator: string;
  sales: number; voided_lines: number; voided_carts: number; subtotal: Money; taxes: Array<ReportTax>; total: Money; rounding: Money; tenders: Array<TenderTotal>;
  change: Money; float: Money; expected: Money; counted: Money | null; over_short: Money | null; first_receipt: string | null; last_receipt: string | null;
};

/** What the engine says instead of doing it; match on `kind`, never on text. */
export type Refusal =
  | { kind: "not_signed_in" }
  | { kind: "wrong_pin"; tries_left: number }
  | { kind: "locked_out"; until: string }
  | { kind: "not_allowed"; needs: Role }
  | { kind: "no_open_shift" } | { kind: "shift_already_open" } | { kind: "cart_not_empty" }
  | { kind: "unknown_code"; code: string } | { kind: "bad_check_digit"; code: string } | { kind: "archived"; sku: string }
  | { kind: "unknown_sku"; sku: string }
  | { kind: "quantity_required"; sku: string; name: Text } | { kind: "bad_quantity"; text: string } | { kind: "whole_quantity_only"; sku: string }
  | { kind: "bad_amount"; text: string } | { kind: "no_price"; sku: string }
  | { kind: "empty_cart" } | { kind: "no_such_line"; line: number } | { kind: "too_many_lines"; most: number }
  | { kind: "underpaid"; due: Money; tendered: Money } | { kind: "cart_changed" }
  | { kind: "unknown_sale"; receipt: string } | { kind: "no_such_job"; job: number }
  | { kind: "fault"; reference: string };

/** Commands: name, arguments, answer. A refusal is thrown. */
export type Commands = {
  state: [Record<string, never>, AppState];
  operators: [Record<string, never>, Array<Operator>];
  sign_in: [{ operator: string; pin: string }, AppState];
  sign_out: [Record<string, never>, AppState];
  open_shift: [{ float: string }, AppState];
  x_report: [Record<string, never>, Report];
  close_shift: [{ counted: string }, Report];
  departments: [Record<string, never>, Array<Department>];
  tiles: [{ department: string | null }, Array<Tile>];
  search: [{ text: string; limit: number }, Array<Hit>];
  scan: [{ code: string }, Cart];
  add: [{ sku: string; quantity: string | null }, Cart];
  set_quantity: [{ line: number; quantity: string }, Cart];
  void_line: [{ line: number; reason: VoidReason }, Cart];
  void_cart: [{ reason: VoidReason }, Cart];
  cash_quote: [{ tendered: string }, CashQuote];
  complete_sale: [{ cart: string; total: Money; cash: string }, SaleDone];
  print_again: [{ sale: string }, Jobs];
  settle_job: [{ job: number; came_out: boolean }, Jobs];
  set_language: [{ language: Language }, AppState];
};
/** Pushed by the engine: Tauri events of the same names, or server-sent events in the bridge. */
export type Pushed = { scanned: { code: string }; devices: Array<Device>; jobs: Jobs; sale_printed: { sale: string; receipt_job: JobState } };
