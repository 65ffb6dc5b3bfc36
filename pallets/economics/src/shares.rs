//! The shares in which every fee is split.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_runtime::Permill;

/// The parts of a fee. Together they are the whole of it.
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
pub struct Shares {
	/// Whose node answered. Also gets what rounding leaves.
	pub node: Permill,
	/// Re-runs of answers.
	pub checks: Permill,
	/// Validators and their nominators.
	pub validators: Permill,
	/// Who keeps the files.
	pub storage: Permill,
	/// Who published the model.
	pub model_owner: Permill,
	/// Nobody ever again.
	pub burn: Permill,
	/// The treasury.
	pub treasury: Permill,
	/// Growth earned by use.
	pub growth: Permill,
}

impl Shares {
	/// Whether the parts are the whole.
	pub fn are_whole(&self) -> bool {
		let parts = [
			self.node,
			self.checks,
			self.validators,
			self.storage,
			self.model_owner,
			self.burn,
			self.treasury,
			self.growth,
		];
		let sum = parts.iter().fold(0u32, |sum, part| sum.saturating_add(part.deconstruct()));
		sum == Permill::one().deconstruct()
	}

	/// Whether more burns of a fee than can come back to who paid it as growth, so that nobody earns by paying himself.
	pub fn burn_more_than_grows(&self) -> bool {
		self.growth < self.burn
	}
}
