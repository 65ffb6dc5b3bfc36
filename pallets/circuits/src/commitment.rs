//! Commitments to proofs of answers given before: made, taken up, and given up when their time is over.

use crate::{
	BalanceOf, Commitments, Config, Due, DuePlaces, Error, Event, HoldReason, Pallet, WeightInfo,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	ensure,
	traits::{fungible::hold::Mutate, tokens::Precision, Get},
	weights::Weight,
};
use frame_system::pallet_prelude::BlockNumberFor;
use opg_primitives::RequestId;
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::{traits::Saturating, DispatchError, DispatchResult};

const LOG_TARGET: &str = "runtime::circuits";

/// The most places looked at in a block for commitments whose time is over.
const MAX_LOOKED: u64 = 64;

/// That an account has a proof of a request's answer, which it does not show yet.
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
pub struct Commitment<Balance, BlockNumber> {
	/// What hides it: [`opg_primitives::late_proof::commitment`].
	pub hash: H256,
	/// When it was made, or made anew.
	pub at: BlockNumber,
	/// The last block in which the proof may be shown.
	pub until: BlockNumber,
	/// What is held for it.
	pub deposit: Balance,
	/// Its place among all by the time that is left.
	pub place: u64,
}

/// A commitment among all by the time that is left.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct DueEntry<AccountId, BlockNumber> {
	/// The request.
	pub request: RequestId,
	/// Who committed.
	pub by: AccountId,
	/// The last block in which the proof may be shown.
	pub until: BlockNumber,
}

/// The places in use, those left empty within them included.
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
pub struct Places {
	/// The first one.
	pub head: u64,
	/// The one that is given next.
	pub tail: u64,
}

impl Places {
	/// How many they are.
	pub const fn len(self) -> u64 {
		self.tail.saturating_sub(self.head)
	}

	/// Whether there are none.
	pub const fn is_empty(self) -> bool {
		self.len() == 0
	}
}

impl<T: Config> Pallet<T> {
	/// Keeps a commitment. A later one of the same account for the same request takes the place of the first, with its deposit and its end.
	pub(crate) fn do_commit(by: T::AccountId, request: RequestId, hash: H256) -> DispatchResult {
		Self::provable(request)?;
		let at = frame_system::Pallet::<T>::block_number();
		let until = match Commitments::<T>::get(request, &by) {
			Some(earlier) if at.saturating_add(T::CommitmentAge::get()) <= earlier.until => {
				let until = earlier.until;
				Commitments::<T>::insert(request, &by, Commitment { hash, at, ..earlier });
				until
			},
			over => {
				if let Some(over) = over {
					Self::remove_commitment(request, &by, &over);
				}
				Self::keep_new(by.clone(), request, hash, at)?
			},
		};
		Self::deposit_event(Event::Committed { request, by, until });
		Ok(())
	}

	fn keep_new(
		by: T::AccountId,
		request: RequestId,
		hash: H256,
		at: BlockNumberFor<T>,
	) -> Result<BlockNumberFor<T>, DispatchError> {
		let mut places = DuePlaces::<T>::get();
		ensure!(places.len() < T::MaxCommitments::get().into(), Error::<T>::TooManyCommitments);
		let deposit = T::CommitmentDeposit::get();
		T::Currency::hold(&HoldReason::Commitment.into(), &by, deposit)?;
		let until = at.saturating_add(T::CommitmentLife::get());
		let place = places.tail;
		places.tail = place.saturating_add(1);
		DuePlaces::<T>::put(places);
		Due::<T>::insert(place, DueEntry { request, by: by.clone(), until });
		let commitment = Commitment { hash, at, until, deposit, place };
		Commitments::<T>::insert(request, by, commitment);
		Ok(until)
	}

	/// The commitment that hides what is shown now, if it is old enough and not too old.
	pub(crate) fn open_commitment(
		by: &T::AccountId,
		request: RequestId,
		hash: impl FnOnce() -> H256,
	) -> Result<Commitment<BalanceOf<T>, BlockNumberFor<T>>, Error<T>> {
		let commitment = Commitments::<T>::get(request, by).ok_or(Error::<T>::NotCommitted)?;
		let now = frame_system::Pallet::<T>::block_number();
		let from = commitment.at.saturating_add(T::CommitmentAge::get());
		ensure!(now >= from, Error::<T>::CommitmentTooNew);
		ensure!(now <= commitment.until, Error::<T>::CommitmentExpired);
		ensure!(commitment.hash == hash(), Error::<T>::NotAsCommitted);
		Ok(commitment)
	}

	/// Forgets a commitment and returns its deposit.
	pub(crate) fn remove_commitment(
		request: RequestId,
		by: &T::AccountId,
		commitment: &Commitment<BalanceOf<T>, BlockNumberFor<T>>,
	) {
		Commitments::<T>::remove(request, by);
		Due::<T>::remove(commitment.place);
		let reason = HoldReason::Commitment.into();
		if T::Currency::release(&reason, by, commitment.deposit, Precision::BestEffort).is_err() {
			log::error!(target: LOG_TARGET, "a commitment's deposit was not returned");
		}
	}

	/// Gives up commitments whose time is over, oldest first, as many as `remaining` allows.
	pub(crate) fn give_up_expired(now: BlockNumberFor<T>, remaining: Weight) -> Weight {
		let base = T::WeightInfo::give_up(0);
		let each = T::WeightInfo::give_up(1).saturating_sub(base);
		let Some(room) = remaining.checked_sub(&base) else { return Weight::zero() };
		let most = room.checked_div_per_component(&each).unwrap_or(0).min(MAX_LOOKED);

		let mut places = DuePlaces::<T>::get();
		let first = places.head;
		while !places.is_empty() && places.head.saturating_sub(first) < most {
			if let Some(entry) = Due::<T>::get(places.head) {
				if entry.until >= now {
					break;
				}
				let DueEntry { request, by, .. } = entry;
				if let Some(commitment) = Commitments::<T>::get(request, &by) {
					Self::remove_commitment(request, &by, &commitment);
					Self::deposit_event(Event::CommitmentExpired { request, by });
				}
			}
			places.head = places.head.saturating_add(1);
		}
		let looked = places.head.saturating_sub(first);
		if looked > 0 {
			DuePlaces::<T>::put(places);
		}
		T::WeightInfo::give_up(u32::try_from(looked).unwrap_or(u32::MAX))
	}
}
