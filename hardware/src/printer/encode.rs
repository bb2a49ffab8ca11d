//! From lines of paper to ESC/POS bytes.
//!
//! The `escpos` crate formats. Sent as bytes of our own, because version 0.20 of the crate sends
//! something else: the drawer kick (it leaves out both pulse times, so the printer takes the next
//! two bytes for them), the partial cut (`GS V 65 1`, which is not one), CODE128 (it has none) and
//! text (its PC850 and PC858 tables hold `-` in place of the soft hyphen, and what a page lacks
//! goes out as raw UTF-8).

use std::cell::RefCell;

use escpos::driver::Driver;
use escpos::errors::PrinterError;
use escpos::printer::Printer;
use escpos::utils::{JustifyMode, Protocol, QRCodeCorrectionLevel, QRCodeModel, QRCodeOption};

use super::code_page::CodePage;
use super::document::{Document, Drawer, Size, Style};
use super::layout::{PreviewLine, Profile, preview};

/// Feeds to the cutter and cuts, leaving a bridge: `GS V 66 0`.
pub const PARTIAL_CUT: [u8; 4] = [0x1d, 0x56, 0x42, 0x00];
/// Cuts through where the paper stands: `GS V 0`.
pub const FULL_CUT: [u8; 3] = [0x1d, 0x56, 0x00];
/// Resets the printer to its defaults and clears its line: `ESC @`.
pub const INIT: [u8; 2] = [0x1b, 0x40];

/// Lines from the print head to the cutter, for a cut that does not feed by itself.
const LINES_TO_CUTTER: u8 = 4;
/// Height of a barcode, 10 mm at 203 dots per inch.
const BARCODE_DOTS: u8 = 80;

/// A document cannot be put into bytes.
#[derive(Debug, thiserror::Error)]
#[error("cannot be encoded: {0}")]
pub struct Error(#[from] PrinterError);

/// The bytes of a document, beginning with a reset and leaving nothing set behind.
///
/// # Errors
/// Only what the `escpos` crate refuses, which layout already excludes.
pub fn encode(document: &Document, profile: &Profile) -> Result<Vec<u8>, Error> {
    let mut printer = Printer::new(Buffer::default(), Protocol::default(), None);
    printer.init()?;
    let first = profile.code_pages.first().copied().unwrap_or(CodePage::Pc437);
    let mut page = first;
    printer.custom(&select(page))?;
    for line in preview(document, profile) {
        write_line(&mut printer, &line, profile, &mut page)?;
    }
    printer.print()?;
    Ok(printer.driver().0.into_inner())
}

/// Opens a drawer: `ESC p m 25 250`, a pulse of 50 ms and a rest of 500 ms.
pub fn drawer_kick(drawer: Drawer) -> [u8; 5] {
    let pin = match drawer {
        Drawer::First => 0,
        Drawer::Second => 1,
    };
    [0x1b, 0x70, pin, 0x19, 0xfa]
}

/// CODE128 form B: `GS k 73 n { B data`. A brace in the data is doubled.
///
/// Returns `None` when the data is empty, too long, or not printable ASCII.
pub fn code128(data: &str) -> Option<Vec<u8>> {
    let doubled = data.replace('{', "{{");
    let length = u8::try_from(doubled.len() + 2).ok()?;
    if data.is_empty() || !data.bytes().all(|b| (0x20..0x7f).contains(&b)) {
        return None;
    }
    Some([&[0x1d, 0x6b, 0x49, length, b'{', b'B'], doubled.as_bytes()].concat())
}

fn write_line(
    printer: &mut Printer<Buffer>,
    line: &PreviewLine,
    profile: &Profile,
    page: &mut CodePage,
) -> Result<(), PrinterError> {
    match line {
        PreviewLine::Text { indent, text, style } => {
            // The indent is written in characters of normal width, so that a wide line can stand
            // on an odd column, and so that paper and preview are padded alike.
            printer.custom(" ".repeat(*indent).as_bytes())?;
            set_style(printer, *style, true)?;
            printer.custom(&text_bytes(text, profile, page))?;
            set_style(printer, *style, false)?;
            printer.custom(b"\n")?;
        }
        PreviewLine::Barcode { data, module } => {
            if let Some(symbol) = code128(data) {
                printer.justify(JustifyMode::CENTER)?;
                // Height, module width, text below.
                printer.custom(&[0x1d, 0x68, BARCODE_DOTS, 0x1d, 0x77, *module, 0x1d, 0x48, 2])?;
                printer.custom(&symbol)?.justify(JustifyMode::LEFT)?;
            }
        }
        PreviewLine::Qr { data, module } => {
            let option = QRCodeOption::new(QRCodeModel::Model2, *module, QRCodeCorrectionLevel::M);
            printer
                .justify(JustifyMode::CENTER)?
                .qrcode_option(data, option)?
                .justify(JustifyMode::LEFT)?;
        }
        PreviewLine::Feed { lines } => {
            printer.feeds(*lines)?;
        }
        PreviewLine::Cut { partial: true } => {
            printer.custom(&PARTIAL_CUT)?;
        }
        PreviewLine::Cut { partial: false } => {
            printer.feeds(LINES_TO_CUTTER)?.custom(&FULL_CUT)?;
        }
        PreviewLine::DrawerKick { drawer } => {
            printer.custom(&drawer_kick(*drawer))?;
        }
    }
    Ok(())
}

fn set_style(printer: &mut Printer<Buffer>, style: Style, on: bool) -> Result<(), PrinterError> {
    if style.bold {
        printer.bold(on)?;
    }
    match (style.size, on) {
        (Size::Normal, _) => {}
        (Size::Tall, true) => {
            printer.size(1, 2)?;
        }
        (Size::Double, true) => {
            printer.size(2, 2)?;
        }
        (_, false) => {
            printer.reset_size()?;
        }
    }
    Ok(())
}

/// `ESC t n`.
fn select(page: CodePage) -> [u8; 3] {
    [0x1b, 0x74, page.number()]
}

/// The bytes of a folded text, with a switch of page before a character that needs one.
fn text_bytes(text: &str, profile: &Profile, page: &mut CodePage) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for c in text.chars() {
        // The page in force is kept as long as it can be: a switch costs three bytes.
        if let Some(byte) = page.encode(c) {
            bytes.push(byte);
            continue;
        }
        let other = profile.code_pages.iter().find_map(|&other| Some((other, other.encode(c)?)));
        match other {
            Some((other, byte)) => {
                *page = other;
                bytes.extend(select(other));
                bytes.push(byte);
            }
            None => bytes.push(b'?'),
        }
    }
    bytes
}

/// Where the `escpos` crate writes to.
#[derive(Default)]
struct Buffer(RefCell<Vec<u8>>);

impl Driver for Buffer {
    fn name(&self) -> String {
        "buffer".into()
    }

    fn write(&self, data: &[u8]) -> Result<(), PrinterError> {
        self.0.borrow_mut().extend_from_slice(data);
        Ok(())
    }

    fn read(&self, _buf: &mut [u8]) -> Result<usize, PrinterError> {
        Ok(0)
    }

    fn flush(&self) -> Result<(), PrinterError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::printer::document::Align;

    fn bytes(build: impl FnOnce(&mut Document) -> &mut Document) -> Vec<u8> {
        let mut document = Document::new();
        build(&mut document);
        encode(&document, &Profile::default()).unwrap()
    }

    fn check(build: impl FnOnce(&mut Document) -> &mut Document, want: &[&[u8]]) {
        let got = bytes(build);
        let want = [&b"\x1b\x40\x1b\x74\x04"[..], &want.concat()].concat();
        assert_eq!(got, want, "\n got {got:02x?}\nwant {want:02x?}");
    }

    #[test]
    fn commands_that_the_crate_gets_wrong_are_pinned() {
        check(|d| d.drawer_kick(), &[b"\x1b\x70\x00\x19\xfa"]);
        check(|d| d.partial_cut(), &[b"\x1d\x56\x42\x00"]);
        check(|d| d.full_cut(), &[b"\x1b\x64\x04", b"\x1d\x56\x00"]);
        assert_eq!(code128("INV-000123").unwrap(), b"\x1d\x6b\x49\x0c\x7b\x42INV-000123");
        assert_eq!(code128("a{b").unwrap(), b"\x1d\x6b\x49\x06{Ba{{b");
        assert_eq!(code128("é"), None);
        assert_eq!(code128(""), None);
    }

    #[test]
    fn a_qr_code_is_five_commands() {
        check(
            |d| d.qr("AB"),
            &[
                b"\x1b\x61\x01",
                b"\x1d\x28\x6b\x04\x00\x31\x41\x32\x00",
                b"\x1d\x28\x6b\x03\x00\x31\x43\x06",
                b"\x1d\x28\x6b\x03\x00\x31\x45\x31",
                b"\x1d\x28\x6b\x05\x00\x31\x50\x30AB",
                b"\x1d\x28\x6b\x03\x00\x31\x51\x30",
                b"\x1b\x61\x00",
            ],
        );
    }

    #[test]
    fn text_is_written_in_the_page_and_never_as_utf8() {
        check(|d| d.text("Crème brûlée"), &[b"Cr\x8ame br\x96l\x82e\n"]);
        check(|d| d.text("5,00 € é"), &[b"5,00 \x1b\x74\x13\xd5 \x82\n"]);
        check(
            |d| d.styled("A", Style::BOLD_DOUBLE, Align::Left),
            &[b"\x1b\x45\x01\x1d\x21\x11", b"A", b"\x1b\x45\x00\x1d\x21\x00", b"\n"],
        );
    }

    #[test]
    fn a_soft_hyphen_never_stands_for_a_minus() {
        let profile = Profile { columns: 48, code_pages: vec![CodePage::Pc858] };
        let got = encode(Document::new().text("-3.98"), &profile).unwrap();
        assert_eq!(got, b"\x1b\x40\x1b\x74\x13-3.98\n");
    }
}
