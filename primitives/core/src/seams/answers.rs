//! Answers that were given already, as whoever has a proof of one sees them.

use crate::{late_proof::LateProof, request::MaxOutputBytes, Input, ModelId, RequestId};
use sp_runtime::BoundedVec;

/// An answer that a proof may still be shown of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GivenAnswer {
	/// The model asked.
	pub model: ModelId,
	/// What.
	pub input: Input,
	/// The encoded tensors answered.
	pub output: BoundedVec<u8, MaxOutputBytes>,
}

/// Why no proof is wanted of an answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AnswerRefusal {
	/// There is no request of this number, or not any more.
	Unknown,
	/// The request has no answer.
	Unanswered,
	/// It was proved already.
	Proved,
	/// It is being run again, and may be replaced.
	InDoubt,
}

/// Those who keep answers.
pub trait AnswerDesk<AccountId> {
	/// The model that a request asks, while it is kept.
	fn asked(request: RequestId) -> Option<ModelId>;

	/// The answer to a request that a proof may be shown of.
	fn answered(request: RequestId) -> Result<GivenAnswer, AnswerRefusal>;

	/// Keeps that an answer was proved for as long as it keeps the answer.
	fn note_proof(request: RequestId, proof: LateProof<AccountId>);
}
