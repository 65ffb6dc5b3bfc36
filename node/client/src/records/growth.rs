//! What growth costs and gives, as the chain has it.

use subxt::{
	ext::{scale_decode::DecodeAsType, scale_encode::EncodeAsType},
	utils::AccountId32,
};

/// How much growth may cost; the parts are in millionths.
#[derive(Clone, Copy, PartialEq, Eq, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct GrowthTerms {
	pub(crate) of_fees: u32,
	pub(crate) of_burn: u32,
	pub(crate) rebates: u128,
	pub(crate) grants: u128,
}

/// What was paid in an epoch.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct GrowthSpent {
	pub(crate) epoch: u32,
	pub(crate) rebates: u128,
	pub(crate) grants: u128,
}

/// A grant that is not paid in full.
#[derive(Clone, PartialEq, Eq, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Grant {
	pub(crate) beneficiary: AccountId32,
	pub(crate) limit: GrantLimit,
	/// What each milestone pays, the next one first.
	pub(crate) milestones: Vec<u128>,
}

/// What limits a grant.
#[derive(Clone, Copy, PartialEq, Eq, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) enum GrantLimit {
	/// What a model or app burnt.
	Burn(Subject),
	/// Nothing, but nothing is paid before this block.
	Delay(u64),
}

/// What use is measured of.
#[derive(Clone, Copy, PartialEq, Eq, Debug, DecodeAsType, EncodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
#[encode_as_type(crate_path = "subxt::ext::scale_encode")]
pub(crate) enum Subject {
	Model(u32),
	App(u32),
}

fields! {
	/// `Growth.claim`.
	ClaimRebate { who: AccountId32 }
}

/// `Growth.Rebated`.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Rebated {
	pub(crate) paid: u128,
	pub(crate) amount: u128,
}
