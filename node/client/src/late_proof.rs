//! `opg request prove`: proves an answer that was given without a proof, and what is shown of such a proof.

use crate::{
	amount::Amount,
	args::ProverArgs,
	chain::{
		self, account, next_block, AtBlock, Chain, COMMIT, COMMITMENTS, COMMITMENT_AGE,
		COMMITMENT_DEPOSIT, EXTRINSIC_SUCCESS, INPUTS, MAX_STEPS, PROVE_LATER, REQUESTS,
	},
	circuit,
	error::{Error, Result},
	keys::fresh_salt,
	model,
	proving::{self, Proving},
	records::{
		CommitToProof, Commitment, LateProofRecord, Model, Request, ShowProof, State, Succeeded,
	},
	report::{pairs, Report},
	request::check_of,
};
use opg_ezkl::Proven;
use opg_primitives::{
	late_proof::{commitment, Distance},
	model::read_tensors,
	request::{MAX_INPUT_BYTES, MAX_OUTPUT_BYTES},
	Circuit, Input, Outcome,
};
use opg_tensor::{encode, Tensor};
use serde::Serialize;
use serde_json::json;
use std::time::Instant;
use subxt::utils::Static;
use subxt_signer::sr25519::Keypair;

/// Blocks within which a commitment is seen, unless the chain stands still.
const PATIENCE: u64 = 50;

/// The proof that was made of an answer later, as it is printed.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct LateProofView {
	by: String,
	key: String,
	/// The largest difference between a number answered and the one that was proved.
	difference: f64,
	bytes: u32,
	statement: String,
	hash: String,
}

impl LateProofView {
	/// Of what the chain keeps.
	pub(crate) fn new(record: &LateProofRecord) -> Self {
		let shown = |bytes: &[u8; 32]| format!("0x{}", hex::encode(bytes));
		Self {
			by: record.by.to_string(),
			key: shown(&record.key),
			difference: in_ones(record.difference),
			bytes: record.proof.bytes,
			statement: shown(&record.proof.statement),
			hash: shown(&record.proof.hash),
		}
	}

	/// As lines of a record.
	pub(crate) fn lines(&self) -> [(&'static str, String); 3] {
		[
			("proved later by", self.by.clone()),
			("under the key", self.key.clone()),
			("differs from it by", format!("{} at most", self.difference)),
		]
	}
}

/// A number of units of 10⁻⁹.
fn in_ones(units: u64) -> f64 {
	units as f64 / 1e9
}

/// What an answer is to be proved of.
struct Given {
	number: u32,
	model: Model,
	circuit: Circuit,
	input: Vec<Tensor>,
	answer: Vec<Tensor>,
}

/// Proves the answer to a request, commits to the proof, and shows it when the chain takes it.
pub(crate) async fn prove(
	request: u64,
	args: &ProverArgs,
	keys: &Keypair,
	url: &str,
	chain: &Chain,
	report: Report,
) -> Result<()> {
	let at = chain.best().await?;
	let given = given(request, &at).await?;
	proving::heed_audit(given.number, &given.model, report)?;
	let workshop = circuit::prepared(given.number, &given.model, args, url, chain, report).await?;
	report.remark("Proving …");
	let started = Instant::now();
	let proven = workshop.prove(&given.circuit, &given.model.terms.outputs, &given.input).await?;
	let seconds = started.elapsed().as_secs_f64();
	let distance = distance(&given, &proven, chain::constant(&at, MAX_STEPS)?);
	let difference = distance.map(|it| in_ones(it.difference));
	if !distance.is_some_and(|it| it.is_near) {
		let difference = difference.map_or("more than any number".into(), |it| it.to_string());
		return Err(not_provable(
			request,
			format!(
				"the answer differs from what the circuit gives by {difference}, which its rounding \
				 does not explain"
			),
		));
	}
	let output = encode(&proven.outputs);
	let salt = fresh_salt()?;
	let who = account(keys).0;
	let hash = commitment(chain.genesis(), &who, request, &output, &proven.proof, &salt).0;
	let deposit = Amount(chain::constant(&at, COMMITMENT_DEPOSIT)?);
	chain.send(keys, COMMIT, CommitToProof { request, hash }).await?;
	report.remark(format!(
		"Committed to a proof of {} bytes; {deposit} is held until it is shown, or for some minutes.",
		proven.proof.len()
	));
	wait_until_old_enough(request, keys, chain).await?;
	let call = ShowProof { request, output, proof: proven.proof, salt };
	let events = chain.send(keys, PROVE_LATER, call).await?;
	let done: Succeeded = chain::event(&events, EXTRINSIC_SUCCESS)?;
	let took = Proving::new(Some(seconds), Some(done.dispatch_info.weight.ref_time));
	let record: Option<Request> = chain::read(&chain.best().await?, REQUESTS, (request,)).await?;
	let kept = record.and_then(|record| record.late_proof).ok_or(Error::RequestUnknown(request))?;
	let view = LateProofView::new(&kept);
	let mut lines = vec![
		("proof", format!("{} bytes", view.bytes)),
		("made in", format!("{seconds:.1} s")),
		("checked for", format!("{} of a block's weight", took.weight())),
	];
	lines.extend(view.lines());
	let text = format!("The answer to request {request} is proved.\n{}", pairs(&lines));
	let value = json!({ "request": request, "proved_later": view, "took": took });
	report.result(&value, text);
	Ok(())
}

/// What is to be proved, or why it cannot be.
async fn given(request: u64, at: &AtBlock) -> Result<Given> {
	let record: Request =
		chain::read(at, REQUESTS, (request,)).await?.ok_or(Error::RequestUnknown(request))?;
	let refused = |why: &str| not_provable(request, why);
	let State::Settled { outcome: Static(Outcome::Output(answer)), .. } = &record.state else {
		return Err(refused("it has no answer"));
	};
	if record.proof.is_some() || record.late_proof.is_some() {
		return Err(refused("its answer is proved already"));
	}
	if check_of(at, request).await.is_some() {
		return Err(refused("its answer is being run again; wait for what comes of it"));
	}
	let model = model::find(at, record.model).await?;
	let circuit = model.terms.circuit.0.clone().ok_or(Error::NoCircuit(record.model))?;
	let input: Option<Static<Input>> = chain::read(at, INPUTS, (request,)).await?;
	let Some(Static(Input::Inline(input))) = input else {
		return Err(refused("its input is in a file, which the chain cannot hold a proof against"));
	};
	let unread = |error: opg_tensor::TensorError| not_provable(request, error.to_string());
	let input = read_tensors(&model.terms.inputs, &input, MAX_INPUT_BYTES as usize);
	let input = input.map_err(unread)?;
	let answer = read_tensors(&model.terms.outputs, answer, MAX_OUTPUT_BYTES as usize);
	let answer = answer.map_err(unread)?;
	let beyond = |error: opg_primitives::CircuitError| not_provable(request, error.to_string());
	circuit.quantised(&input).map_err(beyond)?;
	Ok(Given { number: record.model, model, circuit, input, answer })
}

fn not_provable(request: u64, why: impl Into<String>) -> Error {
	Error::NotProvable { request, why: why.into() }
}

fn distance(given: &Given, proven: &Proven, steps: u32) -> Option<Distance> {
	let profile = given.model.terms.profile.0;
	given.circuit.distance(profile, steps, &given.answer, &proven.outputs)
}

/// Waits until the next block takes the proof that was committed to, whatever forks there are.
async fn wait_until_old_enough(request: u64, keys: &Keypair, chain: &Chain) -> Result<()> {
	let mut blocks = chain.blocks(false).await?;
	let mut at = chain.best().await?;
	let age: u32 = chain::constant(&at, COMMITMENT_AGE)?;
	let last = at.block_number().saturating_add(PATIENCE);
	while at.block_number() < last {
		let keys = (request, account(keys));
		let commitment: Option<Commitment> = chain::read(&at, COMMITMENTS, keys).await?;
		let from = commitment.map(|commitment| commitment.at.saturating_add(age.into()));
		if from.is_some_and(|from| at.block_number() >= from) {
			return Ok(());
		}
		at = next_block(&mut blocks).await?;
	}
	Err(not_provable(request, "the chain has lost the commitment; try again"))
}

#[cfg(test)]
mod tests {
	use super::LateProofView;
	use crate::{
		records::{LateProofRecord, ProofRecord},
		report::json_line,
	};
	use subxt::utils::AccountId32;

	#[test]
	fn a_late_proof_says_by_whom_under_which_key_and_how_far_the_answer_is_from_it() {
		let proof = ProofRecord { statement: [1; 32], hash: [2; 32], bytes: 3_072 };
		let record =
			LateProofRecord { proof, key: [3; 32], by: AccountId32([4; 32]), difference: 366_211 };
		let view = LateProofView::new(&record);
		let [by, key, difference] = view.lines();
		assert_eq!(by.1, AccountId32([4; 32]).to_string());
		assert!(key.1.starts_with("0x0303"), "{}", key.1);
		assert_eq!(difference.1, "0.000366211 at most");
		let line = json_line(&view);
		assert!(line.contains(r#""difference":0.000366211,"bytes":3072"#), "{line}");
	}
}
