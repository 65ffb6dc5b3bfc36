//! What a verified statement is called, how long it counts, and how it goes.

use crate::{Config, Leaves, NextExpiry, Pallet, Roots, Statements, WeightInfo};
use alloc::vec::Vec;
use codec::Encode;
use frame_support::{
	traits::Get,
	weights::{Weight, WeightMeter},
};
use frame_system::pallet_prelude::BlockNumberFor;
use opg_primitives::seams::{KeyId, ProofSystem, Reference};
use sp_core::H256;
use sp_io::hashing::keccak_256;
use sp_runtime::traits::{One, Saturating, Zero};

const STATEMENT: &[u8] = b"opg/proof/1";

/// What a statement is called by, proof bytes left out since anyone can change them:
/// `keccak256(opg/proof/1 ‖ genesis hash ‖ system ‖ key ‖ keccak256(inputs) ‖ account ‖ reference)`.
pub(crate) fn statement_id<T: Config>(
	system: ProofSystem,
	key: KeyId,
	inputs: &[[u8; 32]],
	who: &T::AccountId,
	reference: &Reference,
) -> H256 {
	let mut named: Vec<u8> = STATEMENT.to_vec();
	let genesis = frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero());
	named.extend_from_slice(genesis.as_ref());
	system.encode_to(&mut named);
	named.extend_from_slice(key.as_bytes());
	named.extend_from_slice(&keccak_256(inputs.as_flattened()));
	who.encode_to(&mut named);
	named.extend_from_slice(reference);
	H256(keccak_256(&named))
}

impl<T: Config> Pallet<T> {
	/// Forgets statements that no longer count, oldest first, and their roots, as far as `limit` goes.
	pub(crate) fn prune(limit: Weight) -> Weight {
		let mut meter = WeightMeter::with_limit(limit);
		if meter.try_consume(T::WeightInfo::prune_block()).is_err() {
			return meter.consumed();
		}
		let now = frame_system::Pallet::<T>::block_number();
		let first = NextExpiry::<T>::get();
		let mut block = first;
		while block.saturating_add(T::StatementLife::get()) < now {
			if meter.try_consume(T::WeightInfo::prune_block()).is_err()
				|| !Self::prune_block(block, &mut meter)
			{
				break;
			}
			block = block.saturating_add(One::one());
		}
		if block != first {
			NextExpiry::<T>::put(block);
		}
		meter.consumed()
	}

	/// Forgets the statements of a block; whether all of them are gone.
	fn prune_block(block: BlockNumberFor<T>, meter: &mut WeightMeter) -> bool {
		let mut leaves = Leaves::<T>::get(block);
		if leaves.is_empty() {
			return true;
		}
		Roots::<T>::remove(block);
		while meter.try_consume(T::WeightInfo::prune()).is_ok() {
			let Some(statement) = leaves.pop() else { break };
			Statements::<T>::remove(statement);
		}
		let is_gone = leaves.is_empty();
		if is_gone {
			Leaves::<T>::remove(block);
		} else {
			Leaves::<T>::insert(block, leaves);
		}
		is_gone
	}
}
