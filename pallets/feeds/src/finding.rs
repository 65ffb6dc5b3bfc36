//! What the observations of a round come to: a median for each number, or the bytes that a quorum saw.

use crate::{
	median::{is_news, is_outlier, next_entry, summaries, Summary},
	types::{Agreed, PerKey, Standing, Thresholds},
};
use alloc::vec::Vec;
use opg_primitives::feed::{agreed, Bytes, Seat, Seen, Subject, Values};

/// Observations a round must have for a number to be called too far: of fewer, honest ones need not be most.
const JUDGES: usize = 4;

/// What one seat did in one round.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Part {
	/// It saw what the others saw.
	Counted,
	/// It saw something else.
	Outlier,
	/// It saw too little, or nothing.
	Missed,
}

/// What all observations of a round come to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Finding {
	/// Of each key, if enough saw it.
	Numbers(Vec<Option<Summary>>),
	/// What a quorum saw, to the byte.
	Bytes(Option<Bytes>),
}

impl Finding {
	/// What `all` come to for a feed that stands like this.
	pub(crate) fn of<BlockNumber>(
		all: &[Seen],
		standing: &Standing<BlockNumber>,
		quorum: Seat,
	) -> Self {
		match standing {
			Standing::Numbers(entries) => Self::Numbers(summaries(all, entries.len(), quorum)),
			Standing::Bytes(_) => {
				let said = all.iter().filter_map(|one| one.values.bytes());
				Self::Bytes(agreed(said, quorum.into()).cloned())
			},
		}
	}

	/// Whether a report is worth its place; `is_late`: whether the heartbeat is over. Without an agreement there is nothing to report.
	pub(crate) fn is_due<BlockNumber>(
		&self,
		standing: &Standing<BlockNumber>,
		deviation: u32,
		is_late: bool,
	) -> bool {
		match (self, standing) {
			(Self::Numbers(seen), Standing::Numbers(entries)) => {
				is_late || is_news(entries, seen, deviation)
			},
			(Self::Bytes(Some(seen)), Standing::Bytes(last)) => {
				is_late || last.as_ref().is_none_or(|last| last.value != *seen)
			},
			_ => false,
		}
	}

	/// How a feed stands after a round begun in block `at`. `is_young`: whether what was seen in a block is not stale.
	pub(crate) fn next<BlockNumber: Copy>(
		&self,
		before: &Standing<BlockNumber>,
		subject: &Subject,
		at: BlockNumber,
		jump: u32,
		is_young: impl Fn(BlockNumber) -> bool,
	) -> Standing<BlockNumber> {
		match (self, before, subject) {
			(Self::Numbers(seen), Standing::Numbers(before), Subject::Numbers(keys)) => {
				let mut entries = PerKey::default();
				for ((before, key), seen) in before.iter().zip(keys).zip(seen) {
					let is_young = before.last.is_some_and(|last| is_young(last.at));
					let entry = match seen {
						Some(seen) => next_entry(*before, key, *seen, at, jump, is_young),
						None => *before,
					};
					let _ = entries.try_push(entry);
				}
				Standing::Numbers(entries)
			},
			(Self::Bytes(Some(value)), Standing::Bytes(_), _) => {
				Standing::Bytes(Some(Agreed { value: value.clone(), at }))
			},
			_ => before.clone(),
		}
	}

	/// What of it is told, where the feed stands like this after it.
	pub(crate) fn told<BlockNumber>(&self, after: &Standing<BlockNumber>) -> Values {
		match self {
			Self::Numbers(seen) => {
				let is_told = |key: usize| after.entry(key).is_some_and(|it| it.halt.is_none());
				let told = |(key, seen): (usize, &Option<Summary>)| {
					seen.filter(|_| is_told(key)).map(|seen| seen.value)
				};
				Values::numbers(seen.iter().enumerate().map(told))
			},
			Self::Bytes(seen) => Values::Bytes(seen.clone()),
		}
	}

	/// What a seat did that saw `own`, in a round of so many observations. Who saw less than half of what all saw has missed the round.
	pub(crate) fn part_of(&self, own: &Seen, observations: usize, limits: &Thresholds) -> Part {
		match self {
			Self::Numbers(seen) => {
				part_of_numbers(&own.values, seen, limits, observations >= JUDGES)
			},
			// A quorum is most of the seats, however few of them looked.
			Self::Bytes(seen) => match (own.values.bytes(), seen) {
				(None, Some(_)) => Part::Missed,
				(Some(own), Some(seen)) if own != seen => Part::Outlier,
				_ => Part::Counted,
			},
		}
	}
}

fn part_of_numbers(
	own: &Values,
	seen: &[Option<Summary>],
	limits: &Thresholds,
	can_judge: bool,
) -> Part {
	let mut wanted: u32 = 0;
	let mut given: u32 = 0;
	for (key, all) in seen.iter().enumerate() {
		let Some(all) = all else { continue };
		wanted = wanted.saturating_add(1);
		let Some(own) = own.number(key) else { continue };
		given = given.saturating_add(1);
		if can_judge && is_outlier(own, *all, limits) {
			return Part::Outlier;
		}
	}
	if given.saturating_mul(2) < wanted {
		Part::Missed
	} else {
		Part::Counted
	}
}
