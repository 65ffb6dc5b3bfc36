//! An app's record, what it sells, what it pays for, and how accounts stand with it.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use opg_primitives::{ModelId, NodeId};
use scale_info::TypeInfo;

/// An epoch's number.
pub type EpochIndex = u32;

/// Bytes of an app's name.
pub type MaxName = ConstU32<64>;
/// Offers an app may make at once.
pub type MaxOffers = ConstU32<16>;
/// Models, and nodes, an app may name in what it pays for.
pub type MaxNamed = ConstU32<16>;

/// What a pass gives.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Terms {
	/// Epochs for which it holds, the one in which it begins included.
	pub epochs: u32,
	/// Requests that may name it.
	pub quota: u32,
	/// Whether its holder may pass it on.
	pub is_transferable: bool,
}

/// A pass for sale.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Offer<Balance> {
	/// What it costs.
	pub price: Balance,
	/// What it gives.
	pub terms: Terms,
}

/// The offers of an app.
pub type Offers<Balance> = BoundedVec<Offer<Balance>, MaxOffers>;

/// Whether an app gives and sells anything.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum Status<BlockNumber> {
	/// It does.
	Active,
	/// It does not since this block; what it gave and sold holds on.
	Retired {
		/// When it was retired.
		at: BlockNumber,
	},
}

/// A registered app.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct App<AccountId, Balance, BlockNumber> {
	/// Who registered it and is paid.
	pub owner: AccountId,
	/// What people call it, UTF-8.
	pub name: BoundedVec<u8, MaxName>,
	/// What is held of the owner for this record.
	pub deposit: Balance,
	/// Whether it gives and sells anything.
	pub status: Status<BlockNumber>,
	/// What it sells.
	pub offers: Offers<Balance>,
	/// The first epoch in which nothing it gave or sold holds any more.
	pub over_in: EpochIndex,
}

/// What an app pays for.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Promise<Balance> {
	/// Requests to these models only.
	pub models: BoundedVec<ModelId, MaxNamed>,
	/// Only by these nodes; none named: by any.
	pub nodes: BoundedVec<NodeId, MaxNamed>,
	/// The most it pays in an epoch.
	pub cap: Balance,
	/// Whether it pays for holders of passes, beside those with a credit.
	pub covers_passes: bool,
}

/// What an app pays for, and paid in an epoch.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Sponsorship<Balance> {
	/// What it pays for.
	pub promise: Promise<Balance>,
	/// The epoch that is counted.
	pub epoch: EpochIndex,
	/// What was taken of the purse in it, less what returned.
	pub spent: Balance,
}

/// A pass.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Pass {
	/// The first epoch in which it does not hold any more.
	#[codec(compact)]
	pub over_in: EpochIndex,
	/// Requests that may still name it.
	#[codec(compact)]
	pub left: u32,
	/// Whether its holder may pass it on.
	pub is_transferable: bool,
}

impl Pass {
	/// The pass with `terms` added to what still holds of it; nothing if it would hold longer than `most` epochs.
	pub(crate) fn extended(
		known: Option<Self>,
		terms: Terms,
		now: EpochIndex,
		most: u32,
	) -> Option<Self> {
		let fresh = Self { over_in: now, left: 0, is_transferable: terms.is_transferable };
		let held = known.filter(|pass| pass.holds(now)).unwrap_or(fresh);
		let pass = Self {
			over_in: held.over_in.checked_add(terms.epochs)?,
			left: held.left.checked_add(terms.quota)?,
			is_transferable: held.is_transferable && terms.is_transferable,
		};
		(pass.over_in.saturating_sub(now) <= most).then_some(pass)
	}

	/// Whether it holds in an epoch.
	pub const fn holds(&self, now: EpochIndex) -> bool {
		now < self.over_in
	}
}

/// What an app pays for somebody it named.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Credit<Balance> {
	/// The first epoch in which it does not hold any more.
	pub over_in: EpochIndex,
	/// What may still be spent of the app's purse.
	pub left: Balance,
}

impl<Balance> Credit<Balance> {
	/// Whether it holds in an epoch.
	pub const fn holds(&self, now: EpochIndex) -> bool {
		now < self.over_in
	}
}

/// How an account stands with an app: all that must be read to know.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Standing<Balance> {
	/// Its pass.
	pub pass: Option<Pass>,
	/// Its credit.
	pub credit: Option<Credit<Balance>>,
}

// Derived, it would ask for a balance that has a default.
impl<Balance> Default for Standing<Balance> {
	fn default() -> Self {
		Self { pass: None, credit: None }
	}
}

impl<Balance> Standing<Balance> {
	/// What of it holds in an epoch; nothing if nothing does.
	pub(crate) fn in_epoch(self, now: EpochIndex) -> Option<Self> {
		let pass = self.pass.filter(|pass| pass.holds(now));
		let credit = self.credit.filter(|credit| credit.holds(now));
		(pass.is_some() || credit.is_some()).then_some(Self { pass, credit })
	}
}

/// How far the removal of what does not hold any more has come.
#[derive(
	Clone,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	MaxEncodedLen,
	TypeInfo,
	frame_support::DefaultNoBound,
)]
pub struct Sweep<AccountId> {
	/// The epoch in which everything was last looked through.
	#[codec(compact)]
	pub done: EpochIndex,
	/// What was last looked at, while it is looked through.
	pub at: Option<(opg_primitives::AppId, AccountId)>,
}
