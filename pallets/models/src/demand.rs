//! What demand adds to a model's price: it rises while requests wait for want of nodes, and falls by itself.

use crate::{BalanceOf, Config, Demands, Models, Pallet};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::traits::Get;
use opg_primitives::ModelId;
use scale_info::TypeInfo;
use sp_runtime::{
	helpers_128bit::multiply_by_rational_with_rounding, traits::AtLeast32BitUnsigned, Rounding,
	SaturatedConversion,
};

/// Parts of the price in which a surcharge is told.
pub const WHOLE: u32 = 1_000_000;
/// In a block in which requests wait, what an answer costs rises by one part in so many.
const RISE: u32 = 16;
/// In every block the surcharge falls by one part of the price in so many.
const FALL: u32 = 200;

/// What demand added to a model's price when requests last waited.
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
pub struct Demand<BlockNumber> {
	/// The surcharge then, in millionths of the price.
	#[codec(compact)]
	pub surcharge: u32,
	/// When that was.
	pub at: BlockNumber,
}

impl<BlockNumber: AtLeast32BitUnsigned + Copy> Demand<BlockNumber> {
	/// The surcharge in a later block, in millionths of the price.
	fn surcharge(&self, now: BlockNumber) -> u32 {
		let blocks = now.saturating_sub(self.at).saturated_into::<u32>();
		self.surcharge.saturating_sub(blocks.saturating_mul(WHOLE / FALL))
	}

	/// Requests wait in block `now`; however many, it rises once a block.
	fn risen(&self, now: BlockNumber, most: u32) -> Self {
		if self.at == now {
			return *self;
		}
		let before = self.surcharge(now);
		let step = WHOLE.saturating_add(before) / RISE;
		Self { surcharge: before.saturating_add(step).min(most), at: now }
	}
}

impl<T: Config> Pallet<T> {
	/// What demand adds to a price now.
	pub(crate) fn surplus(model: ModelId, price: BalanceOf<T>) -> BalanceOf<T> {
		let now = frame_system::Pallet::<T>::block_number();
		let surcharge = Demands::<T>::get(model).surcharge(now).min(T::MaxSurcharge::get());
		let surplus = multiply_by_rational_with_rounding(
			price.saturated_into(),
			surcharge.into(),
			WHOLE.into(),
			Rounding::Down,
		);
		surplus.unwrap_or_default().saturated_into()
	}

	pub(crate) fn do_note_wait(model: ModelId) {
		let now = frame_system::Pallet::<T>::block_number();
		let before = Demands::<T>::get(model);
		let after = before.risen(now, T::MaxSurcharge::get());
		let changes = after.surcharge != before.surcharge || after.surcharge > 0;
		if after != before && changes && Models::<T>::contains_key(model) {
			Demands::<T>::insert(model, after);
		}
	}
}
