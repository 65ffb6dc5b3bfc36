//! What those who take requests ask of apps.

use crate::{AppUse, ModelId, NodeId, TrustMode};
use alloc::vec::Vec;
use sp_runtime::DispatchError;

/// Apps, as those see them who take requests made through one.
pub trait AppDesk<AccountId, Balance> {
	/// Lets a request in and takes what it uses up of the requester's pass or credit and of what the app pays for: `cost` is the most the
	/// request may cost. Says who pays, if not the requester. Whoever asks must fail, and so undo it, if the request is not made.
	fn admit(
		through: AppUse,
		who: &AccountId,
		model: ModelId,
		trust: TrustMode,
		cost: Balance,
	) -> Result<Option<AccountId>, DispatchError>;

	/// The only nodes that may answer what the app pays for, a few; none named: any.
	fn nodes(through: AppUse) -> Vec<NodeId>;

	/// A request ended: `unspent` of its cost returned to who paid. Its place in the pass is given back where that is said.
	fn ended(through: AppUse, who: &AccountId, unspent: Balance, is_pass_given_back: bool);
}
