//! The laws of requests, checked after every test and by `try_state`.

use crate::{
	deadline::SLIP, Assigned, BalanceOf, ClientKeys, ClockOf, Config, Expiring, Expiry, HoldReason,
	Inputs, Pallet, Positions, Queue, Queues, Requests, Ring, State,
};
use alloc::collections::{BTreeMap, BTreeSet};
use frame_support::{ensure, traits::fungible::hold::Inspect};
use opg_primitives::{seams::Panels, RequestId};
use sp_runtime::{traits::Zero, Saturating, TryRuntimeError};

impl<T: Config> Pallet<T> {
	/// Checks every law.
	pub fn check_laws() -> Result<(), TryRuntimeError> {
		Self::check_escrow()?;
		Self::check_sponsors()?;
		Self::check_assignments()?;
		Self::check_queues()?;
		Self::check_ring()?;
		Self::check_records()
	}

	/// What is held for requests is what open requests say, and for disputes what open disputes say, account by account, to the unit;
	/// ended ones hold nothing.
	fn check_escrow() -> Result<(), TryRuntimeError> {
		let mut escrow = BTreeMap::<T::AccountId, BalanceOf<T>>::new();
		let mut deposits = BTreeMap::<T::AccountId, BalanceOf<T>>::new();
		for record in Requests::<T>::iter_values() {
			ensure!(
				record.state.is_open() || record.held.is_zero(),
				"an ended request still holds its fee"
			);
			let sum = escrow.entry(record.payer().clone()).or_insert_with(Zero::zero);
			*sum = sum.saturating_add(record.held);
			if let Some((by, deposit)) = record.check.and_then(|check| check.dispute) {
				let sum = deposits.entry(by).or_insert_with(Zero::zero);
				*sum = sum.saturating_add(deposit);
			}
		}
		for account in frame_system::Account::<T>::iter_keys() {
			let held = T::Currency::balance_on_hold(&HoldReason::Request.into(), &account);
			let owed = escrow.get(&account).copied().unwrap_or_else(Zero::zero);
			ensure!(held == owed, "a fee is held without an open request, or the other way round");
			let held = T::Currency::balance_on_hold(&HoldReason::Dispute.into(), &account);
			let owed = deposits.get(&account).copied().unwrap_or_else(Zero::zero);
			ensure!(held == owed, "a deposit is held without a dispute, or the other way round");
		}
		Ok(())
	}

	/// Only an app pays for others, and only where the request says so.
	fn check_sponsors() -> Result<(), TryRuntimeError> {
		ensure!(
			Requests::<T>::iter_values().all(|record| record.sponsor.is_some()
				== record.through.is_some_and(|through| through.access.is_sponsored())),
			"a request has a sponsor it does not name, or the other way round"
		);
		Ok(())
	}

	/// Requests and jobs name each other.
	fn check_assignments() -> Result<(), TryRuntimeError> {
		let mut jobs = 0usize;
		for (request, record) in Requests::<T>::iter() {
			if let State::Assigned { node, draw, .. } = record.state {
				jobs = jobs.saturating_add(1);
				ensure!(
					Assigned::<T>::get(node, request) == Some(draw),
					"a node does not have the request assigned to it"
				);
			}
		}
		ensure!(Assigned::<T>::iter().count() == jobs, "a node has a job no request gave it");
		Ok(())
	}

	/// Queues have no gaps; every request that still has time to be drawn waits, every ended one will be pruned.
	fn check_queues() -> Result<(), TryRuntimeError> {
		let positions = Positions::<T>::get();
		for (queue, span) in [(Queue::Waiting, positions.waiting), (Queue::Ended, positions.ended)]
		{
			let places: BTreeSet<u64> =
				Queues::<T>::iter_prefix(queue).map(|(place, _)| place).collect();
			ensure!(places.into_iter().eq(span.head..span.tail), "a queue has gaps");
		}
		let ended: BTreeSet<RequestId> =
			Queues::<T>::iter_prefix_values(Queue::Ended).map(|entry| entry.request).collect();
		ensure!(
			Requests::<T>::iter()
				.all(|(request, record)| record.state.is_open() != ended.contains(&request)),
			"an ended request will not be pruned, or an open one will"
		);
		Ok(())
	}

	/// Every open request has its place at its deadline, or after it, if a panel is deciding it; half times stand in a ring of their own.
	fn check_ring() -> Result<(), TryRuntimeError> {
		ensure!(
			Expiring::<T>::iter().all(|(ring, _, due)| due.iter().all(|expiry| matches!(
				expiry,
				Expiry::HalfTime(_)
			) == (ring
				== Ring::HalfTimes))),
			"a ring has what belongs to the other one"
		);
		for (request, record) in Requests::<T>::iter() {
			ensure!(
				!record.state.is_open()
					|| Expiring::<T>::get(Ring::Ends, record.deadline)
						.contains(&Expiry::Deadline(request))
					|| Self::has_final_place(request, record.deadline),
				"an open request does not end at its deadline"
			);
		}
		Ok(())
	}

	fn has_final_place(request: RequestId, deadline: ClockOf<T>) -> bool {
		let last = deadline.saturating_add(T::Panels::most_time().into());
		(0..=SLIP).any(|slip| {
			Expiring::<T>::get(Ring::Ends, last.saturating_add(slip.into()))
				.contains(&Expiry::Final(request))
		})
	}

	/// Numbers were given out; inputs and client keys belong to requests.
	fn check_records() -> Result<(), TryRuntimeError> {
		let next = Positions::<T>::get().next_request;
		for (request, record) in Requests::<T>::iter() {
			ensure!(request < next, "a request has a number not given out");
			ensure!(
				Inputs::<T>::contains_key(request)
					== (record.state.is_open() || matches!(record.state, State::Settled { .. })),
				"a request that is open or can be disputed has no input, or another keeps it"
			);
			ensure!(
				record.check.is_none() || matches!(record.state, State::Settled { .. }),
				"a request without an answer is run again"
			);
			ensure!(
				record.late_proof.is_none()
					|| (record.proof.is_none() && matches!(record.state, State::Settled { .. })),
				"a request was proved later that has no answer, or one that came with a proof"
			);
			ensure!(
				ClientKeys::<T>::get(&record.requester, record.client_key) == Some(request),
				"a client key does not lead to its request"
			);
		}
		ensure!(
			Inputs::<T>::iter_keys().all(|request| Requests::<T>::contains_key(request))
				&& ClientKeys::<T>::iter_values()
					.all(|request| Requests::<T>::contains_key(request)),
			"an input or a client key outlived its request"
		);
		Ok(())
	}
}
