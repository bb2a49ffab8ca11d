//! Symbols and pictures.

use qrcode::{Color, EcLevel, QrCode};

use super::{Head, Piece};
use crate::printer::simulator::barcode::bars;
use crate::printer::simulator::font::glyph;

impl Head {
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

    pub(super) fn barcode(&mut self, kind: u8, data: &[u8]) {
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
    pub(super) fn symbol(&mut self, function: u8, data: Vec<u8>) {
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

    pub(super) fn raster(&mut self, wide: bool, tall: bool, bytes_per_row: usize, data: &[u8]) {
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
    pub(super) fn columns(&mut self, mode: u8, data: &[u8]) {
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
