//! Re-runs of settled answers: disputes, the panel that runs an answer again, and how a re-run ends.

use crate::{
	request::DRAW_DELAY, BalanceOf, Check, CheckStage, Config, Error, Event, HoldReason, Pallet,
	RequestOf, Requests, State,
};
use frame_support::{
	ensure,
	traits::{
		fungible::{
			hold::{Balanced, Mutate},
			Credit, Inspect,
		},
		tokens::{Fortitude, Precision, Preservation},
		Get, Imbalance, OnUnbalanced,
	},
};
use frame_system::pallet_prelude::BlockNumberFor;
use opg_primitives::{
	request::{jury_of, operators_for},
	seams::{Case, CheckPurse, Claim, NodeRegistry, Panels, Question},
	Draw, NodeId, Outcome, RequestId,
};
use sp_runtime::{
	traits::{BlockNumberProvider, Saturating},
	DispatchResult, TokenError,
};

const LOG_TARGET: &str = "runtime::inference";

/// Nodes that run a settled answer again.
pub(crate) const NODES: u8 = 3;
/// How many of them must agree.
const AGREE: u8 = 2;
/// Blocks a re-run may wait for its panel, and for its jury.
const PATIENCE: u32 = 20;

/// Nodes a re-run pays at the most: the panel and a jury.
const fn most_nodes() -> u32 {
	(NODES as u32).saturating_add(jury_of(NODES) as u32)
}

impl<T: Config> Pallet<T> {
	/// Blocks one panel of a re-run, with its jury, may take at the most.
	pub(crate) fn check_time() -> BlockNumberFor<T> {
		T::Panels::most_time().saturating_add(PATIENCE.saturating_mul(2)).into()
	}

	/// What a dispute of an answer of this price holds.
	pub fn dispute_deposit(price: BalanceOf<T>) -> BalanceOf<T> {
		price.saturating_mul(most_nodes().into())
	}

	pub(crate) fn do_dispute(by: T::AccountId, request: RequestId) -> DispatchResult {
		let record = Requests::<T>::get(request).ok_or(Error::<T>::RequestUnknown)?;
		let State::Settled { at, .. } = record.state else {
			return Err(Error::<T>::NotSettled.into());
		};
		// It is a circuit's number, which a model's own may be beside, and nobody can have proved another.
		ensure!(record.proof.is_none(), Error::<T>::NotSettled);
		ensure!(Self::is_disputable(at), Error::<T>::DisputeTooLate);
		ensure!(record.check.is_none(), Error::<T>::DisputeOpen);
		ensure!(
			T::Nodes::operators(record.model) >= operators_for(NODES),
			Error::<T>::TooFewOperators
		);
		let deposit = Self::dispute_deposit(record.price);
		// A hold would also take frozen balance, which may be gone when the deposit is due.
		let usable = T::Currency::reducible_balance(&by, Preservation::Preserve, Fortitude::Polite);
		ensure!(usable >= deposit, TokenError::FundsUnavailable);
		T::Currency::hold(&HoldReason::Dispute.into(), &by, deposit)?;
		Self::open_check(request, record, Some((by.clone(), deposit)));
		Self::deposit_event(Event::Disputed { request, by, deposit });
		Ok(())
	}

	/// Whether an answer settled at `at` can still be run again.
	pub(crate) fn is_disputable(at: BlockNumberFor<T>) -> bool {
		T::Clock::current_block_number() <= at.saturating_add(T::DisputeWindow::get())
	}

	/// Starts the wait for a panel that runs a settled answer again.
	pub(crate) fn open_check(
		request: RequestId,
		mut record: RequestOf<T>,
		dispute: Option<(T::AccountId, BalanceOf<T>)>,
	) {
		let (drawn_from, until) = Self::next_panel();
		record.check = Some(Check {
			dispute,
			stage: CheckStage::Waiting,
			drawn_from,
			until,
			is_repeated: false,
		});
		Requests::<T>::insert(request, record);
		Self::wait_for_draw(request);
	}

	/// From when a panel wanted now may be drawn, and when it is given up.
	fn next_panel() -> (BlockNumberFor<T>, BlockNumberFor<T>) {
		let now = frame_system::Pallet::<T>::block_number();
		let until = T::Clock::current_block_number().saturating_add(Self::check_time());
		(now.saturating_add(DRAW_DELAY.into()), until)
	}

	/// Draws the panel; false if there is none at present.
	pub(crate) fn convene_check(request: RequestId, record: RequestOf<T>, seed: Draw) -> bool {
		let State::Settled { by, outcome, .. } = &record.state else { return true };
		let question = Question {
			case: Case::Check(request),
			model: record.model,
			nodes: NODES,
			agree: AGREE,
			seed,
			asker: record.requester.clone(),
			fee: record.price,
			claim: Some(Claim { by: by.to_vec(), outcome: outcome.clone() }),
		};
		let is_convened = T::Panels::convene(question);
		if is_convened {
			Self::set_stage(request, record, CheckStage::Convened);
		}
		is_convened
	}

	/// The panel differs: a jury is wanted.
	pub(crate) fn escalate_check(request: RequestId, record: RequestOf<T>) {
		Self::set_stage(request, record, CheckStage::Escalated);
		Self::wait_for_draw(request);
	}

	/// The answer stands; whoever doubted it pays `nodes`.
	pub(crate) fn uphold(request: RequestId, mut record: RequestOf<T>, nodes: &[NodeId]) {
		match record.check.take().and_then(|check| check.dispute) {
			Some((loser, deposit)) => Self::pay_from_deposit(&loser, deposit, &record, nodes),
			None => Self::pay_from_purse(&record, nodes),
		}
		Requests::<T>::insert(request, record);
		Self::deposit_event(Event::Upheld { request });
	}

	/// A jury found another answer, which takes the place of the wrong one.
	pub(crate) fn overturn(
		request: RequestId,
		mut record: RequestOf<T>,
		found: Outcome,
		nodes: &[NodeId],
	) {
		Self::return_deposit(&mut record);
		Self::pay_from_purse(&record, nodes);
		for node in nodes {
			T::Nodes::expose(*node, record.price);
		}
		// What was proved was the answer that goes.
		record.late_proof = None;
		if let State::Settled { by, outcome, .. } = &mut record.state {
			*outcome = found;
			*by = crate::AnsweredBy::truncate_from(nodes.to_vec());
		}
		Requests::<T>::insert(request, record);
		Self::deposit_event(Event::Overturned { request });
	}

	/// The panel came to nothing: once, another is drawn.
	pub(crate) fn repeat_check(request: RequestId, mut record: RequestOf<T>) {
		match &mut record.check {
			Some(check) if !check.is_repeated => {
				check.is_repeated = true;
				check.stage = CheckStage::Waiting;
				(check.drawn_from, check.until) = Self::next_panel();
				Requests::<T>::insert(request, record);
				Self::wait_for_draw(request);
			},
			_ => Self::close_undecided(request, record),
		}
	}

	/// Nobody could say, or not in time.
	pub(crate) fn close_undecided(request: RequestId, mut record: RequestOf<T>) {
		Self::return_deposit(&mut record);
		Requests::<T>::insert(request, record);
		Self::deposit_event(Event::CheckUndecided { request });
	}

	fn set_stage(request: RequestId, mut record: RequestOf<T>, stage: CheckStage) {
		if let Some(check) = &mut record.check {
			check.stage = stage;
		}
		Requests::<T>::insert(request, record);
	}

	fn return_deposit(record: &mut RequestOf<T>) {
		let Some((who, deposit)) = record.check.take().and_then(|check| check.dispute) else {
			return;
		};
		Self::release_deposit(&who, deposit);
	}

	fn release_deposit(who: &T::AccountId, deposit: BalanceOf<T>) {
		let reason = HoldReason::Dispute.into();
		if T::Currency::release(&reason, who, deposit, Precision::BestEffort).is_err() {
			log::error!(target: LOG_TARGET, "a dispute's deposit was not returned");
		}
	}

	/// Pays nodes from the share of fees set aside for re-runs.
	pub(crate) fn pay_from_purse(record: &RequestOf<T>, nodes: &[NodeId]) {
		let owners: alloc::vec::Vec<_> =
			nodes.iter().filter_map(|node| T::Nodes::owner(*node)).collect();
		T::Purse::pay(&owners, record.price);
	}

	fn pay_from_deposit(
		loser: &T::AccountId,
		deposit: BalanceOf<T>,
		record: &RequestOf<T>,
		nodes: &[NodeId],
	) {
		let mut left = deposit;
		for owner in nodes.iter().filter_map(|node| T::Nodes::owner(*node)) {
			let (paid, _) =
				T::Currency::slash(&HoldReason::Dispute.into(), loser, record.price.min(left));
			left = left.saturating_sub(paid.peek());
			Self::pay_owner(&owner, paid);
		}
		Self::release_deposit(loser, left);
	}

	/// Pays an owner; what cannot be paid goes where upkeep goes.
	fn pay_owner(owner: &T::AccountId, paid: Credit<T::AccountId, T::Currency>) {
		use frame_support::traits::fungible::Balanced as _;
		if let Err(unpaid) = T::Currency::resolve(owner, paid) {
			T::Upkeep::on_unbalanced(unpaid);
		}
	}
}
