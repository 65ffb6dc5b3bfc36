//! The removal of what is too old to be asked for, a little in every block that has room.

use crate::{Accounts, Config, EpochIndex, Pallet, Sweep, Sweeping, Tallies, WeightInfo};
use frame_support::{traits::Get, weights::Weight};

/// The most entries looked at in a block.
const MAX_LOOKS: u32 = 512;

impl<T: Config> Pallet<T> {
	/// Removes counters of models and apps of epochs that are over, then accounts that were not here for as long as the ring goes back.
	pub(crate) fn sweep(remaining: Weight) -> Weight {
		let base = T::WeightInfo::sweep(0);
		let each = T::WeightInfo::sweep(1).saturating_sub(base);
		let Some(room) = remaining.checked_sub(&base) else { return Weight::zero() };
		let most = room.checked_div_per_component(&each).unwrap_or(0).min(MAX_LOOKS.into()) as u32;

		let now = Self::current_epoch();
		let before = Sweeping::<T>::get();
		let mut sweep = before.clone();
		let tallies = Self::drop_tallies(&mut sweep, now, most);
		let accounts = Self::forget_accounts(&mut sweep, now, most.saturating_sub(tallies));
		if sweep != before {
			Sweeping::<T>::put(sweep);
		}
		T::WeightInfo::sweep(tallies.saturating_add(accounts))
	}

	fn drop_tallies(sweep: &mut Sweep<T::AccountId>, now: EpochIndex, most: u32) -> u32 {
		let mut looks: u32 = 0;
		while looks < most && now.saturating_sub(sweep.tallies_from) >= T::ScopeEpochs::get() {
			let room = most.saturating_sub(looks);
			let dropped =
				Tallies::<T>::drain_prefix(sweep.tallies_from).take(room as usize).count() as u32;
			looks = looks.saturating_add(dropped);
			if dropped < room {
				// To find that nothing is left was a look as well.
				looks = looks.saturating_add(1);
				sweep.tallies_from = sweep.tallies_from.saturating_add(1);
			}
		}
		looks
	}

	/// Looks through all accounts once an epoch.
	fn forget_accounts(sweep: &mut Sweep<T::AccountId>, now: EpochIndex, most: u32) -> u32 {
		let ring = T::Epochs::get();
		if now < ring || sweep.done >= now {
			return 0;
		}
		let mut accounts = match &sweep.at {
			Some(last) => Accounts::<T>::iter_from_key(last),
			None => Accounts::<T>::iter(),
		};
		let mut looks: u32 = 0;
		while looks < most {
			looks = looks.saturating_add(1);
			let Some((who, account)) = accounts.next() else {
				sweep.at = None;
				sweep.done = now;
				break;
			};
			if account.presence.is_forgotten(now, ring) {
				Accounts::<T>::remove(&who);
			}
			sweep.at = Some(who);
		}
		looks
	}
}
