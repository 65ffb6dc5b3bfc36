//! Sampling: which settled answers are run again, by chance.
//!
//! Each answer is drawn with the same chance, one in [`ONE_IN`], apart from all others, with the randomness of two blocks that nobody
//! knew when it was settled. A quorum's answer counts once for each node paid for it. A re-run of an answer is paid its price
//! three times, so whatever is asked for whatever price, re-runs take on average what the share of fees set aside for them brings,
//! and no answer changes the chance of another. How many answers lie between two that are drawn is geometric, so a draw costs
//! as many looks as it draws answers (Devroye 1986, X.2).

use crate::{
	assignment::Mix, check, types::DueSample, types::Sampling, Config, Event, Pallet, Positions,
	Queue, Queues, RequestOf, Requests, State,
};
use frame_system::pallet_prelude::BlockNumberFor;
use opg_primitives::{
	request::operators_for,
	seams::{CheckPurse, NodeRegistry},
	RequestId,
};
use sp_runtime::traits::Saturating;

/// One answer in so many is drawn: a re-run by [`check::NODES`] nodes takes 4 % of what is paid for so many.
const ONE_IN: u128 = 75;
/// The most answers drawn in a block; what is left is drawn in later ones.
const MAX_CHECKS: u32 = 32;
/// What drawing one answer costs, in draws of a single node: it is searched for among those settled of late.
const COST: u32 = 2;
/// The chance that none of 2ⁱ answers in a row is drawn, in 2⁻⁶⁴.
const NONE_OF: [u128; 13] = none_of();

const fn none_of() -> [u128; 13] {
	let mut chances = [0; 13];
	let mut chance = ((ONE_IN - 1) << 64) / ONE_IN;
	let mut power = 0;
	while power < chances.len() {
		chances[power] = chance;
		chance = (chance * chance) >> 64;
		power += 1;
	}
	chances
}

/// How many answers to pass over before the next one drawn, for an evenly chosen number.
fn gap(uniform: u64) -> u64 {
	let mut left = 1u128 << 64;
	let mut passed: u64 = 0;
	for (power, none) in NONE_OF.iter().enumerate().rev() {
		let next = left.saturating_mul(*none) >> 64;
		if next > u128::from(uniform) {
			left = next;
			passed = passed.saturating_add(1 << power);
		}
	}
	passed
}

/// The place in `from..tail` whose answers, counted up to and with it, are the first to exceed `answer`; places without a count
/// stand before all others.
fn place_of(answer: u64, from: u64, tail: u64, count: impl Fn(u64) -> Option<u64>) -> u64 {
	let (mut from, mut tail) = (from, tail);
	while from < tail {
		let middle = from.saturating_add(tail.saturating_sub(from) / 2);
		if count(middle).is_some_and(|counted| counted > answer) {
			tail = middle;
		} else {
			from = middle.saturating_add(1);
		}
	}
	from
}

impl<BlockNumber: Copy + PartialEq> Sampling<BlockNumber> {
	/// Counts answers that end before the place `tail` of the ended queue, to be drawn from in block `at`.
	pub(crate) fn count(&mut self, answers: u64, tail: u64, at: BlockNumber) {
		self.counted = self.counted.saturating_add(answers);
		// Those settled while a draw is due wait for the next one: its randomness may be known.
		if self.due.is_none_or(|due| due.at == at) {
			self.expect(tail, at);
		}
	}

	fn expect(&mut self, tail: u64, at: BlockNumber) {
		let counted = self.counted;
		self.due = (counted > self.passed).then_some(DueSample { counted, tail, at });
	}
}

impl<T: Config> Pallet<T> {
	/// Draws what is due; returns the work done in single draws.
	pub(crate) fn draw_checks(mix: &Mix, now: BlockNumberFor<T>) -> u32 {
		let mut sampling = Positions::<T>::get().sampling;
		let Some(due) = sampling.due.filter(|due| due.at <= now && mix.is_fit(due.at, now)) else {
			return 0;
		};
		let mut drawn: u32 = 0;
		while sampling.passed < due.counted && drawn < MAX_CHECKS {
			let seed = mix.seed(&(b"check", sampling.passed)).0;
			let uniform = seed.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
			let answer = sampling.passed.saturating_add(gap(uniform));
			if answer >= due.counted {
				(sampling.passed, sampling.from) = (due.counted, due.tail);
				break;
			}
			drawn = drawn.saturating_add(1);
			let count = |place| Queues::<T>::get(Queue::Ended, place).map(|entry| entry.answers);
			let place = place_of(answer, sampling.from, due.tail, count);
			(sampling.passed, sampling.from) = (answer.saturating_add(1), place);
			Self::check_place(place);
		}
		Positions::<T>::mutate(|positions| {
			let tail = positions.ended.tail;
			sampling.expect(tail, now.saturating_add(crate::request::DRAW_DELAY.into()));
			positions.sampling = sampling;
		});
		drawn.saturating_mul(COST).saturating_add(1)
	}

	/// Has the answer at a place of the ended queue run again, if it can be.
	fn check_place(place: u64) {
		let Some(entry) = Queues::<T>::get(Queue::Ended, place) else { return };
		let Some(record) = Requests::<T>::get(entry.request) else { return };
		let State::Settled { at, .. } = record.state else { return };
		if record.check.is_none() && Self::is_disputable(at) {
			Self::draw_for_check(entry.request, record);
		}
	}

	fn draw_for_check(request: RequestId, record: RequestOf<T>) {
		let cost = record.price.saturating_mul(u32::from(check::NODES).into());
		let enough = T::Nodes::operators(record.model) >= operators_for(check::NODES);
		if !enough || !T::Purse::holds(cost) {
			return;
		}
		Self::open_check(request, record, None);
		Self::deposit_event(Event::CheckDrawn { request });
	}
}

#[cfg(test)]
mod tests {
	use super::{gap, place_of, Sampling, ONE_IN};

	#[test]
	fn gaps_are_geometric_with_the_same_chance_for_each_answer() {
		let draws = 1u64 << 20;
		let gaps: Vec<u64> = (0..draws).map(|step| gap(step * (u64::MAX / draws))).collect();
		let chance = 1.0 / ONE_IN as f64;
		for passed in [0, 1, 10, 74, 75, 300] {
			let more = gaps.iter().filter(|gap| **gap >= passed).count() as f64 / draws as f64;
			let expected = (1.0 - chance).powi(passed as i32);
			assert!((more - expected).abs() < 1e-4, "{passed}: {more}, not {expected}");
		}
		assert_eq!(gap(u64::MAX), 0);
	}

	#[test]
	fn a_place_is_found_by_the_answers_counted_before_it() {
		// Places 3 to 9; the first two are pruned, one entry has no answer, one three.
		let counts = [None, None, Some(5), Some(5), Some(8), Some(9), Some(10)];
		let count = |place: u64| counts[place as usize - 3];
		for (answer, place) in [(4, 5), (5, 7), (6, 7), (7, 7), (8, 8), (9, 9)] {
			assert_eq!(place_of(answer, 3, 10, count), place);
		}
	}

	#[test]
	fn a_draw_takes_the_answers_of_one_block_and_leaves_later_ones_to_the_next() {
		let mut sampling = Sampling::default();
		sampling.count(0, 1, 12);
		assert_eq!(sampling.due, None, "nothing was answered");
		sampling.count(3, 2, 12);
		sampling.count(1, 3, 12);
		sampling.count(1, 4, 13);
		let due = sampling.due.expect("due");
		assert_eq!((due.counted, due.tail, due.at), (4, 3, 12));
		assert_eq!(sampling.counted, 5);
	}
}
