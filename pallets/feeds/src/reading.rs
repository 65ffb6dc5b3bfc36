//! What others are told of feeds.

use crate::{
	api::{Listed, Shown},
	types::Standing,
	Committees, Config, Descriptions, Feeds, History, Pallet, Sheets, Snapshot,
};
use alloc::vec::Vec;
use frame_support::traits::Get;
use frame_system::pallet_prelude::BlockNumberFor;
use opg_primitives::{
	feed::{FeedId, KeyIndex, Reading},
	seams::FeedReader,
};

impl<T: Config> FeedReader<BlockNumberFor<T>> for Pallet<T> {
	fn read(feed: FeedId, key: KeyIndex) -> Option<Reading<BlockNumberFor<T>>> {
		Sheets::<T>::get(feed)?.read(key, frame_system::Pallet::<T>::block_number())
	}

	fn earlier(
		feed: FeedId,
		key: KeyIndex,
		before: BlockNumberFor<T>,
		count: u8,
	) -> Vec<(i64, BlockNumberFor<T>)> {
		let Some(record) = Feeds::<T>::get(feed) else { return Vec::new() };
		let from = record.round_of(before);
		let told = |back: u32| {
			let round = from.checked_sub(back)?;
			let place = round.checked_rem(T::HistoryDepth::get())?;
			let kept = History::<T>::get(feed, place).filter(|kept| kept.round == round)?;
			let value = kept.values.number(key.into())?;
			Some((value, kept.at))
		};
		(1..=u32::from(count).saturating_mul(2)).filter_map(told).take(count.into()).collect()
	}

	fn tells_numbers(feed: FeedId) -> bool {
		let sheet = Sheets::<T>::get(feed);
		sheet.is_some_and(|sheet| matches!(sheet.standing, Standing::Numbers(_)))
	}

	fn is_curated(feed: FeedId) -> bool {
		Feeds::<T>::get(feed).is_some_and(|record| record.is_curated)
	}

	fn is_signed(feed: FeedId) -> bool {
		Feeds::<T>::get(feed).is_some_and(|record| record.is_signed)
	}
}

impl<T: Config> Pallet<T> {
	/// Every feed, by number.
	pub fn list() -> Vec<Listed> {
		let mut all: Vec<_> = Feeds::<T>::iter()
			.map(|(feed, record)| Listed {
				feed,
				name: record.name,
				keys: Sheets::<T>::get(feed)
					.map_or(0, |sheet| sheet.standing.entries().len() as u32),
				is_curated: record.is_curated,
				is_signed: record.is_signed,
				has_committee: Committees::<T>::contains_key(feed),
			})
			.collect();
		all.sort_unstable_by_key(|listed| listed.feed);
		all
	}

	/// A feed with what it tells now.
	pub fn show(
		feed: FeedId,
	) -> Option<Shown<T::AccountId, crate::BalanceOf<T>, BlockNumberFor<T>>> {
		let now = frame_system::Pallet::<T>::block_number();
		let sheet = Sheets::<T>::get(feed)?;
		let keys = (0..sheet.standing.keys()).filter_map(|key| sheet.read(key, now));
		let record = Feeds::<T>::get(feed)?;
		Some(Shown {
			term_cost: Self::cost_of_term(&record),
			round: record.round_of(now),
			record,
			description: Descriptions::<T>::get(feed)?,
			readings: keys.collect(),
			nodes: Committees::<T>::get(feed)
				.map(|committee| committee.members.iter().map(|member| member.node).collect())
				.unwrap_or_default(),
		})
	}

	/// The rounds kept of a feed, oldest first.
	pub fn history(feed: FeedId) -> Vec<Snapshot<BlockNumberFor<T>>> {
		let mut all: Vec<_> = History::<T>::iter_prefix_values(feed).collect();
		all.sort_unstable_by_key(|snapshot| snapshot.round);
		all
	}
}
