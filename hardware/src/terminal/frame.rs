//! A message on a serial line: `10 02`, the message with each 10 doubled, `10 03`, a checksum;
//! each is answered by `06` or `15`. Source: ZVT protocol, PA00P015, chapter 1.

use super::apdu::Apdu;

const DLE: u8 = 0x10;
const STX: u8 = 0x02;
const ETX: u8 = 0x03;
/// The other side received a message whole.
pub const ACK: u8 = 0x06;
/// The other side received something damaged and wants it again.
pub const NAK: u8 = 0x15;

/// Head, longest data.
const LONGEST: usize = 5 + 65_535;

/// The bytes that carry a message over a serial line.
pub fn encode(apdu: &Apdu) -> Vec<u8> {
    let content = apdu.encode();
    let mut frame = vec![DLE, STX];
    for &byte in &content {
        frame.push(byte);
        if byte == DLE {
            frame.push(DLE);
        }
    }
    frame.extend([DLE, ETX]);
    frame.extend(checksum(&content).to_le_bytes());
    frame
}

/// CRC-16/KERMIT over the message, its 10 not doubled, and the 03 that ends it.
fn checksum(content: &[u8]) -> u16 {
    content.iter().chain(&[ETX]).fold(0, |crc, &byte| {
        (0..8).fold(crc ^ u16::from(byte), |crc, _| {
            if crc & 1 == 0 { crc >> 1 } else { (crc >> 1) ^ 0x8408 }
        })
    })
}

/// What a serial line brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// `06`.
    Ack,
    /// `15`.
    Nak,
    /// A whole message.
    Apdu(Apdu),
    /// Something that began as a message and is none.
    Damaged,
}

/// Finds messages in what a serial line brings. Noise between them is dropped.
#[derive(Debug, Clone, Default)]
pub struct Decoder {
    state: State,
    content: Vec<u8>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    Between,
    Opening,
    Inside,
    Escaped,
    ChecksumLow,
    ChecksumHigh(u8),
}

impl Decoder {
    /// Takes one byte and says what it completes.
    pub fn push(&mut self, byte: u8) -> Option<Received> {
        let state = std::mem::take(&mut self.state);
        match (state, byte) {
            (State::Between, ACK) => return Some(Received::Ack),
            (State::Between, NAK) => return Some(Received::Nak),
            (State::Between, DLE) => self.state = State::Opening,
            (State::Between, _) => {}
            (State::Opening | State::Escaped, STX) => {
                self.content.clear();
                self.state = State::Inside;
            }
            (State::Opening, DLE) => self.state = State::Opening,
            (State::Opening, _) => {}
            (State::Inside, DLE) => self.state = State::Escaped,
            (State::Inside, _) | (State::Escaped, DLE) => {
                if self.content.len() >= LONGEST {
                    return Some(Received::Damaged);
                }
                self.content.push(byte);
                self.state = State::Inside;
            }
            (State::Escaped, ETX) => self.state = State::ChecksumLow,
            (State::Escaped, _) => return Some(Received::Damaged),
            (State::ChecksumLow, low) => self.state = State::ChecksumHigh(low),
            (State::ChecksumHigh(low), high) => {
                let content = std::mem::take(&mut self.content);
                let intact = u16::from_le_bytes([low, high]) == checksum(&content);
                return Some(match Apdu::decode(&content) {
                    Some(apdu) if intact => Received::Apdu(apdu),
                    _ => Received::Damaged,
                });
            }
        }
        None
    }

    /// A message has begun and not ended.
    pub fn is_inside(&self) -> bool {
        self.state != State::Between
    }

    /// Forgets what has begun: the rest of it did not come.
    pub fn reset(&mut self) {
        *self = Decoder::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decode(bytes: &[u8]) -> Vec<Received> {
        let mut decoder = Decoder::default();
        bytes.iter().filter_map(|&byte| decoder.push(byte)).collect()
    }

    #[test]
    fn frames_of_the_specification() {
        for (control, data, frame) in [
            (
                0x0600,
                &b"\x12\x34\x56\xba\x09\x78"[..],
                &b"\x10\x02\x06\x00\x06\x12\x34\x56\xba\x09\x78\x10\x03\x24\xc3"[..],
            ),
            (
                0x0601,
                b"\x04\x00\x00\x00\x01\x10\x00\x49\x09\x78",
                b"\x10\x02\x06\x01\x0a\x04\x00\x00\x00\x01\x10\x10\x00\x49\x09\x78\x10\x03\xf2\xff",
            ),
            (0x0693, b"\x12\x34\x56", b"\x10\x02\x06\x93\x03\x12\x34\x56\x10\x03\xca\xa4"),
            (0x0670, b"", b"\x10\x02\x06\x70\x00\x10\x03\xd9\xf9"),
            (0x8000, b"", b"\x10\x02\x80\x00\x00\x10\x03\xf5\x1f"),
            (0x849c, b"", b"\x10\x02\x84\x9c\x00\x10\x03\xc3\x41"),
        ] {
            let apdu = Apdu::new(control, data);
            assert_eq!(encode(&apdu), frame, "{apdu:?}");
            assert_eq!(decode(frame), [Received::Apdu(apdu)]);
        }
    }

    #[test]
    fn a_frame_with_one_wrong_bit_is_no_message() {
        let frame = encode(&Apdu::new(0x0601, *b"\x04\x00\x00\x00\x01\x10\x00\x49\x01\x24"));
        for bit in 0..frame.len() * 8 {
            let mut damaged = frame.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            let received = decode(&damaged);
            assert!(!received.iter().any(|r| matches!(r, Received::Apdu(_))), "bit {bit}");
        }
    }

    #[test]
    fn a_frame_that_begins_anew_is_the_new_one() {
        let apdu = Apdu::new(0x8000, []);
        let bytes = [&b"\x06\x10\x02\x06\x01\x0a\x04"[..], &encode(&apdu), &[NAK, 0x33]].concat();
        assert_eq!(decode(&bytes), [Received::Ack, Received::Apdu(apdu), Received::Nak]);
    }

    proptest! {
        #[test]
        fn whatever_is_sent_arrives(control: u16, data: Vec<u8>, noise in "[a-z]{0,5}") {
            let apdu = Apdu::new(control, data);
            let bytes = [noise.as_bytes(), &encode(&apdu), noise.as_bytes()].concat();
            prop_assert_eq!(decode(&bytes), [Received::Apdu(apdu.clone())]);
            prop_assert_eq!(Apdu::decode(&apdu.encode()), Some(apdu));
        }

        #[test]
        fn garbage_is_survived(
            pieces in proptest::collection::vec(
                prop_oneof![
                    Just(vec![DLE]), Just(vec![STX]), Just(vec![ETX]), Just(vec![ACK]),
                    Just(encode(&Apdu::new(0x8000, []))), any::<Vec<u8>>(),
                ],
                0..20,
            ),
        ) {
            let garbage = pieces.concat();
            let mut decoder = Decoder::default();
            garbage.iter().for_each(|&byte| drop(decoder.push(byte)));
            decoder.reset();
            prop_assert!(!decoder.is_inside());
            let frame = encode(&Apdu::new(0x060f, []));
            let last = frame.iter().filter_map(|&byte| decoder.push(byte)).last();
            prop_assert_eq!(last, Some(Received::Apdu(Apdu::new(0x060f, []))));
            let mut stream = garbage;
            while Apdu::take(&mut stream).is_some() {}
        }
    }
}
