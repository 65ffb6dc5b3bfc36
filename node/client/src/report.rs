//! What is printed, for people or for programs.

use crate::error::Error;
use serde::Serialize;
use serde_json::json;
use std::{
	fmt::Display,
	io::{stdout, IsTerminal, Write},
};

/// Prints results to stdout and remarks to stderr.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Report {
	/// Whether programs read it.
	pub(crate) json: bool,
}

impl Report {
	/// A result.
	pub(crate) fn result(self, value: &impl Serialize, text: impl Display) {
		if self.json {
			self.line(json_line(value));
		} else {
			self.line(text);
		}
	}

	/// A result that is text for programs, such as comma-separated values.
	pub(crate) fn raw(self, text: impl Display) {
		// As in `line`.
		let _ = write!(stdout(), "{text}");
	}

	/// A remark: nothing a program waits for.
	pub(crate) fn remark(self, text: impl Display) {
		if !self.json {
			eprintln!("{text}");
		}
	}

	/// Something that makes a result doubtful.
	pub(crate) fn warning(self, text: impl Display) {
		if self.json {
			eprintln!("{}", json!({ "warning": text.to_string() }));
		} else {
			eprintln!("Warning: {text}");
		}
	}

	/// Whether a moving progress bar may be shown.
	pub(crate) fn moves(self) -> bool {
		!self.json && std::io::stderr().is_terminal()
	}

	/// Why it failed.
	pub(crate) fn error(self, error: &Error) {
		if self.json {
			let (kind, message) = (error.kind(), error.to_string());
			eprintln!("{}", json!({ "error": { "kind": kind, "message": message } }));
		} else {
			eprintln!("Error: {error}");
		}
	}

	fn line(self, text: impl Display) {
		// A reader that has seen enough closes the pipe, which is no failure.
		let _ = writeln!(stdout(), "{text}");
	}
}

/// A value as one line of JSON.
pub(crate) fn json_line(value: &impl Serialize) -> String {
	serde_json::to_string(value)
		.unwrap_or_else(|error| json!({ "error": error.to_string() }).to_string())
}

/// Rows under headings, in columns as wide as they need.
pub(crate) fn table<const COLUMNS: usize>(
	headings: [&str; COLUMNS],
	rows: &[[String; COLUMNS]],
) -> String {
	let headings = headings.map(String::from);
	let lines = || std::iter::once(&headings).chain(rows);
	let mut widths = [0; COLUMNS];
	for line in lines() {
		for (width, cell) in widths.iter_mut().zip(line) {
			*width = cell.chars().count().max(*width);
		}
	}
	let text = |line: &[String; COLUMNS]| {
		let cells = line.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
		cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
	};
	lines().map(text).collect::<Vec<_>>().join("\n")
}

/// Names and values, one pair a line.
pub(crate) fn pairs(pairs: &[(&str, String)]) -> String {
	let width = pairs.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
	let lines = pairs.iter().map(|(name, value)| format!("{name:<width$}  {value}"));
	lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
	use super::{pairs, table};

	#[test]
	fn columns_are_as_wide_as_they_need() {
		let rows = [["1".into(), "döner".into()], ["12".into(), String::new()]];
		assert_eq!(table(["id", "name"], &rows), "id  name\n1   döner\n12");
		assert_eq!(table(["id"], &[]), "id");
	}

	#[test]
	fn values_stand_below_each_other() {
		assert_eq!(pairs(&[("a", "1".into()), ("bcd", "2".into())]), "a    1\nbcd  2");
	}
}
