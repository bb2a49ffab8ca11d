//! Scanned codes: GTINs and their check digit, GS1 element strings, AIM symbology prefixes
//! (GS1 General Specifications, sections 3, 7.8 and 7.9; ISO/IEC 15424).

pub mod price_barcode;

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::quantity::Quantity;

/// A Global Trade Item Number of any length. UPC-A, EAN-13, EAN-8 and GTIN-14 of one product are
/// equal, for they are compared as the 14 digits they are padded to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Gtin(u64);

/// Why a code is not what it looks like.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// The last digit does not follow from the others: misread, mistyped or cut off.
    #[error("the check digit of {code} should be {expected}")]
    BadCheckDigit {
        /// The digits read.
        code: String,
        /// What the last one ought to be.
        expected: u8,
    },
    /// The price or weight inside does not go with the digit that the scale printed for it.
    #[error("the price inside {code} was read or printed badly")]
    BadPriceCheck {
        /// The 13 digits read.
        code: String,
    },
    /// Not 1 to 14 digits.
    #[error("{code:?} is not a GTIN")]
    NotAGtin {
        /// What was read.
        code: String,
    },
    /// An application identifier that is not known here, so that the rest cannot be split.
    #[error("unknown application identifier at {at:?}")]
    UnknownIdentifier {
        /// The text from that place on.
        at: String,
    },
    /// The value of an element is too short, too long or has letters where digits belong.
    #[error("({ai}) cannot hold {value:?}")]
    BadValue {
        /// The application identifier.
        ai: String,
        /// The value as read.
        value: String,
    },
    /// A date that is not in the calendar.
    #[error("({ai}) {value} is not a date")]
    BadDate {
        /// The application identifier.
        ai: String,
        /// The six digits.
        value: String,
    },
}

impl Gtin {
    /// The digits as a number, for storage.
    pub const fn value(self) -> u64 {
        self.0
    }

    /// From storage; not checked again.
    pub const fn from_value(value: u64) -> Gtin {
        Gtin(value)
    }

    /// Reads 6 to 14 digits, with or without leading zeros, and proves the check digit.
    pub fn parse(code: &str) -> Result<Gtin, CodeError> {
        let not_a_gtin = || CodeError::NotAGtin { code: code.to_owned() };
        if !(6..=14).contains(&code.len()) || !code.bytes().all(|b| b.is_ascii_digit()) {
            return Err(not_a_gtin());
        }
        let (body, last) = code.split_at(code.len() - 1);
        let expected = check_digit(body);
        if last.as_bytes()[0] - b'0' != expected {
            return Err(CodeError::BadCheckDigit { code: code.to_owned(), expected });
        }
        let value: u64 = code.parse().map_err(|_| not_a_gtin())?;
        if value == 0 { Err(not_a_gtin()) } else { Ok(Gtin(value)) }
    }

    /// Expands the eight digits of a UPC-E symbol to the UPC-A it stands for.
    pub fn from_upc_e(code: &str) -> Result<Gtin, CodeError> {
        let digits: Vec<char> = code.chars().collect();
        let [system, a, b, c, d, e, last, check] = digits[..] else {
            return Err(CodeError::NotAGtin { code: code.to_owned() });
        };
        let item: String = match last {
            '0'..='2' => [a, b, last, '0', '0', '0', '0', c, d, e].iter().collect(),
            '3' => [a, b, c, '0', '0', '0', '0', '0', d, e].iter().collect(),
            '4' => [a, b, c, d, '0', '0', '0', '0', '0', e].iter().collect(),
            _ => [a, b, c, d, e, '0', '0', '0', '0', last].iter().collect(),
        };
        Gtin::parse(&format!("{system}{item}{check}"))
    }
}

impl FromStr for Gtin {
    type Err = CodeError;
    fn from_str(code: &str) -> Result<Gtin, CodeError> {
        Gtin::parse(code)
    }
}

/// The 14 digits.
impl fmt::Display for Gtin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:014}", self.0)
    }
}

impl Serialize for Gtin {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The GS1 check digit of `digits`: weights 3 and 1 in turn from the right.
pub fn check_digit(digits: &str) -> u8 {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, b)| u32::from(b.wrapping_sub(b'0')) * if place % 2 == 0 { 3 } else { 1 })
        .sum();
    u8::try_from((10 - sum % 10) % 10).unwrap_or(0)
}

/// The separator that ends an element of variable length (FNC1 as transmitted).
pub const GROUP_SEPARATOR: char = '\u{1d}';

/// One element of a GS1 element string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// The application identifier, with its decimal digit where it has one: `01`, `3102`.
    pub ai: String,
    /// The value without separator.
    pub value: String,
}

/// What was scanned or typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Code {
    /// A trade item, with whatever else the symbol said of it (lot, weight, dates, serial).
    Gtin(Gtin, Vec<Element>),
    /// Something else: a SKU, a PLU, a receipt number.
    Plain(String),
}

/// Reads a scan, with or without its AIM symbology prefix.
pub fn read(raw: &str) -> Result<Code, CodeError> {
    let (aim, data) = match raw.strip_prefix(']') {
        Some(rest) if rest.len() > 2 && rest.is_char_boundary(2) => {
            (Some(rest.split_at(2).0), rest.split_at(2).1)
        }
        _ => (None, raw),
    };
    let data = data.trim_matches(|c: char| c.is_whitespace() && c != GROUP_SEPARATOR);
    match aim {
        Some("C1" | "d2" | "Q3" | "e0") => {
            let elements = parse_elements(data)?;
            match elements.iter().find(|element| element.ai == "01" || element.ai == "02") {
                Some(item) => Ok(Code::Gtin(Gtin::parse(&item.value)?, elements)),
                None => Ok(Code::Plain(data.to_owned())),
            }
        }
        Some("E0" | "E4") => Gtin::parse(data).map(|gtin| Code::Gtin(gtin, Vec::new())),
        Some(_) => Ok(Code::Plain(data.to_owned())),
        None if data.contains(GROUP_SEPARATOR) => read(&format!("]C1{data}")),
        None => match (data.len(), Gtin::parse(data)) {
            (8 | 12 | 13 | 14, Ok(gtin)) => Ok(Code::Gtin(gtin, Vec::new())),
            (12..=14, Err(error @ CodeError::BadCheckDigit { .. })) => Err(error),
            _ => Ok(Code::Plain(data.to_owned())),
        },
    }
}

/// The net weight in kilograms that a code carries (AI 310n: six digits, n of them decimals); none
/// when it carries none, or one too fine or too heavy for a line.
pub fn net_weight(code: &Code) -> Option<Quantity> {
    let Code::Gtin(_, elements) = code else { return None };
    let weight = elements.iter().find(|element| element.ai.starts_with("310"))?;
    let decimals = weight.ai.strip_prefix("310")?.parse::<u32>().ok()?;
    let digits = weight.value.parse::<i64>().ok()?;
    let exact = digits.checked_mul(1_000)?;
    let thousandths = exact / 10_i64.checked_pow(decimals)?;
    let kept = thousandths * 10_i64.pow(decimals) == exact;
    let fits = (1..=Quantity::MOST_THOUSANDTHS).contains(&thousandths);
    (kept && fits).then(|| Quantity::from_thousandths(thousandths))
}

/// Splits an element string, checking lengths, digits, check digits and dates.
pub fn parse_elements(data: &str) -> Result<Vec<Element>, CodeError> {
    let mut rest = data.strip_prefix(GROUP_SEPARATOR).unwrap_or(data);
    let mut elements = Vec::new();
    while !rest.is_empty() {
        let unknown = || CodeError::UnknownIdentifier { at: rest.chars().take(8).collect() };
        let rule = RULES.iter().find(|rule| rule.matches(rest)).ok_or_else(unknown)?;
        let (ai, tail) = rest.split_at(rule.ai_length);
        let end = tail.find(GROUP_SEPARATOR);
        let predefined = if rule.needs_separator { None } else { Some(rule.most) };
        let value = match (predefined, end) {
            (Some(length), _) => tail.get(..length.min(end.unwrap_or(tail.len())).min(tail.len())),
            (None, Some(end)) => tail.get(..end),
            (None, None) => Some(tail),
        }
        .unwrap_or(tail);
        rule.check(ai, value)?;
        elements.push(Element { ai: ai.to_owned(), value: value.to_owned() });
        let tail = &tail[value.len()..];
        rest = tail.strip_prefix(GROUP_SEPARATOR).unwrap_or(tail);
    }
    Ok(elements)
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Digits,
    CheckedDigits,
    Date,
    DateTime,
    Text,
}

struct Rule {
    prefix: &'static str,
    ai_length: usize,
    least: usize,
    most: usize,
    kind: Kind,
    needs_separator: bool,
}

impl Rule {
    const fn fixed(prefix: &'static str, ai_length: usize, length: usize, kind: Kind) -> Rule {
        Rule { prefix, ai_length, least: length, most: length, kind, needs_separator: false }
    }

    const fn ended(
        prefix: &'static str,
        ai_length: usize,
        least: usize,
        most: usize,
        kind: Kind,
    ) -> Rule {
        Rule { prefix, ai_length, least, most, kind, needs_separator: true }
    }

    fn matches(&self, rest: &str) -> bool {
        rest.starts_with(self.prefix)
            && rest.len() >= self.ai_length
            && rest.bytes().take(self.ai_length).all(|b| b.is_ascii_digit())
    }

    fn check(&self, ai: &str, value: &str) -> Result<(), CodeError> {
        let bad = || CodeError::BadValue { ai: ai.to_owned(), value: value.to_owned() };
        let length_fits = (self.least..=self.most).contains(&value.len());
        let digits_fit = self.kind == Kind::Text || value.bytes().all(|b| b.is_ascii_digit());
        if !length_fits || !digits_fit || !value.is_ascii() {
            return Err(bad());
        }
        match self.kind {
            Kind::CheckedDigits => {
                let (body, last) = value.split_at(value.len() - 1);
                let expected = check_digit(body);
                if last.as_bytes()[0] - b'0' != expected {
                    return Err(CodeError::BadCheckDigit { code: value.to_owned(), expected });
                }
            }
            Kind::Date | Kind::DateTime if !is_date(&value[..6]) => {
                return Err(CodeError::BadDate { ai: ai.to_owned(), value: value.to_owned() });
            }
            _ => {}
        }
        Ok(())
    }
}

/// Application identifiers by prefix; the first that fits counts.
const RULES: [Rule; 25] = [
    Rule::fixed("00", 2, 18, Kind::CheckedDigits),
    Rule::fixed("01", 2, 14, Kind::CheckedDigits),
    Rule::fixed("02", 2, 14, Kind::CheckedDigits),
    Rule::fixed("11", 2, 6, Kind::Date),
    Rule::fixed("13", 2, 6, Kind::Date),
    Rule::fixed("15", 2, 6, Kind::Date),
    Rule::fixed("16", 2, 6, Kind::Date),
    Rule::fixed("17", 2, 6, Kind::Date),
    Rule::fixed("310", 4, 6, Kind::Digits),
    Rule::fixed("320", 4, 6, Kind::Digits),
    Rule::ended("10", 2, 1, 20, Kind::Text),
    Rule::ended("21", 2, 1, 20, Kind::Text),
    Rule::ended("22", 2, 1, 20, Kind::Text),
    Rule::ended("30", 2, 1, 8, Kind::Digits),
    Rule::ended("37", 2, 1, 8, Kind::Digits),
    Rule::ended("240", 3, 1, 30, Kind::Text),
    Rule::ended("392", 4, 1, 15, Kind::Digits),
    Rule::ended("393", 4, 4, 18, Kind::Digits),
    Rule::ended("395", 4, 6, 6, Kind::Digits),
    Rule::ended("8005", 4, 6, 6, Kind::Digits),
    Rule::ended("7003", 4, 10, 10, Kind::DateTime),
    Rule::ended("400", 3, 1, 30, Kind::Text),
    Rule::ended("412", 3, 13, 13, Kind::CheckedDigits),
    Rule::ended("414", 3, 13, 13, Kind::CheckedDigits),
    Rule::ended("91", 2, 1, 90, Kind::Text),
];

/// `yymmdd`, where day 00 means the last of the month. The century follows the rule of the year
/// and changes only which Februaries are leap years, so the nearest one is used.
fn is_date(digits: &str) -> bool {
    let number =
        |range: std::ops::Range<usize>| digits.get(range).and_then(|s| s.parse::<i16>().ok());
    let (Some(year), Some(month), Some(day)) = (number(0..2), number(2..4), number(4..6)) else {
        return false;
    };
    let (Ok(month), Ok(day)) = (i8::try_from(month), i8::try_from(day.max(1))) else {
        return false;
    };
    jiff::civil::Date::new(2000 + year, month, day).is_ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// GS1 General Specifications 7.9, and the worked examples of the check digit calculator.
    #[test]
    fn a_symbol_may_carry_the_weight() {
        for (scan, weight) in [
            ("]e0010950110153000331030012451525112010LOT", Some("1.245")),
            ("]e00109501101530003310300124515251120", Some("1.245")),
            ("]e00109501101530003310200012015251120", Some("1.2")),
            ("]e00109501101530003310000000215251120", Some("2")),
            ("]e00109501101530003310500124515251120", None),
            ("]e00109501101530003310400124015251120", Some("0.124")),
            ("]e00109501101530003310300000015251120", None),
            ("]e0010950110153000315251120", None),
            ("9501101530003", None),
        ] {
            let code = read(scan);
            let shown = code.ok().and_then(|code| net_weight(&code)).map(|kg| kg.to_string());
            assert_eq!(shown.as_deref(), weight, "{scan}");
        }
    }

    #[test]
    fn check_digits() {
        for (digits, expected) in
            [("629104150021", 3), ("730001100001", 7), ("890400021003", 7), ("501234567890", 0)]
        {
            assert_eq!(check_digit(digits), expected, "{digits}");
        }
    }

    #[test]
    fn one_product_has_one_gtin_however_it_is_padded() {
        let upc = Gtin::parse("036000291452").unwrap();
        for code in ["0036000291452", "00036000291452", "36000291452"] {
            assert_eq!(Gtin::parse(code), Ok(upc), "{code}");
        }
        assert_eq!(upc.to_string(), "00036000291452");
        assert_eq!(Gtin::from_upc_e("04252614"), Gtin::parse("042100005264"));
        assert_eq!(Gtin::from_upc_e("01234565"), Gtin::parse("012345000065"));
    }

    #[test]
    fn a_code_that_is_no_gtin_says_why() {
        assert_eq!(
            Gtin::parse("4006381333932"),
            Err(CodeError::BadCheckDigit { code: "4006381333932".into(), expected: 1 })
        );
        for code in ["", "12345", "123456789012345", "40063813339x1", "00000000"] {
            assert!(matches!(Gtin::parse(code), Err(CodeError::NotAGtin { .. })), "{code}");
        }
    }

    fn elements(raw: &str) -> Vec<(String, String)> {
        match read(raw) {
            Ok(Code::Gtin(_, elements)) => elements.into_iter().map(|e| (e.ai, e.value)).collect(),
            other => panic!("{raw}: {other:?}"),
        }
    }

    #[test]
    fn element_strings_are_split_at_fixed_lengths_and_separators() {
        let pair = |ai: &str, value: &str| (ai.to_owned(), value.to_owned());
        assert_eq!(
            elements("]C101095011010209171719050810ABCD1234\u{1d}2110"),
            [
                pair("01", "09501101020917"),
                pair("17", "190508"),
                pair("10", "ABCD1234"),
                pair("21", "10")
            ]
        );
        assert_eq!(
            elements("]C1010061414199999631020001413922499\u{1d}10LOT"),
            [
                pair("01", "00614141999996"),
                pair("3102", "000141"),
                pair("3922", "499"),
                pair("10", "LOT")
            ]
        );
        assert_eq!(
            elements("]d20100614141999996\u{1d}10A"),
            [pair("01", "00614141999996"), pair("10", "A")]
        );
    }

    #[test]
    fn element_strings_that_are_wrong_say_where() {
        assert!(matches!(read("]E04006381333932"), Err(CodeError::BadCheckDigit { .. })));
        assert!(matches!(read("]Q3010950110102091717190230"), Err(CodeError::BadDate { .. })));
        assert!(
            matches!(read("]C10100614141999996310200141LOT"), Err(CodeError::BadValue { ai, .. }) if ai == "3102")
        );
        assert!(matches!(read("]C10100614141999996990"), Err(CodeError::UnknownIdentifier { .. })));
    }

    #[test]
    fn what_is_no_gtin_is_kept_as_it_is() {
        for plain in ["4011", "COF-340", "RDC2-1-4127", "123456789"] {
            assert_eq!(read(plain), Ok(Code::Plain(plain.to_owned())), "{plain}");
        }
        assert!(matches!(read("]E0036000291452"), Ok(Code::Gtin(..))));
        assert!(matches!(read("0036000291452"), Ok(Code::Gtin(..))));
        assert!(matches!(read("4006381333932"), Err(CodeError::BadCheckDigit { .. })));
    }

    proptest! {
        #[test]
        fn reading_never_panics(raw in "\\PC*", tail in "[0-9\u{1d}]{0,40}") {
            let _ = read(&raw);
            let _ = read(&format!("]C1{tail}"));
            let _ = Gtin::from_upc_e(&raw);
        }

        #[test]
        fn one_wrong_digit_is_always_found(body in "[0-9]{13}", place in 0usize..14, shift in 1u8..10) {
            let code = format!("{body}{}", check_digit(&body));
            let mut digits = code.into_bytes();
            digits[place] = (digits[place] - b'0' + shift) % 10 + b'0';
            let wrong = String::from_utf8(digits).unwrap();
            prop_assert!(Gtin::parse(&wrong).is_err());
        }
    }
}
