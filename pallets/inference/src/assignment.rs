//! The draw: which node gets a waiting request, by randomness of two blocks after the request's.

use crate::{Assigned, Config, Event, Pallet, PreviousEntropy, Queue, QueueEntry, Requests, State};
use codec::Encode;
use frame_support::traits::Get;
use frame_system::pallet_prelude::BlockNumberFor;
use opg_primitives::{
	seams::{BlockEntropy, Entropy, NodeRegistry},
	Draw, RequestId,
};
use sp_io::hashing::blake2_256;
use sp_runtime::traits::{BlockNumberProvider, One, Saturating};

/// Blocks for which a draw waits for two different authors in a row.
const MAX_AUTHOR_WAIT: u32 = 4;

/// The two blocks a draw mixes.
struct Mix {
	before: Entropy,
	now: Entropy,
	has_two_authors: bool,
}

impl Mix {
	fn draw(&self, request: RequestId) -> Draw {
		Draw::from(blake2_256(&(self.before.output, self.now.output, request).encode()))
	}
}

impl<T: Config> Pallet<T> {
	/// Draws for the requests whose turn has come; returns how many were looked at.
	pub(crate) fn draw_waiting(now: BlockNumberFor<T>) -> u32 {
		let Some(mix) = Self::mix() else { return 0 };
		let most = Self::queue_len(Queue::Waiting).min(T::MaxDraws::get().into());
		let mut looked_at: u32 = 0;
		while u64::from(looked_at) < most {
			let Some(entry) = Self::pop_ready(Queue::Waiting, now) else { break };
			looked_at = looked_at.saturating_add(1);
			if !Self::settle_turn(&mix, &entry, now) {
				// Nobody is free, or one author made both blocks: the turn comes again.
				let ready_at = if mix.has_two_authors {
					now.saturating_add(One::one())
				} else {
					entry.ready_at
				};
				Self::push(Queue::Waiting, entry.request, ready_at);
			}
		}
		looked_at
	}

	/// Remembers this block's contribution and mixes it with the last block's.
	fn mix() -> Option<Mix> {
		let now = T::Entropy::current();
		let before = PreviousEntropy::<T>::get();
		PreviousEntropy::<T>::set(now);
		let (now, before) = (now?, before?);
		let has_two_authors = T::Entropy::authors() <= 1 || now.author != before.author;
		Some(Mix { before, now, has_two_authors })
	}

	/// False if the request still waits.
	fn settle_turn(
		mix: &Mix,
		entry: &QueueEntry<BlockNumberFor<T>>,
		now: BlockNumberFor<T>,
	) -> bool {
		let request = entry.request;
		let Some(mut record) = Requests::<T>::get(request) else { return true };
		let clock = T::Clock::current_block_number();
		if record.state != State::Waiting || !Self::has_time(clock, record.deadline) {
			return true;
		}
		let has_waited = now >= entry.ready_at.saturating_add(MAX_AUTHOR_WAIT.into());
		if !mix.has_two_authors && !has_waited {
			return false;
		}
		let draw = mix.draw(request);
		let Some(node) = T::Nodes::draw(record.model, draw, &record.requester, record.missed_by)
		else {
			return false;
		};
		record.state = State::Assigned { node, draw, since: clock };
		Requests::<T>::insert(request, record);
		Assigned::<T>::insert(node, request, draw);
		Self::deposit_event(Event::Assigned { request, node, draw });
		true
	}
}
