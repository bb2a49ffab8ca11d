//! Font A and Font B of the simulated printer, from the Spleen bitmap font.

use std::collections::HashMap;
use std::sync::OnceLock;

use spleen_font::FONT_12X24;

/// Dots of one Font A character.
pub(super) const FONT_A: (usize, usize) = (12, 24);
/// Dots of one Font B character.
pub(super) const FONT_B: (usize, usize) = (9, 17);

/// The dots of a character, row by row, enlarged.
pub(super) fn glyph(c: char, small: bool, bold: bool, (across, down): (usize, usize)) -> Vec<bool> {
    let (width, height) = if small { FONT_B } else { FONT_A };
    let mut dots = vec![false; width * height];
    for (x, y) in font_dots(c) {
        let (x, y) =
            if small { (x * FONT_B.0 / FONT_A.0, y * FONT_B.1 / FONT_A.1) } else { (x, y) };
        dots[y * width + x] = true;
        // Emphasis is a second dot to the right of each.
        if bold && x + 1 < width {
            dots[y * width + x + 1] = true;
        }
    }
    scale(&dots, width, across, down)
}

/// Black dots of a Font A character.
fn font_dots(c: char) -> Vec<(usize, usize)> {
    let table = INDEX.get_or_init(index);
    let Some(rows) = table.get(&c).or_else(|| table.get(&lookalike(c))) else { return missing() };
    let dots = rows.chunks(BYTES_PER_ROW).enumerate().flat_map(|(y, row)| {
        (0..FONT_A.0).filter(|x| row[x / 8] & (0x80 >> (x % 8)) != 0).map(move |x| (x, y))
    });
    dots.collect()
}

/// What stands in for a character of a code page that the font does not have.
fn lookalike(c: char) -> char {
    match c {
        '\u{a0}' => ' ',
        '\u{ad}' | '–' | '—' | '¯' => '-',
        '‗' => '_',
        '•' | '∙' => '·',
        '‚' => ',',
        '„' => '"',
        'ˆ' => '^',
        'Ð' => 'Đ',
        _ => c,
    }
}

/// A box, for a character that the page has and the font has not.
fn missing() -> Vec<(usize, usize)> {
    (4..=19)
        .flat_map(|y| (1..=9).map(move |x| (x, y)))
        .filter(|&(x, y)| x == 1 || x == 9 || y == 4 || y == 19)
        .collect()
}

const BYTES_PER_ROW: usize = 2;
const BYTES_PER_GLYPH: usize = BYTES_PER_ROW * FONT_A.1;
const HEADER: usize = 32;

static INDEX: OnceLock<HashMap<char, &'static [u8]>> = OnceLock::new();

/// Reads the PSF2 file: a header, the glyphs, and for each glyph the characters it stands for, up
/// to a byte FF. (The crate's own lookup misses glyphs that stand for more than one, such as ë.)
fn index() -> HashMap<char, &'static [u8]> {
    let mut index = HashMap::new();
    let count =
        FONT_12X24.get(16..20).and_then(|n| n.try_into().ok()).map_or(0, u32::from_le_bytes);
    let Some(after) = usize::try_from(count).ok().map(|count| HEADER + count * BYTES_PER_GLYPH)
    else {
        return index;
    };
    let (Some(glyphs), Some(names)) = (FONT_12X24.get(HEADER..after), FONT_12X24.get(after..))
    else {
        return index;
    };
    for (glyph, names) in
        glyphs.chunks_exact(BYTES_PER_GLYPH).zip(names.split(|&byte| byte == 0xff))
    {
        for name in names.split(|&byte| byte == 0xfe) {
            for c in String::from_utf8_lossy(name).chars() {
                index.entry(c).or_insert(glyph);
            }
        }
    }
    index
}

/// Enlarges a character. At double size diagonal strokes are smoothed (the EPX rule: a quarter
/// takes the colour of the two neighbours that agree), as printers with smoothing do.
fn scale(dots: &[bool], width: usize, across: usize, down: usize) -> Vec<bool> {
    let height = dots.len() / width;
    let at = |x: Option<usize>, y: Option<usize>| match (x, y) {
        (Some(x), Some(y)) if x < width && y < height => dots[y * width + x],
        _ => false,
    };
    (0..height * down)
        .flat_map(|y| (0..width * across).map(move |x| (x, y)))
        .map(|(x, y)| {
            let (left, top) = (x / across, y / down);
            let own = at(Some(left), Some(top));
            if (across, down) != (2, 2) {
                return own;
            }
            let beside =
                |far: bool| at(if far { Some(left + 1) } else { left.checked_sub(1) }, Some(top));
            let over =
                |far: bool| at(Some(left), if far { Some(top + 1) } else { top.checked_sub(1) });
            let (right, below) = (x % 2 == 1, y % 2 == 1);
            let (near_x, near_y) = (beside(right), over(below));
            if near_x == near_y && near_x != beside(!right) && near_y != over(!below) {
                near_x
            } else {
                own
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_font_has_every_letter_of_french_and_the_euro() {
        let box_dots = missing();
        for c in "AZaz09ÀÂÄÆÇÈÉÊËÎÏÔŒÙÛÜŸàâäæçèéêëîïôœùûüÿ«»€°·×½²".chars()
        {
            assert_ne!(font_dots(c), box_dots, "{c}");
            assert!(!font_dots(c).is_empty(), "{c}");
        }
        assert_eq!(font_dots('漢'), box_dots);
    }
}
