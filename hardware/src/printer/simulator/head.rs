//! The print head: carries out commands on paper.

use qrcode::{Color, EcLevel, QrCode};

use super::barcode::bars;
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

    /// Puts a picture on a line of its own.
    fn picture(&mut self, width: usize, dots: Vec<bool>, text: &str) {
        let Some(height) = dots.len().checked_div(width) else { return };
        self.feed_pending();
        self.line.text = text.to_owned();
        self.line.pieces.push(Piece { x: 0, width, height, dots });
        // The text of a symbol is not moved to the middle: it is not text.
        let line = std::mem::take(&mut self.line);
        let left = self.set.margin + self.free(&line);
        self.lines += 1;
        if !text.is_empty() {
            self.paper.add_text(text);
        }
        let rows = self.paper.add_rows(height);
        for piece in &line.pieces {
            for (i, _) in piece.dots.iter().enumerate().filter(|(_, dot)| **dot) {
                self.paper.set(left + i % width, rows.start + i / width);
            }
        }
    }

    fn cut(&mut self, feed: Option<u8>) {
        self.feed_pending();
        if let Some(dots) = feed {
            self.paper.add_rows(HEAD_TO_CUTTER + usize::from(dots));
        }
        self.finished.push(std::mem::replace(&mut self.paper, Slip::new(self.width)));
    }

    fn barcode(&mut self, kind: u8, data: &[u8]) {
        let Some(bars) = bars(kind, data) else { return };
        let bar_width = bars.modules.len() * self.set.bar_module;
        if bar_width > self.area() {
            return; // As the device: what does not fit is not printed at all.
        }
        let (cell_width, cell_height) = if self.set.bar_text == 0 { (0, 0) } else { (12, 24) };
        let text_width = bars.text.chars().count() * cell_width;
        let width = bar_width.max(text_width);
        let above = if self.set.bar_text & 1 != 0 { cell_height } else { 0 };
        let below = if self.set.bar_text & 2 != 0 { cell_height + 4 } else { 0 };
        let mut dots = vec![false; width * (above + self.set.bar_height + below)];
        let left = (width - bar_width) / 2;
        for y in above..above + self.set.bar_height {
            for x in (0..bar_width).filter(|x| bars.modules[x / self.set.bar_module]) {
                dots[y * width + left + x] = true;
            }
        }
        let mut write = |top: usize| {
            for (i, c) in bars.text.chars().enumerate() {
                let x = (width - text_width) / 2 + i * cell_width;
                for (place, _) in
                    glyph(c, false, false, (1, 1)).iter().enumerate().filter(|(_, dot)| **dot)
                {
                    dots[(top + place / cell_width) * width + x + place % cell_width] = true;
                }
            }
        };
        if above > 0 {
            write(0);
        }
        if below > 0 {
            write(above + self.set.bar_height + 4);
        }
        self.picture(width, dots, &format!("[{}]", bars.text));
    }

    /// `GS ( k` for QR codes.
    fn symbol(&mut self, function: u8, data: Vec<u8>) {
        match (function, data.as_slice()) {
            (0x43, &[module, ..]) => self.qr.module = Some(module.clamp(1, 16)),
            (0x45, &[level, ..]) => self.qr.level = level,
            (0x50, [_, data @ ..]) => self.qr.data = data.to_vec(),
            (0x51, _) => self.print_qr(),
            _ => {}
        }
    }

    fn print_qr(&mut self) {
        let level = match self.qr.level {
            0x31 => EcLevel::M,
            0x32 => EcLevel::Q,
            0x33 => EcLevel::H,
            _ => EcLevel::L,
        };
        if self.qr.data.is_empty() {
            return;
        }
        let Ok(code) = QrCode::with_error_correction_level(&self.qr.data, level) else { return };
        let (module, modules) = (usize::from(self.qr.module.unwrap_or(3)), code.width());
        let width = module * modules;
        if width > self.area() {
            return;
        }
        let colours = code.to_colors();
        let dark = |x: usize, y: usize| colours[y / module * modules + x / module] == Color::Dark;
        // White rows above and below: text close to a symbol makes it hard to read.
        let quiet = vec![false; width * module * 2];
        let symbol = (0..width * width).map(|i| dark(i % width, i / width));
        let dots = quiet.iter().copied().chain(symbol).chain(quiet.iter().copied()).collect();
        let text = format!("[{}]", String::from_utf8_lossy(&self.qr.data));
        self.picture(width, dots, &text);
    }

    fn raster(&mut self, wide: bool, tall: bool, bytes_per_row: usize, data: &[u8]) {
        let (across, down) = (1 + usize::from(wide), 1 + usize::from(tall));
        let all = bytes_per_row * 8 * across;
        let width = all.min(self.area());
        let Some(rows) = data.len().checked_div(bytes_per_row) else { return };
        let dot = |x: usize, y: usize| data[y * bytes_per_row + x / 8] & (0x80 >> (x % 8)) != 0;
        let dots = (0..rows * down).flat_map(|y| (0..width).map(move |x| (x / across, y / down)));
        let dots = dots.map(|(x, y)| dot(x, y)).collect();
        self.picture(width, dots, "");
    }

    /// `ESC *`: columns of 8 or 24 dots, within the line.
    fn columns(&mut self, mode: u8, data: &[u8]) {
        let bytes_each = if matches!(mode, 32 | 33) { 3 } else { 1 };
        let (across, down) =
            (if matches!(mode, 0 | 32) { 2 } else { 1 }, if bytes_each == 1 { 3 } else { 1 });
        let width = (data.len() / bytes_each * across).min(self.area().saturating_sub(self.line.x));
        if width == 0 {
            return;
        }
        let dot = |x: usize, y: usize| {
            data[x / across * bytes_each + y / down / 8] & (0x80 >> (y / down % 8)) != 0
        };
        let dots =
            (0..24).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| dot(x, y)).collect();
        let x = self.line.x;
        self.line.pieces.push(Piece { x, width, height: 24, dots });
        self.line.x += width;
    }
}
