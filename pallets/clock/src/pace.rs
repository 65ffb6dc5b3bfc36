//! How fast a chain goes: the lengths its genesis decides for ever.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// The lengths a chain is born with.
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
	Serialize,
	Deserialize,
)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Pace {
	/// Slots of an epoch, which is a session.
	pub epoch_slots: u32,
	/// Sessions of an era.
	pub sessions_per_era: u32,
	/// Eras for which an unbonding stake may still be slashed.
	pub bonding_eras: u32,
	/// How many times sooner waiting periods end than on a live network.
	pub haste: u32,
}

impl Pace {
	/// How many blocks a period takes that takes so many on a live network; at least one.
	pub fn hasten(&self, blocks: u32) -> u32 {
		blocks.checked_div(self.haste).unwrap_or(blocks).max(1)
	}

	/// Blocks of the eras an offender can be called to account in.
	pub fn bonding_slots(&self) -> u64 {
		u64::from(self.bonding_sessions()).saturating_mul(self.epoch_slots.into())
	}

	/// Sessions of the eras an offender can be called to account in.
	pub fn bonding_sessions(&self) -> u32 {
		self.bonding_eras.saturating_mul(self.sessions_per_era)
	}

	/// Whether a chain of this pace would run: elections need a part of an epoch, and slashes an era to be cancelled in.
	pub fn is_sound(&self) -> bool {
		self.epoch_slots >= 8
			&& self.sessions_per_era > 0
			&& self.bonding_eras > 1
			&& self.haste > 0
	}
}
