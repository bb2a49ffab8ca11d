//! What has to be made sure of before goods are handed over.

use comptoir_domain::cart::{Cart, CartView};
use comptoir_domain::compliance::{AgeProof, Refusal, Rules};
use comptoir_domain::ids::OperatorId;
use comptoir_sync::facts::Fact;
use comptoir_sync::facts::orders::{AgeRefused, SaleLine};
use rusqlite::{Connection, params};

use crate::cart::change;
use crate::error::Result;
use crate::till::{Till, Tx};

/// The dated rules that ship with the program.
pub fn rules() -> Rules {
    serde_json::from_str(include_str!("../data/compliance-ca.json"))
        .expect("the rules that ship are checked by a test")
}

/// Somebody made sure that the customer is old enough for what is in the cart.
pub fn check_age(till: &mut Till, cashier: OperatorId, proof: AgeProof) -> Result<CartView> {
    change(till, cashier, |_, cart| Ok(cart.check_age(proof, cashier)?))
}

/// The customer is not old enough, or cannot show it: what asks for an age is taken out, and that it
/// was is a fact.
pub fn refuse_age(till: &mut Till, cashier: OperatorId) -> Result<CartView> {
    change(till, cashier, |tx, cart| {
        let (age, lines) = cart.refuse_age()?;
        let fact = AgeRefused {
            cart: cart.id.0.into(),
            age,
            currency: tx.store.currency.code().to_owned(),
            lines: lines.iter().map(SaleLine::new).collect(),
        };
        tx.record(&Fact::AgeRefused(fact), Some(cashier))?;
        Ok(())
    })
}

/// Refuses more cannabis than one may carry.
pub(crate) fn within_limit(tx: &Tx<'_>, cart: &Cart) -> Result<()> {
    let allowance = tx.rules.possession_limit(tx.today).and_then(|limit| cart.allowance(limit));
    match allowance.and_then(|allowance| allowance.over.map(|line| (allowance, line))) {
        Some((allowance, line)) => {
            let (used, limit) = (allowance.used, allowance.limit);
            Err(Refusal::OverPossessionLimit { used, limit, line }.into())
        }
        None => Ok(()),
    }
}

/// The row of a refusal.
pub fn project_age_refused(db: &Connection, id: i64, fact: &AgeRefused) -> Result<()> {
    db.prepare_cached("INSERT INTO age_refusal (entry, age, lines, cart) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![id, fact.age, fact.lines.len(), fact.cart.0])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use comptoir_domain::compliance::Goods;
    use comptoir_domain::store::Region;
    use jiff::civil::date;

    use super::*;

    /// The provinces' liquor and cannabis acts; Quebec raised its age for cannabis on 2020-01-01.
    #[test]
    fn ages_by_region_and_date() {
        let rules = rules();
        let today = date(2025, 11, 20);
        for region in Region::ALL {
            let alcohol = match region {
                Region::AB | Region::MB | Region::QC => 18,
                _ => 19,
            };
            let cannabis = match region {
                Region::AB => 18,
                Region::QC => 21,
                _ => 19,
            };
            assert_eq!(rules.minimum_age(Goods::Alcohol, region, today), Some(alcohol));
            assert_eq!(rules.minimum_age(Goods::Cannabis, region, today), Some(cannabis));
        }
        for (day, age) in [
            (date(2018, 10, 16), None),
            (date(2019, 12, 31), Some(18)),
            (date(2020, 1, 1), Some(21)),
        ] {
            assert_eq!(rules.minimum_age(Goods::Cannabis, Region::QC, day), age, "{day}");
        }
        assert_eq!((rules.possession_limit(today), rules.ask_under), (Some(30), 25));
    }
}
