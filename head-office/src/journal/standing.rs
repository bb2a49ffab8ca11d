//! What the database knows of the chains of a page, as acceptance asks it.

use std::collections::{BTreeMap, BTreeSet};

use comptoir_sync::acceptance::{Known, Received};
use comptoir_sync::entry::{Chain, DeviceId, Hash, NO_HASH};
use comptoir_sync::replication::vector::Head;
use sqlx::{PgConnection, Row};

use super::stored;
use crate::devices::{number, writers};
use crate::error::Result;

/// A chain as the database knows it.
pub(super) struct Standing {
    /// Its number, if it has one.
    pub(super) number: Option<i64>,
    pub(super) known: Known,
}

/// The entries of a chain that came, and what is known of it.
pub(super) type Run = (Chain, Vec<Received>, Standing);

/// What the database knows of each chain of a page.
pub(super) async fn standing(
    db: &mut PgConnection,
    tenant: &str,
    runs: BTreeMap<Chain, Vec<Received>>,
) -> Result<Vec<Run>> {
    let devices: BTreeSet<DeviceId> = runs.keys().map(|chain| chain.device).collect();
    let devices: Vec<DeviceId> = devices.into_iter().collect();
    let writers = writers(db, tenant, &devices).await?;
    let mut all = Vec::with_capacity(runs.len());
    for (chain, run) in runs {
        let device = writers.get(&chain.device).cloned();
        // Nothing is asked for a device that nobody knows: a page can name five hundred of them.
        let (number, head, frozen) = match device {
            Some(_) => head_of(db, tenant, &chain).await?,
            None => (None, Head::NONE, false),
        };
        let hashes = match number {
            Some(number) => hashes(db, tenant, number, head.seq, &run).await?,
            None => BTreeMap::new(),
        };
        all.push((chain, run, Standing { number, known: Known { device, head, hashes, frozen } }));
    }
    Ok(all)
}

pub(super) async fn head_of(
    db: &mut PgConnection,
    tenant: &str,
    chain: &Chain,
) -> Result<(Option<i64>, Head, bool)> {
    let row = sqlx::query(
        "SELECT chain, coalesce(seq, 0), coalesce(head, $5),
                EXISTS (SELECT 1 FROM fork WHERE tenant_id = $1 AND device = $2 AND epoch = $3)
         FROM (SELECT 1) AS one LEFT JOIN chain
              ON tenant_id = $1 AND device = $2 AND epoch = $3 AND scope = $4",
    )
    .bind(tenant)
    .bind(chain.device.0)
    .bind(i64::from(chain.epoch))
    .bind(i16::from(chain.scope.number()))
    .bind(NO_HASH)
    .fetch_one(db)
    .await?;
    let head = Head { seq: number(row.try_get(1)?)?, hash: row.try_get(2)? };
    Ok((row.try_get(0)?, head, row.try_get(3)?))
}

/// Hashes of the entries that stand where those of a run belong.
async fn hashes(
    db: &mut PgConnection,
    tenant: &str,
    chain: i64,
    last: u64,
    run: &[Received],
) -> Result<BTreeMap<u64, Hash>> {
    let places: Vec<i64> =
        run.iter().map(|one| one.entry.seq).filter(|seq| *seq <= last).map(stored).collect();
    if places.is_empty() {
        return Ok(BTreeMap::new());
    }
    let select =
        "SELECT seq, hash FROM entry WHERE tenant_id = $1 AND chain = $2 AND seq = ANY($3)";
    let rows = sqlx::query(select).bind(tenant).bind(chain).bind(places).fetch_all(db).await?;
    rows.iter().map(|row| Ok((number(row.try_get(0)?)?, row.try_get(1)?))).collect()
}
