//! Terms: the agenda of feeds to look at, the draw of committees, and what a term came to.

use crate::{
	types::{Member, Seats},
	Agenda, BalanceOf, Committee, CommitteeOf, Committees, Config, CreditOf, Event, FeedOf, Feeds,
	HoldReason, Pallet, Rounds, Sheets, Vacancy, WeightInfo,
};
use alloc::vec::Vec;
use codec::Encode;
use frame_support::{
	traits::{
		fungible::{hold::Balanced as _, Balanced as _},
		Get, Imbalance, OnUnbalanced,
	},
	weights::Weight,
};
use frame_system::pallet_prelude::BlockNumberFor;
use opg_primitives::{
	feed::{FeedId, Round},
	seams::{BlockEntropy, Observers},
};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::traits::{CheckedDiv, One, Saturating, UniqueSaturatedInto, Zero};

const LOG_TARGET: &str = "runtime::feeds";

impl<T: Config> Pallet<T> {
	/// Looks at the feeds whose time has come.
	pub(crate) fn look_at_due(now: BlockNumberFor<T>) -> Weight {
		let due = Agenda::<T>::take(now);
		let looks = due.len() as u64;
		due.into_iter().for_each(|feed| Self::look(feed, now));
		T::WeightInfo::initialize().saturating_add(T::WeightInfo::look().saturating_mul(looks))
	}

	/// Ends a term that is over, draws a committee where there is none, says that numbers are stale, and decides when to look again.
	fn look(feed: FeedId, now: BlockNumberFor<T>) {
		let Some(mut record) = Feeds::<T>::get(feed) else { return };
		if Committees::<T>::get(feed).is_some_and(|committee| committee.ends <= now) {
			Self::settle_term(feed, &mut record);
		}
		let mut next = match Committees::<T>::get(feed) {
			Some(committee) => committee.ends,
			None => match Self::begin_term(feed, &record, now) {
				Ok(ends) => ends,
				Err(cause) => {
					Self::deposit_event(Event::Vacant { feed, cause });
					now.saturating_add(T::RetryTime::get())
				},
			},
		};
		if let Some(deadline) = Self::tell_stale(feed, now) {
			next = next.min(deadline);
		}
		record.look_at = Self::take_place(feed, next.max(now.saturating_add(One::one())));
		Feeds::<T>::insert(feed, record);
	}

	/// Says so if nothing fresh is left; otherwise, the first block in which that may be.
	fn tell_stale(feed: FeedId, now: BlockNumberFor<T>) -> Option<BlockNumberFor<T>> {
		let mut sheet = Sheets::<T>::get(feed).filter(|sheet| !sheet.is_stale)?;
		if sheet.is_young(sheet.reported, now) {
			return Some(sheet.deadline(sheet.reported).saturating_add(One::one()));
		}
		sheet.is_stale = true;
		Sheets::<T>::insert(feed, sheet);
		Self::deposit_event(Event::WentStale { feed });
		None
	}

	fn begin_term(
		feed: FeedId,
		record: &FeedOf<T>,
		now: BlockNumberFor<T>,
	) -> Result<BlockNumberFor<T>, Vacancy> {
		let reserved = Self::cost_of_term(record);
		if record.purse < reserved {
			return Err(Vacancy::PurseTooSmall);
		}
		let entropy = T::Entropy::current().ok_or(Vacancy::NoRandomness)?;
		let seed = H256(blake2_256(&(b"opg/committee/1", feed, now, entropy).encode()));
		let drawn = T::Observers::draw_observers(seed, record.rules.seats);
		if drawn.len() < usize::from(record.rules.quorum) {
			return Err(Vacancy::TooFewObservers);
		}
		let nodes: Vec<_> = drawn.iter().map(|(node, _)| *node).collect();
		let member =
			|(node, worker)| Member { node, worker, tally: Default::default(), is_expelled: false };
		let members = Seats::truncate_from(drawn.into_iter().map(member).collect());
		let (first, ends) = Self::span_of_term(record, now);
		Committees::<T>::insert(feed, Committee { members, first, ends, rounds: 0, reserved });
		Self::deposit_event(Event::TermBegan { feed, nodes });
		Ok(ends)
	}

	/// The first round of a committee drawn in block `now`, and the block in which its term ends: where a round does, so that none is lost
	/// between two committees.
	fn span_of_term(record: &FeedOf<T>, now: BlockNumberFor<T>) -> (Round, BlockNumberFor<T>) {
		let present = record.round_of(now);
		let is_whole = record.start_of(present) == now;
		let first = if is_whole { present } else { present.saturating_add(1) };
		let last = record.round_of(now.saturating_add(T::TermLength::get()));
		(first, record.start_of(last.max(first.saturating_add(1))))
	}

	/// What a term costs at most: every seat paid for every round that may begin in it, and each round's fee. A term may last longer by as
	/// many blocks as the agenda is full.
	pub(crate) fn cost_of_term(record: &FeedOf<T>) -> BalanceOf<T> {
		let rounds = Self::rounds_of_term(record);
		let round = record
			.rules
			.reward
			.saturating_mul(u32::from(record.rules.seats).into())
			.saturating_add(record.round_fee);
		round.saturating_mul(rounds.into())
	}

	/// Rounds a committee may report.
	pub(crate) fn rounds_of_term(record: &FeedOf<T>) -> Round {
		let rounds = record.rules.period.saturating_mul(2u32.into());
		let longest = T::TermLength::get().max(rounds).saturating_add(Self::search_width().into());
		let rounds = longest.checked_div(&record.rules.period).unwrap_or(longest);
		UniqueSaturatedInto::<Round>::unique_saturated_into(rounds).saturating_add(1)
	}

	/// Ends a term, if there is one: counts its last round, pays who observed, and judges conduct.
	pub(crate) fn settle_term(feed: FeedId, record: &mut FeedOf<T>) {
		if let Some(open) = Rounds::<T>::take(feed) {
			Self::count_round(feed, record, &open);
		}
		let Some(committee) = Committees::<T>::take(feed) else { return };
		let (due, paid) = Self::due_of(record, &committee);
		let (taken, _) = T::Currency::slash(&HoldReason::Purse.into(), &record.owner, due);
		record.purse = record.purse.saturating_sub(taken.peek());
		let fee = Self::pay_members(record, &committee, taken);
		T::Upkeep::on_unbalanced(fee);
		Self::deposit_event(Event::TermEnded { feed, rounds: committee.rounds, paid });
		Self::judge(feed, record, &committee);
	}

	/// What a term has cost until now, and what of that its members have.
	pub(crate) fn due_of(
		record: &FeedOf<T>,
		committee: &CommitteeOf<T>,
	) -> (BalanceOf<T>, BalanceOf<T>) {
		let counted = committee
			.members
			.iter()
			.fold(0u32, |sum, member| sum.saturating_add(member.tally.counted));
		let pay = record.rules.reward.saturating_mul(counted.into());
		let fees = record.round_fee.saturating_mul(committee.rounds.into());
		(pay.saturating_add(fees), pay)
	}

	/// Pays the members from `purse`; what cannot be paid stays with the rest.
	fn pay_members(
		record: &FeedOf<T>,
		committee: &CommitteeOf<T>,
		mut purse: CreditOf<T>,
	) -> CreditOf<T> {
		for member in &committee.members {
			let pay = record.rules.reward.saturating_mul(member.tally.counted.into());
			if pay.is_zero() {
				continue;
			}
			let part = purse.extract(pay);
			let unpaid = match T::Observers::paid_for(member.node) {
				Some(owner) => T::Currency::resolve(&owner, part).err(),
				None => Some(part),
			};
			if let Some(unpaid) = unpaid {
				purse.subsume(unpaid);
			}
		}
		purse
	}

	/// Lets a feed be looked at in the next block.
	pub(crate) fn look_soon(feed: FeedId, record: &mut FeedOf<T>) {
		Self::leave_place(feed, record.look_at);
		let next = frame_system::Pallet::<T>::block_number().saturating_add(One::one());
		record.look_at = Self::take_place(feed, next);
	}

	/// Blocks among which one has room: every feed has one place.
	pub(crate) fn search_width() -> u32 {
		T::MaxFeeds::get().checked_div(T::MaxLooks::get()).unwrap_or(0).saturating_add(1)
	}

	/// The first block from `from` on that has room, with the feed in it.
	pub(crate) fn take_place(feed: FeedId, from: BlockNumberFor<T>) -> BlockNumberFor<T> {
		let mut at = from;
		for _ in 0..Self::search_width() {
			if Agenda::<T>::try_append(at, feed).is_ok() {
				return at;
			}
			at = at.saturating_add(One::one());
		}
		log::error!(target: LOG_TARGET, "feed {feed}: the agenda is full from {from:?} to {at:?}");
		at
	}

	pub(crate) fn leave_place(feed: FeedId, at: BlockNumberFor<T>) {
		Agenda::<T>::mutate(at, |due| due.retain(|other| *other != feed));
	}
}
