//! Reports: which enter a block at all, and what the chain makes of them.

use crate::{
	finding::Finding, types::Standing, Committees, Config, Description, Descriptions, Event,
	FeedOf, Feeds, History, Observations, OpenRound, Pallet, Rounds, Sheet, Sheets, Snapshot,
};
use alloc::vec::Vec;
use codec::Encode;
use frame_support::{
	pallet_prelude::{
		InvalidTransaction, TransactionSource, TransactionValidityWithRefund, ValidTransaction,
	},
	traits::Get,
	weights::Weight,
};
use frame_system::pallet_prelude::BlockNumberFor;
use opg_primitives::feed::{FeedId, KeyIndex, Observation, Round, Seen};
use sp_application_crypto::RuntimeAppPublic;
use sp_core::H256;
use sp_io::hashing::sha2_256;
use sp_runtime::traits::{Saturating, Zero};

/// Blocks a report stays in the pool: a round is not much longer, and its nodes send it again.
const LONGEVITY: u64 = 4;

/// Numbers in a report, or as many as its bytes count for, which its weight grows with.
pub(crate) fn values_in(observations: &[Observation]) -> u32 {
	observations.iter().fold(0u32, |sum, one| sum.saturating_add(one.seen.values.size()))
}

/// Numbers in a report that sources signed.
pub(crate) fn signed_in(observations: &[Observation]) -> u32 {
	let signed = observations.iter().filter(|one| one.token.is_some());
	signed.fold(0u32, |sum, one| sum.saturating_add(one.seen.values.size()))
}

impl<T: Config> Pallet<T> {
	/// Cheap facts first, the signatures last: any peer may send anything.
	pub(crate) fn authorize_report(
		_source: TransactionSource,
		feed: &FeedId,
		round: &Round,
		observations: &Observations,
	) -> TransactionValidityWithRefund {
		let (feed, round) = (*feed, *round);
		let record = Feeds::<T>::get(feed).ok_or(InvalidTransaction::BadSigner)?;
		let now = frame_system::Pallet::<T>::block_number();
		let present = record.round_of(now);
		if round > present {
			return Err(InvalidTransaction::Future.into());
		}
		let committee = Committees::<T>::get(feed).ok_or(InvalidTransaction::BadSigner)?;
		if round < present || round < committee.first {
			return Err(InvalidTransaction::Stale.into());
		}
		let open = Rounds::<T>::get(feed).filter(|open| open.round == round);
		let taken = open.as_ref().map_or(0, |open| open.seen.len());
		let least = if open.is_some() { 1 } else { usize::from(record.rules.quorum) };
		let is_ascending =
			observations.windows(2).all(|pair| matches!(pair, [a, b] if a.seen.seat < b.seen.seat));
		let sheet = Sheets::<T>::get(feed).ok_or(InvalidTransaction::BadSigner)?;
		let fits = |one: &Observation| sheet.standing.fits(&one.seen.values);
		if observations.len() < least || !is_ascending || !observations.iter().all(fits) {
			return Err(InvalidTransaction::Call.into());
		}
		if let Some(open) = &open {
			let is_known = |seat| open.seen.iter().any(|known| known.seat == seat);
			if observations.iter().any(|one| is_known(one.seen.seat)) {
				return Err(InvalidTransaction::Stale.into());
			}
		} else if !Self::is_due(&record, &sheet, observations, now) {
			return Err(InvalidTransaction::Stale.into());
		}
		if !Self::are_vouched_for(feed, &record, observations) {
			return Err(InvalidTransaction::BadProof.into());
		}
		let genesis = Self::genesis();
		for one in observations {
			let member = committee
				.members
				.get(usize::from(one.seen.seat))
				.filter(|member| !member.is_expelled)
				.ok_or(InvalidTransaction::BadSigner)?;
			let claim = one.seen.sighting(feed, record.version, round).statement(genesis);
			if !member.worker.verify(&claim, &one.signature) {
				return Err(InvalidTransaction::BadProof.into());
			}
		}
		// Of two reports that would come next, the one with more stays in the pool.
		ValidTransaction::with_tag_prefix("OpgReport")
			.priority(observations.len() as u64)
			.and_provides((feed, round, taken as u32))
			.longevity(LONGEVITY)
			.propagate(true)
			.build()
			.map(|validity| (validity, Weight::zero()))
	}

	/// Whether a first report of a round is worth its place.
	pub(crate) fn is_due(
		record: &FeedOf<T>,
		sheet: &Sheet<BlockNumberFor<T>>,
		observations: &[Observation],
		now: BlockNumberFor<T>,
	) -> bool {
		let rules = &record.rules;
		let all: Vec<_> = observations.iter().map(|one| one.seen.clone()).collect();
		let is_late = now >= sheet.reported.saturating_add(rules.heartbeat);
		Finding::of(&all, &sheet.standing, rules.quorum).is_due(
			&sheet.standing,
			rules.deviation,
			is_late,
		)
	}

	pub(crate) fn do_report(feed: FeedId, round: Round, observations: Observations) {
		let Some(mut record) = Feeds::<T>::get(feed) else { return };
		let Some(Description { subject, .. }) = Descriptions::<T>::get(feed) else { return };
		let Some(mut sheet) = Sheets::<T>::get(feed) else { return };
		let mut open = match Rounds::<T>::take(feed) {
			Some(open) if open.round == round => open,
			other => {
				if let Some(open) = other {
					Self::count_round(feed, &record, &open);
				}
				let before = sheet.standing.clone();
				OpenRound { round, seen: Default::default(), before }
			},
		};
		for one in observations {
			// They were checked to be of other seats, and there are no more seats than room.
			let _ = open.seen.try_push(one.seen);
		}
		open.seen.sort_by_key(|one| one.seat);

		let at = record.start_of(round);
		let found = Finding::of(&open.seen, &open.before, record.rules.quorum);
		let is_young = |seen| sheet.is_young(seen, at);
		let standing = found.next(&open.before, &subject, at, record.rules.jump, is_young);
		Self::tell_halts(feed, &sheet.standing, &standing);
		Self::remember(feed, &record, &open, &found, &standing);
		let observers = open.seen.len() as u32;
		sheet.standing = standing;
		sheet.reported = at;
		if sheet.is_stale {
			// Its next silence has a deadline again.
			sheet.is_stale = false;
			Self::look_soon(feed, &mut record);
			Feeds::<T>::insert(feed, &record);
		}
		Sheets::<T>::insert(feed, sheet);
		Rounds::<T>::insert(feed, open);
		Self::deposit_event(Event::Reported { feed, round, observers });
	}

	fn tell_halts(
		feed: FeedId,
		before: &Standing<BlockNumberFor<T>>,
		after: &Standing<BlockNumberFor<T>>,
	) {
		let both = before.entries().iter().zip(after.entries());
		for (key, (before, after)) in (0..KeyIndex::MAX).zip(both) {
			match (before.halt.is_some(), after.halt.is_some()) {
				(false, true) => Self::deposit_event(Event::Halted { feed, key }),
				(true, false) => Self::deposit_event(Event::Resumed { feed, key }),
				_ => {},
			}
		}
	}

	fn remember(
		feed: FeedId,
		record: &FeedOf<T>,
		open: &OpenRound<BlockNumberFor<T>>,
		found: &Finding,
		standing: &Standing<BlockNumberFor<T>>,
	) {
		let bit = |one: &Seen| 1u32.checked_shl(one.seat.into()).unwrap_or(0);
		let snapshot = Snapshot {
			round: open.round,
			at: record.start_of(open.round),
			version: record.version,
			observers: open.seen.iter().fold(0, |all, one| all | bit(one)),
			digest: H256(sha2_256(&open.seen.encode())),
			values: found.told(standing),
		};
		let place = open.round.checked_rem(T::HistoryDepth::get()).unwrap_or(0);
		History::<T>::insert(feed, place, snapshot);
	}

	/// The chain's first hash, which every signature names.
	pub(crate) fn genesis() -> T::Hash {
		frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero())
	}
}
