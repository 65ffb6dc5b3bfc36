//! Proofs of answers: whether an input can be proved at all, and what a proof took.

use crate::{
	error::{Error, Result},
	records::{Model, ProofRecord},
	report::Report,
};
use opg_primitives::{model::read_tensors, request::MAX_INPUT_BYTES, Audit};
use serde::Serialize;

/// Refuses, before anything is paid, inputs that the model's circuit cannot hold; says it if nobody has audited the circuit.
pub(crate) fn check(number: u32, model: &Model, inputs: &[Vec<u8>], report: Report) -> Result<()> {
	let circuit = model.terms.circuit.as_ref().ok_or(Error::NoCircuit(number))?;
	for (index, bytes) in inputs.iter().enumerate() {
		let refused = |cause: String| {
			let line = (inputs.len() > 1).then_some(index + 1);
			Error::Unprovable { line, cause }
		};
		if bytes.len() > MAX_INPUT_BYTES as usize {
			return Err(refused(format!("it has more than {MAX_INPUT_BYTES} bytes")));
		}
		let tensors = read_tensors(&model.terms.inputs, bytes, MAX_INPUT_BYTES as usize);
		let tensors = tensors.map_err(|error| refused(error.to_string()))?;
		circuit.quantised(&tensors).map_err(|error| refused(error.to_string()))?;
	}
	heed_audit(number, model, report)
}

/// Says what audits of a model's circuit came to; refuses one whose key is another's.
pub(crate) fn heed_audit(number: u32, model: &Model, report: Report) -> Result<()> {
	match *model.audit {
		Audit::Unaudited => report.remark(format!(
			"Nobody has audited the circuit of model {number}: that its key is the model's is its publisher's word, and that of the \
			 nodes that serve it. `opg model audit {number}` makes the key again, here or --by-nodes."
		)),
		Audit::Audited => report.remark(format!("The circuit of model {number} is audited.")),
		Audit::Refuted => return Err(Error::Suspended(number)),
	}
	Ok(())
}

/// What the proof of an answer took.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Proving {
	/// From the first sight of a node having the request to its settlement.
	#[serde(skip_serializing_if = "Option::is_none")]
	seconds: Option<f64>,
	/// What checking it weighed in a block.
	#[serde(skip_serializing_if = "Option::is_none")]
	weight_ms: Option<f64>,
}

impl Proving {
	/// Seconds, and a weight in picoseconds.
	pub(crate) fn new(seconds: Option<f64>, weight: Option<u64>) -> Self {
		let seconds = seconds.map(|seconds| (seconds * 10.0).round() / 10.0);
		let weight_ms = weight.map(|weight| (weight as f64 / 1e7).round() / 100.0);
		Self { seconds, weight_ms }
	}

	/// What checking it weighed, in words.
	pub(crate) fn weight(&self) -> String {
		self.weight_ms.map_or("an unknown part".into(), |it| format!("{it} ms"))
	}
}

/// The proof of an answer, as it is printed.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ProofView {
	bytes: u32,
	statement: String,
	hash: String,
	/// What it took, where that was seen.
	#[serde(flatten)]
	pub(crate) took: Option<Proving>,
}

impl ProofView {
	/// Of what the chain keeps.
	pub(crate) fn new(record: ProofRecord) -> Self {
		let shown = |bytes: &[u8; 32]| format!("0x{}", hex::encode(bytes));
		let (statement, hash) = (shown(&record.statement), shown(&record.hash));
		Self { bytes: record.bytes, statement, hash, took: None }
	}

	/// As a sentence goes on with it.
	pub(crate) fn text(&self) -> String {
		let Proving { seconds, weight_ms } = self.took.unwrap_or_default();
		let seconds = seconds.map(|it| format!("{it} s with a node, ")).unwrap_or_default();
		let weight = weight_ms.map(|it| format!(", checked for {it} ms of a block's weight"));
		format!("{seconds}{} bytes{}", self.bytes, weight.unwrap_or_default())
	}
}

#[cfg(test)]
mod tests {
	use super::{ProofView, Proving};
	use crate::{records::ProofRecord, report::json_line};

	fn view() -> ProofView {
		ProofView::new(ProofRecord { statement: [1; 32], hash: [2; 32], bytes: 3_072 })
	}

	#[test]
	fn a_proof_says_its_size_and_what_it_took() {
		let mut view = view();
		assert_eq!(view.text(), "3072 bytes");
		view.took = Some(Proving::new(Some(12.34), Some(6_543_210_000)));
		assert_eq!(
			view.text(),
			"12.3 s with a node, 3072 bytes, checked for 6.54 ms of a block's weight"
		);
		let line = json_line(&view);
		assert!(line.contains("\"seconds\":12.3,\"weight_ms\":6.54"), "{line}");
	}
}
