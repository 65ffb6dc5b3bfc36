//! Settlement: the fee leaves the escrow, is split, and the rest returns; it cannot fail.

use crate::{Assigned, Config, CreditOf, Event, HoldReason, Pallet, RequestOf, State};
use frame_support::traits::{fungible::hold::Balanced, Imbalance};
use opg_primitives::{
	job::Answer,
	seams::{Delivery, FeeSplitter, NodeRegistry, Payees},
	NodeId,
};
use sp_runtime::traits::{BlockNumberProvider, Saturating};

/// What a batch pays so far.
pub(crate) type SettlementOf<T> = <<T as Config>::Fees as FeeSplitter<
	<T as frame_system::Config>::AccountId,
	CreditOf<T>,
>>::Settlement;

impl<T: Config> Pallet<T> {
	/// Pays for a live answer that fits the model.
	pub(crate) fn settle(
		settlement: &mut SettlementOf<T>,
		answer: Answer,
		mut record: RequestOf<T>,
		node: NodeId,
		owner: T::AccountId,
	) {
		let Answer { request, draw, outcome } = answer;
		let (paid, _) =
			T::Currency::slash(&HoldReason::Request.into(), &record.requester, record.price);
		let fee = paid.peek();
		record.held = record.held.saturating_sub(fee);
		let payees = Payees {
			node: owner,
			model_owner: record.model_owner.clone(),
			royalty: record.royalty,
		};
		T::Fees::add(settlement, paid, &payees);
		T::Nodes::release(node, Delivery::InTime);
		Assigned::<T>::remove(node, request);
		let at = T::Clock::current_block_number();
		Self::end(request, record, State::Settled { node, draw, outcome, at });
		Self::deposit_event(Event::Settled { request, node, fee });
	}
}
