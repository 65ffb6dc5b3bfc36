//! Blocks filled with proofs, and figures of verifiers that run beside the chain.

use crate::{
	args::{KeyFile, LoadArgs, ProofFiles, ProofLoadArgs, SystemArg},
	bench::Bench,
	chain::{self, BLOCK_WEIGHT, KEYS, REGISTER_KEY, ROOTS, SUBMIT_PROOFS},
	claim::Claim,
	error::{Error, Result},
	keys::fresh_reference,
	load::LIFE,
	records::{BlockWeight, Context, ProofKey, RegisterKey, Root, SubmitProof, SubmitProofs},
	report::{pairs, Report},
};
use opg_primitives::seams::Reference;
use opg_verifiers::{groth16::Proof, Pure, Scalar};
use serde_json::{Map, Number, Value};
use std::{
	path::{Path, PathBuf},
	process::Command,
};
use subxt::utils::Static;

/// Proofs of one transaction: as many as it may have.
const BATCH: u64 = 64;
/// Blocks looked at for each that is to be full: a machine that is busy with other work ends many for want of time.
const PATIENCE: u64 = 10;
/// How many times more a block takes than if every proof were bad, at the most.
const REFUND: u64 = 8;
/// Accounts that send.
const ACCOUNTS: u16 = 32;
/// What measures the verifiers beside the chain, in a checkout.
const FIGURES: &str = "scripts/proofs/figures.sh";

/// A proof that is there without files: the values of a polynomial at eight public inputs.
struct Sample;

impl Sample {
	const KEY: &'static str =
		include_str!("../../../primitives/verifiers/fixtures/groth16/poly_8/vk.json");
	const PROOF: &'static str =
		include_str!("../../../primitives/verifiers/fixtures/groth16/poly_8/proof0.json");
	const PUBLIC: &'static str =
		include_str!("../../../primitives/verifiers/fixtures/groth16/poly_8/public0.json");
}

/// How the load is sent.
pub(crate) fn load_args(args: &ProofLoadArgs) -> LoadArgs {
	LoadArgs { seconds: 60, accounts: ACCOUNTS, pool: 8_000, from: args.from.clone() }
}

/// The claim whose proofs fill the blocks.
pub(crate) fn claim(args: &ProofLoadArgs) -> Result<Claim> {
	let claim = match (&args.key, &args.proof, &args.public) {
		(Some(key), Some(proof), Some(public)) => {
			let system = SystemArg::Groth16;
			let key = KeyFile { system, key: key.clone(), srs: None, inputs: None };
			let (proof, public) = (proof.clone(), Some(public.clone()));
			Claim::read(&ProofFiles { key, proof, public })?
		},
		_ => Claim::parse(Sample::KEY, Sample::PROOF, Sample::PUBLIC)?,
	};
	claim.verdict().map_err(Error::Invalid)?;
	Ok(claim)
}

/// As many different proofs of one statement as a transaction has: equal ones would share their work.
fn disguised(claim: &Claim) -> Result<Vec<Vec<u8>>> {
	let proof = Proof::<Pure>::from_wire(&claim.proof);
	let proof = proof.map_err(|error| Error::Invalid(error.to_string()))?;
	(1..=BATCH)
		.map(|factor| proof.disguised(Scalar::from(factor)))
		.map(|proof| proof.map(|proof| proof.to_wire().to_vec()))
		.map(|proof| proof.ok_or_else(|| Error::Invalid("the proof has no other form".into())))
		.collect()
}

/// Registers the claim's key unless it is.
async fn register(bench: &Bench<'_>, claim: &Claim) -> Result<()> {
	let at = bench.chain.best().await?;
	let known: Option<ProofKey> = chain::read(&at, KEYS, (claim.key.id().0,)).await?;
	if known.is_none() {
		let Claim { key, .. } = claim;
		let (system, bytes) = (Static(key.system), key.bytes.clone());
		let call = RegisterKey { system, inputs: key.inputs, bytes };
		bench.chain.send(&bench.payer, REGISTER_KEY, call).await?;
	}
	Ok(())
}

/// A block that had no room for another batch.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Full {
	/// Proofs it verified.
	verified: u32,
	/// What they took of the weight that transactions may take.
	share: f64,
}

/// Full blocks, at most `blocks` of them.
pub(crate) async fn fill(bench: &Bench<'_>, claim: &Claim, blocks: u16) -> Result<Vec<Full>> {
	register(bench, claim).await?;
	let proofs = disguised(claim)?;
	let (key, of_run) = (claim.key.id().0, fresh_reference()?);
	let anchor = bench.chain.anchor().await?;
	let until = anchor.block_number().saturating_add(LIFE);
	let sign = |index: usize, number: u64| {
		let submissions = proofs.iter().enumerate().map(|(place, proof)| SubmitProof {
			key,
			inputs: claim.inputs.clone(),
			proof: proof.clone(),
			context: Context { reference: reference(of_run, number, place), until },
		});
		let call = SubmitProofs { submissions: submissions.collect() };
		let keys = &bench.senders[index].keys;
		let signed = bench.chain.sign_for(LIFE, &anchor, keys, number, SUBMIT_PROOFS, call)?;
		Ok(signed.into_encoded())
	};
	let most = u64::from(blocks).saturating_mul(PATIENCE);
	let seconds = most.saturating_mul(bench.limits.block_time).div_ceil(1_000);
	let sample = sign(0, 0)?;
	let plan = bench.prepare(&sample, 0, seconds).await?;
	let charged = bench.chain.cost(&bench.chain.best().await?, &sample).await?.weight;
	let charged = charged.saturating_add(bench.limits.base);
	// A block takes more than it seems to: what a batch is charged and does not need is free again at once.
	let ready = plan.ready.saturating_mul(REFUND).min(plan.pool);
	let mut load = bench.load(&sign).await?;
	let mut stream = bench.chain.blocks(false).await?;
	let first = bench.chain.best().await?.block_number();
	let (mut newest, mut full) = (first, Vec::new());
	while full.len() < usize::from(blocks) && newest < first.saturating_add(most) {
		load.send(newest, load.room(ready, plan.pool)).await?;
		let (at, sample) = bench.step("batches", &mut load, &mut stream).await?;
		newest = sample.block;
		let root: Option<Root> = chain::read(&at, ROOTS, (newest,)).await?;
		let taken: Option<BlockWeight> = chain::read(&at, BLOCK_WEIGHT, ()).await?;
		let (Some(root), Some(taken)) = (root, taken) else { continue };
		let taken = taken.normal.ref_time;
		if bench.limits.normal.saturating_sub(taken) < charged {
			let share = rounded(taken as f64 / bench.limits.normal as f64, 1_000.0);
			full.push(Full { verified: root.statements, share });
		}
	}
	bench.empty(&mut load, &mut stream).await?;
	if full.is_empty() {
		return Err(Error::NeverFull { blocks: most });
	}
	Ok(full)
}

fn rounded(value: f64, parts: f64) -> f64 {
	(value * parts).round() / parts
}

/// What a batch's proof is for: another one for each of every transaction of every run; accounts differ anyway.
fn reference(of_run: Reference, number: u64, place: usize) -> Reference {
	let mut reference = of_run;
	let place = u64::try_from(place).unwrap_or(u64::MAX);
	for (byte, own) in
		reference.iter_mut().zip([number.to_le_bytes(), place.to_le_bytes()].concat())
	{
		*byte ^= own;
	}
	reference
}

/// The figures of a program that prints them as a JSON object in its last line.
fn figures(program: &Path) -> Result<Map<String, Value>> {
	let failed = |cause: String| Error::Figures { program: program.into(), cause };
	let done = Command::new(program).stderr(std::process::Stdio::inherit()).output();
	let done = done.map_err(|error| failed(error.to_string()))?;
	if !done.status.success() {
		return Err(failed(format!("it ended with {}", done.status)));
	}
	let said = String::from_utf8_lossy(&done.stdout);
	let last = said.trim_end().lines().last().unwrap_or_default();
	let figures: Map<String, Value> = serde_json::from_str(last)
		.map_err(|error| failed(format!("its last line is no JSON object ({error})")))?;
	match figures.iter().find(|(_, value)| !value.is_number()) {
		Some((name, _)) => Err(failed(format!("`{name}` is no number"))),
		None => Ok(figures),
	}
}

/// The program that was named, else that of the checkout around, if there is one.
fn program(args: &ProofLoadArgs) -> Option<PathBuf> {
	let of_checkout = || Some(Path::new(FIGURES).canonicalize().ok()?);
	match args.no_figures {
		true => None,
		false => args.figures.clone().or_else(of_checkout),
	}
}

/// Figures beside the chain and of its blocks, in one object.
pub(crate) fn together(
	mut figures: Map<String, Value>,
	mut full: Vec<Full>,
	seconds: f64,
) -> Map<String, Value> {
	full.sort_unstable_by_key(|block| block.verified);
	let middle = full.get(full.len() / 2).copied().unwrap_or(Full { verified: 0, share: 0.0 });
	let mut note = |name: &str, value: Option<Number>| {
		value.map(|value| figures.insert(name.into(), Value::Number(value)));
	};
	note("groth16_per_block", Some(middle.verified.into()));
	note("groth16_per_block_most", full.last().map(|most| most.verified.into()));
	note("groth16_per_block_share", Number::from_f64(middle.share));
	note("groth16_blocks", Some(full.len().into()));
	let by_second = rounded(f64::from(middle.verified) / seconds, 10.0);
	note("groth16_per_s", Number::from_f64(by_second));
	figures
}

/// Prints the object.
pub(crate) fn show(figures: &Map<String, Value>, report: Report) {
	let lines: Vec<_> =
		figures.iter().map(|(name, value)| (name.as_str(), value.to_string())).collect();
	report.result(figures, pairs(&lines));
}

/// Runs the program that measures beside the chain, or says that there is none.
pub(crate) fn measured(args: &ProofLoadArgs, report: Report) -> Result<Map<String, Value>> {
	match program(args) {
		Some(program) => {
			report.remark(format!("Running {} …", program.display()));
			figures(&program)
		},
		None => {
			report.warning(
				"Only blocks are measured. Run this in a checkout, or name a program with --figures, \
				 to have verifiers measured beside them.",
			);
			Ok(Map::new())
		},
	}
}

#[cfg(test)]
mod tests {
	use super::{claim, disguised, reference, together, Full, BATCH};
	use crate::{args::ProofLoadArgs, claim::Claim};
	use serde_json::{json, Map};
	use std::collections::BTreeSet;

	fn args() -> ProofLoadArgs {
		ProofLoadArgs {
			key: None,
			proof: None,
			public: None,
			blocks: 5,
			figures: None,
			no_figures: true,
			from: None,
		}
	}

	#[test]
	fn the_sample_holds_and_so_does_every_disguise_of_it() {
		let claim = claim(&args()).unwrap();
		let proofs = disguised(&claim).unwrap();
		assert_eq!(proofs.iter().collect::<BTreeSet<_>>().len() as u64, BATCH);
		for proof in [&proofs[1], &proofs[63]] {
			let other = Claim { proof: proof.clone(), ..claim.clone() };
			assert_eq!(other.verdict(), Ok(()));
		}
	}

	#[test]
	fn every_proof_of_an_account_is_for_something_else() {
		let references: BTreeSet<_> = (0..40)
			.flat_map(|number| (0..64).map(move |place| reference([7; 32], number, place)))
			.collect();
		assert_eq!(references.len(), 40 * 64);
	}

	#[test]
	fn the_middle_block_counts() {
		let mut figures = Map::new();
		figures.insert("groth16_single_us".into(), json!(900.5));
		let blocks = [(640, 0.9), (704, 1.0), (64, 0.1), (700, 0.99), (650, 0.95)];
		let blocks = blocks.map(|(verified, share)| Full { verified, share });
		let all = together(figures, blocks.into(), 3.0);
		let expected = json!({
			"groth16_single_us": 900.5,
			"groth16_per_block": 650,
			"groth16_per_block_most": 704,
			"groth16_per_block_share": 0.95,
			"groth16_blocks": 5,
			"groth16_per_s": 216.7,
		});
		assert_eq!(json!(all), expected);
	}
}
