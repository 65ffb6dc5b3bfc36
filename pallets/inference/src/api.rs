//! What tools may ask before they ask a model.

// What the macro emits has no docs of its own.
#![allow(missing_docs)]

use codec::{Codec, Decode, Encode};
use opg_primitives::{ModelId, TrustMode};
use scale_info::TypeInfo;

/// What a request would cost now.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct Estimate<Balance> {
	/// What each node is paid for an answer.
	pub price: Balance,
	/// What burns beside that for each answer, since many are asked for now.
	pub surplus: Balance,
	/// The least that must be offered as the most to pay: both, for every node asked.
	pub most: Balance,
	/// What is paid for the request's draw, answer, refund and pruning.
	pub upkeep: Balance,
	/// What the transaction costs at the most, without a tip: where its places in the rings are found at once, a little less.
	pub transaction: Balance,
}

sp_api::decl_runtime_apis! {
	/// Requests before they are made.
	pub trait InferenceApi<Balance>
	where
		Balance: Codec,
	{
		/// What it would cost now to ask a model, with an input of so many bytes in the request; nothing if the model does not answer under
		/// this trust.
		fn estimate(model: ModelId, trust: TrustMode, input_bytes: u32) -> Option<Estimate<Balance>>;
	}
}
