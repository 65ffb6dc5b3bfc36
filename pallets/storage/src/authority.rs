//! Which showings of nodes enter a block at all.

use crate::{Config, CurrentCheck, Pallet, Showing};
use alloc::vec::Vec;
use frame_support::{
	pallet_prelude::{
		InvalidTransaction, TransactionSource, TransactionValidityWithRefund, ValidTransaction,
	},
	weights::Weight,
	BoundedVec,
};
use frame_system::pallet_prelude::BlockNumberFor;
use opg_primitives::{
	node::WorkerSignature,
	seams::WorkerKeys,
	statement::{statement, Domain},
	NodeId,
};
use sp_application_crypto::RuntimeAppPublic;
use sp_runtime::traits::Zero;

/// Blocks a showing stays in the pool; the node sends what is not included again.
const LONGEVITY: u64 = 8;

impl<T: Config> Pallet<T> {
	/// Cheap facts first, then the signature, the pieces last. What passes cannot fail in its block: it is free, and could be included again.
	pub(crate) fn authorize_show(
		_source: TransactionSource,
		node: &NodeId,
		showings: &BoundedVec<Showing, T::MaxShowings>,
		signature: &WorkerSignature,
	) -> TransactionValidityWithRefund {
		let places: Vec<_> = showings.iter().map(|showing| (showing.order, showing.slot)).collect();
		if places.is_empty() || !places.is_sorted_by(|one, next| one < next) {
			return Err(InvalidTransaction::Call.into());
		}
		let keeper = T::Nodes::owner(*node).ok_or(InvalidTransaction::BadSigner)?;
		let mut asked = Vec::with_capacity(places.len());
		for (order, slot) in &places {
			let due = Self::due(&keeper, *order, *slot).map_err(|_| InvalidTransaction::Stale)?;
			asked.push(due);
		}
		let worker = T::Nodes::worker(*node).ok_or(InvalidTransaction::BadSigner)?;
		let claim = statement(Domain::Showings, Self::genesis(), &(node, showings));
		if !worker.verify(&claim, signature) {
			return Err(InvalidTransaction::BadProof.into());
		}
		for (showing, (record, _, index)) in showings.iter().zip(asked) {
			let path = showing.path.clone().into_inner();
			if !Self::is_piece(&record, index, &showing.piece, path) {
				return Err(InvalidTransaction::BadProof.into());
			}
		}
		let period = CurrentCheck::<T>::get().period;
		let start = ValidTransaction::with_tag_prefix("OpgShowings")
			.priority(places.len() as u64)
			.longevity(LONGEVITY)
			.propagate(true);
		places
			.into_iter()
			.fold(start, |validity, place| validity.and_provides((place, period)))
			.build()
			.map(|validity| (validity, Weight::zero()))
	}

	/// The chain's first hash, which every off-chain signature names.
	pub(crate) fn genesis() -> T::Hash {
		frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero())
	}
}
