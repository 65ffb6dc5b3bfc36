//! What tools may ask of a runtime that counts use.

// What the macro emits has no docs of its own.
#![allow(missing_docs)]

use crate::{AccountUse, CohortAge, Counters, EpochIndex, EpochSpan, Service};
use alloc::vec::Vec;
use codec::Codec;
use opg_primitives::{AppId, ModelId};

sp_api::decl_runtime_apis! {
	/// Use of the network: who, how much, how well served, and who comes back.
	pub trait UsageApi<AccountId>
	where
		AccountId: Codec,
	{
		/// The epoch that runs, and its blocks.
		fn epoch() -> EpochSpan;

		/// The network's counters of an epoch; nothing if it has not begun or is kept no more.
		fn counters(epoch: EpochIndex) -> Option<Counters>;

		/// A model's counters of an epoch; nothing if it was not used in it, or the epoch is kept no more.
		fn model_counters(model: ModelId, epoch: EpochIndex) -> Option<Counters>;

		/// An app's counters of an epoch, likewise.
		fn app_counters(app: AppId, epoch: EpochIndex) -> Option<Counters>;

		/// What was left of the accounts that began in an epoch, at each age of which the epoch is kept, the youngest first.
		fn cohort(start: EpochIndex) -> Vec<CohortAge>;

		/// What is known of an account; nothing if it had no paid answer for as long as epochs are kept.
		fn account(who: AccountId) -> Option<AccountUse>;

		/// How the network served requests in an epoch.
		fn service(epoch: EpochIndex) -> Option<Service>;
	}
}
