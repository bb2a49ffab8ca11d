//! What comes that nobody should believe, and what only a newer version understands. Neither may stop what is good.

use comptoir_sync::documents::{DocumentChange, DocumentsChanged, Kind};
use comptoir_sync::entry::{self, Chain, DeviceId, Entry, Scope, Sealed};
use comptoir_sync::facts::Fact;
use comptoir_sync::replication::message::Page;
use comptoir_sync::replication::vector::Vector;
use comptoir_till::inventory::Moved;
use comptoir_till::journal;
use comptoir_till::till::{Till, Tx};
use ed25519_dalek::SigningKey;

use crate::company::{OTHER, missing};
use crate::host::Host;
use crate::model::shop;
use crate::node::TENANT;
use crate::storm::Storm;

/// A page that no sender of ours makes.
#[derive(Debug, Clone, Copy)]
enum Forgery {
    /// One bit is another.
    Tampered,
    /// Signed by nobody's key.
    Stranger,
    /// Of another company, with the key of a device of this one.
    OtherTenant,
    /// As it stands in the books of the other company.
    Foreign,
    /// Of the other store, with the key of a device of this one.
    OtherStore,
    /// Good, but for the entries before it.
    Gap,
    /// Larger than anything may be.
    Oversized,
}

impl Storm {
    /// Somebody sends what they should not; nothing of it is taken in.
    pub(crate) fn attack(&mut self) {
        if self.world.random.one_in(4) && !self.world.lines.is_empty() {
            let line = self.world.random.below(self.world.lines.len() as u64) as usize;
            let frame: Vec<u8> =
                (0..40).map(|_| self.world.random.next().to_le_bytes()[0]).collect();
            self.world.hear(line, self.world.seed as usize % 2, &frame);
            return self.trace(format_args!("line {line} carries rubbish"));
        }
        let forgery = match self.world.random.below(8) {
            0 => Forgery::Tampered,
            1 => Forgery::Stranger,
            2 => Forgery::OtherTenant,
            3 => Forgery::OtherStore,
            4 => Forgery::Gap,
            5 | 6 => Forgery::Foreign,
            _ => Forgery::Oversized,
        };
        let nodes = self.world.nodes.len() as u64;
        let target = self.world.random.below(nodes) as usize;
        let writer = self.some_till();
        let is_strange =
            self.world.nodes[target].me().tenant != self.world.nodes[writer].me().tenant;
        if writer == target || matches!(forgery, Forgery::Foreign) != is_strange {
            return;
        }
        let entries = match forgery {
            Forgery::Foreign => {
                missing(self.world.nodes[writer].machine().till(), &Vector::default())
            }
            _ => vec![self.forged(forgery, target, writer)],
        };
        // Whoever brings it may be believed in all else.
        let bearer = self.some_till();
        let from = self.world.nodes[bearer].me().device;
        let before = self.world.nodes[target].heads();
        let now = self.world.now;
        let page = Page { entries, cursor: None, more: false };
        let stored = self.world.nodes[target].keep(page, from, now);
        let seed = self.world.seed;
        assert_eq!(self.world.nodes[target].heads(), before, "seed {seed}: {forgery:?}");
        // A full disk has no room for what is put aside either.
        assert!(stored.is_none_or(|stored| stored.frozen.is_empty()), "seed {seed}: {forgery:?}");
        self.trace(format_args!("node {target} is sent an entry of {writer}: {forgery:?}"));
    }

    /// As if it followed what the target has of the writer.
    fn forged(&mut self, forgery: Forgery, target: usize, writer: usize) -> Sealed {
        let heads = self.world.nodes[target].heads();
        let machine = self.world.nodes[writer].machine();
        let identity = machine.till().identity().clone();
        let mut key = machine.till().key().clone();
        let chain = Chain { device: identity.device, epoch: identity.epoch, scope: Scope::Store };
        let head = heads.into_iter().find(|(held, ..)| *held == chain).map(|(.., head)| head);
        let (seq, prev) = head.map_or((0, entry::NO_HASH), |head| (head.seq, head.hash));
        let mut forged = Entry {
            v: entry::VERSION,
            tenant: identity.tenant,
            store: identity.store,
            device: identity.device.0,
            epoch: identity.epoch,
            scope: Scope::Store,
            seq: seq + 1,
            prev,
            hlc: 1,
            wall: 1,
            kind: "loyalty_earned".into(),
            kind_v: 1,
            operator: None,
            body: vec![0x80],
        };
        match forgery {
            Forgery::Tampered | Forgery::Foreign => {}
            Forgery::Stranger => {
                key = SigningKey::from_bytes(&[66; 32]);
                forged.device = DeviceId::of(&key.verifying_key()).0;
                (forged.seq, forged.prev) = (1, entry::NO_HASH);
                forged.kind = "epoch_started".into();
            }
            Forgery::OtherTenant if forged.tenant == OTHER => forged.tenant = TENANT.into(),
            Forgery::OtherTenant => forged.tenant = OTHER.into(),
            Forgery::OtherStore => forged.store = "XXX".into(),
            Forgery::Gap => (forged.seq, forged.prev) = (seq + 5, [7; 32]),
            Forgery::Oversized => forged.body = vec![0; entry::MOST_BYTES + 1],
        }
        let mut sealed = forged.seal(&key);
        if matches!(forgery, Forgery::Tampered) {
            let last = sealed.bytes.len() - 1;
            sealed.bytes[last] ^= 1;
        }
        sealed
    }

    /// A till of the store writes changes of documents that nobody can take in: rubbish, an actor of somebody else,
    /// numbers with a gap, and one where Automerge stops counting. They are signed and chained: the entry stands, the
    /// changes do not.
    pub(crate) fn write_bad_changes(&mut self, node: usize) {
        let now = self.world.now;
        let machine = self.world.nodes[node].machine();
        let written = machine.work(now, |till| {
            let (device, epoch) = (till.identity().device, till.identity().epoch);
            let good = known_change(till);
            let tx = till.begin()?;
            let rubbish = DocumentChange { change: vec![7; 200], ..good.clone() };
            let mut changes = vec![rubbish.clone(), good.clone(), rubbish];
            let actor = comptoir_sync::documents::actor(device, epoch, None);
            for (seq, start) in [(9_000, 9_000), (1, u64::from(u32::MAX))] {
                let mut spoiled =
                    automerge::Change::from_bytes(good.change.clone()).unwrap().decode();
                (spoiled.actor_id, spoiled.seq) = (actor.clone(), seq);
                spoiled.start_op = start.try_into().unwrap();
                let change = automerge::Change::from(spoiled).raw_bytes().to_vec();
                changes.push(DocumentChange { change, ..good.clone() });
            }
            tx.record(&Fact::DocumentsChanged(DocumentsChanged { changes, role: None }), None)?;
            tx.commit()
        });
        written.unwrap();
        self.trace(format_args!("till {node} writes changes that nobody can take in"));
        self.tell_of(node);
    }

    /// A newer till writes facts that no other understands: a kind, a version of a kind, a kind of document.
    pub(crate) fn write_what_is_newer(&mut self, node: usize) {
        let now = self.world.now;
        let which = self.world.random.below(3);
        let machine = self.world.nodes[node].machine();
        let written = machine.work(now, |till| {
            let key = till.key().clone();
            let tx = till.begin()?;
            // A document of kind 99, with a change of three bytes.
            let mut document = vec![0x81, 0x81, 0x83, 0x50];
            document.extend([9; 16]);
            document.extend([0x18, 0x63, 0x43, 1, 2, 3]);
            let scope = match which {
                0 => append(&tx, &key, Scope::Store, "loyalty_earned", 1, vec![0x81, 0x18, 0x2a])?,
                1 => append(&tx, &key, Scope::Store, "cash_moved", 2, vec![0x81, 0x18, 0x2a])?,
                _ => append(&tx, &key, Scope::Tenant, "document_change", 1, document)?,
            };
            tx.commit()?;
            Ok::<_, comptoir_till::error::Error>((shop(till), scope))
        });
        match written {
            Ok(newer) => self.newer.push(newer),
            Err(error) => panic!("seed {}: till {node}: {error}", self.world.seed),
        }
        self.trace(format_args!("till {node} writes what only a newer one understands"));
        self.tell_of(node);
    }
}

/// A change of a product that everybody has.
fn known_change(till: &Till) -> DocumentChange {
    let mut select = till.db().prepare("SELECT entry FROM journal ORDER BY id").unwrap();
    let entries = select.query_map([], |row| row.get::<_, Vec<u8>>(0)).unwrap();
    let mut facts =
        entries.map(|bytes| Fact::read(&Entry::read(&bytes.unwrap()).unwrap()).unwrap());
    let of_product = |fact: Fact| {
        let mut changes = fact.documents()?.changes.iter();
        changes.find(|change| change.kind == Kind::Product).cloned()
    };
    facts.find_map(of_product).unwrap()
}

/// Appends an entry to the till's own chain as a newer version would.
fn append(
    tx: &Tx<'_>,
    key: &SigningKey,
    scope: Scope,
    kind: &str,
    kind_v: u8,
    body: Vec<u8>,
) -> comptoir_till::error::Result<Scope> {
    let identity = tx.identity;
    let chain = Chain { device: identity.device, epoch: identity.epoch, scope };
    let head = journal::head(tx, &chain)?;
    let last: i64 = tx.query_row("SELECT max(hlc) FROM chain", [], |row| row.get(0))?;
    let entry = Entry {
        v: entry::VERSION,
        tenant: identity.tenant.clone(),
        store: identity.store.clone(),
        device: identity.device.0,
        epoch: identity.epoch,
        scope,
        seq: head.seq + 1,
        prev: head.hash,
        hlc: last.cast_unsigned() + 1,
        wall: tx.wall,
        kind: kind.to_owned(),
        kind_v,
        operator: None,
        body,
    };
    let sealed = entry.seal(key);
    let id = journal::append(tx, &head, &entry, &sealed)?;
    let moved = &mut Moved::default();
    journal::project(tx, id, &entry, &Fact::read(&entry)?, &sealed, moved)?;
    Ok(scope)
}
