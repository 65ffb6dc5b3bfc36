//! What samples tell: means, bounds, and chances of seats.

/// Two-sided 95 % points of Student's t, by degrees of freedom from 1 on.
const STUDENT: [f64; 30] = [
	12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
	2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056,
	2.052, 2.048, 2.045, 2.042,
];
/// The same for any more.
const NORMAL: f64 = 1.960;

/// A mean and the upper end of its 95 % interval.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Estimate {
	pub(crate) mean: f64,
	pub(crate) upper: f64,
}

impl Estimate {
	/// Of independent samples; without two of them nothing bounds the mean.
	pub(crate) fn of(samples: &[f64]) -> Self {
		let count = samples.len() as f64;
		let mean = samples.iter().sum::<f64>() / count;
		if samples.len() < 2 {
			return Self { mean, upper: f64::INFINITY };
		}
		let squares: f64 = samples.iter().map(|sample| (sample - mean).powi(2)).sum();
		let error = (squares / (count - 1.0) / count).sqrt();
		let quantile = STUDENT.get(samples.len() - 2).copied().unwrap_or(NORMAL);
		Self { mean, upper: mean + quantile * error }
	}

	pub(crate) fn times(self, factor: f64) -> Self {
		Self { mean: self.mean * factor, upper: self.upper * factor }
	}
}

/// The lower end of the 95 % interval of a chance that came true `hits` times of `tries` (Wilson 1927).
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
		let estimate = Estimate::of(&[1.0, 2.0, 3.0]);
		assert!((estimate.mean - 2.0).abs() < 1e-9);
		assert!((estimate.upper - (2.0 + 4.303 / 3f64.sqrt())).abs() < 1e-9);
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
