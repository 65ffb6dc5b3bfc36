//! Settlement: the fee leaves the escrow, is split, and the rest returns; it cannot fail.

use crate::{AnsweredBy, BalanceOf, Config, CreditOf, Event, HoldReason, Pallet, RequestOf, State};
use frame_support::traits::{fungible::hold::Balanced, Imbalance};
use opg_primitives::{
	seams::{FeeSplitter, NodeRegistry, Payees},
	Draw, FaultKind, NodeId, Outcome, RequestId,
};
use sp_runtime::traits::{BlockNumberProvider, Saturating, Zero};

/// What a batch pays so far.
pub(crate) type SettlementOf<T> = <<T as Config>::Fees as FeeSplitter<
	<T as frame_system::Config>::AccountId,
	CreditOf<T>,
>>::Settlement;

impl<T: Config> Pallet<T> {
	/// Pays every node of `by` for an answer that fits the model.
	pub(crate) fn settle(
		settlement: &mut SettlementOf<T>,
		request: RequestId,
		mut record: RequestOf<T>,
		by: &[NodeId],
		draw: Draw,
		outcome: Outcome,
	) {
		let price = record.price;
		let fee = Self::pay_each(settlement, &mut record, by, price);
		for node in by {
			T::Nodes::expose(*node, price);
		}
		let by = AnsweredBy::truncate_from(by.to_vec());
		let at = T::Clock::current_block_number();
		Self::end(request, record, State::Settled { by: by.clone(), draw, outcome, at });
		Self::deposit_event(Event::Settled { request, by, fee });
	}

	/// Pays every node of `by` the base fee: there is no answer.
	pub(crate) fn fail(
		settlement: &mut SettlementOf<T>,
		request: RequestId,
		mut record: RequestOf<T>,
		by: &[NodeId],
		fault: FaultKind,
	) {
		let each = record.base_fee;
		let fee = Self::pay_each(settlement, &mut record, by, each);
		let at = T::Clock::current_block_number();
		Self::end(request, record, State::Failed { fault, at });
		Self::deposit_event(Event::Failed { request, fault, fee });
	}

	/// Takes `each` out of the escrow for every node; returns what was taken in all.
	fn pay_each(
		settlement: &mut SettlementOf<T>,
		record: &mut RequestOf<T>,
		nodes: &[NodeId],
		each: BalanceOf<T>,
	) -> BalanceOf<T> {
		let mut fee = BalanceOf::<T>::zero();
		for node in nodes {
			let Some(owner) = T::Nodes::owner(*node) else { continue };
			let due = each.min(record.held);
			let (paid, _) = T::Currency::slash(&HoldReason::Request.into(), &record.requester, due);
			let amount = paid.peek();
			record.held = record.held.saturating_sub(amount);
			fee = fee.saturating_add(amount);
			let payees = Payees {
				node: owner,
				model_owner: record.model_owner.clone(),
				royalty: record.royalty,
			};
			T::Fees::add(settlement, paid, &payees);
		}
		fee
	}
}
