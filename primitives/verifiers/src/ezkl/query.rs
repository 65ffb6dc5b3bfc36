//! The order in which halo2 opens polynomials, from which the sets of points follow.

use super::{
	header::{Counts, Header},
	opening::{Commitment, PointSet, Polynomial, Value},
};
use alloc::vec::Vec;

/// A polynomial and the points at which it is opened, ascending.
struct Opened {
	polynomial: Polynomial,
	rotations: Vec<i32>,
}

/// Whether `sets` are what halo2 makes of the columns that they say are opened: each evaluation
/// of the proof is that of one polynomial at one point, each commitment is opened where the
/// constraints take it to be, and all is in halo2's order.
///
/// Sets are of polynomials with the same points, both by first appearance among the queries:
/// advice columns, permutation products, lookups, fixed columns, permutation polynomials, the
/// quotient and the random polynomial (Boneh, Drake, Fisch and Gabizon, eprint 2020/081, for the
/// sets; the halo2 book for the queries).
pub(super) fn are_complete(header: &Header, columns: usize, sets: &[PointSet]) -> bool {
	let known = expected(header, columns, sets);
	known.is_some_and(|known| known == sets)
}

fn expected(header: &Header, columns: usize, sets: &[PointSet]) -> Option<Vec<PointSet>> {
	let counts = &header.counts;
	let products = counts.product_evaluation(0)?;
	let permutation = products.checked_sub(columns)?;
	let random = permutation.checked_sub(1)?;

	let (advice, fixed) = columns_of(counts, sets);
	let queried = advice.iter().chain(&fixed).flat_map(|opened| &opened.polynomial.values);
	let mut queried: Vec<_> = queried.map(evaluation).collect::<Option<_>>()?;
	let fixed_queries = fixed.iter().flat_map(|opened| &opened.polynomial.values);
	let first_fixed = random.checked_sub(fixed_queries.count())?;
	let in_order = advice.iter().all(|opened| highest(opened) < Some(first_fixed));
	queried.sort_unstable();
	if !in_order || !queried.into_iter().eq(0..random) || !are_distinct(&advice, &fixed) {
		return None;
	}

	let at = |commitment, rotations: &[i32], first: usize| {
		let order: &[usize] = match rotations.len() {
			3 => &[2, 0, 1],
			2 => &[0, 1],
			_ => &[0],
		};
		let values = order.iter().map(|offset| first.saturating_add(*offset));
		let values = values.map(Value::Evaluation).collect();
		Opened { polynomial: Polynomial { commitment, values }, rotations: rotations.to_vec() }
	};
	let last = header.domain.last_rotation();
	let mut all = advice;
	for chunk in 0..counts.chunks {
		let is_last = chunk.saturating_add(1) == counts.chunks;
		let rotations: &[i32] = if is_last { &[0, 1] } else { &[last, 0, 1] };
		let product = Commitment::Proof(counts.product(chunk));
		all.push(at(product, rotations, counts.product_evaluation(chunk)?));
	}
	for lookup in 0..counts.lookups {
		let first = counts.lookup_evaluation(lookup)?;
		all.push(at(Commitment::Proof(counts.sums(lookup)), &[0, 1], first));
		let multiplicities = Commitment::Proof(counts.multiplicities(lookup));
		all.push(at(multiplicities, &[0], first.saturating_add(2)));
	}
	all.extend(fixed);
	for column in 0..columns {
		let own = permutation.saturating_add(column);
		all.push(at(Commitment::Permutation(column), &[0], own));
	}
	let quotient =
		Polynomial { commitment: Commitment::Quotient, values: [Value::Quotient].into() };
	all.push(Opened { polynomial: quotient, rotations: [0].into() });
	all.push(at(Commitment::Proof(counts.random()), &[0], random));
	Some(grouped(all))
}

/// The advice and the fixed columns, each by the first of its queries.
fn columns_of(counts: &Counts, sets: &[PointSet]) -> (Vec<Opened>, Vec<Opened>) {
	let of = |wanted: &dyn Fn(Commitment) -> bool| {
		let mut found: Vec<_> = sets
			.iter()
			.flat_map(|set| set.polynomials.iter().map(move |polynomial| (set, polynomial)))
			.filter(|(_, polynomial)| wanted(polynomial.commitment))
			.map(|(set, polynomial)| Opened {
				polynomial: polynomial.clone(),
				rotations: set.rotations.clone(),
			})
			.collect();
		found.sort_by_key(lowest);
		found
	};
	let is_advice =
		|commitment| matches!(commitment, Commitment::Proof(index) if index < counts.advice);
	let is_fixed = |commitment| matches!(commitment, Commitment::Fixed(_));
	(of(&is_advice), of(&is_fixed))
}

fn are_distinct(advice: &[Opened], fixed: &[Opened]) -> bool {
	let all = || advice.iter().chain(fixed).map(|opened| opened.polynomial.commitment);
	let duplicates = |commitment| all().filter(|other| *other == commitment).count();
	all().all(|commitment| duplicates(commitment) == 1)
}

fn evaluation(value: &Value) -> Option<usize> {
	match value {
		Value::Evaluation(index) => Some(*index),
		Value::Quotient => None,
	}
}

fn lowest(opened: &Opened) -> Option<usize> {
	opened.polynomial.values.iter().filter_map(evaluation).min()
}

fn highest(opened: &Opened) -> Option<usize> {
	opened.polynomial.values.iter().filter_map(evaluation).max()
}

/// Sets of equal points, by first appearance.
fn grouped(all: Vec<Opened>) -> Vec<PointSet> {
	let mut sets = Vec::<PointSet>::new();
	for Opened { polynomial, rotations } in all {
		match sets.iter_mut().find(|set| set.rotations == rotations) {
			Some(set) => set.polynomials.push(polynomial),
			None => sets.push(PointSet { rotations, polynomials: [polynomial].into() }),
		}
	}
	sets
}
