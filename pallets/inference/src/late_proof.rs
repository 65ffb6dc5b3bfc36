//! Answers that are proved after they were given: which may be, and what is kept of it.

use crate::{Config, Inputs, Pallet, Requests, State};
use frame_support::ensure;
use opg_primitives::{
	seams::{AnswerDesk, AnswerRefusal, GivenAnswer},
	LateProof, ModelId, Outcome, RequestId,
};

impl<T: Config> AnswerDesk<T::AccountId> for Pallet<T> {
	fn asked(request: RequestId) -> Option<ModelId> {
		Requests::<T>::get(request).map(|record| record.model)
	}

	fn answered(request: RequestId) -> Result<GivenAnswer, AnswerRefusal> {
		let record = Requests::<T>::get(request).ok_or(AnswerRefusal::Unknown)?;
		let State::Settled { outcome: Outcome::Output(output), .. } = record.state else {
			return Err(AnswerRefusal::Unanswered);
		};
		let is_proved = record.proof.is_some() || record.late_proof.is_some();
		ensure!(!is_proved, AnswerRefusal::Proved);
		ensure!(record.check.is_none(), AnswerRefusal::InDoubt);
		let input = Inputs::<T>::get(request).ok_or(AnswerRefusal::Unknown)?;
		Ok(GivenAnswer { model: record.model, input, output })
	}

	fn note_proof(request: RequestId, proof: LateProof<T::AccountId>) {
		Requests::<T>::mutate_extant(request, |record| record.late_proof = Some(proof));
	}
}
