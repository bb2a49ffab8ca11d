//! What a receiver checks before it believes a change of a document. A bad change stops neither its
//! entry nor the chain: it is put aside with its bytes and the reason, for a person to look at.

use automerge::Change;
use uuid::Uuid;

use super::access::{Writer, may_write, writer};
use crate::documents::change::{ChangeMeta, check_place, missing, parse, written_maps};
use crate::documents::{ChangeError, DocumentsChanged, Kind, is_actor, settings};
use crate::entry::{DeviceId, Entry, Scope};

/// What becomes of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangeVerdict {
    /// It is taken in, and this is what has to be known of it from now on. Automerge may still
    /// panic on it: [`crate::documents::Document::take`] finds out on a copy.
    Apply(ChangeMeta),
    /// The document has it.
    Known,
    /// It stands on these changes, which are not here yet: it waits outside Automerge.
    Wait(Vec<[u8; 32]>),
    /// It is put aside.
    Quarantine(ChangeError),
}

/// Whose changes an entry holds: all of it stands in the entry, so that everybody who takes it in judges alike, whatever
/// else has come by then.
#[derive(Debug, Clone, Copy)]
pub struct Author<'a> {
    tenant: &'a str,
    /// Nothing of head office.
    store: &'a str,
    device: DeviceId,
    epoch: u32,
    scope: Scope,
    writer: Writer,
}

impl<'a> Author<'a> {
    /// Of an entry and what it says.
    pub fn of(entry: &'a Entry, says: &DocumentsChanged) -> Author<'a> {
        Author {
            tenant: &entry.tenant,
            store: &entry.store,
            device: DeviceId(entry.device),
            epoch: entry.epoch,
            scope: entry.scope,
            writer: writer(says.role),
        }
    }

    /// Of a device whose change head office writes again, and answers for.
    pub const fn vouched_for(device: DeviceId, epoch: u32) -> Author<'static> {
        let (scope, writer) = (Scope::Tenant, Writer::Anybody);
        Author { tenant: "", store: "", device, epoch, scope, writer }
    }

    /// Whether documents of this kind, and this one of them, may be changed in such an entry at all.
    fn may_change(self, (document, kind): (Uuid, Kind)) -> Result<(), ChangeError> {
        if kind.scope() != self.scope {
            return Err(ChangeError::WrongScope);
        }
        let of_a_store = kind == Kind::Settings && !self.store.is_empty();
        if of_a_store && document != settings::id(self.tenant, self.store) {
            return Err(ChangeError::OtherStore);
        }
        Ok(())
    }
}

/// Judges a change of a document, of which `known` are all changes here, the genesis among them.
pub fn check_change(
    (document, kind): (Uuid, Kind),
    known: &[ChangeMeta],
    bytes: &[u8],
    author: Author<'_>,
) -> ChangeVerdict {
    let judge = |change: Change| {
        if known.iter().any(|known| known.hash == change.hash().0) {
            return Ok(ChangeVerdict::Known);
        }
        author.may_change((document, kind))?;
        if !is_actor(change.actor_id(), author.device, author.epoch) {
            return Err(ChangeError::ForeignActor);
        }
        for map in written_maps(kind, &change)? {
            if !may_write(author.writer, kind, map) {
                return Err(ChangeError::NotAllowed { map: map.to_owned() });
            }
        }
        let missing = missing(known, &change);
        if !missing.is_empty() {
            return Ok(ChangeVerdict::Wait(missing));
        }
        check_place(known, &change)?;
        Ok(ChangeVerdict::Apply(ChangeMeta::of(&change)))
    };
    parse(bytes).and_then(judge).unwrap_or_else(ChangeVerdict::Quarantine)
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU64;

    use automerge::transaction::Transactable;
    use automerge::{ActorId, AutoCommit, ExpandedChange, ObjType, ROOT, ReadDoc, ScalarValue};
    use comptoir_domain::operators::Role;

    use super::*;
    use crate::documents::{Document, Fields, actor, first_change};

    const MANAGER: Writer = Writer::Operator(Role::Manager);
    const DEVICE: DeviceId = DeviceId([1; 16]);

    fn named(name: &str) -> Fields {
        let mut fields = Fields::default();
        fields.set_text("name", "en", name);
        fields
    }

    fn edit(document: &mut Document, device: DeviceId, name: &str) -> Vec<u8> {
        document.edit(&Fields::default(), &named(name), actor(device, 1, None), 0).unwrap()
    }

    fn meta(document: &mut Document) -> Vec<ChangeMeta> {
        document.meta()
    }

    const TEA: (Uuid, Kind) = (Uuid::from_u128(7), Kind::Product);
    const AUTHOR: Author<'_> = Author {
        tenant: "ACME",
        store: "YOW1",
        device: DEVICE,
        epoch: 1,
        scope: Scope::Tenant,
        writer: MANAGER,
    };

    fn check(known: &[ChangeMeta], bytes: &[u8]) -> ChangeVerdict {
        check_change(TEA, known, bytes, AUTHOR)
    }

    /// The first change of a product, altered and encoded anew: what a hostile device may write.
    fn altered(alter: impl Fn(&mut ExpandedChange)) -> Vec<u8> {
        let bytes = edit(&mut Document::new(Kind::Product), DEVICE, "Tea");
        let mut change = parse(&bytes).unwrap().decode();
        alter(&mut change);
        change.hash = None;
        Change::from(change).raw_bytes().to_vec()
    }

    fn verdict(alter: impl Fn(&mut ExpandedChange)) -> ChangeVerdict {
        check(&meta(&mut Document::new(Kind::Product)), &altered(alter))
    }

    fn quarantined(error: ChangeError) -> ChangeVerdict {
        ChangeVerdict::Quarantine(error)
    }

    /// A change that does to a product's document what its editor never does.
    fn other_work(work: impl Fn(&mut AutoCommit)) -> ChangeVerdict {
        let mut document = Document::new(Kind::Product);
        let known = meta(&mut document);
        let mut doc =
            AutoCommit::load(&document.save()).unwrap().with_actor(actor(DEVICE, 1, None));
        work(&mut doc);
        let change = doc.get_last_local_change().unwrap();
        check(&known, change.raw_bytes())
    }

    #[test]
    fn a_change_is_applied_once_and_waits_for_those_before_it() {
        let mut document = Document::new(Kind::Product);
        let known = meta(&mut document);
        let first = edit(&mut document, DEVICE, "Tea");
        let second = edit(&mut document, DEVICE, "Green tea");
        let ChangeVerdict::Apply(of_first) = check(&known, &first) else {
            panic!("the first change is fine");
        };
        assert_eq!(check(&known, &second), ChangeVerdict::Wait(vec![of_first.hash]));
        let known = [&known[..], &[of_first]].concat();
        assert_eq!(check(&known, &first), ChangeVerdict::Known);
        assert!(matches!(check(&known, &second), ChangeVerdict::Apply(_)));
        assert_eq!(known, meta(&mut Document::load(Kind::Product, [&first[..]]).unwrap()));
    }

    #[test]
    fn what_is_taken_out_of_a_document_is_a_change_like_any_other() {
        let mut document = Document::new(Kind::Product);
        edit(&mut document, DEVICE, "Tea");
        let known = meta(&mut document);
        let gone =
            document.edit(&named("Tea"), &Fields::default(), actor(DEVICE, 1, None), 0).unwrap();
        assert!(matches!(check(&known, &gone), ChangeVerdict::Apply(_)));
    }

    #[test]
    fn a_forged_actor_is_put_aside() {
        let known = meta(&mut Document::new(Kind::Product));
        let foreign = edit(&mut Document::new(Kind::Product), DeviceId([2; 16]), "Tea");
        assert_eq!(check(&known, &foreign), quarantined(ChangeError::ForeignActor));
        let own = altered(|_| {});
        assert!(matches!(check(&known, &own), ChangeVerdict::Apply(_)));
        let other_epoch = check_change(TEA, &known, &own, Author { epoch: 2, ..AUTHOR });
        assert_eq!(other_epoch, quarantined(ChangeError::ForeignActor));
    }

    #[test]
    fn numbers_that_do_not_follow_are_put_aside() {
        let expected = |expected, found| quarantined(ChangeError::WrongSeq { expected, found });
        assert_eq!(verdict(|change| change.seq = 3), expected(1, 3));
        assert_eq!(verdict(|change| change.seq = 0), expected(1, 0));
        for start in [1, 6, 8, u64::from(u32::MAX)] {
            let wrong = ChangeError::WrongStartOp { expected: 7, found: start };
            let start = NonZeroU64::new(start).unwrap();
            assert_eq!(verdict(|change| change.start_op = start), quarantined(wrong));
        }
        let beyond = NonZeroU64::new(u64::from(u32::MAX) + 1).unwrap();
        assert!(matches!(
            verdict(|change| change.start_op = beyond),
            ChangeVerdict::Quarantine(ChangeError::Unreadable(_))
        ));
        let from_nothing = quarantined(ChangeError::MissingDependency);
        assert_eq!(verdict(|change| change.deps.clear()), from_nothing, "all begin at the genesis");
    }

    /// Automerge counts in 32 bits and panics or wraps behind them: even where the number would
    /// follow, it is not taken.
    #[test]
    fn the_last_number_is_never_used() {
        let mut known = meta(&mut Document::new(Kind::Product));
        known[0].max_op = u64::from(u32::MAX) - 1;
        let last = altered(|change| change.start_op = NonZeroU64::new(u32::MAX.into()).unwrap());
        let found = u64::from(u32::MAX);
        let wrong = ChangeError::WrongStartOp { expected: found, found };
        assert_eq!(check(&known, &last), quarantined(wrong));
    }

    #[test]
    fn garbage_is_put_aside() {
        let known = meta(&mut Document::new(Kind::Product));
        let whole = Document::new(Kind::Product).save();
        for bytes in [&b""[..], b"garbage", &whole, &[&altered(|_| {})[..], b"x"].concat()] {
            let verdict = check(&known, bytes);
            let unreadable =
                matches!(verdict, ChangeVerdict::Quarantine(ChangeError::Unreadable(_)));
            assert!(unreadable, "{bytes:?} {verdict:?}");
        }
    }

    /// A counter loses what is added to it while somebody sets or deletes it, so stock is none.
    #[test]
    fn only_plain_values_in_the_maps_of_the_genesis_are_taken() {
        let map = |doc: &AutoCommit| doc.get(ROOT, "product").unwrap().unwrap().1;
        let fine = other_work(|doc| doc.put(map(doc), "department", "Tea").unwrap());
        assert!(matches!(fine, ChangeVerdict::Apply(_)), "{fine:?}");
        let wrong = quarantined(ChangeError::WrongShape);
        let counter = |doc: &mut AutoCommit| {
            doc.put(map(doc), "stock", ScalarValue::counter(3)).unwrap();
        };
        assert_eq!(other_work(counter), wrong);
        assert_eq!(
            other_work(|doc| {
                doc.put_object(ROOT, "product", ObjType::Map).unwrap();
            }),
            wrong,
            "a second map under the same key hides the first"
        );
        assert_eq!(other_work(|doc| doc.put(ROOT, "name", "Tea").unwrap()), wrong);
        let list = |doc: &mut AutoCommit| {
            doc.put_object(map(doc), "tags", ObjType::List).unwrap();
        };
        assert_eq!(other_work(list), wrong);
    }

    #[test]
    fn who_may_not_write_is_put_aside() {
        let known = meta(&mut Document::new(Kind::Product));
        let change = altered(|_| {});
        for writer in [Writer::Nobody, Writer::Operator(Role::Cashier)] {
            let verdict = check_change(TEA, &known, &change, Author { writer, ..AUTHOR });
            assert_eq!(verdict, quarantined(ChangeError::NotAllowed { map: "name".into() }));
        }
        let vouched_for = check_change(TEA, &known, &change, Author::vouched_for(DEVICE, 1));
        assert!(matches!(vouched_for, ChangeVerdict::Apply(_)));
    }

    /// Who does not hold the chain would never have the change, and not what others write upon it.
    #[test]
    fn a_change_in_a_chain_of_others_is_put_aside() {
        let in_store = Author { scope: Scope::Store, ..AUTHOR };
        let known = meta(&mut Document::new(Kind::Product));
        let verdict = check_change(TEA, &known, &altered(|_| {}), in_store);
        assert_eq!(verdict, quarantined(ChangeError::WrongScope));
    }

    #[test]
    fn a_store_changes_its_own_settings_and_head_office_those_of_all() {
        let mut wanted = Fields::default();
        wanted.set_text("store", "name", "Ottawa");
        let change = first_change(Kind::Settings, &wanted, actor(DEVICE, 1, None), 0);
        let known = meta(&mut Document::new(Kind::Settings));
        for (store, taken) in [("YOW1", true), ("YUL1", false), ("", true)] {
            let settings = (settings::id("ACME", "YOW1"), Kind::Settings);
            let author = Author { store, ..AUTHOR };
            match check_change(settings, &known, &change, author) {
                ChangeVerdict::Apply(_) => assert!(taken, "{store}"),
                other => assert_eq!((other, taken), (quarantined(ChangeError::OtherStore), false)),
            }
        }
    }

    /// What Automerge does by itself with a damaged file, and the reason why it is never asked.
    #[test]
    fn load_incremental_swallows_garbage() {
        let mut document = Document::new(Kind::Product);
        let mut doc = AutoCommit::load(&document.save()).unwrap();
        let change = altered(|_| {});
        let mut damaged = change.clone();
        damaged[12] ^= 0x40;
        let swallowed = doc.load_incremental(&[&change[..], &damaged[..]].concat());
        assert!(swallowed.is_ok(), "it says that all is well");
        assert_eq!(doc.get_changes(&[]).len(), 2, "and has dropped what it could not read");
        assert!(document.take(&damaged).is_err());
    }

    #[test]
    fn an_actor_is_a_device_an_epoch_and_a_run() {
        let one: ActorId = actor(DEVICE, 1, None);
        assert_ne!(one, actor(DEVICE, 2, None));
        assert_eq!(one.to_bytes()[..16], DEVICE.0);
        let run = actor(DEVICE, 1, Some([7; 8]));
        assert_ne!(run, actor(DEVICE, 1, Some([8; 8])));
        assert!(is_actor(&one, DEVICE, 1) && is_actor(&run, DEVICE, 1));
        assert!(!is_actor(&run, DEVICE, 2) && !is_actor(&run, DeviceId([2; 16]), 1));
        for other in [&run.to_bytes()[..27], &[run.to_bytes(), &[0]].concat(), &[1; 8], &[]] {
            assert!(!is_actor(&ActorId::from(other), DEVICE, 1), "{other:?}");
        }
    }
}
