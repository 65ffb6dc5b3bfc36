//! Settlement: the fee leaves the escrow, is split, and the rest returns; it cannot fail.

use crate::{AnsweredBy, BalanceOf, Config, CreditOf, Event, HoldReason, Pallet, RequestOf, State};
use frame_support::traits::{fungible::hold::Balanced, Imbalance};
use opg_primitives::{
	seams::{FeeSplitter, NodeRegistry, Payees, UsageLog, UsageNote},
	Draw, FaultKind, NodeId, Outcome, RequestId,
};
use sp_runtime::{
	traits::{BlockNumberProvider, Saturating, Zero},
	SaturatedConversion,
};

type FeesOf<T> = <<T as Config>::Fees as FeeSplitter<
	<T as frame_system::Config>::AccountId,
	CreditOf<T>,
>>::Settlement;

type NotesOf<T> =
	<<T as Config>::Usage as UsageLog<<T as frame_system::Config>::AccountId, BalanceOf<T>>>::Batch;

/// What a batch of answers pays so far, and what is to be counted of it.
#[derive(frame_support::DefaultNoBound)]
pub(crate) struct Settlement<T: Config> {
	fees: FeesOf<T>,
	notes: NotesOf<T>,
}

impl<T: Config> Settlement<T> {
	/// Pays and counts it.
	pub(crate) fn conclude(self) {
		T::Fees::pay(self.fees);
		T::Usage::commit(self.notes);
	}
}

impl<T: Config> Pallet<T> {
	/// Pays every node of `by` for an answer that fits the model.
	pub(crate) fn settle(
		settlement: &mut Settlement<T>,
		request: RequestId,
		mut record: RequestOf<T>,
		by: &[NodeId],
		draw: Draw,
		outcome: Outcome,
	) {
		let (price, surplus) = (record.price, record.surplus);
		let (fee, burn) = Self::pay_each(settlement, &mut record, by, price, surplus);
		// What was proved cannot be disputed.
		let exposed = if record.proof.is_none() { by } else { &[] };
		for node in exposed {
			T::Nodes::expose(*node, price);
		}
		let by = AnsweredBy::truncate_from(by.to_vec());
		let at = T::Clock::current_block_number();
		let latency = at.saturating_sub(record.requested_at).saturated_into();
		let settled = UsageNote::Settled { spend: fee, burn, latency };
		T::Usage::note(&mut settlement.notes, record.as_use(), settled);
		let (requester, model, app) = (record.requester.clone(), record.model, record.app());
		Self::end(request, record, State::Settled { by: by.clone(), draw, outcome, at });
		Self::deposit_event(Event::Settled {
			request,
			requester,
			model,
			app,
			by,
			fee,
			burn,
			latency,
		});
	}

	/// Pays every node of `by` the base fee: there is no answer.
	pub(crate) fn fail(
		settlement: &mut Settlement<T>,
		request: RequestId,
		mut record: RequestOf<T>,
		by: &[NodeId],
		fault: FaultKind,
	) {
		let each = record.base_fee;
		let (fee, burn) = Self::pay_each(settlement, &mut record, by, each, Zero::zero());
		let at = T::Clock::current_block_number();
		let refund = record.held;
		let failed = UsageNote::Failed { spend: fee, burn, refund };
		T::Usage::note(&mut settlement.notes, record.as_use(), failed);
		let (requester, model, app) = (record.requester.clone(), record.model, record.app());
		Self::end(request, record, State::Failed { fault, at });
		Self::deposit_event(Event::Failed {
			request,
			requester,
			model,
			app,
			fault,
			fee,
			burn,
			refund,
		});
	}

	/// Takes `each`, and the surplus that nobody is paid, out of the escrow for every node; returns what was taken in all, and what of it
	/// burns.
	fn pay_each(
		settlement: &mut Settlement<T>,
		record: &mut RequestOf<T>,
		nodes: &[NodeId],
		each: BalanceOf<T>,
		surplus: BalanceOf<T>,
	) -> (BalanceOf<T>, BalanceOf<T>) {
		let (mut fee, mut burn) = (BalanceOf::<T>::zero(), BalanceOf::<T>::zero());
		for node in nodes {
			let Some(owner) = T::Nodes::owner(*node) else { continue };
			let due = each.saturating_add(surplus).min(record.held);
			let (paid, _) = T::Currency::slash(&HoldReason::Request.into(), record.payer(), due);
			let amount = paid.peek();
			record.held = record.held.saturating_sub(amount);
			fee = fee.saturating_add(amount);
			let payees = Payees {
				node: owner,
				model_owner: record.model_owner.clone(),
				royalty: record.royalty,
				model: Some(record.model),
			};
			let (paid, over) = paid.split(each.min(amount));
			burn = burn.saturating_add(over.peek());
			T::Fees::burn(&mut settlement.fees, over);
			let burns = T::Fees::add(&mut settlement.fees, paid, &payees);
			burn = burn.saturating_add(burns);
		}
		(fee, burn)
	}
}
