//! Many claims checked at once, and the bad ones found where there are some.

use crate::{Accumulator, Claim, Cost, Engine, Gt, Pure, Randomiser, Transcript};
use alloc::{boxed::Box, vec, vec::Vec};

/// What became of a claim of a batch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
	/// It holds.
	Holds,
	/// It does not.
	Fails,
	/// It is in a group that does not hold, and no pairing checks were left to find out.
	Unresolved,
}

/// The verdicts of a batch, and what they took.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome {
	/// A verdict for each claim, in the order in which they were pushed.
	pub verdicts: Vec<Verdict>,
	/// What was spent beyond the decoding; `exponentiations` is the number of pairing checks.
	pub cost: Cost,
}

impl Outcome {
	/// Whether every claim holds.
	pub fn all_hold(&self) -> bool {
		self.verdicts.iter().all(|verdict| *verdict == Verdict::Holds)
	}
}

/// Claims of any keys and any proof systems, to be checked together.
///
/// The product of all their pairings, each claim to the power of a randomiser of its own, is one
/// if all hold, and almost surely only then. Where it is not, groups are halved until every bad
/// claim is found: a good one passes in whatever company it is.
pub struct Batch<'a, E: Engine = Pure> {
	claims: Vec<Box<dyn Claim<'a, E> + 'a>>,
}

impl<E: Engine> Default for Batch<'_, E> {
	fn default() -> Self {
		Self::new()
	}
}

impl<'a, E: Engine> Batch<'a, E> {
	/// A batch of no claims.
	pub fn new() -> Self {
		Self { claims: Vec::new() }
	}

	/// Adds a claim.
	pub fn push(&mut self, claim: impl Claim<'a, E> + 'a) {
		self.claims.push(Box::new(claim));
	}

	/// How many claims there are.
	pub fn len(&self) -> usize {
		self.claims.len()
	}

	/// Whether there are none.
	pub fn is_empty(&self) -> bool {
		self.claims.is_empty()
	}

	/// A verdict for each claim, by at most `checks` pairing checks.
	///
	/// One suffices where all hold. A single bad claim among n takes 1 + log₂ n, and
	/// [`checks_for_all`](Self::checks_for_all) find any number of them. What a group is worth
	/// without its left half is known without a check.
	pub fn verify(&self, checks: u32) -> Outcome {
		self.verify_with(checks, &self.randomisers())
	}

	/// The pairing checks that suffice for `claims` claims however many are bad.
	pub fn checks_for_all(claims: usize) -> u32 {
		crate::cost::count(claims).max(1)
	}

	fn randomisers(&self) -> Vec<Randomiser> {
		// Alone there is nothing that an error could cancel with.
		if let [_] = self.claims.as_slice() {
			return vec![Randomiser::ONE];
		}
		let mut transcript = Transcript::new(self.claims.len());
		for claim in &self.claims {
			claim.absorb(&mut transcript);
		}
		transcript.randomisers().take(self.claims.len()).collect()
	}

	pub(crate) fn verify_with(&self, checks: u32, randomisers: &[Randomiser]) -> Outcome {
		let mut cost = Cost::default();
		let mut verdicts = Vec::with_capacity(self.claims.len());
		let weighed: Vec<_> = self.claims.iter().map(Box::as_ref).zip(randomisers).collect();
		let mut groups = vec![(weighed.as_slice(), None)];
		while let Some((group, known)) = groups.pop() {
			let value = match known {
				Some(value) => value,
				None if group.is_empty() => continue,
				None if cost.exponentiations >= checks => {
					verdicts.extend(group.iter().map(|_| Verdict::Unresolved));
					continue;
				},
				None => product(group, &mut cost),
			};
			if value.is_one() {
				verdicts.extend(group.iter().map(|_| Verdict::Holds));
				continue;
			}
			if group.len() <= 1 {
				verdicts.extend(group.iter().map(|_| Verdict::Fails));
				continue;
			}
			if cost.exponentiations >= checks {
				verdicts.extend(group.iter().map(|_| Verdict::Unresolved));
				continue;
			}
			let (left, right) = group.split_at(group.len().div_ceil(2));
			let left_value = product(left, &mut cost);
			groups.push((right, Some(value.over(&left_value))));
			groups.push((left, Some(left_value)));
		}
		Outcome { verdicts, cost }
	}
}

type Weighed<'c, 'a, E> = (&'c (dyn Claim<'a, E> + 'a), &'c Randomiser);

fn product<'a, E: Engine>(group: &[Weighed<'_, 'a, E>], cost: &mut Cost) -> Gt {
	let mut sum = Accumulator::new();
	for (claim, weight) in group {
		claim.accumulate(**weight, &mut sum);
	}
	sum.product(cost)
}
