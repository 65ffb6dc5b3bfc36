//! The expiry rings: every request reserves its places when it is made, so no deadline is ever late for want of room.
//!
//! A request under `Attested` has a place in each of two rings, one for half of its time and one for the end of it; under `Quorum` it has
//! two in the second, for its deadline and for the end of its panel. Whatever is due in the second is looked at in its block, which has room for it.
//! Late nodes are replaced as far as there is room beside that; who is not is looked at in the next block. So what a block may take does not
//! depend on how many nodes fall silent at once, and what most entries cost, whose requests have been answered, is a look.

use crate::{
	budget::Work, BalanceOf, ClockOf, Config, Error, Event, Expiring, Expiry, Pallet, Requests,
	Ring, State,
};
use frame_support::traits::Get;
use frame_system::pallet_prelude::BlockNumberFor;
use opg_primitives::{
	seams::{Case, Delivery, NodeRegistry, Panels},
	NodeId, RequestId, TrustMode,
};
use sp_runtime::{
	traits::{BlockNumberProvider, CheckedDiv, One, Saturating},
	DispatchError,
};

/// Blocks by which a request may end after its deadline because the blocks before were full.
pub const SLIP: u32 = 8;

/// Blocks of the rings that are looked at for a request's two places at the most.
pub const MOST_SEARCHED: u32 = 2 * (SLIP + 1);

/// The places of a request.
pub(crate) struct Places<Clock> {
	/// When it ends.
	pub(crate) deadline: Clock,
	/// How many blocks of the rings were looked at to find them.
	pub(crate) searched: u32,
}

impl<T: Config> Pallet<T> {
	/// Reserves the places at which a request is looked at again.
	pub(crate) fn reserve_expiry(
		request: RequestId,
		trust: TrustMode,
		now: BlockNumberFor<T>,
		deadline: BlockNumberFor<T>,
	) -> Result<Places<ClockOf<T>>, DispatchError> {
		let mut searched: u32 = 0;
		let mut reserve = |ring, from, expiry| Self::reserve(ring, from, expiry, &mut searched);
		let end = now.saturating_add(deadline);
		let at = reserve(Ring::Ends, end, Expiry::Deadline(request))?;
		match trust {
			TrustMode::Attested | TrustMode::Proved => {
				let half = deadline.checked_div(&2u32.into()).unwrap_or(deadline);
				let half = now.saturating_add(half);
				reserve(Ring::HalfTimes, half, Expiry::HalfTime(request))?;
			},
			TrustMode::Quorum { .. } => {
				let last = at.saturating_add(T::Panels::most_time().into());
				reserve(Ring::Ends, last, Expiry::Final(request))?;
			},
		}
		Ok(Places { deadline: at, searched })
	}

	fn reserve(
		ring: Ring,
		from: BlockNumberFor<T>,
		expiry: Expiry,
		searched: &mut u32,
	) -> Result<BlockNumberFor<T>, DispatchError> {
		let mut at = from;
		for _ in 0..=SLIP {
			*searched = searched.saturating_add(1);
			if Expiring::<T>::try_append(ring, at, expiry).is_ok() {
				return Ok(at);
			}
			at = at.saturating_add(One::one());
		}
		Err(Error::<T>::TooManyExpiring.into())
	}

	/// Looks at every end that is due now.
	pub(crate) fn end_due(work: &mut Work) {
		let now = T::Clock::current_block_number();
		for expiry in Expiring::<T>::take(Ring::Ends, now) {
			work.looked = work.looked.saturating_add(1);
			let has_ended = match expiry {
				Expiry::Deadline(request) => {
					!T::Panels::is_revealing(Case::Request(request)) && Self::expire(request, now)
				},
				Expiry::Final(request) => Self::expire(request, now),
				// Never in this ring.
				Expiry::HalfTime(_) => false,
			};
			work.ended = work.ended.saturating_add(has_ended.into());
		}
	}

	/// Looks at who is half way now, and replaces late nodes as far as there is room; the rest comes in the next block.
	pub(crate) fn replace_late_nodes(work: &mut Work) {
		let now = T::Clock::current_block_number();
		let due = Expiring::<T>::take(Ring::HalfTimes, now);
		work.looked = work.looked.saturating_add(due.len() as u32);
		let mut room = work.room_for_misses::<T>();
		for expiry in due {
			let Expiry::HalfTime(request) = expiry else { continue };
			if room == 0 {
				Self::postpone(expiry, now);
			} else if Self::replace_late_node(request, now) {
				room = room.saturating_sub(1);
				work.missed = work.missed.saturating_add(1);
			}
		}
	}

	/// Whoever finds no place keeps its node until the deadline, whose place it has.
	fn postpone(expiry: Expiry, now: BlockNumberFor<T>) {
		let next = now.saturating_add(One::one());
		let _ = Self::reserve(Ring::HalfTimes, next, expiry, &mut 0);
	}

	/// At half time a node that had its chance loses the request; says whether it did.
	fn replace_late_node(request: RequestId, now: BlockNumberFor<T>) -> bool {
		let Some(mut record) = Requests::<T>::get(request) else { return false };
		let State::Assigned { node, since, .. } = record.state else { return false };
		if now.saturating_sub(since) < T::MinAnswerTime::get() {
			return false;
		}
		Self::take_from(node, request, record.price);
		record.missed_by = Some(node);
		record.state = State::Waiting;
		Requests::<T>::insert(request, record);
		Self::wait_for_draw(request);
		true
	}

	/// Ends a request that is open; says whether it was.
	fn expire(request: RequestId, now: BlockNumberFor<T>) -> bool {
		let Some(mut record) = Requests::<T>::get(request) else { return false };
		match record.state {
			State::Waiting => {},
			State::Assigned { node, .. } => {
				Self::take_from(node, request, record.price);
				record.missed_by = Some(node);
			},
			// Their panels end by themselves.
			State::Convened { .. } | State::Escalated => {},
			_ => return false,
		}
		Self::end_unanswered(request, record, State::Expired { at: now });
		true
	}

	fn take_from(node: NodeId, request: RequestId, fee: BalanceOf<T>) {
		crate::Assigned::<T>::remove(node, request);
		T::Nodes::release(node, Delivery::Missed, fee);
		Self::deposit_event(Event::Missed { request, node });
	}
}
