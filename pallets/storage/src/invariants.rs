//! The laws of kept files, checked after every test and by `try_state`.

use crate::{BalanceOf, Config, Files, HoldReason, Kept, NextOrder, Orders, Pallet, Slots};
use alloc::collections::BTreeMap;
use frame_support::{
	ensure,
	traits::{fungible::hold::Inspect, Get},
};
use opg_primitives::{seams::FilePurse, ContentId};
use sp_runtime::{traits::Zero, Saturating, TryRuntimeError};

impl<T: Config> Pallet<T> {
	/// Checks every law.
	pub fn check_laws() -> Result<(), TryRuntimeError> {
		Self::check_orders()?;
		Self::check_slots()?;
		Self::check_earnings()?;
		Self::check_holds()
	}

	/// Every order's number was given out, and its purse pays every slot to its end.
	fn check_orders() -> Result<(), TryRuntimeError> {
		let next = NextOrder::<T>::get();
		for (number, order) in Orders::<T>::iter() {
			ensure!(number < next, "an order has a number not given out");
			let left = order.ends.saturating_sub(Self::next_period());
			let due: BalanceOf<T> = left.into();
			let due = due.saturating_mul(order.copies.into()).saturating_mul(order.price);
			let due = Slots::<T>::iter_prefix_values(number)
				.filter(|kept| Self::is_asked(&order, kept))
				.fold(due, |sum, _| sum.saturating_add(order.price));
			let due = due.saturating_add(T::Deposit::get());
			ensure!(order.purse >= due, "a purse does not cover what its order may still cost");
		}
		Ok(())
	}

	/// Every slot is of an order, no account has two of one order, none was shown in a time to come; copies are the slots taken.
	fn check_slots() -> Result<(), TryRuntimeError> {
		let mut copies = BTreeMap::<ContentId, u32>::new();
		for (number, slot, kept) in Slots::<T>::iter() {
			let order = Orders::<T>::get(number).ok_or("a slot is of no order")?;
			ensure!(slot < order.copies, "an order has a slot too many");
			ensure!(kept.shown <= Self::current_period(), "a slot was shown in a time to come");
			let of_keeper = Slots::<T>::iter_prefix_values(number)
				.filter(|other| other.keeper == kept.keeper)
				.count();
			ensure!(of_keeper == 1, "an account has two slots of one order");
			let count = copies.entry(order.content).or_default();
			*count = count.saturating_add(1);
		}
		let kept = |(keeper, (order, slot), ())| {
			Slots::<T>::get(order, slot).is_some_and(|kept| kept.keeper == keeper)
		};
		ensure!(Kept::<T>::iter().all(kept), "a keeper has a slot that is not its own");
		ensure!(
			Kept::<T>::iter_keys().count() == Slots::<T>::iter_keys().count(),
			"a slot is missing among its keeper's"
		);
		ensure!(
			Files::<T>::iter()
				.map(|(content, file)| (content, file.copies))
				.collect::<BTreeMap<_, _>>()
				== copies,
			"copies are not the slots taken"
		);
		Ok(())
	}

	/// No copy was paid more than it earned, and the purse has what was earned and not paid.
	fn check_earnings() -> Result<(), TryRuntimeError> {
		let mut owed: BalanceOf<T> = Zero::zero();
		for (number, _, kept) in Slots::<T>::iter() {
			let order = Orders::<T>::get(number).ok_or("a slot is of no order")?;
			let file = Files::<T>::get(order.content).ok_or("a slot is of no file")?;
			ensure!(kept.claimed <= file.each, "a copy was paid more than it earned");
			owed = owed.saturating_add(file.each.saturating_sub(kept.claimed));
		}
		for file in Files::<T>::iter_values() {
			owed = owed.saturating_add(file.left);
		}
		ensure!(T::Purse::holds() >= owed, "the purse does not hold what copies earned");
		Ok(())
	}

	/// What is held is what purses and bonds say, account by account, to the unit.
	fn check_holds() -> Result<(), TryRuntimeError> {
		let mut purses = BTreeMap::<T::AccountId, BalanceOf<T>>::new();
		for order in Orders::<T>::iter_values() {
			let sum = purses.entry(order.owner).or_insert_with(Zero::zero);
			*sum = sum.saturating_add(order.purse);
		}
		let mut bonds = BTreeMap::<T::AccountId, BalanceOf<T>>::new();
		for kept in Slots::<T>::iter_values() {
			let sum = bonds.entry(kept.keeper).or_insert_with(Zero::zero);
			*sum = sum.saturating_add(kept.bond);
		}
		for account in frame_system::Account::<T>::iter_keys() {
			for (reason, owed) in [(HoldReason::Purse, &purses), (HoldReason::Slot, &bonds)] {
				let owed = owed.get(&account).copied().unwrap_or_else(Zero::zero);
				let held = T::Currency::balance_on_hold(&reason.into(), &account);
				ensure!(held == owed, "a hold is not what orders and slots say");
			}
		}
		Ok(())
	}
}
