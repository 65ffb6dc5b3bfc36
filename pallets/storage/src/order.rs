//! An order: placed, extended, closed.

use crate::{
	types::{MAX_COPIES, MAX_SIZE},
	BalanceOf, Config, Draft, Error, Event, HoldReason, NextOrder, Order, OrderId, Orders, Pallet,
	Period, Slots,
};
use frame_support::{
	ensure,
	traits::{
		fungible::{hold::Mutate, Inspect},
		tokens::{Fortitude, Precision, Preservation},
		Get,
	},
};
use sp_runtime::{
	traits::{CheckedMul, Zero},
	DispatchError, DispatchResult, Saturating, TokenError,
};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_order(owner: T::AccountId, draft: Draft<BalanceOf<T>>) -> DispatchResult {
		let Draft { content, size, pieces, copies, periods, price } = draft;
		ensure!(size > 0 && size <= MAX_SIZE, Error::<T>::SizeInvalid);
		ensure!(copies > 0 && copies <= MAX_COPIES, Error::<T>::CopiesInvalid);
		ensure!(price >= T::MinPrice::get(), Error::<T>::PriceTooLow);
		let ends = Self::end_after(Self::next_period(), periods)?;
		let purse = Self::cost(price, copies, periods)?.saturating_add(T::Deposit::get());
		let order = NextOrder::<T>::get();
		let next = order.checked_add(1).ok_or(Error::<T>::TooManyOrders)?;
		Self::hold(HoldReason::Purse, &owner, purse)?;
		NextOrder::<T>::put(next);
		let record =
			Order { owner: owner.clone(), content, size, pieces, copies, price, ends, purse };
		Orders::<T>::insert(order, record);
		Self::deposit_event(Event::Ordered { order, owner, content });
		Ok(())
	}

	pub(crate) fn do_extend(
		owner: T::AccountId,
		order: OrderId,
		periods: Period,
	) -> DispatchResult {
		let ends = Orders::<T>::try_mutate(order, |record| {
			let record = record.as_mut().ok_or(Error::<T>::OrderUnknown)?;
			ensure!(record.owner == owner, Error::<T>::NotOwner);
			ensure!(Self::next_period() <= record.ends, Error::<T>::OrderEnded);
			record.ends = Self::end_after(record.ends, periods)?;
			let more = Self::cost(record.price, record.copies, periods)?;
			Self::hold(HoldReason::Purse, &owner, more)?;
			record.purse = record.purse.saturating_add(more);
			Ok::<_, DispatchError>(record.ends)
		})?;
		Self::deposit_event(Event::Extended { order, ends });
		Ok(())
	}

	pub(crate) fn do_close(order: OrderId) -> DispatchResult {
		let record = Orders::<T>::get(order).ok_or(Error::<T>::OrderUnknown)?;
		ensure!(Self::is_over(&record), Error::<T>::OrderRuns);
		for slot in 0..record.copies {
			if Slots::<T>::contains_key(order, slot) {
				Self::free(order, &record, slot)?;
			}
		}
		T::Currency::release(
			&HoldReason::Purse.into(),
			&record.owner,
			record.purse,
			Precision::BestEffort,
		)?;
		Orders::<T>::remove(order);
		Self::deposit_event(Event::Closed { order, returned: record.purse });
		Ok(())
	}

	/// Whether the last check an order pays for has ended.
	pub(crate) fn is_over(record: &crate::OrderOf<T>) -> bool {
		Self::ended_period().saturating_add(1) >= record.ends
	}

	/// Holds usable balance: a hold would also take frozen balance, which may be gone when it is wanted.
	pub(crate) fn hold(
		reason: HoldReason,
		who: &T::AccountId,
		amount: BalanceOf<T>,
	) -> DispatchResult {
		let usable = T::Currency::reducible_balance(who, Preservation::Preserve, Fortitude::Polite);
		ensure!(usable >= amount, TokenError::FundsUnavailable);
		T::Currency::hold(&reason.into(), who, amount)
	}

	fn end_after(from: Period, periods: Period) -> Result<Period, Error<T>> {
		let ends = from.checked_add(periods).ok_or(Error::<T>::PeriodsInvalid)?;
		let furthest = Self::next_period().saturating_add(T::MaxPeriods::get());
		ensure!(!periods.is_zero() && ends <= furthest, Error::<T>::PeriodsInvalid);
		Ok(ends)
	}

	fn cost(price: BalanceOf<T>, copies: u8, periods: Period) -> Result<BalanceOf<T>, Error<T>> {
		price
			.checked_mul(&copies.into())
			.and_then(|sum| sum.checked_mul(&periods.into()))
			.ok_or(Error::<T>::PriceTooHigh)
	}
}
