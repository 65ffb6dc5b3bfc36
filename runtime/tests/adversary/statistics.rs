//! What samples tell: means, bounds, and chances of seats.

use crate::chance::Chance;

/// How often samples are drawn again to see how far their mean may lie from the truth.
const RESAMPLES: usize = 4_000;
/// The part of those means that may lie above the upper end of a 95 % interval.
const ABOVE: f64 = 0.025;
/// How many standard errors a normal 95 % interval reaches.
const NORMAL: f64 = 1.960;

/// A mean and the upper end of its 95 % interval.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Estimate {
	pub(crate) mean: f64,
	pub(crate) upper: f64,
}

impl Estimate {
	/// Of independent samples, by the bootstrap (Efron 1979): rare losses make them anything but
	/// normal.
	pub(crate) fn of(samples: &[f64]) -> Self {
		let mut chance = Chance::of(samples.len() as u64);
		let mut means: Vec<f64> = (0..RESAMPLES)
			.map(|_| mean(samples.iter().map(|_| chance.one_of(samples)), samples.len()))
			.collect();
		means.sort_by(f64::total_cmp);
		let place = ((1.0 - ABOVE) * RESAMPLES as f64).ceil() as usize;
		Self { mean: mean(samples.iter().copied(), samples.len()), upper: means[place - 1] }
	}

	/// Of a sum; its interval is no wider than theirs together.
	pub(crate) fn plus(self, other: Self) -> Self {
		Self { mean: self.mean + other.mean, upper: self.upper + other.upper }
	}

	pub(crate) fn times(self, factor: f64) -> Self {
		Self { mean: self.mean * factor, upper: self.upper * factor }
	}
}

fn mean(samples: impl Iterator<Item = f64>, count: usize) -> f64 {
	samples.sum::<f64>() / count as f64
}

/// The lower end of the 95 % interval of a chance that came true `hits` times of `tries` (Wilson
/// 1927).
pub(crate) fn least_chance(hits: u64, tries: u64) -> f64 {
	let (hits, tries) = (hits as f64, tries as f64);
	let (rate, square) = (hits / tries, NORMAL.powi(2));
	let middle = rate + square / (2.0 * tries);
	let spread = NORMAL * (rate * (1.0 - rate) / tries + square / (4.0 * tries.powi(2))).sqrt();
	((middle - spread) / (1.0 + square / tries)).max(0.0)
}

/// The chance that `seats` nodes drawn evenly of `all` are all among `mine` of them.
pub(crate) fn chance_of_all_seats(mine: u32, all: u32, seats: u32) -> f64 {
	(0..seats).map(|seat| f64::from(mine.saturating_sub(seat)) / f64::from(all - seat)).product()
}

#[cfg(test)]
mod tests {
	use super::{chance_of_all_seats, least_chance, Estimate};

	#[test]
	fn a_mean_lies_below_its_upper_bound() {
		let samples: Vec<f64> = (0..100).map(|number| f64::from(number % 10)).collect();
		let estimate = Estimate::of(&samples);
		assert!((estimate.mean - 4.5).abs() < 1e-9);
		// Where there are many samples the interval is the normal one.
		let normal = 4.5 + 1.96 * 2.872 / 10.0;
		assert!((estimate.upper - normal).abs() < 0.06, "{}", estimate.upper);
	}

	#[test]
	fn a_chance_lies_above_its_lower_bound() {
		assert!((least_chance(10, 100) - 0.0552).abs() < 1e-3);
		assert_eq!(least_chance(0, 100), 0.0);
	}

	#[test]
	fn three_seats_of_four_nodes_are_all_mine_only_with_three_nodes() {
		assert_eq!(chance_of_all_seats(2, 4, 3), 0.0);
		assert!((chance_of_all_seats(3, 4, 3) - 0.25).abs() < 1e-9);
	}
}
