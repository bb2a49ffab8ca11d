//! The print head: carries out commands on paper.

mod picture;

use super::command::Command;
use super::font::glyph;
use super::paper::Slip;
use crate::printer::code_page::CodePage;

/// Paper feed of a line when nothing else is set: 1/6 inch at 180 dots per inch.
const LINE: usize = 30;
/// Dots between the head and the cutter.
const HEAD_TO_CUTTER: usize = 90;

pub(super) struct Head {
    width: usize,
    paper: Slip,
    finished: Vec<Slip>,
    kicks: u32,
    lines: usize,
    line: Line,
    set: Settings,
    qr: Qr,
}

/// What waits for a line feed.
#[derive(Default)]
struct Line {
    x: usize,
    pieces: Vec<Piece>,
    text: String,
}

/// A rectangle of dots, row by row.
struct Piece {
    x: usize,
    width: usize,
    height: usize,
    dots: Vec<bool>,
}

#[derive(Clone)]
struct Settings {
    page: CodePage,
    small: bool,
    bold: bool,
    underline: u8,
    reverse: bool,
    /// Multiples of width and height, 1 to 8.
    size: (usize, usize),
    align: u8,
    spacing: usize,
    line: usize,
    margin: usize,
    area: Option<usize>,
    bar_height: usize,
    bar_module: usize,
    bar_text: u8,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            page: CodePage::Pc437,
            small: false,
            bold: false,
            underline: 0,
            reverse: false,
            size: (1, 1),
            align: 0,
            spacing: 0,
            line: LINE,
            margin: 0,
            area: None,
            bar_height: 162,
            bar_module: 3,
            bar_text: 0,
        }
    }
}

#[derive(Default)]
struct Qr {
    module: Option<u8>,
    level: u8,
    data: Vec<u8>,
}

impl Head {
    pub(super) fn new(width: usize) -> Head {
        Head {
            width,
            paper: Slip::new(width),
            finished: Vec::new(),
            kicks: 0,
            lines: 0,
            line: Line::default(),
            set: Settings::default(),
            qr: Qr::default(),
        }
    }

    pub(super) fn finished(&self) -> &[Slip] {
        &self.finished
    }

    pub(super) fn rest(&self) -> &Slip {
        &self.paper
    }

    pub(super) fn kicks(&self) -> u32 {
        self.kicks
    }

    pub(super) fn kick(&mut self) {
        self.kicks += 1;
    }

    /// Lines fed since the beginning.
    pub(super) fn lines(&self) -> usize {
        self.lines
    }

    /// Switched off: what waits for a line feed is lost, the paper stays.
    pub(super) fn power_off(&mut self) {
        self.line = Line::default();
        self.set = Settings::default();
        self.qr = Qr::default();
    }

    /// Tears everything off without keeping it.
    pub(super) fn forget(&mut self) {
        self.paper = Slip::new(self.width);
        self.finished.clear();
    }

    pub(super) fn carry_out(&mut self, command: Command) {
        match command {
            Command::Character(byte) => self.character(byte),
            Command::LineFeed => self.feed_line(),
            Command::Tab => {
                let stop = self.cell().0 * 8;
                self.line.x = (self.line.x / stop.max(1) + 1) * stop.max(1);
                self.line.text.push('\t');
            }
            Command::Init => {
                self.line = Line::default();
                self.set = Settings::default();
            }
            Command::PrintMode(n) => {
                self.set.small = n & 1 != 0;
                self.set.bold = n & 8 != 0;
                self.set.size = (1 + usize::from(n & 0x20 != 0), 1 + usize::from(n & 0x10 != 0));
                self.set.underline = u8::from(n & 0x80 != 0);
            }
            Command::Bold(on) => self.set.bold = on,
            Command::Underline(n) => self.set.underline = n & 3,
            Command::Reverse(on) => self.set.reverse = on,
            Command::Size(n) => {
                self.set.size = (usize::from(n >> 4 & 7) + 1, usize::from(n & 7) + 1)
            }
            Command::Font(n) => self.set.small = n & 1 != 0,
            // The device takes alignment at the beginning of a line only.
            Command::Align(n) if self.line.pieces.is_empty() => self.set.align = n & 3,
            Command::CharacterSpacing(n) => self.set.spacing = usize::from(n),
            Command::LineSpacing(n) => self.set.line = n.map_or(LINE, usize::from),
            Command::FeedLines(n) => {
                self.feed_pending();
                for _ in 0..n {
                    self.feed_line();
                }
            }
            Command::FeedDots(n) => {
                self.feed_pending();
                self.paper.add_rows(usize::from(n));
            }
            Command::CodePage(n) => {
                self.set.page = CodePage::from_number(n).unwrap_or(CodePage::Pc437)
            }
            Command::LeftMargin(n) => self.set.margin = usize::from(n),
            Command::AreaWidth(n) => self.set.area = Some(usize::from(n)),
            Command::MoveTo(n) => self.line.x = usize::from(n),
            Command::MoveBy(n) => self.line.x = self.line.x.saturating_add_signed(isize::from(n)),
            Command::Cut { feed, .. } => self.cut(feed),
            Command::Kick => self.kick(),
            Command::BarcodeHeight(n) => self.set.bar_height = usize::from(n.max(1)),
            Command::BarcodeModule(n) => self.set.bar_module = usize::from(n.clamp(1, 6)),
            Command::BarcodeText(n) => self.set.bar_text = n & 3,
            Command::Barcode { kind, data } => self.barcode(kind, &data),
            Command::Symbol { function, data } => self.symbol(function, data),
            Command::Raster { wide, tall, bytes_per_row, data } => {
                self.raster(wide, tall, bytes_per_row, &data)
            }
            Command::Columns { mode, data } => self.columns(mode, &data),
            Command::CarriageReturn
            | Command::Align(_)
            | Command::AutomaticStatus(_)
            | Command::Confirm(_)
            | Command::Identify(_)
            | Command::RealTimeStatus(_)
            | Command::RealTimeRecover(_)
            | Command::RealTimeKick
            | Command::Ignored => {}
        }
    }

    /// Printable width: the area that was set, within the paper.
    fn area(&self) -> usize {
        let room = self.width.saturating_sub(self.set.margin);
        self.set.area.unwrap_or(room).min(room)
    }

    /// Width and height of a character.
    fn cell(&self) -> (usize, usize) {
        let (width, height) = if self.set.small { (9, 17) } else { (12, 24) };
        (width * self.set.size.0, height * self.set.size.1)
    }

    fn character(&mut self, byte: u8) {
        let c = self.set.page.decode(byte).unwrap_or(' ');
        let (width, height) = self.cell();
        if self.line.x + width > self.area() && !self.line.pieces.is_empty() {
            self.feed_line();
        }
        let mut dots = glyph(c, self.set.small, self.set.bold, self.set.size);
        if self.set.underline > 0 {
            let thick = usize::from(self.set.underline) * self.set.size.1;
            let from = dots.len().saturating_sub(thick * width);
            dots[from..].fill(true);
        }
        if self.set.reverse {
            dots.iter_mut().for_each(|dot| *dot = !*dot);
        }
        let x = self.line.x;
        self.line.pieces.push(Piece { x, width, height, dots });
        self.line.x += width + self.set.spacing;
        self.line.text.push(if c == '\u{a0}' { ' ' } else { c });
    }

    /// Prints a line that is not empty: some commands work at the beginning of a line only.
    fn feed_pending(&mut self) {
        if !self.line.pieces.is_empty() {
            self.feed_line();
        }
    }

    fn feed_line(&mut self) {
        self.print_line(self.set.line);
    }

    /// Puts the line on paper and feeds, by its own height if that is more.
    fn print_line(&mut self, feed: usize) {
        let line = std::mem::take(&mut self.line);
        self.lines += 1;
        let left = self.set.margin + self.free(&line);
        let columns = left / 12;
        match line.pieces.is_empty() {
            true => self.paper.add_text(""),
            false => self.paper.add_text(&format!("{}{}", " ".repeat(columns), line.text)),
        }
        let height = line.pieces.iter().map(|piece| piece.height).max().unwrap_or(0);
        let rows = self.paper.add_rows(feed.max(height));
        for piece in &line.pieces {
            // Characters of different heights stand on the same base line.
            let top = rows.start + height - piece.height;
            for (i, _) in piece.dots.iter().enumerate().filter(|(_, dot)| **dot) {
                let (x, y) = (i % piece.width, i / piece.width);
                self.paper.set(left + piece.x + x, top + y);
            }
        }
    }

    /// White dots to the left of a line that is centred or at the right.
    fn free(&self, line: &Line) -> usize {
        let used = line.pieces.iter().map(|piece| piece.x + piece.width).max().unwrap_or(0);
        let free = self.area().saturating_sub(used);
        match self.set.align {
            1 => free / 2,
            2 => free,
            _ => 0,
        }
    }

    fn cut(&mut self, feed: Option<u8>) {
        self.feed_pending();
        if let Some(dots) = feed {
            self.paper.add_rows(HEAD_TO_CUTTER + usize::from(dots));
        }
        self.finished.push(std::mem::replace(&mut self.paper, Slip::new(self.width)));
    }
}
