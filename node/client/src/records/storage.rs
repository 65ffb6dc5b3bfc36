//! Files kept for pay, as the chain has them.

use opg_primitives::ContentId;
use subxt::{
	ext::{scale_decode::DecodeAsType, scale_encode::EncodeAsType},
	utils::{AccountId32, Static},
};

/// A file that is kept for pay.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Order {
	pub(crate) owner: AccountId32,
	pub(crate) content: Static<ContentId>,
	pub(crate) size: u64,
	pub(crate) pieces: [u8; 32],
	pub(crate) copies: u8,
	pub(crate) price: u128,
	pub(crate) ends: u32,
	pub(crate) purse: u128,
}

/// A copy of a file that is kept for pay.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Slot {
	pub(crate) keeper: AccountId32,
	pub(crate) shown: u32,
}

/// A file of which copies are kept for pay.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct StoredFile {
	pub(crate) copies: u32,
}

/// The check of kept files that runs, or ran last.
#[derive(Clone, Copy, Debug, Default, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct StorageCheck {
	pub(crate) period: u32,
	pub(crate) seed: [u8; 32],
}

fields! {
	/// What `Storage.order` takes.
	OrderDraft {
		content: Static<ContentId>,
		size: u64,
		pieces: [u8; 32],
		copies: u8,
		periods: u32,
		price: u128
	}
	/// `Storage.order`.
	PlaceOrder { draft: OrderDraft }
	/// `Storage.extend`.
	ExtendOrder { order: u64, periods: u32 }
	/// `Storage.take`, `leave` and `evict`.
	OfSlot { order: u64, slot: u8 }
	/// `Storage.close`.
	OfOrder { order: u64 }
	/// One of `Storage.show`.
	Showing { order: u64, slot: u8, piece: Vec<u8>, path: Vec<[u8; 32]> }
	/// `Storage.show`.
	Show { showings: Vec<Showing> }
}

/// `Storage.Ordered`.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Ordered {
	pub(crate) order: u64,
}
