//! `opg proof`: keys registered, proofs verified by the chain or here, and what is kept of them.

use crate::{
	amount::Amount,
	args::{KeyCommand, KeyFile, ProofCommand, ProofFiles, SrsArgs, SubmitArgs, SystemArg},
	chain::{
		self, AtBlock, Chain, KEYS, PROOF_VERIFIED, REGISTER_KEY, REMOVE_KEY, STATEMENTS,
		SUBMIT_PROOF,
	},
	claim::{system_name, Claim, Key},
	error::{Error, Result},
	keys::{fresh_reference, signer},
	records::{Context, OfKey, ProofKey, ProofVerified, RegisterKey, Statement, SubmitProof},
	report::{pairs, Report},
};
use codec::Decode;
use opg_primitives::seams::Provenance;
use opg_verifiers::{
	ezkl::{insecure::InsecureSrs, json::srs_to_json, Srs},
	Pure,
};
use serde::Serialize;
use serde_json::json;
use std::{
	fs::File,
	io::{BufWriter, Write},
	path::Path,
	process::ExitCode,
};
use subxt::utils::Static;
use subxt_signer::sr25519::Keypair;

const INCLUSION: &str = "ProofsApi_inclusion";

/// Whether a claim in files holds: asks no chain.
pub(crate) fn verify(files: &ProofFiles, report: Report) -> Result<ExitCode> {
	if files.key.system == SystemArg::Ezkl && files.key.srs.is_none() {
		return Err(Error::NoReferenceString);
	}
	let verdict = match Claim::read(files) {
		Ok(claim) => claim.verdict(),
		Err(Error::Invalid(reason)) => Err(reason),
		Err(error) => return Err(error),
	};
	match verdict {
		Ok(()) => {
			report.result(&json!({ "valid": true }), "valid");
			Ok(ExitCode::SUCCESS)
		},
		Err(reason) => {
			let text = format!("invalid: {reason}");
			report.result(&json!({ "valid": false, "reason": reason }), text);
			Ok(ExitCode::FAILURE)
		},
	}
}

/// Writes a reference string that anyone can forge under: asks no chain.
pub(crate) fn write_srs(args: &SrsArgs, report: Report) -> Result<()> {
	let SrsArgs { insecure_seed, k, out } = args;
	let srs = InsecureSrs::of_seed(insecure_seed);
	let wire = srs.wire();
	let file = out.join(format!("insecure-{insecure_seed}-k{k}.srs"));
	let verifier = out.join(format!("insecure-{insecure_seed}.srs.json"));
	let failed = |file: &Path| {
		let file = file.to_path_buf();
		move |cause| Error::File { file, cause }
	};
	let mut written = BufWriter::new(File::create(&file).map_err(failed(&file))?);
	srs.write(*k, &mut written).and_then(|()| written.flush()).map_err(failed(&file))?;
	std::fs::write(&verifier, srs_to_json(&wire)).map_err(failed(&verifier))?;
	// What every reference string of the chain is called by.
	let id = Srs::<Pure>::from_wire(&wire).map_err(|error| Error::Invalid(error.to_string()))?.id();
	let value = json!({ "id": shown(&id), "srs": &file, "verifier": &verifier });
	let text = pairs(&[
		("reference string", shown(&id)),
		("for EZKL", file.display().to_string()),
		("to verify with", verifier.display().to_string()),
	]);
	report.result(
		&value,
		format!("Anybody can forge proofs under this: use it for tests only.\n{text}"),
	);
	Ok(())
}

/// Does what needs a chain.
pub(crate) async fn run(
	command: ProofCommand,
	keys: &crate::args::KeyArgs,
	chain: &Chain,
	report: Report,
) -> Result<()> {
	match command {
		ProofCommand::Key(KeyCommand::Register(file)) => {
			register(&file, chain, &signer(keys, chain).await?, report).await
		},
		ProofCommand::Key(KeyCommand::Remove { key }) => {
			chain.send(&signer(keys, chain).await?, REMOVE_KEY, OfKey { key }).await?;
			let text = format!("Key {} is gone and its deposit returned.", shown(&key));
			report.result(&json!({ "key": shown(&key) }), text);
			Ok(())
		},
		ProofCommand::Submit(args) => {
			submit(&args, chain, &signer(keys, chain).await?, report).await
		},
		ProofCommand::Show { id } => show(id, chain, report).await,
		ProofCommand::Verify(files) => verify(&files, report).map(|_| ()),
		ProofCommand::Srs(args) => write_srs(&args, report),
	}
}

async fn register(file: &KeyFile, chain: &Chain, keys: &Keypair, report: Report) -> Result<()> {
	let key = Key::read(file)?;
	let id = key.id().0;
	let known: Option<ProofKey> = chain::read(&chain.best().await?, KEYS, (id,)).await?;
	if let Some(known) = known {
		let view = KeyView::new(id, &known);
		report.result(&view, format!("The key is registered already.\n{}", view.text()));
		return Ok(());
	}
	let call =
		RegisterKey { system: Static(key.system), inputs: key.inputs, bytes: key.bytes.clone() };
	let sent = chain.send(keys, REGISTER_KEY, call).await;
	sent.map_err(|error| explained(error, key.verdict().err()))?;
	let record: Option<ProofKey> = chain::read(&chain.best().await?, KEYS, (id,)).await?;
	let record = record.ok_or(Error::ProofUnknown(shown(&id)))?;
	let view = KeyView::new(id, &record);
	report.result(&view, format!("The key is registered.\n{}", view.text()));
	Ok(())
}

async fn submit(args: &SubmitArgs, chain: &Chain, keys: &Keypair, report: Report) -> Result<()> {
	let claim = Claim::read(&args.files)?;
	let id = claim.key.id().0;
	let reference = match args.reference {
		Some(reference) => reference,
		None => fresh_reference()?,
	};
	let until = chain.best().await?.block_number().saturating_add(args.within.into());
	let call = SubmitProof {
		key: id,
		inputs: claim.inputs.clone(),
		proof: claim.proof.clone(),
		context: Context { reference, until },
	};
	let sent = chain.send(keys, SUBMIT_PROOF, call).await;
	let events = sent.map_err(|error| explained(error, claim.verdict().err()))?;
	let ProofVerified { statement, approved } = chain::event(&events, PROOF_VERIFIED)?;
	let value = json!({
		"statement": shown(&statement),
		"key": shown(&id),
		"reference": shown(&reference),
		"approved": approved,
	});
	let text = pairs(&[
		("statement", shown(&statement)),
		("key", shown_key(&id, approved)),
		("reference", shown(&reference)),
	]);
	report.result(&value, format!("The chain verified the proof.\n{text}"));
	Ok(())
}

/// The chain's refusal of a proof or a key, with the reason found here, which says more.
fn explained(error: Error, reason: Option<String>) -> Error {
	match (error, reason) {
		(Error::Dispatch { pallet, name, .. }, Some(reason))
			if pallet == KEYS.0 && (name.starts_with("Proof(") || name.starts_with("Key(")) =>
		{
			Error::Dispatch { pallet, name, docs: format!("{reason}.") }
		},
		(error, _) => error,
	}
}

async fn show(id: [u8; 32], chain: &Chain, report: Report) -> Result<()> {
	let at = chain.best().await?;
	if let Some(statement) = chain::read::<_, Statement>(&at, STATEMENTS, (id,)).await? {
		let inclusion = inclusion(id, chain, &at).await?;
		let view = StatementView::new(id, statement, inclusion);
		report.result(&view, view.text());
		return Ok(());
	}
	let key: Option<ProofKey> = chain::read(&at, KEYS, (id,)).await?;
	let view = KeyView::new(id, &key.ok_or(Error::ProofUnknown(shown(&id)))?);
	report.result(&view, view.text());
	Ok(())
}

/// Shows that a statement is under its block's root; nothing before that block is over.
async fn inclusion(id: [u8; 32], chain: &Chain, at: &AtBlock) -> Result<Option<Inclusion>> {
	let said = chain.ask(at, INCLUSION, &id).await?;
	Option::decode(&mut &said[..])
		.map_err(|error| Error::Chain(format!("`{INCLUSION}` answers otherwise ({error})")))
}

/// As the chain's API has it.
#[derive(Debug, Decode)]
struct Inclusion {
	block: u32,
	root: [u8; 32],
	statement: [u8; 32],
	index: u32,
	leaves: u32,
	path: Vec<[u8; 32]>,
}

#[derive(Debug, Serialize)]
struct StatementView {
	statement: String,
	verified_at: u64,
	approved: bool,
	#[serde(skip_serializing_if = "Option::is_none")]
	inclusion: Option<InclusionView>,
}

#[derive(Debug, Serialize)]
struct InclusionView {
	block: u32,
	root: String,
	index: u32,
	leaves: u32,
	path: Vec<String>,
}

impl StatementView {
	fn new(id: [u8; 32], record: Statement, inclusion: Option<Inclusion>) -> Self {
		let of_this = inclusion.filter(|inclusion| inclusion.statement == id);
		Self {
			statement: shown(&id),
			verified_at: record.at,
			approved: record.approved,
			inclusion: of_this.map(|inclusion| InclusionView {
				block: inclusion.block,
				root: shown(&inclusion.root),
				index: inclusion.index,
				leaves: inclusion.leaves,
				path: inclusion.path.iter().map(shown).collect(),
			}),
		}
	}

	fn text(&self) -> String {
		let mut lines = vec![
			("statement", self.statement.clone()),
			("verified in", format!("block {}", self.verified_at)),
			("its key", if self.approved { "was approved" } else { "was not approved" }.into()),
		];
		if let Some(inclusion) = &self.inclusion {
			let place = format!("{} of {}", inclusion.index, inclusion.leaves);
			lines.extend([("root", inclusion.root.clone()), ("leaf, from 0", place)]);
			let path = inclusion.path.join(" ");
			lines.extend((!path.is_empty()).then_some(("path", path)));
		}
		pairs(&lines)
	}
}

#[derive(Debug, Serialize)]
struct KeyView {
	key: String,
	system: &'static str,
	inputs: u32,
	owner: String,
	deposit: Amount,
	references: u32,
	approved: Option<String>,
}

impl KeyView {
	fn new(id: [u8; 32], record: &ProofKey) -> Self {
		Self {
			key: shown(&id),
			system: system_name(*record.system),
			inputs: record.inputs,
			owner: record.owner.to_string(),
			deposit: Amount(record.deposit),
			references: record.references,
			approved: record.provenance.as_ref().map(|provenance| show_provenance(provenance)),
		}
	}

	fn text(&self) -> String {
		let approved = self.approved.clone();
		pairs(&[
			("key", self.key.clone()),
			("system", self.system.into()),
			("public inputs", self.inputs.to_string()),
			("owner", self.owner.clone()),
			("deposit", self.deposit.to_string()),
			("relied on", format!("{} times", self.references)),
			("approved", approved.unwrap_or_else(|| "no: no money follows from its proofs".into())),
		])
	}
}

fn show_provenance(provenance: &Provenance) -> String {
	match provenance {
		Provenance::Ceremony { transcript } => format!("for its ceremony, {transcript}"),
		Provenance::ZkVm { release } => {
			format!("as the wrap of {}", String::from_utf8_lossy(release))
		},
	}
}

fn shown_key(id: &[u8; 32], approved: bool) -> String {
	format!("{}, {}", shown(id), if approved { "approved" } else { "not approved" })
}

fn shown(id: &[u8; 32]) -> String {
	format!("0x{}", hex::encode(id))
}

#[cfg(test)]
mod tests {
	use super::{explained, shown, verify, write_srs, Inclusion, StatementView};
	use crate::{
		args::{KeyFile, ProofFiles, SrsArgs, SystemArg},
		error::Error,
		records::Statement,
		report::Report,
	};
	use opg_verifiers::{
		ezkl::{json::srs_from_json, Srs},
		Pure,
	};

	fn refusal(name: &str) -> Error {
		Error::Dispatch { pallet: "Proofs".into(), name: name.into(), docs: "Refused.".into() }
	}

	#[test]
	fn a_refused_proof_is_explained_by_the_reason_found_here() {
		let error = explained(refusal("Proof(0, Unproven)"), Some("it does not hold".into()));
		let text = error.to_string();
		assert!(text.contains("it does not hold. (Proofs::Proof(0, Unproven))"), "{text}");
	}

	#[test]
	fn a_reference_string_from_a_seed_is_insecure_in_its_name_and_always_the_same() {
		let folder = tempfile::tempdir().unwrap();
		let out = folder.path().to_path_buf();
		let args = SrsArgs { insecure_seed: "a-seed".into(), k: 4, out: out.clone() };
		write_srs(&args, Report { json: true }).unwrap();
		let file = out.join("insecure-a-seed-k4.srs");
		let written = std::fs::read(&file).unwrap();
		assert_eq!(written.len(), 4 + 2 * 16 * 64 + 2 * 128);
		let verifier = std::fs::read_to_string(out.join("insecure-a-seed.srs.json")).unwrap();
		assert!(srs_from_json::<Pure>(&verifier).is_ok_and(|srs: Srs| srs.wire()[63] == 2));
		write_srs(&args, Report { json: true }).unwrap();
		assert_eq!(std::fs::read(&file).unwrap(), written);
	}

	#[test]
	fn no_verdict_is_given_under_the_reference_string_that_a_key_names_itself() {
		let key =
			KeyFile { system: SystemArg::Ezkl, key: "vka.bytes".into(), srs: None, inputs: None };
		let files = ProofFiles { key, proof: "proof.json".into(), public: None };
		let error = verify(&files, Report { json: true }).unwrap_err();
		assert_eq!(error.exit_code(), 2);
		assert!(error.to_string().contains("--srs"), "{error}");
	}

	#[test]
	fn other_refusals_stay_as_the_chain_says_them() {
		let text = explained(refusal("NotOwner"), Some("bad".into())).to_string();
		assert!(text.contains("Refused.") && !text.contains("bad"), "{text}");
		let text = explained(refusal("Proof(0, Duplicate)"), None).to_string();
		assert!(text.contains("Refused.") && text.contains("Duplicate"), "{text}");
	}

	#[test]
	fn a_statement_is_shown_with_its_way_to_the_root() {
		let inclusion = Inclusion {
			block: 7,
			root: [1; 32],
			statement: [2; 32],
			index: 1,
			leaves: 3,
			path: vec![[3; 32], [4; 32]],
		};
		let record = Statement { at: 7, approved: false };
		let text = StatementView::new([2; 32], record, Some(inclusion)).text();
		assert!(text.contains("1 of 3") && text.contains(&shown(&[4; 32])), "{text}");
		assert!(text.contains("was not approved"), "{text}");
		let text = StatementView::new([2; 32], record, None).text();
		assert!(!text.contains("root"), "{text}");
	}
}
