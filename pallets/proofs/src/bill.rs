//! What checking proofs takes: the most it may, charged before a call runs, and what it took.

use crate::{WeightInfo, MAX_BATCH};
use alloc::{
	collections::{BTreeMap, BTreeSet},
	vec,
	vec::Vec,
};
use core::ops::Range;
use frame_support::weights::Weight;
use opg_primitives::seams::KeyId;
use opg_verifiers::{
	ezkl::{Shape, SRS_COST},
	Cost,
};
use sp_core::H256;

/// A proof that a call is to check, as far as its weight goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Charged {
	/// The key it is held against.
	pub key: KeyId,
	/// Its public inputs.
	pub inputs: u32,
	/// Under a key of EZKL, the key's shape and the reference string.
	pub program: Option<(H256, Shape)>,
}

/// Work, in pieces that the weights have prices for.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Bill {
	/// Proofs looked at.
	pub claims: u32,
	/// Their public inputs.
	pub inputs: u32,
	/// Keys read.
	pub keys: u32,
	/// Points for public inputs of those of Groth16, the constants' left out.
	pub key_inputs: u32,
	/// Keys read that are of EZKL, each with its reference string.
	pub programs: u32,
	/// Arithmetic.
	pub cost: Cost,
	/// Statements stored.
	pub stored: u32,
}

impl Charged {
	/// A proof under a key of Groth16, or of nothing that is known.
	pub fn groth16(key: KeyId, inputs: usize) -> Self {
		Self { key, inputs: u32::try_from(inputs).unwrap_or(u32::MAX), program: None }
	}

	/// What reading it takes.
	fn read(&self) -> Cost {
		match &self.program {
			None => Cost { preparations: 1, ..Cost::default() },
			Some((_, shape)) => read(shape.proof_cost()),
		}
	}

	/// What reading its key takes, the reference string left out.
	fn read_key(&self) -> Cost {
		match &self.program {
			None => Cost { preparations: 3, ..Cost::default() },
			Some((_, shape)) => read(shape.key_cost()),
		}
	}

	/// What it adds to a check.
	fn check(&self) -> Cost {
		match &self.program {
			None => Cost { loops: 1, random_terms: 2, ..Cost::default() },
			Some((_, shape)) => check(shape.proof_cost()),
		}
	}

	/// What its key adds to a check, the reference string left out.
	fn check_key(&self) -> Cost {
		match &self.program {
			None => Cost { loops: 3, terms: self.inputs.saturating_add(2), ..Cost::default() },
			Some((_, shape)) => check(shape.key_cost()),
		}
	}
}

/// The part of a cost that is for reading.
pub(crate) fn read(cost: Cost) -> Cost {
	Cost { loops: 0, exponentiations: 0, terms: 0, random_terms: 0, ..cost }
}

/// The part of a cost that comes again with each check.
fn check(cost: Cost) -> Cost {
	Cost { preparations: 0, points: 0, operations: 0, words: 0, ..cost }
}

impl Bill {
	/// The most that these proofs may take: every one may be bad and has to be found.
	pub fn most(claims: impl Iterator<Item = Charged>) -> Self {
		let claims: Vec<_> = claims.take(MAX_BATCH as usize).collect();
		let count = |len: usize| u32::try_from(len).unwrap_or(u32::MAX);
		let mut bill = Self { claims: count(claims.len()), ..Self::default() };
		bill.stored = bill.claims;
		for claim in &claims {
			bill.inputs = bill.inputs.saturating_add(claim.inputs);
			bill.cost = bill.cost.plus(claim.read());
		}
		let keys = keys(&claims);
		bill.keys = count(keys.len());
		for key in keys.values() {
			match key.program {
				None => bill.key_inputs = bill.key_inputs.saturating_add(key.inputs),
				Some(_) => bill.programs = bill.programs.saturating_add(1),
			}
			bill.cost = bill.cost.plus(key.read_key());
		}
		bill.cost = bill.cost.plus(read(SRS_COST).times(strings(&keys)));
		for checked in checks(claims.len()) {
			let claims = claims.get(checked).unwrap_or_default();
			let keys = keys_of(claims, &keys);
			let of_claims = claims.iter().map(Charged::check);
			let of_keys = keys.values().map(Charged::check_key);
			let all = of_claims.chain(of_keys).fold(Cost::default(), Cost::plus);
			let of_strings = check(SRS_COST).times(strings(&keys));
			bill.cost = bill.cost.plus(all).plus(of_strings);
			bill.cost.exponentiations = bill.cost.exponentiations.saturating_add(1);
		}
		bill
	}

	/// What it weighs; each statement stored is told of, for `told`.
	pub fn weight<W: WeightInfo>(&self, told: Weight) -> Weight {
		W::read_claims(self.claims, self.inputs)
			.saturating_add(W::read_keys(self.keys, self.key_inputs))
			.saturating_add(W::read_programs(self.programs))
			.saturating_add(W::arithmetic(&self.cost))
			.saturating_add(W::store().saturating_add(told).saturating_mul(self.stored.into()))
	}
}

/// Each key once, at the most inputs that are given for it.
fn keys(claims: &[Charged]) -> BTreeMap<KeyId, Charged> {
	let mut keys = BTreeMap::new();
	for claim in claims {
		let most = keys.entry(claim.key).or_insert(*claim);
		most.inputs = most.inputs.max(claim.inputs);
	}
	keys
}

/// The keys of some of the claims.
fn keys_of(claims: &[Charged], all: &BTreeMap<KeyId, Charged>) -> BTreeMap<KeyId, Charged> {
	let of = |claim: &Charged| all.get(&claim.key).map(|key| (claim.key, *key));
	claims.iter().filter_map(of).collect()
}

/// How many reference strings keys were made for.
fn strings(keys: &BTreeMap<KeyId, Charged>) -> u32 {
	let strings = keys.values().filter_map(|key| key.program.map(|(string, _)| string));
	u32::try_from(strings.collect::<BTreeSet<_>>().len()).unwrap_or(u32::MAX)
}

/// Which of so many claims are in each check, if every one is bad.
///
/// A batch that fails is halved until every bad proof stands alone. The right half of a group needs no check: it is what the
/// group is worth without the left.
fn checks(claims: usize) -> Vec<Range<usize>> {
	if claims == 0 {
		return Vec::new();
	}
	let mut checks = vec![0..claims];
	let mut groups = checks.clone();
	while let Some(Range { start, end }) = groups.pop() {
		let length = end.saturating_sub(start);
		if length <= 1 {
			continue;
		}
		let middle = start.saturating_add(length.div_ceil(2));
		checks.push(start..middle);
		groups.extend([start..middle, middle..end]);
	}
	checks
}
