//! How tills reach each other and head office. `comptoir_sync` decides who sends what and what is
//! believed; here are the sockets, certificates, timers and threads that it does without.
//!
//! A [`mesh::Mesh`] runs beside an open till, or one that is about to join ([`enrolment`]): it dials
//! head office ([`head_office`]) and the store's other tills ([`lan`]), lets itself be dialled, and
//! drives a session on every line ([`driver`]). Nothing here is ever waited for at the counter: what
//! comes is taken in by short transactions between two sales ([`keeper`]).

pub mod discovery;
pub mod driver;
pub mod enrolment;
pub mod frames;
pub mod head_office;
pub mod keeper;
pub mod lan;
pub mod ledger;
pub mod mesh;
pub mod paper;
pub mod status;
pub mod tls;
