//! First-in-first-out queues in storage: one entry a key, so that neither end costs more when the queue is long.

use crate::{Config, CountersOf, Pallet, Positions, Queue, QueueEntry, Queues, Span};
use frame_system::pallet_prelude::BlockNumberFor;
use opg_primitives::RequestId;
use sp_runtime::traits::Saturating;

impl<T: Config> Pallet<T> {
	/// How many entries a queue has.
	pub fn queue_len(queue: Queue) -> u64 {
		let positions = Positions::<T>::get();
		match queue {
			Queue::Waiting => positions.waiting.len(),
			Queue::Ended => positions.ended.len(),
		}
	}

	/// Puts a request at the end of those that wait for a node.
	pub(crate) fn push_waiting(request: RequestId, ready_at: BlockNumberFor<T>) {
		let place = Positions::<T>::mutate(|positions| positions.waiting.push());
		Queues::<T>::insert(Queue::Waiting, place, QueueEntry { request, ready_at, answers: 0 });
	}

	/// Puts a request at the end of those to prune, and counts `answers` paid for it.
	pub(crate) fn push_ended(request: RequestId, ready_at: BlockNumberFor<T>, answers: u64) {
		let now = frame_system::Pallet::<T>::block_number();
		let drawn_at = now.saturating_add(crate::request::DRAW_DELAY.into());
		let (place, answers) = Positions::<T>::mutate(|positions| {
			let place = positions.ended.push();
			positions.sampling.count(answers, positions.ended.tail, drawn_at);
			(place, positions.sampling.counted)
		});
		Queues::<T>::insert(Queue::Ended, place, QueueEntry { request, ready_at, answers });
	}

	/// Takes the first entry if its turn has come.
	pub(crate) fn pop_ready(
		queue: Queue,
		now: BlockNumberFor<T>,
	) -> Option<QueueEntry<BlockNumberFor<T>>> {
		let head = Self::span_mut(queue, &mut Positions::<T>::get()).head;
		let entry = Queues::<T>::get(queue, head)?;
		if entry.ready_at > now {
			return None;
		}
		Queues::<T>::remove(queue, head);
		Positions::<T>::mutate(|positions| {
			let span = Self::span_mut(queue, positions);
			span.head = span.head.saturating_add(1);
		});
		Some(entry)
	}

	fn span_mut(queue: Queue, positions: &mut CountersOf<T>) -> &mut Span {
		match queue {
			Queue::Waiting => &mut positions.waiting,
			Queue::Ended => &mut positions.ended,
		}
	}
}
