//! The published buckets of the supply, and when what is in them unlocks.

use crate::types::{proportion, Balance};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::PalletId;
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_runtime::{traits::AccountIdConversion, AccountId32};

/// Milliseconds of a month: a twelfth of 365.25 days.
pub const MONTH: u64 = 2_629_800_000;

/// A part of the supply that was published with what it is for.
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
	Serialize,
	Deserialize,
)]
pub enum Bucket {
	/// Growth: streams into the growth pot as it unlocks.
	Ecosystem,
	/// The foundation.
	Foundation,
	/// Who builds the network.
	Contributors,
	/// Investors and advisors.
	Investors,
	/// Validators and their nominators: drawn at the end of each era.
	Staking,
	/// Liquidity and the launch itself.
	Liquidity,
	/// The airdrop.
	Airdrop,
}

impl Bucket {
	/// Every bucket.
	pub const ALL: [Self; 7] = [
		Self::Ecosystem,
		Self::Foundation,
		Self::Contributors,
		Self::Investors,
		Self::Staking,
		Self::Liquidity,
		Self::Airdrop,
	];

	/// The account of the bucket's pot, which no key opens.
	pub fn account(self) -> AccountId32 {
		let id = match self {
			Self::Ecosystem => *b"opg/ecos",
			Self::Foundation => *b"opg/foun",
			Self::Contributors => *b"opg/cont",
			Self::Investors => *b"opg/inve",
			Self::Staking => *b"opg/stak",
			Self::Liquidity => *b"opg/liqu",
			Self::Airdrop => *b"opg/aird",
		};
		PalletId(id).into_account_truncating()
	}

	/// Whether the chain itself draws from it as it unlocks, so that it has no beneficiaries.
	pub fn streams(self) -> bool {
		matches!(self, Self::Ecosystem | Self::Staking)
	}

	/// How the bucket unlocks, of a supply of `supply`.
	pub fn schedule(self, supply: Balance) -> Schedule {
		// Percent of the supply; the part free at launch; months of nothing more; months after them in which the rest unlocks.
		let (percent, (part, of), cliff, months) = match self {
			Self::Ecosystem => (40, (1, 10), 0, 60),
			Self::Foundation => (15, (1, 3), 0, 48),
			Self::Contributors => (15, (0, 1), 12, 36),
			Self::Investors => (10, (0, 1), 12, 36),
			Self::Staking => (10, (0, 1), 0, 96),
			Self::Liquidity => (6, (1, 1), 0, 0),
			Self::Airdrop => (4, (1, 1), 0, 0),
		};
		let total = proportion(supply, percent, 100);
		Schedule { total, at_launch: proportion(total, part, of), cliff, months }
	}
}

/// When an amount unlocks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Schedule {
	/// All of it.
	pub total: Balance,
	/// What is free from the launch on.
	pub at_launch: Balance,
	/// Months after the launch in which nothing more unlocks.
	pub cliff: u64,
	/// Months after those in which the rest unlocks, the same in every millisecond.
	pub months: u64,
}

impl Schedule {
	/// How a part of the amount unlocks. However an amount is divided, its parts never have more free than it has: each rounds
	/// down for itself.
	pub fn part(&self, amount: Balance) -> Self {
		let at_launch = proportion(amount, self.at_launch, self.total);
		Self { total: amount, at_launch, ..*self }
	}

	/// What is free `elapsed` milliseconds after the launch, rounded down to the unit; everything at the end.
	pub fn vested(&self, elapsed: u64) -> Balance {
		let start = self.cliff.saturating_mul(MONTH);
		let length = self.months.saturating_mul(MONTH);
		let past = elapsed.saturating_sub(start);
		if past >= length {
			return self.total;
		}
		let rest = self.total.saturating_sub(self.at_launch);
		self.at_launch.saturating_add(proportion(rest, past.into(), length.into()))
	}
}
