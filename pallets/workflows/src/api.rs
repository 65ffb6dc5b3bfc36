//! What a client may ask without a transaction.

// What the macro emits has no docs of its own.
#![allow(missing_docs)]

use crate::{Derived, Workflow, WorkflowId};
use alloc::vec::Vec;
use codec::Codec;

sp_api::decl_runtime_apis! {
	/// Workflows.
	pub trait WorkflowsApi<AccountId, Balance, BlockNumber>
	where
		AccountId: Codec,
		Balance: Codec,
		BlockNumber: Codec,
	{
		/// Every workflow, by number.
		fn list() -> Vec<(WorkflowId, Workflow<AccountId, Balance, BlockNumber>)>;

		/// A workflow, with the account that pays for its runs and what that can pay.
		fn show(
			workflow: WorkflowId,
		) -> Option<(Workflow<AccountId, Balance, BlockNumber>, AccountId, Balance)>;

		/// What it gave last, if that may be told as fresh.
		fn fresh(workflow: WorkflowId) -> Option<Derived<BlockNumber>>;

		/// The results kept of it, oldest first.
		fn history(workflow: WorkflowId) -> Vec<Derived<BlockNumber>>;
	}
}
