//! When to dial an address: again and again, more and more rarely, never all at once.

use sha2::{Digest, Sha256};

use crate::entry::DeviceId;

/// Wait after the first failure, in milliseconds.
const FIRST_WAIT: u64 = 1_000;
/// Longest wait, in milliseconds.
const LONGEST_WAIT: u64 = 5 * 60 * 1_000;

/// Decides when one address is dialled next. Times are milliseconds of a clock that only goes
/// forward.
#[derive(Debug, Clone)]
pub struct Dialer {
    device: DeviceId,
    address: String,
    /// Dials so far: what makes each wait another.
    dials: u64,
    failures: u32,
    at: u64,
}

impl Dialer {
    /// Dials `address` for `device`, at once.
    pub fn new(device: DeviceId, address: &str, now: u64) -> Dialer {
        Dialer { device, address: address.to_owned(), dials: 0, failures: 0, at: now }
    }

    /// When it is dialled next.
    pub fn at(&self) -> u64 {
        self.at
    }

    /// The dial failed, or its session ended without anything taken in or acknowledged.
    pub fn failed(&mut self, now: u64) {
        self.wait(now);
        self.failures = self.failures.saturating_add(1);
    }

    /// A session ended that was of use ([`super::session::Session::was_useful`]).
    pub fn ended(&mut self, now: u64) {
        self.failures = 0;
        self.wait(now);
    }

    /// There is a network again: waiting longer than after a first failure makes no sense.
    pub fn network_is_back(&mut self, now: u64) {
        let at = self.at;
        self.failures = 0;
        self.wait(now);
        self.at = self.at.min(at);
    }

    /// Between half of the wait and all of it, so that the tills of a store that lost its network
    /// together do not come back together.
    fn wait(&mut self, now: u64) {
        self.dials += 1;
        let wait = FIRST_WAIT.saturating_mul(1 << self.failures.min(20)).min(LONGEST_WAIT);
        let half = wait / 2;
        self.at = now.saturating_add(half).saturating_add(self.jitter() % (wait - half + 1));
    }

    fn jitter(&self) -> u64 {
        let mut digest = Sha256::new();
        digest.update(self.device.0);
        digest.update(self.dials.to_be_bytes());
        digest.update(self.address.as_bytes());
        let digest: [u8; 32] = digest.finalize().into();
        digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dialer(device: u8) -> Dialer {
        Dialer::new(DeviceId([device; 16]), "192.168.1.20:7710", 0)
    }

    /// Each wait after `failures` dials in a row.
    fn waits(mut dialer: Dialer, failures: usize) -> Vec<u64> {
        let mut waits = Vec::new();
        for _ in 0..failures {
            let now = dialer.at();
            dialer.failed(now);
            waits.push(dialer.at() - now);
        }
        waits
    }

    #[test]
    fn waits_double_up_to_a_cap_and_never_are_none() {
        let waits = waits(dialer(1), 40);
        for (n, wait) in waits.iter().enumerate() {
            let most = (1_000_u64 << n.min(30)).min(300_000);
            assert!((most / 2..=most).contains(wait), "dial {n} waits {wait} of {most}");
        }
    }

    #[test]
    fn two_tills_do_not_dial_together_and_each_does_the_same_again() {
        assert_eq!(waits(dialer(1), 10), waits(dialer(1), 10));
        let together = waits(dialer(1), 10).into_iter().zip(waits(dialer(2), 10));
        assert!(together.filter(|(one, other)| one == other).count() < 3);
    }

    #[test]
    fn a_useful_session_or_a_network_begins_anew() {
        let mut tired = dialer(1);
        for _ in 0..20 {
            tired.failed(0);
        }
        let mut ended = tired.clone();
        ended.ended(1_000_000);
        assert!((500..=1_000).contains(&(ended.at() - 1_000_000)));
        let mut back = tired.clone();
        back.network_is_back(10);
        assert!((500..=1_000).contains(&(back.at() - 10)), "{}", back.at());
        let at = back.at();
        back.network_is_back(at - 100);
        assert_eq!(back.at(), at, "a flapping network puts nothing off");
    }

    #[test]
    fn the_end_of_time_is_no_panic() {
        let mut dialer = dialer(1);
        dialer.failed(u64::MAX);
        assert_eq!(dialer.at(), u64::MAX);
    }
}
