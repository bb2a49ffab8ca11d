//! What comes out of the printer, as the window draws it.

use comptoir_hardware::printer::document::Document;
use comptoir_hardware::printer::layout::{self, PreviewLine, Profile};
use serde::Serialize;
use ts_rs::TS;

/// A line of paper as the window draws it: characters of one width, blanks in place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct PaperLine {
    /// What it is.
    pub kind: PaperKind,
    /// The characters, or what a barcode says.
    pub text: String,
    /// Darker.
    pub bold: bool,
    /// Twice as wide and high; takes two columns a character.
    pub double: bool,
}

/// What a line of paper is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PaperKind {
    /// Characters.
    Text,
    /// Bars.
    Barcode,
    /// Nothing.
    Blank,
}

/// The lines of a document as they come out of the printer.
pub fn lines(document: &Document, profile: &Profile) -> Vec<PaperLine> {
    let blank =
        || PaperLine { kind: PaperKind::Blank, text: String::new(), bold: false, double: false };
    let mut lines = Vec::new();
    for line in layout::preview(document, profile) {
        match line {
            PreviewLine::Text { text, .. } if text.trim().is_empty() => lines.push(blank()),
            PreviewLine::Text { indent, text, style } => lines.push(PaperLine {
                kind: PaperKind::Text,
                text: format!("{}{text}", " ".repeat(indent / style.size.columns())),
                bold: style.bold,
                double: style.size.columns() == 2,
            }),
            PreviewLine::Barcode { data, .. } | PreviewLine::Qr { data, .. } => {
                lines.push(PaperLine {
                    kind: PaperKind::Barcode,
                    text: data,
                    bold: false,
                    double: false,
                });
            }
            PreviewLine::Feed { lines: n } => lines.extend((0..n).map(|_| blank())),
            PreviewLine::Cut { .. } | PreviewLine::DrawerKick { .. } => {}
        }
    }
    lines
}
