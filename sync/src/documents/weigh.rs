//! How much a change becomes in memory, found out without making it.
//!
//! Automerge unpacks a compressed chunk whole before it looks into it, and its columns are runs: a
//! dozen bytes can say "a thousand million times this value". Both are counted here first.
//! Format: <https://automerge.org/automerge-binary-format-spec/>, chunks, columns and their types.

use std::borrow::Cow;
use std::io::Read;

use flate2::bufread::DeflateDecoder;

use super::ChangeError;

/// Most bytes that a change, or a column of it with its runs written out, may unpack to.
pub const MOST_INFLATED: usize = 1024 * 1024;
/// Most operations of one change.
pub const MOST_OPERATIONS: u64 = 20_000;

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
const CHANGE: u8 = 1;
const COMPRESSED: u8 = 2;

/// Refuses a change that unpacks to more than the bounds above.
pub(super) fn weigh(chunk: &[u8]) -> Result<(), ChangeError> {
    let body = body(chunk)?;
    let columns = columns(&body).ok_or_else(unreadable)?;
    for (kind, column) in columns {
        let weight = weigh_column(kind, column).ok_or_else(unreadable)?;
        if weight.rows > MOST_OPERATIONS || weight.bytes > MOST_INFLATED as u64 {
            return Err(ChangeError::Inflated);
        }
    }
    Ok(())
}

fn unreadable() -> ChangeError {
    ChangeError::Unreadable("its chunk is not one of a change".to_owned())
}

/// What is inside a chunk, unpacked as far as the bound.
fn body(chunk: &[u8]) -> Result<Cow<'_, [u8]>, ChangeError> {
    let (kind, data) = split(chunk).ok_or_else(unreadable)?;
    match kind {
        CHANGE => Ok(Cow::Borrowed(data)),
        COMPRESSED => {
            let mut inflated = Vec::new();
            DeflateDecoder::new(data)
                .take(MOST_INFLATED as u64 + 1)
                .read_to_end(&mut inflated)
                .map_err(|_| unreadable())?;
            match inflated.len() > MOST_INFLATED {
                true => Err(ChangeError::Inflated),
                false => Ok(Cow::Owned(inflated)),
            }
        }
        _ => Err(unreadable()),
    }
}

/// The type of a chunk and what is in it; nothing may stand behind it.
fn split(chunk: &[u8]) -> Option<(u8, &[u8])> {
    let mut bytes = Bytes(chunk);
    let magic = bytes.take(MAGIC.len() as u64)?;
    let _checksum = bytes.take(4)?;
    let kind = bytes.take(1)?[0];
    let length = bytes.unsigned()?;
    let data = bytes.take(length)?;
    (magic == MAGIC && bytes.0.is_empty()).then_some((kind, data))
}

/// The columns of a change, each with its specification.
fn columns(body: &[u8]) -> Option<Vec<(u64, &[u8])>> {
    let mut bytes = Bytes(body);
    let deps = bytes.unsigned()?;
    bytes.take(deps.checked_mul(32)?)?;
    bytes.prefixed()?; // the actor
    bytes.unsigned()?; // seq
    bytes.unsigned()?; // start_op
    bytes.signed()?; // time
    bytes.prefixed()?; // the message
    for _ in 0..bytes.unsigned()? {
        bytes.prefixed()?; // another actor
    }
    let mut lengths = Vec::new();
    for _ in 0..bytes.unsigned()? {
        lengths.push((bytes.unsigned()?, bytes.unsigned()?));
    }
    lengths.into_iter().map(|(kind, length)| Some((kind, bytes.take(length)?))).collect()
}

/// What a column is with its runs written out.
#[derive(Default)]
struct Weight {
    rows: u64,
    bytes: u64,
}

impl Weight {
    /// Adds `times` values of `bytes` each. None when it is too much to go on.
    fn add(&mut self, times: u64, bytes: u64) -> Option<()> {
        self.rows = self.rows.checked_add(times)?;
        self.bytes = self.bytes.checked_add(times.checked_mul(bytes)?)?;
        Some(())
    }
}

fn weigh_column(specification: u64, column: &[u8]) -> Option<Weight> {
    let mut weight = Weight::default();
    let mut bytes = Bytes(column);
    match specification & 0b111 {
        // A number of others for each operation: as many more rows as it says.
        0 => runs(&mut bytes, &mut weight, |bytes, times, weight| {
            let members = times.checked_mul(bytes.unsigned()?)?;
            weight.add(members.max(times), 0)
        })?,
        1 | 2 => runs(&mut bytes, &mut weight, |bytes, times, weight| {
            bytes.unsigned()?;
            weight.add(times, 0)
        })?,
        3 => runs(&mut bytes, &mut weight, |bytes, times, weight| {
            bytes.signed()?;
            weight.add(times, 0)
        })?,
        4 => {
            while !bytes.0.is_empty() {
                weight.add(bytes.unsigned()?, 0)?;
            }
        }
        5 => runs(&mut bytes, &mut weight, |bytes, times, weight| {
            let text = bytes.prefixed()?;
            weight.add(times, text.len() as u64)
        })?,
        // The low four bits are a value's type, the others its length.
        6 => runs(&mut bytes, &mut weight, |bytes, times, weight| {
            let length = bytes.unsigned()? >> 4;
            weight.add(times, length)
        })?,
        _ => weight.bytes = column.len() as u64,
    }
    Some(weight)
}

/// A positive number repeats one value, a negative one precedes as many values, nothing precedes a
/// number of nulls.
fn runs(
    bytes: &mut Bytes<'_>,
    weight: &mut Weight,
    value: impl Fn(&mut Bytes<'_>, u64, &mut Weight) -> Option<()>,
) -> Option<()> {
    while !bytes.0.is_empty() {
        match bytes.signed()? {
            0 => weight.add(bytes.unsigned()?, 0)?,
            times if times > 0 => value(bytes, times.unsigned_abs(), weight)?,
            // Each value takes a byte at least, so the column's end bounds them.
            values => (0..values.unsigned_abs()).try_for_each(|_| value(bytes, 1, weight))?,
        }
    }
    Some(())
}

/// What is still to be read.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, length: u64) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(usize::try_from(length).ok()?)?;
        self.0 = rest;
        Some(taken)
    }

    fn prefixed(&mut self) -> Option<&'a [u8]> {
        let length = self.unsigned()?;
        self.take(length)
    }

    /// LEB128: seven bits a byte, the lowest first.
    fn unsigned(&mut self) -> Option<u64> {
        u64::try_from(self.leb128(false)?).ok()
    }

    fn signed(&mut self) -> Option<i64> {
        i64::try_from(self.leb128(true)?).ok()
    }

    fn leb128(&mut self, signed: bool) -> Option<i128> {
        let mut number = 0;
        for place in 0..10 {
            let byte = self.take(1)?[0];
            number |= i128::from(byte & 0x7f) << (7 * place);
            if byte & 0x80 == 0 {
                let negative = signed && byte & 0x40 != 0;
                return Some(if negative { number - (1 << (7 * (place + 1))) } else { number });
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A change of which all is empty but one column.
    fn with_column(specification: u8, column: &[u8]) -> Vec<u8> {
        let mut body = vec![0, 0, 1, 1, 0, 0, 0, 1, specification];
        body.push(column.len() as u8);
        body.extend(column);
        chunk(CHANGE, &body)
    }

    fn chunk(kind: u8, data: &[u8]) -> Vec<u8> {
        let mut chunk = MAGIC.to_vec();
        chunk.extend([0, 0, 0, 0, kind]);
        let mut length = data.len();
        while length >= 0x80 {
            chunk.push((length & 0x7f) as u8 | 0x80);
            length >>= 7;
        }
        chunk.push(length as u8);
        chunk.extend(data);
        chunk
    }

    #[test]
    fn numbers_are_read_as_automerge_writes_them() {
        for (bytes, unsigned, signed) in [
            (&[0x05][..], Some(5), Some(5)),
            (&[0x7f], Some(127), Some(-1)),
            (&[0x80, 0x01], Some(128), Some(128)),
            (&[0xc0, 0x7f], Some(16_320), Some(-64)),
            (&[0x80], None, None),
            (&[0xff; 11], None, None),
        ] {
            assert_eq!(Bytes(bytes).unsigned(), unsigned, "{bytes:?}");
            assert_eq!(Bytes(bytes).signed(), signed, "{bytes:?}");
        }
    }

    #[test]
    fn runs_are_counted_and_not_written_out() {
        let million = [0xc0, 0x84, 0x3d]; // 1,000,000
        let run = |value: &[u8]| [&million[..], value].concat();
        let text = [&[40][..], &[b'a'; 40]].concat();
        for (specification, column) in [
            (0x42, run(&[1])),                                 // a million operations
            (0x42, [&[0][..], &million].concat()),             // a million nulls
            (0x70, [&[1][..], &million].concat()), // one operation before a million others
            (0x71, run(&[0])),                     // a million actors
            (0x73, run(&[1])),                     // a million counters
            (0x34, million.to_vec()),              // a million times no
            (0x56, run(&[0x16])),                  // a million values
            (0x15, [&[0xc0, 0xb8, 0x02][..], &text].concat()), // 40 bytes, 40,000 times
        ] {
            let weighed = weigh(&with_column(specification, &column));
            assert_eq!(weighed, Err(ChangeError::Inflated), "{specification:#x} {column:?}");
        }
        assert_eq!(weigh(&with_column(0x42, &[0x05, 0x01])), Ok(()));
        assert_eq!(weigh(&with_column(0x15, &[0x7e, 1, b'a', 1, b'b'])), Ok(()));
        let endless = [&[0xff; 9][..], &[0x00]].concat();
        assert!(weigh(&with_column(0x42, &endless)).is_err());
    }

    #[test]
    fn chunks_are_unpacked_as_far_as_the_bound() {
        let deflated = |length: u64| {
            let mut encoder = flate2::read::DeflateEncoder::new(
                std::io::repeat(b'a').take(length),
                flate2::Compression::default(),
            );
            let mut deflated = Vec::new();
            encoder.read_to_end(&mut deflated).unwrap();
            chunk(COMPRESSED, &deflated)
        };
        let most = MOST_INFLATED as u64;
        assert_eq!(body(&deflated(most)).unwrap().len(), MOST_INFLATED);
        assert_eq!(body(&deflated(most + 1)), Err(ChangeError::Inflated));
        for broken in [&b""[..], b"garbage", &MAGIC, &chunk(0, &[]), &chunk(COMPRESSED, &[0xff])] {
            assert!(matches!(weigh(broken), Err(ChangeError::Unreadable(_))), "{broken:?}");
        }
    }
}
