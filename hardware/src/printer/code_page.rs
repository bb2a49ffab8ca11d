//! Code pages: which characters a printer has, at which byte, and what stands in for the others.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A character table of the printer, selected by `ESC t n`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodePage {
    /// United States; every printer has it.
    Pc437,
    /// Multilingual.
    Pc850,
    /// PC850 with € in place of ı.
    Pc858,
    /// Canadian French.
    Pc863,
    /// Windows Western.
    Wpc1252,
}

impl CodePage {
    /// Every page, in the order of its number.
    pub const ALL: [CodePage; 5] =
        [CodePage::Pc437, CodePage::Pc850, CodePage::Pc863, CodePage::Wpc1252, CodePage::Pc858];

    /// `n` of `ESC t n` on an Epson printer.
    pub fn number(self) -> u8 {
        match self {
            CodePage::Pc437 => 0,
            CodePage::Pc850 => 2,
            CodePage::Pc863 => 4,
            CodePage::Wpc1252 => 16,
            CodePage::Pc858 => 19,
        }
    }

    /// The page of an `ESC t n`.
    pub fn from_number(n: u8) -> Option<CodePage> {
        CodePage::ALL.into_iter().find(|page| page.number() == n)
    }

    /// The byte of a character, when the page has it.
    pub fn encode(self, c: char) -> Option<u8> {
        if (' '..='~').contains(&c) {
            return Some(c as u8);
        }
        let place = self.upper_half().chars().position(|have| have == c && c != '\0')?;
        u8::try_from(place + 0x80).ok()
    }

    /// The character of a byte; `None` for control bytes and for holes in the page.
    pub fn decode(self, byte: u8) -> Option<char> {
        match byte {
            0x20..=0x7e => Some(char::from(byte)),
            0x80.. => {
                self.upper_half().chars().nth(usize::from(byte) - 0x80).filter(|&c| c != '\0')
            }
            _ => None,
        }
    }

    fn upper_half(self) -> &'static str {
        match self {
            CodePage::Pc437 => PC437,
            CodePage::Pc850 => PC850,
            CodePage::Pc858 => PC858,
            CodePage::Pc863 => PC863,
            CodePage::Wpc1252 => WPC1252,
        }
    }
}

/// Rewrites a text with characters that the pages have: what it returns can be encoded, counted
/// in columns and printed. `’` becomes `'`, `œ` becomes `oe`, `á` becomes `a` where the page has
/// no á, `€` becomes `EUR`; what nothing can stand in for becomes `?`. Line ends are kept.
pub fn fold(text: &str, pages: &[CodePage]) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.nfc() {
        fold_char(c, pages, &mut folded);
    }
    folded
}

fn fold_char(c: char, pages: &[CodePage], folded: &mut String) {
    let has =
        |c: char| (' '..='~').contains(&c) || pages.iter().any(|page| page.encode(c).is_some());
    match c {
        '\n' => folded.push('\n'),
        // A printed no-break space is a space; the pages disagree about where they keep it.
        '\t' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' => folded.push(' '),
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => {}
        _ if c.is_control() || is_combining_mark(c) => {}
        _ if has(c) => folded.push(c),
        _ => match stand_in(c) {
            Some(text) => text.chars().for_each(|c| folded.push(c)),
            None => {
                let base = c.nfd().next().unwrap_or(c);
                folded.push(if base != c && has(base) { base } else { '?' });
            }
        },
    }
}

/// ASCII for a character that a page may lack.
fn stand_in(c: char) -> Option<&'static str> {
    Some(match c {
        '’' | '‘' | '‚' | '‛' | '′' | '´' | 'ʼ' => "'",
        '“' | '”' | '„' | '″' | '«' | '»' => "\"",
        '‹' => "<",
        '›' => ">",
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => "-",
        '…' => "...",
        '•' | '·' | '∙' => ".",
        '×' => "x",
        '÷' => "/",
        'œ' => "oe",
        'Œ' => "OE",
        'æ' => "ae",
        'Æ' => "AE",
        'ß' => "ss",
        'ø' => "o",
        'Ø' => "O",
        'ł' => "l",
        'Ł' => "L",
        'đ' | 'ð' => "d",
        'Đ' | 'Ð' => "D",
        'þ' => "th",
        'Þ' => "Th",
        'ı' => "i",
        '€' => "EUR",
        '£' => "GBP",
        '¥' => "JPY",
        '¢' => "c",
        '©' => "(c)",
        '®' => "(R)",
        '™' => "(TM)",
        '°' | 'º' => "o",
        'ª' => "a",
        '¹' => "1",
        '²' => "2",
        '³' => "3",
        '¼' => "1/4",
        '½' => "1/2",
        '¾' => "3/4",
        'µ' | 'μ' => "u",
        '№' => "No",
        '¡' => "!",
        '¿' => "?",
        '→' => "->",
        '←' => "<-",
        '≤' => "<=",
        '≥' => ">=",
        '≠' => "!=",
        '✓' | '✔' => "v",
        _ => return None,
    })
}

const PC437: &str = "\
    ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒ\
    áíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐\
    └┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀\
    αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";
const PC850: &str = "\
    ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒ\
    áíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐\
    └┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀\
    ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}";
const PC858: &str = "\
    ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒ\
    áíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐\
    └┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈ€ÍÎÏ┘┌█▄¦Ì▀\
    ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}";
const PC863: &str = "\
    ÇüéâÂà¶çêëèïî‗À§ÉÈÊôËÏûù¤ÔÜ¢£ÙÛƒ\
    ¦´óú¨¸³¯Î⌐¬½¼¾«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐\
    └┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀\
    αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";
const WPC1252: &str = "\
    €\0‚ƒ„…†‡ˆ‰Š‹Œ\0Ž\0\0‘’“”•–—˜™š›œ\0žŸ\
    \u{a0}¡¢£¤¥¦§¨©ª«¬\u{ad}®¯°±²³´µ¶·¸¹º»¼½¾¿\
    ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞß\
    àáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ";

#[cfg(test)]
mod tests {
    use super::*;

    const PC863_AND_858: &[CodePage] = &[CodePage::Pc863, CodePage::Pc858];

    #[test]
    fn every_page_is_128_characters_and_encodes_what_it_decodes() {
        for page in CodePage::ALL {
            assert_eq!(page.upper_half().chars().count(), 128, "{page:?}");
            assert_eq!(CodePage::from_number(page.number()), Some(page));
            for byte in 0x20..=0xff {
                if let Some(c) = page.decode(byte) {
                    assert_eq!(page.encode(c), Some(byte), "{page:?} {byte:#04x} {c:?}");
                }
            }
        }
    }

    #[test]
    fn bytes_of_single_characters() {
        // From the tables of the Unicode consortium, VENDORS/MICSFT/PC and WINDOWS.
        for (page, c, byte) in [
            (CodePage::Pc863, 'é', Some(0x82)),
            (CodePage::Pc863, 'À', Some(0x8e)),
            (CodePage::Pc863, 'Ê', Some(0x92)),
            (CodePage::Pc863, 'Û', Some(0x9e)),
            (CodePage::Pc863, '«', Some(0xae)),
            (CodePage::Pc863, '€', None),
            (CodePage::Pc858, '€', Some(0xd5)),
            (CodePage::Pc850, 'ı', Some(0xd5)),
            (CodePage::Pc437, 'é', Some(0x82)),
            (CodePage::Wpc1252, '€', Some(0x80)),
            (CodePage::Wpc1252, 'œ', Some(0x9c)),
            (CodePage::Wpc1252, '\0', None),
        ] {
            assert_eq!(page.encode(c), byte, "{page:?} {c}");
        }
    }

    #[test]
    fn what_a_page_lacks_is_replaced() {
        for (text, pages, folded) in [
            ("Pâté à l’érable, 5,00 €", PC863_AND_858, "Pâté à l'érable, 5,00 €"),
            ("5,00 €", &[CodePage::Pc863][..], "5,00 EUR"),
            ("œuf « bio »\u{a0}: 1\u{202f}234,50", PC863_AND_858, "oeuf « bio » : 1 234,50"),
            ("œuf", &[CodePage::Wpc1252], "œuf"),
            ("cafe\u{301} 2 × 3", &[CodePage::Pc863], "café 2 x 3"),
            ("niño – Łódź…", &[CodePage::Pc863], "nino - Lódz..."),
            ("日本\u{7}", &[CodePage::Pc863], "??"),
            ("a\tb\u{200b}c", &[CodePage::Pc437], "a bc"),
        ] {
            assert_eq!(fold(text, pages), folded);
        }
    }
}
