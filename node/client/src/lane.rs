//! One account's transactions: signed ahead, sent in order, counted by the account's number; no clock, no network.

use std::collections::VecDeque;

/// Blocks in which nothing of a lane was taken, after which it is sent again: a pool may have dropped it.
const LOST_AFTER: u64 = 10;

/// One account's transactions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Lane {
	/// The account's next number in the newest block: blocks have all before it.
	included: u64,
	/// The number of the next to send.
	sent: u64,
	/// Signed ones, from number `included` on.
	signed: VecDeque<Vec<u8>>,
	/// The block in which one was taken last, or the first one was sent.
	moved_at: u64,
}

impl Lane {
	/// A lane of an account whose next transaction is number `number`.
	pub(crate) const fn new(number: u64) -> Self {
		Self { included: number, sent: number, signed: VecDeque::new(), moved_at: 0 }
	}

	/// The account's next number in the newest block.
	pub(crate) const fn included(&self) -> u64 {
		self.included
	}

	/// How many were sent that no block has.
	pub(crate) const fn in_pool(&self) -> u64 {
		self.sent.saturating_sub(self.included)
	}

	/// The number the next one to sign gets.
	pub(crate) fn next_number(&self) -> u64 {
		self.included.saturating_add(self.signed.len().try_into().unwrap_or(u64::MAX))
	}

	/// How many are signed and not sent.
	pub(crate) fn stock(&self) -> u64 {
		self.next_number().saturating_sub(self.sent)
	}

	/// Adds the transaction of [`next_number`](Self::next_number).
	pub(crate) fn add(&mut self, transaction: Vec<u8>) {
		self.signed.push_back(transaction);
	}

	/// The next `count` to send, or as many as there are, in order.
	pub(crate) fn send(&mut self, block: u64, count: u64) -> Vec<Vec<u8>> {
		let count = count.min(self.stock());
		if self.in_pool() == 0 {
			self.moved_at = block;
		}
		let skipped = usize::try_from(self.in_pool()).unwrap_or(usize::MAX);
		self.sent = self.sent.saturating_add(count);
		let count = usize::try_from(count).unwrap_or(usize::MAX);
		self.signed.iter().skip(skipped).take(count).cloned().collect()
	}

	/// The node did not take the last `count` that were sent.
	pub(crate) fn take_back(&mut self, count: u64) {
		self.sent = self.sent.saturating_sub(count).max(self.included);
	}

	/// Takes in the account's next number in `block`.
	pub(crate) fn observe(&mut self, block: u64, number: u64) {
		if number > self.included {
			let taken = usize::try_from(number.saturating_sub(self.included)).unwrap_or(usize::MAX);
			self.signed.drain(..taken.min(self.signed.len()));
			self.included = number;
			self.sent = self.sent.max(number);
			self.moved_at = block;
		} else if self.in_pool() > 0 && block.saturating_sub(self.moved_at) >= LOST_AFTER {
			self.sent = self.included;
			self.moved_at = block;
		}
	}
}

/// Deals `wanted` out among lanes that have so many in the pool, to make them level.
pub(crate) fn deal(wanted: u64, in_pool: &[u64]) -> Vec<u64> {
	let lanes = u64::try_from(in_pool.len()).unwrap_or(u64::MAX).max(1);
	let level = in_pool.iter().sum::<u64>().saturating_add(wanted).div_ceil(lanes);
	let mut left = wanted;
	let shares = in_pool.iter().map(|held| {
		let share = level.saturating_sub(*held).min(left);
		left = left.saturating_sub(share);
		share
	});
	shares.collect()
}

#[cfg(test)]
mod tests {
	use super::{deal, Lane, LOST_AFTER};

	fn lane(number: u64, signed: u8) -> Lane {
		let mut lane = Lane::new(number);
		(0..signed).for_each(|index| lane.add(vec![index]));
		lane
	}

	#[test]
	fn what_is_signed_is_sent_once_and_in_order() {
		let mut lane = lane(5, 4);
		assert_eq!((lane.next_number(), lane.stock()), (9, 4));
		assert_eq!(lane.send(1, 3), [[0], [1], [2]]);
		assert_eq!(lane.send(1, 3), [[3]]);
		assert_eq!((lane.in_pool(), lane.stock()), (4, 0));
		assert!(lane.send(1, 1).is_empty());
	}

	#[test]
	fn what_a_block_took_leaves_the_pool() {
		let mut lane = lane(5, 4);
		lane.send(1, 3);
		lane.observe(2, 7);
		assert_eq!((lane.included(), lane.in_pool(), lane.stock()), (7, 1, 1));
		assert_eq!(lane.send(2, 9), [[3]]);
		assert_eq!(lane.next_number(), 9);
	}

	#[test]
	fn what_the_node_did_not_take_is_sent_again() {
		let mut lane = lane(5, 3);
		lane.send(1, 3);
		lane.take_back(2);
		assert_eq!(lane.send(2, 2), [[1], [2]]);
		lane.take_back(9);
		assert_eq!(lane.in_pool(), 0);
	}

	#[test]
	fn what_no_block_takes_for_long_is_sent_again() {
		let mut lane = lane(5, 2);
		lane.send(10, 2);
		lane.observe(9 + LOST_AFTER, 5);
		assert_eq!(lane.in_pool(), 2);
		lane.observe(10 + LOST_AFTER, 5);
		assert_eq!(lane.in_pool(), 0);
		assert_eq!(lane.send(20, 2).len(), 2);
	}

	#[test]
	fn a_number_used_by_someone_else_is_skipped() {
		let mut lane = lane(5, 2);
		lane.observe(1, 9);
		assert_eq!((lane.included(), lane.next_number(), lane.stock()), (9, 9, 0));
	}

	#[test]
	fn a_fork_that_takes_less_changes_nothing() {
		let mut lane = lane(5, 4);
		lane.send(1, 4);
		lane.observe(2, 8);
		let before = lane.clone();
		lane.observe(3, 6);
		assert_eq!(lane, before);
	}

	#[test]
	fn lanes_are_filled_to_the_same_level() {
		assert_eq!(deal(6, &[0, 0, 0]), [2, 2, 2]);
		assert_eq!(deal(6, &[4, 0, 2]), [0, 4, 2]);
		assert_eq!(deal(1, &[0, 0]), [1, 0]);
		assert_eq!(deal(0, &[3, 0]), [0, 0]);
		assert!(deal(5, &[]).is_empty());
	}

	#[test]
	fn all_that_is_wanted_is_dealt_out() {
		for wanted in 0..50 {
			assert_eq!(deal(wanted, &[7, 0, 3, 3, 12]).iter().sum::<u64>(), wanted);
		}
	}
}
