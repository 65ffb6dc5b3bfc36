//! Every intermediate value of every model's first proof, against those of another implementation.

use super::{json, word, Case, MODELS};
use crate::{
	ezkl::{
		domain::{Lagrange, DELTA, ROOT},
		transcript::Challenges,
	},
	point::{g1_to_wire, to_word},
	Engine, Pure, Scalar,
};
use ark_bn254::{G1Affine, G1Projective};
use ark_ec::CurveGroup;
use ark_ff::{Field, PrimeField, Zero};
use serde_json::Value;

fn is_scalar(trace: &Value, scalar: Scalar, place: &str) {
	assert_eq!(word(trace), to_word(&scalar), "{place}");
}

fn are_scalars(trace: &Value, scalars: &[Scalar], place: &str) {
	let words: Vec<_> = trace.as_array().unwrap().iter().map(word).collect();
	assert_eq!(words, scalars.iter().map(to_word).collect::<Vec<_>>(), "{place}");
}

fn is_point(trace: &Value, point: G1Projective, place: &str) {
	let wire = [word(&trace[0]), word(&trace[1])].concat();
	assert_eq!(wire, g1_to_wire(&point.into_affine()), "{place}");
}

#[test]
fn every_step_has_its_value() {
	for model in MODELS {
		let trace = json(&format!("{model}/trace.json"));
		let (key, inputs, proof) = Case::called(model, "valid_a").decoded();
		let parts = proof.parts(&key.counts).unwrap();
		let place = |name: &str| format!("{name} of {model}");

		let challenges = Challenges::draw(&key.digest, &key.counts, &inputs, &proof);
		let drawn = &trace["transcript_challenges"];
		let Challenges { theta, beta, gamma, y, x, zeta, nu, mu } = challenges;
		let names = ["theta", "beta", "gamma", "y", "x", "zeta", "nu", "mu"];
		for (name, value) in names.iter().zip([theta, beta, gamma, y, x, zeta, nu, mu]) {
			is_scalar(&drawn[name], value, &place(name));
		}

		let lagrange = Lagrange::at(&key.domain, x, &inputs).unwrap();
		is_scalar(&trace["x_n"], lagrange.power, &place("xⁿ"));
		is_scalar(&trace["l_0"], lagrange.first, &place("l₀"));
		is_scalar(&trace["l_last"], lagrange.last, &place("l_last"));
		is_scalar(&trace["l_blind"], lagrange.blind, &place("l_blind"));
		is_scalar(&trace["instance_eval"], lagrange.instance, &place("inst"));

		let constraints = key.constraints(&parts.evaluations, &challenges, &lagrange);
		let terms = constraints.terms().unwrap();
		let gates = &terms[..key.program.gates.len()];
		are_scalars(&trace["gate_values"], gates, &place("gates"));
		are_scalars(&trace["all_terms_in_order"], &terms, &place("terms"));
		let numerator = terms.iter().fold(Scalar::zero(), |sum, term| sum * y + term);
		is_scalar(&trace["numerator"], numerator, &place("numerator"));
		let quotient = constraints.quotient(&terms);
		is_scalar(&trace["h_eval"], quotient, &place("h(x)"));

		let pieces = &parts.commitments[key.counts.before_pieces()..];
		let powers: Vec<_> = (0..pieces.len()).map(|i| lagrange.power.pow([i as u64])).collect();
		is_point(&trace["quotient_commitment"], Pure::sum(pieces, &powers), &place("H"));

		let folded =
			key.openings(&parts.evaluations, quotient, &challenges, &lagrange).fold().unwrap();
		is_scalar(&trace["vanishing_0"], -folded.opening, &place("vanishing₀"));
		is_scalar(&trace["r_eval"], -*folded.points.last().unwrap(), &place("r"));
		let points: Vec<G1Affine> = parts
			.commitments
			.iter()
			.chain(&key.points)
			.chain([&parts.opening, &parts.shifted])
			.copied()
			.collect();
		let scalars: Vec<_> = folded
			.commitments
			.iter()
			.chain(&folded.points)
			.chain([&folded.opening, &folded.shifted])
			.copied()
			.collect();
		is_point(&trace["F"], Pure::sum(&points, &scalars), &place("F"));
		is_point(&trace["W2"], parts.shifted.into(), &place("W′"));
	}
}

#[test]
fn the_roots_of_unity_are_powers_of_seven() {
	let seven = Scalar::from(7u64);
	let order_less_one = (-Scalar::from(1u64)).into_bigint();
	assert_eq!(seven.pow(order_less_one >> 28), ROOT);
	assert_eq!(seven.pow([1 << 28]), DELTA);
}
