//! What is offered for less for a while.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::Serialize;
use ts_rs::TS;

use crate::ids::PromotionId;
use crate::money::Money;
use crate::pricing::Discount;
use crate::text::Text;

/// What a promotion gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "offer", rename_all = "snake_case")]
pub enum Offer {
    /// So much off each: `10%` or `0.50`.
    Off {
        /// Of the price of one unit.
        discount: Discount,
    },
    /// Several for one price: 3 for 5.00.
    Bundle {
        /// How many, two or more.
        pieces: u32,
        /// For all of them together.
        price: Money,
    },
}

/// An offer on some goods from one day to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Promotion {
    /// Which.
    pub id: PromotionId,
    /// As customers read it.
    pub name: Text,
    /// What it gives.
    pub offer: Offer,
    /// The first day at the counter; none is from the beginning.
    pub from: Option<Date>,
    /// The last day; none is until further notice.
    pub until: Option<Date>,
    /// SKUs that it is on.
    pub skus: BTreeSet<String>,
    /// Departments whose goods it is on.
    pub departments: BTreeSet<String>,
    /// No longer offered.
    pub archived: bool,
}

/// Why a promotion is not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(rename = "PromotionRefusal")]
pub enum Refusal {
    /// Customers have to read what it is.
    #[error("a promotion needs a name in both languages")]
    PromotionNameRequired,
    /// It ends before it begins.
    #[error("the promotion ends on {until}, before it begins on {from}")]
    EndsBeforeItBegins {
        /// Its first day.
        #[ts(type = "string")]
        from: Date,
        /// Its last day.
        #[ts(type = "string")]
        until: Date,
    },
    /// One piece for a price is a price, and nothing or less is no price.
    #[error("a bundle is two or more pieces at a price")]
    BadBundle,
    /// It is on nothing.
    #[error("choose goods or departments for the promotion")]
    NoGoods,
}

impl Promotion {
    /// Refuses what could not be offered.
    pub fn check(&self) -> Result<(), Refusal> {
        if self.name.en.trim().is_empty() || self.name.fr.trim().is_empty() {
            return Err(Refusal::PromotionNameRequired);
        }
        if let (Some(from), Some(until)) = (self.from, self.until)
            && until < from
        {
            return Err(Refusal::EndsBeforeItBegins { from, until });
        }
        if let Offer::Bundle { pieces, price } = self.offer
            && (pieces < 2 || price.minor() <= 0)
        {
            return Err(Refusal::BadBundle);
        }
        if self.skus.is_empty() && self.departments.is_empty() {
            return Err(Refusal::NoGoods);
        }
        Ok(())
    }

    /// Whether it is offered on a day at the counter.
    pub fn is_on(&self, day: Date) -> bool {
        !self.archived
            && self.from.is_none_or(|from| from <= day)
            && self.until.is_none_or(|until| day <= until)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;
    use crate::money::Currency;

    fn bundle(pieces: u32, price: i64) -> Promotion {
        Promotion {
            id: PromotionId(Uuid::nil()),
            name: Text::new("3 for $5", "3 pour 5 $"),
            offer: Offer::Bundle { pieces, price: Money::new(price, Currency::CAD) },
            from: Some(date(2026, 7, 1)),
            until: Some(date(2026, 7, 7)),
            skus: BTreeSet::from(["LOAF".to_owned()]),
            departments: BTreeSet::new(),
            archived: false,
        }
    }

    #[test]
    fn it_is_on_from_its_first_day_to_its_last() {
        for (day, on) in [(30, false), (1, true), (7, true), (8, false)] {
            let day = if day == 30 { date(2026, 6, day) } else { date(2026, 7, day) };
            assert_eq!(bundle(3, 500).is_on(day), on, "{day}");
        }
        let always = Promotion { from: None, until: None, ..bundle(3, 500) };
        assert!(always.is_on(date(1999, 1, 1)));
        assert!(!Promotion { archived: true, ..always }.is_on(date(1999, 1, 1)));
    }

    #[test]
    fn what_cannot_be_offered_is_refused() {
        assert_eq!(bundle(3, 500).check(), Ok(()));
        assert_eq!(bundle(1, 500).check(), Err(Refusal::BadBundle));
        assert_eq!(bundle(3, 0).check(), Err(Refusal::BadBundle));
        let nothing = Promotion { skus: BTreeSet::new(), ..bundle(3, 500) };
        assert_eq!(nothing.check(), Err(Refusal::NoGoods));
        let (from, until) = (date(2026, 7, 8), date(2026, 7, 7));
        let backwards = Promotion { from: Some(from), ..bundle(3, 500) };
        assert_eq!(backwards.check(), Err(Refusal::EndsBeforeItBegins { from, until }));
        let english = Promotion { name: Text::new("3 for $5", " "), ..bundle(3, 500) };
        assert_eq!(english.check(), Err(Refusal::PromotionNameRequired));
    }
}
