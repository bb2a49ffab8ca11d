//! How nodes come to hold the same entries. One protocol serves a neighbour on the shop's network
//! and head office: say what you hold, send what the other side lacks in pages, acknowledge what is
//! on disk. Nothing here reads a clock, a disk or a socket; a driver does, and tells
//! [`session::Session`] what happened.
//!
//! | message | says | answered by |
//! |---|---|---|
//! | `Hello` | protocols, company, store, device, epoch, clock, chains held, place in head office's log | `Hello` of its own, or `Refused` |
//! | `Page` | entries, each chain in order; at most 500 or 1 MiB, or one larger entry; the log's cursor | `Ack`, once on disk |
//! | `Ack` | chains of the page with what is on disk, the cursor, chains that wait and why | |
//! | `Refused` | why there is no session | |
//! | `Ping` | are you there? | `Pong` |
//! | `Paper` | how this till's printer is; print these; how far they are; how far are they? | jobs and how far they are, once that is on disk |
//!
//! **Who sends what.** A till sends by vector: for each chain of which the other side has less, the
//! next page, the chains taking turns. Head office sends in the order of its log from the other
//! side's cursor, leaving out what it holds already; what it still lacks at the end of the log
//! (something waited, or got lost) follows by vector.
//!
//! **What can go wrong.** Messages may come twice, late or never: a page is acknowledged when it is
//! on disk, what is known already is taken in again without effect, and what was lost ends the
//! connection, after which both sides say anew what they hold. A chain that cannot be taken in waits
//! until the next session or until its receiver says that it can; the others flow on.
//!
//! **Paper.** Tills of one store give print jobs to each other ([`paper`]). That is no part of what they
//! agree on: head office is told nothing of it, and a till that does not know these words skips them.
//!
//! **What was lost.** A device whose disk went back in time and wrote on has another history of its own epoch than
//! everybody else. It begins a newer one, and asks whoever holds the other history for what its disk lost ([`lost`]);
//! an older node does not say that it answers, and is not asked.
//!
//! A transport keeps frames ([`frame`]) whole, in order and secret, and knows who the other side is:
//! by its certificate, or by a [`proof`].

pub mod dialer;
pub mod event;
pub mod frame;
pub mod lost;
pub mod message;
pub mod paper;
pub mod proof;
mod sending;
pub mod session;
pub mod vector;

#[cfg(test)]
mod tests;
