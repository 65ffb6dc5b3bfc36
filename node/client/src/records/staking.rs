//! Stakes and eras, as the chain has them.

use subxt::{ext::scale_decode::DecodeAsType, utils::AccountId32};

/// What an account has at stake.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Ledger {
	pub(crate) active: u128,
}

/// On what terms a candidate validates; the commission is in billionths.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Preferences {
	pub(crate) commission: u32,
}

/// The era that goes on.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Era {
	pub(crate) index: u32,
}

/// What stands behind a validator in an era.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct EraStakers {
	pub(crate) total: u128,
	pub(crate) nominator_count: u32,
}

/// What validators earned in an era.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct EraPoints {
	pub(crate) individual: Vec<(AccountId32, u32)>,
}

impl EraPoints {
	/// What one of them earned.
	pub(crate) fn of(&self, validator: &AccountId32) -> u32 {
		let mut earned = self.individual.iter();
		earned.find(|(who, _)| who == validator).map_or(0, |(_, points)| *points)
	}
}
