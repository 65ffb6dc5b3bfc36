//! Who may be drawn for a model: a list without gaps, and how many owners stand on it.

use crate::{Candidates, Config, Error, Event, Lists, NodeOf, Operators, Pallet, Places, Served};
use frame_support::{ensure, BoundedVec};
use opg_primitives::{
	node::{MAKES_KEYS, OBSERVES},
	seams::ModelCatalogue,
	ModelId, NodeId, Role,
};

impl<T: Config> Pallet<T> {
	/// Replaces what a node serves; models that take no requests are left out. Returns how many joined or left.
	pub(crate) fn serve(
		node: NodeId,
		record: &NodeOf<T>,
		models: BoundedVec<ModelId, T::MaxServed>,
	) -> Result<u32, Error<T>> {
		ensure!(Self::is_ascending(&models), Error::<T>::ServedInvalid);
		let before = Served::<T>::get(node);
		let mut now = models;
		now.retain(|model| before.contains(model) || Self::may_serve(record, *model));
		let mut moved: u32 = 0;
		for model in before.iter().filter(|model| !now.contains(model)) {
			Self::leave(*model, node, &record.owner);
			moved = moved.saturating_add(1);
		}
		let block = frame_system::Pallet::<T>::block_number();
		for model in now.iter().filter(|model| !record.bars.holds(**model, block)) {
			// Who was silent for long, jailed or barred has lost its places, but not what it serves.
			moved = moved.saturating_add(Self::join(*model, node, &record.owner).into());
		}
		if now != before {
			Self::deposit_event(Event::ServedChanged { node, models: now.len() as u32 });
			Served::<T>::insert(node, now);
		}
		Ok(moved)
	}

	/// Whether a node may announce a model, or that it observes feeds or makes keys.
	pub(crate) fn may_serve(record: &NodeOf<T>, model: ModelId) -> bool {
		match model {
			OBSERVES => record.roles.holds(Role::Data),
			MAKES_KEYS => record.roles.holds(Role::Inference),
			_ => T::Models::is_active(model),
		}
	}

	pub(crate) fn is_ascending(models: &[ModelId]) -> bool {
		models.windows(2).all(|pair| matches!(pair, [a, b] if a < b))
	}

	/// Takes a node off every list and forgets what it serves.
	pub(crate) fn serve_nothing(node: NodeId, owner: &T::AccountId) {
		Self::leave_lists(node, owner);
		Served::<T>::remove(node);
	}

	/// Takes a node off every list.
	pub(crate) fn leave_lists(node: NodeId, owner: &T::AccountId) {
		for model in Served::<T>::get(node) {
			Self::leave(model, node, owner);
		}
	}

	/// False if the node is on the list already.
	fn join(model: ModelId, node: NodeId, owner: &T::AccountId) -> bool {
		if Places::<T>::contains_key(model, node) {
			return false;
		}
		let mut list = Lists::<T>::get(model);
		Candidates::<T>::insert(model, list.nodes, node);
		Places::<T>::insert(model, node, list.nodes);
		list.nodes = list.nodes.saturating_add(1);
		let before = Operators::<T>::get(model, owner);
		Operators::<T>::insert(model, owner, before.saturating_add(1));
		if before == 0 {
			list.operators = list.operators.saturating_add(1);
		}
		Lists::<T>::insert(model, list);
		true
	}

	pub(crate) fn leave(model: ModelId, node: NodeId, owner: &T::AccountId) {
		let Some(place) = Places::<T>::take(model, node) else { return };
		let mut list = Lists::<T>::get(model);
		list.nodes = list.nodes.saturating_sub(1);
		// The last one fills the gap.
		if let Some(moved) = Candidates::<T>::take(model, list.nodes) {
			if list.nodes != place {
				Candidates::<T>::insert(model, place, moved);
				Places::<T>::insert(model, moved, place);
			}
		}
		let left = Operators::<T>::get(model, owner).saturating_sub(1);
		if left == 0 {
			Operators::<T>::remove(model, owner);
			list.operators = list.operators.saturating_sub(1);
		} else {
			Operators::<T>::insert(model, owner, left);
		}
		if list.nodes == 0 {
			Lists::<T>::remove(model);
		} else {
			Lists::<T>::insert(model, list);
		}
	}
}
