//! How many jobs a node carries at once: a window that answers in time widen and a miss halves, as TCP does (RFC 5681).

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use opg_primitives::seams::Delivery;
use scale_info::TypeInfo;

/// One job, in the window's unit.
const JOB: u32 = 1_000;

/// A node's window. It starts at one job, grows by a job an answer until the first miss (so it doubles each round), and
/// by a job a round from then on; never beyond twice the most jobs the node ever carried at once, so that nothing is earned idle.
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
pub struct Capacity {
	/// The window, in thousandths of a job; at least one job.
	window: u32,
	/// Where growth turns from a job an answer to a job a round.
	threshold: u32,
	/// Jobs carried now.
	used: u32,
	/// The most jobs ever carried at once.
	peak: u32,
}

impl Default for Capacity {
	fn default() -> Self {
		Self { window: JOB, threshold: u32::MAX, used: 0, peak: 0 }
	}
}

impl Capacity {
	/// Jobs it may carry at once, with a bond for `bonded` jobs.
	pub fn limit(&self, bonded: u32) -> u32 {
		(self.window / JOB).min(bonded)
	}

	/// Jobs carried now.
	pub const fn used(&self) -> u32 {
		self.used
	}

	/// Jobs it may take on now, with a bond for `bonded` jobs.
	pub fn free(&self, bonded: u32) -> u32 {
		self.limit(bonded).saturating_sub(self.used)
	}

	/// Takes one job on.
	pub fn take(&mut self) {
		self.used = self.used.saturating_add(1);
		self.peak = self.peak.max(self.used);
	}

	/// Ends one job; `most` is the most jobs any node carries.
	pub fn release(&mut self, delivery: Delivery, most: u32) {
		let most = self.peak.saturating_mul(2).min(most).max(1).saturating_mul(JOB);
		self.used = self.used.saturating_sub(1);
		match delivery {
			Delivery::InTime => {
				let step = if self.window < self.threshold {
					JOB
				} else {
					JOB.saturating_mul(JOB).checked_div(self.window).unwrap_or(0).max(1)
				};
				self.window = self.window.saturating_add(step).min(most.max(self.window));
			},
			Delivery::Missed => {
				self.threshold = (self.window / 2).max(JOB);
				self.window = self.threshold;
			},
			Delivery::Excused => {},
		}
	}
}

#[cfg(test)]
mod tests {
	use super::Capacity;
	use opg_primitives::seams::Delivery;

	fn round(capacity: &mut Capacity) -> u32 {
		let jobs = capacity.limit(u32::MAX);
		(0..jobs).for_each(|_| capacity.take());
		(0..jobs).for_each(|_| capacity.release(Delivery::InTime, 1_000));
		capacity.limit(u32::MAX)
	}

	#[test]
	fn starts_with_one_job_and_grows_each_round() {
		let mut capacity = Capacity::default();
		assert_eq!(capacity.limit(u32::MAX), 1);
		assert_eq!(round(&mut capacity), 2);
		let later = (0..6).map(|_| round(&mut capacity)).last().expect("six rounds");
		assert!(later >= 32, "{later}");
	}

	#[test]
	fn halves_on_a_miss_and_then_grows_by_about_a_job_a_round() {
		let mut capacity = Capacity::default();
		while capacity.limit(u32::MAX) < 64 {
			round(&mut capacity);
		}
		let before = capacity.limit(u32::MAX);
		capacity.take();
		capacity.release(Delivery::Missed, 1_000);
		let halved = capacity.limit(u32::MAX);
		assert_eq!(halved, before / 2);
		assert!(round(&mut capacity) <= halved + 1);
	}

	#[test]
	fn never_falls_below_one_job() {
		let mut capacity = Capacity::default();
		for _ in 0..5 {
			capacity.take();
			capacity.release(Delivery::Missed, 1_000);
		}
		assert_eq!(capacity.limit(u32::MAX), 1);
	}

	#[test]
	fn does_not_grow_by_answers_that_leave_it_idle() {
		let mut capacity = Capacity::default();
		(0..5).for_each(|_| {
			round(&mut capacity);
		});
		let before = capacity.limit(u32::MAX);
		capacity.take();
		capacity.release(Delivery::InTime, 1_000);
		assert_eq!(capacity.limit(u32::MAX), before);
	}

	#[test]
	fn stays_as_it_was_when_nobody_is_at_fault() {
		let mut capacity = Capacity::default();
		(0..5).for_each(|_| {
			round(&mut capacity);
		});
		let before = capacity;
		capacity.take();
		capacity.release(Delivery::Excused, 1_000);
		assert_eq!(capacity, before);
	}

	#[test]
	fn is_capped_by_the_bond() {
		let mut capacity = Capacity::default();
		(0..8).for_each(|_| {
			round(&mut capacity);
		});
		assert_eq!(capacity.limit(3), 3);
		(0..3).for_each(|_| capacity.take());
		assert_eq!(capacity.free(3), 0);
	}
}
