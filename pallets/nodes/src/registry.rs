//! What others ask of the nodes, answered.

use crate::{draw::Purpose, BalanceOf, Config, Lists, Nodes, Pallet, WantedOf, Workers};
use alloc::vec::Vec;
use frame_support::traits::Get;
use opg_primitives::{
	node::WorkerId,
	seams::{Delivery, NodeRegistry, WorkerKeys},
	ModelId, NodeId,
};
use sp_runtime::traits::Saturating;

impl<T: Config> WorkerKeys<T::AccountId> for Pallet<T> {
	fn owner(node: NodeId) -> Option<T::AccountId> {
		Nodes::<T>::get(node).map(|record| record.owner)
	}

	fn worker(node: NodeId) -> Option<WorkerId> {
		Nodes::<T>::get(node).map(|record| record.worker)
	}

	fn by_worker(worker: &WorkerId) -> Option<NodeId> {
		Workers::<T>::get(worker)
	}
}

impl<T: Config> NodeRegistry<T::AccountId, BalanceOf<T>> for Pallet<T> {
	fn draw(wanted: &WantedOf<'_, T>) -> Option<NodeId> {
		Self::seat(wanted, 1, Purpose::Work)?.pop()
	}

	fn draw_seats(wanted: &WantedOf<'_, T>, seats: u8) -> Option<Vec<NodeId>> {
		Self::seat(wanted, seats, Purpose::Work)
	}

	fn draw_jury(wanted: &WantedOf<'_, T>, seats: u8) -> Option<Vec<NodeId>> {
		Self::seat(wanted, seats, Purpose::Judging)
	}

	fn release(node: NodeId, delivery: Delivery, fee: BalanceOf<T>) {
		let Some(mut record) = Nodes::<T>::get(node) else { return };
		record.capacity.release(delivery, T::MaxJobs::get());
		record.exposure.let_go(Self::at_stake(fee), record.capacity.used());
		match delivery {
			Delivery::InTime => {
				record.answered.saturating_inc();
				record.score.rise();
			},
			Delivery::Missed => {
				record.missed.saturating_inc();
				Self::lower_score(node, &mut record);
			},
			Delivery::Excused => {},
		}
		Nodes::<T>::insert(node, record);
	}

	fn punish(node: NodeId, model: ModelId, fee: BalanceOf<T>) {
		Self::do_punish(node, model, fee);
	}

	fn expose(node: NodeId, fee: BalanceOf<T>) {
		Self::do_expose(node, fee);
	}

	fn serves(model: ModelId) -> bool {
		Lists::<T>::get(model).nodes > 0
	}

	fn operators(model: ModelId) -> u32 {
		Lists::<T>::get(model).operators
	}

	fn owner(node: NodeId) -> Option<T::AccountId> {
		Nodes::<T>::get(node).map(|record| record.owner)
	}

	fn worker(node: NodeId) -> Option<WorkerId> {
		Nodes::<T>::get(node).map(|record| record.worker)
	}

	fn by_worker(worker: &WorkerId) -> Option<NodeId> {
		Workers::<T>::get(worker)
	}

	fn next_batch(node: NodeId) -> Option<u64> {
		Nodes::<T>::get(node).map(|record| record.next_batch)
	}

	fn note_batch(node: NodeId) {
		Nodes::<T>::mutate_extant(node, |record| record.next_batch.saturating_inc());
	}

	fn charge_stale(node: NodeId, items: u32) {
		Self::do_charge_stale(node, items);
	}
}
