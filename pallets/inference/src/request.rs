//! A request's beginning, its end, and its pruning.

use crate::{
	api::Estimate, assignment::MAX_AUTHOR_WAIT, deadline::Places, BalanceOf, ClientKeys, Config,
	CreditOf, Error, Event, HoldReason, Inputs, Pallet, Positions, Queue, RequestOf, Requests,
	State, WeightInfo,
};
use frame_support::{
	ensure,
	traits::{
		fungible::{hold::Mutate, Balanced, Inspect},
		tokens::{Fortitude, Precision, Preservation},
		Get, OnUnbalanced,
	},
	weights::Weight,
};
use frame_system::pallet_prelude::BlockNumberFor;
use opg_primitives::{
	model::{read_tensors, Ports},
	request::{operators_for, MAX_INPUT_BYTES},
	seams::{
		AppDesk, ModelCatalogue, ModelRefusal, NodeRegistry, Panels, Provers, UsageLog, UsageNote,
	},
	AppUse, ClientKey, Draw, Input, ModelId, PortMismatch, RequestId, TrustMode,
};
use sp_runtime::{
	traits::{BlockNumberProvider, Saturating, Zero},
	DispatchError, DispatchResult, TokenError,
};

const LOG_TARGET: &str = "runtime::inference";

/// Blocks between a question and its draw: the two whose authors make the seed.
pub(crate) const DRAW_DELAY: u32 = 2;

/// Blocks until a request that could not be pruned is looked at again.
const PRUNE_DELAY: u32 = 20;

/// The most requests pruned in a block.
const MAX_PRUNED: u32 = 1_024;

impl<T: Config> Pallet<T> {
	/// Makes a request; returns how many blocks of the expiry rings were looked at for its places.
	#[allow(clippy::too_many_arguments)]
	pub(crate) fn do_request(
		requester: T::AccountId,
		model: ModelId,
		input: Input,
		trust: TrustMode,
		max_fee: BalanceOf<T>,
		deadline: BlockNumberFor<T>,
		client_key: ClientKey,
		through: Option<AppUse>,
	) -> Result<u32, DispatchError> {
		ensure!(trust.is_valid(), Error::<T>::QuorumInvalid);
		ensure!(
			deadline >= Self::min_deadline(model, trust) && deadline <= T::MaxDeadline::get(),
			Error::<T>::DeadlineInvalid
		);
		ensure!(!ClientKeys::<T>::contains_key(&requester, client_key), Error::<T>::ClientKeyUsed);
		let waiting = Self::queue_len(Queue::Waiting);
		ensure!(waiting < T::MaxWaiting::get().into(), Error::<T>::TooManyWaiting);
		let terms = T::Models::terms(model, trust.kind()).map_err(|refusal| match refusal {
			ModelRefusal::Unknown => Error::<T>::ModelUnknown,
			ModelRefusal::Retired => Error::<T>::ModelRetired,
			ModelRefusal::Paused => Error::<T>::ModelPaused,
			ModelRefusal::Suspended => Error::<T>::ModelSuspended,
			ModelRefusal::TrustNotOffered => Error::<T>::TrustNotOffered,
		})?;
		let each = terms.price.saturating_add(terms.surplus);
		let most = each.saturating_mul(u32::from(trust.nodes()).into());
		ensure!(max_fee >= most, Error::<T>::MaxFeeTooLow);
		Self::check_input(&terms.inputs, &input)?;
		let upkeep = Self::upkeep(model, trust).ok_or(Error::<T>::TrustNotOffered)?;
		if trust == TrustMode::Proved {
			ensure!(Self::is_provable(model, &input), Error::<T>::InputUnprovable);
		}
		ensure!(T::Nodes::serves(model), Error::<T>::NotServed);
		if let TrustMode::Quorum { nodes, .. } = trust {
			let operators = T::Nodes::operators(model);
			ensure!(operators >= operators_for(nodes), Error::<T>::TooFewOperators);
		}

		let cost = most.saturating_add(upkeep);
		let sponsor = match through {
			Some(through) => T::Apps::admit(through, &requester, model, trust, cost)?,
			None => None,
		};
		// Whoever asks on another's account must not tie up more of it than an answer costs.
		let held = if sponsor.is_some() { most } else { max_fee };
		let request = Positions::<T>::mutate(|positions| {
			let request = positions.next_request;
			positions.next_request = request.saturating_add(1);
			request
		});
		let now = T::Clock::current_block_number();
		let Places { deadline, searched } = Self::reserve_expiry(request, trust, now, deadline)?;
		Self::take_upkeep_and_hold(sponsor.as_ref().unwrap_or(&requester), upkeep, held)?;

		let drawn_from =
			frame_system::Pallet::<T>::block_number().saturating_add(DRAW_DELAY.into());
		Self::push_waiting(request, drawn_from);
		ClientKeys::<T>::insert(&requester, client_key, request);
		Inputs::<T>::insert(request, input);
		let app = through.map(|through| through.app);
		Self::deposit_event(Event::Requested { request, requester: requester.clone(), model, app });
		let record = RequestOf::<T> {
			requester,
			sponsor,
			through,
			model,
			trust,
			held,
			price: terms.price,
			surplus: terms.surplus,
			base_fee: T::BaseFee::get().mul_floor(terms.price),
			model_owner: terms.owner,
			royalty: terms.royalty,
			requested_at: now,
			deadline,
			client_key,
			missed_by: None,
			fault: None,
			is_retried: false,
			draw: Draw::zero(),
			proof: None,
			late_proof: None,
			check: None,
			state: State::Waiting,
		};
		T::Usage::record(record.as_use(), UsageNote::Requested);
		Requests::<T>::insert(request, record);
		Ok(searched)
	}

	/// What asking weighs.
	pub(crate) fn asking(searched: u32, is_through_app: bool, trust: TrustMode) -> Weight {
		let request = T::WeightInfo::request(searched, is_through_app);
		match trust {
			TrustMode::Proved => request.saturating_add(T::WeightInfo::request_proof()),
			TrustMode::Attested | TrustMode::Quorum { .. } => request,
		}
	}

	pub(crate) fn do_cancel(requester: T::AccountId, request: RequestId) -> DispatchResult {
		let record = Requests::<T>::get(request).ok_or(Error::<T>::RequestUnknown)?;
		ensure!(record.requester == requester, Error::<T>::NotRequester);
		ensure!(record.state == State::Waiting, Error::<T>::NotWaiting);
		let at = T::Clock::current_block_number();
		Self::end_unanswered(request, record, State::Cancelled { at });
		Ok(())
	}

	/// Ends a request for which nobody is paid: all that is held returns.
	pub(crate) fn end_unanswered(
		request: RequestId,
		record: RequestOf<T>,
		state: State<BlockNumberFor<T>>,
	) {
		let (requester, model, app) = (record.requester.clone(), record.model, record.app());
		let refund = record.held;
		let is_cancelled = matches!(state, State::Cancelled { .. });
		let note = if is_cancelled {
			UsageNote::Cancelled { refund }
		} else {
			UsageNote::Expired { refund }
		};
		T::Usage::record(record.as_use(), note);
		Self::end(request, record, state);
		Self::deposit_event(if is_cancelled {
			Event::Cancelled { request, requester, model, app, refund }
		} else {
			Event::Expired { request, requester, model, app, refund }
		});
	}

	/// Ends an open request: returns what is still held, forgets the input if nobody can dispute the end, and starts the wait for pruning.
	pub(crate) fn end(
		request: RequestId,
		mut record: RequestOf<T>,
		state: State<BlockNumberFor<T>>,
	) {
		let returned = T::Currency::release(
			&HoldReason::Request.into(),
			record.payer(),
			record.held,
			Precision::BestEffort,
		);
		if returned.is_err() {
			log::error!(target: LOG_TARGET, "request {request}: the escrow was not returned");
		}
		let unspent = core::mem::replace(&mut record.held, Zero::zero());
		if let Some(through) = record.through {
			let is_pass_given_back = match &state {
				State::Expired { .. } => true,
				// Its upkeep was the app's.
				State::Cancelled { .. } => !through.access.is_sponsored(),
				_ => false,
			};
			T::Apps::ended(through, &record.requester, unspent, is_pass_given_back);
		}
		if !matches!(state, State::Settled { .. }) {
			Inputs::<T>::remove(request);
		}
		let answers = match &state {
			// What was proved is not run again.
			State::Settled { by, .. } if record.proof.is_none() => by.len() as u64,
			_ => 0,
		};
		record.state = state;
		Requests::<T>::insert(request, record);
		let prunable =
			frame_system::Pallet::<T>::block_number().saturating_add(T::Retention::get());
		Self::push_ended(request, prunable, answers);
	}

	/// Removes ended requests whose time is over, as many as `remaining` allows.
	pub(crate) fn prune(now: BlockNumberFor<T>, remaining: Weight) -> Weight {
		let base = T::WeightInfo::prune(0);
		let each = T::WeightInfo::prune(1).saturating_sub(base);
		let Some(room) = remaining.checked_sub(&base) else { return Weight::zero() };
		let most = room.checked_div_per_component(&each).unwrap_or(0).min(MAX_PRUNED.into());

		let mut pruned: u32 = 0;
		while u64::from(pruned) < most {
			let Some(entry) = Self::pop_ready(Queue::Ended, now) else { break };
			pruned = pruned.saturating_add(1);
			let Some(record) = Requests::<T>::get(entry.request) else { continue };
			if let Some(check) = &record.check {
				if T::Clock::current_block_number() > check.until {
					Self::close_undecided(entry.request, record);
				}
				Self::push_ended(entry.request, now.saturating_add(PRUNE_DELAY.into()), 0);
				continue;
			}
			Requests::<T>::remove(entry.request);
			Inputs::<T>::remove(entry.request);
			ClientKeys::<T>::remove(&record.requester, record.client_key);
		}
		T::WeightInfo::prune(pruned)
	}

	/// The shortest deadline for a model: time for two nodes that take as long as others did of late, or for a panel.
	pub fn min_deadline(model: ModelId, trust: TrustMode) -> BlockNumberFor<T> {
		let usual: BlockNumberFor<T> = T::Models::answer_time(model).into();
		let least = match trust {
			TrustMode::Attested => usual.saturating_mul(4u32.into()),
			// How long answers without a proof take says nothing of it.
			TrustMode::Proved => Zero::zero(),
			TrustMode::Quorum { .. } => T::Panels::least_time(model)
				.saturating_add(DRAW_DELAY)
				.saturating_add(MAX_AUTHOR_WAIT)
				.into(),
		};
		least.max(T::MinDeadline::get()).min(T::MaxDeadline::get())
	}

	/// What it would cost now to ask a model, beside the transaction; nothing if it does not answer.
	pub fn estimate(model: ModelId, trust: TrustMode) -> Option<Estimate<BalanceOf<T>>> {
		let terms = T::Models::terms(model, trust.kind()).ok().filter(|_| trust.is_valid())?;
		let each = terms.price.saturating_add(terms.surplus);
		Some(Estimate {
			price: terms.price,
			surplus: terms.surplus,
			most: each.saturating_mul(u32::from(trust.nodes()).into()),
			upkeep: Self::upkeep(model, trust)?,
			transaction: Zero::zero(),
		})
	}

	/// What a request's upkeep costs; nothing for a model whose proofs cannot be checked.
	fn upkeep(model: ModelId, trust: TrustMode) -> Option<BalanceOf<T>> {
		let proof = match trust {
			TrustMode::Proved => T::Provers::upkeep(model)?,
			TrustMode::Attested | TrustMode::Quorum { .. } => Zero::zero(),
		};
		Some(T::UpkeepFee::get().saturating_add(proof))
	}

	/// Whether the model's circuit takes an input, which has to be here to be held against a proof.
	fn is_provable(model: ModelId, input: &Input) -> bool {
		let Input::Inline(bytes) = input else { return false };
		let Some(spec) = T::Models::spec(model) else { return false };
		let tensors = read_tensors(&spec.inputs, bytes, MAX_INPUT_BYTES as usize);
		let circuit = spec.circuit.as_ref();
		circuit.zip(tensors.ok()).is_some_and(|(circuit, it)| circuit.quantised(&it).is_ok())
	}

	fn check_input(ports: &Ports, input: &Input) -> DispatchResult {
		let Input::Inline(bytes) = input else { return Ok(()) };
		match read_tensors(ports, bytes, MAX_INPUT_BYTES as usize) {
			Ok(_) => Ok(()),
			Err(
				PortMismatch::Count { .. }
				| PortMismatch::Element { .. }
				| PortMismatch::Rank { .. }
				| PortMismatch::Dimension { .. },
			) => Err(Error::<T>::InputMismatch.into()),
			Err(_) => Err(Error::<T>::InputMalformed.into()),
		}
	}

	fn take_upkeep_and_hold(
		payer: &T::AccountId,
		upkeep: BalanceOf<T>,
		fee: BalanceOf<T>,
	) -> DispatchResult {
		let upkeep: CreditOf<T> = T::Currency::withdraw(
			payer,
			upkeep,
			Precision::Exact,
			Preservation::Preserve,
			Fortitude::Polite,
		)?;
		T::Upkeep::on_unbalanced(upkeep);
		// A hold would also take frozen balance, which may be gone when the fee is due.
		let usable =
			T::Currency::reducible_balance(payer, Preservation::Preserve, Fortitude::Polite);
		ensure!(usable >= fee, TokenError::FundsUnavailable);
		T::Currency::hold(&HoldReason::Request.into(), payer, fee)
	}
}
