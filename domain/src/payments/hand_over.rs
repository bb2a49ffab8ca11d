//! A drawer passed on inside a shift: what each operator's time at it left over or short.

use crate::money::Money;

/// What each operator's time at a drawer left over or short. `found` is what each count of one shift was over or
/// short by, the oldest first; what is expected is never rebased, so a count finds what the ones before it found as
/// well. The parts add up to what the last count found.
pub fn parts(found: impl IntoIterator<Item = Money>) -> Vec<Money> {
    let mut before = None;
    let part =
        |found: Money| found - before.replace(found).unwrap_or(Money::zero(found.currency()));
    found.into_iter().map(part).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::money::Currency;

    fn cad(minor: i64) -> Money {
        Money::new(minor, Currency::CAD)
    }

    #[test]
    fn a_part_is_what_was_found_since_the_count_before() {
        for (found, expected) in [
            (&[][..], &[][..]),
            (&[-150], &[-150]),
            (&[-150, -150], &[-150, 0]),
            (&[-150, 50, 0], &[-150, 200, -50]),
            (&[0, 0, 25], &[0, 0, 25]),
        ] {
            let parts: Vec<i64> =
                parts(found.iter().copied().map(cad)).iter().map(|part| part.minor()).collect();
            assert_eq!(parts, expected, "{found:?}");
        }
    }

    proptest! {
        /// Operators take turns; in each turn the books say one thing and the drawer gets another.
        #[test]
        fn each_part_is_what_its_operator_lost_and_all_are_what_the_shift_lost(
            float in 0i64..100_000,
            turns in prop::collection::vec((-50_000i64..50_000, -10_000i64..10_000), 1..8),
        ) {
            let (mut expected, mut counted) = (float, float);
            let found: Vec<Money> = turns
                .iter()
                .map(|(booked, lost)| {
                    expected += booked;
                    counted += booked - lost;
                    cad(counted - expected)
                })
                .collect();
            let parts = parts(found);
            let lost: Vec<Money> = turns.iter().map(|(_, lost)| cad(-lost)).collect();
            prop_assert_eq!(&parts, &lost);
            prop_assert_eq!(Money::sum(parts, Currency::CAD), cad(counted - expected));
        }
    }
}
