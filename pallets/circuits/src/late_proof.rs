//! Proofs of answers that were given without one: shown by anybody who committed to them first.

use crate::{BalanceOf, Claim, Commitment, Config, Error, Event, Output, Pallet, WeightInfo};
use frame_support::{ensure, traits::Get, weights::Weight};
use frame_system::pallet_prelude::BlockNumberFor;
use opg_primitives::{
	circuit::MAX_PROOF_BYTES,
	late_proof::{commitment, Salt},
	model::read_tensors,
	request::MAX_OUTPUT_BYTES,
	seams::{
		AnswerDesk, AnswerRefusal, GivenAnswer, KeyId, ModelCatalogue, Proof, ProofRefusal,
		ProofVerifier,
	},
	Circuit, Input, LateProof, ModelSpec, RequestId,
};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::traits::Zero;

/// An answer that can be proved, and the circuit to prove it by.
pub(crate) struct Provable {
	answer: GivenAnswer,
	spec: ModelSpec,
	circuit: Circuit,
}

/// What a proof has to show, when all but the proof itself has been looked at.
pub(crate) struct LateClaim<T: Config> {
	claim: Claim,
	difference: u64,
	commitment: Commitment<BalanceOf<T>, BlockNumberFor<T>>,
}

impl<T: Config> Pallet<T> {
	/// The answer to a request, if a proof of it can be believed.
	pub(crate) fn provable(request: RequestId) -> Result<Provable, Error<T>> {
		let answer = T::Desk::answered(request).map_err(|refusal| match refusal {
			AnswerRefusal::Unknown => Error::<T>::RequestUnknown,
			AnswerRefusal::Unanswered => Error::<T>::NotAnswered,
			AnswerRefusal::Proved => Error::<T>::AlreadyProved,
			AnswerRefusal::InDoubt => Error::<T>::AnswerInDoubt,
		})?;
		ensure!(matches!(answer.input, Input::Inline(_)), Error::<T>::InputNotInRequest);
		let spec = T::Models::spec(answer.model).ok_or(Error::<T>::NoCircuit)?;
		let circuit = spec.circuit.clone().ok_or(Error::<T>::NoCircuit)?;
		ensure!(T::Models::is_key_believed(answer.model), Error::<T>::KeyNotBelieved);
		Ok(Provable { answer, spec, circuit })
	}

	/// Looks at everything about a late proof but the proof.
	pub(crate) fn late_claim(
		by: &T::AccountId,
		request: RequestId,
		output: &Output,
		proof: &[u8],
		salt: &Salt,
	) -> Result<LateClaim<T>, Error<T>> {
		// First: whoever comes second is to pay for no more than this.
		let Provable { answer, spec, circuit } = Self::provable(request)?;
		let genesis = frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero());
		let hidden = || commitment(genesis, by, request, output, proof, salt);
		let commitment = Self::open_commitment(by, request, hidden)?;
		let claim = Self::claim(answer.model, &answer.input, output);
		let claim = claim.ok_or(Error::<T>::NotOfCircuit)?;
		let tensors = |bytes| read_tensors(&spec.outputs, bytes, MAX_OUTPUT_BYTES as usize);
		let distance = tensors(&answer.output).ok().zip(tensors(output).ok());
		let distance = distance.and_then(|(answer, proved)| {
			circuit.distance(spec.profile, T::MaxSteps::get(), &answer, &proved)
		});
		let near = distance.filter(|distance| distance.is_near);
		let difference = near.ok_or(Error::<T>::AnswerTooFar)?.difference;
		Ok(LateClaim { claim, difference, commitment })
	}

	/// Checks a late proof, and has the request's record say so.
	pub(crate) fn do_prove(
		by: T::AccountId,
		request: RequestId,
		late: LateClaim<T>,
		proof: &[u8],
	) -> Result<(), Error<T>> {
		let LateClaim { claim, difference, commitment } = late;
		let key: KeyId = claim.key;
		T::Verifier::verify(key, &claim.inputs, proof).map_err(|refusal| match refusal {
			ProofRefusal::Rejected => Error::<T>::ProofWrong,
			ProofRefusal::KeyUnusable => Error::<T>::KeyNotBelieved,
		})?;
		Self::remove_commitment(request, &by, &commitment);
		let statement = claim.statement();
		let bytes = u32::try_from(proof.len()).unwrap_or(MAX_PROOF_BYTES);
		let proof = Proof { statement, hash: H256(blake2_256(proof)), bytes };
		T::Desk::note_proof(request, LateProof { proof, key, by: by.clone(), difference });
		Self::deposit_event(Event::ProvedLater { request, by, key, statement, difference });
		Ok(())
	}

	/// What taking a late proof of so many bytes weighs.
	pub(crate) fn proving(request: RequestId, proof: u32) -> Weight {
		let check = T::Desk::asked(request).and_then(|model| Self::check(model, Some(proof)));
		T::WeightInfo::prove().saturating_add(check.unwrap_or_default())
	}
}
