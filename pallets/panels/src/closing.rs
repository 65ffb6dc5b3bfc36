//! The closing ring: when phases end, as many in a block as it has room for.

use crate::{
	panel::Term,
	verdict::{of_jury, of_panel, Answer, Voice},
	Closing, Config, Event, Jobs, NextClosing, Outcomes, Pallet, PanelOf, Panels, Phase, SeatState,
	Source, WeightInfo,
};
use alloc::vec::Vec;
use frame_support::{
	traits::Get,
	weights::{Weight, WeightMeter},
	BoundedVec,
};
use frame_system::pallet_prelude::BlockNumberFor;
use opg_primitives::{
	seams::{CaseDesk, Delivery, ModelCatalogue, NodeRegistry, PanelId, Verdict},
	ModelId,
};
use sp_runtime::traits::{BlockNumberProvider, One, Saturating};

const LOG_TARGET: &str = "runtime::panels";

/// Blocks by which a phase may end late because the blocks before were full.
pub const SLIP: u32 = 8;

/// Blocks a panel whose answers differ waits for its desk to find a jury.
pub(crate) const JURY_WAIT: u32 = 24;

/// How far a slow model stretches the time to commit.
const MAX_STRETCH: u32 = 8;

/// What a place in the ring is for. New panels leave room for those at work, or under load no lie would ever be judged.
#[derive(Clone, Copy)]
pub(crate) enum Need {
	/// A new panel: half of a block's places.
	New,
	/// An end before its time: all but a quarter.
	Early,
	/// What a panel at work needs to come to something.
	Due,
}

impl Need {
	const fn room(self, places: u32) -> u32 {
		match self {
			Self::New => places / 2,
			Self::Early => places.saturating_sub(places / 4),
			Self::Due => places,
		}
	}
}

impl<T: Config> Pallet<T> {
	/// Blocks in which nodes may commit: twice what answers of the model took of late.
	pub(crate) fn commit_time(model: ModelId) -> BlockNumberFor<T> {
		let usual: BlockNumberFor<T> = T::Models::answer_time(model).into();
		let wanted = usual.saturating_mul(2u32.into());
		wanted.max(T::CommitTime::get()).min(Self::longest_commit_time())
	}

	/// Blocks in which nodes may commit for the slowest model.
	pub(crate) fn longest_commit_time() -> BlockNumberFor<T> {
		T::CommitTime::get().saturating_mul(MAX_STRETCH.into())
	}

	/// Where a commit phase that begins now, and the reveals after it, have room.
	pub(crate) fn find_term(model: ModelId, need: Need) -> Option<Term<BlockNumberFor<T>>> {
		let now = T::Clock::current_block_number();
		let commits_by = Self::find_place(now.saturating_add(Self::commit_time(model)), need)?;
		let reveals_by = Self::find_place(commits_by.saturating_add(T::RevealTime::get()), need)?;
		Some(Term { commits_by, reveals_by })
	}

	fn find_place(from: BlockNumberFor<T>, need: Need) -> Option<BlockNumberFor<T>> {
		let room = need.room(T::MaxClosing::get());
		let mut at = from;
		for _ in 0..=SLIP {
			let taken = Closing::<T>::decode_len(at).unwrap_or_default();
			if taken < room as usize {
				return Some(at);
			}
			at = at.saturating_add(One::one());
		}
		None
	}

	pub(crate) fn take_place(at: BlockNumberFor<T>, panel: PanelId) {
		if Closing::<T>::try_append(at, panel).is_err() {
			log::error!(target: LOG_TARGET, "panel {panel}: its place in the ring was taken");
		}
	}

	/// Takes a place that a panel at work needs.
	fn reserve(from: BlockNumberFor<T>, panel: PanelId) -> Option<BlockNumberFor<T>> {
		let place = Self::find_place(from, Need::Due)?;
		Self::take_place(place, panel);
		Some(place)
	}

	/// A place for the end of reveals that begin now: the one kept for them where no earlier one is free and it is near enough.
	pub(crate) fn reserve_reveals(
		panel: PanelId,
		record: &PanelOf<T>,
		now: BlockNumberFor<T>,
	) -> Option<BlockNumberFor<T>> {
		let Phase::Commit { reveals_by, .. } = record.phase else { return None };
		let from = now.saturating_add(T::RevealTime::get());
		let latest = from.saturating_add(SLIP.into());
		let kept = Some(reveals_by).filter(|kept| *kept >= from && *kept <= latest);
		let earlier =
			Self::find_place(from, Need::Early).filter(|free| kept.is_none_or(|kept| *free < kept));
		if let Some(place) = earlier {
			Self::take_place(place, panel);
		}
		earlier.or(kept)
	}

	/// Lets a phase end in the next block, if that has room before its time.
	pub(crate) fn hasten(panel: PanelId, record: &mut PanelOf<T>) {
		let next = T::Clock::current_block_number().saturating_add(One::one());
		let Some(place) = Self::find_place(next, Need::Early) else { return };
		if let Phase::Reveal { closes_at, .. } = &mut record.phase {
			if place < *closes_at {
				*closes_at = place;
				Self::take_place(place, panel);
			}
		}
	}

	/// Ends the phases whose time has come, within the budget; the rest follows in the next block. A clock that stands still or
	/// leaps loses none and ends none twice.
	pub(crate) fn close_due() -> Weight {
		let now = T::Clock::current_block_number();
		let mut meter = WeightMeter::with_limit(Self::closing_budget());
		let mut at = NextClosing::<T>::get().unwrap_or(now);
		while at <= now && meter.try_consume(T::WeightInfo::closing_block()).is_ok() {
			if !Self::close_block(at, now, &mut meter) {
				break;
			}
			at = at.saturating_add(One::one());
		}
		NextClosing::<T>::put(at);
		meter.consumed()
	}

	/// What ending phases may weigh in one block.
	pub(crate) fn closing_budget() -> Weight {
		let block = T::BlockWeights::get().max_block;
		let share = T::ClosingBudget::get();
		Weight::from_parts(share.mul_floor(block.ref_time()), share.mul_floor(block.proof_size()))
	}

	/// False if something due at `at` is left for the next block.
	fn close_block(at: BlockNumberFor<T>, now: BlockNumberFor<T>, meter: &mut WeightMeter) -> bool {
		let due = Closing::<T>::take(at);
		for (place, panel) in due.iter().enumerate() {
			if !Self::close_place(*panel, at, now, meter) {
				let rest: Vec<PanelId> = due.iter().skip(place).copied().collect();
				Closing::<T>::insert(at, BoundedVec::truncate_from(rest));
				return false;
			}
		}
		true
	}

	/// False if the budget does not allow it.
	fn close_place(
		panel: PanelId,
		at: BlockNumberFor<T>,
		now: BlockNumberFor<T>,
		meter: &mut WeightMeter,
	) -> bool {
		if meter.try_consume(T::WeightInfo::closing_place()).is_err() {
			return false;
		}
		// A place its panel did not need after all.
		let Some(record) = Panels::<T>::get(panel).filter(|record| record.closes_at() == at) else {
			return true;
		};
		if meter.try_consume(closing_weight::<T>(&record)).is_err() {
			return false;
		}
		match record.phase {
			Phase::Commit { reveals_by, .. } => {
				let place = Self::reserve_reveals(panel, &record, now).unwrap_or(reveals_by);
				Self::close_commits(panel, record, place);
			},
			Phase::Reveal { extensions, .. } => {
				Self::close_reveals(panel, record, extensions, now);
			},
			// No jury came together.
			Phase::Split { .. } => Self::end(panel, record, Verdict::Undecided),
		}
		true
	}

	/// Ends the commit phase; who committed has until `closes_at` to reveal.
	pub(crate) fn close_commits(
		panel: PanelId,
		mut record: PanelOf<T>,
		closes_at: BlockNumberFor<T>,
	) {
		let fee = record.fee;
		for seat in record.present_mut().filter(|seat| seat.state == SeatState::Drawn) {
			seat.state = SeatState::Missed;
			let node = seat.node;
			Jobs::<T>::remove(node, panel);
			T::Nodes::release(node, Delivery::Missed, fee);
			Self::deposit_event(Event::Missed { panel, node });
		}
		if record.count(|state| state != SeatState::Missed) == 0 {
			return Self::end(panel, record, Verdict::Undecided);
		}
		let since = frame_system::Pallet::<T>::block_number();
		record.phase = Phase::Reveal { closes_at, since, extensions: 0 };
		Panels::<T>::insert(panel, record);
		Self::deposit_event(Event::CommitsClosed { panel });
	}

	fn close_reveals(
		panel: PanelId,
		mut record: PanelOf<T>,
		extensions: u32,
		now: BlockNumberFor<T>,
	) {
		let came = record.count(|state| state == SeatState::Revealed);
		let due = record.count(|state| state != SeatState::Missed);
		if came.saturating_mul(2) < due {
			// So much silence is more likely the network's fault than the nodes'.
			return match Self::extend(panel, &mut record, extensions, now) {
				Some(()) => Panels::<T>::insert(panel, record),
				None => Self::end(panel, record, Verdict::Undecided),
			};
		}
		Self::punish_silent(panel, &mut record);
		let answers = Self::answers(panel, &record);
		let verdict = if record.has_jury() {
			of_jury(&answers, record.profile, record.present().count() as u32)
		} else {
			of_panel(&answers, record.profile, record.agree)
		};
		if verdict != Verdict::Split {
			return Self::end(panel, record, verdict);
		}
		let Some(closes_at) = Self::reserve(now.saturating_add(JURY_WAIT.into()), panel) else {
			return Self::end(panel, record, Verdict::Undecided);
		};
		let case = record.case;
		record.phase = Phase::Split { closes_at };
		Panels::<T>::insert(panel, record);
		Self::deposit_event(Event::Divided { panel });
		T::Desk::decided(case, verdict);
	}

	fn extend(
		panel: PanelId,
		record: &mut PanelOf<T>,
		extensions: u32,
		now: BlockNumberFor<T>,
	) -> Option<()> {
		if extensions >= T::MaxExtensions::get() {
			return None;
		}
		let place = Self::reserve(now.saturating_add(T::RevealTime::get()), panel)?;
		if let Phase::Reveal { closes_at, extensions, .. } = &mut record.phase {
			*closes_at = place;
			*extensions = extensions.saturating_add(1);
		}
		Self::deposit_event(Event::Extended { panel });
		Some(())
	}

	/// Who commits and does not show its answer would otherwise lie without risk.
	fn punish_silent(panel: PanelId, record: &mut PanelOf<T>) {
		let (model, fee) = (record.model, record.fee);
		let is_silent = |state| matches!(state, SeatState::Committed(_));
		for seat in record.present_mut().filter(|seat| is_silent(seat.state)) {
			seat.state = SeatState::Missed;
			Jobs::<T>::remove(seat.node, panel);
			T::Nodes::release(seat.node, Delivery::Missed, fee);
			Self::punish(panel, seat.node, model, fee);
		}
	}

	/// The claim and everything revealed, in the order of the seats.
	fn answers(panel: PanelId, record: &PanelOf<T>) -> Vec<Answer> {
		let claim = record.claimants.iter().filter_map(|by| {
			let outcome = Outcomes::<T>::get(panel, Source::Claim)?;
			Some(Answer { voice: Voice::Claim, by: by.to_vec(), outcome })
		});
		let seats = (0u8..).zip(record.seats.iter()).filter_map(|(place, seat)| {
			let outcome = Outcomes::<T>::get(panel, Source::Seat(place))?;
			let voice = if place < record.size { Voice::Panel } else { Voice::Jury };
			Some(Answer { voice, by: [seat.node].to_vec(), outcome })
		});
		claim.chain(seats).collect()
	}
}

/// What ending the present phase of a panel weighs at the most.
fn closing_weight<T: Config>(record: &PanelOf<T>) -> Weight {
	let close = T::WeightInfo::close(record.seats.len() as u32);
	if matches!(record.phase, Phase::Reveal { .. }) {
		let revealed = record.seats.iter().filter(|seat| seat.state == SeatState::Revealed);
		let claims = u32::from(record.claimants.is_some());
		let answers = (revealed.count() as u32).saturating_add(claims);
		close.saturating_add(T::WeightInfo::judge(answers))
	} else {
		close
	}
}
