//! Why a model gave no answer, in plain words, and what to do about it.

use crate::amount::Amount;
use opg_primitives::FaultKind;

/// The fault's name as programs see it.
pub(crate) const fn fault_name(kind: FaultKind) -> &'static str {
	match kind {
		FaultKind::Looped => "looped",
		FaultKind::OutOfMemory => "out-of-memory",
		FaultKind::OutputTooLong => "output-too-long",
		FaultKind::OutputMismatch => "output-mismatch",
		FaultKind::InputMismatch => "input-mismatch",
		FaultKind::Crashed => "crashed",
		FaultKind::Refused => "refused",
		FaultKind::Unavailable => "unavailable",
		FaultKind::Unprovable => "unprovable",
	}
}

/// What happened.
const fn reason(kind: FaultKind) -> &'static str {
	match kind {
		FaultKind::Looped => "the model did not end within the time a run may take",
		FaultKind::OutOfMemory => "the model asked for more memory than a run may have",
		FaultKind::OutputTooLong => "the output is longer than an answer may be",
		FaultKind::OutputMismatch => "the output is not what the model declares",
		FaultKind::InputMismatch => "the stored input is not what the model takes",
		FaultKind::Crashed => "the model ended the process it ran in",
		FaultKind::Refused => "the model cannot be run on this input",
		FaultKind::Unavailable => "the file of the model or of the input could not be had",
		FaultKind::Unprovable => "the model's circuit cannot hold the input or what it comes to",
	}
}

/// What to do about it.
const fn advice(kind: FaultKind) -> &'static str {
	match kind {
		FaultKind::Looped | FaultKind::OutOfMemory => "Try a smaller input.",
		FaultKind::OutputTooLong => "Ask for less at once, such as fewer rows.",
		FaultKind::OutputMismatch => {
			"The model's file does not fit its record: tell its owner (`opg model show`)."
		},
		FaultKind::InputMismatch => "Compare the input with the ports in `opg model show`.",
		FaultKind::Crashed => "Try another input, or tell the model's owner (`opg model show`).",
		FaultKind::Refused => {
			"Compare the lengths and values of the input with what the model expects."
		},
		FaultKind::Unavailable => "Upload it to the nodes that serve the model (--store-url).",
		FaultKind::Unprovable => {
			"Ask with smaller numbers, or under another trust (--trust attested)."
		},
	}
}

/// The whole story of a request that failed; what was charged is left open where the chain has forgotten it.
pub(crate) fn failed(request: u64, kind: FaultKind, charged: Option<Amount>) -> String {
	let charged = charged.map_or_else(|| "A base fee".into(), |amount| amount.to_string());
	format!(
		"Request {request} failed: several nodes found that {} ({}). {charged} was charged and the \
		 rest returned. {}",
		reason(kind),
		fault_name(kind),
		advice(kind)
	)
}

#[cfg(test)]
mod tests {
	use super::{advice, failed, fault_name, reason};
	use crate::amount::Amount;
	use opg_primitives::FaultKind;
	use std::collections::BTreeSet;

	const ALL: [FaultKind; 9] = [
		FaultKind::Looped,
		FaultKind::OutOfMemory,
		FaultKind::OutputTooLong,
		FaultKind::OutputMismatch,
		FaultKind::InputMismatch,
		FaultKind::Crashed,
		FaultKind::Refused,
		FaultKind::Unavailable,
		FaultKind::Unprovable,
	];

	#[test]
	fn every_fault_has_a_name_and_a_reason_of_its_own() {
		assert_eq!(ALL.map(fault_name).into_iter().collect::<BTreeSet<_>>().len(), ALL.len());
		assert_eq!(ALL.map(reason).into_iter().collect::<BTreeSet<_>>().len(), ALL.len());
		assert!(ALL.into_iter().all(|kind| advice(kind).ends_with('.')));
	}

	#[test]
	fn a_failed_request_says_what_happened_what_it_cost_and_what_to_do() {
		let text = failed(7, FaultKind::OutOfMemory, Some(Amount(2_000_000_000)));
		assert!(text.contains("Request 7") && text.contains("more memory"), "{text}");
		assert!(text.contains("0.002 OPG was charged"), "{text}");
		assert!(text.ends_with("Try a smaller input."), "{text}");
		assert!(failed(7, FaultKind::Looped, None).contains("A base fee was charged"));
	}
}
