//! Structured reference strings: which ones EZKL's keys may have been made for.

use crate::{
	Config, Error, Event, Pallet, ReferenceString, ReferenceStrings, Source, MAX_REFERENCE_STRINGS,
};
use frame_support::{ensure, traits::Get};
use frame_system::pallet_prelude::BlockNumberFor;
use opg_verifiers::ezkl::{Srs, SRS_BYTES};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::{traits::Saturating, DispatchResult};

/// What a reference string is called by: BLAKE2b-256 of its points on the wire.
pub fn string_id(points: &[u8; SRS_BYTES]) -> H256 {
	H256(blake2_256(points))
}

impl<T: Config> Pallet<T> {
	pub(crate) fn do_add_reference_string(
		points: [u8; SRS_BYTES],
		source: Source,
	) -> DispatchResult {
		let from = frame_system::Pallet::<T>::block_number()
			.saturating_add(T::ReferenceStringDelay::get());
		let id = Self::accept(points, source, from)?;
		Self::deposit_event(Event::ReferenceStringAdded { id, from });
		Ok(())
	}

	/// Keeps a sound reference string, to be believed from a block on; what it is called by.
	pub(crate) fn accept(
		points: [u8; SRS_BYTES],
		source: Source,
		from: BlockNumberFor<T>,
	) -> Result<H256, Error<T>> {
		let is_text = core::str::from_utf8(&source).is_ok_and(|text| !text.is_empty());
		ensure!(is_text, Error::<T>::SourceInvalid);
		let id = string_id(&points);
		ensure!(!ReferenceStrings::<T>::contains_key(id), Error::<T>::ReferenceStringKnown);
		let kept = ReferenceStrings::<T>::iter_keys().count();
		ensure!(kept < MAX_REFERENCE_STRINGS as usize, Error::<T>::TooManyReferenceStrings);
		Srs::<T::Engine>::from_wire(&points)
			.map_err(|error| Error::<T>::ReferenceString(error.into()))?;
		ReferenceStrings::<T>::insert(id, ReferenceString { points, source, from });
		Ok(id)
	}

	pub(crate) fn do_remove_reference_string(id: H256) -> DispatchResult {
		ReferenceStrings::<T>::take(id).ok_or(Error::<T>::ReferenceStringUnknown)?;
		Self::deposit_event(Event::ReferenceStringRemoved { id });
		Ok(())
	}

	/// A reference string that is believed in this block, ready to check with.
	pub(crate) fn reference_string(id: H256) -> Option<Srs<T::Engine>> {
		let now = frame_system::Pallet::<T>::block_number();
		let string = ReferenceStrings::<T>::get(id).filter(|string| string.from <= now)?;
		// It was sound when it was accepted.
		Srs::from_wire(&string.points).ok()
	}
}
