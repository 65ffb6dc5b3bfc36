//! Accounts, their balances, and blocks, as the chain has them.

use subxt::{
	dynamic::Value,
	ext::{scale_decode::DecodeAsType, scale_encode::EncodeAsType},
	utils::{AccountId32, MultiAddress},
};

/// An account's standing.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Account {
	pub(crate) nonce: u64,
	pub(crate) data: Balances,
}

/// What an account has: `reserved` is held for something and cannot be spent.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Balances {
	pub(crate) free: u128,
	pub(crate) reserved: u128,
}

/// What blocks may take.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct BlockWeights {
	pub(crate) max_block: Weight,
	pub(crate) per_class: PerClass,
}

/// What the transactions of a block took.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct BlockWeight {
	pub(crate) normal: Weight,
}

/// What transactions of each class may take of a block.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct PerClass {
	pub(crate) normal: ClassWeights,
}

/// What transactions of a class may take, and what each takes besides its call.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct ClassWeights {
	pub(crate) base_extrinsic: Weight,
	pub(crate) max_total: Option<Weight>,
}

/// Time of execution, in picoseconds.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Weight {
	pub(crate) ref_time: u64,
}

fields! {
	/// `Balances.transfer_keep_alive`.
	Transfer { dest: MultiAddress<AccountId32, ()>, value: u128 }
	/// `Utility.batch_all`.
	Batch { calls: Vec<Value> }
	/// `Sudo.sudo`.
	Sudo { call: Value }
}

/// `Balances.Held`.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Held {
	pub(crate) who: AccountId32,
	pub(crate) amount: u128,
}
