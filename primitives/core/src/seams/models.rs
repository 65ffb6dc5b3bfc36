//! What others ask of the published models.

use crate::{model::Ports, ModelId, ModelSpec, TrustKind};
use sp_runtime::Permill;

/// The terms on which a model answers now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ModelTerms<AccountId, Balance> {
	/// Who published it.
	pub owner: AccountId,
	/// The fee of one answer.
	pub price: Balance,
	/// What demand adds to it, which is paid to nobody.
	pub surplus: Balance,
	/// The part of the node's share that goes to the owner.
	pub royalty: Permill,
	/// What it takes.
	pub inputs: Ports,
}

/// Why a model does not answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ModelRefusal {
	/// There is no such model.
	Unknown,
	/// It takes no new requests.
	Retired,
	/// It takes none until governance resumes it.
	Paused,
	/// The key of its circuit was found to be another's.
	Suspended,
	/// It may not be asked under this trust.
	TrustNotOffered,
}

/// The published models.
pub trait ModelCatalogue<AccountId, Balance> {
	/// The terms of a model that answers new requests under `trust`.
	fn terms(
		model: ModelId,
		trust: TrustKind,
	) -> Result<ModelTerms<AccountId, Balance>, ModelRefusal>;

	/// What a worker has to know; retired models included while requests may be open.
	fn spec(model: ModelId) -> Option<ModelSpec>;

	/// Whether a circuit's key is believed to be its model's: nobody found that it is another's.
	fn is_key_believed(_: ModelId) -> bool {
		true
	}

	/// Whether new requests may name the model.
	fn is_active(model: ModelId) -> bool;

	/// Blocks that answers of the model took of late, from assignment to settlement; 0 before the first.
	fn answer_time(model: ModelId) -> u32;

	/// Takes note of how many blocks an answer of the model took.
	fn note_answer_time(model: ModelId, blocks: u32);

	/// Takes note that requests for the model wait for want of nodes.
	fn note_wait(model: ModelId);

	/// The number the next model will get.
	fn next() -> ModelId;
}
