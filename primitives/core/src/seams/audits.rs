//! Audits of models' keys: what those who have keys made again and those who keep the models want of each other.

use crate::{audit::Recipe, ModelId};

/// Why the key of a model is not audited.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AuditRefusal {
	/// There is no such model.
	Unknown,
	/// It has no circuit.
	NoCircuit,
	/// It is retired: nobody asks it any more.
	Retired,
	/// Its key was found to be its own already.
	Audited,
	/// Its key was found to be another's already.
	Refuted,
}

/// The models whose keys are audited.
pub trait AuditedModels<AccountId, Balance> {
	/// Who published a model whose key nobody has judged yet.
	fn publisher(model: ModelId) -> Result<AccountId, AuditRefusal>;

	/// What the model's key is to be made of, and which it is said to be.
	fn recipe(model: ModelId) -> Option<Recipe>;

	/// The key made again is the model's.
	fn confirm(model: ModelId);

	/// The key made again is another than the model's: the model is suspended, each of `payees` is paid out of what its publisher put down, as
	/// far as that goes, and the rest of it burns.
	fn refute(model: ModelId, payees: &[AccountId], each: Balance);
}
