//! What head office itself writes into a company's log: chained and signed like everybody's entries, for every store
//! to hold.

use std::collections::BTreeMap;

use comptoir_sync::acceptance::{Known, Received, Verdict};
use comptoir_sync::entry::{Chain, Entry, Scope, VERSION};
use comptoir_sync::facts::Fact;
use comptoir_sync::replication::vector::Head;
use sqlx::PgConnection;
use uuid::Uuid;

use super::ingest::{Kept, Taken, announce, lock};
use super::standing::{Standing, head_of};
use crate::error::{Error, Result};
use crate::office::Identity;

/// Appends facts to head office's own chain, in their order, within a transaction of the company.
pub async fn record(
    db: &mut PgConnection,
    me: &Identity,
    facts: Vec<Fact>,
    wall: i64,
    process: Uuid,
) -> Result<Taken> {
    let tenant = me.node.tenant.as_str();
    let log = lock(db, tenant).await?;
    let chain = Chain { device: me.node.device, epoch: me.node.epoch, scope: Scope::Tenant };
    let (number, head, frozen) = head_of(db, tenant, &chain).await?;
    let first_hlc = next_hlc(db, tenant, wall).await?;
    let (mut run, mut at) = (Vec::new(), head);
    for (hlc, fact) in (first_hlc..).zip(facts) {
        if fact.scope() != chain.scope {
            return Err(Error::Broken(format!("head office writes no {}", fact.kind())));
        }
        let entry = Entry {
            v: VERSION,
            tenant: tenant.to_owned(),
            store: String::new(),
            device: chain.device.0,
            epoch: chain.epoch,
            scope: chain.scope,
            seq: at.seq + 1,
            prev: at.hash,
            hlc,
            wall,
            kind: fact.kind().to_owned(),
            kind_v: 1,
            operator: None,
            body: fact.encode(),
        };
        let sealed = entry.seal(&me.key);
        let hash = sealed.hash();
        at = Head { seq: entry.seq, hash };
        let verdict = Verdict::New { fact: Box::new(fact), far_ahead: false };
        run.push((Received { entry, sealed, hash, signed_by: None }, verdict));
    }
    let known = Known { device: None, head, hashes: BTreeMap::new(), frozen };
    let mut kept = Kept::new(log, chain.device, wall);
    kept.run(chain, run, Standing { number, known });
    let taken = kept.write(db, &me.node).await?;
    announce(db, tenant, &taken, process).await?;
    Ok(taken)
}

/// The hybrid logical clock: never behind the wall, never behind anything of the company.
async fn next_hlc(db: &mut PgConnection, tenant: &str, wall: i64) -> Result<u64> {
    let select = "SELECT coalesce(max(hlc), 0) FROM chain WHERE tenant_id = $1";
    let last: i64 = sqlx::query_scalar(select).bind(tenant).fetch_one(db).await?;
    let by_wall = u64::try_from(wall).unwrap_or(0) << 16;
    Ok(by_wall.max(last.cast_unsigned() + 1))
}
