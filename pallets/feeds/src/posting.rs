//! The off-chain side: hands the rounds a node has a seat in to its machine, and reports what was gathered.

use crate::{
	Call, CommitteeOf, Committees, Config, Description, Descriptions, FeedOf, Feeds, Observations,
	Pallet, Rounds, Sheets,
};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use frame_system::{offchain::SubmitTransaction, pallet_prelude::BlockNumberFor};
use opg_primitives::{
	feed::{FeedId, Gathered, Observation, Outlook, Round, Seat, Watch},
	node::WorkerId,
};
use sp_application_crypto::RuntimeAppPublic;
use sp_core::H256;
use sp_runtime::traits::{Saturating, UniqueSaturatedInto};

const LOG_TARGET: &str = "runtime::feeds";

impl<T: Config> Pallet<T> {
	/// For the feeds in whose committee this machine has a worker key: the present round out, what was gathered of it in. Never waits for
	/// a source.
	pub(crate) fn observe(now: BlockNumberFor<T>) {
		let workers: Vec<WorkerId> = WorkerId::all();
		if workers.is_empty() {
			return;
		}
		let watches: Vec<Watch> = Committees::<T>::iter()
			.filter_map(|(feed, committee)| Self::watch(feed, committee, &workers, now))
			.collect();
		let open = watches.iter().filter_map(|watch| Rounds::<T>::get(watch.feed));
		let reported = open.map(|open| open.seen.into_inner()).collect();
		let outlook = Outlook { watches, reported };
		// Also with nothing to watch: what is not named any more is forgotten.
		let Some(known) = opg_host::worker::observe(&outlook.encode()) else { return };
		let watches = outlook.watches;
		let Ok(gathered) = Vec::<Gathered>::decode(&mut known.as_slice()) else { return };
		for one in gathered {
			let watch =
				watches.iter().find(|watch| (watch.feed, watch.round) == (one.feed, one.round));
			let Some(watch) = watch else { continue };
			if let Some(observations) = Self::reportable(watch, one.observations, now) {
				Self::submit_report(watch.feed, watch.round, observations);
			}
		}
	}

	fn watch(
		feed: FeedId,
		committee: CommitteeOf<T>,
		workers: &[WorkerId],
		now: BlockNumberFor<T>,
	) -> Option<Watch> {
		let seats = (0..Seat::MAX).zip(&committee.members);
		let own: Vec<Seat> = seats
			.filter(|(_, member)| !member.is_expelled && workers.contains(&member.worker))
			.map(|(seat, _)| seat)
			.collect();
		if own.is_empty() {
			return None;
		}
		let record = Feeds::<T>::get(feed)?;
		let round = record.round_of(now);
		if round < committee.first || committee.ends <= now {
			return None;
		}
		let Description { subject, sources } = Descriptions::<T>::get(feed)?;
		Some(Watch {
			feed,
			round,
			version: record.version,
			members: committee.members.into_iter().map(|member| member.worker).collect(),
			own,
			subject,
			sources,
			genesis: H256::from_slice(Self::genesis().as_ref()),
		})
	}

	/// What of the gathered observations is worth a report now, if it is this machine's turn.
	fn reportable(
		watch: &Watch,
		mut gathered: Vec<Observation>,
		now: BlockNumberFor<T>,
	) -> Option<Observations> {
		let record = Feeds::<T>::get(watch.feed)?;
		let committee = Committees::<T>::get(watch.feed)?;
		let expelled = |seat: Seat| {
			committee.members.get(usize::from(seat)).is_none_or(|member| member.is_expelled)
		};
		gathered.retain(|one| !expelled(one.seen.seat));
		let is_complete = gathered.len() == committee.members.len();
		let open = Rounds::<T>::get(watch.feed).filter(|open| open.round == watch.round);
		if let Some(open) = &open {
			gathered.retain(|one| open.seen.iter().all(|known| known.seat != one.seen.seat));
		}
		let least = if open.is_some() { 1 } else { usize::from(record.rules.quorum) };
		if gathered.len() < least || !Self::is_turn(&record, watch, is_complete, now) {
			return None;
		}
		gathered.sort_unstable_by_key(|one| one.seen.seat);
		if open.is_none() {
			let sheet = Sheets::<T>::get(watch.feed)?;
			// The block it would enter.
			let next = now.saturating_add(1u32.into());
			if !Self::is_due(&record, &sheet, &gathered, next) {
				return None;
			}
		}
		Some(Observations::truncate_from(gathered))
	}

	/// Each round has another leader, who reports as soon as all is there, and else in the round's second block; the seats after it each
	/// wait a block longer.
	fn is_turn(
		record: &FeedOf<T>,
		watch: &Watch,
		is_complete: bool,
		now: BlockNumberFor<T>,
	) -> bool {
		let short = |blocks: BlockNumberFor<T>| -> u32 { blocks.unique_saturated_into() };
		let passed = short(now.saturating_sub(record.start_of(watch.round)));
		let period = short(record.rules.period);
		// A report enters the next block at the earliest, which must be of the round.
		if passed.saturating_add(1) >= period {
			return false;
		}
		let waits = watch.own.iter().map(|seat| turn(*seat, watch.round, watch.members.len()));
		let Some(wait) = waits.min() else { return false };
		if wait == 0 && is_complete {
			return true;
		}
		// The last block in which reporting makes sense is everybody's.
		let last = period.saturating_sub(2);
		passed >= wait.saturating_add(1).min(last)
	}

	fn submit_report(feed: FeedId, round: Round, observations: Observations) {
		let call = Call::report { feed, round, observations };
		let transaction = T::create_authorized_transaction(call.into());
		if SubmitTransaction::<T, Call<T>>::submit_transaction(transaction).is_err() {
			log::debug!(target: LOG_TARGET, "feed {feed}: the pool has as good a report of round {round}");
		}
	}
}

/// How many seats report before `seat` in a round.
fn turn(seat: Seat, round: Round, members: usize) -> u32 {
	let members = members as u32;
	let leader = round.checked_rem(members).unwrap_or(0);
	u32::from(seat).saturating_add(members).saturating_sub(leader).checked_rem(members).unwrap_or(0)
}

#[cfg(test)]
mod tests {
	use super::turn;

	#[test]
	fn every_seat_leads_in_its_round_and_the_others_follow() {
		assert_eq!([0, 1, 2, 3].map(|seat| turn(seat, 6, 4)), [2, 3, 0, 1]);
		assert_eq!([0, 1, 2, 3].map(|seat| turn(seat, 7, 4)), [1, 2, 3, 0]);
		assert_eq!(turn(0, 9, 0), 0);
	}
}
