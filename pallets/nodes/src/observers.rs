//! What feeds ask of the nodes that observe, answered.

use crate::{Config, Event, Nodes, Pallet, Workers};
use alloc::vec::Vec;
use frame_support::traits::{Get, Imbalance, OnUnbalanced};
use opg_primitives::{
	feed::Seat,
	node::{WorkerId, OBSERVES},
	seams::{Conduct, Observers},
	NodeId,
};
use sp_core::H256;
use sp_runtime::{traits::Saturating, Perbill};

impl<T: Config> Observers<T::AccountId> for Pallet<T> {
	fn draw_observers(seed: H256, seats: Seat) -> Vec<(NodeId, WorkerId)> {
		Self::seat_observers(seed, seats)
	}

	fn paid_for(node: NodeId) -> Option<T::AccountId> {
		Nodes::<T>::get(node).map(|record| record.owner)
	}

	fn observer(worker: &WorkerId) -> Option<NodeId> {
		Workers::<T>::get(worker)
	}

	fn note_conduct(node: NodeId, conduct: Conduct) {
		let Some(mut record) = Nodes::<T>::get(node) else { return };
		match conduct {
			Conduct::Good => record.score.rise(),
			Conduct::Poor => {
				record.score.fall_to_least();
				if record.score.is_least() {
					let now = frame_system::Pallet::<T>::block_number();
					record.bars.put(OBSERVES, now, now.saturating_add(T::JailTime::get()));
					Self::leave(OBSERVES, node, &record.owner);
				}
			},
		}
		Nodes::<T>::insert(node, record);
	}

	fn fine(node: NodeId, part: Perbill) {
		let Some(mut record) = Nodes::<T>::get(node) else { return };
		let cost = part.mul_floor(record.bond);
		let taken = Self::take_bond(&mut record, cost);
		Nodes::<T>::insert(node, record);
		Self::deposit_event(Event::Fined { node, amount: taken.peek() });
		T::Slashed::on_unbalanced(taken);
	}
}
