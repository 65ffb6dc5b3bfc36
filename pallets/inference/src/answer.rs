//! Answers: which batches enter a block at all, and what each answer in one does.

use crate::{Assigned, Config, Event, MaxBatch, Pallet, RequestOf, Requests, State};
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
	seams::{FeeSplitter, ModelCatalogue, NodeRegistry},
	statement::{statement, Domain},
	ModelId, NodeId, Outcome,
};
use sp_application_crypto::RuntimeAppPublic;
use sp_runtime::traits::Zero;

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

	pub(crate) fn do_answer(node: NodeId, answers: BoundedVec<Answer, MaxBatch>) {
		T::Nodes::note_batch(node);
		let owner = T::Nodes::owner(node);
		let mut settlement = Default::default();
		let mut outputs = OutputsOf::<T>::default();
		let mut stale: u32 = 0;
		for answer in answers {
			let request = answer.request;
			let live = Self::live_record(node, &answer).zip(owner.clone());
			let Some((record, owner)) = live else {
				stale = stale.saturating_add(1);
				continue;
			};
			if !outputs.accept(record.model, &answer.outcome) {
				stale = stale.saturating_add(1);
				Self::deposit_event(Event::AnswerRefused { request, node });
				continue;
			}
			Self::settle(&mut settlement, answer, record, node, owner);
		}
		T::Fees::pay(settlement);
		if !stale.is_zero() {
			T::Nodes::charge_stale(node, stale);
		}
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
			let settled_by = match record.state {
				State::Settled { node, .. } => Some(node),
				_ => None,
			};
			record.missed_by == Some(node) || settled_by == Some(node)
		});
		if had_it {
			Standing::Stale
		} else {
			Standing::Foreign
		}
	}

	fn live_record(node: NodeId, answer: &Answer) -> Option<RequestOf<T>> {
		Requests::<T>::get(answer.request).filter(|record| {
			matches!(record.state, State::Assigned { node: by, draw, .. } if by == node && draw == answer.draw)
		})
	}
}

/// The outputs of the model last looked at: a batch mostly answers one model.
struct OutputsOf<T> {
	known: Option<(ModelId, Ports)>,
	_runtime: core::marker::PhantomData<T>,
}

impl<T> Default for OutputsOf<T> {
	fn default() -> Self {
		Self { known: None, _runtime: core::marker::PhantomData }
	}
}

impl<T: Config> OutputsOf<T> {
	fn accept(&mut self, model: ModelId, outcome: &Outcome) -> bool {
		let Outcome::Output(bytes) = outcome;
		if self.known.as_ref().is_none_or(|(known, _)| *known != model) {
			self.known = T::Models::spec(model).map(|spec| (model, spec.outputs));
		}
		self.known
			.as_ref()
			.is_some_and(|(_, ports)| read_tensors(ports, bytes, MAX_OUTPUT_BYTES as usize).is_ok())
	}
}
