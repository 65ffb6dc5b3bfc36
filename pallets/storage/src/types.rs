//! Orders, slots and checks as they are stored, and the proof that a piece is still there.

pub use opg_primitives::pieces::PIECE;

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use opg_primitives::{pieces, ContentId};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::traits::AtLeast32BitUnsigned;

/// Names an order.
pub type OrderId = u64;
/// A place for one copy of an order's file.
pub type SlotIndex = u8;
/// A stretch of time with one check, counted from the first block.
pub type Period = u32;

/// Copies of a file one order may ask for.
pub const MAX_COPIES: SlotIndex = 16;
/// Bytes of a file at most: 2 GiB, as stores take.
pub const MAX_SIZE: u64 = 2 << 30;
/// Hashes from a piece to the root of the largest file.
pub const MAX_PATH: u32 = 21;
const _: () = assert!(MAX_SIZE.div_ceil(PIECE as u64) <= 1 << MAX_PATH);

/// What somebody wants kept.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Draft<Balance> {
	/// The file.
	pub content: ContentId,
	/// Its bytes.
	pub size: u64,
	/// The root of the binary Merkle tree (Blake2-256) over its pieces of [`PIECE`] bytes. Whoever takes a slot computes it from the file
	/// first: nobody else checks that it belongs to the content id.
	pub pieces: H256,
	/// How many copies, each by another account.
	pub copies: SlotIndex,
	/// For how many periods.
	pub periods: Period,
	/// What a copy earns for each period in which it was shown to be there.
	pub price: Balance,
}

/// A file to be kept.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Order<AccountId, Balance> {
	/// Who pays.
	pub owner: AccountId,
	/// The file.
	pub content: ContentId,
	/// Its bytes.
	pub size: u64,
	/// The root over its pieces.
	pub pieces: H256,
	/// How many copies are wanted.
	pub copies: SlotIndex,
	/// What a copy earns a period.
	pub price: Balance,
	/// The first period that is not paid any more.
	pub ends: Period,
	/// What is held to pay for it.
	pub purse: Balance,
}

impl<AccountId, Balance> Order<AccountId, Balance> {
	/// How many pieces the file has.
	pub const fn piece_count(&self) -> u32 {
		pieces::count(self.size)
	}

	/// Bytes of the piece at `index`.
	pub const fn piece_size(&self, index: u32) -> u64 {
		let begin = index as u64 * PIECE as u64;
		let rest = self.size.saturating_sub(begin);
		if rest < PIECE as u64 {
			rest
		} else {
			PIECE as u64
		}
	}
}

/// A file of which copies are kept, and what those earn beside what orders pay: the storage share of fees for answers of models made of it.
#[derive(
	Clone,
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
pub struct StoredFile<Balance> {
	/// How many copies are kept.
	pub copies: u32,
	/// What each copy has earned since the first one was taken.
	pub each: Balance,
	/// What was earned and is not enough to give each copy a unit, and what keepers did not claim that lost or left their slots.
	pub left: Balance,
}

impl<Balance: AtLeast32BitUnsigned + Copy> StoredFile<Balance> {
	/// Shares so much out among the copies there are.
	pub fn earn(&mut self, share: Balance) {
		let sum = self.left.saturating_add(share);
		let copies: Balance = self.copies.into();
		let each = sum.checked_div(&copies).unwrap_or_else(Balance::zero);
		self.each = self.each.saturating_add(each);
		self.left = sum.saturating_sub(each.saturating_mul(copies));
	}
}

/// One copy, and who keeps it.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Slot<AccountId, Balance> {
	/// Who keeps it.
	pub keeper: AccountId,
	/// What the keeper has at stake.
	pub bond: Balance,
	/// The last period in which it was shown to be there, or in which it was taken.
	pub shown: Period,
	/// What a copy of the file had earned by then.
	pub claimed: Balance,
}

/// The check that runs, or ran last.
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
pub struct Check<BlockNumber> {
	/// The period it is of.
	pub period: Period,
	/// Decides which piece is asked of each slot.
	pub seed: H256,
	/// The block it began in.
	pub since: BlockNumber,
}

/// Shows that a piece is there.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Showing {
	/// The order.
	pub order: OrderId,
	/// The copy.
	pub slot: SlotIndex,
	/// The piece that was asked for.
	pub piece: BoundedVec<u8, ConstU32<PIECE>>,
	/// The hashes beside its way to the root, from below.
	pub path: BoundedVec<H256, ConstU32<MAX_PATH>>,
}
