//! The expiry ring: every request reserves its places when it is made, so no deadline is ever late for want of room.

use crate::{BalanceOf, Config, Error, Event, Expiring, Expiry, Pallet, Requests, State};
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

impl<T: Config> Pallet<T> {
	/// Reserves the places at which a request is looked at again; returns when it ends.
	pub(crate) fn reserve_expiry(
		request: RequestId,
		trust: TrustMode,
		now: BlockNumberFor<T>,
		deadline: BlockNumberFor<T>,
	) -> Result<BlockNumberFor<T>, DispatchError> {
		let at = Self::reserve(now.saturating_add(deadline), Expiry::Deadline(request))?;
		match trust {
			TrustMode::Attested => {
				let half = deadline.checked_div(&2u32.into()).unwrap_or(deadline);
				Self::reserve(now.saturating_add(half), Expiry::HalfTime(request))?;
			},
			TrustMode::Quorum { .. } => {
				let last = at.saturating_add(T::Panels::most_time().into());
				Self::reserve(last, Expiry::Final(request))?;
			},
		}
		Ok(at)
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
				Expiry::Deadline(request) => {
					if !T::Panels::is_revealing(Case::Request(*request)) {
						Self::expire(*request, now);
					}
				},
				Expiry::Final(request) => Self::expire(*request, now),
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
		Self::take_from(node, request, record.price);
		record.missed_by = Some(node);
		record.state = State::Waiting;
		Requests::<T>::insert(request, record);
		Self::wait_for_draw(request);
	}

	fn expire(request: RequestId, now: BlockNumberFor<T>) {
		let Some(mut record) = Requests::<T>::get(request) else { return };
		match record.state {
			State::Waiting => {},
			State::Assigned { node, .. } => {
				Self::take_from(node, request, record.price);
				record.missed_by = Some(node);
			},
			// Their panels end by themselves.
			State::Convened { .. } | State::Escalated => {},
			_ => return,
		}
		Self::end_unanswered(request, record, State::Expired { at: now });
	}

	fn take_from(node: NodeId, request: RequestId, fee: BalanceOf<T>) {
		crate::Assigned::<T>::remove(node, request);
		T::Nodes::release(node, Delivery::Missed, fee);
		Self::deposit_event(Event::Missed { request, node });
	}
}
