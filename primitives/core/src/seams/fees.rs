//! How a fee reaches those who earned it.

use crate::ModelId;

/// Those a fee is split among by name; every other share goes to a pot.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Payees<AccountId> {
	/// Owner of the node that answered.
	pub node: AccountId,
	/// Owner of the model.
	pub model_owner: AccountId,
	/// The part of the node's share that the model's owner asks for.
	pub royalty: sp_runtime::Permill,
	/// The model that answered, if it is an answer that is paid: the storage share is for those who keep its file.
	pub model: Option<ModelId>,
}

/// Splits fees; never fails, never loses or makes a unit.
///
/// A batch of fees is added up in a [`Settlement`](FeeSplitter::Settlement) and paid once. A share that cannot be paid
/// (no account, below the existential deposit) goes to the treasury.
pub trait FeeSplitter<AccountId, Credit> {
	/// What a batch has to pay so far; dropping it unpaid would burn it.
	type Settlement: Default;

	/// Units of a fee.
	type Balance;

	/// Adds one fee to the batch; returns how much of it burns.
	fn add(
		settlement: &mut Self::Settlement,
		fee: Credit,
		payees: &Payees<AccountId>,
	) -> Self::Balance;

	/// Adds what is paid to nobody to the batch: all of it burns.
	fn burn(settlement: &mut Self::Settlement, surplus: Credit);

	/// Pays the batch.
	fn pay(settlement: Self::Settlement);
}

/// What re-runs of answers are paid from: the share of fees set aside for them.
pub trait CheckPurse<AccountId, Balance> {
	/// Whether it holds `amount`.
	fn holds(amount: Balance) -> bool;

	/// Pays each of `payees`; what the purse does not hold is not paid, and never fails.
	fn pay(payees: &[AccountId], each: Balance);
}
