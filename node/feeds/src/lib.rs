//! Observes feeds: asks their sources, signs what they say, and exchanges it with the other nodes of a committee.
//!
//! [`client`] asks a source's addresses, within the bounds of [`policy`]; [`answer`] finds the numbers in what came back. [`observer`] does all that for the rounds its node has a seat in,
//! and keeps what it signed in a [`journal`], so that it never says two things about one round, and what sources answered as [`evidence`].
//! [`exchange`] is what nodes tell each other.

#![deny(missing_docs)]

pub mod answer;
pub mod client;
pub mod evidence;
pub mod exchange;
pub mod journal;
pub mod observer;
pub mod policy;

pub use client::{Client, FetchError};
pub use evidence::{Evidence, EvidenceError};
pub use exchange::{PeerNetwork, MAX_ANSWER, MAX_QUESTION};
pub use journal::{Journal, JournalError};
pub use observer::{Observer, ObserverConfig};
pub use policy::{Allowed, Pinned, Policy};
