//! Circuits of models: set up and registered for publishing, made again to audit.

use crate::{
	args::{ProverArgs, PublishArgs, StoreArg},
	blob,
	chain::{self, Chain, AUDIT, KEYS, REGISTER_KEY, SUDO},
	error::{Error, Result},
	freight, input, model,
	records::{Model, ProofKey, RegisterKey, Sudo},
	report::{pairs, Report},
	trust::{trust_kinds, TrustArg},
};
use opg_ezkl::{CircuitKey, Limits, ReferenceStrings, Settings, Tool, Workshop};
use opg_primitives::{
	model::read_tensors, seams::ProofSystem, Audit, Circuit, ContentId, Port, TrustKind,
};
use opg_tensor::Dimension;
use serde_json::json;
use std::{
	path::{Path, PathBuf},
	time::{Duration, Instant},
};
use subxt::{dynamic::Value, utils::Static};
use subxt_signer::sr25519::Keypair;

/// How long EZKL may take here for anything.
const LIMIT: Duration = Duration::from_secs(3_600);

/// The trust a model is published with: a proof exactly with `--prove`.
pub(crate) fn trust(args: &PublishArgs) -> Result<Vec<TrustKind>> {
	let mut given = args.trust.clone();
	if given.is_empty() {
		given = vec![TrustArg::Attested, TrustArg::Quorum];
		given.extend(args.prove.then_some(TrustArg::Proved));
	}
	if given.contains(&TrustArg::Proved) != args.prove {
		return Err(Error::ProveAndTrust);
	}
	Ok(trust_kinds(&given))
}

/// A circuit takes one row: every axis that a file leaves open has length 1.
pub(crate) fn fix(ports: &mut [Port]) {
	for port in ports {
		let lengths = port.shape.iter().map(|dimension| match dimension {
			Dimension::Any => Dimension::Fixed(1),
			fixed => *fixed,
		});
		port.shape = lengths.collect::<Vec<_>>().try_into().unwrap_or_default();
	}
}

/// What is said of an audit.
pub(crate) const fn audit_name(audit: Audit) -> &'static str {
	match audit {
		Audit::Unaudited => "unaudited",
		Audit::Audited => "audited",
		Audit::Refuted => "refuted",
	}
}

/// Compiles and sets up the circuit of a model, puts its settings into the store, and registers its key.
pub(crate) async fn set_up(
	args: &PublishArgs,
	file: &Path,
	inputs: &[Port],
	url: &str,
	chain: &Chain,
	keys: &Keypair,
	report: Report,
) -> Result<Circuit> {
	let folder = temporary()?;
	let path = folder.path();
	let model = std::fs::read(file).map_err(unreadable(file))?;
	let target = path.join("model.onnx");
	std::fs::write(&target, &model).map_err(unreadable(&target))?;
	let samples = path.join("samples.json");
	let text = samples_of(args.samples.as_deref().unwrap_or_default(), inputs)?;
	std::fs::write(&samples, text).map_err(unreadable(&samples))?;

	let workshop = workshop(&args.prover, chain).await?;
	report.remark("Choosing the circuit's settings by the samples …");
	workshop.tool().settings(path, args.logrows, args.scale).await?;
	let file = path.join("settings.json");
	let bytes = std::fs::read(&file).map_err(unreadable(&file))?;
	let settings = Settings::read(&bytes).map_err(opg_ezkl::EzklError::from)?;
	let key = made(&workshop, path, &model, &bytes, &settings, report).await?;

	register(&key, chain, keys, report).await?;
	let content = match &args.store {
		StoreArg::Node => {
			let urls: Vec<_> =
				[url].into_iter().chain(args.store_url.iter().map(String::as_str)).collect();
			freight::put(&urls, &file, report).await?
		},
		store => blob::put(&file, store, url, report).await?.0,
	};
	let circuit = settings.circuit(key.id(), Some(content));
	circuit
		.ok_or_else(|| opg_ezkl::SettingsError::Unsound)
		.map_err(|error| Error::from(opg_ezkl::EzklError::from(error)))
}

/// Makes the key of a model's circuit again, and says whether it is the one that the chain has; with an account's keys, on the chain too.
pub(crate) async fn audit(
	number: u32,
	args: &ProverArgs,
	keys: Option<&Keypair>,
	url: &str,
	chain: &Chain,
	report: Report,
) -> Result<()> {
	let record = model::find(&chain.best().await?, number).await?;
	let circuit = record.terms.circuit.0.as_ref().ok_or(Error::NoCircuit(number))?;
	let folder = temporary()?;
	let path = folder.path();
	report.remark("Fetching the model's file and its circuit's settings …");
	let content = record.terms.content.0;
	let file = fetched(content, &path.join("fetched.onnx"), url, report).await?;
	let bytes = fetched(circuit.settings, &path.join("fetched.json"), url, report).await?;
	let settings = Settings::read(&bytes).map_err(opg_ezkl::EzklError::from)?;
	let has_scales = settings.agrees_with(circuit);
	let workshop = workshop(args, chain).await?;
	let key = made(&workshop, path, &file, &bytes, &settings, report).await?;
	let is_same = has_scales && key.id() == circuit.key;
	let value = json!({
		"model": number,
		"same": is_same,
		"key": format!("{:?}", circuit.key),
		"made": format!("{:?}", key.id()),
		"scales_agree": has_scales,
	});
	let lines = pairs(&[
		("key of the record", format!("{:?}", circuit.key)),
		("key made again", format!("{:?}", key.id())),
		(
			"scales",
			if has_scales { "as the settings say" } else { "not as the settings say" }.into(),
		),
	]);
	if !is_same {
		report
			.result(&value, format!("The circuit of model {number} is not the model's.\n{lines}"));
		return Err(Error::OtherCircuit(number));
	}
	if let Some(keys) = keys {
		let (pallet, name) = AUDIT;
		let fields = [("model", Value::u128(number.into()))];
		let call = Value::unnamed_variant(pallet, [Value::named_variant(name, fields)]);
		chain.send(keys, SUDO, Sudo { call }).await?;
	}
	report.result(&value, format!("The circuit of model {number} is the model's.\n{lines}"));
	Ok(())
}

/// A workshop that is ready to prove answers of a model: it made the model's key again, and found it to be the chain's.
pub(crate) async fn prepared(
	number: u32,
	model: &Model,
	args: &ProverArgs,
	url: &str,
	chain: &Chain,
	report: Report,
) -> Result<Workshop> {
	let circuit = model.terms.circuit.0.as_ref().ok_or(Error::NoCircuit(number))?;
	let folder = temporary()?;
	let path = folder.path();
	report.remark("Fetching the model's file and its circuit's settings …");
	let file = fetched(model.terms.content.0, &path.join("model.onnx"), url, report).await?;
	let settings = fetched(circuit.settings, &path.join("settings.json"), url, report).await?;
	let workshop = workshop(args, chain).await?;
	report.remark("Setting up the circuit, unless it was lately …");
	workshop.prepare(circuit, &file, &settings).await?;
	Ok(workshop)
}

async fn fetched(content: ContentId, file: &Path, url: &str, report: Report) -> Result<Vec<u8>> {
	freight::get(url, content, file, report).await?;
	std::fs::read(file).map_err(unreadable(file))
}

async fn made(
	workshop: &Workshop,
	folder: &Path,
	model: &[u8],
	bytes: &[u8],
	settings: &Settings,
	report: Report,
) -> Result<CircuitKey> {
	report.remark(format!("Setting up a circuit of 2^{} rows …", settings.logrows));
	let started = Instant::now();
	let key = workshop.make(folder, model, bytes).await?;
	let seconds = started.elapsed().as_secs_f32();
	report.remark(format!("Set up in {seconds:.1} s; its key has {} bytes.", key.bytes.len()));
	Ok(key)
}

/// Registers a key, unless it is registered already.
async fn register(key: &CircuitKey, chain: &Chain, keys: &Keypair, report: Report) -> Result<()> {
	let id = key.id();
	let known: Option<ProofKey> = chain::read(&chain.best().await?, KEYS, (id.0,)).await?;
	if known.is_some() {
		report.remark(format!("The key {id:?} is registered already."));
		return Ok(());
	}
	let system = Static(ProofSystem::Ezkl23Bn254);
	let call = RegisterKey { system, inputs: key.inputs, bytes: key.bytes.clone() };
	chain.send(keys, REGISTER_KEY, call).await?;
	report.remark(format!("The key {id:?} is registered."));
	Ok(())
}

async fn workshop(args: &ProverArgs, chain: &Chain) -> Result<Workshop> {
	let folder = std::env::temp_dir().join("opg-circuits");
	let absolute = |path: &PathBuf| std::path::absolute(path).map_err(unreadable(path));
	let strings = match &args.srs {
		Some(file) => ReferenceStrings::File(absolute(file)?),
		None if chain.is_development().await? => {
			ReferenceStrings::Development(folder.join("reference-strings"))
		},
		None => ReferenceStrings::None,
	};
	let limits = Limits { set_up: LIMIT, prove: LIMIT, ..Limits::default() };
	// Apart from the strings, since a circuit that is set up anew takes the place of what lies there.
	let kept = folder.join("kept");
	Ok(Workshop::new(Tool::new(absolute(&args.ezkl)?, limits), strings, kept, 1))
}

/// Samples as EZKL reads them: the rows of each input one after the other.
fn samples_of(given: &str, ports: &[Port]) -> Result<String> {
	let samples = input::read(given, ports)?;
	let mut data = vec![Vec::new(); ports.len()];
	for encoded in &samples.encoded {
		let tensors = read_tensors(ports, encoded, usize::MAX)
			.map_err(|error| Error::Unprovable { line: None, cause: error.to_string() })?;
		for (data, tensor) in data.iter_mut().zip(&tensors) {
			let not_floats = || Error::Unprovable {
				line: None,
				cause: format!("a circuit takes float32, and an input is of {}", tensor.element),
			};
			data.extend(tensor.as_f32().ok_or_else(not_floats)?);
		}
	}
	Ok(json!({ "input_data": data }).to_string())
}

fn temporary() -> Result<tempfile::TempDir> {
	tempfile::tempdir().map_err(unreadable(&std::env::temp_dir()))
}

fn unreadable(file: &Path) -> impl FnOnce(std::io::Error) -> Error {
	let file = file.to_path_buf();
	move |cause| Error::File { file, cause }
}

#[cfg(test)]
mod tests {
	use super::{fix, samples_of};
	use crate::ports::{read_port, show_ports};

	#[test]
	fn samples_of_one_input_follow_each_other() {
		let ports = [read_port("x:float32[1,2]").unwrap(), read_port("y:float32[1]").unwrap()];
		let text = samples_of(r#"{"x": [[1, 2]], "y": [3]}"#, &ports).unwrap();
		assert_eq!(text, r#"{"input_data":[[1.0,2.0],[3.0]]}"#);
		let ports = [read_port("x:int64[1]").unwrap()];
		assert!(samples_of(r#"{"x": [1]}"#, &ports).unwrap_err().to_string().contains("float32"));
	}

	#[test]
	fn an_open_axis_becomes_a_single_row() {
		let mut ports = [read_port("x:float32[?,64]").unwrap()];
		fix(&mut ports);
		assert_eq!(show_ports(&ports), "x:float32[1,64]");
	}
}
