//! What the simulator draws: symbols are read back by an independent reader, bytes may be split
//! anywhere, and nothing makes it panic.

use std::process::Command;

use comptoir_hardware::printer::code_page::CodePage;
use comptoir_hardware::printer::document::Document;
use comptoir_hardware::printer::encode::encode;
use comptoir_hardware::printer::layout::{Profile, preview, to_text};
use comptoir_hardware::printer::simulator::render;
use proptest::prelude::*;

/// What `zbarimg` reads in a picture, one line for each symbol: `CODE-128:INV-000123`.
fn read_symbols(png: &[u8], name: &str) -> Vec<String> {
    let path = std::env::temp_dir().join(format!("comptoir-{}-{name}.png", std::process::id()));
    std::fs::write(&path, png).expect("a temporary file");
    let output = Command::new("zbarimg").args(["--quiet", "--nodbus"]).arg(&path).output();
    let output =
        output.expect("zbarimg is needed to judge the symbols: apt-get install zbar-tools");
    std::fs::remove_file(&path).ok();
    let mut lines: Vec<_> =
        String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

fn print(document: &Document) -> Vec<u8> {
    encode(document, &Profile::default()).expect("a document")
}

#[test]
fn symbols_of_a_receipt_are_read_by_zbar() {
    let mut document = Document::new();
    document
        .centred("RIDEAU CORNER")
        .barcode("INV-000123")
        .blank()
        .barcode("a{B}~ 9")
        .blank()
        .qr("https://example.org/r/RDC2-1-4127?q=1")
        .partial_cut();
    let symbols = read_symbols(&render(&print(&document)).to_png().unwrap(), "receipt");
    assert_eq!(
        symbols,
        [
            "CODE-128:INV-000123",
            "CODE-128:a{B}~ 9",
            "QR-Code:https://example.org/r/RDC2-1-4127?q=1"
        ]
    );
}

#[test]
fn symbols_of_other_encoders_are_read_by_zbar() {
    for (name, bytes, want) in [
        (
            "ean13-a",
            &b"\x1d\x68\x60\x1d\x77\x03\x1d\x6b\x024006381333931\x00"[..],
            "EAN-13:4006381333931",
        ),
        ("ean13-b", b"\x1d\x48\x02\x1d\x6b\x43\x0c400638133393", "EAN-13:4006381333931"),
        ("ean8", b"\x1b\x61\x01\x1d\x6b\x44\x0796385 07".as_slice(), ""),
        ("ean8-b", b"\x1b\x61\x01\x1d\x6b\x44\x079638507", "EAN-8:96385074"),
        (
            "code128-c",
            b"\x1b\x61\x02\x1d\x77\x02\x1d\x6b\x49\x07{C\x0c\x22\x38{B",
            "CODE-128:123456",
        ),
        ("code128-a", b"\x1d\x77\x02\x1d\x6b\x49\x05{AABC", "CODE-128:ABC"),
        ("code128-mixed", b"\x1d\x77\x02\x1d\x6b\x49\x0a{BAb{C\x0c\x22{A", "CODE-128:Ab1234"),
    ] {
        let symbols = read_symbols(&render(bytes).to_png().unwrap(), name);
        assert_eq!(symbols.join("\n"), want, "{name}");
    }
}

/// Bytes written by python-escpos 3.1: text in two code pages, styles, EAN-13 in form A, CODE128 in
/// form B, a native QR code, a picture as raster and as columns, a QR code as a picture.
#[test]
fn a_slip_of_python_escpos_is_drawn_as_it_was_meant() {
    let paper = render(include_bytes!("fixtures/python-escpos.bin"));
    let text: Vec<_> =
        paper.slips[0].text().lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(
        text,
        [
            "Épicerie",
            "Crème brûlée 4,50 €",
            "Underlined",
            "Inverted right",
            "[4006381333931]",
            "[INV-000123]",
            "[https://example.org/native]",
        ]
    );
    assert_eq!((paper.kicks, paper.slips.len()), (1, 1));
    assert_eq!(
        read_symbols(&paper.to_png().unwrap(), "python-escpos"),
        [
            "CODE-128:INV-000123",
            "EAN-13:4006381333931",
            "QR-Code:https://example.org/image",
            "QR-Code:https://example.org/native",
        ]
    );
}

#[test]
fn a_barcode_too_wide_for_the_paper_is_not_printed() {
    let wide = [&b"\x1d\x77\x06\x1d\x6b\x49\x16{B"[..], b"12345678901234567890"].concat();
    assert!(render(&wide).rest.is_blank());
}

#[test]
fn french_comes_back_from_pc863_as_it_was_written() {
    let text = "Pâté à l'érable, œufs, noël, où, ça, À É È Ê Ë Î Ï Ô Ù Û Ü Ç « bio » 5 €";
    let mut document = Document::new();
    document.text(text).columns("Crème brûlée – 2 × 4,50", "9,00 €");
    let paper = render(&print(&document));
    let want = to_text(&preview(&document, &Profile::default()));
    assert_eq!(paper.text(), want);
    assert!(want.contains("Pâté à l'érable, oeufs, noël, où, ça, À É È Ê Ë"), "{want}");
    let only_863 = Profile { code_pages: vec![CodePage::Pc863], ..Profile::default() };
    assert!(to_text(&preview(&document, &only_863)).contains("9,00 EUR"));
    let bytes = encode(&document, &only_863).unwrap();
    assert_eq!(render(&bytes).text(), to_text(&preview(&document, &only_863)));
}

#[test]
fn bytes_split_anywhere_give_the_same_paper() {
    use comptoir_hardware::printer::simulator::Renderer;

    let mut document = Document::new();
    document.text("Crème €").qr("AB").barcode("A1").drawer_kick().partial_cut().text("rest");
    let mut bytes = print(&document);
    bytes.extend(b"\x1d\x76\x30\x00\x02\x00\x02\x00\x10\x04\x01\xff\x10\x04\x02\x1d\x6b\x02400638133393\x00\x1bd\x02");
    let whole = render(&bytes);
    for split in 0..=bytes.len() {
        let mut renderer = Renderer::default();
        renderer.push(&bytes[..split]);
        renderer.push(&bytes[split..]);
        assert_eq!(renderer.paper(), whole, "split at {split}");
    }
    assert_eq!((whole.slips.len(), whole.kicks), (1, 1));
}

#[test]
fn styles_and_alignment_are_drawn() {
    let paper = render(b"A\n\x1b\x45\x01A\n\x1b\x45\x00\x1d\x21\x11A\n\x1d\x21\x00\x1b\x61\x02A\n\x1b-\x01 \n\x1b-\x00\x1dB\x01 \n");
    let black = |from: usize, to: usize| -> Vec<(usize, usize)> {
        (from..to)
            .flat_map(|y| (0..576).map(move |x| (x, y)))
            .filter(|&(x, y)| paper.rest.is_black(x, y))
            .collect()
    };
    let (plain, bold, double, right) =
        (black(0, 30), black(30, 60), black(60, 108), black(108, 138));
    assert!(bold.len() > plain.len(), "bold is darker");
    assert!(double.len() > plain.len() * 3, "double is four times as large, but for smoothing");
    assert_eq!(right.len(), plain.len());
    assert!(right.iter().all(|&(x, _)| x >= 564), "the last of 48 columns");
    assert_eq!(black(138, 168).len(), 12, "an underlined space at the right");
    assert_eq!(black(168, 198).len(), 12 * 24, "a reversed space");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_bytes_make_the_simulator_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        render(&bytes).to_png().unwrap();
    }

    #[test]
    fn no_commands_make_the_simulator_panic(
        commands in proptest::collection::vec(
            (prop::sample::select(vec![0x10u8, 0x1b, 0x1c, 0x1d]), any::<[u8; 6]>()), 0..60),
    ) {
        let bytes: Vec<u8> = commands.iter().flat_map(|(lead, rest)| [&[*lead][..], rest].concat()).collect();
        render(&bytes).to_png().unwrap();
    }

    #[test]
    fn any_text_prints_as_its_preview(
        left in "\\PC{0,80}", right in "\\PC{0,60}", centred in "\\PC{0,120}", columns in 20u8..=48,
    ) {
        let profile = Profile { columns, ..Profile::default() };
        let mut document = Document::new();
        document.columns(&*left, &*right).centred(&*centred).rule();
        let lines = preview(&document, &profile);
        let text = to_text(&lines);
        for line in text.lines() {
            prop_assert!(line.chars().count() <= usize::from(columns), "{line:?}");
        }
        prop_assert_eq!(render(&encode(&document, &profile).unwrap()).text(), text);
    }
}
