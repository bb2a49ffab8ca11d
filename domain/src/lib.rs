//! The rules of a shop, without a shop: everything here is a pure function of what it is given,
//! time and identifiers included. Nothing reads a file, a clock or a random number, so every rule
//! can be shown as a table in a test.

pub mod cart;
pub mod catalog;
pub mod compliance;
pub mod customers;
pub mod gs1;
pub mod ids;
pub mod inventory;
pub mod money;
pub mod operators;
pub mod orders;
pub mod payments;
pub mod pricing;
pub mod promotions;
pub mod quantity;
pub mod reporting;
pub mod rules;
pub mod shelf;
pub mod store;
pub mod tax;
pub mod text;
pub mod training;
