//! What is kept of buckets, allocations and promised rewards.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_runtime::{helpers_128bit::multiply_by_rational_with_rounding, Rounding};

/// Units of OPG. The whole supply is more than 64 bits hold.
pub type Balance = u128;

/// An era of staking.
pub type EraIndex = u32;

/// `whole × part / of`, rounded down; nothing if `of` is.
pub(crate) fn proportion(whole: Balance, part: Balance, of: Balance) -> Balance {
	multiply_by_rational_with_rounding(whole, part, of, Rounding::Down).unwrap_or_default()
}

/// What became of a bucket so far.
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
pub struct Ledger {
	/// What beneficiaries were ever given of it, vested or not, and what was spent of it before the first block.
	pub allocated: Balance,
	/// What has left its pot.
	pub released: Balance,
}

/// What a beneficiary was given of a bucket.
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
pub struct Allocation {
	/// All of it, vested or not.
	pub amount: Balance,
	/// What was paid of it.
	pub claimed: Balance,
}

/// What is kept back for the stakers of an era that has ended.
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
pub struct Promise {
	/// The era.
	pub era: EraIndex,
	/// At most what could still be claimed of its reward when an era last ended.
	pub owed: Balance,
}
