//! The terms of growth, grants, and what was paid.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use opg_primitives::seams::Subject;
use scale_info::TypeInfo;
use sp_runtime::{PerThing, Permill};

/// Units of OPG.
pub type Balance = u128;

/// An epoch's number.
pub type EpochIndex = u32;

/// A grant's number, counted from 0.
pub type GrantId = u32;

/// Milestones of a grant.
pub type MaxMilestones = ConstU32<16>;

/// What each milestone of a grant pays, the next one first.
pub type Milestones = BoundedVec<Balance, MaxMilestones>;

/// How much growth may cost.
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
	/// The part of what somebody paid that is given back to who came back.
	pub of_fees: Permill,
	/// The part of what burnt of it that is given back at most; the rest of what burns is all that measured grants may take.
	pub of_burn: Permill,
	/// The most given back in an epoch.
	pub rebates: Balance,
	/// The most granted in an epoch.
	pub grants: Balance,
}

impl Terms {
	/// What is given back of `paid`, of which `burnt` burnt.
	pub(crate) fn rebate(&self, paid: Balance, burnt: Balance) -> Balance {
		self.of_fees.mul_floor(paid).min(self.of_burn.mul_floor(burnt))
	}

	/// What measured grants may take of `burnt`.
	pub(crate) fn grantable(&self, burnt: Balance) -> Balance {
		self.of_burn.left_from_one().mul_floor(burnt)
	}
}

/// What limits a grant, beside what may be granted in an epoch.
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
pub enum Limit<BlockNumber> {
	/// What a model or app burnt.
	#[codec(index = 0)]
	Burn(Subject),
	/// Nothing, but nothing is paid before this block.
	#[codec(index = 1)]
	Delay(BlockNumber),
}

/// A grant.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Grant<AccountId, BlockNumber> {
	/// Who is paid.
	pub beneficiary: AccountId,
	/// What limits it.
	pub limit: Limit<BlockNumber>,
	/// What is still to be paid.
	pub milestones: Milestones,
}

/// What a model or app burnt, and was granted for it.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Default,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Measure {
	/// What burnt in the epochs counted.
	pub burnt: Balance,
	/// What was granted.
	pub granted: Balance,
	/// The first epoch that is not counted yet.
	pub from: EpochIndex,
}

/// What was paid in an epoch.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Default,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Spent {
	/// The epoch.
	pub epoch: EpochIndex,
	/// Given back.
	pub rebates: Balance,
	/// Granted.
	pub grants: Balance,
}
