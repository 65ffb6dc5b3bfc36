//! The files of models, and what those earn who keep them.

use crate::{ContentId, ModelId};

/// Which files models are made of.
pub trait ModelFiles {
	/// The file of a model.
	fn file(model: ModelId) -> Option<ContentId>;

	/// How many models are made of a file.
	fn models_of(content: &ContentId) -> u32;
}

/// Where the storage share of fees is shared out.
pub trait FileUse<Balance> {
	/// Answers of a model were paid, and this much of that is for those who keep its file. Constant work.
	fn used(model: ModelId, share: Balance);
}

/// What those who keep the files of models are paid from: the share of fees set aside for them.
pub trait FilePurse<AccountId, Balance> {
	/// What it can pay.
	fn holds() -> Balance;

	/// Pays out of it; what it does not hold is not paid, and never fails.
	fn pay(payee: &AccountId, amount: Balance);
}
