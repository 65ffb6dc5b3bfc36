//! The laws of keys and verified statements, checked after every test and by `try_state`.

use crate::{
	reference_strings::string_id, registry::key_id, BalanceOf, Config, HoldReason, Keys, Leaves,
	NextExpiry, Pallet, Programs, ReferenceStrings, Roots, Statements, WireKeys,
	MAX_REFERENCE_STRINGS,
};
use alloc::collections::{BTreeMap, BTreeSet};
use binary_merkle_tree::merkle_root;
use frame_support::{
	ensure,
	traits::{fungible::hold::Inspect, Get},
};
use opg_primitives::seams::ProofSystem;
use opg_verifiers::ezkl::{srs_of_key, Srs, VerifyingKey};
use sp_runtime::{
	traits::{Keccak256, Zero},
	Saturating, TryRuntimeError,
};

impl<T: Config> Pallet<T> {
	/// Checks every law.
	pub fn check_laws() -> Result<(), TryRuntimeError> {
		Self::check_deposits()?;
		Self::check_keys()?;
		Self::check_programs()?;
		Self::check_reference_strings()?;
		Self::check_statements()?;
		Self::check_roots()
	}

	/// What is held for keys is the sum of their deposits, owner by owner, to the unit.
	fn check_deposits() -> Result<(), TryRuntimeError> {
		let mut deposits = BTreeMap::<T::AccountId, BalanceOf<T>>::new();
		for record in Keys::<T>::iter_values() {
			let sum = deposits.entry(record.owner).or_insert_with(Zero::zero);
			*sum = sum.saturating_add(record.deposit);
		}
		for account in frame_system::Account::<T>::iter_keys() {
			let held = T::Currency::balance_on_hold(&HoldReason::Key.into(), &account);
			let named = deposits.get(&account).copied().unwrap_or_else(Zero::zero);
			ensure!(held == named, "a deposit is held without a key, or the other way round");
		}
		Ok(())
	}

	/// Every key has its bytes, and both have the name they are kept under.
	fn check_keys() -> Result<(), TryRuntimeError> {
		for (key, record) in Keys::<T>::iter() {
			let bytes = WireKeys::<T>::get(key).ok_or("a key has no bytes")?;
			ensure!(
				key_id(record.system, record.inputs, &bytes) == key,
				"a key is not what it is called by"
			);
		}
		ensure!(
			Keys::<T>::iter_keys().count() == WireKeys::<T>::iter_keys().count(),
			"bytes are kept of no key"
		);
		Ok(())
	}

	/// The keys of EZKL, and no others, have a program: that of their bytes, for the reference string they name.
	fn check_programs() -> Result<(), TryRuntimeError> {
		for (key, record) in Keys::<T>::iter() {
			let program = Programs::<T>::get(key);
			let is_ezkl = record.system == ProofSystem::Ezkl23Bn254;
			ensure!(program.is_some() == is_ezkl, "a key has no program, or should have none");
			let Some(program) = program else { continue };
			let bytes = WireKeys::<T>::get(key).ok_or("a key has no bytes")?;
			let points = srs_of_key(&bytes).ok_or("a key names no reference string")?;
			ensure!(string_id(points) == program.string, "a key is of another reference string");
			let shape = Srs::<T::Engine>::from_wire(points)
				.ok()
				.and_then(|srs| VerifyingKey::from_bytes(&bytes, &srs).ok())
				.map(|key| key.shape());
			ensure!(shape == Some(program.shape()), "a program is not that of its key");
			ensure!(record.inputs == program.inputs, "a key takes another number of inputs");
		}
		ensure!(
			Programs::<T>::iter_keys().all(Keys::<T>::contains_key),
			"a program is kept of no key"
		);
		Ok(())
	}

	/// Reference strings are few, sound, and have the names they are kept under.
	fn check_reference_strings() -> Result<(), TryRuntimeError> {
		for (id, string) in ReferenceStrings::<T>::iter() {
			ensure!(string_id(&string.points) == id, "a reference string has another name");
			let is_sound = Srs::<T::Engine>::from_wire(&string.points).is_ok();
			ensure!(is_sound, "a reference string is not sound");
		}
		ensure!(
			ReferenceStrings::<T>::iter_keys().count() <= MAX_REFERENCE_STRINGS as usize,
			"there are too many reference strings"
		);
		Ok(())
	}

	/// A statement stands once among those of the block it was verified in, and nowhere else; none is older than what was pruned.
	fn check_statements() -> Result<(), TryRuntimeError> {
		let now = frame_system::Pallet::<T>::block_number();
		let mut listed = BTreeSet::new();
		for (block, leaves) in Leaves::<T>::iter() {
			ensure!(!leaves.is_empty(), "an empty list is kept");
			ensure!(block <= now, "a list is of a block to come");
			ensure!(block >= NextExpiry::<T>::get(), "a list is older than what was pruned");
			for statement in leaves {
				ensure!(listed.insert(statement), "a statement counted twice");
				let verified =
					Statements::<T>::get(statement).ok_or("a listed statement is gone")?;
				ensure!(verified.at == block, "a statement is listed in another block");
			}
		}
		ensure!(
			Statements::<T>::iter_keys().count() == listed.len(),
			"a statement is in no block's list"
		);
		Ok(())
	}

	/// A root is that of its block's statements, and each block that is over and has all its statements has one.
	fn check_roots() -> Result<(), TryRuntimeError> {
		let now = frame_system::Pallet::<T>::block_number();
		for (block, root) in Roots::<T>::iter() {
			let leaves = Leaves::<T>::get(block);
			ensure!(leaves.len() as u64 == u64::from(root.statements), "a root counts wrong");
			ensure!(
				merkle_root::<Keccak256, _>(&leaves) == root.root,
				"a root is not that of its statements"
			);
		}
		for block in Leaves::<T>::iter_keys() {
			let is_whole = block.saturating_add(T::StatementLife::get()) >= now;
			ensure!(
				block == now || !is_whole || Roots::<T>::contains_key(block),
				"a block's statements have no root"
			);
		}
		Ok(())
	}
}
