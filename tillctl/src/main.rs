//! `tillctl`: the same engine as the window's, on the command line. One JSON object a line on
//! stdout, messages on stderr, exit code 0 only if all went well: 1 when nothing was done, 2 when
//! part of it was refused.

mod card;
mod cart;
mod device;
mod documents;
mod import;
mod jobs;
mod report;
mod returns;
mod sale;
mod sell;
mod settings;
mod store;
mod sync;
mod trust;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use comptoir_till::error::Error;
use serde::Serialize;

/// Facts are read on one thread and used on another, where the allocator of glibc lets the two wait for each other.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
#[command(
    name = "tillctl",
    version,
    about = "The till without a window: one JSON object a line on stdout."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a new store.
    Init(store::Init),
    /// Take in files.
    #[command(subcommand)]
    Import(Import),
    /// Open, hand over or close the drawer's shift.
    #[command(subcommand)]
    Shift(Shift),
    /// Sell baskets, one JSON object a line.
    Sell(sell::Sell),
    /// Take back goods of a sale, for the money that was paid for them.
    Return(returns::Return),
    /// Take back the whole sale that was made last in the open shift.
    VoidSale(returns::VoidSale),
    /// Show one sale or return, as data or as its receipt.
    Sale(sale::Sale),
    /// Totals of the open shift (x) or of the one closed last (z).
    Report(report::Report),
    /// On hand of every SKU that ever moved.
    Stock {
        #[command(flatten)]
        store: Data,
        /// Of this SKU only.
        #[arg(long)]
        sku: Option<String>,
    },
    /// Find SKUs by the beginnings of words, SKU, GTIN or PLU.
    Search {
        /// What to look for.
        text: String,
        #[command(flatten)]
        store: Data,
        /// At most so many.
        #[arg(long, default_value_t = 20)]
        limit: usize,
    },
    /// Show one product, as data or as its Automerge document.
    Product(store::Product),
    /// Write every document as a file of Automerge, and say what each says.
    Documents(store::Documents),
    /// What is offered for less for a while.
    #[command(subcommand)]
    Promotion(documents::Promotion),
    /// People who buy, as far as they want to be known.
    #[command(subcommand)]
    Customer(documents::Buyer),
    /// Where goods stand.
    #[command(subcommand)]
    Shelf(documents::Shelf),
    /// Count sheets, on which several people write what they count.
    #[command(subcommand)]
    Count(documents::Count),
    /// Add people who sign in at the counter.
    #[command(subcommand)]
    Operator(Operator),
    /// How the store sells.
    #[command(subcommand)]
    Settings(Settings),
    /// Where this till's printer, scanner and card terminal are.
    #[command(subcommand)]
    Device(Device),
    /// What waits for the printer; give it to another register's, take it back, settle it.
    Jobs(jobs::Jobs),
    /// Card payments.
    #[command(subcommand)]
    Card(Card),
    /// Devices that are none, to try things out with.
    #[command(subcommand)]
    Simulate(Simulate),
    /// Put one of what a SKU, GTIN or label names into the cart in hand.
    Scan {
        /// As it is keyed or scanned.
        code: String,
        #[command(flatten)]
        store: Data,
    },
    /// Put the cart in hand aside under a name; without one, list those that wait.
    Park {
        /// What to call it.
        name: Option<String>,
        #[command(flatten)]
        store: Data,
    },
    /// Take a parked cart in hand again.
    Resume {
        /// Its name or id.
        cart: String,
        #[command(flatten)]
        store: Data,
    },
    /// Take part at a head office: a till that sells already, or a new one in an empty folder.
    Enrol(sync::Enrol),
    /// Agree with head office and neighbours, until it is stopped or once.
    Sync(sync::Sync),
    /// Prove journal, signatures and every table.
    Verify {
        #[command(flatten)]
        store: Data,
    },
    /// Copy the store's database while it may be selling.
    Backup {
        #[command(flatten)]
        store: Data,
        /// The copy.
        #[arg(long)]
        to: PathBuf,
    },
    /// Go on from a backup, in a new epoch.
    Restore {
        /// The backup.
        file: PathBuf,
        #[command(flatten)]
        store: Data,
    },
}

#[derive(Subcommand)]
enum Import {
    /// Products and prices from a CSV file.
    Products(import::Products),
}

#[derive(Subcommand)]
enum Shift {
    /// Open the drawer with a float.
    Open {
        #[command(flatten)]
        store: Data,
        /// Opening cash.
        #[arg(long)]
        float: String,
    },
    /// Count and pass the drawer on inside the shift; the PIN of who takes it is read from stdin.
    HandOver {
        #[command(flatten)]
        store: Data,
        /// Cash found.
        #[arg(long)]
        counted: String,
        /// Who takes it: name or id.
        #[arg(long, value_name = "NAME")]
        to: String,
    },
    /// Count and close: takes the Z.
    Close {
        #[command(flatten)]
        store: Data,
        /// Cash found.
        #[arg(long)]
        counted: String,
    },
}

#[derive(Subcommand)]
enum Settings {
    /// Everything that is decided.
    Show {
        #[command(flatten)]
        store: Data,
    },
    /// Decide something.
    Set(settings::Set),
}

#[derive(Subcommand)]
enum Device {
    /// Say where one is: tcp://192.168.1.50:9100 or serial:/dev/ttyUSB0?baud=38400.
    Set(device::Set),
    /// Read the card terminal's password from stdin: up to six digits, or nothing for the one of the factory.
    Password {
        #[command(flatten)]
        store: Data,
    },
    /// Every device and its address.
    List {
        #[command(flatten)]
        store: Data,
    },
}

#[derive(Subcommand)]
enum Card {
    /// Ask the terminal what became of a payment that is unknown.
    Settle {
        #[command(flatten)]
        store: Data,
    },
    /// Have the terminal hand its day in, and set what it says beside our card payments.
    EndOfDay {
        #[command(flatten)]
        store: Data,
    },
}

#[derive(Subcommand)]
enum Simulate {
    /// A card terminal on a port of this computer, until stdin ends.
    Terminal(card::Simulate),
}

#[derive(Subcommand)]
enum Operator {
    /// Add one; the PIN is read from stdin.
    Add(store::AddOperator),
    /// Change one: name, role, language, PIN, or that they have left.
    Set(store::SetOperator),
    /// Everybody who can sign in.
    List {
        #[command(flatten)]
        store: Data,
    },
}

/// Which store.
#[derive(Args)]
struct Data {
    /// The store's folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
}

/// How a command ended.
enum Done {
    /// All of it.
    Wholly,
    /// Some of it was refused, and told.
    Partly,
}

type Outcome = Result<Done, Error>;

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Init(init) => init.run(),
        Command::Import(Import::Products(products)) => products.run(),
        Command::Shift(Shift::Open { store, float }) => report::open(&store, &float),
        Command::Shift(Shift::Close { store, counted }) => report::close(&store, &counted),
        Command::Shift(Shift::HandOver { store, counted, to }) => {
            report::hand_over(&store, &counted, &to)
        }
        Command::Sell(sell) => sell.run(),
        Command::Return(back) => back.run(),
        Command::VoidSale(void) => void.run(),
        Command::Sale(sale) => sale.run(),
        Command::Report(report) => report.run(),
        Command::Stock { store, sku } => report::stock(&store, sku.as_deref()),
        Command::Search { text, store, limit } => report::search(&store, &text, limit),
        Command::Product(product) => product.run(),
        Command::Documents(documents) => documents.run(),
        Command::Promotion(promotion) => promotion.run(),
        Command::Customer(customer) => customer.run(),
        Command::Shelf(shelf) => shelf.run(),
        Command::Count(count) => count.run(),
        Command::Operator(Operator::Add(add)) => add.run(),
        Command::Operator(Operator::Set(set)) => set.run(),
        Command::Operator(Operator::List { store }) => store::operators(&store),
        Command::Settings(Settings::Show { store }) => settings::show(&store),
        Command::Settings(Settings::Set(set)) => set.run(),
        Command::Device(Device::Set(set)) => set.run(),
        Command::Device(Device::Password { store }) => device::set_password(&store),
        Command::Device(Device::List { store }) => device::list(&store),
        Command::Jobs(jobs) => jobs.run(),
        Command::Card(Card::Settle { store }) => card::settle_now(&store),
        Command::Card(Card::EndOfDay { store }) => card::end_of_day(&store),
        Command::Simulate(Simulate::Terminal(terminal)) => terminal.run(),
        Command::Scan { code, store } => cart::scan(&store, &code),
        Command::Park { name: Some(name), store } => cart::park(&store, &name),
        Command::Park { name: None, store } => cart::parked(&store),
        Command::Resume { cart, store } => cart::resume(&store, &cart),
        Command::Enrol(enrol) => enrol.run(),
        Command::Sync(sync) => sync.run(),
        Command::Verify { store } => trust::verify(&store),
        Command::Backup { store, to } => trust::backup(&store, &to),
        Command::Restore { file, store } => trust::restore(&file, &store),
    };
    match outcome {
        Ok(Done::Wholly) => ExitCode::SUCCESS,
        Ok(Done::Partly) => ExitCode::from(2),
        Err(error) => {
            if let Error::Refused(refusal) = &error {
                let _ = print(&serde_json::json!({ "refused": refusal }));
            }
            eprintln!("tillctl: {error}");
            ExitCode::FAILURE
        }
    }
}

/// One object on one line of stdout, flushed.
fn print(object: &impl Serialize) -> Result<(), Error> {
    let line = serde_json::to_string(object).map_err(|error| Error::Broken(error.to_string()))?;
    let mut out = std::io::stdout().lock();
    let written = writeln!(out, "{line}").and_then(|()| out.flush());
    written.map_err(|source| Error::File { path: "stdout".into(), source })
}

/// A line of progress on stderr, when somebody is looking.
fn progress(what: &'static str) -> impl FnMut(u64, u64) {
    use std::io::IsTerminal;
    let watched = std::io::stderr().is_terminal();
    move |done, all| {
        if watched {
            eprint!("\r{what}: {done} of {all}{}", if done == all { "\n" } else { "" });
        }
    }
}
