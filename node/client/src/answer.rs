//! The answers, written in the order of the questions.

use crate::{
	amount::Amount,
	batch::{End, Item},
	error::{Error, Result},
	fault::{failed, fault_name},
	late_proof::LateProofView,
	ports::port_name,
	proving::ProofView,
	records::{Request, State},
	report::{json_line, Report},
};
use opg_primitives::{model::read_tensors, Outcome, Port};
use opg_tensor::json::to_json;
use serde::Serialize;
use serde_json::{json, Value};
use std::{
	collections::BTreeMap,
	fs::File,
	io::{stdout, Write},
	path::{Path, PathBuf},
};

/// How one request ended, as it is printed.
#[derive(Debug, Serialize)]
pub(crate) struct Answer {
	#[serde(skip_serializing_if = "Option::is_none")]
	request: Option<u64>,
	state: &'static str,
	#[serde(skip_serializing_if = "Option::is_none")]
	output: Option<Value>,
	fee: Amount,
	#[serde(skip_serializing_if = "Option::is_none")]
	node: Option<u32>,
	#[serde(skip_serializing_if = "Vec::is_empty")]
	nodes: Vec<u32>,
	#[serde(skip_serializing_if = "Option::is_none")]
	blocks: Option<u64>,
	#[serde(skip_serializing_if = "Option::is_none")]
	proof: Option<ProofView>,
	#[serde(skip_serializing_if = "Option::is_none")]
	proved_later: Option<LateProofView>,
	#[serde(skip_serializing_if = "Option::is_none")]
	fault: Option<&'static str>,
	#[serde(skip_serializing_if = "Option::is_none")]
	error: Option<String>,
}

impl Answer {
	fn new(end: &End, outputs: &[Port]) -> Self {
		match end {
			End::Chain { request, record, charged, proving } => {
				let mut answer = Self::of_record(*request, record, *charged, outputs);
				if let (Some(proof), Some(proving)) = (&mut answer.proof, proving) {
					proof.took = Some(*proving);
				}
				answer
			},
			End::Late { request, record } => {
				let error = format!(
					"The chain has not ended request {request} long after its deadline; `opg request \
					 show {request}` says how it stands."
				);
				let answer = Self::of_record(*request, record, None, outputs);
				Self { error: Some(error), ..answer }
			},
			End::Gone { request } => Self {
				request: Some(*request),
				error: Some(format!(
					"Request {request} cannot be found any more: it ended and was pruned."
				)),
				..Self::refused("gone")
			},
			End::Refused(error) => {
				Self { error: Some(error.to_string()), ..Self::refused("refused") }
			},
		}
	}

	const fn refused(state: &'static str) -> Self {
		Self {
			request: None,
			state,
			output: None,
			fee: Amount(0),
			node: None,
			nodes: Vec::new(),
			blocks: None,
			proof: None,
			proved_later: None,
			fault: None,
			error: None,
		}
	}

	/// What came out.
	pub(crate) const fn output(&self) -> Option<&Value> {
		self.output.as_ref()
	}

	/// The proof that came with it.
	pub(crate) const fn proof(&self) -> Option<&ProofView> {
		self.proof.as_ref()
	}

	/// The proof that was made of it later.
	pub(crate) const fn proved_later(&self) -> Option<&LateProofView> {
		self.proved_later.as_ref()
	}

	/// Why nothing came out, if so.
	pub(crate) fn error(&self) -> Option<&str> {
		self.error.as_deref()
	}

	/// What the chain says of a request; `charged` is what one that failed cost, where that is known.
	pub(crate) fn of_record(
		request: u64,
		record: &Request,
		charged: Option<u128>,
		outputs: &[Port],
	) -> Self {
		let settled = match &record.state {
			State::Settled { outcome, .. } => Some(read_output(request, outcome, outputs)),
			_ => None,
		};
		let (output, unreadable) = match settled {
			Some(Ok(output)) => (Some(output), None),
			Some(Err(error)) => (None, Some(error.to_string())),
			None => (None, None),
		};
		let nodes = record.state.nodes();
		let fault = record.state.fault();
		Self {
			request: Some(request),
			state: record.state.name(),
			output,
			fee: Amount(fault.and(charged).unwrap_or(record.fee())),
			node: match nodes.as_slice() {
				[node] => Some(*node),
				_ => None,
			},
			nodes,
			blocks: record.state.ended_at().map(|at| at.saturating_sub(record.requested_at)),
			proof: record.proof.map(ProofView::new),
			proved_later: record.late_proof.as_ref().map(LateProofView::new),
			fault: fault.map(fault_name),
			error: failure(request, record, charged).or(unreadable),
		}
	}

	/// The nodes that answered, as a sentence names them.
	fn answered_by(&self) -> String {
		let nodes: Vec<_> = self.nodes.iter().map(u32::to_string).collect();
		let word = if nodes.len() == 1 { "node" } else { "nodes" };
		format!("{word} {}", nodes.join(", "))
	}
}

/// Why a request ended without an answer, if it did.
fn failure(request: u64, record: &Request, charged: Option<u128>) -> Option<String> {
	match &record.state {
		State::Failed { fault, .. } => Some(failed(request, fault.0, charged.map(Amount))),
		State::Expired { .. } => Some(format!(
			"Request {request} expired: there was no answer in time that enough nodes agree on. Its \
			 fee was returned."
		)),
		State::Cancelled { .. } => Some(format!("Request {request} was cancelled.")),
		_ => None,
	}
}

/// What a settled request gave, by the model's declared outputs.
pub(crate) fn read_output(request: u64, outcome: &Outcome, outputs: &[Port]) -> Result<Value> {
	let Outcome::Output(bytes) = outcome else { return Err(Error::NoOutput { request }) };
	let tensors = read_tensors(outputs, bytes, usize::MAX)
		.map_err(|cause| Error::Output { request, cause })?;
	let names: Vec<_> = outputs.iter().map(port_name).collect();
	Ok(to_json(&tensors, &names))
}

/// Where answers go, and what was said so far.
pub(crate) struct Answers {
	outputs: Vec<Port>,
	lines: bool,
	report: Report,
	file: Option<(PathBuf, File)>,
	written: u64,
	states: BTreeMap<&'static str, u64>,
	paid: u128,
	blocks: Vec<u64>,
	faults: u64,
	failure: Option<Error>,
}

impl Answers {
	/// Opens the file for answers, if one was asked for, before anything is paid.
	pub(crate) fn open(
		file: Option<&Path>,
		outputs: Vec<Port>,
		lines: bool,
		report: Report,
	) -> Result<Self> {
		let file = file
			.map(|path| match File::create(path) {
				Ok(file) => Ok((path.to_owned(), file)),
				Err(cause) => Err(Error::File { file: path.into(), cause }),
			})
			.transpose()?;
		let (states, blocks) = (BTreeMap::new(), Vec::new());
		Ok(Self {
			outputs,
			lines,
			report,
			file,
			written: 0,
			states,
			paid: 0,
			blocks,
			faults: 0,
			failure: None,
		})
	}

	/// How many answers were written.
	pub(crate) const fn written(&self) -> u64 {
		self.written
	}

	/// Writes the ends of `items` up to the first that has not ended.
	pub(crate) fn write(&mut self, items: &mut [Item]) -> Result<()> {
		let first = usize::try_from(self.written).unwrap_or(usize::MAX);
		for item in items.iter_mut().skip(first) {
			let Some(end) = item.take_end() else { break };
			self.write_one(end)?;
			self.written += 1;
		}
		Ok(())
	}

	fn write_one(&mut self, end: End) -> Result<()> {
		let answer = Answer::new(&end, &self.outputs);
		*self.states.entry(answer.state).or_default() += 1;
		self.paid = self.paid.saturating_add(answer.fee.0);
		self.blocks.extend(answer.blocks.filter(|_| answer.output.is_some()));
		if answer.output.is_none() {
			let cause = answer.error.clone().unwrap_or_default();
			self.failure = Some(match end {
				End::Refused(error) => error,
				_ if answer.fault.is_some() => Error::Failed(cause),
				_ => Error::NotSettled(cause),
			});
			self.faults += u64::from(answer.fault.is_some());
		}
		if self.lines || self.report.json {
			return self.line(&json_line(&answer));
		}
		match (&answer.output, answer.request) {
			(Some(output), Some(request)) => {
				self.line(&serde_json::to_string_pretty(output).unwrap_or_default())?;
				self.report.remark(format!(
					"Request {request}: answered by {} after {} blocks for {}.",
					answer.answered_by(),
					answer.blocks.unwrap_or_default(),
					answer.fee
				));
				if let Some(proof) = answer.proof() {
					self.report.remark(format!("It was proved: {}.", proof.text()));
				}
				Ok(())
			},
			_ => Ok(()),
		}
	}

	fn line(&mut self, text: &str) -> Result<()> {
		match &mut self.file {
			Some((path, file)) => {
				writeln!(file, "{text}").map_err(|cause| Error::File { file: path.clone(), cause })
			},
			None => writeln!(stdout(), "{text}")
				.map_err(|cause| Error::File { file: "standard output".into(), cause }),
		}
	}

	/// Sums up; fails unless every request was answered.
	pub(crate) fn close(mut self) -> Result<()> {
		let settled = self.blocks.len();
		if self.lines {
			self.sum_up();
			let unsettled = self.written.saturating_sub(u64::try_from(settled).unwrap_or(u64::MAX));
			let of = format!("{unsettled} of {} requests", self.written);
			return match unsettled {
				0 => Ok(()),
				faults if faults == self.faults => Err(Error::Failed(format!(
					"{of} failed: several nodes found that the model has no answer to them."
				))),
				_ => Err(Error::NotSettled(format!("{of} were not answered."))),
			};
		}
		self.failure.map_or(Ok(()), Err)
	}

	fn sum_up(&mut self) {
		self.blocks.sort_unstable();
		let median = self.blocks.get(self.blocks.len() / 2);
		let paid = Amount(self.paid);
		if self.report.json {
			let summary = json!({
				"requests": self.written, "states": self.states, "paid": paid, "median_blocks": median,
			});
			eprintln!("{}", json!({ "summary": summary }));
			return;
		}
		let states: Vec<_> =
			self.states.iter().map(|(state, count)| format!("{count} {state}")).collect();
		let pace =
			median.map(|blocks| format!(", {blocks} blocks each (median)")).unwrap_or_default();
		eprintln!("{} requests: {}; {paid} paid{pace}.", self.written, states.join(", "));
	}
}

#[cfg(test)]
mod tests {
	use super::{Answer, Answers};
	use crate::{
		batch::{End, Item},
		error::Error,
		ports::read_port,
		records::{Request, State},
		report::{json_line, Report},
	};
	use opg_primitives::{FaultKind, Outcome, TrustMode};
	use opg_tensor::{encode, Tensor};
	use std::path::Path;
	use subxt::utils::{AccountId32, Static};

	fn record(state: State) -> Request {
		Request {
			requester: AccountId32([1; 32]),
			model: 0,
			trust: Static(TrustMode::Attested),
			held: 0,
			price: 10_000_000_000,
			surplus: 0,
			base_fee: 1_000_000_000,
			requested_at: 10,
			deadline: 50,
			client_key: [0; 16],
			missed_by: None,
			proof: None,
			late_proof: None,
			state,
		}
	}

	fn settled() -> Request {
		let bytes = encode(&[Tensor::from_i64(&[2], &[1, 2]).unwrap()]);
		let outcome = Static(Outcome::Output(bytes.try_into().unwrap()));
		record(State::Settled { by: vec![3], outcome, at: 14 })
	}

	fn failed() -> Request {
		record(State::Failed { fault: Static(FaultKind::Looped), at: 14 })
	}

	fn of_chain(request: u64, record: Request) -> End {
		End::Chain { request, record, charged: None, proving: None }
	}

	fn ended(end: End) -> Item {
		let mut item = Item::new([0; 16]);
		item.end = Some(end);
		item
	}

	#[test]
	fn an_answer_is_one_line_in_a_fixed_order() {
		let outputs = [read_port("y:int64[2]").unwrap()];
		let answer = Answer::of_record(7, &settled(), None, &outputs);
		assert_eq!(
			json_line(&answer),
			r#"{"request":7,"state":"settled","output":{"y":[1,2]},"fee":"0.01 OPG","node":3,"nodes":[3],"blocks":4}"#
		);
	}

	#[test]
	fn a_quorum_s_answer_names_and_pays_all_who_gave_it() {
		let State::Settled { outcome, at, .. } = settled().state else { panic!("not settled") };
		let quorum = Request {
			trust: Static(TrustMode::Quorum { nodes: 3, agree: 2 }),
			..record(State::Settled { by: vec![3, 5], outcome, at })
		};
		let answer = Answer::of_record(7, &quorum, None, &[read_port("y:int64[2]").unwrap()]);
		assert_eq!(answer.answered_by(), "nodes 3, 5");
		assert_eq!(answer.fee.0, 20_000_000_000);
		assert!(json_line(&answer).contains(r#""nodes":[3,5]"#));
		assert!(answer.node.is_none());
	}

	#[test]
	fn a_failed_request_names_its_fault_and_what_it_cost() {
		let answer = Answer::of_record(7, &failed(), Some(2_000_000_000), &[]);
		assert_eq!((answer.state, answer.fault), ("failed", Some("looped")));
		assert_eq!(answer.fee.0, 2_000_000_000);
		assert!(answer.error.unwrap().contains("0.002 OPG was charged"));
	}

	#[test]
	fn an_expired_request_cost_nothing_and_says_so() {
		let answer = Answer::of_record(7, &record(State::Expired { at: 50 }), None, &[]);
		assert_eq!(answer.fee.0, 0);
		assert!(answer.error.unwrap().contains("returned"));
	}

	#[test]
	fn an_output_of_another_shape_is_an_error_beside_the_state() {
		let outputs = [read_port("y:int64[3]").unwrap()];
		let answer = Answer::of_record(7, &settled(), None, &outputs);
		assert!(answer.output.is_none() && answer.error.is_some());
		assert_eq!(answer.state, "settled");
	}

	#[test]
	fn answers_are_written_in_the_order_of_the_questions() {
		let directory = std::env::temp_dir().join(format!("opg-answers-{}", std::process::id()));
		let report = Report { json: true };
		let outputs = vec![read_port("y:int64[2]").unwrap()];
		let mut answers = Answers::open(Some(&directory), outputs, true, report).unwrap();
		let mut items =
			[Item::new([0; 16]), ended(of_chain(8, settled())), ended(End::Gone { request: 9 })];
		answers.write(&mut items).unwrap();
		assert_eq!(answers.written(), 0);
		items[0].end = Some(of_chain(7, settled()));
		answers.write(&mut items).unwrap();
		assert_eq!(answers.written(), 3);
		let error = answers.close().unwrap_err();
		assert_eq!(error.exit_code(), 3);
		let text = std::fs::read_to_string(&directory).unwrap();
		std::fs::remove_file(&directory).unwrap();
		let lines: Vec<_> = text.lines().collect();
		assert!(lines[0].contains("\"request\":7") && lines[1].contains("\"request\":8"), "{text}");
		assert!(lines[2].contains("\"state\":\"gone\""), "{text}");
	}

	fn closed(lines: bool, ends: Vec<End>) -> Error {
		let (nowhere, report) = (Path::new("/dev/null"), Report { json: false });
		let mut answers = Answers::open(Some(nowhere), Vec::new(), lines, report).unwrap();
		answers.write(&mut ends.into_iter().map(ended).collect::<Vec<_>>()).unwrap();
		answers.close().unwrap_err()
	}

	#[test]
	fn a_failed_request_ends_with_four_and_any_other_loss_with_three() {
		assert_eq!(closed(false, vec![of_chain(7, failed())]).exit_code(), 4);
		assert_eq!(closed(true, vec![of_chain(7, failed()), of_chain(8, failed())]).exit_code(), 4);
		assert_eq!(
			closed(true, vec![of_chain(7, failed()), End::Gone { request: 8 }]).exit_code(),
			3
		);
	}

	#[test]
	fn a_single_refusal_fails_with_its_own_reason() {
		let mut answers = Answers::open(None, Vec::new(), false, Report { json: false }).unwrap();
		answers.write(&mut [ended(End::Refused(Error::Balance))]).unwrap();
		let error = answers.close().unwrap_err();
		assert!(matches!(error, Error::Balance));
		assert_eq!(error.exit_code(), 1);
	}
}
