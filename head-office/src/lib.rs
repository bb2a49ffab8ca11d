//! Head office: takes in what the tills of many tenants write, keeps every entry in PostgreSQL, projects it
//! to tables, and hands it on to whoever may hold it. Processes keep nothing that the database does not
//! have, so that there may be several.

pub mod audit;
pub mod catalog;
pub mod certificates;
pub mod config;
pub mod database;
pub mod devices;
pub mod enrolment;
pub mod error;
pub mod http;
pub mod hub;
pub mod inventory;
pub mod journal;
pub mod listen;
pub mod metrics;
pub mod office;
pub mod operators;
pub mod orders;
pub mod payments;
pub mod people;
pub mod presence;
pub mod quarantine;
pub mod replication;
pub mod revocation;
pub mod settings;
pub mod tenants;
pub mod vault;
pub mod webhooks;

mod rows;
