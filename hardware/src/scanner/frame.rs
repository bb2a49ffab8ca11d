//! Where one scan ends and the next begins.

use std::time::Duration;

use super::Scan;

/// Cuts a stream of bytes at CR, LF or CR LF, or after a silence when the scanner sends no line
/// end. Time is passed in; any clock that only goes forward will do.
#[derive(Debug, Clone)]
pub struct Framer {
    silence: Duration,
    pending: Vec<u8>,
    overflown: bool,
    last: Duration,
}

/// A code without a line end is complete after so long a silence.
pub const SILENCE: Duration = Duration::from_millis(100);
/// More than any code holds (a QR code has at most 4,296 letters): noise.
const LONGEST: usize = 8_192;

impl Framer {
    /// `silence` ends a code that has no line end.
    pub fn new(silence: Duration) -> Framer {
        Framer { silence, pending: Vec::new(), overflown: false, last: Duration::ZERO }
    }

    /// Takes bytes as they come and returns the scans that they complete.
    pub fn push(&mut self, bytes: &[u8], now: Duration) -> Vec<Scan> {
        let mut scans = Vec::new();
        scans.extend(self.flush(now));
        self.last = now;
        for &byte in bytes {
            match byte {
                b'\r' | b'\n' => scans.extend(self.end()),
                // Start and end marks and noise; the group separator is content.
                0x00..=0x1c | 0x1e..=0x1f | 0x7f => {}
                _ if self.pending.len() >= LONGEST => self.overflown = true,
                _ => self.pending.push(byte),
            }
        }
        scans
    }

    /// The code that was complete without a line end, if the silence has lasted.
    pub fn flush(&mut self, now: Duration) -> Option<Scan> {
        if now.saturating_sub(self.last) >= self.silence { self.end() } else { None }
    }

    /// Forgets what is incomplete: the port was lost.
    pub fn reset(&mut self) {
        self.pending.clear();
        self.overflown = false;
    }

    fn end(&mut self) -> Option<Scan> {
        let bytes = std::mem::take(&mut self.pending);
        if std::mem::take(&mut self.overflown) {
            return None;
        }
        // Scanners send UTF-8 or, for older ones, Latin-1.
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => error.into_bytes().into_iter().map(char::from).collect(),
        };
        let scan = Scan::parse(&text);
        (!scan.data.is_empty()).then_some(scan)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn data(scans: Vec<Scan>) -> Vec<String> {
        scans.into_iter().map(|scan| scan.data).collect()
    }

    #[test]
    fn a_line_end_ends_a_scan_however_it_is_split() {
        let stream = b"A1\rB2\nC3\r\n]C1D\x1d4\r\n\x02E5\x03\r\0\xff\x01";
        for split in 0..=stream.len() {
            let mut framer = Framer::new(SILENCE);
            let mut scans = framer.push(&stream[..split], MS);
            scans.extend(framer.push(&stream[split..], MS * 2));
            assert_eq!(data(scans), ["A1", "B2", "C3", "D\u{1d}4", "E5"], "split at {split}");
        }
    }

    #[test]
    fn silence_ends_a_scan_without_a_line_end() {
        let mut framer = Framer::new(SILENCE);
        assert!(framer.push(b"400638", MS).is_empty());
        assert!(framer.flush(MS * 100).is_none());
        assert!(framer.push(b"1333931", MS * 100).is_empty());
        assert_eq!(framer.flush(MS * 200).map(|scan| scan.data), Some("4006381333931".into()));
        assert_eq!(framer.flush(MS * 900), None);
        framer.push(b"OLD", MS * 1_000);
        assert_eq!(data(framer.push(b"NEW\r", MS * 1_200)), ["OLD", "NEW"]);
    }

    #[test]
    fn endless_noise_is_dropped_up_to_the_next_line_end() {
        let mut framer = Framer::new(SILENCE);
        assert!(framer.push(&vec![b'x'; 100_000], MS).is_empty());
        assert_eq!(data(framer.push(b"tail\rGOOD\r", MS)), ["GOOD"]);
    }

    #[test]
    fn older_scanners_send_latin_1() {
        let mut framer = Framer::new(SILENCE);
        assert_eq!(data(framer.push("é\r".as_bytes(), MS)), ["é"]);
        assert_eq!(data(framer.push(b"\xe9\r", MS)), ["é"]);
    }
}
