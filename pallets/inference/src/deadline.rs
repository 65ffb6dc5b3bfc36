//! The expiry ring: every request reserves its places when it is made, so no deadline is ever late for want of room.

use crate::{Config, Error, Event, Expiring, Expiry, Pallet, Queue, Requests, State};
use frame_support::traits::Get;
use frame_system::pallet_prelude::BlockNumberFor;
use opg_primitives::{
	seams::{Delivery, NodeRegistry},
	NodeId, RequestId,
};
use sp_runtime::{
	traits::{BlockNumberProvider, CheckedDiv, One, Saturating},
	DispatchError,
};

/// Blocks by which a request may end after its deadline because the blocks before were full.
pub const SLIP: u32 = 8;

/// Blocks between a miss and the next draw: the two whose authors make the seed.
const REDRAW_DELAY: u32 = 2;

impl<T: Config> Pallet<T> {
	/// Reserves the places at which a request is looked at again; returns when it ends.
	pub(crate) fn reserve_expiry(
		request: RequestId,
		now: BlockNumberFor<T>,
		deadline: BlockNumberFor<T>,
	) -> Result<BlockNumberFor<T>, DispatchError> {
		let half = now.saturating_add(deadline.checked_div(&2u32.into()).unwrap_or(deadline));
		Self::reserve(half, Expiry::HalfTime(request))?;
		Self::reserve(now.saturating_add(deadline), Expiry::Deadline(request))
	}

	fn reserve(
		from: BlockNumberFor<T>,
		expiry: Expiry,
	) -> Result<BlockNumberFor<T>, DispatchError> {
		let mut at = from;
		for _ in 0..=SLIP {
			if Expiring::<T>::try_append(at, expiry).is_ok() {
				return Ok(at);
			}
			at = at.saturating_add(One::one());
		}
		Err(Error::<T>::TooManyExpiring.into())
	}

	/// Looks at everything due now; returns how much that was.
	pub(crate) fn end_due() -> u32 {
		let now = T::Clock::current_block_number();
		let due = Expiring::<T>::take(now);
		for expiry in due.iter() {
			match expiry {
				Expiry::HalfTime(request) => Self::replace_late_node(*request, now),
				Expiry::Deadline(request) => Self::expire(*request, now),
			}
		}
		due.len() as u32
	}

	/// At half time a node that had its chance loses the request.
	fn replace_late_node(request: RequestId, now: BlockNumberFor<T>) {
		let Some(mut record) = Requests::<T>::get(request) else { return };
		let State::Assigned { node, since, .. } = record.state else { return };
		if now.saturating_sub(since) < T::MinAnswerTime::get() {
			return;
		}
		Self::take_from(node, request);
		record.missed_by = Some(node);
		record.state = State::Waiting;
		Requests::<T>::insert(request, record);
		let redrawn_from =
			frame_system::Pallet::<T>::block_number().saturating_add(REDRAW_DELAY.into());
		Self::push(Queue::Waiting, request, redrawn_from);
	}

	fn expire(request: RequestId, now: BlockNumberFor<T>) {
		let Some(mut record) = Requests::<T>::get(request) else { return };
		match record.state {
			State::Waiting => {},
			State::Assigned { node, .. } => {
				Self::take_from(node, request);
				record.missed_by = Some(node);
			},
			_ => return,
		}
		Self::end(request, record, State::Expired { at: now });
		Self::deposit_event(Event::Expired { request });
	}

	fn take_from(node: NodeId, request: RequestId) {
		crate::Assigned::<T>::remove(node, request);
		T::Nodes::release(node, Delivery::Missed);
		Self::deposit_event(Event::Missed { request, node });
	}

	/// Whether a node drawn now would have time to answer before `deadline`.
	pub(crate) fn has_time(now: BlockNumberFor<T>, deadline: BlockNumberFor<T>) -> bool {
		deadline.saturating_sub(now) >= T::MinAnswerTime::get()
	}
}
