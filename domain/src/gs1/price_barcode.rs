//! EAN-13s that the shop's own scale prints, with a price or a weight inside (GS1 General
//! Specifications 7.9). Nobody but the shop says which digit means what.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use super::{CodeError, Gtin};

/// How the digits of one prefix are divided: `2|IIIII|V|PPPP|C` or `21|IIIII|WWWWW|C`.
///
/// `I` is the item, `P` its price in cents, `W` its weight in grams, `D` in decagrams, `V` the digit
/// that proves price or weight, `C` the check digit of all. One of 12 digits is a UPC-A.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceBarcodeLayout {
    prefix: Prefix,
    /// What each of the 11 digits after the prefix belongs to.
    digits: [Part; 11],
}

/// The first two digits of an EAN-13 whose meaning is the shop's own: 02, or 20 to 29.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Prefix(u8);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Item,
    Verifier,
    Price,
    Grams,
    Decagrams,
    Check,
}

/// What was inside a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Embedded {
    /// The digits of the item: its PLU or SKU, perhaps behind zeros.
    pub item: String,
    /// What the label says of this piece.
    pub value: Value,
}

/// What a label says of the piece it sticks on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// Its price in minor units.
    Price(i64),
    /// Its weight in grams.
    Weight(i64),
}

/// What is wrong with a layout.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LayoutError {
    /// Nothing before, or nothing after, the sign.
    #[error("{text:?}: write the prefix, = and the layout, such as 02=2|IIIII|V|PPPP|C")]
    NotASetting {
        /// As typed.
        text: String,
    },
    /// Codes that begin like this belong to somebody else.
    #[error("{prefix:?} is not the shop's own: a UPC-A begins with 2, an EAN-13 with 20 to 29")]
    BadPrefix {
        /// As typed.
        prefix: String,
    },
    /// The layout is of codes that begin otherwise.
    #[error("this layout is of codes that begin with {layout}, not with {prefix}")]
    OtherPrefix {
        /// Where it was to go.
        prefix: Prefix,
        /// What it is of.
        layout: Prefix,
    },
    /// Not one of the letters, or several of them together.
    #[error("{part:?} is no part of a layout: write I, V, P, W, D or C, one kind between two |")]
    UnknownPart {
        /// As typed.
        part: String,
    },
    /// Two places for one thing.
    #[error("{part:?} stands where there is one already: an item, a price or weight, a V, a C")]
    Repeated {
        /// The second one.
        part: String,
    },
    /// It cannot say what is sold, or for how much.
    #[error("{part} is missing")]
    Missing {
        /// In words.
        part: &'static str,
    },
    /// There is no way to prove a value of this length.
    #[error("{part:?} has {} digits: a price or a weight has 4 or 5", .part.len())]
    BadValueLength {
        /// As typed.
        part: String,
    },
    /// `V` and `C` are one digit each.
    #[error("{part:?} has {} digits: this is one digit", .part.len())]
    NotOneDigit {
        /// As typed.
        part: String,
    },
    /// The check digit is the last one.
    #[error("C stands last")]
    CheckNotLast,
    /// No symbol has so many.
    #[error("{digits} digits: a UPC-A has 12, an EAN-13 has 13")]
    WrongLength {
        /// As typed.
        digits: usize,
    },
}

impl PriceBarcodeLayout {
    /// What scales in North America print: `2|IIIII|V|PPPP|C`.
    pub const UPC_A: PriceBarcodeLayout = {
        use Part::{Check, Item, Price, Verifier};
        PriceBarcodeLayout {
            prefix: Prefix(2),
            digits: [Item, Item, Item, Item, Item, Verifier, Price, Price, Price, Price, Check],
        }
    };

    /// The prefix of its codes.
    pub const fn prefix(&self) -> Prefix {
        self.prefix
    }

    /// What is inside `code`; none when it begins with another prefix.
    pub fn read(&self, code: Gtin) -> Result<Option<Embedded>, CodeError> {
        if Prefix::of(code) != Some(self.prefix) {
            return Ok(None);
        }
        let code = format!("{:013}", code.value());
        let digits = |wanted: Part| -> String {
            let own = code.chars().skip(2).zip(self.digits);
            own.filter(|(_, part)| *part == wanted).map(|(digit, _)| digit).collect()
        };
        let number = |part| digits(part).parse::<i64>().ok();
        let (value, text) = match (number(Part::Price), number(Part::Grams)) {
            (Some(minor), _) => (Value::Price(minor), digits(Part::Price)),
            (None, Some(grams)) => (Value::Weight(grams), digits(Part::Grams)),
            (None, None) => {
                let decagrams = number(Part::Decagrams).unwrap_or_default();
                (Value::Weight(decagrams * 10), digits(Part::Decagrams))
            }
        };
        let verifier = digits(Part::Verifier);
        if !verifier.is_empty() && value_check_digit(&text).map(|v| v.to_string()) != Some(verifier)
        {
            return Err(CodeError::BadPriceCheck { code });
        }
        Ok(Some(Embedded { item: digits(Part::Item), value }))
    }
}

impl FromStr for PriceBarcodeLayout {
    type Err = LayoutError;

    fn from_str(text: &str) -> Result<PriceBarcodeLayout, LayoutError> {
        let mut parts = text.trim().split('|').map(str::trim);
        let written = parts.next().unwrap_or_default();
        let mut digits = Vec::new();
        for part in parts {
            let kind = Part::parse(part)?;
            match (kind, part.len()) {
                (Part::Price | Part::Grams | Part::Decagrams, 4 | 5)
                | (Part::Verifier | Part::Check, 1)
                | (Part::Item, _) => {}
                (Part::Verifier | Part::Check, _) => {
                    return Err(LayoutError::NotOneDigit { part: part.to_owned() });
                }
                _ => return Err(LayoutError::BadValueLength { part: part.to_owned() }),
            }
            if digits.iter().any(|known: &Part| known.is_like(kind)) {
                return Err(LayoutError::Repeated { part: part.to_owned() });
            }
            if digits.contains(&Part::Check) {
                return Err(LayoutError::CheckNotLast);
            }
            digits.extend(std::iter::repeat_n(kind, part.len()));
        }
        let missing = |part| Err(LayoutError::Missing { part });
        match () {
            () if !digits.contains(&Part::Item) => return missing("the item (I)"),
            () if !digits.iter().any(|part| part.is_like(Part::Price)) => {
                return missing("the price (P) or the weight (W, D)");
            }
            () if !digits.contains(&Part::Check) => return missing("the check digit (C)"),
            () => {}
        }
        let length = written.len() + digits.len();
        let prefix = match length {
            // A UPC-A is an EAN-13 behind a zero.
            12 => format!("0{written}"),
            13 => written.to_owned(),
            digits => return Err(LayoutError::WrongLength { digits }),
        };
        let bad_prefix = |_| LayoutError::BadPrefix { prefix: written.to_owned() };
        let prefix = prefix.parse().map_err(bad_prefix)?;
        let wrong_length = |_| LayoutError::WrongLength { digits: length };
        let digits = digits.try_into().map_err(wrong_length)?;
        Ok(PriceBarcodeLayout { prefix, digits })
    }
}

/// As it is written: that of a UPC-A without the zero.
impl fmt::Display for PriceBarcodeLayout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.prefix {
            Prefix(upc_a @ 0..=9) => write!(f, "{upc_a}")?,
            Prefix(ean_13) => write!(f, "{ean_13}")?,
        }
        for part in self.digits.chunk_by(|one, next| one == next) {
            f.write_str("|")?;
            part.iter().try_for_each(|part| write!(f, "{}", part.letter()))?;
        }
        Ok(())
    }
}

impl Part {
    const ALL: [Part; 6] =
        [Part::Item, Part::Verifier, Part::Price, Part::Grams, Part::Decagrams, Part::Check];

    const fn letter(self) -> char {
        match self {
            Part::Item => 'I',
            Part::Verifier => 'V',
            Part::Price => 'P',
            Part::Grams => 'W',
            Part::Decagrams => 'D',
            Part::Check => 'C',
        }
    }

    fn parse(text: &str) -> Result<Part, LayoutError> {
        let is_all = |part: &Part| !text.is_empty() && text.chars().all(|c| c == part.letter());
        let found = Part::ALL.into_iter().find(is_all);
        found.ok_or_else(|| LayoutError::UnknownPart { part: text.to_owned() })
    }

    /// Whether one layout holds only one of the two.
    fn is_like(self, other: Part) -> bool {
        let is_value = |part| matches!(part, Part::Price | Part::Grams | Part::Decagrams);
        self == other || is_value(self) && is_value(other)
    }
}

impl Prefix {
    /// The prefix of a code, if its meaning is the shop's own.
    fn of(code: Gtin) -> Option<Prefix> {
        let first_two = u8::try_from(code.value() / 100_000_000_000).ok();
        first_two.filter(|first_two| matches!(first_two, 2 | 20..=29)).map(Prefix)
    }
}

impl FromStr for Prefix {
    type Err = LayoutError;

    fn from_str(text: &str) -> Result<Prefix, LayoutError> {
        let number = text.parse().ok().filter(|_| text.len() == 2);
        let own = number.filter(|number| matches!(number, 2 | 20..=29)).map(Prefix);
        own.ok_or_else(|| LayoutError::BadPrefix { prefix: text.to_owned() })
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}", self.0)
    }
}

/// The layouts of a store. Where it says nothing, 02 is [`PriceBarcodeLayout::UPC_A`], and 20 to 29
/// carry nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PriceBarcodes(BTreeMap<Prefix, Option<PriceBarcodeLayout>>);

/// What a setting says instead of a layout where codes of a prefix carry nothing.
const NONE: &str = "none";

impl PriceBarcodes {
    /// Reads one setting: `02=2|IIIII|V|PPPP|C`, or `02=none`.
    pub fn set(&mut self, setting: &str) -> Result<(), LayoutError> {
        let not_a_setting = || LayoutError::NotASetting { text: setting.to_owned() };
        let (prefix, layout) = setting.split_once('=').ok_or_else(not_a_setting)?;
        let prefix: Prefix = prefix.trim().parse()?;
        let layout = match layout.trim() {
            "" => return Err(not_a_setting()),
            NONE => None,
            layout => Some(layout.parse::<PriceBarcodeLayout>()?),
        };
        match layout {
            Some(layout) if layout.prefix != prefix => {
                Err(LayoutError::OtherPrefix { prefix, layout: layout.prefix })
            }
            layout => {
                self.0.insert(prefix, layout);
                Ok(())
            }
        }
    }

    /// What the store says, each as [`PriceBarcodes::set`] reads it.
    pub fn settings(&self) -> impl Iterator<Item = (Prefix, String)> {
        let shown = |layout: &Option<PriceBarcodeLayout>| {
            layout.map_or_else(|| NONE.to_owned(), |layout| layout.to_string())
        };
        self.0.iter().map(move |(prefix, layout)| (*prefix, shown(layout)))
    }

    /// The layouts that codes are read by.
    pub fn layouts(&self) -> impl Iterator<Item = PriceBarcodeLayout> {
        let usual = [PriceBarcodeLayout::UPC_A].into_iter();
        let usual = usual.filter(|layout| !self.0.contains_key(&layout.prefix));
        usual.chain(self.0.values().copied().flatten())
    }

    /// What is inside `code`; none when the store has no layout for it.
    pub fn read(&self, code: Gtin) -> Result<Option<Embedded>, CodeError> {
        let own = self.layouts().find(|layout| Some(layout.prefix) == Prefix::of(code));
        own.map_or(Ok(None), |layout| layout.read(code))
    }
}

/// The digit that proves a price or weight of 4 or 5 digits (GS1 General Specifications 7.9.2 to
/// 7.9.4); none of another length.
pub fn value_check_digit(digits: &str) -> Option<u8> {
    let places: Vec<usize> =
        digits.chars().map(|c| Some(c.to_digit(10)? as usize)).collect::<Option<_>>()?;
    match places[..] {
        [a, b, c, d] => {
            let sum = TWO_MINUS[a] + TWO_MINUS[b] + THREE[c] + FIVE_MINUS[d];
            Some(sum * 3 % 10)
        }
        [a, b, c, d, e] => {
            let sum = FIVE_PLUS[a] + TWO_MINUS[b] + FIVE_MINUS[c] + FIVE_PLUS[d] + TWO_MINUS[e];
            let wanted = (10 - sum % 10) % 10;
            (0..).zip(FIVE_MINUS).find(|(_, weighted)| *weighted == wanted).map(|(digit, _)| digit)
        }
        _ => None,
    }
}

/// Weighting factors: what each digit counts.
const TWO_MINUS: [u8; 10] = [0, 2, 4, 6, 8, 9, 1, 3, 5, 7];
const THREE: [u8; 10] = [0, 3, 6, 9, 2, 5, 8, 1, 4, 7];
const FIVE_PLUS: [u8; 10] = [0, 5, 1, 6, 2, 7, 3, 8, 4, 9];
const FIVE_MINUS: [u8; 10] = [0, 5, 9, 4, 8, 3, 7, 2, 6, 1];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::check_digit;
    use super::*;

    /// GS1 General Specifications 7.9.3 and 7.9.4.
    #[test]
    fn published_figures() {
        for (digits, expected) in [
            ("2875", Some(9)),
            ("14685", Some(6)),
            ("0000", Some(0)),
            ("287", None),
            ("28x5", None),
        ] {
            assert_eq!(value_check_digit(digits), expected, "{digits}");
        }
    }

    #[test]
    fn layouts_are_read_and_written() {
        for (text, shown) in [
            ("2|IIIII|V|PPPP|C", "2|IIIII|V|PPPP|C"),
            ("02|IIIII|V|PPPP|C", "2|IIIII|V|PPPP|C"),
            (" 20 | IIIII | PPPPP | C ", "20|IIIII|PPPPP|C"),
            ("28|V|WWWWW|IIII|C", "28|V|WWWWW|IIII|C"),
            ("29|IIIIII|DDDD|C", "29|IIIIII|DDDD|C"),
            ("", "the item (I) is missing"),
            ("2|IIIII|V|PPPP", "the check digit (C) is missing"),
            ("2|IIIIIIIIII|C", "the price (P) or the weight (W, D) is missing"),
            ("2|V|PPPP|C", "the item (I) is missing"),
            (
                "3|IIIII|V|PPPP|C",
                "\"3\" is not the shop's own: a UPC-A begins with 2, an EAN-13 with 20 to 29",
            ),
            (
                "2|IIIIII|V|PPPP|C",
                "\"2\" is not the shop's own: a UPC-A begins with 2, an EAN-13 with 20 to 29",
            ),
            ("2|IIII|V|PPPP|C", "11 digits: a UPC-A has 12, an EAN-13 has 13"),
            ("20|IIIIIIIIIIIIIIIIIIII|PPPP|C", "27 digits: a UPC-A has 12, an EAN-13 has 13"),
            ("2|IIIIII|PPP|C", "\"PPP\" has 3 digits: a price or a weight has 4 or 5"),
            ("2|IIII|VV|PPPP|C", "\"VV\" has 2 digits: this is one digit"),
            ("2|C|IIIII|V|PPPP", "C stands last"),
            (
                "2|II|PPPP|WWWW|C",
                "\"WWWW\" stands where there is one already: an item, a price or weight, a V, a C",
            ),
            (
                "2|IIIIIV|PPPP|C",
                "\"IIIIIV\" is no part of a layout: write I, V, P, W, D or C, one kind between two |",
            ),
            (
                "2|IIIII||PPPP|C",
                "\"\" is no part of a layout: write I, V, P, W, D or C, one kind between two |",
            ),
        ] {
            let layout = text.parse::<PriceBarcodeLayout>();
            let said = layout.map_or_else(|error| error.to_string(), |layout| layout.to_string());
            assert_eq!(said, shown, "{text}");
        }
        assert_eq!("2|IIIII|V|PPPP|C".parse(), Ok(PriceBarcodeLayout::UPC_A));
    }

    #[test]
    fn settings_are_read_and_written() {
        for (settings, shown) in [
            (&[][..], "2|IIIII|V|PPPP|C"),
            (&["02=none"], ""),
            (&["02=02|IIIIIV|PPPP|C"], "error"),
            (&["21=21|IIIII|WWWWW|C", "02=2|IIIII|PPPPP|C"], "2|IIIII|PPPPP|C 21|IIIII|WWWWW|C"),
            (&["21=22|IIIII|WWWWW|C"], "error"),
            (&["30=none"], "error"),
            (&["2=none"], "error"),
            (&["21="], "error"),
            (&["21"], "error"),
        ] {
            let mut barcodes = PriceBarcodes::default();
            let read = settings.iter().try_for_each(|setting| barcodes.set(setting));
            let layouts: Vec<String> =
                barcodes.layouts().map(|layout| layout.to_string()).collect();
            let said = read.map_or_else(|_| "error".to_owned(), |()| layouts.join(" "));
            assert_eq!(said, shown, "{settings:?}");
            let mut again = PriceBarcodes::default();
            for (prefix, layout) in barcodes.settings() {
                again.set(&format!("{prefix}={layout}")).unwrap();
            }
            assert_eq!(again, barcodes);
        }
    }

    #[test]
    fn a_code_says_item_and_price_or_weight() {
        let price = |item: &str, minor| Ok(Some((item.to_owned(), Value::Price(minor))));
        let weight = |item: &str, grams| Ok(Some((item.to_owned(), Value::Weight(grams))));
        let bad_price_check = |code: &str| Err(CodeError::BadPriceCheck { code: code.to_owned() });
        for (layout, body, expected) in [
            ("2|IIIII|V|PPPP|C", "20401192875", price("04011", 2_875)),
            ("2|IIIII|V|PPPP|C", "020401192875", price("04011", 2_875)),
            ("2|IIIII|V|PPPP|C", "20401182875", bad_price_check("0204011828756")),
            ("2|IIIII|V|PPPP|C", "204011928750", Ok(None)),
            ("20|IIIII|PPPPP|C", "201234514685", price("12345", 14_685)),
            ("20|IIII|V|PPPPP|C", "201234614685", price("1234", 14_685)),
            ("20|IIII|V|WWWWW|C", "201234614685", weight("1234", 14_685)),
            ("28|WWWWW|IIIII|C", "280124504011", weight("04011", 1_245)),
            ("29|IIIIII|DDDD|C", "290040110124", weight("004011", 1_240)),
            ("29|IIIIII|DDDD|C", "280040110124", Ok(None)),
        ] {
            let layout: PriceBarcodeLayout = layout.parse().unwrap();
            let code = Gtin::parse(&format!("{body}{}", check_digit(body))).unwrap();
            let read = layout.read(code).map(|read| read.map(|read| (read.item, read.value)));
            assert_eq!(read, expected, "{layout} {body}");
        }
    }

    fn layouts() -> impl Strategy<Value = PriceBarcodeLayout> {
        let value = prop_oneof![Just("P"), Just("W"), Just("D")];
        let parts = (value, 4usize..=5, any::<bool>(), 0usize..6, prop_oneof![Just(2), 20u8..30]);
        parts.prop_map(|(value, length, proven, order, prefix)| {
            let item = "I".repeat(10 - length - usize::from(proven));
            let mut parts = vec![item, value.repeat(length)];
            if proven {
                parts.insert(order % 3, "V".to_owned());
            }
            if order > 2 {
                parts.reverse();
            }
            format!("{prefix:02}|{}|C", parts.join("|")).parse().unwrap()
        })
    }

    proptest! {
        #[test]
        fn a_layout_reads_back(layout in layouts()) {
            prop_assert_eq!(layout.to_string().parse(), Ok(layout));
        }

        /// Whatever is printed by a layout is read by it, and one wrong digit of a proven value is
        /// never taken for another value.
        #[test]
        fn what_is_printed_is_read(
            layout in layouts(), item in 0u64..10_000_000, value in 0u64..100_000, wrong in 1u8..10,
        ) {
            let count = |wanted| layout.digits.iter().filter(|part| **part == wanted).count();
            let long = count(Part::Price) + count(Part::Grams) + count(Part::Decagrams);
            let cut = |number: u64, length: usize| {
                format!("{:0length$}", number % 10_u64.pow(u32::try_from(length).unwrap()))
            };
            let (item, digits) = (cut(item, count(Part::Item)), cut(value, long));
            let print = |verifier: u8| {
                let verifier = verifier.to_string();
                let (mut item, mut digits) = (item.chars(), digits.chars());
                let mut body = layout.prefix.to_string();
                for part in layout.digits {
                    body.extend(match part {
                        Part::Item => item.next(),
                        Part::Verifier => verifier.chars().next(),
                        Part::Check => None,
                        Part::Price | Part::Grams | Part::Decagrams => digits.next(),
                    });
                }
                Gtin::parse(&format!("{body}{}", check_digit(&body))).unwrap()
            };
            let verifier = value_check_digit(&digits).unwrap();
            let number: i64 = digits.parse().unwrap();
            let value = match () {
                () if count(Part::Price) > 0 => Value::Price(number),
                () if count(Part::Grams) > 0 => Value::Weight(number),
                () => Value::Weight(number * 10),
            };
            prop_assert_eq!(layout.read(print(verifier)), Ok(Some(Embedded { item: item.clone(), value })));
            if count(Part::Verifier) > 0 {
                let misread = layout.read(print((verifier + wrong) % 10));
                prop_assert!(matches!(misread, Err(CodeError::BadPriceCheck { .. })), "{misread:?}");
            }
        }
    }
}
