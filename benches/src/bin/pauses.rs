//! The moments in which the machine ran nothing: a thread that wants to run every two milliseconds prints a line
//! `FROM UNTIL` (milliseconds since 1970) when it was woken late. Given the highest priority (`chrt --fifo 50`), what
//! is late is the machine under us, whose processors were lent to somebody else, and never the program that is
//! measured. Ends with its input.

use std::io::{self, Read};
use std::process;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const EVERY: Duration = Duration::from_millis(2);
/// Later than this is a pause.
const LATE: Duration = Duration::from_millis(6);

fn main() {
    thread::spawn(|| {
        let _ = io::stdin().read(&mut [0]);
        process::exit(0);
    });
    let mut before = now();
    loop {
        thread::sleep(EVERY);
        let after = now();
        if after.saturating_sub(before) > EVERY + LATE {
            println!("{} {}", before.as_millis(), after.as_millis());
        }
        before = after;
    }
}

fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
