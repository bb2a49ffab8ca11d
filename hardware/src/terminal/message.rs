//! What the terminal says, without IO. Source: ZVT protocol, PA00P015, chapters 2 and 3.

use super::apdu::Apdu;
use super::field::{
    Fields, Objects, digits, from_bcd, from_text, masked, object, text, to_bcd, with_digits,
};
use super::{Audience, Card, Progress, Transaction, totals};

/// What the terminal says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// `80 00`, `84 00`: it has understood.
    Acknowledged,
    /// `84 xx`: it will not do it.
    Refused {
        /// Of chapter 10 of the specification.
        code: u8,
    },
    /// `04 FF`: what it is doing.
    Progress(Progress),
    /// `04 0F`: how a transaction ended, or how the last one did.
    Transaction(Box<Transaction>),
    /// `06 D1`, `06 D3`: lines of a receipt.
    Print(Audience, Vec<String>),
    /// `06 0F`: it has come to the end, which does not mean that it was paid.
    Completed(Completion),
    /// `06 1E`: it has stopped without doing it.
    Aborted {
        /// Of chapter 10 of the specification.
        code: u8,
    },
    /// Something else, by its control field.
    Other(u16),
}

/// What an end says besides that it is one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Completion {
    /// Result code, if it repeats it.
    pub result: Option<u8>,
    /// State of the terminal, in answer to a status enquiry: 00 is ready.
    pub state: Option<u8>,
}

impl Message {
    /// Makes sense of anything: what cannot be read is absent from the result.
    pub fn parse(apdu: &Apdu) -> Message {
        let data = &apdu.data[..];
        match (apdu.control, data) {
            (0x8000 | 0x8400, _) => Message::Acknowledged,
            (0x8401..=0x84ff, _) => Message::Refused { code: apdu.control.to_be_bytes()[1] },
            (0x04ff, &[code, ..]) => Message::Progress(Progress::from_code(code)),
            (0x040f, _) => Message::Transaction(Box::new(transaction(data))),
            (0x06d1, [_attribute, line @ ..]) => {
                Message::Print(Audience::Unsaid, vec![printed(line)])
            }
            (0x06d3, _) => block(data),
            (0x060f, _) => Message::Completed(completion(data)),
            (0x061e, &[code, ..]) => Message::Aborted { code },
            (control, _) => Message::Other(control),
        }
    }

    /// The bytes of it, as a terminal would send them.
    pub fn encode(&self) -> Apdu {
        match self {
            Message::Acknowledged => Apdu::new(0x8000, []),
            Message::Refused { code } => Apdu::new(0x8400 | u16::from(*code), []),
            Message::Progress(progress) => Apdu::new(0x04ff, [progress.code()]),
            Message::Transaction(told) => Apdu::new(0x040f, fields_of(told)),
            Message::Print(Audience::Unsaid, lines) => {
                Apdu::new(0x06d1, [vec![0x00], from_text(&lines.join(" "))].concat())
            }
            Message::Print(audience, lines) => {
                let lines: Vec<u8> =
                    lines.iter().flat_map(|line| object(0x07, &from_text(line))).collect();
                let kind = object(0x1f07, &[audience.number()]);
                let content = [kind, object(0x25, &lines)].concat();
                Apdu::new(0x06d3, object(0x06, &content))
            }
            Message::Completed(Completion { result, state }) => {
                let result = result.map(|code| vec![0x27, code]).unwrap_or_default();
                // A state stands by itself, behind a name of the software, which is left empty.
                let state = state.map(|code| vec![0xf0, 0xf0, 0xf0, code]).unwrap_or_default();
                Apdu::new(0x060f, [result, state].concat())
            }
            Message::Aborted { code } => Apdu::new(0x061e, [*code]),
            Message::Other(control) => Apdu::new(*control, []),
        }
    }
}

pub(super) fn number<N: TryFrom<u64>>(bytes: &[u8]) -> Option<N> {
    N::try_from(from_bcd(bytes)?).ok()
}

/// A line keeps the spaces it is laid out with.
fn printed(line: &[u8]) -> String {
    let line = line.iter().filter_map(|&b| crate::printer::code_page::CodePage::Pc437.decode(b));
    line.collect::<String>().trim_end().to_owned()
}

fn transaction(data: &[u8]) -> Transaction {
    let mut told = Transaction::default();
    for (field, content) in Fields(data) {
        match field {
            0x27 => told.result = content.first().copied(),
            0x04 => told.amount = from_bcd(content),
            0x49 => told.currency = number(content),
            0x0b => told.trace = number(content),
            0x87 => told.receipt = number(content),
            0x29 => told.terminal = number(content),
            0x22 => told.card.number = Some(masked(content)),
            0x8a => told.card.kind = content.first().copied(),
            0x8b => told.card.name = Some(text(content)),
            0x3b => told.authorisation = Some(text(content)).filter(|code| !code.is_empty()),
            0x60 => told.totals = totals::read(content),
            0x06 => told.to_sign = to_sign(content),
            _ => {}
        }
    }
    told
}

/// How the customer has shown to be the holder, by itself or within what belongs to the card's application: whether
/// that includes a signature. Source: chapter 9, tags 1F10 and 60.
fn to_sign(container: &[u8]) -> Option<bool> {
    let objects = Objects(container).flat_map(|(tag, content)| {
        let inner = if tag == 0x60 { content } else { &[] };
        std::iter::once((tag, content)).chain(Objects(inner))
    });
    objects.filter(|object| object.0 == 0x1f10).find_map(|(_, how)| match how {
        [0x01 | 0x05..=0x07] => Some(true),
        [0x00 | 0x02..=0x04] => Some(false),
        _ => None,
    })
}

fn fields_of(told: &Transaction) -> Vec<u8> {
    // The totals of a day are written with what they are made of.
    let Transaction {
        result,
        amount,
        currency,
        trace,
        receipt,
        terminal,
        card,
        authorisation,
        to_sign,
        totals: _,
    } = told;
    let Card { number, kind, name } = card;
    let mut fields: Vec<u8> = Vec::new();
    let mut put = |number: u8, content: Option<Vec<u8>>| {
        if let Some(content) = content {
            fields.push(number);
            fields.extend(content);
        }
    };
    put(0x27, result.map(|code| vec![code]));
    put(0x04, amount.map(|n| to_bcd::<6>(n).to_vec()));
    put(0x49, currency.map(|n| to_bcd::<2>(n.into()).to_vec()));
    put(0x0b, trace.map(|n| to_bcd::<3>(n.into()).to_vec()));
    put(0x87, receipt.map(|n| to_bcd::<2>(n.into()).to_vec()));
    put(0x29, terminal.map(|n| to_bcd::<4>(n.into()).to_vec()));
    put(0x8a, kind.map(|kind| vec![kind]));
    put(
        0x3b,
        authorisation.as_ref().map(|code| {
            let mut code = from_text(code);
            code.resize(8, 0);
            code
        }),
    );
    if let Some(number) = number {
        fields.extend(with_digits(0x22, 2, &hidden_digits(number)));
    }
    if let Some(name) = name {
        fields.extend(with_digits(0x8b, 2, &[&from_text(name)[..], &[0]].concat()));
    }
    if let Some(to_sign) = to_sign {
        fields.extend(object(0x06, &object(0x1f10, &[if *to_sign { 0x01 } else { 0x02 }])));
    }
    fields
}

/// `**1234` as packed decimals with E for `*`, filled up with F.
fn hidden_digits(masked: &str) -> Vec<u8> {
    let digits: Vec<u8> = masked
        .chars()
        .map(|c| c.to_digit(10).and_then(|digit| u8::try_from(digit).ok()).unwrap_or(0x0e))
        .collect();
    let pair = |pair: &[u8]| match pair {
        [high, low] => (high << 4) | low,
        [high] => (high << 4) | 0x0f,
        _ => 0xff,
    };
    digits.chunks(2).map(pair).collect()
}

fn block(data: &[u8]) -> Message {
    let container = Fields(data).find(|field| field.0 == 0x06).map_or(&[][..], |field| field.1);
    let mut audience = Audience::Unsaid;
    let mut lines = Vec::new();
    for (tag, content) in Objects(container) {
        match (tag, content) {
            (0x1f07, &[number]) => audience = Audience::from_number(number),
            (0x25, texts) => lines
                .extend(Objects(texts).filter(|text| text.0 == 0x07).map(|text| printed(text.1))),
            _ => {}
        }
    }
    Message::Print(audience, lines)
}

/// Two layouts share a control field: bitmaps after a transaction; after a status enquiry the
/// name of the software, its length as three digits, and a state.
fn completion(data: &[u8]) -> Completion {
    if let Some((length, rest)) = digits(data, 3) {
        return Completion { result: None, state: rest.get(length).copied() };
    }
    match *data {
        [state] => return Completion { result: None, state: Some(state) },
        [0x19 | 0x27 | 0x29 | 0x49, ..] => {}
        [state, 0x06, ..] => return Completion { result: None, state: Some(state) },
        _ => {}
    }
    let result = Fields(data).find(|field| field.0 == 0x27);
    Completion { result: result.and_then(|field| field.1.first().copied()), state: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_terminal_is_understood() {
        let read = |bytes: &[u8]| Message::parse(&Apdu::decode(bytes).unwrap());
        for (bytes, message) in [
            (&b"\x80\x00\x00"[..], Message::Acknowledged),
            (b"\x84\x00\x00", Message::Acknowledged),
            (b"\x84\x9c\x00", Message::Refused { code: 0x9c }),
            (b"\x04\xff\x01\x0a", Message::Progress(Progress::InsertCard)),
            (b"\x04\xff\x02\x17\x05", Message::Progress(Progress::Wait)),
            (b"\x04\xff\x01\x77", Message::Progress(Progress::Other { code: 0x77 })),
            (b"\x04\xff\x00", Message::Other(0x04ff)),
            (b"\x06\x0f\x00", Message::Completed(Completion::default())),
            (
                b"\x06\x0f\x02\x27\x05",
                Message::Completed(Completion { result: Some(5), state: None }),
            ),
            (
                b"\x06\x0f\x0a\x19\x10\x29\x52\x52\x35\x35\x49\x09\x78",
                Message::Completed(Completion::default()),
            ),
            (
                b"\x06\x0f\x06\xf0\xf0\xf2v1\x9c",
                Message::Completed(Completion { result: None, state: Some(0x9c) }),
            ),
            (
                b"\x06\x0f\x03\x9c\x06\x00",
                Message::Completed(Completion { result: None, state: Some(0x9c) }),
            ),
            (b"\x06\x1e\x01\x6c", Message::Aborted { code: 0x6c }),
            (b"\x06\xd1\x07\x00 T\x8evon", Message::Print(Audience::Unsaid, vec![" TÄvon".into()])),
            (b"\x06\xd1\x01\x00", Message::Print(Audience::Unsaid, vec![String::new()])),
            (
                b"\x06\xd3\x13\x06\x11\x1f\x07\x01\x02\x25\x0b\x07\x02 A\x07\x00\x07\x01B\x09\x00",
                Message::Print(Audience::Customer, vec![" A".into(), "".into(), "B".into()]),
            ),
            (b"\x0f\xa1\x02\x00\x01", Message::Other(0x0fa1)),
        ] {
            assert_eq!(read(bytes), message, "{bytes:x?}");
        }
        let status = b"\x27\x00\x04\x00\x00\x00\x00\x25\x00\x49\x09\x78\
            \x22\xf0\xf8\x41\x11\x11\x11\x11\x11\x80\x74\x87\x02\x31\x3b750071\0\0\
            \x0b\x00\x09\x75\x29\x52\x52\x35\x35\x8a\x06\x8b\xf1\xf1MasterCard\0";
        let told = Transaction {
            result: Some(0),
            amount: Some(25_00),
            currency: Some(978),
            trace: Some(975),
            receipt: Some(231),
            terminal: Some(52_523_535),
            card: Card {
                number: Some("************8074".into()),
                kind: Some(6),
                name: Some("MasterCard".into()),
            },
            authorisation: Some("750071".into()),
            ..Transaction::default()
        };
        let read = Message::parse(&Apdu::new(0x040f, status));
        assert_eq!(read, Message::Transaction(Box::new(told)));
        assert_eq!(Message::parse(&read.encode()), read, "and says the same again");
    }

    #[test]
    fn whether_the_customer_signs_is_read_wherever_it_stands() {
        for (container, to_sign) in [
            (&b"\x06\x04\x1f\x10\x01\x01"[..], Some(true)),
            (b"\x06\x04\x1f\x10\x01\x02", Some(false)),
            (b"\x06\x04\x1f\x10\x01\x00", Some(false)),
            (b"\x06\x04\x1f\x10\x01\x07", Some(true)),
            (b"\x06\x04\x1f\x10\x01\xff", None),
            (b"\x06\x0a\x60\x08\x43\x02\xa0\x00\x1f\x10\x01\x05", Some(true)),
            (b"\x06\x00", None),
        ] {
            assert_eq!(transaction(container).to_sign, to_sign, "{container:x?}");
        }
        for to_sign in [None, Some(false), Some(true)] {
            let told = Transaction { result: Some(0), to_sign, ..Transaction::default() };
            assert_eq!(transaction(&fields_of(&told)).to_sign, to_sign);
        }
    }

    proptest! {
        #[test]
        fn garbage_is_survived(control in prop_oneof![any::<u16>(), Just(0x040f), Just(0x060f), Just(0x06d3), Just(0x0600), Just(0x0630)], data: Vec<u8>) {
            let apdu = Apdu::new(control, data);
            let message = Message::parse(&apdu);
            Message::parse(&message.encode());
        }

        #[test]
        fn a_transaction_cut_short_says_nothing_else(cut in 0_usize..61) {
            let told = Transaction {
                result: Some(0), amount: Some(12_34), currency: Some(124), trace: Some(77),
                receipt: Some(9), terminal: Some(1), authorisation: Some("A".into()),
                card: Card { number: Some("****1234".into()), kind: Some(1), name: Some("X".into()) },
                ..Transaction::default()
            };
            let mut apdu = Message::Transaction(Box::new(told.clone())).encode();
            apdu.data.truncate(cut);
            let read = transaction(&apdu.data);
            prop_assert!(read.result.is_none() || read.result == told.result);
            prop_assert!(read.amount.is_none() || read.amount == told.amount);
            prop_assert!(read.trace.is_none() || read.trace == told.trace);
            prop_assert!(read.receipt.is_none() || read.receipt == told.receipt);
        }
    }
}
