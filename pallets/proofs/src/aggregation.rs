//! The statements of a block under one root, for other chains to rely on.

use crate::{Config, Event, Inclusion, Leaves, Pallet, Root, Roots, Statements};
use binary_merkle_tree::{merkle_proof, merkle_root, MerkleProof};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_core::H256;
use sp_runtime::traits::Keccak256;

impl<T: Config> Pallet<T> {
	/// Stores the root of the statements of a block, if there are any.
	pub(crate) fn aggregate(block: BlockNumberFor<T>) {
		let leaves = Leaves::<T>::get(block);
		if leaves.is_empty() {
			return;
		}
		let root = merkle_root::<Keccak256, _>(&leaves);
		let statements = u32::try_from(leaves.len()).unwrap_or(u32::MAX);
		Roots::<T>::insert(block, Root { root, statements });
		Self::deposit_event(Event::Aggregated { root, statements });
	}

	/// Shows that a statement is among those of the block it was verified in; `None` where it is not kept, or before its block ended.
	pub fn inclusion(statement: H256) -> Option<Inclusion<BlockNumberFor<T>>> {
		let block = Statements::<T>::get(statement)?.at;
		let Root { root, .. } = Roots::<T>::get(block)?;
		let leaves = Leaves::<T>::get(block);
		let index = leaves.iter().position(|leaf| *leaf == statement)?;
		let index = u32::try_from(index).ok()?;
		let MerkleProof { proof: path, number_of_leaves: leaves, .. } =
			merkle_proof::<Keccak256, _, _>(&leaves, index);
		Some(Inclusion { block, root, statement, index, leaves, path })
	}
}
