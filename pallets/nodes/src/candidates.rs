//! Who may be drawn for a model, and the draw itself: constant work however many nodes there are.

use crate::{
	CandidateCounts, Candidates, Config, Error, Event, NodeOf, Nodes, Pallet, Places, Served,
	Status,
};
use frame_support::{ensure, traits::Get, BoundedVec};
use opg_primitives::{
	node::WorkerId,
	seams::{Delivery, ModelCatalogue, NodeRegistry},
	ModelId, NodeId, Role,
};
use sp_core::H256;
use sp_runtime::traits::Saturating;

/// Candidates looked at in one draw.
const DRAW_WIDTH: u32 = 4;

impl<T: Config> Pallet<T> {
	/// Replaces what a node serves; models that take no requests are left out. Returns how many joined or left.
	pub(crate) fn serve(
		node: NodeId,
		models: BoundedVec<ModelId, T::MaxServed>,
	) -> Result<u32, Error<T>> {
		ensure!(Self::is_ascending(&models), Error::<T>::ServedInvalid);
		let before = Served::<T>::get(node);
		let mut now = models;
		now.retain(|model| before.contains(model) || T::Models::is_active(*model));
		let mut moved: u32 = 0;
		for model in before.iter().filter(|model| !now.contains(model)) {
			Self::leave(*model, node);
			moved = moved.saturating_add(1);
		}
		for model in &now {
			// Who was silent for long has lost its places, but not what it serves.
			moved = moved.saturating_add(Self::join(*model, node).into());
		}
		if now != before {
			Self::deposit_event(Event::ServedChanged { node, models: now.len() as u32 });
			Served::<T>::insert(node, now);
		}
		Ok(moved)
	}

	pub(crate) fn is_ascending(models: &[ModelId]) -> bool {
		models.windows(2).all(|pair| matches!(pair, [a, b] if a < b))
	}

	/// Takes a node off every list.
	pub(crate) fn serve_nothing(node: NodeId) {
		for model in Served::<T>::take(node) {
			Self::leave(model, node);
		}
	}

	/// False if the node is on the list already.
	fn join(model: ModelId, node: NodeId) -> bool {
		if Places::<T>::contains_key(model, node) {
			return false;
		}
		let place = CandidateCounts::<T>::get(model);
		Candidates::<T>::insert(model, place, node);
		Places::<T>::insert(model, node, place);
		CandidateCounts::<T>::insert(model, place.saturating_add(1));
		true
	}

	fn leave(model: ModelId, node: NodeId) {
		let Some(place) = Places::<T>::take(model, node) else { return };
		let last = CandidateCounts::<T>::get(model).saturating_sub(1);
		if let Some(moved) = Candidates::<T>::take(model, last) {
			if last != place {
				Candidates::<T>::insert(model, place, moved);
				Places::<T>::insert(model, moved, place);
			}
		}
		if last == 0 {
			CandidateCounts::<T>::remove(model);
		} else {
			CandidateCounts::<T>::insert(model, last);
		}
	}

	fn is_silent(record: &NodeOf<T>) -> bool {
		let now = frame_system::Pallet::<T>::block_number();
		record.last_seen.is_none_or(|seen| now > seen.saturating_add(T::HeartbeatTimeout::get()))
	}

	/// A node's free places, if it may be drawn at all.
	fn places_of(
		record: &NodeOf<T>,
		node: NodeId,
		not_owner: &T::AccountId,
		not_node: Option<NodeId>,
	) -> u32 {
		let may_be_drawn = record.status == Status::Active
			&& record.roles.holds(Role::Inference)
			&& record.owner != *not_owner
			&& Some(node) != not_node;
		if may_be_drawn {
			record.capacity.free(Self::bonded_jobs(record))
		} else {
			0
		}
	}

	/// Which places of a list of `count` a draw looks at: all of a short list, four by seed of a long one.
	fn drawn_places(seed: H256, count: u32) -> impl Iterator<Item = u32> {
		let by_seed = seed.0;
		(0..count.min(DRAW_WIDTH)).map(move |turn| {
			if count <= DRAW_WIDTH {
				return turn;
			}
			word(&by_seed, turn as usize).checked_rem(count).unwrap_or(0)
		})
	}
}

/// The `index`-th four bytes of a seed as a number.
fn word(seed: &[u8; 32], index: usize) -> u32 {
	seed.chunks_exact(4)
		.nth(index)
		.and_then(|bytes| bytes.try_into().ok())
		.map_or(0, u32::from_le_bytes)
}

impl<T: Config> NodeRegistry<T::AccountId> for Pallet<T> {
	fn draw(
		model: ModelId,
		seed: H256,
		not_owner: &T::AccountId,
		not_node: Option<NodeId>,
	) -> Option<NodeId> {
		let count = CandidateCounts::<T>::get(model);
		let mut silent = alloc::vec::Vec::new();
		let mut free = alloc::vec::Vec::<(NodeId, u32)>::new();
		for place in Self::drawn_places(seed, count) {
			let Some(node) = Candidates::<T>::get(model, place) else { continue };
			let Some(record) = Nodes::<T>::get(node) else { continue };
			if Self::is_silent(&record) {
				silent.push(node);
				continue;
			}
			let places = Self::places_of(&record, node, not_owner, not_node);
			if places > 0 && !free.iter().any(|(known, _)| *known == node) {
				free.push((node, places));
			}
		}
		// Who is silent comes back with its next heartbeat; until then it would only cost draws.
		silent.into_iter().for_each(|node| Self::leave(model, node));

		let all = free.iter().fold(0u32, |sum, (_, places)| sum.saturating_add(*places));
		let mut ticket = word(&seed.0, 7).checked_rem(all)?;
		for (node, places) in free {
			if ticket < places {
				Nodes::<T>::mutate_extant(node, |record| record.capacity.take());
				return Some(node);
			}
			ticket = ticket.saturating_sub(places);
		}
		None
	}

	fn release(node: NodeId, delivery: Delivery) {
		Nodes::<T>::mutate_extant(node, |record| {
			record.capacity.release(delivery, T::MaxJobs::get());
			match delivery {
				Delivery::InTime => record.answered.saturating_inc(),
				Delivery::Missed => record.missed.saturating_inc(),
			}
		});
	}

	fn serves(model: ModelId) -> bool {
		CandidateCounts::<T>::get(model) > 0
	}

	fn owner(node: NodeId) -> Option<T::AccountId> {
		Nodes::<T>::get(node).map(|record| record.owner)
	}

	fn worker(node: NodeId) -> Option<WorkerId> {
		Nodes::<T>::get(node).map(|record| record.worker)
	}

	fn by_worker(worker: &WorkerId) -> Option<NodeId> {
		crate::Workers::<T>::get(worker)
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
