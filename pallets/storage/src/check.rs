//! Checks: which piece is asked for, who has shown it, and who has missed how many.

use crate::{
	BalanceOf, Check, Config, CurrentCheck, Error, Event, HoldReason, OrderId, OrderOf, Orders,
	Pallet, Period, Showing, SlotIndex, SlotOf, Slots, WeightInfo,
};
use binary_merkle_tree::verify_proof;
use codec::Encode;
use frame_support::{
	ensure,
	traits::{
		fungible::hold::Mutate,
		tokens::{Fortitude, Precision, Restriction},
		Get,
	},
	weights::Weight,
};
use frame_system::pallet_prelude::BlockNumberFor;
use opg_primitives::{pieces, seams::BlockEntropy};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::{
	traits::{BlakeTwo256, Saturating, Zero},
	DispatchResult, SaturatedConversion,
};

impl<T: Config> Pallet<T> {
	/// Begins a check in the first block of a period.
	pub(crate) fn begin_check(now: BlockNumberFor<T>) -> Weight {
		let is_due = now
			.saturated_into::<u64>()
			.checked_rem(T::Period::get().saturated_into())
			.is_some_and(|rest| rest == 0);
		if !is_due || now.is_zero() {
			return T::WeightInfo::initialize();
		}
		// Without randomness nothing is asked: what can be foreseen shows nothing.
		let Some(entropy) = T::Entropy::current() else {
			log::error!(target: "runtime::storage", "block {now:?} has no randomness: no check");
			return T::WeightInfo::initialize();
		};
		let period = Self::next_period();
		let seed = H256(blake2_256(&(b"opg/storage-check/1", period, entropy).encode()));
		CurrentCheck::<T>::put(Check { period, seed, since: now });
		Self::deposit_event(Event::CheckBegan { period });
		T::WeightInfo::initialize_check()
	}

	/// The period whose check runs, or ran last.
	pub(crate) fn current_period() -> Period {
		CurrentCheck::<T>::get().period
	}

	pub(crate) fn next_period() -> Period {
		Self::current_period().saturating_add(1)
	}

	/// The last period whose check is over.
	pub(crate) fn ended_period() -> Period {
		let Check { period, since, .. } = CurrentCheck::<T>::get();
		if Self::is_open(since) {
			period.saturating_sub(1)
		} else {
			period
		}
	}

	fn is_open(since: BlockNumberFor<T>) -> bool {
		let now = frame_system::Pallet::<T>::block_number();
		now <= since.saturating_add(T::ShowTime::get())
	}

	/// Checks that ended since a slot was last shown, of those its order pays for.
	pub(crate) fn misses(record: &OrderOf<T>, kept: &SlotOf<T>) -> Period {
		let last = record.ends.saturating_sub(1);
		Self::ended_period().min(last).saturating_sub(kept.shown)
	}

	pub(crate) fn is_in_default(kept: &SlotOf<T>) -> bool {
		Self::ended_period().saturating_sub(kept.shown) >= T::MaxMisses::get()
	}

	/// Whether a piece of the slot is asked for now.
	pub(crate) fn is_asked(record: &OrderOf<T>, kept: &SlotOf<T>) -> bool {
		let Check { period, since, .. } = CurrentCheck::<T>::get();
		kept.shown < period && period < record.ends && Self::is_open(since)
	}

	/// The index of the piece that the present check asks of a slot, and the last block in which it can be shown.
	///
	/// `None` where nothing is asked: nobody keeps the slot, it was shown, or the time is over.
	pub fn piece_asked(order: OrderId, slot: SlotIndex) -> Option<(u32, BlockNumberFor<T>)> {
		let record = Orders::<T>::get(order)?;
		let kept = Slots::<T>::get(order, slot)?;
		if !Self::is_asked(&record, &kept) {
			return None;
		}
		let until = CurrentCheck::<T>::get().since.saturating_add(T::ShowTime::get());
		Some((Self::index_asked(&record, order, slot)?, until))
	}

	pub(crate) fn index_asked(record: &OrderOf<T>, order: OrderId, slot: SlotIndex) -> Option<u32> {
		pieces::asked(CurrentCheck::<T>::get().seed, order, slot, record.piece_count())
	}

	/// The order and slot of a showing, and the piece that is asked, if `keeper` may show it now.
	pub(crate) fn due(
		keeper: &T::AccountId,
		order: OrderId,
		slot: SlotIndex,
	) -> Result<(OrderOf<T>, SlotOf<T>, u32), Error<T>> {
		let record = Orders::<T>::get(order).ok_or(Error::<T>::OrderUnknown)?;
		let kept = Self::kept_by(keeper, order, slot)?;
		ensure!(Self::is_asked(&record, &kept), Error::<T>::NothingAsked);
		ensure!(!Self::is_in_default(&kept), Error::<T>::InDefault);
		let index = Self::index_asked(&record, order, slot).ok_or(Error::<T>::NothingAsked)?;
		Ok((record, kept, index))
	}

	pub(crate) fn do_show(keeper: &T::AccountId, showing: Showing) -> DispatchResult {
		let Showing { order, slot, piece, path } = showing;
		let (mut record, mut kept, index) = Self::due(keeper, order, slot)?;
		ensure!(Self::is_piece(&record, index, &piece, path.into_inner()), Error::<T>::PieceWrong);

		let misses = Self::misses(&record, &kept);
		Self::fine(order, slot, &mut kept, misses);
		let paid: BalanceOf<T> = record.price.min(record.purse);
		T::Currency::transfer_on_hold(
			&HoldReason::Purse.into(),
			&record.owner,
			keeper,
			paid,
			Precision::Exact,
			Restriction::Free,
			Fortitude::Polite,
		)?;
		record.purse = record.purse.saturating_sub(paid);
		kept.shown = Self::current_period();
		let earned = Self::claim(&record.content, &mut kept);
		Orders::<T>::insert(order, record);
		Slots::<T>::insert(order, slot, kept);
		Self::deposit_event(Event::Shown { order, slot, paid, earned });
		Ok(())
	}

	pub(crate) fn is_piece(
		record: &OrderOf<T>,
		index: u32,
		piece: &[u8],
		path: alloc::vec::Vec<H256>,
	) -> bool {
		piece.len() as u64 == record.piece_size(index)
			&& verify_proof::<BlakeTwo256, _, _>(
				&record.pieces,
				path,
				record.piece_count(),
				index,
				&piece,
			)
	}
}
