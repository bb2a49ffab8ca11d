//! The fields inside a message: packed decimals, bitmaps (BMP), TLV containers. Reading stops at
//! what is not understood: how long an unknown field is, nobody can tell. Source: ZVT protocol,
//! PA00P015, chapters 1, 8 and 9.

use crate::printer::code_page::CodePage;

/// Digits, two in a byte, led by zeros; digits that do not fit are lost on the left.
pub fn to_bcd<const N: usize>(mut value: u64) -> [u8; N] {
    let mut bytes = [0; N];
    for byte in bytes.iter_mut().rev() {
        let pair = u8::try_from(value % 100).unwrap_or_default();
        *byte = ((pair / 10) << 4) | (pair % 10);
        value /= 100;
    }
    bytes
}

/// The number; none when a digit is not one, or when there are more than eighteen.
pub fn from_bcd(bytes: &[u8]) -> Option<u64> {
    if bytes.is_empty() || bytes.len() > 9 {
        return None;
    }
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 0x0f])
        .try_fold(0_u64, |value, digit| (digit <= 9).then(|| value * 10 + u64::from(digit)))
}

/// The number of a card as it may be kept: its last four digits, the others as `*`, however much
/// of it the terminal sent. Digits come two in a byte, E in the place of a hidden one, F as
/// filler.
pub fn masked(bytes: &[u8]) -> String {
    let digits: Vec<u8> = bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 0x0f])
        .filter(|&digit| digit != 0x0f)
        .collect();
    let shown = digits.len().saturating_sub(4);
    let show = |(place, &digit): (usize, &u8)| match digit {
        0..=9 if place >= shown => char::from(b'0' + digit),
        _ => '*',
    };
    digits.iter().enumerate().map(show).collect()
}

/// Text in the character set of the terminal (PC437), without the zeros that fill it up, control
/// characters and outer spaces.
pub fn text(bytes: &[u8]) -> String {
    let mut pieces = bytes.split(|&byte| byte == 0);
    let bytes = pieces.find(|piece| !piece.is_empty()).unwrap_or_default();
    let text: String = bytes.iter().filter_map(|&byte| CodePage::Pc437.decode(byte)).collect();
    text.trim().to_owned()
}

/// The text in that character set; what it does not have becomes `?`.
pub fn from_text(text: &str) -> Vec<u8> {
    text.chars().map(|c| CodePage::Pc437.encode(c).unwrap_or(b'?')).collect()
}

/// The bitmaps of a message: a number and its content.
#[derive(Debug, Clone)]
pub struct Fields<'a>(pub &'a [u8]);

impl<'a> Iterator for Fields<'a> {
    type Item = (u8, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (&number, rest) = self.0.split_first()?;
        let (length, rest) = match Width::of(number)? {
            Width::Fixed(length) => (length, rest),
            Width::Digits(count) => digits(rest, count)?,
            Width::Container => tlv_length(rest)?,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((number, content))
    }
}

enum Width {
    Fixed(usize),
    /// So many bytes `Fn`, each a decimal digit of the length.
    Digits(usize),
    Container,
}

impl Width {
    fn of(number: u8) -> Option<Width> {
        Some(match number {
            0x01 | 0x02 | 0x03 | 0x05 | 0x19 | 0x27 | 0x8a | 0x8c | 0xa0 | 0xd0 | 0xd2 | 0xd3
            | 0xe0 | 0xe9 | 0xea | 0xf0 | 0xf9 | 0xfa | 0xfb | 0xfc => Width::Fixed(1),
            0x0d | 0x0e | 0x17 | 0x3a | 0x49 | 0x87 => Width::Fixed(2),
            0x0b | 0x0c | 0x37 | 0x3d | 0x88 | 0xaa => Width::Fixed(3),
            0x29 => Width::Fixed(4),
            0xba => Width::Fixed(5),
            0x04 => Width::Fixed(6),
            0x3b | 0xeb => Width::Fixed(8),
            0x2a => Width::Fixed(15),
            0x22 | 0x23 | 0x2d | 0x2e | 0x8b | 0xa7 | 0xd1 | 0xe1..=0xe8 | 0xf1..=0xf8 => {
                Width::Digits(2)
            }
            0x24 | 0x3c | 0x60 | 0x92 | 0x9a | 0xaf => Width::Digits(3),
            0x06 => Width::Container,
            _ => return None,
        })
    }
}

/// A length of `Fn Fn` or `Fn Fn Fn` and what follows it.
pub fn digits(bytes: &[u8], count: usize) -> Option<(usize, &[u8])> {
    let (head, rest) = bytes.split_at_checked(count)?;
    let length = head.iter().try_fold(0, |length, &byte| {
        (byte >> 4 == 0x0f && byte & 0x0f <= 9).then(|| length * 10 + usize::from(byte & 0x0f))
    })?;
    Some((length, rest))
}

/// A field whose length is written as `count` digits.
pub fn with_digits(number: u8, count: u32, content: &[u8]) -> Vec<u8> {
    let mut field = vec![number];
    for place in (0..count).rev() {
        let digit = content.len() / 10_usize.pow(place) % 10;
        field.push(0xf0 | u8::try_from(digit).unwrap_or_default());
    }
    field.extend(content);
    field
}

/// The objects of a TLV container: a tag of one or two bytes and its content.
#[derive(Debug, Clone)]
pub struct Objects<'a>(pub &'a [u8]);

impl<'a> Iterator for Objects<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (tag, rest) = match self.0 {
            [first, second, rest @ ..] if first & 0x1f == 0x1f => {
                // A second byte with its high bit set has a third after it: none of ours has.
                (second & 0x80 == 0).then(|| (u16::from_be_bytes([*first, *second]), rest))?
            }
            [first, rest @ ..] => (u16::from(*first), rest),
            [] => return None,
        };
        let (length, rest) = tlv_length(rest)?;
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, content))
    }
}

fn tlv_length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    match bytes {
        [0x82, high, low, rest @ ..] => {
            Some((usize::from(u16::from_be_bytes([*high, *low])), rest))
        }
        [0x81, length, rest @ ..] => Some((usize::from(*length), rest)),
        [length @ ..=0x7f, rest @ ..] => Some((usize::from(*length), rest)),
        _ => None,
    }
}

/// An object of a container. A tag above FF takes two bytes.
pub fn object(tag: u16, content: &[u8]) -> Vec<u8> {
    let [high, low] = tag.to_be_bytes();
    let mut object = if high == 0 { vec![low] } else { vec![high, low] };
    match (u8::try_from(content.len()), u16::try_from(content.len()).unwrap_or(u16::MAX)) {
        (Ok(short @ ..=0x7f), _) => object.push(short),
        (Ok(longer), _) => object.extend([0x81, longer]),
        (Err(_), long) => {
            object.push(0x82);
            object.extend(long.to_be_bytes());
        }
    }
    object.extend(content);
    object
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_packed_decimals() {
        for (value, bytes) in [
            (0, [0x00, 0x00, 0x00, 0x00, 0x00, 0x00]),
            (11_000, [0x00, 0x00, 0x00, 0x01, 0x10, 0x00]),
            (999_999_999_999, [0x99; 6]),
        ] {
            assert_eq!(to_bcd(value), bytes);
            assert_eq!(from_bcd(&bytes), Some(value));
        }
        assert_eq!(to_bcd(124), [0x01, 0x24]);
        for not_a_number in [&[][..], &[0x1a], &[0xee], &[0x00; 10]] {
            assert_eq!(from_bcd(not_a_number), None);
        }
    }

    #[test]
    fn only_the_last_four_digits_of_a_card_are_kept() {
        for (bytes, kept) in [
            (&b"\x55\x98\x83\xee\xee\xee\x80\x74"[..], "************8074"),
            (b"\x41\x11\x11\x11\x11\x11\x11\x11", "************1111"),
            (b"\x47\x11\x00\x80\x05\x75\x70\x38\x00\x4f", "***************8004"),
            (b"\xee\xee\xee\xee", "********"),
            (b"\x12\x3f", "123"),
            (b"", ""),
        ] {
            assert_eq!(masked(bytes), kept);
        }
    }

    #[test]
    fn fields_are_read_up_to_the_first_that_is_not_understood() {
        let all: Vec<_> = Fields(b"\x27\x6c\x8b\xf0\xf4VISA\x87\x02\x31").collect();
        assert_eq!(all, [(0x27, &b"\x6c"[..]), (0x8b, b"VISA"), (0x87, b"\x02\x31")]);
        for (bytes, read) in [
            (&b"\x27\x00\x8b\xf0\xf9VISA"[..], 1),
            (b"\x27\x00\x8b\x04VISA", 1),
            (b"\x27\x00\xff\x87\x02\x31", 1),
            (b"\x27\x00\x87\x02", 1),
            (b"\x27", 0),
            (b"\x06\x82\x00\x02\x01\x02\x27\x00", 2),
            (b"\x06\x81\x01\x01\x3c\xf0\xf0\xf2ab\x27\x00", 3),
        ] {
            assert_eq!(Fields(bytes).count(), read, "{bytes:x?}");
        }
    }

    proptest! {
        #[test]
        fn any_number_that_fits_comes_back(value in 0_u64..1_000_000_000_000) {
            prop_assert_eq!(from_bcd(&to_bcd::<6>(value)), Some(value));
        }

        #[test]
        fn objects_come_back(
            tag in prop_oneof![Just(0x07_u16), Just(0x25), Just(0x1f07)],
            content: Vec<u8>,
            length in 0_usize..65_536,
        ) {
            for content in [&content[..], &vec![7; length]] {
                let bytes = object(tag, content);
                prop_assert_eq!(Objects(&bytes).next(), Some((tag, content)));
                let content = &content[..content.len().min(99)];
                let bytes = with_digits(0x8b, 2, content);
                prop_assert_eq!(Fields(&bytes).next(), Some((0x8b, content)));
            }
        }

        #[test]
        fn garbage_is_survived(bytes: Vec<u8>) {
            prop_assert!(Fields(&bytes).count() <= bytes.len());
            prop_assert!(Objects(&bytes).count() <= bytes.len());
            text(&bytes);
            from_bcd(&bytes);
            let shown = masked(&bytes).chars().filter(char::is_ascii_digit).count();
            prop_assert!(shown <= 4);
        }
    }
}
