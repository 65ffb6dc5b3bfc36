//! The laws of panels, checked after every test and by `try_state`.

use crate::{
	Cases, Closing, Config, Jobs, NextClosing, NextPanel, Outcomes, Pallet, PanelOf, Panels, Phase,
	SeatState, Source,
};
use alloc::{collections::BTreeSet, vec::Vec};
use frame_support::ensure;
use frame_system::pallet_prelude::BlockNumberFor;
use opg_primitives::{request::jury_of, seams::PanelId, Draw, NodeId};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// Checks every law.
	pub fn check_laws() -> Result<(), TryRuntimeError> {
		Self::check_cases()?;
		Self::check_seats()?;
		Self::check_ring()?;
		Self::check_jobs()?;
		Self::check_outcomes()
	}

	/// Cases and panels name each other, and every number was given out.
	fn check_cases() -> Result<(), TryRuntimeError> {
		let next = NextPanel::<T>::get();
		for (panel, record) in Panels::<T>::iter() {
			ensure!(panel < next, "a panel has a number not given out");
			ensure!(
				Cases::<T>::get(record.case) == Some(panel),
				"a case does not lead to its panel"
			);
		}
		ensure!(
			Cases::<T>::iter().count() == Panels::<T>::iter().count(),
			"a case outlived its panel"
		);
		Ok(())
	}

	/// A panel has the seats it was drawn, perhaps a jury's, all of different nodes, none of which gave the claim; none owes what the
	/// phase does not wait for.
	fn check_seats() -> Result<(), TryRuntimeError> {
		for record in Panels::<T>::iter_values() {
			let jury = if record.has_jury() { jury_of(record.size) } else { 0 };
			ensure!(
				record.seats.len() == usize::from(record.size.saturating_add(jury)),
				"a panel has more or fewer seats than were drawn"
			);
			let nodes: BTreeSet<NodeId> = record.seats.iter().map(|seat| seat.node).collect();
			ensure!(nodes.len() == record.seats.len(), "a node has two seats of a panel");
			ensure!(
				record.claimants.iter().flatten().all(|node| !nodes.contains(node)),
				"a node judges its own claim"
			);
			let owing = record.seats.iter().enumerate().filter(|(_, seat)| is_owing(seat.state));
			let first = if record.has_jury() { usize::from(record.size) } else { 0 };
			for (place, seat) in owing {
				let is_due = match record.phase {
					Phase::Commit { .. } => place >= first,
					Phase::Reveal { .. } => place >= first && seat.state != SeatState::Drawn,
					Phase::Split { .. } => false,
				};
				ensure!(is_due, "a seat owes what its panel does not wait for");
			}
		}
		Ok(())
	}

	/// Every panel ends its phase at a place still to come, and has one for its reveals.
	fn check_ring() -> Result<(), TryRuntimeError> {
		let next = NextClosing::<T>::get();
		let has_place = |at: BlockNumberFor<T>, panel: PanelId| {
			next.is_none_or(|next| at >= next) && Closing::<T>::get(at).contains(&panel)
		};
		for (panel, record) in Panels::<T>::iter() {
			let mut places: Vec<BlockNumberFor<T>> = [record.closes_at()].to_vec();
			if let Phase::Commit { reveals_by, .. } = record.phase {
				places.push(reveals_by);
			}
			ensure!(places.into_iter().all(|at| has_place(at, panel)), "a phase would never end");
		}
		Ok(())
	}

	/// Nodes have a job for each seat that owes something, by the draw of the seats drawn last, and no other.
	fn check_jobs() -> Result<(), TryRuntimeError> {
		let owed: BTreeSet<(NodeId, PanelId, Draw)> =
			Panels::<T>::iter().flat_map(|(panel, record)| jobs_of::<T>(panel, &record)).collect();
		let given: BTreeSet<(NodeId, PanelId, Draw)> = Jobs::<T>::iter().collect();
		ensure!(owed == given, "a seat that owes something has no job, or a job has no such seat");
		Ok(())
	}

	/// An answer is kept for each claim and each seat that revealed, and no other.
	fn check_outcomes() -> Result<(), TryRuntimeError> {
		let mut expected: usize = 0;
		for (panel, record) in Panels::<T>::iter() {
			let claim = record.claimants.iter().map(|_| Source::Claim);
			let seats = (0u8..)
				.zip(record.seats.iter())
				.filter(|(_, seat)| seat.state == SeatState::Revealed)
				.map(|(place, _)| Source::Seat(place));
			for source in claim.chain(seats) {
				expected = expected.saturating_add(1);
				ensure!(
					Outcomes::<T>::contains_key(panel, source),
					"the answer of a claim or a seat is gone"
				);
			}
		}
		ensure!(Outcomes::<T>::iter().count() == expected, "an answer outlived its panel");
		Ok(())
	}

	/// The nodes whose places panels have taken and not yet given back, one entry a place.
	pub fn places_taken() -> Vec<NodeId> {
		Panels::<T>::iter_values()
			.flat_map(|record| record.seats)
			.filter(|seat| seat.state != SeatState::Missed)
			.map(|seat| seat.node)
			.collect()
	}
}

fn is_owing(state: SeatState) -> bool {
	matches!(state, SeatState::Drawn | SeatState::Committed(_))
}

fn jobs_of<T: Config>(
	panel: PanelId,
	record: &PanelOf<T>,
) -> impl Iterator<Item = (NodeId, PanelId, Draw)> {
	let draw = record.draw;
	let owing = record.seats.clone().into_iter().filter(|seat| is_owing(seat.state));
	owing.map(move |seat| (seat.node, panel, draw))
}
