//! Answers that come with proofs: what whoever checks the proofs is told of them, and what follows from a check.

use crate::{settlement::Settlement, Assigned, Config, Event, Inputs, Pallet, Requests, State};
use opg_primitives::{
	seams::{Delivery, NodeRegistry, Proof, ProvedDesk},
	Draw, Input, ModelId, NodeId, Outcome, RequestId, TrustMode,
};
use sp_runtime::traits::BlockNumberProvider;

impl<T: Config> ProvedDesk for Pallet<T> {
	fn question(node: NodeId, request: RequestId, draw: Draw) -> Option<(ModelId, Input)> {
		let record = Self::assigned(node, request, draw)?;
		(record.trust == TrustMode::Proved).then_some(())?;
		Some((record.model, Inputs::<T>::get(request)?))
	}

	fn model(request: RequestId) -> Option<ModelId> {
		let record = Requests::<T>::get(request)?;
		(record.trust == TrustMode::Proved).then_some(record.model)
	}

	fn settle(node: NodeId, request: RequestId, output: Outcome, proof: Proof) {
		let Some(mut record) = Requests::<T>::get(request) else { return };
		let State::Assigned { node: by, draw, .. } = record.state else { return };
		if by != node {
			return;
		}
		Assigned::<T>::remove(node, request);
		T::Nodes::release(node, Delivery::InTime, record.price);
		record.proof = Some(proof);
		let mut settlement = Settlement::default();
		Self::settle(&mut settlement, request, record, &[node], draw, output);
		settlement.conclude();
	}

	fn refuse(node: NodeId, request: RequestId) {
		let Some(mut record) = Requests::<T>::get(request) else { return };
		if !matches!(record.state, State::Assigned { node: by, .. } if by == node) {
			return;
		}
		Assigned::<T>::remove(node, request);
		T::Nodes::release(node, Delivery::Missed, record.price);
		T::Nodes::punish(node, record.model, record.price);
		record.missed_by = Some(node);
		record.state = State::Waiting;
		Requests::<T>::insert(request, record);
		Self::wait_for_draw(request);
		Self::deposit_event(Event::Missed { request, node });
	}

	fn give_up(node: NodeId, request: RequestId) {
		let Some(record) = Requests::<T>::get(request) else { return };
		if !matches!(record.state, State::Assigned { node: by, .. } if by == node) {
			return;
		}
		Assigned::<T>::remove(node, request);
		T::Nodes::release(node, Delivery::Excused, record.price);
		let at = T::Clock::current_block_number();
		Self::end_unanswered(request, record, State::Expired { at });
	}
}
