//! A slot: taken with a bond, left, lost by default.

use crate::{
	Config, Error, Event, HoldReason, Kept, OrderId, OrderOf, Orders, Pallet, Period, Slot,
	SlotIndex, SlotOf, Slots,
};
use frame_support::{
	ensure,
	traits::{
		fungible::hold::{Balanced, Mutate},
		tokens::Precision,
		Get, Imbalance,
	},
};
use sp_runtime::{
	traits::{CheckedDiv, Zero},
	DispatchResult, Saturating,
};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_take(keeper: T::AccountId, order: OrderId, slot: SlotIndex) -> DispatchResult {
		let record = Orders::<T>::get(order).ok_or(Error::<T>::OrderUnknown)?;
		ensure!(slot < record.copies, Error::<T>::SlotUnknown);
		// A slot that would be paid for nothing is not taken.
		ensure!(Self::next_period() < record.ends, Error::<T>::OrderEnded);
		if let Some(kept) = Slots::<T>::get(order, slot) {
			ensure!(Self::is_in_default(&kept), Error::<T>::SlotTaken);
			Self::free(order, &record, slot)?;
		}
		let keeps_another =
			Slots::<T>::iter_prefix_values(order).any(|other| other.keeper == keeper);
		ensure!(!keeps_another, Error::<T>::KeepsAnother);
		let pay = record.price.saturating_mul(T::BondPeriods::get().into());
		let bond = pay.max(T::MinBond::get());
		Self::hold(HoldReason::Slot, &keeper, bond)?;
		let shown = Self::current_period();
		let claimed = Self::gain_copy(record.content);
		Slots::<T>::insert(order, slot, Slot { keeper: keeper.clone(), bond, shown, claimed });
		Kept::<T>::insert(&keeper, (order, slot), ());
		Self::deposit_event(Event::Taken { order, slot, keeper });
		Ok(())
	}

	pub(crate) fn do_leave(
		keeper: T::AccountId,
		order: OrderId,
		slot: SlotIndex,
	) -> DispatchResult {
		let record = Orders::<T>::get(order).ok_or(Error::<T>::OrderUnknown)?;
		let kept = Self::kept_by(&keeper, order, slot)?;
		ensure!(!Self::is_asked(&record, &kept), Error::<T>::PieceAsked);
		Self::free(order, &record, slot)
	}

	pub(crate) fn do_evict(order: OrderId, slot: SlotIndex) -> DispatchResult {
		let record = Orders::<T>::get(order).ok_or(Error::<T>::OrderUnknown)?;
		let kept = Slots::<T>::get(order, slot).ok_or(Error::<T>::SlotUnknown)?;
		ensure!(Self::is_in_default(&kept), Error::<T>::NotInDefault);
		Self::free(order, &record, slot)
	}

	pub(crate) fn kept_by(
		keeper: &T::AccountId,
		order: OrderId,
		slot: SlotIndex,
	) -> Result<SlotOf<T>, Error<T>> {
		let kept = Slots::<T>::get(order, slot).ok_or(Error::<T>::SlotUnknown)?;
		ensure!(kept.keeper == *keeper, Error::<T>::NotKeeper);
		Ok(kept)
	}

	/// Frees a slot: what misses cost burns, the rest of the bond returns.
	pub(crate) fn free(order: OrderId, record: &OrderOf<T>, slot: SlotIndex) -> DispatchResult {
		let Some(mut kept) = Slots::<T>::take(order, slot) else { return Ok(()) };
		Kept::<T>::remove(&kept.keeper, (order, slot));
		let misses = Self::misses(record, &kept);
		Self::fine(order, slot, &mut kept, misses);
		T::Currency::release(
			&HoldReason::Slot.into(),
			&kept.keeper,
			kept.bond,
			Precision::BestEffort,
		)?;
		Self::deposit_event(Event::Freed { order, slot, returned: kept.bond });
		Self::lose_copy(record.content, &kept);
		Ok(())
	}

	/// Burns what so many misses cost of a bond.
	pub(crate) fn fine(order: OrderId, slot: SlotIndex, kept: &mut SlotOf<T>, misses: Period) {
		let most = T::MaxMisses::get().max(1);
		if misses.is_zero() {
			return;
		}
		let each = kept.bond.checked_div(&most.into()).unwrap_or_default();
		let cost = if misses >= most { kept.bond } else { each.saturating_mul(misses.into()) };
		let (burnt, _) = T::Currency::slash(&HoldReason::Slot.into(), &kept.keeper, cost);
		let burnt = burnt.peek();
		kept.bond = kept.bond.saturating_sub(burnt);
		Self::deposit_event(Event::Missed { order, slot, misses, burnt });
	}
}
