//! Reveals: answers shown once no commitment can change any more.

use crate::{
	submission::Standing, Config, Event, Jobs, MaxReveals, Outcomes, Pallet, PanelOf, Panels,
	Reveal, SeatState, Source,
};
use frame_support::{
	pallet_prelude::{TransactionSource, TransactionValidityWithRefund},
	BoundedVec,
};
use opg_primitives::{
	model::read_tensors, node::WorkerSignature, request::MAX_OUTPUT_BYTES, seams::ModelCatalogue,
	statement::Domain, FaultKind, ModelId, ModelSpec, NodeId, Outcome,
};
use opg_tensor::{compare, Agreement};

impl<T: Config> Pallet<T> {
	pub(crate) fn authorize_reveal(
		_source: TransactionSource,
		node: &NodeId,
		reveals: &BoundedVec<Reveal, MaxReveals>,
		signature: &WorkerSignature,
	) -> TransactionValidityWithRefund {
		let standing = |reveal: &Reveal| (reveal.panel, Self::reveal_standing(*node, reveal));
		let reveals = reveals.as_slice();
		Self::authorize_list(Domain::Reveals, "OpgReveals", *node, reveals, signature, standing)
	}

	pub(crate) fn do_reveal(node: NodeId, reveals: BoundedVec<Reveal, MaxReveals>) {
		let mut stale: u32 = 0;
		for reveal in reveals {
			if !Self::take_reveal(node, reveal) {
				stale = stale.saturating_add(1);
			}
		}
		Self::charge_stale(node, stale);
	}

	fn reveal_standing(node: NodeId, reveal: &Reveal) -> Standing {
		match Self::opened(node, reveal) {
			Ok(_) => Standing::Live,
			Err(standing) => standing,
		}
	}

	/// The panel in which the node owes this reveal. What opens no commitment is foreign: it takes no room in a block and costs
	/// the seat nothing.
	fn opened(node: NodeId, reveal: &Reveal) -> Result<PanelOf<T>, Standing> {
		let Reveal { panel, draw, salt, outcome } = reveal;
		let record = Self::job(node, *panel, *draw)
			.ok_or_else(|| Self::standing_without_job(node, *panel))?;
		let (hash, _) = record.owes_reveal(node).ok_or(Standing::Early)?;
		if Self::commitment(*panel, *draw, node, salt, outcome) == hash {
			Ok(record)
		} else {
			Err(Standing::Foreign)
		}
	}

	/// False if the node owes no such reveal.
	fn take_reveal(node: NodeId, reveal: Reveal) -> bool {
		let Ok(mut record) = Self::opened(node, &reveal) else { return false };
		let Reveal { panel, outcome, .. } = reveal;
		let Some(place) = record.seats.iter().position(|seat| seat.node == node) else {
			return false;
		};
		for seat in record.present_mut().filter(|seat| seat.node == node) {
			seat.state = SeatState::Revealed;
		}
		Jobs::<T>::remove(node, panel);
		let answer = Self::fitting_outcome(record.model, outcome);
		Outcomes::<T>::insert(panel, Source::Seat(place as u8), answer);
		Self::deposit_event(Event::Revealed { panel, node });
		let is_complete = record.count(|state| matches!(state, SeatState::Committed(_))) == 0;
		if is_complete {
			Self::hasten(panel, &mut record);
		}
		Panels::<T>::insert(panel, record);
		true
	}

	fn fitting_outcome(model: ModelId, outcome: Outcome) -> Outcome {
		match T::Models::spec(model) {
			Some(spec) => fitting(&spec, outcome),
			// What a model gives that is gone meanwhile is still compared.
			None => outcome,
		}
	}
}

/// An output that is not what the model gives counts as the fault it is, and so does one that is not even the same as itself: no
/// tolerance holds for NaN and the infinities, and honest nodes must be able to agree that a question has no other answer.
pub(crate) fn fitting(spec: &ModelSpec, outcome: Outcome) -> Outcome {
	let Outcome::Output(bytes) = &outcome else { return outcome };
	match read_tensors(&spec.outputs, bytes, MAX_OUTPUT_BYTES as usize) {
		Ok(tensors) if compare(&tensors, &tensors, spec.profile) == Agreement::Same => outcome,
		_ => Outcome::Fault(FaultKind::OutputMismatch),
	}
}
