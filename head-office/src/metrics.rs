//! What the process has done, for Prometheus.

use std::fmt::Write;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

macro_rules! metrics {
    ($($name:ident: $type:ty = $kind:literal, $help:literal;)*) => {
        /// Counted since the process began.
        #[derive(Debug, Default)]
        pub struct Metrics {
            $(#[doc = $help] pub $name: $type,)*
        }

        impl Metrics {
            /// In Prometheus's text format.
            pub fn text(&self) -> String {
                let mut text = String::new();
                $(
                    let value = self.$name.load(Ordering::Relaxed);
                    let name = concat!("comptoir_", stringify!($name));
                    let _ = writeln!(text, "# HELP {name} {}\n# TYPE {name} {}\n{name} {value}", $help, $kind);
                )*
                text
            }
        }
    };
}

metrics! {
    sessions: AtomicI64 = "gauge", "Sessions that are open.";
    sessions_total: AtomicU64 = "counter", "Sessions that were begun.";
    sessions_refused_total: AtomicU64 = "counter", "Connections that got no session.";
    pages_total: AtomicU64 = "counter", "Pages taken in.";
    entries_total: AtomicU64 = "counter", "Entries that were new.";
    held_total: AtomicU64 = "counter", "Chains that had to wait.";
    forks_total: AtomicU64 = "counter", "Chains found with two histories.";
    sent_bytes_total: AtomicU64 = "counter", "Bytes of frames sent to devices.";
    received_bytes_total: AtomicU64 = "counter", "Bytes of frames received from devices.";
    enrolments_total: AtomicU64 = "counter", "Devices enrolled.";
    enrolments_refused_total: AtomicU64 = "counter", "Enrolments refused.";
    deliveries_total: AtomicU64 = "counter", "Deliveries that a webhook took.";
    deliveries_failed_total: AtomicU64 = "counter", "Tries to deliver that failed.";
    faults_total: AtomicU64 = "counter", "Requests and sessions that failed here.";
}

/// Counts up.
pub(crate) fn add(counter: &AtomicU64, by: u64) {
    counter.fetch_add(by, Ordering::Relaxed);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_what_prometheus_reads() {
        let metrics = Metrics::default();
        add(&metrics.entries_total, 3);
        let text = metrics.text();
        assert!(text.contains("# TYPE comptoir_entries_total counter\ncomptoir_entries_total 3\n"));
        assert_eq!(text.lines().count() % 3, 0);
    }
}
