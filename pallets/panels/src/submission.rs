//! What nodes send: which lists of commitments or reveals enter a block at all.

use crate::{Config, Jobs, NextPanel, Pallet, PanelOf, Panels};
use codec::Encode;
use frame_support::{
	pallet_prelude::{InvalidTransaction, TransactionValidityWithRefund, ValidTransaction},
	weights::Weight,
};
use frame_system::pallet_prelude::BlockNumberFor;
use opg_primitives::{
	node::WorkerSignature,
	seams::{NodeRegistry, PanelId},
	statement::{statement, Domain},
	Draw, NodeId,
};
use sp_application_crypto::RuntimeAppPublic;
use sp_runtime::traits::Zero;

/// Blocks a list stays in the pool; the worker sends what is not included again.
const LONGEVITY: u64 = 8;

/// What an item of a list is worth to the chain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Standing {
	/// It is waited for.
	Live,
	/// It was taken before, or its time is over.
	Stale,
	/// Its time has not come.
	Early,
	/// It was never waited for.
	Foreign,
}

impl<T: Config> Pallet<T> {
	/// Cheap facts first, the signature last: any peer may send anything.
	pub(crate) fn authorize_list<Item: Encode>(
		domain: Domain,
		prefix: &'static str,
		node: NodeId,
		items: &[Item],
		signature: &WorkerSignature,
		standing: impl Fn(&Item) -> (PanelId, Standing),
	) -> TransactionValidityWithRefund {
		let worker = T::Nodes::worker(node).ok_or(InvalidTransaction::BadSigner)?;
		let mut validity = ValidTransaction::with_tag_prefix(prefix);
		let mut live: u64 = 0;
		for item in items {
			match standing(item) {
				// A tag for each panel: lists of a node that share one exclude each other in the pool, and a longer one replaces
				// those it contains. A tag for the list would let both in, and the second would pay for stale items.
				(panel, Standing::Live) => {
					live = live.saturating_add(1);
					validity = validity.and_provides((node, panel));
				},
				(_, Standing::Stale) => {},
				(_, Standing::Early) => return Err(InvalidTransaction::Future.into()),
				(_, Standing::Foreign) => return Err(InvalidTransaction::Call.into()),
			}
		}
		if live.is_zero() {
			return Err(InvalidTransaction::Stale.into());
		}
		if !worker.verify(&statement(domain, Self::genesis(), &(node, items)), signature) {
			return Err(InvalidTransaction::BadProof.into());
		}
		validity
			.priority(live)
			.longevity(LONGEVITY)
			.propagate(true)
			.build()
			.map(|validity| (validity, Weight::zero()))
	}

	/// The panel in which the node has something to do by this draw.
	pub(crate) fn job(node: NodeId, panel: PanelId, draw: Draw) -> Option<PanelOf<T>> {
		Panels::<T>::get(panel).filter(|_| Jobs::<T>::get(node, panel) == Some(draw))
	}

	/// What an item is worth that names no job of the node.
	pub(crate) fn standing_without_job(node: NodeId, panel: PanelId) -> Standing {
		let was_its_own = match Panels::<T>::get(panel) {
			// A job by another draw: the item is of another fork.
			Some(record) => record.seat(node).is_some() && !Jobs::<T>::contains_key(node, panel),
			None => panel < NextPanel::<T>::get(),
		};
		if was_its_own {
			Standing::Stale
		} else {
			Standing::Foreign
		}
	}

	/// Items that came to nothing are paid from the node's bond, or they would fill blocks for free.
	pub(crate) fn charge_stale(node: NodeId, items: u32) {
		if !items.is_zero() {
			T::Nodes::charge_stale(node, items);
		}
	}

	/// The chain's first hash, which every signature and every commitment names.
	pub(crate) fn genesis() -> T::Hash {
		frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero())
	}
}
