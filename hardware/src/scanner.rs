//! A barcode scanner on a serial port: bytes into scans, duplicates left out, the port opened
//! again after unplugging. What a code means is not decided here.

pub mod driver;
pub mod frame;
pub mod simulator;

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// One read of one code.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Scan {
    /// Which kind of code it was, when the scanner says so.
    pub aim: Option<Aim>,
    /// The content, group separators (1D) included, without AIM prefix and line end.
    pub data: String,
}

impl Scan {
    /// Splits `]E04006381333931` into its prefix and `4006381333931`.
    pub fn parse(text: &str) -> Scan {
        let mut chars = text.chars();
        if let (Some(']'), Some(code), Some(modifier)) = (chars.next(), chars.next(), chars.next())
            && code.is_ascii_alphabetic()
            && modifier.is_ascii_alphanumeric()
        {
            return Scan { aim: Some(Aim { code, modifier }), data: chars.as_str().to_owned() };
        }
        Scan { aim: None, data: text.to_owned() }
    }
}

/// A symbology identifier, `]C1`. Source: ISO/IEC 15424, AIM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Aim {
    /// The kind of code: `C` CODE128, `E` EAN/UPC, `d` Data Matrix, `Q` QR, `e` DataBar.
    pub code: char,
    /// What was done to it.
    pub modifier: char,
}

impl Aim {
    /// The content is a GS1 element string: GS1-128, DataBar, GS1 Data Matrix, GS1 QR, GS1 DotCode.
    pub fn is_gs1(self) -> bool {
        matches!(
            (self.code, self.modifier),
            ('C', '1') | ('e', '0') | ('d', '2') | ('Q', '3') | ('J', '1')
        )
    }
}

impl fmt::Display for Aim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "]{}{}", self.code, self.modifier)
    }
}

impl From<Aim> for String {
    fn from(aim: Aim) -> Self {
        aim.to_string()
    }
}

/// A text that is not a symbology identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a symbology identifier: {0}")]
pub struct BadAim(String);

impl TryFrom<String> for Aim {
    type Error = BadAim;

    fn try_from(text: String) -> Result<Self, BadAim> {
        match Scan::parse(&text) {
            Scan { aim: Some(aim), data } if data.is_empty() => Ok(aim),
            _ => Err(BadAim(text)),
        }
    }
}

/// Tells a second read of the same code, held before the scanner, from a second item.
#[derive(Debug, Clone)]
pub struct Duplicates {
    window: Duration,
    last: Option<(Scan, Duration)>,
}

/// Reads of the same code closer together than this are one, by default.
pub const DUPLICATE_WINDOW: Duration = Duration::from_millis(400);

impl Duplicates {
    /// With a window of zero every read counts.
    pub fn new(window: Duration) -> Duplicates {
        Duplicates { window, last: None }
    }

    /// Whether this read counts. `now` is any clock that only goes forward. A read that does not
    /// count starts the window anew: an item left before the scanner is one item.
    pub fn admit(&mut self, scan: &Scan, now: Duration) -> bool {
        let repeated = self
            .last
            .as_ref()
            .is_some_and(|(last, at)| last == scan && now.saturating_sub(*at) < self.window);
        self.last = Some((scan.clone(), now));
        !repeated
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_is_split_off() {
        for (text, aim, data, gs1) in [
            (
                "]C101095011010209171719050810ABCD1234\u{1d}2110",
                Some("]C1"),
                "01095011010209171719050810ABCD1234\u{1d}2110",
                true,
            ),
            ("]E04006381333932", Some("]E0"), "4006381333932", false),
            ("]Q3010950110153000317190230", Some("]Q3"), "010950110153000317190230", true),
            ("]C10100614141999996310200141LOT", Some("]C1"), "0100614141999996310200141LOT", true),
            ("4006381333931", None, "4006381333931", false),
            ("]", None, "]", false),
            ("]é0x", None, "]é0x", false),
            ("", None, "", false),
        ] {
            let scan = Scan::parse(text);
            assert_eq!(scan.aim.map(String::from).as_deref(), aim, "{text}");
            assert_eq!(scan.data, data);
            assert_eq!(scan.aim.is_some_and(Aim::is_gs1), gs1);
        }
    }

    #[test]
    fn the_same_code_within_the_window_is_one_read() {
        let mut duplicates = Duplicates::new(DUPLICATE_WINDOW);
        let mut check = |code: &str, at: u64, counts: bool| {
            let admitted = duplicates.admit(&Scan::parse(code), Duration::from_millis(at));
            assert_eq!(admitted, counts, "{code} at {at}");
        };
        check("A", 0, true);
        check("A", 399, false);
        check("A", 798, false);
        check("A", 1_198, true);
        check("B", 1_200, true);
        check("A", 1_210, true);
        check("]E0A", 1_220, true);
    }

    #[test]
    fn a_scan_is_serialised_with_its_prefix() {
        let json = serde_json::to_string(&Scan::parse("]E04006381333931")).unwrap();
        assert_eq!(json, r#"{"aim":"]E0","data":"4006381333931"}"#);
        assert_eq!(serde_json::from_str::<Scan>(&json).unwrap(), Scan::parse("]E04006381333931"));
        assert!(serde_json::from_str::<Aim>("\"E0\"").is_err());
    }
}
