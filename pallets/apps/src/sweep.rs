//! The removal of passes and credits that do not hold any more, a little in every block that has room.

use crate::{Config, Pallet, Standings, Sweeping, WeightInfo};
use frame_support::{traits::Get, weights::Weight};

/// The most entries looked at in a block.
const MAX_LOOKS: u32 = 256;

impl<T: Config> Pallet<T> {
	/// Looks through all standings once an epoch.
	pub(crate) fn sweep(remaining: Weight) -> Weight {
		let base = T::WeightInfo::sweep(0);
		let each = T::WeightInfo::sweep(1).saturating_sub(base);
		let Some(room) = remaining.checked_sub(&base) else { return Weight::zero() };
		let most = room.checked_div_per_component(&each).unwrap_or(0).min(MAX_LOOKS.into()) as u32;

		let now = T::Epoch::get();
		let before = Sweeping::<T>::get();
		let mut sweep = before.clone();
		if sweep.done >= now {
			return base;
		}
		let mut standings = match &sweep.at {
			Some((app, who)) => Standings::<T>::iter_from(Standings::<T>::hashed_key_for(app, who)),
			None => Standings::<T>::iter(),
		};
		let mut looks: u32 = 0;
		while looks < most {
			looks = looks.saturating_add(1);
			let Some((app, who, standing)) = standings.next() else {
				sweep.at = None;
				sweep.done = now;
				break;
			};
			let left = standing.in_epoch(now);
			if left != Some(standing) {
				Standings::<T>::set(app, &who, left);
			}
			sweep.at = Some((app, who));
		}
		if sweep != before {
			Sweeping::<T>::put(sweep);
		}
		T::WeightInfo::sweep(looks)
	}
}
