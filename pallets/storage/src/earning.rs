//! What copies of models' files earn by use.

use crate::{BalanceOf, Config, Event, Files, Pallet, SlotOf};
use opg_primitives::{
	seams::{FilePurse, FileUse, ModelFiles},
	ContentId, ModelId,
};
use sp_runtime::{traits::Zero, Saturating};

impl<T: Config> FileUse<BalanceOf<T>> for Pallet<T> {
	fn used(model: ModelId, share: BalanceOf<T>) {
		let Some(content) = T::Models::file(model) else { return };
		let Some(mut file) = Files::<T>::get(content) else { return };
		file.earn(share);
		Files::<T>::insert(content, file);
	}
}

impl<T: Config> Pallet<T> {
	/// What a copy has earned that its keeper was not paid.
	pub(crate) fn unclaimed(content: &ContentId, kept: &SlotOf<T>) -> BalanceOf<T> {
		let each = Files::<T>::get(content).map_or_else(Zero::zero, |file| file.each);
		each.saturating_sub(kept.claimed)
	}

	/// Pays a keeper what its copy has earned; says how much that is.
	pub(crate) fn claim(content: &ContentId, kept: &mut SlotOf<T>) -> BalanceOf<T> {
		let earned = Self::unclaimed(content, kept);
		if !earned.is_zero() {
			kept.claimed = kept.claimed.saturating_add(earned);
			T::Purse::pay(&kept.keeper, earned);
		}
		earned
	}

	/// Counts one copy more; says what a copy has earned before.
	pub(crate) fn gain_copy(content: ContentId) -> BalanceOf<T> {
		let mut file = Files::<T>::get(content).unwrap_or_default();
		file.copies = file.copies.saturating_add(1);
		let each = file.each;
		Files::<T>::insert(content, file);
		each
	}

	/// Counts one copy less; what it had earned is the others'.
	pub(crate) fn lose_copy(content: ContentId, kept: &SlotOf<T>) {
		let unclaimed = Self::unclaimed(&content, kept);
		let Some(mut file) = Files::<T>::get(content) else { return };
		file.copies = file.copies.saturating_sub(1);
		if file.copies > 0 {
			file.left = file.left.saturating_add(unclaimed);
			Files::<T>::insert(content, file);
			return;
		}
		Files::<T>::remove(content);
		let models = T::Models::models_of(&content);
		Self::deposit_event(Event::LastCopyLost { content, models });
	}
}
