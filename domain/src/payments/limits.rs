//! What cash each role moves without somebody's approval.

use super::CashMove;
use crate::money::Money;
use crate::operators::Role;

/// What roles may do with cash alone: amounts in minor units, none is any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CashLimits {
    /// What a cashier pays in.
    pub paid_in: Option<i64>,
    /// What a cashier pays out.
    pub paid_out: i64,
    /// What a supervisor pays out; a manager pays out any amount.
    pub paid_out_supervisor: Option<i64>,
    /// What a cashier takes to the safe.
    pub safe_drop: Option<i64>,
    /// How often a cashier opens the drawer without a sale in one shift.
    pub no_sales: Option<u32>,
    /// What a cashier gives back in cash for goods that come back.
    pub cash_back: Option<i64>,
}

impl Default for CashLimits {
    /// 500.00 in, 50.00 out, ten times without a sale; any other amount.
    fn default() -> CashLimits {
        CashLimits {
            paid_in: Some(50_000),
            paid_out: 5_000,
            paid_out_supervisor: None,
            safe_drop: None,
            no_sales: Some(10),
            cash_back: None,
        }
    }
}

impl CashLimits {
    /// The least role that may move `amount` without a sale.
    pub fn needs(&self, what: CashMove, amount: Money) -> Role {
        let cashier = match what {
            CashMove::PaidIn => self.paid_in,
            CashMove::PaidOut => Some(self.paid_out),
            CashMove::SafeDrop => self.safe_drop,
        };
        let supervisor = match what {
            CashMove::PaidOut => self.paid_out_supervisor,
            CashMove::PaidIn | CashMove::SafeDrop => None,
        };
        match () {
            () if within(cashier, amount) => Role::Cashier,
            () if within(supervisor, amount) => Role::Supervisor,
            () => Role::Manager,
        }
    }

    /// The least role that may open the drawer without a sale, after so many times in the shift that nobody approved.
    pub fn no_sale_needs(&self, alone: u64) -> Role {
        match self.no_sales {
            Some(most) if alone >= u64::from(most) => Role::Supervisor,
            _ => Role::Cashier,
        }
    }

    /// Whether a cashier may give back so much cash for goods that come back.
    pub fn may_give_back(&self, cash: Money) -> bool {
        within(self.cash_back, cash)
    }
}

fn within(most: Option<i64>, amount: Money) -> bool {
    most.is_none_or(|most| amount.minor() <= most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    fn cad(minor: i64) -> Money {
        Money::new(minor, Currency::CAD)
    }

    #[test]
    fn each_way_of_cash_has_its_limit() {
        use CashMove::{PaidIn, PaidOut, SafeDrop};
        let usual = CashLimits::default();
        let strict = CashLimits {
            paid_in: Some(0),
            paid_out: 0,
            paid_out_supervisor: Some(20_000),
            safe_drop: Some(30_000),
            ..usual
        };
        let open = CashLimits { paid_in: None, ..usual };
        for (limits, what, minor, needs) in [
            (usual, PaidIn, 50_000, Role::Cashier),
            (usual, PaidIn, 50_001, Role::Supervisor),
            (usual, PaidOut, 5_000, Role::Cashier),
            (usual, PaidOut, 5_001, Role::Supervisor),
            (usual, PaidOut, 9_000_000, Role::Supervisor),
            (usual, SafeDrop, 9_000_000, Role::Cashier),
            (strict, PaidIn, 1, Role::Supervisor),
            (strict, PaidOut, 1, Role::Supervisor),
            (strict, PaidOut, 20_000, Role::Supervisor),
            (strict, PaidOut, 20_001, Role::Manager),
            (strict, SafeDrop, 30_000, Role::Cashier),
            (strict, SafeDrop, 30_001, Role::Supervisor),
            (open, PaidIn, 9_000_000, Role::Cashier),
        ] {
            assert_eq!(limits.needs(what, cad(minor)), needs, "{what:?} {minor} {limits:?}");
        }
    }

    #[test]
    fn a_drawer_is_opened_so_often_and_so_much_goes_back() {
        for (most, alone, needs) in [
            (Some(10), 9, Role::Cashier),
            (Some(10), 10, Role::Supervisor),
            (Some(0), 0, Role::Supervisor),
            (None, 1_000, Role::Cashier),
        ] {
            let limits = CashLimits { no_sales: most, ..CashLimits::default() };
            assert_eq!(limits.no_sale_needs(alone), needs, "{most:?} {alone}");
        }
        for (most, minor, may) in [
            (None, 9_000_000, true),
            (Some(2_000), 2_000, true),
            (Some(2_000), 2_001, false),
            (Some(0), 0, true),
            (Some(0), 5, false),
        ] {
            let limits = CashLimits { cash_back: most, ..CashLimits::default() };
            assert_eq!(limits.may_give_back(cad(minor)), may, "{most:?} {minor}");
        }
    }
}
