//! Wrong codes are counted, so that nobody finds one by trying: per address, and for all addresses together.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// Wrong codes that an address may show in a period.
const OF_ONE: u32 = 10;
/// Wrong codes that all addresses together may.
const OF_ALL: u32 = 1_000;
/// Milliseconds.
const PERIOD: u64 = 10 * 60 * 1_000;

/// The wrong codes of this period.
#[derive(Debug, Default)]
pub struct Tries(Mutex<Period>);

#[derive(Debug, Default)]
struct Period {
    began: u64,
    all: u32,
    by_address: HashMap<IpAddr, u32>,
}

impl Tries {
    /// Whether an address may show a code now. Times are milliseconds of a clock that only goes forward.
    pub fn may(&self, address: IpAddr, now: u64) -> bool {
        let mut period = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if now.saturating_sub(period.began) >= PERIOD {
            *period = Period { began: now, ..Period::default() };
        }
        let of_one = period.by_address.get(&address).copied().unwrap_or(0);
        of_one < OF_ONE && period.all < OF_ALL
    }

    /// The code was wrong.
    pub fn wrong(&self, address: IpAddr) {
        let mut period = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        period.all += 1;
        *period.by_address.entry(address).or_default() += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_tries_for_long() {
        let tries = Tries::default();
        let address = |n: u8| IpAddr::from([192, 0, 2, n]);
        for _ in 0..OF_ONE {
            assert!(tries.may(address(1), 0));
            tries.wrong(address(1));
        }
        assert!(!tries.may(address(1), PERIOD - 1) && tries.may(address(2), PERIOD - 1));
        assert!(tries.may(address(1), PERIOD));
        for n in 0..OF_ALL {
            tries.wrong(address((n % 250) as u8));
        }
        assert!(!tries.may(address(251), PERIOD + 1), "all addresses together");
    }
}
