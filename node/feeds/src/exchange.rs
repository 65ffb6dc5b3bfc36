//! What nodes of a committee tell each other: who has which observations of a round.
//!
//! A node asks all it is connected with, again and again while a round lasts, and gives its own observations with the question. Whoever
//! watches the same round answers with those the asker does not have. Nothing is believed: each observation is signed, and checked
//! before it is kept. How questions travel is the node's business.

pub use opg_store::PeerNetwork;

use crate::answer::opened;
use codec::{Decode, Encode};
use opg_primitives::feed::{FeedId, Observation, Round, Seat, Watch};
use sp_application_crypto::RuntimeAppPublic;

/// Bytes of a question at most: every seat's observation, with what a source signed.
pub const MAX_QUESTION: u64 = 160 << 10;
/// Bytes of an answer at most.
pub const MAX_ANSWER: u64 = 160 << 10;

/// What one node asks another.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Question {
	/// The feed.
	pub feed: FeedId,
	/// The round.
	pub round: Round,
	/// A bit for each seat whose observation the asker has.
	pub has: u32,
	/// The asker's own.
	pub gives: Vec<Observation>,
}

/// The bit of a seat.
pub fn bit(seat: Seat) -> u32 {
	1u32.checked_shl(seat.into()).unwrap_or(0)
}

/// Whether an observation is one of the round's: of its keys, by a node of its committee, signed; and what the source signed, if it does.
pub fn is_genuine(one: &Observation, watch: &Watch) -> bool {
	let Some(worker) = watch.members.get(usize::from(one.seen.seat)) else { return false };
	let claim = one.seen.sighting(watch.feed, watch.version, watch.round).statement(watch.genesis);
	watch.subject.is_of(&one.seen.values)
		&& is_vouched_for(one, watch)
		&& worker.verify(&claim, &one.signature)
}

/// Whether a source that signs said what was seen. The chain checks the time as well.
fn is_vouched_for(one: &Observation, watch: &Watch) -> bool {
	let signing = watch.sources.iter().find_map(|source| Some((source, source.signer.as_ref()?)));
	match (signing, &one.token) {
		(None, None) => true,
		(Some((source, key)), Some(token)) => opened(token, key)
			.is_ok_and(|opened| opened.values(source, &watch.subject) == one.seen.values),
		_ => false,
	}
}
