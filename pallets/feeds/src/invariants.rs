//! The laws of feeds, checked after every test and by `try_state`.

use crate::{
	types::Standing, Agenda, BalanceOf, Committees, Config, Descriptions, Feeds, History,
	HoldReason, NextFeed, Pallet, Rounds, Sheets,
};
use alloc::collections::{BTreeMap, BTreeSet};
use frame_support::{
	ensure,
	traits::{fungible::hold::Inspect, Get},
};
use opg_primitives::NodeId;
use sp_runtime::{traits::Zero, Saturating, TryRuntimeError};

impl<T: Config> Pallet<T> {
	/// Checks every law.
	pub fn check_laws() -> Result<(), TryRuntimeError> {
		Self::check_records()?;
		Self::check_holds()?;
		Self::check_committees()?;
		Self::check_rounds()?;
		Self::check_numbers()?;
		Self::check_bytes()?;
		Self::check_agenda()
	}

	/// Every feed's number was given out, it has a description and a sheet of as many keys, and nothing is kept of one that is gone.
	fn check_records() -> Result<(), TryRuntimeError> {
		let next = NextFeed::<T>::get();
		for feed in Feeds::<T>::iter_keys() {
			ensure!(feed < next, "a feed has a number not given out");
			let subject = Descriptions::<T>::get(feed).map(|description| description.subject);
			let sheet = Sheets::<T>::get(feed);
			let is_told = subject
				.zip(sheet)
				.is_some_and(|(subject, sheet)| sheet.standing.fits(&subject.nothing()));
			ensure!(is_told, "a feed's keys are not those it tells");
		}
		let feeds = Feeds::<T>::iter_keys().count();
		ensure!(Feeds::<T>::count() as usize == feeds, "feeds are miscounted");
		ensure!(feeds <= T::MaxFeeds::get() as usize, "there are too many feeds");
		ensure!(
			Descriptions::<T>::iter_keys().count() == feeds
				&& Sheets::<T>::iter_keys().count() == feeds,
			"a record outlived its feed"
		);
		for (feed, place, snapshot) in History::<T>::iter() {
			ensure!(Feeds::<T>::contains_key(feed), "a history outlived its feed");
			ensure!(
				snapshot.round.checked_rem(T::HistoryDepth::get()) == Some(place),
				"a round stands at another's place"
			);
		}
		Ok(())
	}

	/// What is held is what purses and deposits say, owner by owner, to the unit.
	fn check_holds() -> Result<(), TryRuntimeError> {
		let mut purses = BTreeMap::<T::AccountId, BalanceOf<T>>::new();
		for record in Feeds::<T>::iter_values() {
			let sum = purses.entry(record.owner).or_insert_with(Zero::zero);
			*sum = sum.saturating_add(record.purse).saturating_add(record.deposit);
		}
		for account in frame_system::Account::<T>::iter_keys() {
			let owed = purses.get(&account).copied().unwrap_or_else(Zero::zero);
			let held = T::Currency::balance_on_hold(&HoldReason::Purse.into(), &account);
			ensure!(held == owed, "a hold is not what purses say");
		}
		Ok(())
	}

	/// A committee has a quorum of different nodes, nobody counts more rounds than there were, and its purse covers it.
	fn check_committees() -> Result<(), TryRuntimeError> {
		for (feed, committee) in Committees::<T>::iter() {
			let record = Feeds::<T>::get(feed).ok_or("a committee is of no feed")?;
			let nodes: BTreeSet<NodeId> = committee.members.iter().map(|one| one.node).collect();
			ensure!(nodes.len() == committee.members.len(), "a node has two seats");
			let (quorum, seats) = (record.rules.quorum, record.rules.seats);
			ensure!(
				(usize::from(quorum)..=usize::from(seats)).contains(&nodes.len()),
				"a committee has too few or too many seats"
			);
			for member in &committee.members {
				let tally = member.tally;
				let parts = tally.counted.saturating_add(tally.outliers);
				let is_whole = parts.saturating_add(tally.missed) == committee.rounds;
				ensure!(is_whole || member.is_expelled, "a seat's rounds are miscounted");
			}
			ensure!(
				committee.rounds.saturating_add(Rounds::<T>::contains_key(feed).into())
					<= Self::rounds_of_term(&record),
				"a term has too many rounds"
			);
			let (due, _) = Self::due_of(&record, &committee);
			ensure!(
				due <= committee.reserved && committee.reserved <= record.purse,
				"a purse does not cover its term"
			);
		}
		Ok(())
	}

	/// An open round is of the present committee, with observations of different seats, a quorum of them.
	fn check_rounds() -> Result<(), TryRuntimeError> {
		let now = frame_system::Pallet::<T>::block_number();
		for (feed, open) in Rounds::<T>::iter() {
			let record = Feeds::<T>::get(feed).ok_or("a round is of no feed")?;
			let committee = Committees::<T>::get(feed).ok_or("a round is of no committee")?;
			ensure!(
				(committee.first..=record.round_of(now)).contains(&open.round),
				"a round is of another time"
			);
			let is_ascending =
				open.seen.windows(2).all(|pair| matches!(pair, [a, b] if a.seat < b.seat));
			let has_seats =
				open.seen.iter().all(|one| usize::from(one.seat) < committee.members.len());
			ensure!(is_ascending && has_seats, "an observation counts twice, or is nobody's");
			ensure!(
				open.seen.len() >= usize::from(record.rules.quorum),
				"a round without a quorum was taken"
			);
		}
		Ok(())
	}

	/// Numbers that are told are within their bounds and not of a time to come.
	fn check_numbers() -> Result<(), TryRuntimeError> {
		let now = frame_system::Pallet::<T>::block_number();
		for (feed, sheet) in Sheets::<T>::iter() {
			let description = Descriptions::<T>::get(feed).ok_or("a sheet is of no feed")?;
			ensure!(sheet.reported <= now, "a report is of a time to come");
			for (index, entry) in sheet.standing.entries().iter().enumerate() {
				let key = description.subject.key(index).ok_or("a number is of no key")?;
				ensure!(key.decimals == entry.decimals, "a number has other decimals");
				let Some(last) = entry.last else { continue };
				ensure!(last.at <= now, "a number is of a time to come");
				ensure!((key.min..=key.max).contains(&last.value), "a number is out of its bounds");
			}
		}
		Ok(())
	}

	/// Bytes that are told are of the last reported round, and what a quorum of it saw as long as it is open.
	fn check_bytes() -> Result<(), TryRuntimeError> {
		for (feed, sheet) in Sheets::<T>::iter() {
			let Standing::Bytes(last) = sheet.standing else { continue };
			let Some(last) = last else { continue };
			ensure!(last.at == sheet.reported, "bytes are of another round than the last");
			let Some(open) = Rounds::<T>::get(feed) else { continue };
			let record = Feeds::<T>::get(feed).ok_or("a round is of no feed")?;
			let alike = open.seen.iter().filter(|one| one.values.bytes() == Some(&last.value));
			ensure!(
				alike.count() >= usize::from(record.rules.quorum),
				"bytes are told that no quorum saw"
			);
		}
		Ok(())
	}

	/// Every feed has the place it knows, still to come, and no other.
	fn check_agenda() -> Result<(), TryRuntimeError> {
		let now = frame_system::Pallet::<T>::block_number();
		for (feed, record) in Feeds::<T>::iter() {
			ensure!(
				record.look_at > now && Agenda::<T>::get(record.look_at).contains(&feed),
				"a feed would never be looked at"
			);
		}
		let places: usize = Agenda::<T>::iter_values().map(|due| due.len()).sum();
		ensure!(places == Feeds::<T>::iter_keys().count(), "a feed has a place too many");
		Ok(())
	}
}
