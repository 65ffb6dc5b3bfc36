//! Deliveries: which enter a block at all, and what follows from the proof in one.

use crate::{BalanceOf, Config, Error, Event, Output, Pallet, ProofBytes, WeightInfo};
use alloc::vec::Vec;
use codec::Encode;
use frame_support::{
	pallet_prelude::{
		InvalidTransaction, TransactionSource, TransactionValidityWithRefund, ValidTransaction,
	},
	weights::{Weight, WeightToFee},
};
use opg_primitives::{
	circuit::{public_inputs, MAX_PROOF_BYTES},
	model::read_tensors,
	node::WorkerSignature,
	request::{MAX_INPUT_BYTES, MAX_OUTPUT_BYTES},
	seams::{KeyId, ModelCatalogue, Proof, ProofRefusal, ProofVerifier, ProvedDesk, WorkerKeys},
	statement::{statement, Domain},
	Draw, Input, ModelId, NodeId, Outcome, RequestId,
};
use sp_application_crypto::RuntimeAppPublic;
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::{traits::Zero, DispatchResult};

/// Blocks a delivery stays in the pool; the worker sends what is not included again.
const LONGEVITY: u64 = 8;

/// What a proof has to show.
pub(crate) struct Claim {
	/// The model's key.
	pub(crate) key: KeyId,
	/// The public inputs, big-endian.
	pub(crate) inputs: Vec<[u8; 32]>,
}

impl Claim {
	/// What it is called by.
	pub(crate) fn statement(&self) -> H256 {
		H256(blake2_256(&(self.key, &self.inputs).encode()))
	}
}

impl<T: Config> Pallet<T> {
	/// Cheap facts first, the signature last: any peer may send anything.
	pub(crate) fn authorize_delivery(
		_source: TransactionSource,
		node: &NodeId,
		request: &RequestId,
		draw: &Draw,
		output: &Output,
		proof: &ProofBytes,
		signature: &WorkerSignature,
	) -> TransactionValidityWithRefund {
		let worker = T::Nodes::worker(*node).ok_or(InvalidTransaction::BadSigner)?;
		let question = T::Desk::question(*node, *request, *draw);
		let (model, input) = question.ok_or(InvalidTransaction::Stale)?;
		let claim = Self::claim(model, &input, output).ok_or(InvalidTransaction::Call)?;
		let has_length = |bytes: u32| usize::try_from(bytes) == Ok(proof.len());
		if T::Verifier::proof_bytes(claim.key).is_some_and(|bytes| !has_length(bytes)) {
			return Err(InvalidTransaction::Call.into());
		}
		let signed = Self::signed(*node, *request, *draw, &claim, proof);
		if !worker.verify(&signed, signature) {
			return Err(InvalidTransaction::BadProof.into());
		}
		ValidTransaction::with_tag_prefix("OpgProved")
			.and_provides((request, draw))
			.longevity(LONGEVITY)
			.propagate(true)
			.build()
			.map(|validity| (validity, Weight::zero()))
	}

	pub(crate) fn do_deliver(
		node: NodeId,
		request: RequestId,
		draw: Draw,
		output: Output,
		proof: &[u8],
	) -> DispatchResult {
		let question = T::Desk::question(node, request, draw);
		let (model, input) = question.ok_or(Error::<T>::NotAssigned)?;
		let claim = Self::claim(model, &input, &output).ok_or(Error::<T>::NotOfCircuit)?;
		let key = claim.key;
		let verdict = if T::Models::is_key_believed(model) {
			T::Verifier::verify(key, &claim.inputs, proof)
		} else {
			Err(ProofRefusal::KeyUnusable)
		};
		match verdict {
			Ok(()) => {
				let statement = claim.statement();
				let bytes = u32::try_from(proof.len()).unwrap_or(MAX_PROOF_BYTES);
				let kept = Proof { statement, hash: H256(blake2_256(proof)), bytes };
				T::Desk::settle(node, request, Outcome::Output(output), kept);
				Self::deposit_event(Event::Proved { request, node, key, statement });
			},
			Err(ProofRefusal::Rejected) => {
				T::Desk::refuse(node, request);
				Self::deposit_event(Event::ProofRefused { request, node, key });
			},
			Err(ProofRefusal::KeyUnusable) => {
				T::Desk::give_up(node, request);
				Self::deposit_event(Event::KeyUnusable { request, key });
			},
		}
		Ok(())
	}

	/// What a proof has to show for an output to be what the model gives for this input; nothing if no proof can.
	pub(crate) fn claim(model: ModelId, input: &Input, output: &[u8]) -> Option<Claim> {
		let Input::Inline(input) = input else { return None };
		let spec = T::Models::spec(model)?;
		let circuit = spec.circuit?;
		let given = read_tensors(&spec.inputs, input, MAX_INPUT_BYTES as usize).ok()?;
		let found = read_tensors(&spec.outputs, output, MAX_OUTPUT_BYTES as usize).ok()?;
		let inputs = circuit.statement(&given, &found).ok()?;
		Some(Claim { key: circuit.key, inputs })
	}

	/// What the node's worker key signs.
	pub(crate) fn signed(
		node: NodeId,
		request: RequestId,
		draw: Draw,
		claim: &Claim,
		proof: &[u8],
	) -> Vec<u8> {
		let genesis = frame_system::Pallet::<T>::block_hash(
			frame_system::pallet_prelude::BlockNumberFor::<T>::zero(),
		);
		let payload = (node, request, draw, claim.statement(), H256(blake2_256(proof)));
		statement(Domain::Proof, genesis, &payload)
	}

	/// What taking a proof of so many bytes weighs.
	pub(crate) fn delivering(request: RequestId, proof: u32) -> Weight {
		let check = T::Desk::model(request).and_then(|model| Self::check(model, Some(proof)));
		T::WeightInfo::deliver().saturating_add(check.unwrap_or_default())
	}

	/// What checking a proof of the model's circuit weighs, by default one as long as they are; nothing if its key is not believed.
	pub(crate) fn check(model: ModelId, proof: Option<u32>) -> Option<Weight> {
		let spec = T::Models::spec(model)?;
		let inputs = public_inputs(spec.inputs.iter().chain(&spec.outputs))?;
		let key = spec.circuit?.key;
		let bytes = T::Verifier::proof_bytes(key);
		Some(T::Verifier::weight(key, inputs, proof.or(bytes)?))
	}

	/// What a requester pays for the check and all that is done about it.
	pub(crate) fn fee(model: ModelId) -> Option<BalanceOf<T>> {
		let check = Self::check(model, None)?;
		let delivery = T::WeightInfo::deliver().saturating_add(T::WeightInfo::authorize());
		Some(T::WeightToFee::weight_to_fee(&delivery.saturating_add(check)))
	}
}
