//! What a lie costs; jail: who gets no jobs for a while, and how it ends.

use crate::{BalanceOf, Config, Error, Event, NodeOf, Nodes, Pallet, Score, Status};
use frame_support::{
	ensure,
	traits::{Get, Imbalance, OnUnbalanced},
};
use opg_primitives::{ModelId, NodeId};
use sp_runtime::{
	traits::{Saturating, Zero},
	DispatchResult,
};

impl<T: Config> Pallet<T> {
	/// Takes what a lie about an answer worth `fee` costs, and bars from the model.
	pub(crate) fn do_punish(node: NodeId, model: ModelId, fee: BalanceOf<T>) {
		let Some(mut record) = Nodes::<T>::get(node) else { return };
		let taken = Self::take_bond(&mut record, Self::cost_of_lie(fee));
		Self::deposit_event(Event::Punished { node, model, amount: taken.peek() });
		let now = frame_system::Pallet::<T>::block_number();
		record.bars.put(model, now, now.saturating_add(T::JailTime::get()));
		Self::leave(model, node, &record.owner);
		Self::lower_score(node, &mut record);
		Nodes::<T>::insert(node, record);
		T::Slashed::on_unbalanced(taken);
	}

	/// Takes of a node's bond what governance decided, all of it if it has less, and jails it.
	pub(crate) fn do_slash(node: NodeId, amount: BalanceOf<T>) -> DispatchResult {
		let mut record = Nodes::<T>::get(node).ok_or(Error::<T>::NodeUnknown)?;
		ensure!(!amount.is_zero() && !record.bond.is_zero(), Error::<T>::NothingToSlash);
		let taken = Self::take_bond(&mut record, amount);
		Self::deposit_event(Event::Slashed { node, amount: taken.peek() });
		if record.status == Status::Active {
			Self::jail(node, &mut record);
		}
		Nodes::<T>::insert(node, record);
		T::Slashed::on_unbalanced(taken);
		Ok(())
	}

	/// Counts a miss or a lie; with too low a score the node is jailed.
	pub(crate) fn lower_score(node: NodeId, record: &mut NodeOf<T>) {
		record.score.fall();
		// Who is leaving gets no jobs anyway and must not come back by way of the jail.
		if record.score.is_low() && record.status == Status::Active {
			Self::jail(node, record);
		}
	}

	/// What a lie about an answer worth `fee` costs.
	pub(crate) fn cost_of_lie(fee: BalanceOf<T>) -> BalanceOf<T> {
		fee.saturating_mul(T::LieFactor::get().into())
	}

	/// Ends new jobs for a while; what the node serves is remembered.
	pub(crate) fn jail(node: NodeId, record: &mut NodeOf<T>) {
		let until = frame_system::Pallet::<T>::block_number().saturating_add(T::JailTime::get());
		record.status = Status::Jailed { until };
		Self::leave_lists(node, &record.owner);
		Self::deposit_event(Event::Jailed { node, until });
	}

	pub(crate) fn do_leave_jail(owner: T::AccountId, node: NodeId) -> DispatchResult {
		let mut record = Self::node_of(&owner, node)?;
		let Status::Jailed { until } = record.status else {
			return Err(Error::<T>::NotJailed.into());
		};
		let now = frame_system::Pallet::<T>::block_number();
		ensure!(now >= until, Error::<T>::StillJailed);
		ensure!(record.bond >= T::MinBond::get(), Error::<T>::BondTooLow);
		record.status = Status::Active;
		record.score = Score::default();
		Nodes::<T>::insert(node, record);
		Self::deposit_event(Event::LeftJail { node });
		Ok(())
	}
}
