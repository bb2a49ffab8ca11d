//! A message as it travels: one byte that says how it is packed, then the message. What came is
//! unpacked up to [`MOST_MESSAGE_BYTES`] and no further, whatever it claims to be.

use std::io::Read;

use flate2::Compression;
use flate2::bufread::{DeflateDecoder, DeflateEncoder};

use super::message::{MOST_MESSAGE_BYTES, Message};
use crate::entry::EntryError;

/// As it is.
const PLAIN: u8 = 0;
/// RFC 1951.
const DEFLATED: u8 = 1;
/// Shorter messages are not worth packing.
const WORTH_PACKING: usize = 200;

/// Bytes of the longest frame: a transport refuses longer ones unread.
pub const MOST_FRAME_BYTES: usize = MOST_MESSAGE_BYTES + 1;

/// Packs a message.
pub fn pack(message: &Message) -> Vec<u8> {
    let bytes = message.encode();
    if bytes.len() >= WORTH_PACKING {
        let mut frame = vec![DEFLATED];
        let mut encoder = DeflateEncoder::new(bytes.as_slice(), Compression::default());
        if encoder.read_to_end(&mut frame).is_ok() && frame.len() <= bytes.len() {
            return frame;
        }
    }
    let mut frame = Vec::with_capacity(bytes.len() + 1);
    frame.push(PLAIN);
    frame.extend_from_slice(&bytes);
    frame
}

/// Reads a frame.
pub fn unpack(frame: &[u8]) -> Result<Message, EntryError> {
    let unreadable = |why: &str| EntryError::Unreadable(why.to_owned());
    if frame.len() > MOST_FRAME_BYTES {
        return Err(unreadable("a frame that is too long"));
    }
    match frame.split_first() {
        Some((&PLAIN, bytes)) => Message::read(bytes),
        Some((&DEFLATED, packed)) => {
            let mut bytes = Vec::new();
            let most = MOST_MESSAGE_BYTES as u64 + 1;
            DeflateDecoder::new(packed)
                .take(most)
                .read_to_end(&mut bytes)
                .map_err(|error| EntryError::Unreadable(error.to_string()))?;
            Message::read(&bytes)
        }
        _ => Err(unreadable("a frame that is packed in an unknown way")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::Sealed;
    use crate::replication::message::Page;

    /// Of one entry, whose signature is its last bytes.
    fn page(mut bytes: Vec<u8>) -> Message {
        let signature = bytes.split_off(bytes.len() - 64).try_into().unwrap();
        let entries = vec![Sealed { bytes, signature }];
        Message::Page(Page { entries, cursor: None, more: false })
    }

    #[test]
    fn what_is_packed_is_read_again() {
        let mut noise = 1_u32;
        let mut random = || {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (noise >> 24) as u8
        };
        let incompressible: Vec<u8> = (0..5_000).map(|_| random()).collect();

        for (message, packed) in [
            (Message::Ping, PLAIN),
            (page(vec![3; 5_000]), DEFLATED),
            (page(incompressible), PLAIN),
        ] {
            let frame = pack(&message);
            assert_eq!(frame[0], packed);
            assert!(frame.len() <= message.encode().len() + 1);
            assert_eq!(unpack(&frame).unwrap(), message);
        }
    }

    #[test]
    fn what_claims_to_be_small_and_is_not_stays_out() {
        let mut bomb = vec![DEFLATED];
        let zeros = vec![0; MOST_MESSAGE_BYTES + 1];
        DeflateEncoder::new(zeros.as_slice(), Compression::best()).read_to_end(&mut bomb).unwrap();
        assert!(bomb.len() < 50_000);
        for frame in [&bomb[..], &[], &[9, 1, 2], &[DEFLATED, 0xff, 0xff], &[PLAIN, 0xff]] {
            unpack(frame).unwrap_err();
        }
        unpack(&vec![PLAIN; MOST_FRAME_BYTES + 1]).unwrap_err();
    }
}
