//! A key's life: registered, approved, revoked, relied on, removed.

use crate::{
	reference_strings::string_id, system::SoundKey, BalanceOf, Config, Error, Event, HoldReason,
	Key, KeyBytes, KeyFault, Keys, Pallet, Program, ProgramOf, Programs, ReferenceStrings,
	WeightInfo, WireKeys,
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
	weights::Weight,
};
use opg_primitives::seams::{KeyId, KeyRefusal, ProofKeys, ProofSystem, Provenance};
use opg_verifiers::ezkl::{srs_of_key, VerifyingKey};
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
		let program = Self::sound(system, inputs, &bytes).map_err(Error::<T>::Key)?;

		let deposit = Self::deposit_for(system, bytes.len());
		// A hold would also take frozen balance, which may be gone when the deposit is wanted.
		let usable =
			T::Currency::reducible_balance(&owner, Preservation::Preserve, Fortitude::Polite);
		ensure!(usable >= deposit, TokenError::FundsUnavailable);
		T::Currency::hold(&HoldReason::Key.into(), &owner, deposit)?;
		let record =
			Key { system, inputs, owner: owner.clone(), deposit, references: 0, provenance: None };
		Keys::<T>::insert(key, record);
		WireKeys::<T>::insert(key, bytes);
		if let Some(program) = program {
			Programs::<T>::insert(key, program);
		}
		Self::deposit_event(Event::KeyRegistered { key, owner, system, inputs });
		Ok(())
	}

	/// Refuses a key that is not sound; of one of EZKL, what the weight of its proofs follows from.
	fn sound(
		system: ProofSystem,
		inputs: u32,
		bytes: &[u8],
	) -> Result<Option<ProgramOf<T>>, KeyFault> {
		match system {
			ProofSystem::Groth16Bn254 => {
				SoundKey::<T::Engine>::groth16(bytes, inputs)?;
				Ok(None)
			},
			ProofSystem::Ezkl23Bn254 => {
				// One too short to name a reference string is not a key at all.
				let points = srs_of_key(bytes).ok_or(KeyFault::Length)?;
				let string = string_id(points);
				ensure!(ReferenceStrings::<T>::contains_key(string), KeyFault::ForeignString);
				let srs = Self::reference_string(string).ok_or(KeyFault::StringTooNew)?;
				let key = VerifyingKey::from_bytes(bytes, &srs)?;
				let shape = key.shape();
				ensure!(shape.inputs == inputs, KeyFault::InputCount);
				let now = frame_system::Pallet::<T>::block_number();
				Ok(Some(Program::new(shape, string, now)))
			},
		}
	}

	/// What registering a key weighs.
	pub(crate) fn registering(system: ProofSystem, inputs: u32, bytes: usize) -> Weight {
		match system {
			ProofSystem::Groth16Bn254 => T::WeightInfo::register_key(inputs),
			ProofSystem::Ezkl23Bn254 => {
				let words = u32::try_from(bytes.div_ceil(32)).unwrap_or(u32::MAX);
				T::WeightInfo::register_program(words)
			},
		}
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
		Programs::<T>::remove(key);
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

	/// The deposit for a key of so many bytes, with its records.
	pub fn deposit_for(system: ProofSystem, bytes: usize) -> BalanceOf<T> {
		let program = match system {
			ProofSystem::Groth16Bn254 => 0,
			ProofSystem::Ezkl23Bn254 => ProgramOf::<T>::max_encoded_len(),
		};
		let record = Key::<T::AccountId, BalanceOf<T>>::max_encoded_len().saturating_add(program);
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

	fn system(key: KeyId) -> Option<ProofSystem> {
		Keys::<T>::get(key).map(|record| record.system)
	}

	fn inputs(key: KeyId) -> Option<u32> {
		Keys::<T>::get(key).map(|record| record.inputs)
	}

	fn is_approved(key: KeyId) -> bool {
		Keys::<T>::get(key).is_some_and(|record| record.provenance.is_some())
	}
}
