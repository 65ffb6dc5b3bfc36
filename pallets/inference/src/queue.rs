//! First-in-first-out queues in storage: one entry a key, so that neither end costs more when the queue is long.

use crate::{Config, Pallet, Positions, Queue, QueueEntry, Queues, Span};
use frame_system::pallet_prelude::BlockNumberFor;
use opg_primitives::RequestId;

impl<T: Config> Pallet<T> {
	/// How many entries a queue has.
	pub fn queue_len(queue: Queue) -> u64 {
		let positions = Positions::<T>::get();
		match queue {
			Queue::Waiting => positions.waiting.len(),
			Queue::Ended => positions.ended.len(),
		}
	}

	pub(crate) fn push(queue: Queue, request: RequestId, ready_at: BlockNumberFor<T>) {
		let place = Self::with_span(queue, |span| {
			let place = span.tail;
			span.tail = span.tail.saturating_add(1);
			place
		});
		Queues::<T>::insert(queue, place, QueueEntry { request, ready_at });
	}

	/// Takes the first entry if its turn has come.
	pub(crate) fn pop_ready(
		queue: Queue,
		now: BlockNumberFor<T>,
	) -> Option<QueueEntry<BlockNumberFor<T>>> {
		let positions = Positions::<T>::get();
		let head = match queue {
			Queue::Waiting => positions.waiting,
			Queue::Ended => positions.ended,
		}
		.head;
		let entry = Queues::<T>::get(queue, head)?;
		if entry.ready_at > now {
			return None;
		}
		Queues::<T>::remove(queue, head);
		Self::with_span(queue, |span| span.head = span.head.saturating_add(1));
		Some(entry)
	}

	fn with_span<Outcome>(queue: Queue, change: impl FnOnce(&mut Span) -> Outcome) -> Outcome {
		Positions::<T>::mutate(|positions| {
			change(match queue {
				Queue::Waiting => &mut positions.waiting,
				Queue::Ended => &mut positions.ended,
			})
		})
	}
}
