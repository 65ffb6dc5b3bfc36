//! What the hooks of a block have done, and how much more they may do.

use crate::{Config, WeightInfo};
use frame_support::{traits::Get, weights::Weight};
use sp_runtime::SaturatedConversion;

/// The part of the hooks' budget that ends at their deadlines may take; the rest is left for draws.
const ENDS: (u64, u64) = (5, 6);

/// Work done in a block so far.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Work {
	/// Entries of the rings looked at.
	pub(crate) looked: u32,
	/// Requests ended.
	pub(crate) ended: u32,
	/// Requests taken from a late node.
	pub(crate) missed: u32,
	/// Draws of a single node, or as much other work of drawing.
	pub(crate) drawn: u32,
}

impl Work {
	pub(crate) fn weight<T: Config>(&self) -> Weight {
		T::WeightInfo::initialize(self.looked, self.ended, self.missed, self.drawn)
	}

	/// How many more requests may be taken from late nodes in this block.
	pub(crate) fn room_for_misses<T: Config>(&self) -> u32 {
		self.room::<T>(Self { missed: 1, ..Self::default() })
	}

	/// How many more draws may be tried in this block.
	pub(crate) fn room_for_draws<T: Config>(&self) -> u32 {
		self.room::<T>(Self { drawn: 1, ..Self::default() }).min(T::MaxDraws::get())
	}

	fn room<T: Config>(&self, one: Self) -> u32 {
		let each = one.weight::<T>().saturating_sub(Self::default().weight::<T>());
		let left = budget::<T>().saturating_sub(self.weight::<T>());
		left.checked_div_per_component(&each).unwrap_or(0).saturated_into()
	}
}

/// What deadlines and draws may take of a block.
pub(crate) fn budget<T: Config>() -> Weight {
	T::HooksBudget::get() * <T as frame_system::Config>::BlockWeights::get().max_block
}

/// Whether a block in which every place of both rings is due, and every request ends, has room for draws beside that.
pub(crate) fn leaves_room_for_draws<T: Config>() -> bool {
	let places = T::MaxExpiring::get();
	let ends = Work { looked: places.saturating_mul(2), ended: places, ..Work::default() };
	let (part, of) = ENDS;
	ends.weight::<T>().saturating_mul(of).all_lte(budget::<T>().saturating_mul(part))
}

/// Whether a block that does nothing but draw keeps to the budget.
pub(crate) fn holds_draws<T: Config>() -> bool {
	let draws = Work { drawn: T::MaxDraws::get(), ..Work::default() };
	draws.weight::<T>().all_lte(budget::<T>())
}
