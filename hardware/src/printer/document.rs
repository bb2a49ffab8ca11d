//! What is to be printed, in the words of the caller. No commands, no columns, no code pages.

use serde::{Deserialize, Serialize};

/// A slip, from top to bottom.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Document {
    /// The items in order of printing.
    pub items: Vec<Item>,
}

/// One thing on a slip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "item", rename_all = "snake_case")]
pub enum Item {
    /// A paragraph, wrapped between words at the width of the paper.
    Text {
        /// May contain line ends.
        text: String,
        /// How it looks.
        #[serde(default)]
        style: Style,
        /// Where it stands.
        #[serde(default)]
        align: Align,
    },
    /// A name on the left and an amount on the right. The left one is wrapped when both do not
    /// fit; the right one is never cut and keeps its trailing spaces.
    Columns {
        /// The name. Leading spaces are its indent, repeated when it wraps.
        left: String,
        /// The amount.
        right: String,
        /// How both look.
        #[serde(default)]
        style: Style,
    },
    /// A line of dashes over the whole width.
    Rule,
    /// An empty line.
    Blank,
    /// CODE128 form B with its text below, centred. Data that form B does not have, or that is
    /// too long for the paper, is printed as text instead.
    Barcode {
        /// Printable ASCII.
        data: String,
    },
    /// A QR code, model 2, level M, centred. Data too long for the paper is printed as text.
    Qr {
        /// Any text. Keep it ASCII where it can be: without a character set named in the symbol,
        /// readers guess how other letters are meant.
        data: String,
    },
    /// Blank paper.
    Feed {
        /// Lines of the normal height.
        lines: u8,
    },
    /// Feeds to the cutter and cuts, leaving a bridge.
    PartialCut,
    /// Feeds to the cutter and cuts through.
    FullCut,
    /// Opens a cash drawer.
    DrawerKick {
        /// Which one.
        drawer: Drawer,
    },
}

/// How a text looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Style {
    /// Darker strokes.
    #[serde(default)]
    pub bold: bool,
    /// Size of the characters.
    #[serde(default)]
    pub size: Size,
}

impl Style {
    /// Normal.
    pub const NORMAL: Style = Style { bold: false, size: Size::Normal };
    /// Bold.
    pub const BOLD: Style = Style { bold: true, size: Size::Normal };
    /// Double width and height.
    pub const DOUBLE: Style = Style { bold: false, size: Size::Double };
    /// Bold, double width and height.
    pub const BOLD_DOUBLE: Style = Style { bold: true, size: Size::Double };
}

/// Size of characters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Size {
    /// 12 × 24 dots.
    #[default]
    Normal,
    /// Double height.
    Tall,
    /// Double width and height.
    Double,
}

impl Size {
    /// Columns that one character takes.
    pub fn columns(self) -> usize {
        match self {
            Size::Normal | Size::Tall => 1,
            Size::Double => 2,
        }
    }

    /// Lines of normal height that one character takes.
    pub fn lines(self) -> usize {
        match self {
            Size::Normal => 1,
            Size::Tall | Size::Double => 2,
        }
    }
}

/// Where a text stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Align {
    /// At the left edge.
    #[default]
    Left,
    /// In the middle.
    Centre,
    /// At the right edge.
    Right,
}

/// A drawer socket of the printer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Drawer {
    /// Connector pin 2, the usual one.
    #[default]
    First,
    /// Connector pin 5.
    Second,
}

impl Document {
    /// An empty document.
    pub fn new() -> Document {
        Document::default()
    }

    /// Adds an item.
    pub fn push(&mut self, item: Item) -> &mut Self {
        self.items.push(item);
        self
    }

    /// Adds a paragraph at the left.
    pub fn text(&mut self, text: impl Into<String>) -> &mut Self {
        self.styled(text, Style::NORMAL, Align::Left)
    }

    /// Adds a paragraph in the middle.
    pub fn centred(&mut self, text: impl Into<String>) -> &mut Self {
        self.styled(text, Style::NORMAL, Align::Centre)
    }

    /// Adds a paragraph.
    pub fn styled(&mut self, text: impl Into<String>, style: Style, align: Align) -> &mut Self {
        self.push(Item::Text { text: text.into(), style, align })
    }

    /// Adds a name and an amount.
    pub fn columns(&mut self, left: impl Into<String>, right: impl Into<String>) -> &mut Self {
        self.columns_styled(left, right, Style::NORMAL)
    }

    /// Adds a name and an amount.
    pub fn columns_styled(
        &mut self,
        left: impl Into<String>,
        right: impl Into<String>,
        style: Style,
    ) -> &mut Self {
        self.push(Item::Columns { left: left.into(), right: right.into(), style })
    }

    /// Adds a line of dashes.
    pub fn rule(&mut self) -> &mut Self {
        self.push(Item::Rule)
    }

    /// Adds an empty line.
    pub fn blank(&mut self) -> &mut Self {
        self.push(Item::Blank)
    }

    /// Adds a CODE128 barcode with its text.
    pub fn barcode(&mut self, data: impl Into<String>) -> &mut Self {
        self.push(Item::Barcode { data: data.into() })
    }

    /// Adds a QR code.
    pub fn qr(&mut self, data: impl Into<String>) -> &mut Self {
        self.push(Item::Qr { data: data.into() })
    }

    /// Adds blank paper.
    pub fn feed(&mut self, lines: u8) -> &mut Self {
        self.push(Item::Feed { lines })
    }

    /// Adds a cut that leaves a bridge.
    pub fn partial_cut(&mut self) -> &mut Self {
        self.push(Item::PartialCut)
    }

    /// Adds a cut.
    pub fn full_cut(&mut self) -> &mut Self {
        self.push(Item::FullCut)
    }

    /// Adds a kick of the first drawer.
    pub fn drawer_kick(&mut self) -> &mut Self {
        self.push(Item::DrawerKick { drawer: Drawer::First })
    }
}
