//! From a document to lines of paper: wrapping, alignment, columns, and the characters that the
//! printer has. Print, preview and text are all made from these lines, so they cannot differ.

use qrcode::{EcLevel, QrCode};
use serde::{Deserialize, Serialize};

use super::code_page::{CodePage, fold};
use super::document::{Align, Document, Drawer, Item, Style};

/// What a printer can do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Characters of Font A on one line: 48 on 80 mm paper, 42 on some printers, 32 on 58 mm.
    pub columns: u8,
    /// Pages that the printer has, the one to prefer first. A character that only a later page
    /// has is printed by switching to that page.
    pub code_pages: Vec<CodePage>,
}

impl Default for Profile {
    /// 80 mm paper, Canadian French, and PC858 for the euro sign.
    fn default() -> Self {
        Profile { columns: 48, code_pages: vec![CodePage::Pc863, CodePage::Pc858] }
    }
}

impl Profile {
    /// Printable dots on one line. Font A is 12 dots wide.
    pub fn dots(&self) -> usize {
        usize::from(self.columns) * 12
    }

    /// Columns, never zero.
    fn width(&self) -> usize {
        usize::from(self.columns).max(1)
    }
}

/// One line of paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PreviewLine {
    /// Characters, all of which the printer has.
    Text {
        /// Columns of normal width left free before the text.
        indent: usize,
        /// The characters, with the spaces between name and amount already in place.
        text: String,
        /// How they look.
        style: Style,
    },
    /// CODE128 form B, centred, its text below.
    Barcode {
        /// Printable ASCII.
        data: String,
        /// Width of the narrowest bar in dots.
        module: u8,
    },
    /// QR code, centred.
    Qr {
        /// Content.
        data: String,
        /// Width of one square in dots.
        module: u8,
    },
    /// Blank paper.
    Feed {
        /// Lines of normal height.
        lines: u8,
    },
    /// The end of the slip.
    Cut {
        /// A bridge is left.
        partial: bool,
    },
    /// The drawer opens; nothing is drawn.
    DrawerKick {
        /// Which one.
        drawer: Drawer,
    },
}

/// Lays out a document for a printer.
pub fn preview(document: &Document, profile: &Profile) -> Vec<PreviewLine> {
    let mut lines = Vec::new();
    for item in &document.items {
        lay_out(item, profile, &mut lines);
    }
    lines
}

/// The same lines as plain text, for a journal, an e-mail or a test. Symbols become their content
/// in brackets, a cut becomes nothing; spaces at the end of a line are dropped.
pub fn to_text(lines: &[PreviewLine]) -> String {
    let mut out = String::new();
    for line in lines {
        match line {
            PreviewLine::Text { indent, text, .. } => {
                let line = format!("{}{text}", " ".repeat(*indent));
                out.push_str(line.trim_end());
            }
            PreviewLine::Barcode { data, .. } | PreviewLine::Qr { data, .. } => {
                out.push_str(&format!("[{data}]"));
            }
            PreviewLine::Feed { lines } => {
                out.push_str(&"\n".repeat(usize::from(*lines)));
                continue;
            }
            PreviewLine::Cut { .. } | PreviewLine::DrawerKick { .. } => continue,
        }
        out.push('\n');
    }
    out
}

fn lay_out(item: &Item, profile: &Profile, lines: &mut Vec<PreviewLine>) {
    match item {
        Item::Text { text, style, align } => paragraph(text, *style, *align, profile, lines),
        Item::Columns { left, right, style } => columns(left, right, *style, profile, lines),
        Item::Rule => lines.push(normal("-".repeat(profile.width()))),
        Item::Blank => lines.push(normal(String::new())),
        Item::Barcode { data } => match barcode_module(data, profile) {
            Some(module) => lines.push(PreviewLine::Barcode { data: data.clone(), module }),
            None => paragraph(data, Style::NORMAL, Align::Centre, profile, lines),
        },
        Item::Qr { data } => match qr_module(data, profile) {
            Some(module) => lines.push(PreviewLine::Qr { data: data.clone(), module }),
            None => paragraph(data, Style::NORMAL, Align::Left, profile, lines),
        },
        Item::Feed { lines: n } => lines.push(PreviewLine::Feed { lines: *n }),
        Item::PartialCut => lines.push(PreviewLine::Cut { partial: true }),
        Item::FullCut => lines.push(PreviewLine::Cut { partial: false }),
        Item::DrawerKick { drawer } => lines.push(PreviewLine::DrawerKick { drawer: *drawer }),
    }
}

fn normal(text: String) -> PreviewLine {
    PreviewLine::Text { indent: 0, text, style: Style::NORMAL }
}

fn paragraph(
    text: &str,
    style: Style,
    align: Align,
    profile: &Profile,
    lines: &mut Vec<PreviewLine>,
) {
    let width = (profile.width() / style.size.columns()).max(1);
    for text in wrap(&fold(text, &profile.code_pages), width, 0) {
        let used = text.chars().count() * style.size.columns();
        let free = profile.width().saturating_sub(used);
        let indent = match align {
            Align::Left => 0,
            Align::Centre => free / 2,
            Align::Right => free,
        };
        lines.push(PreviewLine::Text { indent, text, style });
    }
}

fn columns(left: &str, right: &str, style: Style, profile: &Profile, lines: &mut Vec<PreviewLine>) {
    let width = (profile.width() / style.size.columns()).max(1);
    let left = fold(left, &profile.code_pages).replace('\n', " ");
    let right = fold(right, &profile.code_pages).replace('\n', " ");
    let taken = right.chars().count();

    // With less room than this beside the amount a name is unreadable: it gets its own lines.
    let beside = width.checked_sub(taken + GAP).filter(|&room| room >= width / 3);
    if let Some(room) = beside.filter(|_| taken > 0) {
        for (i, name) in wrap(&left, room, 2).into_iter().enumerate() {
            let text = match i {
                0 => {
                    let gap = width - taken - name.chars().count();
                    format!("{name}{}{right}", " ".repeat(gap))
                }
                _ => name,
            };
            lines.push(PreviewLine::Text { indent: 0, text, style });
        }
        return;
    }
    if !left.trim().is_empty() || taken == 0 {
        for text in wrap(&left, width, 2) {
            lines.push(PreviewLine::Text { indent: 0, text, style });
        }
    }
    let mut rest: Vec<char> = right.chars().collect();
    while !rest.is_empty() {
        let text: String = rest.drain(..rest.len().min(width)).collect();
        let free = profile.width().saturating_sub(text.chars().count() * style.size.columns());
        lines.push(PreviewLine::Text { indent: free, text, style });
    }
}

/// Fewest columns between a name and its amount.
const GAP: usize = 2;

/// Breaks a text between words, or inside a word longer than a line. Leading spaces are kept and
/// repeated on the following lines, with `hang` more.
fn wrap(text: &str, width: usize, hang: usize) -> Vec<String> {
    text.split('\n').flat_map(|line| wrap_line(line, width, hang)).collect()
}

fn wrap_line(line: &str, width: usize, hang: usize) -> Vec<String> {
    let line = line.trim_end();
    if line.chars().count() <= width {
        return vec![line.to_owned()];
    }
    let lead = line.chars().take_while(|&c| c == ' ').count().min(width / 2);
    let next = (lead + hang).min(width / 2);
    let mut rest: Vec<char> = line.trim_start().chars().collect();
    let mut lines = Vec::new();
    while !rest.is_empty() {
        let indent = if lines.is_empty() { lead } else { next };
        let room = width - indent;
        let (end, skip) = if rest.len() <= room {
            (rest.len(), 0)
        } else {
            // The space itself may stand one past the edge: it is not printed.
            match rest[..=room].iter().rposition(|&c| c == ' ') {
                Some(space) if space > 0 => (space, 1),
                _ => (room, 0),
            }
        };
        let text: String = rest.drain(..end).collect();
        rest.drain(..skip);
        while rest.first() == Some(&' ') {
            rest.remove(0);
        }
        lines.push(format!("{}{}", " ".repeat(indent), text.trim_end()));
    }
    lines
}

/// Dots of the narrowest bar; `None` when form B has no such character or the paper is too narrow.
fn barcode_module(data: &str, profile: &Profile) -> Option<u8> {
    let printable = !data.is_empty() && data.bytes().all(|b| (0x20..0x7f).contains(&b));
    // Start, data, check digit: 11 modules each; stop: 13; ten quiet ones on both sides.
    let modules = 11 * (data.len() + 2) + 13 + 20;
    (printable && data.len() < 120 && modules * 2 <= profile.dots()).then_some(2)
}

/// Dots of one square, quiet zone of four on both sides included.
fn qr_module(data: &str, profile: &Profile) -> Option<u8> {
    let code = QrCode::with_error_correction_level(data, EcLevel::M).ok()?;
    let module = profile.dots() / (code.width() + 8);
    u8::try_from(module.min(6)).ok().filter(|&m| m >= 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(profile: &Profile, build: impl FnOnce(&mut Document) -> &mut Document) -> Vec<String> {
        let mut document = Document::new();
        build(&mut document);
        preview(&document, profile)
            .into_iter()
            .map(|line| match line {
                PreviewLine::Text { indent, text, .. } => format!("{}{text}", " ".repeat(indent)),
                other => format!("{other:?}"),
            })
            .collect()
    }

    fn narrow(columns: u8) -> Profile {
        Profile { columns, ..Profile::default() }
    }

    #[test]
    fn the_name_wraps_and_the_amount_is_never_cut() {
        let check = |left: &str, right: &str, want: &[&str]| {
            assert_eq!(shown(&narrow(24), |d| d.columns(left, right)), want, "{left:?} {right:?}");
        };
        check("Tea", "4.50", &["Tea                 4.50"]);
        check("Tea", "4.50  ", &["Tea               4.50  "]);
        check("Canal Roast coffee 2 kg", "27.98", &["Canal Roast        27.98", "  coffee 2 kg"]);
        check("  Deposit on the crate", "-10.60", &["  Deposit on the  -10.60", "    crate"]);
        check("Œufs « bio »", "5,00 €", &["OEufs « bio »     5,00 €"]);
        check("exactly-17-column", "27.98", &["exactly-17-column  27.98"]);
        check("exactly-18-columns", "27.98", &["exactly-18-column  27.98", "  s"]);
        check("Name", "a-very-long-right-side", &["Name", "  a-very-long-right-side"]);
        check("", "12.00", &["                   12.00"]);
        check("Only", "", &["Only"]);
        check(
            "Thank you and come again",
            "123456789012345678901234567",
            &["Thank you and come again", "123456789012345678901234", "                     567"],
        );
    }

    #[test]
    fn text_is_aligned_by_columns_after_transliteration() {
        assert_eq!(shown(&narrow(10), |d| d.centred("œ€")), ["   oe€"]);
        assert_eq!(
            shown(&narrow(20), |d| d.styled("ABCD", Style::DOUBLE, Align::Centre)),
            ["      ABCD"],
            "four wide characters take eight of twenty columns"
        );
        assert_eq!(
            shown(&narrow(10), |d| d.styled("12.00", Style::BOLD, Align::Right)),
            ["     12.00"]
        );
        assert_eq!(
            shown(&narrow(10), |d| d.text("one two three\nfour")),
            ["one two", "three", "four"]
        );
        assert_eq!(shown(&narrow(10), |d| d.text("")), [""]);
        assert_eq!(shown(&narrow(10), |d| d.rule()), ["----------"]);
    }

    #[test]
    fn a_symbol_that_does_not_fit_is_printed_as_text() {
        let wide = "X".repeat(40);
        assert_eq!(shown(&narrow(48), |d| d.barcode(&*wide)), [format!("    {wide}")]);
        assert_eq!(
            shown(&narrow(48), |d| d.barcode("Crème")),
            [format!("{}Crème", " ".repeat(21))]
        );
        let lines = preview(
            Document::new().barcode("INV-000123").qr("https://example.org/r/1"),
            &narrow(48),
        );
        assert_eq!(
            lines,
            [
                PreviewLine::Barcode { data: "INV-000123".into(), module: 2 },
                PreviewLine::Qr { data: "https://example.org/r/1".into(), module: 6 },
            ]
        );
    }

    #[test]
    fn to_text_drops_cuts_and_trailing_space() {
        let mut document = Document::new();
        document.columns("Tea", "4.50  ").blank().qr("AB").feed(2).drawer_kick().partial_cut();
        assert_eq!(to_text(&preview(&document, &narrow(12))), "Tea   4.50\n\n[AB]\n\n\n");
    }
}
