//! Conduct: who saw what the others saw, who was silent, who said two things; and what that costs.

use crate::{
	finding::{Finding, Part},
	types::Member,
	CommitteeOf, Committees, Config, Error, Event, FeedOf, Feeds, OpenRound, Pallet,
};
use frame_support::{
	dispatch::{DispatchResultWithPostInfo, Pays},
	ensure,
	traits::Get,
};
use frame_system::pallet_prelude::BlockNumberFor;
use opg_primitives::{
	feed::{FeedId, Observation, Round},
	seams::{Conduct, Observers},
};
use sp_application_crypto::RuntimeAppPublic;
use sp_runtime::Permill;

impl<T: Config> Pallet<T> {
	/// Counts what each seat did in a round that gets no more reports.
	pub(crate) fn count_round(
		feed: FeedId,
		record: &FeedOf<T>,
		open: &OpenRound<BlockNumberFor<T>>,
	) {
		let Some(mut committee) = Committees::<T>::get(feed) else { return };
		let limits = T::Thresholds::get();
		let found = Finding::of(&open.seen, &open.before, record.rules.quorum);
		committee.rounds = committee.rounds.saturating_add(1);
		for (seat, member) in committee.members.iter_mut().enumerate() {
			let own = open.seen.iter().find(|one| usize::from(one.seat) == seat);
			let part = match own {
				Some(own) => found.part_of(own, open.seen.len(), &limits),
				None => Part::Missed,
			};
			if member.is_expelled {
				continue;
			}
			let tally = &mut member.tally;
			let count = match part {
				Part::Counted => &mut tally.counted,
				Part::Outlier => &mut tally.outliers,
				Part::Missed => &mut tally.missed,
			};
			*count = count.saturating_add(1);
		}
		Committees::<T>::insert(feed, committee);
	}

	/// Raises and lowers scores for a term, and fines, where governance vouches for the sources.
	pub(crate) fn judge(feed: FeedId, record: &FeedOf<T>, committee: &CommitteeOf<T>) {
		let limits = T::Thresholds::get();
		if !record.is_curated || committee.rounds < limits.rounds {
			return;
		}
		let part = |count: u32| Permill::from_rational(count, committee.rounds);
		let is_poor = |member: &Member| {
			let bad = member.tally.outliers.saturating_add(member.tally.missed);
			member.is_expelled || part(bad) > limits.poor
		};
		// What most of them could not see is not their fault.
		let poor = committee.members.iter().filter(|member| is_poor(member)).count();
		if poor > committee.members.len() / 2 {
			return;
		}
		for member in &committee.members {
			let Member { node, tally, is_expelled, .. } = member;
			let is_poor = is_poor(member);
			let conduct = if is_poor { Conduct::Poor } else { Conduct::Good };
			T::Observers::note_conduct(*node, conduct);
			if !is_poor || *is_expelled {
				continue;
			}
			Self::deposit_event(Event::FoundPoor {
				feed,
				node: *node,
				outliers: tally.outliers,
				missed: tally.missed,
			});
			if part(tally.outliers) > limits.lies {
				T::Observers::fine(*node, limits.lie_fine);
			} else if part(tally.missed) > limits.silence {
				T::Observers::fine(*node, limits.silence_fine);
			}
		}
	}

	pub(crate) fn do_denounce(
		feed: FeedId,
		round: Round,
		first: &Observation,
		second: &Observation,
	) -> DispatchResultWithPostInfo {
		let record = Feeds::<T>::get(feed).ok_or(Error::<T>::FeedUnknown)?;
		let mut committee = Committees::<T>::get(feed).ok_or(Error::<T>::NoCommittee)?;
		let differ = first.seen != second.seen;
		ensure!(
			first.seen.seat == second.seen.seat && differ && round >= committee.first,
			Error::<T>::NothingToDenounce
		);
		let member = committee
			.members
			.get_mut(usize::from(first.seen.seat))
			.filter(|member| !member.is_expelled)
			.ok_or(Error::<T>::NothingToDenounce)?;
		for one in [first, second] {
			let claim = one.seen.sighting(feed, record.version, round).statement(Self::genesis());
			ensure!(member.worker.verify(&claim, &one.signature), Error::<T>::NothingToDenounce);
		}
		let node = member.node;
		member.is_expelled = true;
		// What it earned in this term is lost as well.
		member.tally.counted = 0;
		Committees::<T>::insert(feed, committee);
		Self::deposit_event(Event::Equivocated { feed, node });
		T::Observers::fine(node, T::Thresholds::get().equivocation_fine);
		Ok(Pays::No.into())
	}
}
