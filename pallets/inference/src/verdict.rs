//! What a panel's verdict means for the request or the re-run it was convened for.

use crate::{settlement::Settlement, Config, Event, Inputs, Pallet, Requests, State};
use frame_system::pallet_prelude::BlockNumberFor;
use opg_primitives::{
	seams::{Case, CaseDesk, Panels, Verdict},
	Input, NodeId, Outcome, RequestId,
};
use sp_runtime::traits::{BlockNumberProvider, Saturating};

impl<T: Config> CaseDesk for Pallet<T> {
	fn input(case: Case) -> Option<Input> {
		let request = match case {
			Case::Request(request) | Case::Check(request) => request,
			Case::Audit(_) => return None,
		};
		Inputs::<T>::get(request)
	}

	fn decided(case: Case, verdict: Verdict) {
		match case {
			Case::Request(request) => Self::take_verdict(request, verdict),
			Case::Check(request) => Self::take_check_verdict(request, verdict),
			// Those are of another desk.
			Case::Audit(_) => {},
		}
	}
}

impl<T: Config> Pallet<T> {
	fn take_verdict(request: RequestId, verdict: Verdict) {
		let Some(mut record) = Requests::<T>::get(request).filter(|record| record.state.is_open())
		else {
			return;
		};
		match verdict {
			Verdict::Agreed { outcome, by } => Self::close_with(request, outcome, by, &[]),
			Verdict::Decided { outcome, by, jurors, .. } => {
				Self::close_with(request, outcome, by, &jurors)
			},
			Verdict::Split => {
				record.state = State::Escalated;
				Requests::<T>::insert(request, record);
				Self::wait_for_draw(request);
				Self::deposit_event(Event::Escalated { request });
			},
			Verdict::Undecided => {
				let now = T::Clock::current_block_number();
				let least: BlockNumberFor<T> = T::Panels::least_time(record.model).into();
				let may_retry = !record.is_retried && record.state != State::Escalated;
				if may_retry && now.saturating_add(least) < record.deadline {
					record.is_retried = true;
					record.state = State::Waiting;
					Requests::<T>::insert(request, record);
					Self::wait_for_draw(request);
				} else {
					Self::end_unanswered(request, record, State::Expired { at: now });
				}
			},
		}
	}

	/// Pays for a panel's outcome. Places of the quorum whose answers were wrong go to jurors who were right; further jurors are paid
	/// from the share of fees set aside for re-runs.
	fn close_with(
		request: RequestId,
		outcome: Outcome,
		by: alloc::vec::Vec<NodeId>,
		jurors: &[NodeId],
	) {
		let Some(record) = Requests::<T>::get(request) else { return };
		let free = usize::from(record.trust.nodes()).saturating_sub(by.len()).min(jurors.len());
		let (from_escrow, from_purse) = jurors.split_at_checked(free).unwrap_or((&[], jurors));
		Self::pay_from_purse(&record, from_purse);
		let paid: alloc::vec::Vec<_> = by.into_iter().chain(from_escrow.iter().copied()).collect();
		let mut settlement = Settlement::default();
		match outcome {
			Outcome::Fault(fault) => {
				Self::fail(&mut settlement, request, record, &paid, fault);
			},
			outcome => {
				let draw = record.draw;
				Self::settle(&mut settlement, request, record, &paid, draw, outcome);
			},
		}
		settlement.conclude();
	}

	fn take_check_verdict(request: RequestId, verdict: Verdict) {
		let Some(record) = Requests::<T>::get(request).filter(|record| record.check.is_some())
		else {
			return;
		};
		match verdict {
			Verdict::Agreed { by, .. } => Self::uphold(request, record, &by),
			Verdict::Split => Self::escalate_check(request, record),
			Verdict::Decided { outcome, by, jurors, wrong } => {
				let right: alloc::vec::Vec<_> = by.into_iter().chain(jurors).collect();
				let is_wrong = match &record.state {
					State::Settled { by, .. } => by.iter().any(|node| wrong.contains(node)),
					_ => false,
				};
				if is_wrong {
					Self::overturn(request, record, outcome, &right);
				} else {
					Self::uphold(request, record, &right);
				}
			},
			Verdict::Undecided => Self::repeat_check(request, record),
		}
	}
}
