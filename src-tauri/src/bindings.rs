//! The types of the window, written from those of the engine. `cargo xtask codegen` writes the file;
//! the test says when it is stale.

use std::path::Path;

use comptoir_domain::cart::{self, CartView, LineView, TakenTwice, VoidReason};
use comptoir_domain::catalog::{self, Department, Tile};
use comptoir_domain::compliance::{self, AgeProof, Allowance, Goods};
use comptoir_domain::ids::{CartId, OperatorId, ReturnId, SaleId, ShiftId};
use comptoir_domain::money::{Currency, Money};
use comptoir_domain::operators::Role;
use comptoir_domain::orders::Alike;
use comptoir_domain::orders::approval::ApprovalReason;
use comptoir_domain::orders::exchange::{Exchange, ExchangeLine};
use comptoir_domain::orders::returns::Wanted;
use comptoir_domain::payments::{
    self, CardProof, CardTender, CashDue, CashMove, CashQuote, ChangePart, CountedPieces,
    Denomination, Piece, Tally, Tender, TenderType,
};
use comptoir_domain::pricing::{self, Discount, Given, PriceReason};
use comptoir_domain::quantity::{Quantity, Unit};
use comptoir_domain::reporting::sales::{
    DepartmentRow, HourRow, OperatorRow, SalesReport, TaxRow, TenderRow, Traded,
};
use comptoir_domain::reporting::{
    BlindReport, BlindTender, CheckOutcome, CountFound, DrawerCount, DrawerPart, HandOver, Passed,
    Report, ReportKind, ReportTax, TenderTotal, TerminalCard, TerminalCheck, XReport,
};
use comptoir_domain::rules::{DatedRule, Rule};
use comptoir_domain::store::{ReceiptLanguage, Region, Store};
use comptoir_domain::tax::TaxLine;
use comptoir_domain::text::{Language, Text};
use comptoir_domain::training::Practised;
use comptoir_domain::{customers, inventory, orders, promotions, shelf, training};
use comptoir_link::status::{State as LinkState, Status as LinkStatus};
use comptoir_till::cart::park::ParkedCart;
use comptoir_till::catalog::import::preview::{Preview, RowChange};
use comptoir_till::catalog::import::{
    Column, Encoding, FileProblem, Glance, Outcome, Reason, Reject,
};
use comptoir_till::catalog::products::{self, PriceChange, ProductDraft, ProductView, SkuDraft};
use comptoir_till::catalog::search::{Gtin14, Hit};
use comptoir_till::catalog::shelf::{ProductPage, ProductRow, Shelf};
use comptoir_till::conflicts::{self, Field, Undecided};
use comptoir_till::devices::{self, Class};
use comptoir_till::journal::elsewhere::{ClockOff, Contact, StoredAt};
use comptoir_till::operators::{self, Operator, Person};
use comptoir_till::orders::find::{FoundKind, FoundSale, FoundSales, Matched, Returned};
use comptoir_till::orders::quote::{QuotedLine, RefundPart, ReturnQuote};
use comptoir_till::orders::refunds::Unfinished;
use comptoir_till::orders::twice::TakenBackTwice;
use comptoir_till::orders::view::{FactView, ReturnNote, SaleView, SoldLine};
use comptoir_till::outbox::given::{GivenTo, Giving, NotTaken, There};
use comptoir_till::outbox::preview::{PaperKind, PaperLine};
use comptoir_till::outbox::{self, JobKind, JobRow, JobState, Jobs, ReceiptJobs, UnknownJob};
use comptoir_till::payments::card::{CardKind, CardState};
use comptoir_till::pricing::Quote as ChangeQuote;
use comptoir_till::reporting::{Period, ShiftRow};
use comptoir_till::trust::membership;
use comptoir_till::{home, store};
use ts_rs::{Config, TS};

use crate::cards::{CardProgress, CardStep, CardView};
use crate::catalog::{ImportMapping, ProductTerms};
use crate::desk::{AppState, Opened, ShiftSummary};
use crate::devices::Device;
use crate::exchange::Exchanged;
use crate::failure::Fault;
use crate::link::{LinkLamp, LinkView};
use crate::neighbours::{NeighbourPrinter, NeighbourPrinters, PrinterThere};
use crate::orders::SaleDone;
use crate::payments::{CountSoFar, HandedOver};
use crate::pricing::Approval;
use crate::reporting::{ReportPeriods, Written};
use crate::returns::{BlindLine, Refunded, ReturnDone};
use crate::setting_up::{DeviceAt, DeviceTest, ReceiptPreview, SettingsDraft, StoreDraft};
use crate::setup::{FirstManager, RegionChoice, SetupState, StoreToOpen};
use crate::training::TrainingOver;

const HEAD: &str =
    "// This file is written by `cargo xtask codegen` from the Rust types. Do not edit it by hand.

/** How a device is: a shape, then a word, then a colour. */
export type Lamp = \"ready\" | \"attention\" | \"stopped\" | \"offline\" | \"busy\" | \"unknown\";
";

/// Commands: name, arguments, answer. What is thrown is a `Refusal`.
const COMMANDS: &str = "
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
";

fn bindings() -> String {
    let config = Config::new().with_large_int("number");
    let mut out = HEAD.to_owned();
    macro_rules! declare {
        ($($kind:ty)*) => {$(
            out.push_str("\nexport ");
            out.push_str(&<$kind>::decl(&config));
            out.push('\n');
        )*};
    }
    declare! {
        Currency Region Money Quantity OperatorId CartId SaleId ReturnId ShiftId Gtin14
        Language Role Unit Text Store Operator Person ShiftSummary Department Tile Hit VoidReason Discount PriceReason
        Given Approval AgeProof Allowance LineView TaxLine CashDue
        CardProof CardTender TenderType Tender
        Exchange ExchangeLine TakenTwice CartView ParkedCart Piece CashMove CountedPieces Denomination Tally CountSoFar ChangePart CashQuote ChangeQuote PaperKind PaperLine JobState ReceiptJobs SaleDone Class Device UnknownJob Jobs
        CardKind CardState CardProgress CardStep CardView
        FoundKind Returned Matched FoundSale FoundSales SoldLine FactView StoredAt ReturnNote TakenBackTwice Alike SaleView
        ApprovalReason Wanted RefundPart QuotedLine ReturnQuote ReturnDone Refunded BlindLine Unfinished Exchanged AppState Opened
        Goods Rule DatedRule RegionChoice SetupState StoreToOpen FirstManager
        ReportKind TenderTotal ReportTax HandOver DrawerCount CountFound DrawerPart CheckOutcome TerminalCard TerminalCheck Report BlindTender Passed BlindReport XReport HandedOver
        ReceiptLanguage SettingsDraft StoreDraft ReceiptPreview DeviceAt DeviceTest JobKind There GivenTo JobRow NotTaken Giving PrinterThere NeighbourPrinter NeighbourPrinters
        Period ShiftRow ReportPeriods Traded HourRow DepartmentRow TenderRow TaxRow OperatorRow SalesReport Written
        Practised TrainingOver
        Shelf ProductRow ProductPage SkuDraft ProductDraft PriceChange ProductView ProductTerms
        LinkState LinkStatus Contact LinkView ClockOff LinkLamp Field conflicts::Written Undecided
        Encoding Column Glance ImportMapping Outcome Reason Reject RowChange Preview
        cart::Refusal catalog::Refusal compliance::Refusal pricing::Refusal payments::Refusal orders::Refusal operators::Refusal outbox::Refusal store::Refusal home::Refusal FileProblem products::Refusal devices::Refusal membership::Refusal promotions::Refusal customers::Refusal shelf::Refusal inventory::Refusal conflicts::Refusal training::Refusal Fault
    }
    out.push_str(COMMANDS);
    out
}

#[test]
fn bindings_are_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/src/bindings.ts");
    let wanted = bindings();
    if std::env::var_os("UPDATE_BINDINGS").is_some() {
        std::fs::write(&path, &wanted).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap();
    assert!(found == wanted, "ui/src/bindings.ts is stale: run `cargo xtask codegen`");
}

/// The table above is written by hand; the commands that exist are not.
#[test]
fn every_command_is_in_the_table() {
    let till = include_str!("../capabilities/till.json");
    let named = |line: &str| {
        line.trim()
            .trim_matches(['"', ','])
            .strip_prefix("allow-")
            .map(|name| name.replace('-', "_"))
    };
    let allowed: Vec<String> = till.lines().filter_map(named).collect();
    let listed: Vec<String> = COMMANDS
        .lines()
        .filter_map(|line| {
            line.strip_prefix("  ")?.split_once(": [").map(|(name, _)| name.to_owned())
        })
        .collect();
    assert_eq!(allowed, listed);
}
