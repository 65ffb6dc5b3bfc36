//! Plots for a terminal: stacked bars, a line, a shaded matrix.

use textplots::{Chart, LabelBuilder, LabelFormat, Plot, Shape};

/// Characters a full bar is wide.
const BAR: usize = 40;
/// Dots a line's canvas is wide and high: two and four a character.
const CANVAS: (u32, u32) = (100, 40);

/// Bars under each other, each of parts that are drawn in a character of their own; the longest is as wide as may be.
pub(crate) fn bars(rows: &[(String, Vec<(char, u128)>)]) -> String {
	let sum = |parts: &[(char, u128)]| parts.iter().map(|(_, part)| *part).sum::<u128>();
	let most = rows.iter().map(|(_, parts)| sum(parts)).max().unwrap_or(0).max(1);
	let width = rows.iter().map(|(label, _)| label.chars().count()).max().unwrap_or(0);
	let lines = rows.iter().map(|(label, parts)| {
		let (mut bar, mut before) = (String::new(), 0);
		for (character, part) in parts {
			let (from, to) = (scaled(before, most), scaled(before + part, most));
			bar.extend(std::iter::repeat_n(character, to - from));
			before += part;
		}
		if before > 0 && bar.is_empty() {
			bar.push('·');
		}
		format!("{label:>width$} │{bar}").trim_end().to_owned()
	});
	lines.collect::<Vec<_>>().join("\n")
}

fn scaled(part: u128, most: u128) -> usize {
	let width = u128::try_from(BAR).unwrap_or(0);
	// To the nearest character.
	let at = part.saturating_mul(2 * width).saturating_add(most) / most.saturating_mul(2).max(1);
	usize::try_from(at).unwrap_or(BAR).min(BAR)
}

/// A line through values at following epochs, from 0 up to `most` or the greatest; nothing for fewer than two.
pub(crate) fn line(first: u32, values: &[f64], most: Option<f64>) -> Option<String> {
	let last = first.checked_add(u32::try_from(values.len().checked_sub(1)?).ok()?)?;
	if last == first {
		return None;
	}
	// Drawn, not computed with: the nearest float is near enough.
	let points: Vec<(f32, f32)> =
		(first..=last).zip(values).map(|(epoch, value)| (epoch as f32, *value as f32)).collect();
	let top = most.unwrap_or_else(|| values.iter().copied().fold(0.0, f64::max));
	let top = if top > 0.0 { top as f32 } else { 1.0 };
	let shape = Shape::Lines(&points);
	let (width, height) = CANVAS;
	let mut chart = Chart::new_with_y_range(width, height, first as f32, last as f32, 0.0, top);
	let chart = chart
		.x_label_format(LabelFormat::Custom(Box::new(|epoch| format!("epoch {epoch:.0}"))))
		.y_label_format(LabelFormat::Custom(Box::new(short)))
		.lineplot(&shape);
	chart.axis();
	chart.figures();
	// Blank cells of the canvas are no spaces, and some terminals show them as dots.
	let text = chart.to_string().replace('\u{2800}', " ");
	Some(text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n"))
}

/// A number in few characters.
fn short(number: f32) -> String {
	let text = format!("{number:.3}");
	text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// How dark a part of a whole is drawn.
pub(crate) fn shade(part: u128, whole: u128) -> char {
	if part == 0 {
		return ' ';
	}
	match part.saturating_mul(4) / whole.max(1) {
		0 => '░',
		1 => '▒',
		2 => '▓',
		_ => '█',
	}
}

/// A part of a whole in whole percent, rounded down; nothing of nothing.
pub(crate) fn percent(part: u128, whole: u128) -> Option<u128> {
	part.saturating_mul(100).checked_div(whole)
}

#[cfg(test)]
mod tests {
	use super::{bars, line, percent, shade};

	#[test]
	fn the_longest_bar_is_as_wide_as_may_be_and_parts_follow_each_other() {
		let text = bars(&[
			("9".into(), vec![('█', 10), ('░', 10)]),
			("10".into(), vec![('█', 5), ('░', 0)]),
			("11".into(), vec![]),
		]);
		let bar = format!("{}{}", "█".repeat(20), "░".repeat(20));
		assert_eq!(text, format!(" 9 │{bar}\n10 │{}\n11 │", "█".repeat(10)));
	}

	#[test]
	fn little_beside_much_is_still_seen() {
		let text = bars(&[("a".into(), vec![('█', 1_000)]), ("b".into(), vec![('█', 1)])]);
		assert!(text.ends_with("b │·"), "{text}");
		let text = bars(&[("a".into(), vec![('█', u128::MAX / 4)])]);
		assert!(text.starts_with("a │█"), "{text}");
	}

	#[test]
	fn a_line_runs_from_its_first_epoch_to_its_last() {
		let text = line(3, &[0.0, 1.0, 2.0, 1.0], None).unwrap();
		assert!(text.contains("epoch 3") && text.contains("epoch 6"), "{text}");
		let rows: Vec<_> = text.lines().collect();
		assert!(rows[0].ends_with(" 2"), "{text}");
		assert!(rows[rows.len() - 2].ends_with(" 0"), "{text}");
		// It is highest two thirds along, where the first row has dots.
		let dots = rows[0].chars().position(|dot| ('\u{2801}'..='\u{28ff}').contains(&dot));
		assert!(dots.is_some_and(|place| (30..36).contains(&place)), "{text}");
	}

	#[test]
	fn a_line_of_nothing_is_drawn_and_a_single_point_is_no_line() {
		assert!(line(0, &[0.0, 0.0], None).is_some());
		assert_eq!(line(7, &[1.0], None), None);
		assert_eq!(line(0, &[], None), None);
	}

	#[test]
	fn shades_go_by_quarters() {
		let shades: String = [0, 1, 25, 50, 75, 100].map(|part| shade(part, 100)).iter().collect();
		assert_eq!(shades, " ░▒▓██");
		assert_eq!((percent(1, 3), percent(0, 0)), (Some(33), None));
	}
}
