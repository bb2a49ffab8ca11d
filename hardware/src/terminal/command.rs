//! What the register asks for, without IO. Source: ZVT protocol, PA00P015, chapter 2.

use super::Password;
use super::apdu::Apdu;
use super::field::{Fields, from_bcd, to_bcd};
use super::message::number;

/// What the register asks for. Amounts are in the smallest unit of the currency, currencies are
/// numbers of ISO 4217 (124 is CAD).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// `06 00`: who the register is and what it wants to hear.
    Register {
        /// Of the terminal.
        password: Password,
        /// What the register does by itself: [`REGISTER_PRINTS`].
        config: u8,
        /// Of every amount that follows.
        currency: u16,
    },
    /// `06 01`: take a payment.
    Pay {
        /// At most 999,999,999,999.
        amount: u64,
        /// Of the amount.
        currency: u16,
    },
    /// `06 20`: tell about the last transaction again.
    Repeat,
    /// `06 30`: take back a payment of today.
    Reverse {
        /// Of the terminal.
        password: Password,
        /// Of the payment.
        receipt: u16,
    },
    /// `06 31`: pay out to a card.
    Refund {
        /// Of the terminal.
        password: Password,
        /// At most 999,999,999,999.
        amount: u64,
        /// Of the amount.
        currency: u16,
    },
    /// `06 50`: hand the day's transactions in.
    EndOfDay {
        /// Of the terminal.
        password: Password,
    },
    /// `05 01`: how it is.
    Status,
    /// `06 B0`: stop what is under way.
    Abort,
}

/// The configuration byte of this register: every receipt comes here, line by line (80, 04, 02),
/// progress is told (08), and payments and administration are started here only (20, 10).
pub const REGISTER_PRINTS: u8 = 0xbe;

impl Command {
    /// The bytes of it.
    pub fn encode(&self) -> Apdu {
        match *self {
            Command::Register { ref password, config, currency } => Apdu::new(
                0x0600,
                [&password.0[..], &[config], &to_bcd::<2>(currency.into())].concat(),
            ),
            Command::Pay { amount, currency } => Apdu::new(0x0601, money(amount, currency)),
            Command::Repeat => Apdu::new(0x0620, []),
            Command::Reverse { ref password, receipt } => {
                Apdu::new(0x0630, [&password.0[..], &[0x87], &to_bcd::<2>(receipt.into())].concat())
            }
            Command::Refund { ref password, amount, currency } => {
                Apdu::new(0x0631, [&password.0[..], &money(amount, currency)].concat())
            }
            Command::EndOfDay { ref password } => Apdu::new(0x0650, password.0),
            Command::Status => Apdu::new(0x0501, []),
            Command::Abort => Apdu::new(0x06b0, []),
        }
    }

    /// The password that goes with it, when it wants one.
    pub(super) const fn password(&self) -> Option<&Password> {
        match self {
            Command::Register { password, .. }
            | Command::Reverse { password, .. }
            | Command::Refund { password, .. }
            | Command::EndOfDay { password } => Some(password),
            Command::Pay { .. } | Command::Repeat | Command::Status | Command::Abort => None,
        }
    }

    /// The command in a message; none when it is not one of these, or lacks something.
    pub fn parse(apdu: &Apdu) -> Option<Command> {
        let password = || {
            let (&bytes, rest) = apdu.data.split_first_chunk()?;
            Some((Password(bytes), rest))
        };
        Some(match apdu.control {
            0x0600 => {
                let (password, rest) = password()?;
                let (&[config, high, low], _) = rest.split_first_chunk()?;
                Command::Register { password, config, currency: number(&[high, low])? }
            }
            0x0601 => {
                let (amount, currency) = read_money(&apdu.data)?;
                Command::Pay { amount, currency }
            }
            0x0620 => Command::Repeat,
            0x0630 => {
                let (password, rest) = password()?;
                let receipt = Fields(rest).find(|field| field.0 == 0x87)?.1;
                Command::Reverse { password, receipt: number(receipt)? }
            }
            0x0631 => {
                let (password, rest) = password()?;
                let (amount, currency) = read_money(rest)?;
                Command::Refund { password, amount, currency }
            }
            0x0650 => Command::EndOfDay { password: password()?.0 },
            0x0501 => Command::Status,
            0x06b0 => Command::Abort,
            _ => return None,
        })
    }
}

fn money(amount: u64, currency: u16) -> Vec<u8> {
    [&[0x04][..], &to_bcd::<6>(amount), &[0x49], &to_bcd::<2>(currency.into())].concat()
}

fn read_money(fields: &[u8]) -> Option<(u64, u16)> {
    let find = |number| Fields(fields).find(|field| field.0 == number).map(|field| field.1);
    Some((from_bcd(find(0x04)?)?, number(find(0x49)?)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn password() -> Password {
        Password::new(123_456).unwrap()
    }

    #[test]
    fn commands_are_those_of_the_specification() {
        let password = password();
        for (command, bytes) in [
            (
                Command::Register { password: password.clone(), config: 0xba, currency: 978 },
                &b"\x06\x00\x06\x12\x34\x56\xba\x09\x78"[..],
            ),
            (
                Command::Pay { amount: 11_000, currency: 978 },
                b"\x06\x01\x0a\x04\x00\x00\x00\x01\x10\x00\x49\x09\x78",
            ),
            (
                Command::Pay { amount: 4_50, currency: 124 },
                b"\x06\x01\x0a\x04\x00\x00\x00\x00\x04\x50\x49\x01\x24",
            ),
            (Command::Repeat, b"\x06\x20\x00"),
            (
                Command::Reverse { password: password.clone(), receipt: 231 },
                b"\x06\x30\x06\x12\x34\x56\x87\x02\x31",
            ),
            (
                Command::Refund { password: password.clone(), amount: 1, currency: 124 },
                b"\x06\x31\x0d\x12\x34\x56\x04\x00\x00\x00\x00\x00\x01\x49\x01\x24",
            ),
            (Command::EndOfDay { password }, b"\x06\x50\x03\x12\x34\x56"),
            (Command::Status, b"\x05\x01\x00"),
            (Command::Abort, b"\x06\xb0\x00"),
        ] {
            assert_eq!(command.encode().encode(), bytes, "{command:?}");
            assert_eq!(Command::parse(&Apdu::decode(bytes).unwrap()), Some(command));
        }
        for bad in [&b"\x06\x01\x07\x04\x00\x00\x00\x00\x04\x50"[..], b"\x06\x30\x02\x12\x34"] {
            assert_eq!(Command::parse(&Apdu::decode(bad).unwrap()), None);
        }
    }

    #[test]
    fn a_log_does_not_get_the_password() {
        let command = Command::EndOfDay { password: Password::new(987_654).unwrap() };
        assert_eq!(format!("{command:?}"), "EndOfDay { password: Password(…) }");
        assert!(Password::new(1_000_000).is_none());
    }

    proptest! {
        #[test]
        fn garbage_is_survived(
            control in prop_oneof![any::<u16>(), Just(0x0600), Just(0x0601), Just(0x0630)],
            data: Vec<u8>,
        ) {
            if let Some(command) = Command::parse(&Apdu::new(control, data)) {
                prop_assert_eq!(Command::parse(&command.encode()), Some(command));
            }
        }
    }
}
