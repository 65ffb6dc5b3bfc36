//! What makes an answer believable, as people write it: `attested`, `quorum:2of3`, `proved`.

use clap::ValueEnum;
use opg_primitives::{
	request::{MAX_QUORUM, MIN_QUORUM},
	TrustKind, TrustMode,
};

/// Why a text is no trust.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub(crate) enum TrustError {
	/// None of the forms.
	#[error("`{0}` is no trust: write attested, proved, or quorum:KofN such as quorum:2of3")]
	Malformed(String),
	/// Too few or too many nodes.
	#[error("a quorum has {MIN_QUORUM} to {MAX_QUORUM} nodes, not {0}: write quorum:2of3")]
	Nodes(u8),
	/// No majority, or more than there are.
	#[error("of {nodes} nodes {} to {nodes} must agree, not {agree}", .nodes / 2 + 1)]
	Agree {
		/// How many nodes answer.
		nodes: u8,
		/// How many were to agree.
		agree: u8,
	},
}

/// Reads `attested`, `proved` or `quorum:KofN`.
pub(crate) fn read_trust(text: &str) -> Result<TrustMode, TrustError> {
	if text == "attested" {
		return Ok(TrustMode::Attested);
	}
	if text == "proved" {
		return Ok(TrustMode::Proved);
	}
	let numbers = text.strip_prefix("quorum:").and_then(|rest| rest.split_once("of"));
	let numbers = numbers.and_then(|(agree, nodes)| Some((number(agree)?, number(nodes)?)));
	let (agree, nodes) = numbers.ok_or_else(|| TrustError::Malformed(text.into()))?;
	let mode = TrustMode::Quorum { nodes, agree };
	match mode.is_valid() {
		true => Ok(mode),
		false if !(MIN_QUORUM..=MAX_QUORUM).contains(&nodes) => Err(TrustError::Nodes(nodes)),
		false => Err(TrustError::Agree { nodes, agree }),
	}
}

/// Digits only: `parse` alone would take a sign.
fn number(text: &str) -> Option<u8> {
	let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
	is_plain.then(|| text.parse().ok()).flatten()
}

/// The trust as [`read_trust`] takes it.
pub(crate) fn show_trust(mode: TrustMode) -> String {
	match mode {
		TrustMode::Attested => "attested".into(),
		TrustMode::Proved => "proved".into(),
		TrustMode::Quorum { nodes, agree } => format!("quorum:{agree}of{nodes}"),
	}
}

/// A kind of trust, as typed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum TrustArg {
	/// One bonded node answers; some answers are run again by chance
	Attested,
	/// Several nodes answer, and enough of them agree
	Quorum,
	/// One node answers with a proof that the chain checks (needs --prove)
	Proved,
}

/// The kinds as the chain holds them: each once, in its order.
pub(crate) fn trust_kinds(given: &[TrustArg]) -> Vec<TrustKind> {
	let kinds = [
		(TrustArg::Attested, TrustKind::Attested),
		(TrustArg::Quorum, TrustKind::Quorum),
		(TrustArg::Proved, TrustKind::Proved),
	];
	kinds.into_iter().filter(|(arg, _)| given.contains(arg)).map(|(_, kind)| kind).collect()
}

/// The kind as typed.
pub(crate) const fn kind_name(kind: TrustKind) -> &'static str {
	match kind {
		TrustKind::Attested => "attested",
		TrustKind::Quorum => "quorum",
		TrustKind::Proved => "proved",
	}
}

#[cfg(test)]
mod tests {
	use super::{read_trust, show_trust, trust_kinds, TrustArg, TrustError};
	use opg_primitives::{TrustKind, TrustMode};

	#[test]
	fn a_quorum_says_how_many_of_how_many_agree() {
		assert_eq!(read_trust("attested"), Ok(TrustMode::Attested));
		assert_eq!(read_trust("quorum:2of3"), Ok(TrustMode::Quorum { nodes: 3, agree: 2 }));
		assert_eq!(read_trust("quorum:7of7"), Ok(TrustMode::Quorum { nodes: 7, agree: 7 }));
	}

	#[test]
	fn what_is_shown_can_be_read_again() {
		for text in ["attested", "proved", "quorum:2of3", "quorum:3of4", "quorum:4of7"] {
			assert_eq!(show_trust(read_trust(text).unwrap()), text);
		}
	}

	#[test]
	fn another_form_is_refused_with_all_forms() {
		for text in ["", "quorum", "quorum:3", "quorum:of", "quorum:+2of3", "quorum:2of300"] {
			let error = read_trust(text).unwrap_err();
			assert_eq!(error, TrustError::Malformed(text.into()));
			let text = error.to_string();
			assert!(text.contains("quorum:2of3") && text.contains("proved"), "{text}");
		}
	}

	#[test]
	fn too_few_and_too_many_nodes_are_refused_with_the_range() {
		for (text, nodes) in [("quorum:2of2", 2), ("quorum:5of8", 8)] {
			let error = read_trust(text).unwrap_err();
			assert_eq!(error, TrustError::Nodes(nodes));
			assert!(error.to_string().contains("3 to 7"), "{error}");
		}
	}

	#[test]
	fn a_minority_is_refused_with_what_would_be_enough() {
		let error = read_trust("quorum:2of4").unwrap_err();
		assert_eq!(error, TrustError::Agree { nodes: 4, agree: 2 });
		assert_eq!(error.to_string(), "of 4 nodes 3 to 4 must agree, not 2");
		assert_eq!(read_trust("quorum:4of3"), Err(TrustError::Agree { nodes: 3, agree: 4 }));
	}

	#[test]
	fn kinds_are_held_once_and_in_order() {
		let given = [TrustArg::Quorum, TrustArg::Attested, TrustArg::Quorum];
		assert_eq!(trust_kinds(&given), [TrustKind::Attested, TrustKind::Quorum]);
		assert_eq!(trust_kinds(&[TrustArg::Quorum]), [TrustKind::Quorum]);
		let given = [TrustArg::Proved, TrustArg::Attested];
		assert_eq!(trust_kinds(&given), [TrustKind::Attested, TrustKind::Proved]);
	}
}
