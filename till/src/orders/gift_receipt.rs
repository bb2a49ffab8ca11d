//! A receipt for whoever gets the goods as a gift: what they are and not what they cost, and the bars by which
//! they are brought back.

use comptoir_domain::cart::Line;
use comptoir_domain::orders::Sale;
use comptoir_domain::quantity::{Quantity, Unit};
use comptoir_domain::store::Store;
use comptoir_domain::text::Text;
use comptoir_hardware::printer::document::{Align, Document, Style};

use super::receipt::{self, Tongues, decimal};
use crate::till::local_minute;

/// What a gift receipt is made of.
pub struct GiftReceipt<'a> {
    /// Head of the receipt.
    pub store: &'a Store,
    /// What was sold.
    pub sale: &'a Sale,
    /// Which lines of it.
    pub lines: &'a [u32],
    /// Of the words.
    pub tongues: Tongues,
    /// What stands at the foot; none is thanks.
    pub foot: &'a Text,
    /// Whether it was printed before.
    pub duplicate: bool,
}

impl GiftReceipt<'_> {
    /// The paper, from head to cut.
    pub fn document(&self) -> Document {
        let (sale, tongues) = (self.sale, self.tongues);
        let words = receipt::words(tongues.first);
        let mut paper = Document::new();
        receipt::letterhead(&mut paper, self.store);
        paper.styled(tongues.say(|words| words.gift), Style::BOLD_DOUBLE, Align::Centre);
        if self.duplicate {
            let duplicate = format!("*** {} ***", tongues.say(|words| words.duplicate));
            paper.styled(duplicate, Style::BOLD_DOUBLE, Align::Centre);
        }
        paper.blank();
        paper.columns(
            format!("{} {}", words.receipt, sale.receipt),
            local_minute(sale.completed_at, sale.utc_offset_minutes),
        );
        paper.rule();
        for line in sale.lines.iter().filter(|line| self.lines.contains(&line.line)) {
            paper.columns(line.name.get(tongues.first), self.quantity(line));
            tongues.second_name(&mut paper, &line.name);
        }
        paper.rule();
        paper.blank();
        paper.barcode(&sale.receipt);
        paper.blank();
        tongues.foot(&mut paper, self.foot);
        paper.partial_cut();
        paper
    }

    fn quantity(&self, line: &Line) -> String {
        let quantity = decimal(&line.quantity.to_string(), self.tongues.first);
        match line.unit {
            Unit::Kg => format!("{quantity} kg"),
            Unit::Each if line.quantity != Quantity::ONE => format!("× {quantity}"),
            Unit::Each => String::new(),
        }
    }
}
