//! Bytes and devices of a till: the receipt printer, the scanner, the card terminal, and a
//! simulator of each that speaks the real protocol.
//!
//! A device is reached through a [`transport::Transport`]; a protocol module turns bytes into
//! typed states and back without IO. Everything blocks with a timeout; there is no async here.
//! This crate knows nothing of sales, and holds no sentence meant for a person: it reports a
//! [`lamp::Lamp`] and a [`lamp::Cause`], the window finds the words.
//!
//! Absent on purpose: GS1 element strings and check digits (they are rules about goods), USB and
//! HID transports (they cannot be exercised without the hardware), card terminals that speak
//! something other than ZVT.

pub mod lamp;
pub mod printer;
pub mod scanner;
pub mod terminal;
pub mod transport;
