//! The unit that both sides send: a control field of two bytes, a length, data. Over TCP it is
//! sent as it is. Source: ZVT protocol, PA00P015, chapter 1.

use std::fmt;

/// One message, not yet understood.
#[derive(Clone, PartialEq, Eq)]
pub struct Apdu {
    /// Class and instruction: `0x0601` is an authorisation.
    pub control: u16,
    /// What follows the length, at most 65,535 bytes.
    pub data: Vec<u8>,
}

/// The data may hold what belongs to a card, so a log gets its length only.
impl fmt::Debug for Apdu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02X} {:02X} [{}]", self.control >> 8, self.control & 0xff, self.data.len())
    }
}

/// A length byte that says that the length is in the two bytes after it, low byte first.
const LONG: u8 = 0xff;

impl Apdu {
    /// A message of this control field.
    pub fn new(control: u16, data: impl Into<Vec<u8>>) -> Apdu {
        let mut data = data.into();
        data.truncate(usize::from(u16::MAX));
        Apdu { control, data }
    }

    /// The bytes of the message.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = self.control.to_be_bytes().to_vec();
        match u8::try_from(self.data.len()) {
            Ok(short) if short != LONG => bytes.push(short),
            _ => {
                let length = u16::try_from(self.data.len()).unwrap_or(u16::MAX);
                bytes.push(LONG);
                bytes.extend(length.to_le_bytes());
            }
        }
        bytes.extend(&self.data);
        bytes
    }

    /// A message that fills the bytes exactly.
    pub fn decode(bytes: &[u8]) -> Option<Apdu> {
        let (apdu, length) = Apdu::first(bytes)?;
        (length == bytes.len()).then_some(apdu)
    }

    /// Takes the first message off a stream, once all of it is there.
    pub fn take(stream: &mut Vec<u8>) -> Option<Apdu> {
        let (apdu, length) = Apdu::first(stream)?;
        stream.drain(..length);
        Some(apdu)
    }

    fn first(bytes: &[u8]) -> Option<(Apdu, usize)> {
        let (&[class, instruction, short], rest) = bytes.split_first_chunk()?;
        let (length, data) = match short {
            LONG => {
                let (long, data) = rest.split_first_chunk()?;
                (usize::from(u16::from_le_bytes(*long)), data)
            }
            _ => (usize::from(short), rest),
        };
        let apdu = Apdu {
            control: u16::from_be_bytes([class, instruction]),
            data: data.get(..length)?.to_vec(),
        };
        Some((apdu, bytes.len() - data.len() + length))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_is_one_byte_or_three() {
        for (length, head) in [
            (0, &[0x06, 0x0f, 0x00][..]),
            (1, &[0x06, 0x0f, 0x01]),
            (254, &[0x06, 0x0f, 0xfe]),
            (255, &[0x06, 0x0f, 0xff, 0xff, 0x00]),
            (256, &[0x06, 0x0f, 0xff, 0x00, 0x01]),
            (1_121, &[0x06, 0x0f, 0xff, 0x61, 0x04]),
            (65_535, &[0x06, 0x0f, 0xff, 0xff, 0xff]),
        ] {
            let apdu = Apdu::new(0x060f, vec![0x55; length]);
            let bytes = apdu.encode();
            assert_eq!(bytes[..head.len()], *head, "{length}");
            assert_eq!(Apdu::decode(&bytes), Some(apdu.clone()));
            assert_eq!(Apdu::decode(&bytes[..bytes.len() - 1]), None);
            let mut stream = [&bytes[..], &[0x80]].concat();
            assert_eq!(Apdu::take(&mut stream), Some(apdu));
            assert_eq!(stream, [0x80]);
        }
    }

    #[test]
    fn a_log_does_not_get_the_data() {
        assert_eq!(format!("{:?}", Apdu::new(0x040f, [0x22, 0xf1])), "04 0F [2]");
    }
}
