//! How many requests to hold open, so that nodes are busy and requests do not wait longer than that takes; no clock, no network.
//!
//! By Little's law nodes that settle r requests a block, each in t blocks, have r·t of them open. More only wait. As in BBR
//! congestion control, r is the best seen of late and t what a request takes that is alone.

use std::collections::VecDeque;

/// What is held open, by what nodes that settle as fast as they did would have open: first to find out how fast they can be.
const RISING: u64 = 4;
/// And then to keep them busy.
const STEADY: u64 = 2;
/// Requests open at least: nodes begin with one job each.
const LEAST_OPEN: u64 = 32;
/// Times that a request takes alone, for which the pace must not have grown to be steady.
const STEADY_FOR: u64 = 5;

/// Decides how many requests to hold open.
#[derive(Debug)]
pub(crate) struct Throttle {
	/// Blocks that a request takes that is alone.
	alone: u64,
	fixed: Option<u64>,
	gain: u64,
	/// Blocks of late, and how many requests had ended by each.
	ended: VecDeque<(u64, u64)>,
	/// The best pace seen, in requests a thousand blocks.
	best: u64,
	grown_at: Option<u64>,
}

impl Throttle {
	/// For requests that take `alone` blocks when they are alone; `fixed` open where that is given.
	pub(crate) fn new(alone: u64, fixed: Option<u64>) -> Self {
		let (ended, gain) = (VecDeque::new(), RISING);
		Self { alone: alone.max(1), fixed, gain, ended, best: 0, grown_at: None }
	}

	/// Takes in how many requests had ended by `block`.
	pub(crate) fn note(&mut self, block: u64, ended: u64) {
		self.ended.push_back((block, ended));
		let is_old = |(then, _): &(u64, u64)| block.saturating_sub(*then) >= self.alone;
		while self.ended.get(1).is_some_and(is_old) {
			self.ended.pop_front();
		}
		let Some((then, before)) = self.ended.front() else { return };
		let thousands = ended.saturating_sub(*before).saturating_mul(1_000);
		let pace = thousands.checked_div(block.saturating_sub(*then)).unwrap_or(0);
		// A twentieth more is chance, not growth.
		if pace > self.best.saturating_add(self.best / 20) {
			self.grown_at = Some(block);
		}
		self.best = self.best.max(pace);
	}

	/// How many requests may be open.
	pub(crate) fn most_open(&self) -> u64 {
		let busy = self.best.saturating_mul(self.alone).saturating_mul(self.gain) / 1_000;
		self.fixed.unwrap_or_else(|| busy.max(LEAST_OPEN))
	}

	/// Whether requests end as fast as they can.
	pub(crate) fn is_steady(&self) -> bool {
		let newest = self.ended.back().map_or(0, |(block, _)| *block);
		let patience = self.alone.saturating_mul(STEADY_FOR);
		self.grown_at.is_some_and(|grown_at| newest.saturating_sub(grown_at) >= patience)
	}

	/// The pace is found: holds no more open than keeps it.
	pub(crate) fn settle(&mut self) {
		self.gain = STEADY;
	}
}

#[cfg(test)]
mod tests {
	use super::{Throttle, LEAST_OPEN};

	const ALONE: u64 = 5;

	/// A chain on which each request takes [`ALONE`] blocks, or longer once more than `most` would end in a block.
	fn run(throttle: &mut Throttle, most: u64, blocks: std::ops::Range<u64>) {
		let mut made = vec![0];
		let mut ended = 0;
		for block in blocks {
			let ripe = made.len().checked_sub(usize::try_from(ALONE).unwrap());
			let ripe = ripe.map_or(0, |index| made[index]);
			ended += (ripe - ended).min(most);
			throttle.note(block, ended);
			let newest = *made.last().unwrap();
			made.push(newest.max(ended + throttle.most_open()));
		}
	}

	#[test]
	fn a_few_are_open_before_anything_is_known() {
		assert_eq!(Throttle::new(ALONE, None).most_open(), LEAST_OPEN);
		assert!(!Throttle::new(ALONE, None).is_steady());
	}

	#[test]
	fn the_pace_is_found_and_then_held_with_twice_what_it_needs() {
		let mut throttle = Throttle::new(ALONE, None);
		run(&mut throttle, 200, 0..100);
		assert!(throttle.is_steady());
		assert_eq!(throttle.most_open(), 4 * 200 * ALONE);
		throttle.settle();
		assert_eq!(throttle.most_open(), 2 * 200 * ALONE);
	}

	#[test]
	fn a_pace_that_grows_is_not_steady() {
		let mut throttle = Throttle::new(ALONE, None);
		run(&mut throttle, 1_000_000, 0..40);
		assert!(!throttle.is_steady());
		assert!(throttle.most_open() > 100 * LEAST_OPEN);
	}

	#[test]
	fn a_pause_does_not_lower_it() {
		let mut throttle = Throttle::new(ALONE, None);
		for (block, ended) in [(0, 0), (5, 500), (10, 500), (15, 500)] {
			throttle.note(block, ended);
		}
		assert_eq!(throttle.most_open(), 4 * 100 * ALONE);
	}

	#[test]
	fn what_was_asked_for_stays() {
		let mut throttle = Throttle::new(ALONE, Some(7));
		run(&mut throttle, 200, 0..50);
		throttle.settle();
		assert_eq!(throttle.most_open(), 7);
	}
}
