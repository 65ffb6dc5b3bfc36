//! How far a node can be relied on: a number that answers in time raise slowly and misses lower fast.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// The best there is.
const FULL: u16 = 1_000;
/// What a node begins with.
const START: u16 = 500;
/// Below this a node gets no jobs.
const LEAST: u16 = 200;

/// A node's score, in thousandths.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Score(u16);

impl Default for Score {
	fn default() -> Self {
		Self(START)
	}
}

impl Score {
	/// Of a node that gave a wrong answer.
	pub const NONE: Self = Self(0);

	/// The score in thousandths.
	pub const fn permille(self) -> u16 {
		self.0
	}

	/// Counts an answer in time: a sixteenth of what is missing.
	pub fn rise(&mut self) {
		let missing = FULL.saturating_sub(self.0);
		self.0 = self.0.saturating_add((missing / 16).max(1)).min(FULL);
	}

	/// Counts a miss: a quarter of what there is.
	pub fn fall(&mut self) {
		self.0 = self.0.saturating_sub(self.0 / 4);
	}

	/// Counts poor conduct in work that others do not depend on: a quarter, but never too low for jobs.
	pub fn fall_to_least(&mut self) {
		self.fall();
		self.0 = self.0.max(LEAST);
	}

	/// Whether the next miss makes it too low for new jobs.
	pub const fn is_least(self) -> bool {
		self.0 <= LEAST
	}

	/// Whether it is too low for new jobs.
	pub const fn is_low(self) -> bool {
		self.0 < LEAST
	}
}

#[cfg(test)]
mod tests {
	use super::Score;

	#[test]
	fn starts_in_the_middle() {
		assert_eq!(Score::default().permille(), 500);
		assert!(!Score::default().is_low());
	}

	#[test]
	fn rises_to_the_full_thousand_and_no_further() {
		let mut score = Score::default();
		score.rise();
		assert_eq!(score.permille(), 531);
		(0..200).for_each(|_| score.rise());
		assert_eq!(score.permille(), 1_000);
	}

	#[test]
	fn is_low_after_four_misses_in_a_row() {
		let mut score = Score::default();
		let after: Vec<_> = (0..4)
			.map(|_| {
				score.fall();
				(score.permille(), score.is_low())
			})
			.collect();
		assert_eq!(after, [(375, false), (282, false), (212, false), (159, true)]);
	}

	#[test]
	fn bears_one_miss_in_ten() {
		let mut score = Score::default();
		for _ in 0..100 {
			score.fall();
			assert!(!score.is_low());
			(0..9).for_each(|_| score.rise());
		}
	}

	#[test]
	fn of_a_liar_is_nothing() {
		assert_eq!(Score::NONE.permille(), 0);
		assert!(Score::NONE.is_low());
	}
}
