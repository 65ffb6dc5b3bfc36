//! Answers: which batches enter a block at all, and what each answer in one does.

use crate::{
	settlement::Settlement, Assigned, Config, Event, MaxBatch, Pallet, RequestOf, Requests, State,
};
use alloc::collections::BTreeSet;
use frame_support::{
	pallet_prelude::{
		InvalidTransaction, TransactionSource, TransactionValidityWithRefund, ValidTransaction,
	},
	weights::Weight,
	BoundedVec,
};
use opg_primitives::{
	job::Answer,
	model::{read_tensors, Ports},
	node::WorkerSignature,
	request::MAX_OUTPUT_BYTES,
	seams::{Delivery, ModelCatalogue, NodeRegistry},
	statement::{statement, Domain},
	Draw, FaultKind, ModelId, NodeId, Outcome, RequestId, TrustMode,
};
use sp_application_crypto::RuntimeAppPublic;
use sp_runtime::{
	traits::{BlockNumberProvider, Saturating, Zero},
	SaturatedConversion,
};

/// Models of a batch's answers at the most: those a node serves.
pub(crate) const MOST_MODELS: u32 = 64;

/// Blocks a batch stays in the pool; the worker sends what is not included again.
const LONGEVITY: u64 = 8;

/// What an answer is worth to the chain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Standing {
	/// The node has the job by the draw it names.
	Live,
	/// It had the job, and lost it or was paid already.
	Stale,
	/// It never had the job.
	Foreign,
}

impl<T: Config> Pallet<T> {
	/// Cheap facts first, the signature last: any peer may send anything.
	pub(crate) fn authorize_answer(
		_source: TransactionSource,
		node: &NodeId,
		number: &u64,
		answers: &BoundedVec<Answer, MaxBatch>,
		signature: &WorkerSignature,
	) -> TransactionValidityWithRefund {
		let next = T::Nodes::next_batch(*node).ok_or(InvalidTransaction::BadSigner)?;
		if *number != next {
			let is_late = *number < next;
			let why = if is_late { InvalidTransaction::Stale } else { InvalidTransaction::Future };
			return Err(why.into());
		}
		let mut has_live = false;
		for answer in answers {
			match Self::standing(*node, answer) {
				Standing::Live => has_live = true,
				Standing::Stale => {},
				Standing::Foreign => return Err(InvalidTransaction::Call.into()),
			}
		}
		if !has_live {
			return Err(InvalidTransaction::Stale.into());
		}
		let worker = T::Nodes::worker(*node).ok_or(InvalidTransaction::BadSigner)?;
		let claim = statement(Domain::Answers, Self::genesis(), &(node, number, answers));
		if !worker.verify(&claim, signature) {
			return Err(InvalidTransaction::BadProof.into());
		}
		// A longer batch of the same number replaces a shorter one that still waits in the pool.
		ValidTransaction::with_tag_prefix("OpgAnswers")
			.priority(answers.len() as u64)
			.and_provides((node, number))
			.longevity(LONGEVITY)
			.propagate(true)
			.build()
			.map(|validity| (validity, Weight::zero()))
	}

	/// Does what each answer says; returns of how many models live ones were, and how many of them were asked through apps.
	pub(crate) fn do_answer(node: NodeId, answers: BoundedVec<Answer, MaxBatch>) -> (u32, u32) {
		T::Nodes::note_batch(node);
		let mut settlement = Settlement::default();
		let mut outputs = OutputsOf::<T>::default();
		let mut stale: u32 = 0;
		let mut through_apps: u32 = 0;
		let mut models = BTreeSet::new();
		for answer in answers {
			let request = answer.request;
			let Some(record) = Self::live_record(node, &answer) else {
				stale = stale.saturating_add(1);
				continue;
			};
			if !outputs.accept(&record, &answer.outcome) {
				stale = stale.saturating_add(1);
				Self::deposit_event(Event::AnswerRefused { request, node });
				continue;
			}
			Assigned::<T>::remove(node, request);
			through_apps = through_apps.saturating_add(record.through.is_some().into());
			models.insert(record.model);
			match answer.outcome.fault() {
				Some(fault) => Self::take_fault(&mut settlement, answer, record, node, fault),
				None => {
					T::Nodes::release(node, Delivery::InTime, record.price);
					let Answer { request, draw, outcome } = answer;
					Self::settle(&mut settlement, request, record, &[node], draw, outcome);
				},
			}
		}
		settlement.conclude();
		outputs.note_times();
		if !stale.is_zero() {
			T::Nodes::charge_stale(node, stale);
		}
		(models.len() as u32, through_apps)
	}

	/// One node's word that there is no answer is not enough: another one is asked, and only if it finds none either the request ends.
	fn take_fault(
		settlement: &mut Settlement<T>,
		answer: Answer,
		mut record: RequestOf<T>,
		node: NodeId,
		fault: FaultKind,
	) {
		T::Nodes::release(node, Delivery::Excused, record.price);
		let request = answer.request;
		if let Some((first, _)) = record.fault {
			return Self::fail(settlement, request, record, &[first, node], fault);
		}
		record.fault = Some((node, fault));
		record.state = State::Waiting;
		Requests::<T>::insert(request, record);
		Self::wait_for_draw(request);
		Self::deposit_event(Event::FaultReported { request, node, fault });
	}

	/// The chain's first hash, which every off-chain signature names.
	pub(crate) fn genesis() -> T::Hash {
		frame_system::Pallet::<T>::block_hash(
			frame_system::pallet_prelude::BlockNumberFor::<T>::zero(),
		)
	}

	fn standing(node: NodeId, answer: &Answer) -> Standing {
		if Assigned::<T>::get(node, answer.request) == Some(answer.draw) {
			return Standing::Live;
		}
		let had_it = Requests::<T>::get(answer.request).is_some_and(|record| {
			let has_settled =
				matches!(&record.state, State::Settled { by, .. } if by.contains(&node));
			let found_none = record.fault.is_some_and(|(by, _)| by == node);
			record.missed_by == Some(node) || found_none || has_settled
		});
		if had_it {
			Standing::Stale
		} else {
			Standing::Foreign
		}
	}

	fn live_record(node: NodeId, answer: &Answer) -> Option<RequestOf<T>> {
		Self::assigned(node, answer.request, answer.draw)
	}

	/// A request that the node has by this draw.
	pub(crate) fn assigned(node: NodeId, request: RequestId, draw: Draw) -> Option<RequestOf<T>> {
		Requests::<T>::get(request).filter(|record| {
			matches!(record.state, State::Assigned { node: by, draw: has, .. } if by == node && has == draw)
		})
	}
}

/// The outputs of the model last looked at, since a batch mostly answers one model, and how long its answers took.
struct OutputsOf<T> {
	known: Option<(ModelId, Ports)>,
	blocks: u32,
	_runtime: core::marker::PhantomData<T>,
}

impl<T> Default for OutputsOf<T> {
	fn default() -> Self {
		Self { known: None, blocks: 0, _runtime: core::marker::PhantomData }
	}
}

impl<T: Config> OutputsOf<T> {
	fn accept(&mut self, record: &RequestOf<T>, outcome: &Outcome) -> bool {
		let Outcome::Output(bytes) = outcome else { return true };
		if record.trust == TrustMode::Proved {
			return false;
		}
		if self.known.as_ref().is_none_or(|(known, _)| *known != record.model) {
			self.note_times();
			self.known = T::Models::spec(record.model).map(|spec| (record.model, spec.outputs));
		}
		let fits = self.known.as_ref().is_some_and(|(_, ports)| {
			read_tensors(ports, bytes, MAX_OUTPUT_BYTES as usize).is_ok()
		});
		if let (true, State::Assigned { since, .. }) = (fits, &record.state) {
			let took = T::Clock::current_block_number().saturating_sub(*since);
			self.blocks = self.blocks.max(took.saturated_into());
		}
		fits
	}

	/// Tells the catalogue the longest time of the model last looked at.
	fn note_times(&mut self) {
		if let (Some((model, _)), 1..) = (&self.known, self.blocks) {
			T::Models::note_answer_time(*model, self.blocks);
		}
		self.blocks = 0;
	}
}
