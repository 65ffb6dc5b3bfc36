//! Runs: when they begin, what they are fed, what comes of them.

use crate::{
	packing::pack,
	types::{OnStale, Pending, PerInput},
	Agenda, Config, Derived, Error, Event, Latest, Omission, Pallet, Question, QuestionOf, Results,
	Source, Taken, WeightInfo, WorkflowId, WorkflowOf, Workflows,
};
use alloc::{vec, vec::Vec};
use codec::Encode;
use frame_support::{storage::with_storage_layer, traits::Get, weights::Weight};
use frame_system::pallet_prelude::BlockNumberFor;
use opg_primitives::{
	feed::Reading,
	seams::{Ask, FeedReader, ModelCatalogue, RequestDesk, RequestStanding},
	ClientKey, Input, ModelId, Outcome,
};
use sp_io::hashing::blake2_128;
use sp_runtime::{
	traits::{One, Saturating},
	DispatchResult,
};

impl<T: Config> Pallet<T> {
	/// Of looking at one workflow, with all that may follow.
	pub(crate) fn look_weight() -> Weight {
		T::WeightInfo::look().saturating_add(T::AskWeight::get())
	}

	/// Looks at the workflows whose time has come.
	pub(crate) fn look_at_due(now: BlockNumberFor<T>) -> Weight {
		let due = Agenda::<T>::take(now);
		let looks = due.len() as u64;
		due.into_iter().for_each(|workflow| Self::look(workflow, now));
		T::WeightInfo::initialize().saturating_add(Self::look_weight().saturating_mul(looks))
	}

	fn look(workflow: WorkflowId, now: BlockNumberFor<T>) {
		let Some(mut record) = Workflows::<T>::get(workflow) else { return };
		Self::take_result(workflow, &mut record);
		if record.pending.is_none() {
			if record.is_stopped {
				Self::end(workflow, &record);
				return;
			}
			if record.next_run <= now {
				Self::run(workflow, &mut record, now);
			}
		}
		let next = match record.pending {
			Some(_) => now.saturating_add(T::LookTime::get()),
			None => record.next_run.max(now.saturating_add(One::one())),
		};
		record.look_at = Self::take_place(workflow, next);
		Workflows::<T>::insert(workflow, record);
	}

	/// Keeps what the pending run gave, if it has ended.
	fn take_result(workflow: WorkflowId, record: &mut WorkflowOf<T>) {
		let Some(pending) = record.pending.take() else { return };
		let request = pending.request;
		let run = record.runs.saturating_sub(1);
		match T::Desk::standing(request) {
			RequestStanding::Open => record.pending = Some(pending),
			RequestStanding::Settled(outcome @ Outcome::Output(_)) => {
				let is_curated = record.inputs.iter().all(|one| T::Feeds::is_curated(one.feed));
				let is_signed = record.inputs.iter().all(|one| T::Feeds::is_signed(one.feed));
				let Pending { at, taken, .. } = pending;
				let (model, trust) = (record.model, record.trust);
				let derived = Derived {
					run,
					model,
					request,
					trust,
					is_curated,
					is_signed,
					at,
					taken,
					outcome,
					is_stale: false,
				};
				Results::<T>::insert(workflow, Self::place_of(run), derived);
				Latest::<T>::insert(workflow, run);
				Self::deposit_event(Event::Derived { workflow, run, request });
			},
			RequestStanding::Settled(Outcome::Fault(_)) | RequestStanding::Ended => {
				Self::deposit_event(Event::RunFailed { workflow, run, request });
			},
		}
	}

	/// Begins a run, or says why there is none.
	fn run(workflow: WorkflowId, record: &mut WorkflowOf<T>, now: BlockNumberFor<T>) {
		record.next_run = now.saturating_add(record.every);
		match Self::try_run(workflow, record, now) {
			Ok(pending) => {
				let (run, request) = (record.runs, pending.request);
				record.runs = record.runs.saturating_add(1);
				record.last_run = Some(now);
				record.pending = Some(pending);
				Self::deposit_event(Event::RunBegan { workflow, run, request });
			},
			Err(cause) => {
				if cause == Omission::InputNotFresh && record.on_stale == OnStale::Tell {
					Self::spoil(workflow);
				}
				Self::deposit_event(Event::RunOmitted { workflow, cause });
			},
		}
	}

	fn try_run(
		workflow: WorkflowId,
		record: &WorkflowOf<T>,
		now: BlockNumberFor<T>,
	) -> Result<Pending<BlockNumberFor<T>>, Omission> {
		let (taken, input) = Self::fed(record.model, &record.inputs)?;
		let ask = Ask {
			model: record.model,
			input,
			trust: record.trust,
			max_fee: record.max_fee,
			deadline: record.deadline,
			client_key: client_key(workflow, record.runs),
		};
		// Asking may write before it refuses, and nothing outside would undo that.
		let request = with_storage_layer(|| T::Desk::ask(&Self::purse(workflow), ask))
			.map_err(|_| Omission::Refused)?;
		Ok(Pending { request, at: now, taken })
	}

	/// What feeds tell now, and what it is as a model's input.
	pub(crate) fn fed(
		model: ModelId,
		inputs: &[Source],
	) -> Result<(PerInput<Taken<BlockNumberFor<T>>>, Input), Omission> {
		let taken: Option<Vec<_>> = inputs.iter().map(Self::taken).collect();
		let taken = taken.ok_or(Omission::InputNotFresh)?.concat();
		let spec = T::Models::spec(model).ok_or(Omission::ModelUnfit)?;
		let input = pack(&spec.inputs, &taken).ok_or(Omission::ModelUnfit)?;
		Ok((PerInput::truncate_from(taken), Input::Inline(input)))
	}

	/// The last numbers of a key, oldest first; `None` unless the newest is fresh and there are as many as wanted.
	fn taken(source: &Source) -> Option<Vec<Taken<BlockNumberFor<T>>>> {
		let Source { feed, key, count } = *source;
		let Reading::Fresh { value, decimals, at, .. } = T::Feeds::read(feed, key)? else {
			return None;
		};
		let earlier = count.saturating_sub(1);
		let mut all = vec![(value, at)];
		if earlier > 0 {
			all.extend(T::Feeds::earlier(feed, key, at, earlier));
		}
		if all.len() < usize::from(count) {
			return None;
		}
		let one = |(value, at)| Taken { feed, key, value, decimals, at };
		Some(all.into_iter().rev().map(one).collect())
	}

	pub(crate) fn do_ask(who: &T::AccountId, question: QuestionOf<T>) -> DispatchResult {
		let Question { model, inputs, trust, max_fee, deadline, client_key, on_stale } = question;
		Self::ensure_fits(model, &inputs)?;
		let (taken, input) = match Self::fed(model, &inputs) {
			Ok(fed) => fed,
			Err(Omission::InputNotFresh) if on_stale == OnStale::Tell => {
				Self::deposit_event(Event::InputStale { who: who.clone(), client_key });
				return Ok(());
			},
			Err(Omission::InputNotFresh) => return Err(Error::<T>::InputNotFresh.into()),
			Err(_) => return Err(Error::<T>::ModelUnfit.into()),
		};
		let ask = Ask { model, input, trust, max_fee, deadline, client_key };
		let request = T::Desk::ask(who, ask)?;
		Self::deposit_event(Event::Asked { request, taken: taken.into_inner() });
		Ok(())
	}

	/// Marks the last result as stale.
	fn spoil(workflow: WorkflowId) {
		let Some(run) = Latest::<T>::get(workflow) else { return };
		Results::<T>::mutate(workflow, Self::place_of(run), |derived| {
			if let Some(derived) = derived {
				derived.is_stale = true;
			}
		});
	}

	pub(crate) fn place_of(run: u32) -> u32 {
		run.checked_rem(T::HistoryDepth::get()).unwrap_or(0)
	}

	/// The last result, if it may be told as fresh: its run is not longer ago than two runs take, and none since found stale numbers.
	pub fn fresh(workflow: WorkflowId) -> Option<Derived<BlockNumberFor<T>>> {
		let record = Workflows::<T>::get(workflow)?;
		let derived = Self::latest(workflow)?;
		let now = frame_system::Pallet::<T>::block_number();
		let oldest = now.saturating_sub(record.every.saturating_mul(2u32.into()));
		(!derived.is_stale && derived.at >= oldest).then_some(derived)
	}

	/// The last result, however old.
	pub fn latest(workflow: WorkflowId) -> Option<Derived<BlockNumberFor<T>>> {
		Results::<T>::get(workflow, Self::place_of(Latest::<T>::get(workflow)?))
	}

	/// Every workflow, by number.
	pub fn list() -> Vec<(WorkflowId, WorkflowOf<T>)> {
		let mut all: Vec<_> = Workflows::<T>::iter().collect();
		all.sort_unstable_by_key(|(workflow, _)| *workflow);
		all
	}

	/// The results kept of a workflow, oldest first.
	pub fn history(workflow: WorkflowId) -> Vec<Derived<BlockNumberFor<T>>> {
		let mut all: Vec<_> = Results::<T>::iter_prefix_values(workflow).collect();
		all.sort_unstable_by_key(|derived| derived.run);
		all
	}
}

/// A purse's name for a run.
fn client_key(workflow: WorkflowId, run: u32) -> ClientKey {
	blake2_128(&(b"opg/workflow/1", workflow, run).encode())
}
