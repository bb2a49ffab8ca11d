//! What a card terminal wants printed about a payment or a refund: on the customer's receipt, and behind it for the shop
//! where somebody has to sign.

use comptoir_hardware::printer::document::{Align, Document, Style};

use super::receipt::Tongues;
use crate::payments::card::spend::Slips;

/// What the customer gets of each card.
pub(super) fn customer(paper: &mut Document, slips: &[Slips]) {
    for slip in slips.iter().filter(|slip| !slip.customer.is_empty()) {
        paper.rule();
        for line in &slip.customer {
            paper.text(line);
        }
    }
}

/// What the shop keeps of each card whose holder has to sign: a slip of its own.
pub(super) fn merchant(
    paper: &mut Document,
    slips: &[Slips],
    tongues: Tongues,
    receipt: &str,
    duplicate: bool,
) {
    for slip in slips.iter().filter(|slip| !slip.merchant.is_empty()) {
        paper.styled(tongues.say(|words| words.for_the_shop), Style::BOLD, Align::Centre);
        if duplicate {
            let duplicate = format!("*** {} ***", tongues.say(|words| words.duplicate));
            paper.styled(duplicate, Style::BOLD, Align::Centre);
        }
        paper.columns(tongues.say(|words| words.receipt), receipt);
        paper.rule();
        for line in &slip.merchant {
            paper.text(line);
        }
        paper.feed(2);
        paper.partial_cut();
    }
}
