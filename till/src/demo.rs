//! The demo store: the project's own, with about 300 SKUs, departments and operators.

use std::path::Path;

use comptoir_domain::catalog::Department;
use comptoir_domain::operators::Role;
use comptoir_domain::store::Store;
use comptoir_domain::text::Language;
use serde::Deserialize;

use crate::catalog::import::{self, Mapping};
use crate::error::{Error, Result};
use crate::operators;
use crate::till::{NewStore, Till};

const STORE: &str = include_str!("../data/demo/store.json");
const DEPARTMENTS: &str = include_str!("../data/demo/departments.json");
const OPERATORS: &str = include_str!("../data/demo/operators.json");
const PRODUCTS: &str = include_str!("../data/demo/products.csv");

#[derive(Deserialize)]
struct DemoStore {
    tenant: String,
    #[serde(flatten)]
    store: Store,
}

#[derive(Deserialize)]
struct DemoOperator {
    name: String,
    role: Role,
    language: Language,
    pin: String,
}

/// What the demo store is made of.
pub fn new_store() -> Result<NewStore> {
    let DemoStore { tenant, store } = parse(STORE)?;
    Ok(NewStore { tenant, store, departments: departments()? })
}

/// The departments of the demo store.
pub fn departments() -> Result<Vec<Department>> {
    parse(DEPARTMENTS)
}

/// Makes the demo store in `folder`.
pub fn init(folder: &Path) -> Result<Till> {
    let mut till = Till::init(folder, &new_store()?)?;
    fill(&mut till)?;
    Ok(till)
}

/// Adds the demo's operators and products to a new store.
pub fn fill(till: &mut Till) -> Result<()> {
    let console = operators::console(till.db())?;
    for operator in parse::<Vec<DemoOperator>>(OPERATORS)? {
        operators::add(
            till,
            console,
            &operator.name,
            operator.role,
            operator.language,
            &operator.pin,
        )?;
    }
    let (outcome, rejects) =
        import::import_bytes(till, console, PRODUCTS.as_bytes(), &Mapping::default())?;
    match rejects.first() {
        None => {
            tracing::info!(added = outcome.added, "demo products");
            Ok(())
        }
        Some(reject) => {
            Err(Error::Broken(format!("demo products, line {}: {}", reject.line, reject.reason)))
        }
    }
}

fn parse<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| Error::Broken(format!("demo data: {error}")))
}
