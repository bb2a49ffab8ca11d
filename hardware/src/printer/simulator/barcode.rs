//! Bars of one-dimensional codes. Sources: ISO/IEC 15417 (CODE128), ISO/IEC 15420 (EAN/UPC).

/// A code as dark and light modules, and the text to print with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bars {
    pub(super) modules: Vec<bool>,
    pub(super) text: String,
}

/// Draws what `GS k` asks for; `None` when the device would print nothing.
pub(super) fn bars(kind: u8, data: &[u8]) -> Option<Bars> {
    match kind {
        0 | 65 => upc_a(data),
        2 | 67 => ean13(data),
        3 | 68 => ean8(data),
        73 => code128(data),
        _ => None,
    }
}

/// Widths of bar, space, bar, space, bar, space for each value of CODE128; the stop has a bar more.
const CODE128: [&str; 107] = [
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212",
    "221213", "221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221",
    "223211", "221132", "221231", "213212", "223112", "312131", "311222", "321122", "321221",
    "312212", "322112", "322211", "212123", "212321", "232121", "111323", "131123", "131321",
    "112313", "132113", "132311", "211313", "231113", "231311", "112133", "112331", "132131",
    "113123", "113321", "133121", "313121", "211331", "231131", "213113", "213311", "213131",
    "311123", "311321", "331121", "312113", "312311", "332111", "314111", "221411", "431111",
    "111224", "111422", "121124", "121421", "141122", "141221", "112214", "112412", "122114",
    "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111", "111242",
    "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
    "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311",
    "113141", "114131", "311141", "411131", "211412", "211214", "211232", "2331112",
];
const STOP: usize = 106;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Set {
    A,
    B,
    C,
}

impl Set {
    fn of(letter: u8) -> Option<Set> {
        match letter {
            b'A' => Some(Set::A),
            b'B' => Some(Set::B),
            b'C' => Some(Set::C),
            _ => None,
        }
    }

    fn start(self) -> usize {
        match self {
            Set::A => 103,
            Set::B => 104,
            Set::C => 105,
        }
    }

    fn switch(self) -> usize {
        match self {
            Set::A => 101,
            Set::B => 100,
            Set::C => 99,
        }
    }

    fn value(self, byte: u8) -> Option<usize> {
        let byte = usize::from(byte);
        match (self, byte) {
            (Set::A, 0..=31) => Some(byte + 64),
            (Set::A, 32..=95) | (Set::B, 32..=127) => Some(byte - 32),
            (Set::C, 0..=99) => Some(byte),
            _ => None,
        }
    }
}

/// Data as the printer takes it: `{A`, `{B` or `{C` first and to switch, `{{` for a brace, `{1` to
/// `{4` for a function character; a byte of set C is a number from 0 to 99.
fn code128(data: &[u8]) -> Option<Bars> {
    let &[b'{', letter, ref rest @ ..] = data else { return None };
    let mut set = Set::of(letter)?;
    let mut values = vec![set.start()];
    let mut text = String::new();
    let mut bytes = rest.iter().copied();
    while let Some(byte) = bytes.next() {
        if byte == b'{' {
            match bytes.next()? {
                b'{' => {
                    values.push(set.value(b'{')?);
                    text.push('{');
                }
                b'1' => values.push(102),
                b'2' => values.push(97),
                b'3' => values.push(96),
                b'4' => values.push(if set == Set::A { 101 } else { 100 }),
                letter => {
                    set = Set::of(letter)?;
                    values.push(set.switch());
                }
            }
            continue;
        }
        values.push(set.value(byte)?);
        match set {
            Set::C => text.push_str(&format!("{byte:02}")),
            _ if byte.is_ascii_graphic() || byte == b' ' => text.push(char::from(byte)),
            _ => text.push(' '),
        }
    }
    if values.len() < 2 {
        return None;
    }
    let sum = values.iter().enumerate().map(|(place, value)| place.max(1) * value).sum::<usize>();
    values.push(sum % 103);
    values.push(STOP);
    let modules = values.iter().flat_map(|&value| widths(CODE128[value], true)).collect();
    Some(Bars { modules, text })
}

/// Runs of modules that take turns, beginning dark or light.
fn widths(pattern: &str, dark: bool) -> impl Iterator<Item = bool> {
    pattern.bytes().enumerate().flat_map(move |(i, width)| {
        std::iter::repeat_n((i % 2 == 0) == dark, usize::from(width.saturating_sub(b'0')))
    })
}

/// Runs of space, bar, space, bar of the left odd set; the even set is the same backwards and the
/// right set the same inverted.
const EAN: [&str; 10] =
    ["3211", "2221", "2122", "1411", "1132", "1231", "1114", "1312", "1213", "3112"];
/// Which of the six left digits are even, by the first digit.
const PARITY: [&str; 10] = [
    "OOOOOO", "OOEOEE", "OOEEOE", "OOEEEO", "OEOOEE", "OEEOOE", "OEEEOO", "OEOEOE", "OEOEEO",
    "OEEOEO",
];

fn upc_a(data: &[u8]) -> Option<Bars> {
    let digits = checked(data, 12)?;
    let mut bars = ean13(&[b"0", digits.as_bytes()].concat())?;
    bars.text = digits;
    Some(bars)
}

fn ean13(data: &[u8]) -> Option<Bars> {
    let text = checked(data, 13)?;
    let digits: Vec<usize> = text.bytes().map(|digit| usize::from(digit - b'0')).collect();
    let parity = PARITY[digits[0]];
    let mut modules: Vec<bool> = widths("111", true).collect();
    for (&digit, parity) in digits[1..7].iter().zip(parity.bytes()) {
        match parity {
            b'O' => modules.extend(widths(EAN[digit], false)),
            _ => modules.extend(widths(&EAN[digit].chars().rev().collect::<String>(), false)),
        }
    }
    modules.extend(widths("11111", false));
    for &digit in &digits[7..] {
        modules.extend(widths(EAN[digit], true));
    }
    modules.extend(widths("111", true));
    Some(Bars { modules, text })
}

fn ean8(data: &[u8]) -> Option<Bars> {
    let text = checked(data, 8)?;
    let digits: Vec<usize> = text.bytes().map(|digit| usize::from(digit - b'0')).collect();
    let mut modules: Vec<bool> = widths("111", true).collect();
    digits[..4].iter().for_each(|&digit| modules.extend(widths(EAN[digit], false)));
    modules.extend(widths("11111", false));
    digits[4..].iter().for_each(|&digit| modules.extend(widths(EAN[digit], true)));
    modules.extend(widths("111", true));
    Some(Bars { modules, text })
}

/// `length` digits, the last computed when it is left out.
fn checked(data: &[u8], length: usize) -> Option<String> {
    if !data.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let mut digits = data.to_vec();
    if digits.len() + 1 == length {
        let sum: usize = digits
            .iter()
            .rev()
            .enumerate()
            .map(|(i, digit)| usize::from(digit - b'0') * if i % 2 == 0 { 3 } else { 1 })
            .sum();
        digits.push(b"0987654321"[sum % 10]);
    }
    (digits.len() == length).then(|| digits.iter().copied().map(char::from).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code128_pattern_is_eleven_modules_and_the_stop_thirteen() {
        for (value, pattern) in CODE128.iter().enumerate() {
            let modules = widths(pattern, true).count();
            assert_eq!(modules, if value == STOP { 13 } else { 11 }, "{value}");
        }
    }

    #[test]
    fn check_digits_and_refusals() {
        assert_eq!(bars(2, b"400638133393").unwrap().text, "4006381333931");
        assert_eq!(bars(67, b"4006381333931").unwrap().modules.len(), 95);
        assert_eq!(bars(0, b"03600029145").unwrap().text, "036000291452");
        assert_eq!(bars(3, b"9638507").unwrap().text, "96385074");
        assert_eq!(bars(73, b"{BINV-000123").unwrap().modules.len(), 11 * 12 + 13);
        assert_eq!(bars(73, b"{Ba{{b").unwrap().text, "a{b");
        for (kind, data) in [
            (2, &b"12"[..]),
            (2, b"40063813339x"),
            (73, b"no set"),
            (73, b"{B"),
            (73, b"{C\x70"),
            (9, b"1"),
        ] {
            assert_eq!(bars(kind, data), None, "{kind} {data:?}");
        }
    }
}
