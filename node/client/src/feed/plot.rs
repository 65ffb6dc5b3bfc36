//! The history of a number, drawn with the characters of a terminal.

use super::number::written;
use textplots::{Chart, Plot, Shape};

const WIDTH: u32 = 120;
const HEIGHT: u32 = 40;

/// A line through rounds and values, with the least and the greatest named.
pub(super) fn drawn(name: &str, decimals: u8, points: &[(u32, i64)]) -> String {
	let values = || points.iter().map(|(_, value)| *value);
	let (Some(least), Some(most)) = (values().min(), values().max()) else {
		return format!("{name}: nothing was reported in the rounds the chain keeps.");
	};
	let (Some((first, _)), Some((last, value))) = (points.first(), points.last()) else {
		return String::new();
	};
	let head = format!(
		"{name}: {} in round {last}; from {} to {} since round {first}",
		written((*value).into(), decimals),
		written(least.into(), decimals),
		written(most.into(), decimals),
	);
	if points.len() < 2 {
		return head;
	}
	// Floats do for dots on a screen.
	let scale = 10f64.powi(decimals.into());
	let line: Vec<_> = points
		.iter()
		.map(|(round, value)| (*round as f32, (*value as f64 / scale) as f32))
		.collect();
	let shape = Shape::Lines(&line);
	let mut chart = Chart::new(WIDTH, HEIGHT, *first as f32, *last as f32);
	let chart = chart.lineplot(&shape);
	chart.axis();
	chart.figures();
	format!("{head}\n{chart}")
}

#[cfg(test)]
mod tests {
	use super::drawn;

	#[test]
	fn a_history_is_a_line_with_its_ends_named() {
		let points: Vec<_> = (0..40).map(|round| (round, 10_000 + i64::from(round % 7))).collect();
		let text = drawn("BTC/USD", 2, &points);
		assert!(text.starts_with("BTC/USD: 100.04 in round 39; from 100 to 100.06 since round 0"));
		let braille = text.chars().filter(|c| ('\u{2801}'..='\u{28ff}').contains(c)).count();
		assert!(braille > 40, "{text}");
	}

	#[test]
	fn one_round_or_none_is_told_in_words() {
		assert_eq!(drawn("A", 1, &[(3, 15)]), "A: 1.5 in round 3; from 1.5 to 1.5 since round 3");
		assert!(drawn("A", 1, &[]).contains("nothing was reported"));
	}
}
