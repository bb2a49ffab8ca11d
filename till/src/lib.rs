//! The shop's engine at one register, without a window: one use case is one function over SQLite.
//! It reads the tables, lets the rules of `comptoir_domain` decide, records the resulting facts in
//! the journal and queues what has to happen in the world outside. Start with [`till::Till`] and
//! [`orders::complete_sale`].

pub mod cart;
pub mod catalog;
pub mod compliance;
pub mod conflicts;
pub mod customers;
pub mod database;
pub mod demo;
pub mod devices;
pub mod documents;
pub mod error;
pub mod home;
pub mod inventory;
pub mod journal;
pub mod operators;
pub mod orders;
pub mod outbox;
pub mod payments;
pub mod pricing;
pub mod promotions;
pub mod reporting;
pub mod shelf;
pub mod store;
pub mod tax;
pub mod till;
pub mod training;
pub mod trust;
pub mod turns;
