//! The arithmetic of rounds: medians, spreads, distances. Without floats.

use crate::types::{Cause, Entry, Halt, PerKey, Point, Thresholds, WHOLE};
use alloc::vec::Vec;
use opg_primitives::feed::{Key, Seat, Seen};

/// What observations of one number come to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Summary {
	/// The lower median.
	pub(crate) value: i64,
	/// The distance between the lower quartiles.
	pub(crate) spread: u64,
}

/// What all that was seen says about each of `keys` keys; `None` where fewer than `quorum` say anything.
pub(crate) fn summaries(all: &[Seen], keys: usize, quorum: Seat) -> Vec<Option<Summary>> {
	(0..keys)
		.map(|key| {
			let seen = all.iter().filter_map(|one| one.values.number(key)).collect();
			summary(seen, quorum)
		})
		.collect()
}

fn summary(mut seen: Vec<i64>, quorum: Seat) -> Option<Summary> {
	if seen.len() < usize::from(quorum) {
		return None;
	}
	seen.sort_unstable();
	let last = seen.len().checked_sub(1)?;
	let at = |quarters: usize| seen.get(last.saturating_mul(quarters) / 4).copied();
	let (low, value, high) = (at(1)?, at(2)?, at(3)?);
	Some(Summary { value, spread: high.abs_diff(low) })
}

/// Whether `value` is further than `parts` ten-thousandths of `base` from it.
pub(crate) fn is_apart(value: i64, base: i64, parts: u32) -> bool {
	let distance = u128::from(value.abs_diff(base)).saturating_mul(WHOLE.into());
	distance > u128::from(base.unsigned_abs()).saturating_mul(parts.into())
}

/// Whether an observed value is too far from what all came to.
pub(crate) fn is_outlier(value: i64, all: Summary, limits: &Thresholds) -> bool {
	value.abs_diff(all.value) > all.spread.saturating_mul(4).max(1)
		&& is_apart(value, all.value, limits.distance)
}

/// How a key stands after a round begun in block `at` came to `seen`. `is_young`: whether its last number is not stale.
pub(crate) fn next_entry<BlockNumber: Copy>(
	before: Entry<BlockNumber>,
	key: &Key,
	seen: Summary,
	at: BlockNumber,
	jump: u32,
	is_young: bool,
) -> Entry<BlockNumber> {
	let halted =
		|cause| Entry { halt: Some(Halt { cause, seen: seen.value, since: at }), ..before };
	if seen.value < key.min || seen.value > key.max {
		return halted(Cause::Bounds);
	}
	let jumps = before
		.last
		.filter(|_| is_young && jump > 0)
		.is_some_and(|last| is_apart(seen.value, last.value, jump));
	let is_confirmed = matches!(
		before.halt,
		Some(Halt { cause: Cause::Jump, seen: first, .. }) if !is_apart(seen.value, first, jump)
	);
	if jumps && !is_confirmed {
		return halted(Cause::Jump);
	}
	let last = Some(Point { value: seen.value, spread: seen.spread, at });
	Entry { last, halt: None, ..before }
}

/// Whether a report is worth its place before the heartbeat: a number moved, came back, or is the first.
pub(crate) fn is_news<BlockNumber>(
	entries: &PerKey<Entry<BlockNumber>>,
	seen: &[Option<Summary>],
	deviation: u32,
) -> bool {
	deviation == 0
		|| entries.iter().zip(seen).any(|(entry, seen)| match (&entry.last, seen) {
			(_, None) => false,
			(None, Some(_)) => true,
			(Some(last), Some(seen)) => {
				entry.halt.is_some()
					|| (seen.value != last.value && is_apart(seen.value, last.value, deviation))
			},
		})
}

#[cfg(test)]
mod tests {
	use super::{is_apart, is_outlier, summary, Summary};
	use crate::mock::THRESHOLDS;
	use proptest::prelude::*;

	#[test]
	fn the_lower_median_and_the_middle_half() {
		assert_eq!(summary(vec![5], 1), Some(Summary { value: 5, spread: 0 }));
		assert_eq!(summary(vec![9, 1], 2), Some(Summary { value: 1, spread: 0 }));
		assert_eq!(summary(vec![4, 1, 3, 2], 3), Some(Summary { value: 2, spread: 2 }));
		assert_eq!(summary(vec![1, 2, 3, 4, 100], 3), Some(Summary { value: 3, spread: 2 }));
		assert_eq!(summary(vec![1, 2], 3), None);
		assert_eq!(summary(vec![], 0), None);
		let far = summary(vec![i64::MIN, i64::MIN, i64::MAX, i64::MAX, i64::MAX], 1);
		assert_eq!(far, Some(Summary { value: i64::MAX, spread: u64::MAX }));
	}

	#[test]
	fn apart_is_beyond_so_many_ten_thousandths() {
		assert!(!is_apart(10_250, 10_000, 250));
		assert!(is_apart(10_251, 10_000, 250));
		assert!(is_apart(-10_251, -10_000, 250));
		assert!(is_apart(1, 0, 250));
		assert!(!is_apart(0, 0, 0));
		assert!(is_apart(i64::MIN, i64::MAX, 10_000));
	}

	#[test]
	fn a_wide_spread_makes_nobody_an_outlier() {
		let all = |spread| Summary { value: 10_000, spread };
		assert!(is_outlier(20_000, all(100), &THRESHOLDS));
		assert!(!is_outlier(20_000, all(2_500), &THRESHOLDS));
		assert!(!is_outlier(10_100, all(0), &THRESHOLDS), "a hundredth is no lie");
		assert!(!is_outlier(1, Summary { value: 0, spread: 0 }, &THRESHOLDS), "the last digit");
	}

	proptest! {
		#[test]
		fn is_within_the_honest_range_while_liars_are_less_than_half(
			honest in prop::collection::vec(-1_000..1_000i64, 1..31),
			liars in prop::collection::vec(any::<i64>(), 0..30),
		) {
			let liars = &liars[..liars.len().min(honest.len() - 1)];
			let all = [honest.as_slice(), liars].concat();
			let found = summary(all, 1).expect("some").value;
			let (least, most) = (honest.iter().min(), honest.iter().max());
			prop_assert!(Some(&found) >= least && Some(&found) <= most);
		}
	}
}
