//! An audit's life: asked for, drawn for, decided, ended.

use crate::{
	Audit, AuditOf, Audits, BalanceOf, Config, Ending, Error, Event, HoldReason, Pallet,
	PreviousEntropy, Stage, Waiting, WeightInfo, AGREE, NODES,
};
use alloc::vec::Vec;
use codec::Encode;
use frame_support::{
	ensure,
	traits::{
		fungible::{hold::Mutate, Inspect},
		tokens::{Fortitude, Precision, Preservation, Restriction},
		Get,
	},
	weights::Weight,
};
use frame_system::pallet_prelude::BlockNumberFor;
use opg_primitives::{
	audit::key_in,
	node::MAKES_KEYS,
	request::jury_of,
	seams::{
		AuditRefusal, AuditedModels, BlockEntropy, Case, CaseDesk, Entropy, KeyId, Panels,
		Question, Verdict, WorkerKeys,
	},
	Draw, Input, ModelId, NodeId, Outcome,
};
use sp_io::hashing::blake2_256;
use sp_runtime::{
	traits::{Saturating, Zero},
	DispatchResult, TokenError,
};

/// Blocks between a question and its draw: nobody may know the outputs of both blocks that are mixed.
pub(crate) const DRAW_DELAY: u32 = 2;
/// Blocks for which a draw waits for two different authors in a row.
const MAX_AUTHOR_WAIT: u32 = 4;
/// Blocks after which nobody is drawn any more.
pub(crate) const PATIENCE: u32 = 200;

/// The two blocks that a draw mixes.
struct Mix {
	before: Entropy,
	now: Entropy,
	has_two_authors: bool,
}

impl Mix {
	fn seed(&self, model: ModelId, stage: &impl Encode) -> Draw {
		let mixed = (b"opg/audit", self.before.output, self.now.output, model, stage);
		Draw::from(blake2_256(&mixed.encode()))
	}
}

impl<T: Config> Pallet<T> {
	pub(crate) fn do_request(asker: T::AccountId, model: ModelId) -> DispatchResult {
		T::Models::publisher(model).map_err(|refusal| match refusal {
			AuditRefusal::Unknown => Error::<T>::ModelUnknown,
			AuditRefusal::NoCircuit => Error::<T>::NoCircuit,
			AuditRefusal::Retired => Error::<T>::ModelRetired,
			AuditRefusal::Audited => Error::<T>::KeyAudited,
			AuditRefusal::Refuted => Error::<T>::ModelSuspended,
		})?;
		ensure!(!Audits::<T>::contains_key(model), Error::<T>::AuditOpen);
		let mut waiting = Waiting::<T>::get();
		// The other half is kept for juries.
		ensure!(waiting.len() < (T::MaxWaiting::get() / 2) as usize, Error::<T>::TooManyWaiting);
		waiting.try_push(model).map_err(|_| Error::<T>::TooManyWaiting)?;

		let pay = T::Pay::get();
		let deposit = Self::deposit_of(pay);
		// A hold would also take frozen balance, which may be gone when the nodes are paid.
		let usable =
			T::Currency::reducible_balance(&asker, Preservation::Preserve, Fortitude::Polite);
		ensure!(usable >= deposit, TokenError::FundsUnavailable);
		T::Currency::hold(&HoldReason::Audit.into(), &asker, deposit)?;
		let since = frame_system::Pallet::<T>::block_number();
		let stage = Stage::Waiting { since };
		Audits::<T>::insert(model, Audit { asker: asker.clone(), deposit, pay, stage });
		Waiting::<T>::put(waiting);
		Self::deposit_event(Event::Asked { model, who: asker, deposit });
		Ok(())
	}

	/// What every node that may be drawn for one audit has together.
	pub(crate) fn deposit_of(pay: BalanceOf<T>) -> BalanceOf<T> {
		pay.saturating_mul(u32::from(NODES.saturating_add(jury_of(NODES))).into())
	}

	/// Draws for the audit that has waited longest, if any does.
	pub(crate) fn take_turns(now: BlockNumberFor<T>) -> Weight {
		let mut waiting = Waiting::<T>::get();
		if waiting.is_empty() {
			PreviousEntropy::<T>::kill();
			return T::WeightInfo::idle();
		}
		let weight = T::WeightInfo::idle().saturating_add(T::WeightInfo::turn());
		let Some(mix) = Self::mix() else { return weight };
		let model = waiting.remove(0);
		Waiting::<T>::put(waiting);
		if !Self::take_turn(&mix, model, now) {
			Self::wait(model);
		}
		weight
	}

	/// Remembers this block's contribution, and mixes it with the last block's.
	fn mix() -> Option<Mix> {
		let now = T::Entropy::current();
		let before = PreviousEntropy::<T>::get();
		PreviousEntropy::<T>::set(now);
		let (now, before) = (now?, before?);
		let has_two_authors = T::Entropy::authors() <= 1 || now.author != before.author;
		Some(Mix { before, now, has_two_authors })
	}

	/// Whether the audit waits no more.
	fn take_turn(mix: &Mix, model: ModelId, now: BlockNumberFor<T>) -> bool {
		let Some(mut record) = Audits::<T>::get(model) else { return true };
		let Some(since) = record.stage.waits_since() else { return true };
		let ready_at = since.saturating_add(DRAW_DELAY.into());
		let waits_for_author =
			!mix.has_two_authors && now < ready_at.saturating_add(MAX_AUTHOR_WAIT.into());
		if now < ready_at || waits_for_author {
			return false;
		}
		let seed = mix.seed(model, &record.stage);
		let is_drawn = match record.stage {
			Stage::Waiting { .. } => {
				let Ok(publisher) = T::Models::publisher(model) else {
					Self::end(model, record, Ending::Moot, None, Zero::zero());
					return true;
				};
				T::Panels::convene(Question {
					case: Case::Audit(model),
					model: MAKES_KEYS,
					nodes: NODES,
					agree: AGREE,
					seed,
					asker: publisher,
					fee: record.pay,
					claim: None,
				})
			},
			_ => T::Panels::escalate(Case::Audit(model), seed),
		};
		if is_drawn {
			record.stage = Stage::Convened;
			Audits::<T>::insert(model, record);
			return true;
		}
		if now < since.saturating_add(PATIENCE.into()) {
			return false;
		}
		// A panel that gets no jury ends by itself.
		if let Stage::Waiting { .. } = record.stage {
			Self::end(model, record, Ending::NotDrawn, None, Zero::zero());
		}
		true
	}

	/// Without room its turn never comes, and its panel ends undecided.
	fn wait(model: ModelId) {
		Waiting::<T>::mutate(|waiting| {
			let _ = waiting.try_push(model);
		});
	}

	fn take_verdict(model: ModelId, verdict: Verdict) {
		let Some(mut record) = Audits::<T>::get(model) else { return };
		match verdict {
			Verdict::Split => {
				let since = frame_system::Pallet::<T>::block_number();
				record.stage = Stage::Escalated { since };
				Audits::<T>::insert(model, record);
				Self::wait(model);
				Self::deposit_event(Event::Divided { model });
			},
			Verdict::Agreed { outcome, by } => Self::judge(model, record, &outcome, by),
			Verdict::Decided { outcome, mut by, jurors, .. } => {
				by.extend(jurors);
				Self::judge(model, record, &outcome, by);
			},
			Verdict::Undecided => {
				Self::end(model, record, Ending::Undecided, None, Zero::zero());
			},
		}
	}

	/// Holds the key that a panel made against the model's, and pays the panel.
	fn judge(model: ModelId, record: AuditOf<T>, outcome: &Outcome, by: Vec<NodeId>) {
		// A fault says nothing of the key.
		let Some(made) = key_in(outcome) else {
			return Self::end(model, record, Ending::Undecided, None, Zero::zero());
		};
		let payees: Vec<T::AccountId> = by.into_iter().filter_map(T::Nodes::owner).collect();
		let is_open = match T::Models::publisher(model) {
			Ok(_) | Err(AuditRefusal::Retired) => true,
			Err(_) => false,
		};
		let expected = T::Models::recipe(model).filter(|_| is_open).map(|it| it.circuit.key);
		match expected {
			Some(expected) if expected != made => {
				T::Models::refute(model, &payees, record.pay);
				Self::end(model, record, Ending::Differed, Some(made), Zero::zero());
			},
			expected => {
				let paid = Self::pay(&record, &payees);
				let ending = if expected.is_some() {
					T::Models::confirm(model);
					Ending::Matched
				} else {
					Ending::Moot
				};
				Self::end(model, record, ending, Some(made), paid);
			},
		}
	}

	/// Pays those who made the key out of the deposit.
	fn pay(record: &AuditOf<T>, payees: &[T::AccountId]) -> BalanceOf<T> {
		let mut paid = BalanceOf::<T>::zero();
		for payee in payees {
			let left = record.deposit.saturating_sub(paid);
			// One that cannot take it leaves it to the asker.
			let moved = T::Currency::transfer_on_hold(
				&HoldReason::Audit.into(),
				&record.asker,
				payee,
				record.pay.min(left),
				Precision::BestEffort,
				Restriction::Free,
				Fortitude::Force,
			);
			paid = paid.saturating_add(moved.unwrap_or_else(|_| Zero::zero()));
		}
		paid
	}

	/// Returns what is left of the deposit, and forgets the audit.
	fn end(
		model: ModelId,
		record: AuditOf<T>,
		ending: Ending,
		made: Option<KeyId>,
		paid: BalanceOf<T>,
	) {
		let left = record.deposit.saturating_sub(paid);
		let reason = HoldReason::Audit.into();
		let _ = T::Currency::release(&reason, &record.asker, left, Precision::BestEffort);
		Audits::<T>::remove(model);
		Waiting::<T>::mutate(|waiting| waiting.retain(|other| *other != model));
		Self::deposit_event(Event::Ended { model, ending, made, paid });
	}
}

impl<T: Config> CaseDesk for Pallet<T> {
	fn input(case: Case) -> Option<Input> {
		let Case::Audit(model) = case else { return None };
		if !Audits::<T>::contains_key(model) {
			return None;
		}
		T::Models::recipe(model)?.input()
	}

	fn decided(case: Case, verdict: Verdict) {
		if let Case::Audit(model) = case {
			Self::take_verdict(model, verdict);
		}
	}
}
