//! What is noted of paid use, where requests begin and end.

use crate::{AppId, ModelId};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Who asked what, and through which app.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Use<'a, AccountId> {
	/// Who asked.
	pub who: &'a AccountId,
	/// The model asked.
	pub model: ModelId,
	/// The app that sent it, if one did. It must exist: whoever notes it has checked that.
	pub app: Option<AppId>,
	/// Whether somebody else pays.
	pub is_sponsored: bool,
}

/// What became of a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UsageNote<Balance> {
	/// It was made.
	Requested,
	/// It was answered and paid.
	Settled {
		/// What was paid in all.
		spend: Balance,
		/// The part of it that burnt.
		burn: Balance,
		/// Blocks from the request to its settlement.
		latency: u32,
	},
	/// Several nodes found that there is no answer.
	Failed {
		/// What was paid in all.
		spend: Balance,
		/// The part of it that burnt.
		burn: Balance,
		/// What was returned.
		refund: Balance,
	},
	/// Nobody answered in time, or nobody could say.
	Expired {
		/// What was returned.
		refund: Balance,
	},
	/// It was taken back before a node had it.
	Cancelled {
		/// What was returned.
		refund: Balance,
	},
}

/// Where use is counted; never fails.
///
/// Notes of a batch are added up in a [`Batch`](UsageLog::Batch) without touching storage, and written once. However notes are cut into
/// batches of the same block, in the same order, the counts are the same.
pub trait UsageLog<AccountId, Balance> {
	/// What is noted so far; dropping it uncommitted forgets it.
	type Batch: Default;

	/// Adds one note to the batch.
	fn note(batch: &mut Self::Batch, of: Use<AccountId>, note: UsageNote<Balance>);

	/// Counts the batch.
	fn commit(batch: Self::Batch);

	/// Counts a single note.
	fn record(of: Use<AccountId>, note: UsageNote<Balance>) {
		let mut batch = Self::Batch::default();
		Self::note(&mut batch, of, note);
		Self::commit(batch);
	}
}

impl<AccountId, Balance> UsageLog<AccountId, Balance> for () {
	type Batch = ();

	fn note(_: &mut (), _: Use<AccountId>, _: UsageNote<Balance>) {}

	fn commit(_: ()) {}
}

/// What use is measured of.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum Subject {
	/// A model.
	#[codec(index = 0)]
	Model(ModelId),
	/// An app.
	#[codec(index = 1)]
	App(AppId),
}

/// What somebody paid in epochs in which they came back.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Returned<Balance> {
	/// For answers, out of their own balance.
	pub fees: Balance,
	/// What burnt of it.
	pub burnt: Balance,
}

/// What was counted of use, for those who pay for it.
pub trait UseRecord<AccountId, Balance> {
	/// The epoch that runs.
	fn epoch() -> u32;

	/// What an account paid in those of the last three ended epochs in which it came back, and that was not taken yet. It came back in
	/// an epoch if it had a paid answer in it and in one of the three before.
	fn returned(who: &AccountId) -> Returned<Balance>;

	/// The same, which counts as taken from now on.
	fn take_returned(who: &AccountId) -> Returned<Balance>;

	/// Whether there is such a model or app.
	fn exists(subject: Subject) -> bool;

	/// What a model or app burnt in the epochs from `from` up to, and not including, `to`, as far as they are kept.
	fn burnt(subject: Subject, from: u32, to: u32) -> Balance;
}
