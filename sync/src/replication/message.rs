//! What two nodes say to each other: CBOR with numbered fields, one message a frame. What a newer
//! node says and this one does not know is skipped.

use minicbor::data::Type;
use minicbor::decode::{self, Decode, Decoder};
use minicbor::encode::{self, Encode, Encoder, Write};

use super::lost::{Found, Seek};
use super::paper::{MOST_JOBS, Word};
use super::vector::ChainHead;
use crate::entry::{self, Chain, EntryError, Hash, Scope, Sealed};

/// The protocol that this code speaks best.
pub const PROTOCOL: u32 = 1;
/// The oldest protocol that it still speaks.
pub const OLDEST_PROTOCOL: u32 = 1;

/// Entries of one page.
pub const MOST_PAGE_ENTRIES: usize = 500;
/// Bytes of the entries of one page, but for an entry that is larger by itself.
pub const MOST_PAGE_BYTES: usize = 1024 * 1024;
/// Bytes of a message: a page of one largest entry. A transport refuses longer frames unread, and
/// counts what it unpacked if it compresses them.
pub const MOST_MESSAGE_BYTES: usize = entry::MOST_BYTES + MOST_PAGE_BYTES;
/// Chains of one vector.
pub const MOST_CHAINS: usize = 20_000;

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// The first word of both sides.
    Hello(Box<Hello>),
    /// Entries to be kept.
    Page(Page),
    /// What of a page is on disk.
    Ack(Ack),
    /// The session is over before it began.
    Refused(Refusal),
    /// Are you there?
    Ping,
    /// I am.
    Pong,
    /// About paper, between tills of one store.
    Paper(Word),
    /// A device asks for what it lost of its own.
    Seek(Seek),
    /// What there is of it.
    Found(Found),
    /// Something that only a newer node says.
    Unknown(u32),
}

/// Who is speaking and what it holds.
#[derive(Debug, Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct Hello {
    /// The oldest protocol it speaks.
    #[n(0)]
    pub oldest: u32,
    /// The newest protocol it speaks.
    #[n(1)]
    pub newest: u32,
    /// Its company.
    #[n(2)]
    pub tenant: String,
    /// Its store; none at head office.
    #[n(3)]
    pub store: Option<String>,
    /// Its device.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub device: [u8; 16],
    /// The epoch it writes.
    #[n(5)]
    pub epoch: u32,
    /// Its clock, milliseconds since 1970 UTC.
    #[n(6)]
    pub wall: i64,
    /// The chains it holds, of those that the other side may hold too.
    #[cbor(n(7), decode_with = "at_most::<_, MOST_CHAINS, _>")]
    pub have: Vec<ChainHead>,
    /// How far it has read head office's log.
    #[n(8)]
    pub cursor: Option<Cursor>,
    /// What it has that the other side is not known to have; none of who does not keep count.
    #[n(9)]
    pub waiting: Option<Waiting>,
    /// The only chains that it wants for now; all that it may hold if none.
    #[n(10)]
    pub wants: Option<Scope>,
    /// Whether it answers [`Seek`]; an older node does not say.
    #[n(11)]
    pub answers: Option<bool>,
}

/// What has not been sent yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
pub struct Waiting {
    /// Entries.
    #[n(0)]
    pub entries: u64,
    /// When the oldest of them was written, milliseconds since 1970 UTC by its writer's clock.
    #[n(1)]
    pub oldest: Option<i64>,
}

/// A place in head office's log.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, minicbor::Encode, minicbor::Decode,
)]
#[cbor(array)]
pub struct Cursor {
    /// Which log: another one if head office had to begin anew.
    #[cbor(n(0), with = "wide")]
    pub log: u128,
    /// The last entry read, from 1 without gap.
    #[n(1)]
    pub position: u64,
}

/// Entries, each chain in its order.
#[derive(Debug, Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct Page {
    /// At least one, unless only the cursor moves.
    #[cbor(n(0), decode_with = "at_most::<_, MOST_PAGE_ENTRIES, _>")]
    pub entries: Vec<Sealed>,
    /// Where head office's log stands behind them.
    #[n(1)]
    pub cursor: Option<Cursor>,
    /// Whether there is more to come at once.
    #[n(2)]
    pub more: bool,
}

/// The answer to a page, once it is on disk.
#[derive(Debug, Clone, PartialEq, Eq, Default, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct Ack {
    /// The last entry on disk of every chain of the page.
    #[cbor(n(0), decode_with = "at_most::<_, MOST_PAGE_ENTRIES, _>")]
    pub have: Vec<ChainHead>,
    /// The page's cursor.
    #[n(1)]
    pub cursor: Option<Cursor>,
    /// The chains that wait, each at its first entry that was not taken.
    #[cbor(n(2), decode_with = "at_most::<_, MOST_PAGE_ENTRIES, _>")]
    pub held: Vec<Held>,
}

/// A chain of which a receiver takes no more on this connection for now.
#[derive(Debug, Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
pub struct Held {
    /// The chain.
    #[n(0)]
    pub chain: Chain,
    /// The first entry that was not taken.
    #[n(1)]
    pub seq: u64,
    /// Why.
    #[n(2)]
    pub reason: HeldReason,
}

/// The same chain and place with two hashes: somebody copied a till, or a disk went back in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fork {
    /// The chain.
    pub chain: Chain,
    /// The place.
    pub seq: u64,
    /// The hash of the entry on this disk.
    pub mine: Hash,
    /// The hash that the other side's entries are chained to.
    pub theirs: Hash,
}

/// An enum that travels as a number; numbers of newer nodes become `Other`.
macro_rules! numbered {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $number:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
            /// Something that only a newer node says.
            Other(u32),
        }

        impl $name {
            /// As it travels.
            pub const fn number(self) -> u32 {
                match self {
                    $($name::$variant => $number,)*
                    $name::Other(number) => number,
                }
            }

            /// What travels as this.
            pub const fn numbered(number: u32) -> Self {
                match number {
                    $($number => $name::$variant,)*
                    number => $name::Other(number),
                }
            }
        }

        impl<C> Encode<C> for $name {
            fn encode<W: Write>(
                &self,
                encoder: &mut Encoder<W>,
                _: &mut C,
            ) -> Result<(), encode::Error<W::Error>> {
                encoder.u32(self.number())?.ok()
            }
        }

        impl<'b, C> Decode<'b, C> for $name {
            fn decode(decoder: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
                Ok(Self::numbered(decoder.u32()?))
            }
        }
    };
}

pub(super) use numbered;

numbered! {
    /// Why there is no session.
    Refusal {
        /// Another company.
        OtherTenant = 0,
        /// The device is not enrolled, or says that it is another than its certificate does.
        NotEnrolled = 1,
        /// The device was revoked.
        Revoked = 2,
        /// The other side speaks only older protocols.
        TooOld = 3,
        /// The other side speaks only newer protocols.
        TooNew = 4,
        /// The other side has this device's own key: a copy of it, or itself.
        Clone = 5,
    }
}

numbered! {
    /// Why a chain waits.
    HeldReason {
        /// The entry before it is not here.
        Gap = 0,
        /// Larger than [`entry::MOST_BYTES`].
        Oversized = 1,
        /// It, or the fact in it, cannot be read.
        Unreadable = 2,
        /// The signature does not fit.
        BadSignature = 3,
        /// Its device or epoch is not known here.
        UnknownDevice = 4,
        /// Written after its device's last good entry.
        Revoked = 5,
        /// Of another company or store than its device is.
        WrongPlace = 6,
        /// Its kind belongs into the other scope.
        WrongScope = 7,
        /// The chain has two histories.
        Fork = 8,
        /// The receiver is the chain's own device, and has to begin a newer epoch first.
        Behind = 9,
    }
}

impl Message {
    /// The bytes of a frame.
    pub fn encode(&self) -> Vec<u8> {
        entry::encode(self)
    }

    /// Reads a frame. Sizes are checked before anything is made for them.
    pub fn read(bytes: &[u8]) -> Result<Message, EntryError> {
        let unreadable = |why: String| EntryError::Unreadable(why);
        if bytes.len() > MOST_MESSAGE_BYTES {
            return Err(unreadable(format!("a message of {} bytes", bytes.len())));
        }
        minicbor::decode(bytes).map_err(|error| unreadable(error.to_string()))
    }
}

impl<C> Encode<C> for Message {
    fn encode<W: Write>(
        &self,
        encoder: &mut Encoder<W>,
        context: &mut C,
    ) -> Result<(), encode::Error<W::Error>> {
        encoder.array(2)?;
        match self {
            Message::Hello(hello) => encoder.u32(0)?.encode_with(hello, context)?,
            Message::Page(page) => encoder.u32(1)?.encode_with(page, context)?,
            Message::Ack(ack) => encoder.u32(2)?.encode_with(ack, context)?,
            Message::Refused(reason) => encoder.u32(3)?.encode_with(reason, context)?,
            Message::Ping => encoder.u32(4)?.null()?,
            Message::Pong => encoder.u32(5)?.null()?,
            Message::Paper(Word::Printer(printer)) => {
                encoder.u32(6)?.encode_with(printer, context)?
            }
            Message::Paper(Word::Print(jobs)) => encoder.u32(7)?.encode_with(jobs, context)?,
            Message::Paper(Word::Jobs(jobs)) => encoder.u32(8)?.encode_with(jobs, context)?,
            Message::Paper(Word::Ask(jobs)) => encoder.u32(9)?.encode_with(jobs, context)?,
            Message::Seek(seek) => encoder.u32(10)?.encode_with(seek, context)?,
            Message::Found(found) => encoder.u32(11)?.encode_with(found, context)?,
            Message::Unknown(number) => encoder.u32(*number)?.null()?,
        };
        Ok(())
    }
}

impl<'b, C> Decode<'b, C> for Message {
    fn decode(decoder: &mut Decoder<'b>, context: &mut C) -> Result<Message, decode::Error> {
        if decoder.array()? != Some(2) {
            return Err(decode::Error::message("not a message"));
        }
        let message = match decoder.u32()? {
            0 => Message::Hello(decoder.decode_with(context)?),
            1 => Message::Page(decoder.decode_with(context)?),
            2 => Message::Ack(decoder.decode_with(context)?),
            3 => Message::Refused(decoder.decode_with(context)?),
            4 => skipped(decoder, Message::Ping)?,
            5 => skipped(decoder, Message::Pong)?,
            6 => Message::Paper(Word::Printer(decoder.decode_with(context)?)),
            7 => Message::Paper(Word::Print(at_most::<_, MOST_JOBS, _>(decoder, context)?)),
            8 => Message::Paper(Word::Jobs(at_most::<_, MOST_JOBS, _>(decoder, context)?)),
            9 => Message::Paper(Word::Ask(at_most::<_, MOST_JOBS, _>(decoder, context)?)),
            10 => Message::Seek(decoder.decode_with(context)?),
            11 => Message::Found(decoder.decode_with(context)?),
            number => skipped(decoder, Message::Unknown(number))?,
        };
        Ok(message)
    }
}

fn skipped(decoder: &mut Decoder<'_>, message: Message) -> Result<Message, decode::Error> {
    decoder.skip()?;
    Ok(message)
}

/// An array that announces its length and has at most `MOST` elements.
pub(super) fn at_most<'b, T: Decode<'b, C>, const MOST: usize, C>(
    decoder: &mut Decoder<'b>,
    context: &mut C,
) -> Result<Vec<T>, decode::Error> {
    match decoder.array()? {
        Some(length) if length <= MOST as u64 => {
            (0..length).map(|_| decoder.decode_with(context)).collect()
        }
        Some(length) => Err(decode::Error::message(format!("{length} elements of {MOST}"))),
        None => Err(decode::Error::type_mismatch(Type::ArrayIndef)),
    }
}

/// A `u128` as 16 bytes.
mod wide {
    use super::*;

    pub(super) fn encode<C, W: Write>(
        number: &u128,
        encoder: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), encode::Error<W::Error>> {
        encoder.bytes(&number.to_be_bytes())?.ok()
    }

    pub(super) fn decode<C>(decoder: &mut Decoder<'_>, _: &mut C) -> Result<u128, decode::Error> {
        let bytes = decoder.bytes()?.try_into();
        bytes.map(u128::from_be_bytes).map_err(|_| decode::Error::message("not 16 bytes"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::entry::{DeviceId, Scope};
    use crate::replication::paper::{
        Asked, How, JobAt, Paper, PrintJob, Printer, PrinterState, Why, Wish,
    };
    use crate::replication::vector::Head;

    fn chain() -> Chain {
        Chain { device: DeviceId([7; 16]), epoch: 2, scope: Scope::Tenant }
    }

    fn hello() -> Hello {
        Hello {
            oldest: OLDEST_PROTOCOL,
            newest: PROTOCOL,
            tenant: "ACME".into(),
            store: Some("YOW1".into()),
            device: [7; 16],
            epoch: 2,
            wall: 1_763_650_000_000,
            have: vec![ChainHead { chain: chain(), head: Head { seq: 9, hash: [3; 32] } }],
            cursor: Some(Cursor { log: u128::MAX - 1, position: 12 }),
            waiting: Some(Waiting { entries: 3, oldest: Some(1_763_640_000_000) }),
            wants: Some(Scope::Tenant),
            answers: Some(true),
        }
    }

    fn messages() -> Vec<Message> {
        let sealed = Sealed { bytes: vec![1, 2, 3], signature: [9; 64] };
        let held = Held { chain: chain(), seq: 10, reason: HeldReason::Fork };
        vec![
            Message::Hello(Box::new(hello())),
            Message::Page(Page { entries: vec![sealed], cursor: None, more: true }),
            Message::Ack(Ack { have: hello().have, cursor: hello().cursor, held: vec![held] }),
            Message::Refused(Refusal::Clone),
            Message::Refused(Refusal::Other(77)),
            Message::Ping,
            Message::Pong,
            Message::Unknown(900),
            Message::Paper(Word::Printer(Printer { state: PrinterState::Other(50) })),
            Message::Paper(Word::Print(vec![PrintJob {
                id: [4; 16],
                what: Paper::Receipt,
                name: "RDC1-1-4".into(),
                document: "[]".into(),
            }])),
            Message::Paper(Word::Jobs(vec![
                JobAt { id: [4; 16], how: How::Printed, why: None },
                JobAt { id: [5; 16], how: How::NotHere, why: Some(Why::Full) },
            ])),
            Message::Paper(Word::Ask(vec![Asked { id: [4; 16], wish: Wish::GiveBack }])),
            Message::Seek(Seek { chain: chain(), known: vec![Head { seq: 9, hash: [3; 32] }] }),
            Message::Found(Found {
                chain: chain(),
                entries: vec![Sealed { bytes: vec![1], signature: [2; 64] }],
                more: true,
            }),
        ]
    }

    #[test]
    fn messages_read_back() {
        for message in messages() {
            assert_eq!(Message::read(&message.encode()), Ok(message));
        }
    }

    #[test]
    fn what_a_newer_node_adds_is_skipped() {
        let mut newer = vec![0x82, 0x01, 0xa4];
        newer.extend([0x00, 0x80, 0x01, 0xf6, 0x02, 0xf5, 0x09, 0x82, 0x01, 0x02]);
        let page = Page { entries: vec![], cursor: None, more: true };
        assert_eq!(Message::read(&newer), Ok(Message::Page(page)), "field 9 is from the future");
        let mut unheard_of = vec![0x82, 0x18, 0x63];
        unheard_of.extend([0xa1, 0x00, 0x82, 0x01, 0x02]);
        assert_eq!(Message::read(&unheard_of), Ok(Message::Unknown(99)));
    }

    #[test]
    fn a_hello_of_before_waiting_was_told_reads_as_before() {
        let older = Hello { waiting: None, wants: None, answers: None, ..hello() };
        let (older, newer) = (Message::Hello(Box::new(older)), Message::Hello(Box::new(hello())));
        assert!(older.encode().len() + 10 < newer.encode().len(), "what is none is not sent");
        assert_eq!(Message::read(&older.encode()), Ok(older));
    }

    #[test]
    fn announced_sizes_are_bounded_before_anything_is_made() {
        for announced in [0x9a_ffff_ffff_u64, 0x9a_0000_01f5] {
            let mut page = vec![0x82, 0x01, 0xa1, 0x00];
            page.extend(&announced.to_be_bytes()[3..]);
            let refused = Message::read(&page).unwrap_err().to_string();
            assert!(refused.contains("elements of 500"), "{refused}");
        }
        for word in [7, 8, 9] {
            let refused = Message::read(&[0x82, word, 0x94]).unwrap_err().to_string();
            assert!(!refused.contains("elements"), "{refused}");
            let refused = Message::read(&[0x82, word, 0x98, 21]).unwrap_err().to_string();
            assert!(refused.contains("21 elements of 20"), "{refused}");
        }
        let question = Message::read(&[0x82, 0x0a, 0xa1, 0x01, 0x98, 65]).unwrap_err().to_string();
        assert!(question.contains("65 elements of 64"), "{question}");
        let answer = [0x82, 0x0b, 0xa1, 0x01, 0x99, 0x01, 0xf5];
        let answer = Message::read(&answer).unwrap_err().to_string();
        assert!(answer.contains("501 elements of 500"), "{answer}");
        assert!(Message::read(&[0x82, 0x01, 0xa1, 0x00, 0x9f, 0xff]).is_err(), "no length at all");
        assert!(Message::read(&vec![0; MOST_MESSAGE_BYTES + 1]).is_err());
    }

    proptest! {
        #[test]
        fn garbage_is_refused_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = Message::read(&bytes);
        }

        #[test]
        fn a_broken_message_is_refused_without_panic(
            which in 0_usize..14, place in any::<prop::sample::Index>(), byte in any::<u8>(),
        ) {
            let mut bytes = messages()[which].encode();
            let place = place.index(bytes.len());
            bytes[place] = byte;
            let _ = Message::read(&bytes);
        }
    }
}
