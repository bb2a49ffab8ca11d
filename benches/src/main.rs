//! `cargo xtask bench [NAME…]`: each line is a piece of work, what it took, what the floor took in the
//! same run, and how far apart they may be. Nothing here passes or fails by the clock.

mod catalogue;
mod sale;
mod scan;
mod search;
mod trust;

use std::time::Duration;

/// As in `tillctl`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// One line of the table.
struct Line {
    work: String,
    took: String,
    floor: String,
    ratio: String,
    at_most: &'static str,
}

/// A bench prints its lines of the table as it has them.
type Bench = fn();

const ALL: [(&str, Bench); 5] = [
    ("complete_sale", sale::run),
    ("scan", scan::run),
    ("search", search::run),
    ("import", catalogue::run),
    ("verify", trust::run),
];

fn main() {
    let wanted: Vec<String> =
        std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    if let Some(unknown) = wanted.iter().find(|name| ALL.iter().all(|(known, _)| known != name)) {
        let known: Vec<&str> = ALL.iter().map(|(name, _)| *name).collect();
        eprintln!("there is no bench {unknown}; there are {}", known.join(", "));
        std::process::exit(2);
    }
    println!("| work | took | floor | ratio | at most |");
    println!("|---|---|---|---|---|");
    for (name, run) in ALL {
        if wanted.is_empty() || wanted.iter().any(|wanted| wanted == name) {
            eprintln!("{name} …");
            run();
        }
    }
}

fn row(Line { work, took, floor, ratio, at_most }: Line) {
    println!("| {work} | {took} | {floor} | {ratio} | {at_most} |");
}

/// Times of one piece of work.
struct Times(Vec<Duration>);

impl Times {
    fn new(mut times: Vec<Duration>) -> Times {
        times.sort_unstable();
        Times(times)
    }

    fn at(&self, part: f64) -> Duration {
        let last = self.0.len().saturating_sub(1);
        self.0[((last as f64) * part).round() as usize]
    }

    fn median(&self) -> Duration {
        self.at(0.5)
    }

    fn show(&self) -> String {
        format!("{} median, {} p99", show(self.median()), show(self.at(0.99)))
    }
}

fn show(time: Duration) -> String {
    match time.as_secs_f64() {
        seconds if seconds >= 1.0 => format!("{seconds:.2} s"),
        seconds if seconds >= 0.001 => format!("{:.2} ms", seconds * 1e3),
        seconds => format!("{:.0} µs", seconds * 1e6),
    }
}

fn ratio(work: Duration, floor: Duration) -> String {
    format!("{:.2}×", work.as_secs_f64() / floor.as_secs_f64())
}
