//! What tills and head office say to each other: signed, chained journal entries ([`entry`]), the
//! facts in them ([`facts`]) and the documents whose changes are one kind of fact ([`documents`]);
//! how a device comes to take part ([`enrolment`]), which entries a receiver believes
//! ([`acceptance`]) and who sends which to whom ([`replication`]).
//! Bytes in, values out; where they are kept and how they travel is somebody else's affair.

pub mod acceptance;
pub mod documents;
pub mod enrolment;
pub mod entry;
pub mod facts;
pub mod replication;
