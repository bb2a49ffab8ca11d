//! The office pages in Chromium, before the real program on a PostgreSQL that ends with the walk.

use crate::command::Command;
use crate::machine::{self, Need};
use crate::postgres::{Cluster, Then};
use crate::target;

const OWNER: &str = "comptoir_owner";
const DATABASE: &str = "comptoir";

/// `cargo xtask office-pages [ARGS]`: the arguments go to the walk. Programs and pages have been built before.
pub(crate) fn office_pages(args: &[String]) -> Result<(), String> {
    machine::prepare(&[Need::Database, Need::Node, Need::Screen])?;
    // A folder of its own: that of a walk which was cut short may be on its way out.
    let folder = target().join(format!("e2e/office-postgres-{}", std::process::id()));
    let cluster = Cluster::start(&folder, Then::Remove)?;
    cluster.database(OWNER, DATABASE)?;
    Command::new("node tests/e2e/office-pages.mjs")
        .args(args)
        .env("COMPTOIR_DATABASE", cluster.url_of(OWNER, DATABASE))
        .run()
}
