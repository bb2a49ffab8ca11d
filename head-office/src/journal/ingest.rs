//! Taking a page in: judged as everywhere, then kept and projected in one transaction. What is not believed is put
//! aside with its bytes and the reason, and nothing else waits for it.

use std::collections::{BTreeMap, BTreeSet};

use comptoir_sync::acceptance::{self, Received, Verdict};
use comptoir_sync::entry::{Chain, DeviceId, Entry, Hash, Sealed};
use comptoir_sync::replication::message::{Fork, Held, HeldReason};
use comptoir_sync::replication::vector::{ChainHead, Head, Node};
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use super::standing::{Run, Standing, standing};
use super::{Growth, Placed, again, project, stored};
use crate::audit::Who;
use crate::database::Database;
use crate::error::Result;
use crate::quarantine::Id;
use crate::rows::{rows, words};
use crate::webhooks;

/// The channel on which processes tell each other that a log grew.
pub const CHANNEL: &str = "comptoir_log";

/// Entries that one device may have put aside: what it brings beyond them is only refused.
const MOST_ASIDE: i64 = 1_000;

/// What became of a page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Taken {
    /// The last entry on disk of every chain of the page.
    pub have: Vec<ChainHead>,
    /// Chains that wait, each at the first entry that was not taken.
    pub held: Vec<Held>,
    /// Chains with two histories.
    pub forks: Vec<Fork>,
    /// Chains that are longer now.
    pub grew: Vec<Growth>,
    /// Entries that are new.
    pub new: u64,
    /// The end of the log, if it grew.
    pub position: Option<u64>,
}

/// One page, and who brings it.
#[derive(Debug)]
pub struct Delivery<'a> {
    /// Head office of the company.
    pub me: &'a Node,
    /// Who brings it.
    pub from: DeviceId,
    /// The entries.
    pub page: Vec<Sealed>,
    /// This clock, milliseconds since 1970 UTC.
    pub wall: i64,
    /// Names the process to others that listen on [`CHANNEL`].
    pub process: Uuid,
}

type Judged = (Chain, Vec<(Received, Verdict)>, Standing);

/// Takes in a page: all that can be is on disk when this returns.
pub async fn ingest(database: &Database, delivery: Delivery<'_>) -> Result<Taken> {
    let mut tx = database.of_tenant(&delivery.me.tenant).await?;
    let by = Who::Device(delivery.from);
    let taken = ingest_within(&mut tx, delivery, &by).await?;
    tx.commit().await?;
    Ok(taken)
}

/// The same within a transaction of the company. What was aside and is believed by now is settled by `who`.
pub(crate) async fn ingest_within(
    db: &mut PgConnection,
    delivery: Delivery<'_>,
    who: &Who,
) -> Result<Taken> {
    let Delivery { me, from, page, wall, process } = delivery;
    let tenant = me.tenant.as_str();
    let runs = tokio::task::spawn_blocking(|| acceptance::runs(page)).await?;
    let log = lock(db, tenant).await?;
    let standing = standing(db, tenant, runs).await?;
    let judged = {
        let me = me.clone();
        tokio::task::spawn_blocking(move || judge(&me, standing, wall)).await?
    };
    let mut kept = Kept::new(log, from, wall);
    for (chain, run, standing) in judged {
        kept.run(chain, run, standing);
    }
    let taken = kept.write(db, me).await?;
    no_longer_aside(db, tenant, &taken.grew, who, wall).await?;
    announce(db, tenant, &taken, process).await?;
    Ok(taken)
}

/// Tells other processes that the log grew, once this transaction is on disk.
pub(super) async fn announce(
    db: &mut PgConnection,
    tenant: &str,
    taken: &Taken,
    process: Uuid,
) -> Result<()> {
    if let Some(position) = taken.position {
        sqlx::query("SELECT pg_notify($1, $2)")
            .bind(CHANNEL)
            .bind(format!("{process} {position} {tenant}"))
            .execute(db)
            .await?;
    }
    Ok(())
}

/// Holds up whoever appends to the company's log, until the transaction ends.
pub(crate) async fn hold(db: &mut PgConnection, tenant: &str) -> Result<()> {
    lock(db, tenant).await.map(|_| ())
}

/// Judges chain by chain, a store's before the tenant's: an epoch that begins in this page is known to what follows.
fn judge(me: &Node, runs: Vec<Run>, wall: i64) -> Vec<Judged> {
    let mut begun: BTreeMap<DeviceId, u32> = BTreeMap::new();
    let mut judge = |(chain, run, mut standing): Run| {
        if let (Some(device), Some(epoch)) = (&mut standing.known.device, begun.get(&chain.device))
        {
            device.epoch = device.epoch.max(*epoch);
        }
        let verdicts = acceptance::accept(me, &standing.known, &run, wall);
        if verdicts.iter().any(|verdict| matches!(verdict, Verdict::New { .. })) {
            let epoch = begun.entry(chain.device).or_default();
            *epoch = chain.epoch.max(*epoch);
        }
        (chain, run.into_iter().zip(verdicts).collect(), standing)
    };
    runs.into_iter().map(&mut judge).collect()
}

/// Where the log ends.
pub(super) struct LogHead {
    position: i64,
    chains: i64,
}

/// Whoever holds this appends alone to the company's log.
pub(super) async fn lock(db: &mut PgConnection, tenant: &str) -> Result<LogHead> {
    let select = "SELECT position, chains FROM log_head WHERE tenant_id = $1 FOR UPDATE";
    let row = sqlx::query(select).bind(tenant).fetch_one(db).await?;
    Ok(LogHead { position: row.try_get(0)?, chains: row.try_get(1)? })
}

/// What is written of a page, gathered before anything is.
pub(super) struct Kept {
    taken: Taken,
    log: LogHead,
    chains: Chains,
    entries: Entries,
    forks: Forks,
    aside: Aside,
    placed: Vec<Placed>,
    from: DeviceId,
    wall: i64,
}

#[derive(Default)]
struct Aside {
    rows: PutAside,
    count: i64,
}

impl Kept {
    pub(super) fn new(log: LogHead, from: DeviceId, wall: i64) -> Kept {
        Kept {
            taken: Taken::default(),
            log,
            chains: Chains::default(),
            entries: Entries::default(),
            forks: Forks::default(),
            aside: Aside::default(),
            placed: Vec::new(),
            from,
            wall,
        }
    }

    pub(super) fn run(&mut self, chain: Chain, run: Vec<(Received, Verdict)>, standing: Standing) {
        let mut head = standing.known.head;
        let mut number = standing.number;
        let mut last = None;
        let mut waits = false;
        for (received, verdict) in run {
            if let (Some(held), false) = (verdict.holds_back(chain, received.entry.seq), waits) {
                self.taken.held.push(held);
                waits = true;
            }
            match verdict {
                Verdict::New { fact, .. } => {
                    head = Head { seq: received.entry.seq, hash: received.hash };
                    let number = *number.get_or_insert_with(|| {
                        self.log.chains += 1;
                        self.log.chains
                    });
                    let Received { entry, sealed, hash, .. } = received;
                    self.append(number, &entry, sealed, hash);
                    last = Some((entry.store.clone(), entry.hlc, entry.wall));
                    let position = self.log.position;
                    self.placed.push(Placed { position, entry, fact, hash, branch: 0 });
                }
                Verdict::Fork(fork) => {
                    self.fork(&fork);
                    self.taken.forks.push(fork);
                }
                Verdict::Quarantine(reason) => self.put_aside(received, reason),
                Verdict::Known | Verdict::Early => {}
            }
        }
        self.taken.have.push(ChainHead { chain, head });
        if let (Some((store, hlc, wall)), Some(number)) = (last, number) {
            self.chains.push(ChainRow {
                chain: number,
                device: chain.device.0,
                epoch: i64::from(chain.epoch),
                scope: i16::from(chain.scope.number()),
                store: store.clone(),
                seq: stored(head.seq),
                head: head.hash,
                position: self.log.position,
                hlc: hlc.cast_signed(),
                wall,
            });
            self.taken.grew.push(Growth { chain, store, head });
            self.taken.position = Some(self.log.position.unsigned_abs());
        }
    }

    /// Writes all of it within a transaction that has locked the log.
    pub(super) async fn write(self, db: &mut PgConnection, me: &Node) -> Result<Taken> {
        let Kept { taken, log, chains, entries, forks, aside, placed, from, .. } = self;
        let tenant = me.tenant.as_str();
        if !placed.is_empty() {
            entries.insert(db, tenant).await?;
            chains.insert(db, tenant).await?;
            sqlx::query("UPDATE log_head SET position = $2, chains = $3 WHERE tenant_id = $1")
                .bind(tenant)
                .bind(log.position)
                .bind(log.chains)
                .execute(&mut *db)
                .await?;
        }
        let mut forked = BTreeSet::new();
        for row in forks.insert(db, tenant).await? {
            forked.insert((DeviceId(row.try_get(0)?), row.try_get::<i64, _>(1)?));
        }
        let placed = again::look_through(db, tenant, placed).await?;
        let mut put_aside = Vec::new();
        if is_room_aside(db, tenant, from, &aside).await? {
            for row in aside.rows.insert(db, tenant).await? {
                put_aside.push((Id::Entry(row.try_get(0)?), row.try_get(1)?));
            }
        }
        let hooks = match placed.is_empty() && put_aside.is_empty() && forked.is_empty() {
            true => Vec::new(),
            false => webhooks::all(db, tenant).await?,
        };
        let mut happened =
            if hooks.is_empty() { Vec::new() } else { webhooks::events::of_entries(&placed) };
        put_aside.extend(project::project(db, me, placed).await?);
        happened.extend(put_aside.into_iter().map(webhooks::events::put_aside));
        happened.extend(forked.into_iter().map(webhooks::events::forked));
        for hook in &hooks {
            webhooks::emit(db, tenant, hook, &happened).await?;
        }
        Ok(taken)
    }

    fn append(&mut self, chain: i64, entry: &Entry, sealed: Sealed, hash: Hash) {
        self.log.position += 1;
        self.taken.new += 1;
        self.entries.push(EntryRow {
            position: self.log.position,
            chain,
            seq: stored(entry.seq),
            scope: i16::from(entry.scope.number()),
            store: entry.store.clone(),
            hash,
            kind: words(&entry.kind),
            bytes: sealed.bytes,
            signature: sealed.signature,
        });
    }

    fn fork(&mut self, fork: &Fork) {
        let Fork { chain, seq, mine, theirs } = *fork;
        self.forks.push(ForkRow {
            device: chain.device.0,
            epoch: i64::from(chain.epoch),
            scope: i16::from(chain.scope.number()),
            seq: stored(seq),
            mine,
            theirs,
            found_at: self.wall,
        });
    }

    fn put_aside(&mut self, received: Received, reason: HeldReason) {
        let Received { entry, sealed, hash, .. } = received;
        self.aside.count += 1;
        self.aside.rows.push(AsideRow {
            device: entry.device,
            epoch: i64::from(entry.epoch),
            scope: i16::from(entry.scope.number()),
            seq: entry.seq.to_string(),
            hash,
            reason: format!("{reason:?}"),
            bytes: sealed.bytes,
            signature: sealed.signature,
            came_from: self.from.0,
            came_at: self.wall,
        });
    }
}

/// What could not be believed when it first came, and is in the log now.
async fn no_longer_aside(
    db: &mut PgConnection,
    tenant: &str,
    grew: &[Growth],
    who: &Who,
    wall: i64,
) -> Result<()> {
    if grew.is_empty() {
        return Ok(());
    }
    let devices: Vec<Vec<u8>> = grew.iter().map(|growth| growth.chain.device.0.to_vec()).collect();
    sqlx::query(
        "UPDATE quarantine SET state = 'taken', settled_at = $3, settled_by_kind = $4, settled_by = $5
         WHERE tenant_id = $1 AND device = ANY($2) AND state = 'open' AND EXISTS (
             SELECT 1 FROM chain JOIN entry USING (tenant_id, chain)
             WHERE chain.tenant_id = $1 AND chain.device = quarantine.device AND chain.epoch = quarantine.epoch
               AND chain.scope = quarantine.scope AND entry.seq = quarantine.seq AND entry.hash = quarantine.hash)",
    )
    .bind(tenant)
    .bind(devices)
    .bind(wall)
    .bind(who.kind())
    .bind(who.name())
    .execute(db)
    .await?;
    Ok(())
}

async fn is_room_aside(
    db: &mut PgConnection,
    tenant: &str,
    from: DeviceId,
    aside: &Aside,
) -> Result<bool> {
    if aside.count == 0 {
        return Ok(false);
    }
    let select = "SELECT count(*) FROM quarantine WHERE tenant_id = $1 AND came_from = $2 AND state = 'open'";
    let there: i64 = sqlx::query_scalar(select).bind(tenant).bind(from.0).fetch_one(db).await?;
    Ok(there + aside.count <= MOST_ASIDE)
}

rows!(ChainRow, Chains, "chain",
    "ON CONFLICT (tenant_id, device, epoch, scope) DO UPDATE SET seq = excluded.seq, head = excluded.head, position = excluded.position, hlc = excluded.hlc, wall = excluded.wall", {
    chain: i64 = "bigint",
    device: [u8; 16] = "bytea",
    epoch: i64 = "bigint",
    scope: i16 = "smallint",
    store: String = "text",
    seq: i64 = "bigint",
    head: [u8; 32] = "bytea",
    position: i64 = "bigint",
    hlc: i64 = "bigint",
    wall: i64 = "bigint",
});

rows!(EntryRow, Entries, "entry", "", {
    position: i64 = "bigint",
    chain: i64 = "bigint",
    seq: i64 = "bigint",
    scope: i16 = "smallint",
    store: String = "text",
    hash: [u8; 32] = "bytea",
    kind: String = "text",
    bytes: Vec<u8> = "bytea",
    signature: [u8; 64] = "bytea",
});

rows!(ForkRow, Forks, "fork", "ON CONFLICT DO NOTHING RETURNING device, epoch", {
    device: [u8; 16] = "bytea",
    epoch: i64 = "bigint",
    scope: i16 = "smallint",
    seq: i64 = "bigint",
    mine: [u8; 32] = "bytea",
    theirs: [u8; 32] = "bytea",
    found_at: i64 = "bigint",
});

rows!(AsideRow, PutAside, "quarantine", "ON CONFLICT DO NOTHING RETURNING id, reason", {
    device: [u8; 16] = "bytea",
    epoch: i64 = "bigint",
    scope: i16 = "smallint",
    seq: String = "numeric",
    hash: [u8; 32] = "bytea",
    reason: String = "text",
    bytes: Vec<u8> = "bytea",
    signature: [u8; 64] = "bytea",
    came_from: [u8; 16] = "bytea",
    came_at: i64 = "bigint",
});
