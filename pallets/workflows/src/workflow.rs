//! A workflow: made, stopped, gone; its purse and its place on the agenda.

use crate::{
	packing::pack, types::numbers_of, Agenda, BalanceOf, Config, DraftOf, Error, Event, HoldReason,
	Latest, NextWorkflow, Pallet, Results, Source, Taken, Workflow, WorkflowId, WorkflowOf,
	Workflows, MAX_INPUTS,
};
use alloc::vec;
use frame_support::{
	ensure,
	traits::{
		fungible::{hold::Mutate as _, Inspect, Mutate as _},
		tokens::{Fortitude, Precision, Preservation},
		Get,
	},
};
use frame_system::pallet_prelude::BlockNumberFor;
use opg_primitives::{
	seams::{FeedReader, ModelCatalogue},
	ModelId,
};
use sp_runtime::{
	traits::{AccountIdConversion, One, Saturating},
	DispatchResult, TokenError,
};

const LOG_TARGET: &str = "runtime::workflows";

impl<T: Config> Pallet<T> {
	pub(crate) fn do_create(owner: T::AccountId, draft: DraftOf<T>) -> DispatchResult {
		let crate::Draft { name, model, inputs, trust, max_fee, deadline, every, on_stale, purse } =
			draft;
		Self::ensure_fits(model, &inputs)?;
		ensure!(every >= T::MinEvery::get() && every > deadline.into(), Error::<T>::EveryTooShort);
		ensure!(Workflows::<T>::count() < T::MaxWorkflows::get(), Error::<T>::TooManyWorkflows);
		let workflow = NextWorkflow::<T>::get();
		let next = workflow.checked_add(1).ok_or(Error::<T>::TooManyWorkflows)?;
		let deposit = T::Deposit::get();
		let usable =
			T::Currency::reducible_balance(&owner, Preservation::Preserve, Fortitude::Polite);
		ensure!(usable >= purse.saturating_add(deposit), TokenError::FundsUnavailable);
		T::Currency::hold(&HoldReason::Workflow.into(), &owner, deposit)?;
		let account = Self::purse(workflow);
		T::Currency::transfer(&owner, &account, purse, Preservation::Preserve)?;

		NextWorkflow::<T>::put(next);
		let soon = frame_system::Pallet::<T>::block_number().saturating_add(One::one());
		let look_at = Self::take_place(workflow, soon);
		let record = Workflow {
			owner: owner.clone(),
			deposit,
			name,
			model,
			inputs,
			trust,
			max_fee,
			deadline,
			every,
			on_stale,
			runs: 0,
			last_run: None,
			next_run: soon,
			pending: None,
			is_stopped: false,
			look_at,
		};
		Workflows::<T>::insert(workflow, record);
		Self::deposit_event(Event::Created { workflow, owner, purse: account });
		Ok(())
	}

	/// Whether the feeds are there and tell numbers, and the model takes as many numbers as are named.
	pub(crate) fn ensure_fits(model: ModelId, inputs: &[Source]) -> Result<(), Error<T>> {
		let is_there =
			|source: &Source| source.count > 0 && T::Feeds::read(source.feed, source.key).is_some();
		let count = numbers_of(inputs);
		ensure!(
			(1..=MAX_INPUTS).contains(&count) && inputs.iter().all(is_there),
			Error::<T>::InputsInvalid
		);
		let is_number = |source: &Source| T::Feeds::tells_numbers(source.feed);
		ensure!(inputs.iter().all(is_number), Error::<T>::InputOfBytes);
		ensure!(T::Models::is_active(model), Error::<T>::ModelUnknown);
		let spec = T::Models::spec(model).ok_or(Error::<T>::ModelUnknown)?;
		let at = BlockNumberFor::<T>::default();
		let nothing = Taken { feed: 0, key: 0, value: 0, decimals: 0, at };
		let example = vec![nothing; count as usize];
		ensure!(pack(&spec.inputs, &example).is_some(), Error::<T>::ModelUnfit);
		Ok(())
	}

	pub(crate) fn do_stop(owner: T::AccountId, workflow: WorkflowId) -> DispatchResult {
		let mut record = Workflows::<T>::get(workflow).ok_or(Error::<T>::WorkflowUnknown)?;
		ensure!(record.owner == owner, Error::<T>::NotOwner);
		ensure!(!record.is_stopped, Error::<T>::WorkflowStopped);
		record.is_stopped = true;
		Self::deposit_event(Event::Stopped { workflow });
		Agenda::<T>::mutate(record.look_at, |due| due.retain(|other| *other != workflow));
		let soon = frame_system::Pallet::<T>::block_number().saturating_add(One::one());
		record.look_at = Self::take_place(workflow, soon);
		Workflows::<T>::insert(workflow, record);
		Ok(())
	}

	/// Takes a stopped workflow away; its place on the agenda is gone already.
	pub(crate) fn end(workflow: WorkflowId, record: &WorkflowOf<T>) {
		let account = Self::purse(workflow);
		let left =
			T::Currency::reducible_balance(&account, Preservation::Expendable, Fortitude::Polite);
		let returned =
			T::Currency::transfer(&account, &record.owner, left, Preservation::Expendable)
				.unwrap_or_default();
		let released = T::Currency::release(
			&HoldReason::Workflow.into(),
			&record.owner,
			record.deposit,
			Precision::BestEffort,
		);
		if let Err(error) = released {
			log::error!(target: LOG_TARGET, "workflow {workflow}: its deposit is not released: {error:?}");
		}
		Workflows::<T>::remove(workflow);
		Latest::<T>::remove(workflow);
		let _ = Results::<T>::clear_prefix(workflow, T::HistoryDepth::get(), None);
		Self::deposit_event(Event::Ended { workflow, returned });
	}

	/// The account that pays for a workflow's runs.
	pub fn purse(workflow: WorkflowId) -> T::AccountId {
		T::PalletId::get().into_sub_account_truncating(workflow)
	}

	/// What a purse can pay.
	pub fn spendable(workflow: WorkflowId) -> BalanceOf<T> {
		let account = Self::purse(workflow);
		T::Currency::reducible_balance(&account, Preservation::Preserve, Fortitude::Polite)
	}

	/// The first block from `from` on that has room, with the workflow in it: every workflow has one place.
	pub(crate) fn take_place(workflow: WorkflowId, from: BlockNumberFor<T>) -> BlockNumberFor<T> {
		let width =
			T::MaxWorkflows::get().checked_div(T::MaxLooks::get()).unwrap_or(0).saturating_add(1);
		let mut at = from;
		for _ in 0..width {
			if Agenda::<T>::try_append(at, workflow).is_ok() {
				return at;
			}
			at = at.saturating_add(One::one());
		}
		log::error!(target: LOG_TARGET, "workflow {workflow}: the agenda is full to {at:?}");
		at
	}
}
