//! A key's life: registered, approved, revoked, relied on, removed.

use crate::{
	system::SoundKey, BalanceOf, Config, Error, Event, HoldReason, Key, KeyBytes, Keys, Pallet,
	WireKeys,
};
use alloc::vec::Vec;
use codec::{Encode, MaxEncodedLen};
use frame_support::{
	ensure,
	traits::{
		fungible::{hold::Mutate, Inspect},
		tokens::{Fortitude, Precision, Preservation},
		Get,
	},
};
use opg_primitives::seams::{KeyId, KeyRefusal, ProofKeys, ProofSystem, Provenance};
use sp_core::H256;
use sp_io::hashing::keccak_256;
use sp_runtime::{
	traits::Saturating, DispatchError, DispatchResult, SaturatedConversion, TokenError,
};

const KEY: &[u8] = b"opg/proof-key/1";

/// What a key is called by: `keccak256(opg/proof-key/1 ‖ system ‖ inputs ‖ bytes)`, the number of inputs as four big-endian bytes.
pub fn key_id(system: ProofSystem, inputs: u32, bytes: &[u8]) -> KeyId {
	let mut named: Vec<u8> = KEY.to_vec();
	system.encode_to(&mut named);
	named.extend_from_slice(&inputs.to_be_bytes());
	named.extend_from_slice(bytes);
	H256(keccak_256(&named))
}

impl<T: Config> Pallet<T> {
	pub(crate) fn do_register_key(
		owner: T::AccountId,
		system: ProofSystem,
		inputs: u32,
		bytes: KeyBytes,
	) -> DispatchResult {
		let key = key_id(system, inputs, &bytes);
		ensure!(!Keys::<T>::contains_key(key), Error::<T>::KeyKnown);
		SoundKey::<T::Engine>::read(system, &bytes, inputs).map_err(Error::<T>::Key)?;

		let deposit = Self::deposit_for(bytes.len());
		// A hold would also take frozen balance, which may be gone when the deposit is wanted.
		let usable =
			T::Currency::reducible_balance(&owner, Preservation::Preserve, Fortitude::Polite);
		ensure!(usable >= deposit, TokenError::FundsUnavailable);
		T::Currency::hold(&HoldReason::Key.into(), &owner, deposit)?;
		let record =
			Key { system, inputs, owner: owner.clone(), deposit, references: 0, provenance: None };
		Keys::<T>::insert(key, record);
		WireKeys::<T>::insert(key, bytes);
		Self::deposit_event(Event::KeyRegistered { key, owner, system, inputs });
		Ok(())
	}

	pub(crate) fn do_remove_key(owner: T::AccountId, key: KeyId) -> DispatchResult {
		let record = Keys::<T>::get(key).ok_or(Error::<T>::KeyUnknown)?;
		ensure!(record.owner == owner, Error::<T>::NotOwner);
		ensure!(record.references == 0, Error::<T>::KeyInUse);
		T::Currency::release(
			&HoldReason::Key.into(),
			&owner,
			record.deposit,
			Precision::BestEffort,
		)?;
		Keys::<T>::remove(key);
		WireKeys::<T>::remove(key);
		Self::deposit_event(Event::KeyRemoved { key });
		Ok(())
	}

	pub(crate) fn do_approve_key(key: KeyId, provenance: Provenance) -> DispatchResult {
		if let Provenance::ZkVm { release } = &provenance {
			let is_text = core::str::from_utf8(release).is_ok_and(|text| !text.is_empty());
			ensure!(is_text, Error::<T>::ReleaseInvalid);
		}
		Keys::<T>::try_mutate(key, |record| {
			let record = record.as_mut().ok_or(Error::<T>::KeyUnknown)?;
			record.provenance = Some(provenance.clone());
			Ok::<_, DispatchError>(())
		})?;
		Self::deposit_event(Event::KeyApproved { key, provenance });
		Ok(())
	}

	pub(crate) fn do_revoke_key(key: KeyId) -> DispatchResult {
		Keys::<T>::try_mutate(key, |record| {
			let record = record.as_mut().ok_or(Error::<T>::KeyUnknown)?;
			record.provenance.take().ok_or(Error::<T>::KeyNotApproved)?;
			Ok::<_, DispatchError>(())
		})?;
		Self::deposit_event(Event::KeyRevoked { key });
		Ok(())
	}

	/// The deposit for a key of so many bytes, with its record.
	pub fn deposit_for(bytes: usize) -> BalanceOf<T> {
		let record = Key::<T::AccountId, BalanceOf<T>>::max_encoded_len();
		let bytes: BalanceOf<T> = bytes.saturating_add(record).saturated_into();
		T::DepositBase::get().saturating_add(T::DepositPerByte::get().saturating_mul(bytes))
	}
}

impl<T: Config> ProofKeys for Pallet<T> {
	fn acquire(key: KeyId) -> Result<(), KeyRefusal> {
		Keys::<T>::try_mutate(key, |record| {
			let record = record.as_mut().ok_or(KeyRefusal::Unknown)?;
			let references = record.references.checked_add(1);
			record.references = references.ok_or(KeyRefusal::TooManyReferences)?;
			Ok(())
		})
	}

	fn release(key: KeyId) {
		Keys::<T>::mutate_extant(key, |record| {
			record.references = record.references.saturating_sub(1);
		});
	}

	fn inputs(key: KeyId) -> Option<u32> {
		Keys::<T>::get(key).map(|record| record.inputs)
	}

	fn is_approved(key: KeyId) -> bool {
		Keys::<T>::get(key).is_some_and(|record| record.provenance.is_some())
	}
}
