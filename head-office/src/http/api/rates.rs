//! How often a key asks. Counted by each process for itself.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Milliseconds.
const MINUTE: u64 = 60_000;

/// What every key asked in its current minute.
#[derive(Debug, Default)]
pub struct Rates(Mutex<HashMap<[u8; 32], (u64, u64)>>);

impl Rates {
    /// Counts one request; answers after how many seconds to ask again, if it is one too many. `now` is milliseconds of
    /// a clock that only goes forward.
    pub fn ask(&self, key: [u8; 32], per_minute: u64, now: u64) -> Result<(), u64> {
        let mut rates = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if rates.len() > 10_000 {
            rates.retain(|_, (began, _)| now.saturating_sub(*began) < MINUTE);
        }
        let (began, asked) = rates.entry(key).or_insert((now, 0));
        if now.saturating_sub(*began) >= MINUTE {
            (*began, *asked) = (now, 0);
        }
        if *asked >= per_minute {
            return Err((MINUTE - now.saturating_sub(*began)).div_ceil(1_000));
        }
        *asked += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_has_its_own_minute() {
        let rates = Rates::default();
        assert_eq!(rates.ask([1; 32], 2, 0), Ok(()));
        assert_eq!(rates.ask([1; 32], 2, 10), Ok(()));
        assert_eq!(rates.ask([1; 32], 2, 10_500), Err(50));
        assert_eq!(rates.ask([2; 32], 2, 10_500), Ok(()));
        assert_eq!(rates.ask([1; 32], 2, 60_000), Ok(()));
    }
}
