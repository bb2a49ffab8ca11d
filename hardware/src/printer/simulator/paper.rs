//! Paper that came out of the simulator: dots, and the text among them.

use std::io;

/// Dots left white on each side of the printable width, and above the first line.
const MARGIN: usize = 32;

/// Everything that came out, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// What was cut off.
    pub slips: Vec<Slip>,
    /// What still hangs in the printer.
    pub rest: Slip,
    /// Times that a drawer was kicked.
    pub kicks: u32,
}

impl Paper {
    /// The finished slips.
    pub fn slips(&self) -> &[Slip] {
        &self.slips
    }

    /// The text of all slips and of the rest, one after the other.
    pub fn text(&self) -> String {
        self.slips.iter().chain([&self.rest]).map(Slip::text).collect()
    }

    /// All slips below one another, with a dashed line where each was cut.
    ///
    /// # Errors
    /// What the PNG encoder reports.
    pub fn to_png(&self) -> io::Result<Vec<u8>> {
        let mut all = Slip::new(self.rest.width);
        for slip in &self.slips {
            all.append(slip);
            for row in all.add_rows(3) {
                for x in (0..all.width).filter(|x| x / 12 % 2 == 0) {
                    all.set(x, row);
                }
            }
        }
        if !self.rest.is_blank() {
            all.append(&self.rest);
        }
        all.to_png()
    }
}

/// One piece of paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slip {
    width: usize,
    bytes_per_row: usize,
    /// One bit for each dot, most significant first, 1 is black.
    bits: Vec<u8>,
    text: String,
}

impl Slip {
    pub(super) fn new(width: usize) -> Slip {
        Slip { width, bytes_per_row: width.div_ceil(8), bits: Vec::new(), text: String::new() }
    }

    /// Printable width in dots.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Height in dots.
    pub fn height(&self) -> usize {
        self.bits.len().checked_div(self.bytes_per_row).unwrap_or(0)
    }

    /// Whether a dot is black. Outside of the paper nothing is.
    pub fn is_black(&self, x: usize, y: usize) -> bool {
        x < self.width
            && self
                .bits
                .get(y * self.bytes_per_row + x / 8)
                .is_some_and(|byte| byte & (0x80 >> (x % 8)) != 0)
    }

    /// The lines of text; symbols as their content in brackets, as
    /// [`to_text`](crate::printer::layout::to_text) writes them.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Nothing was printed on it.
    pub fn is_blank(&self) -> bool {
        self.text.trim().is_empty() && self.bits.iter().all(|&byte| byte == 0)
    }

    /// The slip as a black and white PNG with a white margin.
    ///
    /// # Errors
    /// What the PNG encoder reports.
    pub fn to_png(&self) -> io::Result<Vec<u8>> {
        let size = |dots: usize| u32::try_from(dots + 2 * MARGIN).map_err(io::Error::other);
        let (width, height) = (size(self.width)?, size(self.height())?);
        let bytes_per_row = (self.width + 2 * MARGIN).div_ceil(8);
        let white = vec![0xff; bytes_per_row * MARGIN];
        let mut data = white.clone();
        for row in self.bits.chunks(self.bytes_per_row.max(1)) {
            data.extend([0xff; MARGIN / 8]);
            data.extend(row.iter().map(|byte| !byte));
            data.resize(data.len().next_multiple_of(bytes_per_row), 0xff);
        }
        data.extend(white);

        let mut png = Vec::new();
        let mut encoder = png::Encoder::new(&mut png, width, height);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::One);
        let mut writer = encoder.write_header().map_err(io::Error::other)?;
        writer.write_image_data(&data).map_err(io::Error::other)?;
        writer.finish().map_err(io::Error::other)?;
        Ok(png)
    }

    pub(super) fn add_rows(&mut self, rows: usize) -> std::ops::Range<usize> {
        let top = self.height();
        self.bits.resize(self.bits.len() + rows * self.bytes_per_row, 0);
        top..top + rows
    }

    pub(super) fn set(&mut self, x: usize, y: usize) {
        if x < self.width
            && let Some(byte) = self.bits.get_mut(y * self.bytes_per_row + x / 8)
        {
            *byte |= 0x80 >> (x % 8);
        }
    }

    pub(super) fn add_text(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    fn append(&mut self, other: &Slip) {
        self.bits.extend_from_slice(&other.bits);
        self.text.push_str(&other.text);
    }
}
