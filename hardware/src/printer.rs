//! The receipt printer: what a receipt is made of, how it is laid out, the ESC/POS bytes of it,
//! the driver that sends them, and a simulator of the device.
//!
//! Sources: Epson, *ESC/POS Command Reference*; `encode` names the commands that differ from what
//! the `escpos` crate sends.

pub mod code_page;
pub mod document;
pub mod driver;
pub mod encode;
pub mod layout;
pub mod simulator;
pub mod status;
