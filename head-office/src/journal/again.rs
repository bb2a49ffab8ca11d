//! What a till wrote in an epoch that it shared with a copy of itself, and says again in the next: shown as what it
//! was, once, whether its own chain or what says it again came first.

use std::collections::BTreeSet;

use comptoir_sync::entry::{DeviceId, Hash};
use sqlx::{PgConnection, Row};

use super::{Placed, project, stored};
use crate::devices::writers;
use crate::error::Result;
use crate::rows::rows;

/// Entries as the tables show them: what is said again as itself, and nothing a second time.
pub(super) async fn look_through(
    db: &mut PgConnection,
    tenant: &str,
    placed: Vec<Placed>,
) -> Result<Vec<Placed>> {
    let hashes = placed.iter().map(|one| match one.fact.said_again() {
        Some(said) => said.entry.hash(),
        None => one.hash,
    });
    let mut said = said(db, tenant, hashes.collect()).await?;
    if said.is_empty() && placed.iter().all(|one| one.fact.said_again().is_none()) {
        return Ok(placed);
    }
    let stand = standing(db, tenant, &placed).await?;
    let devices: BTreeSet<DeviceId> = placed.iter().map(|one| DeviceId(one.entry.device)).collect();
    let writers = writers(db, tenant, &devices.into_iter().collect::<Vec<_>>()).await?;
    let (mut shown, mut carriers) = (Vec::new(), Carriers::default());
    for one in placed {
        let Some(carried) = one.fact.said_again() else {
            if !said.contains(&one.hash) {
                shown.push(one);
            }
            continue;
        };
        let opened = match writers.get(&DeviceId(one.entry.device)) {
            Some(writer) => {
                carried.open(&one.entry, &writer.key).map_err(|problem| problem.to_string())
            }
            None => Err("nobody knows the key of its device".to_owned()),
        };
        let (entry, fact) = match opened {
            Ok(opened) => opened,
            Err(problem) => {
                project::note(db, tenant, one.position, &problem).await?;
                continue;
            }
        };
        let hash = carried.entry.hash();
        carriers.push(CarrierRow {
            position: one.position,
            device: entry.device,
            epoch: i64::from(entry.epoch),
            scope: i16::from(entry.scope.number()),
            seq: stored(entry.seq),
            hash,
        });
        if said.insert(hash) && !stand.contains(&one.position) {
            let branch = one.entry.epoch;
            let (position, fact) = (one.position, Box::new(fact));
            shown.push(Placed { position, entry, fact, hash, branch });
        }
    }
    carriers.insert(db, tenant).await?;
    Ok(shown)
}

/// Which of these entries were said again.
async fn said(db: &mut PgConnection, tenant: &str, hashes: Vec<Hash>) -> Result<BTreeSet<Hash>> {
    let hashes: Vec<Vec<u8>> = hashes.into_iter().map(|hash| hash.to_vec()).collect();
    let select = "SELECT hash FROM said_again WHERE tenant_id = $1 AND hash = ANY($2)";
    let rows = sqlx::query(select).bind(tenant).bind(hashes).fetch_all(db).await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// Positions of those that say again what stands in its chain before them.
async fn standing(db: &mut PgConnection, tenant: &str, placed: &[Placed]) -> Result<BTreeSet<i64>> {
    let (mut positions, mut hashes) = (Vec::new(), Vec::new());
    let (mut devices, mut epochs, mut scopes, mut seqs) = (vec![], vec![], vec![], vec![]);
    for one in placed {
        let Some(said) = one.fact.said_again() else { continue };
        let Ok(entry) = comptoir_sync::entry::Entry::read(&said.entry.bytes) else { continue };
        positions.push(one.position);
        hashes.push(said.entry.hash().to_vec());
        devices.push(entry.device.to_vec());
        epochs.push(i64::from(entry.epoch));
        scopes.push(i16::from(entry.scope.number()));
        seqs.push(stored(entry.seq));
    }
    let rows = sqlx::query(
        "SELECT said.position
         FROM unnest($2::bigint[], $3::bytea[], $4::bytea[], $5::bigint[], $6::smallint[], $7::bigint[])
             AS said (position, hash, device, epoch, scope, seq)
         JOIN chain ON chain.tenant_id = $1 AND chain.device = said.device AND chain.epoch = said.epoch
             AND chain.scope = said.scope
         JOIN entry ON entry.tenant_id = $1 AND entry.chain = chain.chain AND entry.seq = said.seq
         WHERE entry.hash = said.hash AND entry.position < said.position",
    )
    .bind(tenant)
    .bind(positions)
    .bind(hashes)
    .bind(devices)
    .bind(epochs)
    .bind(scopes)
    .bind(seqs)
    .fetch_all(db)
    .await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

rows!(CarrierRow, Carriers, "said_again", "", {
    position: i64 = "bigint",
    device: [u8; 16] = "bytea",
    epoch: i64 = "bigint",
    scope: i16 = "smallint",
    seq: i64 = "bigint",
    hash: [u8; 32] = "bytea",
});
