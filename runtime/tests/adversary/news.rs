//! What a campaign learns from the chain's events.

use super::{is_of_users, is_wrong, Campaign, Sitting};
use crate::{
	network::{OPERATORS, USERS_MODEL},
	plan::Cartel,
};
use opg_primitives::{
	seams::{Case, PanelId},
	ModelId, NodeId, RequestId,
};
use opg_runtime::{Balance, Runtime, RuntimeEvent};
use std::collections::BTreeMap;

impl Campaign<'_> {
	pub(super) fn learn(&mut self, event: RuntimeEvent) {
		match event {
			RuntimeEvent::Inference(event) => self.learn_of_request(event),
			RuntimeEvent::Panels(event) => self.learn_of_panel(event),
			RuntimeEvent::Nodes(pallet_nodes::Event::Punished { node, amount, .. }) => {
				self.ledger.slashed[self.network.index(node) as usize] += amount;
			},
			_ => {},
		}
	}

	fn learn_of_request(&mut self, event: pallet_inference::Event<Runtime>) {
		use pallet_inference::Event::*;
		match event {
			Requested { request, model, .. } => {
				self.open.insert(request, model);
			},
			Assigned { request, node, draw } => self.jobs.push((node, request, draw)),
			Settled { request, fee, .. } => {
				self.ledger.note_fee(fee);
				if self.is_over(request) == Some(USERS_MODEL) {
					self.ledger.settled += 1;
					self.note_settled(request, fee);
				}
			},
			Failed { request, fee, .. } => {
				self.ledger.note_fee(fee);
				self.is_over(request);
			},
			Expired { request, .. } | Cancelled { request, .. } => {
				self.is_over(request);
			},
			CheckDrawn { request } => {
				self.running_again.insert(request);
				self.ledger.checks += u64::from(is_of_users(request));
			},
			Disputed { request, .. } => {
				self.running_again.insert(request);
			},
			Upheld { request } => {
				self.running_again.remove(&request);
			},
			Overturned { request } => {
				self.running_again.remove(&request);
				self.note_overturned(request);
			},
			CheckUndecided { request } => {
				self.running_again.remove(&request);
				self.ledger.undecided += u64::from(is_of_users(request));
			},
			Missed { .. } | Convened { .. } | Escalated { .. } => {},
			_ => {},
		}
	}

	/// Forgets an open request; returns the model it asked.
	fn is_over(&mut self, request: RequestId) -> Option<ModelId> {
		let model = self.open.remove(&request)?;
		if model != USERS_MODEL {
			self.own_open -= 1;
		}
		Some(model)
	}

	fn note_settled(&mut self, request: RequestId, fee: Balance) {
		if is_wrong(request) {
			self.ledger.wrong.insert(request, fee);
			if self.chance.hits(self.plan.disputed) {
				self.to_dispute.push(request);
			}
		}
	}

	fn note_overturned(&mut self, request: RequestId) {
		if !is_of_users(request) {
			return;
		}
		self.ledger.overturned += 1;
		if !is_wrong(request) {
			self.ledger.wrong.remove(&request);
		} else {
			self.ledger.wrong.entry(request).or_insert(self.plan.price);
		}
	}

	fn learn_of_panel(&mut self, event: pallet_panels::Event<Runtime>) {
		use pallet_panels::Event::*;
		match event {
			Convened { panel, case, nodes } => self.begin_sitting(panel, case, nodes),
			Escalated { panel, nodes } => {
				let Some(record) = pallet_panels::Panels::<Runtime>::get(panel) else { return };
				let Some(sitting) = self.sittings.get_mut(&panel) else { return };
				sitting.is_jury = true;
				sitting.draw = record.draw;
				sitting.seats = nodes;
				sitting.hidden.clear();
				self.to_commit.push(panel);
			},
			CommitsClosed { panel } => self.to_show.push(panel),
			Ended { panel, .. } => {
				self.sittings.remove(&panel);
			},
			_ => {},
		}
	}

	fn begin_sitting(&mut self, panel: PanelId, case: Case, seats: Vec<NodeId>) {
		let Some(record) = pallet_panels::Panels::<Runtime>::get(panel) else { return };
		let (request, is_check) = match case {
			Case::Request(request) => (request, false),
			Case::Check(request) => (request, true),
			Case::Audit(_) => return,
		};
		if let (Cartel::AroundAQuorum(size), true) = (&self.plan.cartel, self.mine.is_empty()) {
			let others: Vec<NodeId> = (0..OPERATORS)
				.map(|index| self.network.node(index))
				.filter(|node| !seats.contains(node))
				.collect();
			let count = (*size as usize).saturating_sub(seats.len());
			let joined = self.chance.some_of(&others, count);
			self.mine = seats.iter().copied().chain(joined).collect();
		}
		let claimants: Vec<NodeId> = record.claimants.into_iter().flatten().collect();
		let is_claim_mine = claimants.iter().any(|node| self.is_mine(*node));
		let sitting = Sitting {
			request,
			model: record.model,
			is_check,
			is_jury: false,
			draw: record.draw,
			seats,
			is_own_lie: is_check && is_claim_mine && is_wrong(request),
			hidden: BTreeMap::new(),
		};
		self.sittings.insert(panel, sitting);
		self.to_commit.push(panel);
	}
}
