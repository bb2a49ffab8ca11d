//! What of a page others are told.

use std::collections::BTreeSet;

use comptoir_sync::documents::{DocumentsChanged, Kind, Value as Said, says};
use comptoir_sync::entry::{DeviceId, Entry};
use comptoir_sync::facts::Fact;
use comptoir_sync::facts::trust::DeviceEnrolled;
use ed25519_dalek::VerifyingKey;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Event;
use crate::journal::Placed;
use crate::quarantine::{Id, held};

/// Products and prices that one event names; more of them are not named, but said to be.
const MOST_NAMED: usize = 500;

/// What entries of the log tell.
pub(crate) fn of_entries(placed: &[Placed]) -> Vec<(Event, Value)> {
    placed.iter().flat_map(|Placed { entry, fact, .. }| of_entry(entry, fact)).collect()
}

/// What is told of something that was put aside, and why it was.
pub(crate) fn put_aside((id, reason): (Id, String)) -> (Event, Value) {
    let reason = match id {
        Id::Entry(_) => held(&reason).0,
        Id::Change(_) => &reason,
    };
    (Event::QuarantineAdded, json!({ "id": id.to_string(), "reason": reason }))
}

/// What is told of a device of which an epoch turned out to have two histories.
pub(crate) fn forked((device, epoch): (DeviceId, i64)) -> (Event, Value) {
    (Event::DeviceForked, json!({ "device": device.to_string(), "epoch": epoch }))
}

fn of_entry(entry: &Entry, fact: &Fact) -> Vec<(Event, Value)> {
    match fact {
        Fact::SaleCompleted(sale) => vec![(
            Event::SaleCompleted,
            json!({
                "id": Uuid::from(sale.id),
                "store": entry.store,
                "register": sale.register,
                "receipt": sale.receipt,
                "completed_at": sale.completed_at,
                "currency": sale.currency,
                "subtotal": sale.subtotal,
                "total": sale.total,
                "rounding": sale.rounding,
            }),
        )],
        Fact::ReturnCompleted(back) => vec![(
            Event::RefundRecorded,
            json!({
                "id": Uuid::from(back.id),
                "sale": back.sale.map(Uuid::from),
                "store": entry.store,
                "register": back.register,
                "receipt": back.receipt,
                "completed_at": back.completed_at,
                "currency": back.currency,
                "subtotal": back.subtotal,
                "total": back.total,
                "rounding": back.rounding,
            }),
        )],
        Fact::DeviceEnrolled(DeviceEnrolled { public_key, store, register }) => {
            let device = VerifyingKey::from_bytes(public_key).map(|key| DeviceId::of(&key));
            let device = device.map(|device| device.to_string()).unwrap_or_default();
            let data = json!({ "device": device, "store": store, "register": register });
            vec![(Event::DeviceEnrolled, data)]
        }
        Fact::DeviceRevoked(revoked) => {
            let device = DeviceId(revoked.device).to_string();
            vec![(Event::DeviceRevoked, json!({ "device": device }))]
        }
        _ => fact.documents().map(|changed| of_documents(entry, changed)).unwrap_or_default(),
    }
}

/// One event for all products of an entry, and one for all its prices: what imports a catalogue does so in few entries.
fn of_documents(entry: &Entry, changed: &DocumentsChanged) -> Vec<(Event, Value)> {
    let (mut products, mut prices) = (BTreeSet::new(), Vec::new());
    for one in &changed.changes {
        match one.kind {
            Kind::Product => {
                products.insert(Uuid::from(one.document));
            }
            Kind::Prices => {
                let sets = says::sets(one.kind, &one.change).unwrap_or_default();
                for set in sets.into_iter().filter(|set| set.map == "price") {
                    let price = match set.value {
                        Some(Said::Int(price)) => Some(price),
                        _ => None,
                    };
                    prices.push(json!({ "sku": set.key, "price": price }));
                }
            }
            _ => {}
        }
    }
    let by = json!({ "device": DeviceId(entry.device).to_string(), "store": entry.store });
    let mut events = Vec::new();
    if !products.is_empty() {
        let named: Vec<Uuid> = products.iter().take(MOST_NAMED).copied().collect();
        let data = json!({ "by": by, "products": named, "count": products.len() });
        events.push((Event::ProductChanged, data));
    }
    if !prices.is_empty() {
        let count = prices.len();
        prices.truncate(MOST_NAMED);
        events.push((Event::PriceChanged, json!({ "by": by, "prices": prices, "count": count })));
    }
    events
}
