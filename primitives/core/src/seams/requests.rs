//! What another pallet may ask of models in an account's name.

use crate::{ClientKey, Input, ModelId, Outcome, RequestId, TrustMode};
use sp_runtime::DispatchError;

/// What is asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ask<Balance> {
	/// The model.
	pub model: ModelId,
	/// What it is asked.
	pub input: Input,
	/// What makes the answer believable.
	pub trust: TrustMode,
	/// The most to pay.
	pub max_fee: Balance,
	/// Blocks in which an answer is wanted.
	pub deadline: u32,
	/// The asker's own name for it.
	pub client_key: ClientKey,
}

/// How a request stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RequestStanding {
	/// It may still be answered.
	Open,
	/// It was answered and paid for.
	Settled(Outcome),
	/// It ended without an answer, or is forgotten.
	Ended,
}

/// Takes requests from other pallets.
pub trait RequestDesk<AccountId, Balance> {
	/// Asks a model; `who` pays.
	fn ask(who: &AccountId, ask: Ask<Balance>) -> Result<RequestId, DispatchError>;

	/// How a request stands.
	fn standing(request: RequestId) -> RequestStanding;
}
