//! What checking proofs takes: the most it may, charged before a call runs, and what it took.

use crate::{WeightInfo, MAX_BATCH};
use alloc::collections::BTreeMap;
use frame_support::weights::Weight;
use opg_primitives::seams::KeyId;
use opg_verifiers::Cost;

/// Work, in pieces that the weights have prices for.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Bill {
	/// Proofs looked at.
	pub claims: u32,
	/// Their public inputs.
	pub inputs: u32,
	/// Keys read.
	pub keys: u32,
	/// Their points for public inputs, the constants' left out.
	pub key_inputs: u32,
	/// Arithmetic on the curve.
	pub cost: Cost,
	/// Statements stored.
	pub stored: u32,
}

impl Bill {
	/// The most that proofs with so many public inputs each, under these keys, may take: every proof may be bad and has to be found.
	///
	/// A batch that fails is halved until every bad proof stands alone. The right half of a group needs no check: it is what
	/// the group is worth without the left. So each claim is in the first check, and in one check of each round of halving in
	/// which it is on the left; and a key is in a check once, however many of its claims are.
	pub fn most(claims: impl Iterator<Item = (KeyId, usize)>) -> Self {
		let mut keys = BTreeMap::<KeyId, u32>::new();
		let mut bill = Self::default();
		for (key, inputs) in claims.take(MAX_BATCH as usize) {
			let inputs = u32::try_from(inputs).unwrap_or(u32::MAX);
			bill.claims = bill.claims.saturating_add(1);
			bill.inputs = bill.inputs.saturating_add(inputs);
			let most = keys.entry(key).or_default();
			*most = inputs.max(*most);
		}
		let claims = bill.claims;
		bill.keys = u32::try_from(keys.len()).unwrap_or(u32::MAX);
		bill.key_inputs = keys.values().fold(0, |sum, inputs| sum.saturating_add(*inputs));
		bill.stored = claims;

		let (halves, halves_keys) = halved(claims, bill.keys);
		let checked = claims.saturating_add(halves);
		let keyed = bill.keys.saturating_add(halves_keys);
		let longest = keys.values().max().map_or(0, |inputs| inputs.saturating_add(2));
		let of_all_keys = bill.key_inputs.saturating_add(bill.keys.saturating_mul(2));
		let terms = keyed.saturating_mul(longest).min(claims.saturating_mul(of_all_keys));
		bill.cost = Cost {
			preparations: claims.saturating_add(bill.keys.saturating_mul(3)),
			loops: checked.saturating_add(keyed.saturating_mul(3)),
			exponentiations: claims,
			terms,
			random_terms: checked.saturating_mul(2),
			..Cost::default()
		};
		bill
	}

	/// What it weighs; each statement stored is told of, for `told`.
	pub fn weight<W: WeightInfo>(&self, told: Weight) -> Weight {
		W::read_claims(self.claims, self.inputs)
			.saturating_add(W::read_keys(self.keys, self.key_inputs))
			.saturating_add(W::arithmetic(&self.cost))
			.saturating_add(W::store().saturating_add(told).saturating_mul(self.stored.into()))
	}
}

/// How many claims the left halves have in all, and how many keys at most, of `claims` claims under `keys` keys halved until each
/// stands alone.
fn halved(claims: u32, keys: u32) -> (u32, u32) {
	if claims <= 1 {
		return (0, 0);
	}
	let left = claims.div_ceil(2);
	let right = claims.saturating_sub(left);
	[halved(left, keys), halved(right, keys)].into_iter().fold(
		(left, left.min(keys)),
		|(claims, keyed), (more, more_keyed)| {
			(claims.saturating_add(more), keyed.saturating_add(more_keyed))
		},
	)
}
