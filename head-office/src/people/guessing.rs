//! Guessing is made slow: after a few wrong passwords a name waits, twice as long after each one more. Names that nobody
//! has wait alike, so that waiting does not tell who is here.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Wrong passwords after which nobody waits yet.
const FREE: u32 = 4;
/// Milliseconds.
const MINUTE: i64 = 60_000;
/// Milliseconds that one waits at most: whoever guesses on purpose must not keep the owner out for days.
const LONGEST: i64 = 60 * MINUTE;
/// Names that nobody has, at most: who fills this up gains only that they are forgotten.
const MOST: usize = 10_000;

/// How long after so many wrong passwords in a row, in milliseconds.
pub(super) fn wait(wrong: u32) -> i64 {
    match wrong.checked_sub(FREE + 1) {
        None => 0,
        Some(more) => (MINUTE << more.min(6)).min(LONGEST),
    }
}

/// Guesses at names that nobody has: keyed name → wrong so far, wait until.
#[derive(Debug, Default)]
pub struct Strangers(Mutex<HashMap<[u8; 32], (u32, i64)>>);

impl Strangers {
    /// Counts one; answers until when the name waits, if it does already.
    pub(super) fn count(&self, name: [u8; 32], now: i64) -> Option<i64> {
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if names.len() >= MOST {
            names.clear();
        }
        let (wrong, until) = names.entry(name).or_default();
        if *until > now {
            return Some(*until);
        }
        *wrong = wrong.saturating_add(1);
        *until = now + wait(*wrong);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wrong_one_waits_longer_up_to_an_hour() {
        let minutes: Vec<i64> = (0..14).map(|wrong| wait(wrong) / MINUTE).collect();
        assert_eq!(minutes, [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(wait(u32::MAX), LONGEST);
    }

    #[test]
    fn names_that_nobody_has_wait_alike() {
        let strangers = Strangers::default();
        for _ in 0..=FREE {
            assert_eq!(strangers.count([1; 32], 0), None);
        }
        assert_eq!(strangers.count([1; 32], MINUTE - 1), Some(MINUTE));
        assert_eq!(strangers.count([2; 32], MINUTE - 1), None);
        assert_eq!(strangers.count([1; 32], MINUTE), None);
        assert_eq!(strangers.count([1; 32], MINUTE), Some(3 * MINUTE));
    }
}
