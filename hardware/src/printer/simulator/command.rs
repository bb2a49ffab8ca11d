//! ESC/POS bytes into commands, split anywhere.

/// One command, or one character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Command {
    Character(u8),
    LineFeed,
    CarriageReturn,
    Tab,
    Init,
    PrintMode(u8),
    Bold(bool),
    Underline(u8),
    Reverse(bool),
    Size(u8),
    Font(u8),
    Align(u8),
    CharacterSpacing(u8),
    LineSpacing(Option<u8>),
    FeedLines(u8),
    FeedDots(u8),
    CodePage(u8),
    LeftMargin(u16),
    AreaWidth(u16),
    MoveTo(u16),
    MoveBy(i16),
    Cut {
        partial: bool,
        feed: Option<u8>,
    },
    Kick,
    BarcodeHeight(u8),
    BarcodeModule(u8),
    BarcodeText(u8),
    Barcode {
        kind: u8,
        data: Vec<u8>,
    },
    Symbol {
        function: u8,
        data: Vec<u8>,
    },
    Raster {
        wide: bool,
        tall: bool,
        bytes_per_row: usize,
        data: Vec<u8>,
    },
    Columns {
        mode: u8,
        data: Vec<u8>,
    },
    AutomaticStatus(u8),
    Confirm(u8),
    Identify(u8),
    /// Acted on when received, not when its turn comes.
    RealTimeStatus(u8),
    /// Acted on when received.
    RealTimeRecover(u8),
    /// Acted on when received.
    RealTimeKick,
    Ignored,
}

impl Command {
    pub(super) fn is_real_time(&self) -> bool {
        matches!(
            self,
            Command::RealTimeStatus(_) | Command::RealTimeRecover(_) | Command::RealTimeKick
        )
    }
}

/// Collects bytes until they are a command.
#[derive(Debug, Default)]
pub(super) struct Parser {
    pending: Vec<u8>,
}

/// A picture larger than this is taken for noise: no receipt has one, and noise must not make the
/// simulator wait for gigabytes.
const LONGEST: usize = 1 << 20;

impl Parser {
    /// Takes one byte; returns the command that it completes and how many bytes that has.
    pub(super) fn push(&mut self, byte: u8) -> Option<(Command, usize)> {
        self.pending.push(byte);
        let command = complete(&self.pending)?;
        let length = self.pending.len();
        self.pending.clear();
        Some((command, length))
    }

    /// Forgets a command of which the rest will not come.
    pub(super) fn reset(&mut self) {
        self.pending.clear();
    }
}

/// The command in these bytes; `None` while more are needed.
fn complete(bytes: &[u8]) -> Option<Command> {
    match *bytes {
        [0x0a] => Some(Command::LineFeed),
        [0x0d] => Some(Command::CarriageReturn),
        [0x09] => Some(Command::Tab),
        [0x10, ref rest @ ..] => real_time(rest),
        [0x1b, ref rest @ ..] => escape(rest),
        [0x1d, ref rest @ ..] => group(rest),
        [0x1c, ref rest @ ..] => kanji(rest),
        [0x00..=0x1f | 0x7f] => Some(Command::Ignored),
        [byte] => Some(Command::Character(byte)),
        _ => Some(Command::Ignored),
    }
}

fn real_time(rest: &[u8]) -> Option<Command> {
    Some(match *rest {
        [] => return None,
        [0x04 | 0x05] => return None,
        [0x04, n] => Command::RealTimeStatus(n),
        [0x05, n] => Command::RealTimeRecover(n),
        [0x14] | [0x14, 1 | 2 | 8] => return None,
        [0x14, 1, ..] => return sized(rest, 4, |_| Command::RealTimeKick),
        [0x14, 2, ..] => return sized(rest, 4, |_| Command::Ignored),
        [0x14, 8, ..] => return sized(rest, 9, |_| Command::Ignored),
        _ => Command::Ignored,
    })
}

/// `rest` once it has the length.
fn sized(rest: &[u8], length: usize, command: impl FnOnce(&[u8]) -> Command) -> Option<Command> {
    (rest.len() >= length).then(|| command(rest))
}

fn escape(rest: &[u8]) -> Option<Command> {
    let &[op, ref arguments @ ..] = rest else { return None };
    let word = |low: u8, high: u8| u16::from_le_bytes([low, high]);
    Some(match (op, arguments) {
        (b'@', _) => Command::Init,
        (b'2', _) => Command::LineSpacing(None),
        (b'i', _) => Command::Cut { partial: false, feed: None },
        (b'm', _) => Command::Cut { partial: true, feed: None },
        (b'<' | b'L' | b'S' | b'v' | 0x0c, _) => Command::Ignored,
        // Tab stops end with a zero; there are at most 32.
        (b'D', _) if arguments.ends_with(&[0]) || arguments.len() > 32 => Command::Ignored,
        (b'D', _) => return None,
        (b'$' | b'\\', [] | [_]) => return None,
        (b'$', &[low, high, ..]) => Command::MoveTo(word(low, high)),
        (b'\\', &[low, high, ..]) => Command::MoveBy(word(low, high).cast_signed()),
        (b'p', _) => return sized(arguments, 3, |_| Command::Kick),
        (b'c', _) => return sized(arguments, 2, |_| Command::Ignored),
        (b'W', _) => return sized(arguments, 8, |_| Command::Ignored),
        (b'(', _) => return counted(arguments, |_| Command::Ignored),
        (b'*', [] | [_] | [_, _]) => return None,
        (b'*', &[mode, low, high, ref data @ ..]) => {
            let bytes_each = if matches!(mode, 32 | 33) { 3 } else { 1 };
            let length = usize::from(word(low, high)) * bytes_each;
            return (data.len() >= length).then(|| Command::Columns { mode, data: data.to_vec() });
        }
        (_, []) => return None,
        (b'!', &[n, ..]) => Command::PrintMode(n),
        (b'E' | b'G', &[n, ..]) => Command::Bold(n & 1 != 0),
        (b'-', &[n, ..]) => Command::Underline(n),
        (b'a', &[n, ..]) => Command::Align(n),
        (b'd', &[n, ..]) => Command::FeedLines(n),
        (b'J', &[n, ..]) => Command::FeedDots(n),
        (b'3', &[n, ..]) => Command::LineSpacing(Some(n)),
        (b'M', &[n, ..]) => Command::Font(n),
        (b't', &[n, ..]) => Command::CodePage(n),
        (b' ', &[n, ..]) => Command::CharacterSpacing(n),
        _ => Command::Ignored,
    })
}

fn group(rest: &[u8]) -> Option<Command> {
    let &[op, ref arguments @ ..] = rest else { return None };
    let word = |low: u8, high: u8| u16::from_le_bytes([low, high]);
    Some(match (op, arguments) {
        (b':', _) => Command::Ignored,
        (b'(', _) => return symbol(arguments),
        (b'k', _) => return barcode(arguments),
        (b'v', _) => return raster(arguments),
        (b'L' | b'W' | b'$' | b'\\' | b'P', [] | [_]) => return None,
        (b'L', &[low, high, ..]) => Command::LeftMargin(word(low, high)),
        (b'W', &[low, high, ..]) => Command::AreaWidth(word(low, high)),
        (b'$' | b'\\' | b'P', _) => Command::Ignored,
        (b'^', _) => return sized(arguments, 3, |_| Command::Ignored),
        (b'*', [] | [_]) => return None,
        (b'*', &[x, y, ref data @ ..]) => {
            let length = usize::from(x) * usize::from(y) * 8;
            return (data.len() >= length).then_some(Command::Ignored);
        }
        (_, []) => return None,
        (b'V', &[65 | 97 | 66 | 98 | 103 | 104]) => return None,
        (b'V', &[m, n]) => Command::Cut { partial: m & 1 == 0, feed: Some(n) },
        (b'V', &[m, ..]) => Command::Cut { partial: m & 1 == 1, feed: None },
        (b'!', &[n, ..]) => Command::Size(n),
        (b'B', &[n, ..]) => Command::Reverse(n & 1 != 0),
        (b'a', &[n, ..]) => Command::AutomaticStatus(n),
        (b'r', &[n, ..]) => Command::Confirm(n),
        (b'I', &[n, ..]) => Command::Identify(n),
        (b'h', &[n, ..]) => Command::BarcodeHeight(n),
        (b'w', &[n, ..]) => Command::BarcodeModule(n),
        (b'H', &[n, ..]) => Command::BarcodeText(n),
        _ => Command::Ignored,
    })
}

/// `x pL pH` and as many bytes: `ESC ( x` and `GS ( x`.
fn counted(arguments: &[u8], command: impl FnOnce(&[u8]) -> Command) -> Option<Command> {
    let &[_, low, high, ref data @ ..] = arguments else { return None };
    (data.len() >= usize::from(u16::from_le_bytes([low, high]))).then(|| command(data))
}

fn symbol(arguments: &[u8]) -> Option<Command> {
    let kind = arguments.first().copied();
    counted(arguments, |data| match (kind, data) {
        (Some(b'k'), &[0x31, function, ref data @ ..]) => {
            Command::Symbol { function, data: data.to_vec() }
        }
        _ => Command::Ignored,
    })
}

fn barcode(arguments: &[u8]) -> Option<Command> {
    match *arguments {
        [] => None,
        // Form A: ends with a zero. A device gives up on endless data, too.
        [kind @ 0..=6, ref data @ ..] => match data {
            [data @ .., 0] => Some(Command::Barcode { kind, data: data.to_vec() }),
            _ if data.len() > 255 => Some(Command::Ignored),
            _ => None,
        },
        [_] => None,
        [kind @ 65..=255, length, ref data @ ..] => {
            sized(data, usize::from(length), |data| Command::Barcode { kind, data: data.to_vec() })
        }
        _ => Some(Command::Ignored),
    }
}

fn raster(arguments: &[u8]) -> Option<Command> {
    match *arguments {
        [] => None,
        [b'0'] => None,
        [b'0', mode, ref rest @ ..] => {
            let &[x_low, x_high, y_low, y_high, ref data @ ..] = rest else { return None };
            let bytes_per_row = usize::from(u16::from_le_bytes([x_low, x_high]));
            let length = bytes_per_row * usize::from(u16::from_le_bytes([y_low, y_high]));
            if length > LONGEST {
                return Some(Command::Ignored);
            }
            sized(data, length, |data| Command::Raster {
                wide: mode & 1 != 0,
                tall: mode & 2 != 0,
                bytes_per_row,
                data: data.to_vec(),
            })
        }
        _ => Some(Command::Ignored),
    }
}

fn kanji(rest: &[u8]) -> Option<Command> {
    match *rest {
        [] | [b'!' | b'-' | b'C' | b'W'] => None,
        [b'p' | b'S', ..] => sized(rest, 3, |_| Command::Ignored),
        [b'(', ref arguments @ ..] => counted(arguments, |_| Command::Ignored),
        _ => Some(Command::Ignored),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(bytes: &[u8]) -> Vec<Command> {
        let mut parser = Parser::default();
        bytes.iter().filter_map(|&byte| parser.push(byte)).map(|(command, _)| command).collect()
    }

    #[test]
    fn commands_of_the_reference() {
        for (bytes, command) in [
            (&b"\x1b\x40"[..], Command::Init),
            (b"\x1b\x70\x00\x19\xfa", Command::Kick),
            (b"\x1d\x56\x42\x00", Command::Cut { partial: true, feed: Some(0) }),
            (b"\x1d\x56\x00", Command::Cut { partial: false, feed: None }),
            (b"\x1d\x56\x41\x00", Command::Cut { partial: false, feed: Some(0) }),
            (b"\x10\x04\x01", Command::RealTimeStatus(1)),
            (b"\x10\x05\x02", Command::RealTimeRecover(2)),
            (b"\x1d\x72\x01", Command::Confirm(1)),
            (b"\x1d\x61\xff", Command::AutomaticStatus(0xff)),
            (b"\x1b\x74\x04", Command::CodePage(4)),
            (
                b"\x1d\x6b\x49\x0c\x7b\x42INV-000123",
                Command::Barcode { kind: 73, data: b"{BINV-000123".to_vec() },
            ),
            (
                b"\x1d\x6b\x02400638133393\x00",
                Command::Barcode { kind: 2, data: b"400638133393".to_vec() },
            ),
            (
                b"\x1d\x28\x6b\x05\x00\x31\x50\x30AB",
                Command::Symbol { function: 0x50, data: b"0AB".to_vec() },
            ),
            (
                b"\x1d\x76\x30\x00\x02\x00\x01\x00\x10\x04",
                Command::Raster {
                    wide: false,
                    tall: false,
                    bytes_per_row: 2,
                    data: vec![0x10, 0x04],
                },
            ),
        ] {
            assert_eq!(parse(bytes), [command], "{bytes:02x?}");
        }
    }

    #[test]
    fn what_is_ignored_takes_its_arguments_along() {
        let mut bytes = Vec::new();
        for command in [
            &b"\x1b\x52\x01"[..],
            b"\x1b\x7b\x00",
            b"\x1b\x63\x35\x00",
            b"\x1b\x44\x08\x10\x00",
            b"\x1d\x28\x4c\x02\x00\x30\x32",
            b"\x1d\x62\x01",
            b"\x1d\x66\x00",
            b"\x1c\x2e",
            b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08",
        ] {
            bytes.extend(command);
            bytes.push(b'A');
        }
        let letters = parse(&bytes).into_iter().filter(|c| *c == Command::Character(b'A')).count();
        let others =
            parse(&bytes).into_iter().filter(|c| matches!(c, Command::Character(_))).count();
        assert_eq!((letters, others), (9, 9));
    }
}
