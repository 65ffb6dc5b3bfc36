//! A panel's beginning, its jury, and its end.

use crate::{
	closing::{Need, JURY_WAIT, SLIP},
	reveal::fitting,
	Cases, Config, Ending, Event, Jobs, NextPanel, Outcomes, Pallet, Panel, PanelOf, Panels, Phase,
	Seat, SeatState, Source,
};
use alloc::vec::Vec;
use frame_support::{traits::Get, BoundedVec};
use frame_system::pallet_prelude::BlockNumberFor;
use opg_primitives::{
	request::{jury_of, MAX_QUORUM},
	seams::{
		self, Case, CaseDesk, Claim, Delivery, ModelCatalogue, NodeRegistry, PanelId, Question,
		Verdict, Wanted,
	},
	Draw, ModelId, NodeId,
};
use sp_runtime::traits::UniqueSaturatedInto;

/// The places of a commit phase and of the reveals after it.
#[derive(Clone, Copy)]
pub(crate) struct Term<BlockNumber> {
	pub(crate) commits_by: BlockNumber,
	pub(crate) reveals_by: BlockNumber,
}

impl<BlockNumber> Term<BlockNumber> {
	fn phase(self) -> Phase<BlockNumber> {
		Phase::Commit { closes_at: self.commits_by, reveals_by: self.reveals_by }
	}
}

impl<T: Config> seams::Panels<T::AccountId, T::Balance> for Pallet<T> {
	fn convene(question: Question<T::AccountId, T::Balance>) -> bool {
		Self::do_convene(question).is_some()
	}

	fn escalate(case: Case, seed: Draw) -> bool {
		Self::do_escalate(case, seed).is_some()
	}

	fn is_revealing(case: Case) -> bool {
		Self::panel_of(case).is_some_and(|(_, record)| {
			record.has_jury() || !matches!(record.phase, Phase::Commit { .. })
		})
	}

	fn least_time(model: ModelId) -> u32 {
		phase(Self::commit_time(model)).saturating_add(phase(T::RevealTime::get()))
	}

	fn most_time() -> u32 {
		let phases = T::MaxExtensions::get().saturating_add(1);
		let reveals = phase(T::RevealTime::get()).saturating_mul(phases);
		reveals
			.saturating_mul(2)
			.saturating_add(phase(JURY_WAIT))
			.saturating_add(phase(Self::longest_commit_time()))
	}
}

impl<T: Config> Pallet<T> {
	fn do_convene(question: Question<T::AccountId, T::Balance>) -> Option<()> {
		let Question { case, model, nodes, agree, seed, asker, fee, claim } = question;
		let is_sound = nodes <= MAX_QUORUM && (1..=nodes).contains(&agree);
		if !is_sound || Cases::<T>::contains_key(case) {
			return None;
		}
		let spec = T::Models::spec(model)?;
		// First the places of the ring, which are only looked up, then those of nodes, which are taken.
		let term = Self::find_term(model, Need::New)?;
		let (claimants, claimed) = match claim {
			Some(Claim { by, outcome }) => {
				(Some(BoundedVec::try_from(by).ok()?), Some(fitting(&spec, outcome)))
			},
			None => (None, None),
		};
		let mut record = Panel {
			case,
			model,
			profile: spec.profile,
			asker,
			fee,
			agree,
			size: nodes,
			claimants,
			seats: BoundedVec::new(),
			draw: seed,
			phase: term.phase(),
		};
		let not = unwanted(&record);
		let wanted = wanted::<T>(&record, seed, &not);
		// Who judges what was claimed is drawn like a jury: work must not keep it away.
		let drawn = if claimed.is_some() {
			T::Nodes::draw_jury(&wanted, nodes)
		} else {
			T::Nodes::draw_seats(&wanted, nodes)
		}?;
		let panel = NextPanel::<T>::mutate(|next| {
			let panel = *next;
			*next = next.saturating_add(1);
			panel
		});
		Cases::<T>::insert(case, panel);
		if let Some(outcome) = claimed {
			Outcomes::<T>::insert(panel, Source::Claim, outcome);
		}
		Self::deposit_event(Event::Convened { panel, case, nodes: drawn.clone() });
		Self::seat(panel, &mut record, drawn, term);
		Panels::<T>::insert(panel, record);
		Some(())
	}

	fn do_escalate(case: Case, seed: Draw) -> Option<()> {
		let (panel, mut record) = Self::panel_of(case)?;
		// By the same draw two nodes of one machine would have one job.
		if !matches!(record.phase, Phase::Split { .. }) || record.draw == seed {
			return None;
		}
		let term = Self::find_term(record.model, Need::Due)?;
		let not = unwanted(&record);
		let drawn = T::Nodes::draw_jury(&wanted::<T>(&record, seed, &not), jury_of(record.size))?;
		record.draw = seed;
		record.phase = term.phase();
		Self::deposit_event(Event::Escalated { panel, nodes: drawn.clone() });
		Self::seat(panel, &mut record, drawn, term);
		Panels::<T>::insert(panel, record);
		Some(())
	}

	/// Gives drawn nodes their seats and jobs.
	fn seat(
		panel: PanelId,
		record: &mut PanelOf<T>,
		nodes: Vec<NodeId>,
		term: Term<BlockNumberFor<T>>,
	) {
		for node in nodes {
			// There are seats for as many as the registry was asked for.
			if record.seats.try_push(Seat { node, state: SeatState::Drawn }).is_ok() {
				Jobs::<T>::insert(node, panel, record.draw);
			}
		}
		Self::take_place(term.commits_by, panel);
		Self::take_place(term.reveals_by, panel);
	}

	fn panel_of(case: Case) -> Option<(PanelId, PanelOf<T>)> {
		let panel = Cases::<T>::get(case)?;
		Some((panel, Panels::<T>::get(panel)?))
	}

	/// Removes everything of a panel, gives back every place its nodes still have, punishes who was wrong, and tells the desk.
	pub(crate) fn end(panel: PanelId, record: PanelOf<T>, verdict: Verdict) {
		let (ending, wrong) = match &verdict {
			Verdict::Agreed { .. } => (Ending::Agreed, [].as_slice()),
			Verdict::Decided { wrong, .. } => (Ending::Decided, wrong.as_slice()),
			_ => (Ending::Undecided, [].as_slice()),
		};
		for (place, seat) in (0u8..).zip(record.seats.iter()) {
			let delivery = match seat.state {
				SeatState::Missed => continue,
				SeatState::Drawn | SeatState::Committed(_) => Delivery::Excused,
				// In time, but it pays for what it said.
				SeatState::Revealed if wrong.contains(&seat.node) => Delivery::Excused,
				SeatState::Revealed => Delivery::InTime,
			};
			Jobs::<T>::remove(seat.node, panel);
			Outcomes::<T>::remove(panel, Source::Seat(place));
			T::Nodes::release(seat.node, delivery, record.fee);
		}
		for node in wrong {
			Self::punish(panel, *node, record.model, record.fee);
		}
		let case = record.case;
		Outcomes::<T>::remove(panel, Source::Claim);
		Cases::<T>::remove(case);
		Panels::<T>::remove(panel);
		Self::deposit_event(Event::Ended { panel, case, ending });
		T::Desk::decided(case, verdict);
	}

	pub(crate) fn punish(panel: PanelId, node: NodeId, model: ModelId, fee: T::Balance) {
		T::Nodes::punish(node, model, fee);
		Self::deposit_event(Event::Punished { panel, node });
	}
}

/// Blocks a phase takes at the most.
fn phase(time: impl UniqueSaturatedInto<u32>) -> u32 {
	time.unique_saturated_into().saturating_add(SLIP)
}

/// Those whose nodes and owners must not sit in a draw for the panel.
fn unwanted<AccountId, Balance, BlockNumber>(
	record: &Panel<AccountId, Balance, BlockNumber>,
) -> Vec<NodeId> {
	let claimants = record.claimants.iter().flatten().copied();
	claimants.chain(record.seats.iter().map(|seat| seat.node)).collect()
}

fn wanted<'a, T: Config>(
	record: &'a PanelOf<T>,
	seed: Draw,
	not: &'a [NodeId],
) -> Wanted<'a, T::AccountId, T::Balance> {
	Wanted { model: record.model, seed, asker: &record.asker, not, only: &[], fee: record.fee }
}
