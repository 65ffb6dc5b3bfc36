//! What each host function takes, for the prices that `pallet-proofs` sets; run with `--ignored --nocapture`.

use ark_bn254::{G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use opg_host::HostEngine;
use opg_verifiers::{Engine, Pure, Randomiser, Scalar};
use std::{hint::black_box, time::Instant};

const ROUNDS: usize = 40;

/// The least time of a task in microseconds.
fn least<Outcome>(task: impl Fn() -> Outcome) -> f64 {
	let times = (0..ROUNDS).map(|_| {
		let start = Instant::now();
		black_box(task());
		start.elapsed().as_secs_f64() * 1e6
	});
	times.fold(f64::MAX, f64::min)
}

fn scalar(seed: u64) -> Scalar {
	let mut scalar = Scalar::from(seed.wrapping_add(2));
	for _ in 0..8 {
		scalar *= scalar;
	}
	scalar
}

fn figures<E: Engine>(engine: &str) -> Vec<String> {
	let points: Vec<G1Affine> =
		(0..1_026).map(|seed| (G1Affine::generator() * scalar(seed)).into_affine()).collect();
	let scalars: Vec<_> = (0..1_026u64).map(|seed| scalar(seed.wrapping_mul(7))).collect();
	let short: Vec<u64> =
		(0..128u64).map(|seed| (seed + 3).wrapping_mul(0x9e37_79b9_7f4a_7c15)).collect();
	let twist = (G2Affine::generator() * scalar(5)).into_affine();
	let prepared = E::prepare(&twist).expect("in the subgroup");
	let product = |pairs: usize| {
		let pairs: Vec<_> = points.iter().take(pairs).map(|point| (*point, &prepared)).collect();
		least(|| E::product(&pairs))
	};
	let mut figures = vec![("prepare".to_string(), least(|| E::prepare(&twist)))];
	figures.extend([1, 4, 67, 256].map(|pairs| (format!("product_{pairs}"), product(pairs))));
	figures.extend([1, 2, 9, 71, 1_025].map(|terms| {
		let (points, scalars) = (&points[..terms], &scalars[..terms]);
		(format!("sum_{terms}"), least(|| E::sum(points, scalars)))
	}));
	figures.extend([4, 128].map(|terms| {
		let (points, scalars) = (&points[..terms], &short[..terms]);
		(format!("short_sum_{terms}"), least(|| E::short_sum(points, scalars)))
	}));
	let randomiser = Randomiser::new(short[5], short[6]);
	figures.push(("times".into(), least(|| E::times(&points[3], randomiser))));
	figures.iter().map(|(name, time)| format!("\"{engine}_{name}_us\":{time:.1}")).collect()
}

#[test]
#[ignore = "measures"]
fn of_each_operation() {
	println!("{{{}}}", [figures::<HostEngine>("host"), figures::<Pure>("pure")].concat().join(","));
}
