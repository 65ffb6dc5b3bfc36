//! What tools and apps may ask of a runtime with apps.

// What the macro emits has no docs of its own.
#![allow(missing_docs)]

use crate::Standing;
use codec::Codec;
use opg_primitives::AppId;

sp_api::decl_runtime_apis! {
	/// Apps: who has access to them, and what they can pay for.
	pub trait AppsApi<AccountId, Balance>
	where
		AccountId: Codec,
		Balance: Codec,
	{
		/// The pass and the credit an account has with an app and that hold now; nothing if it has neither.
		fn access(app: AppId, who: AccountId) -> Option<Standing<Balance>>;

		/// The account an app pays from: whoever sends to it fills the purse.
		fn purse(app: AppId) -> AccountId;

		/// What an app can pay for requests now: what is in its purse, or what it may still spend in this epoch if that is less.
		fn spendable(app: AppId) -> Balance;
	}
}
