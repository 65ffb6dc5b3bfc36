//! `opg model`: publishing models and changing their terms.

use crate::{
	amount::{Amount, Share},
	args::{ModelCommand, PublishArgs, StoreArg},
	audit, blob,
	chain::{
		self, AtBlock, Chain, FILES, MODELS, PUBLISH, PUBLISHED, REMOVE, RETIRE, SERVED,
		UPDATE_PRICE,
	},
	circuit,
	error::{Error, Result},
	external, freight, onnx,
	ports::{default_profile, show_port, show_profile},
	records::{Model, ModelStatus, OfModel, Publish, Published, StoredFile, Terms, UpdatePrice},
	report::{pairs, table, Report},
	trust::kind_name,
};
use opg_primitives::{Audit, Circuit, Port};
use serde::Serialize;
use serde_json::json;
use std::{io::BufWriter, path::Path};
use subxt::utils::Static;
use subxt_signer::sr25519::Keypair;
use tempfile::NamedTempFile;

/// Bytes of a model's name.
const NAME_BYTES: usize = 64;

/// Reads a model's record.
pub(crate) async fn find(at: &AtBlock, model: u32) -> Result<Model> {
	chain::read(at, MODELS, (model,)).await?.ok_or(Error::ModelUnknown(model))
}

/// Whether the command needs a key.
pub(crate) const fn signs(command: &ModelCommand) -> bool {
	!matches!(
		command,
		ModelCommand::List
			| ModelCommand::Show { .. }
			| ModelCommand::Audit { record: false, by_nodes: false, .. }
	)
}

/// Shows models, or makes a circuit's key again: needs no key of an account.
pub(crate) async fn show(
	command: &ModelCommand,
	url: &str,
	chain: &Chain,
	report: Report,
) -> Result<()> {
	if let ModelCommand::Audit { model, prover, .. } = command {
		return circuit::audit(*model, prover, None, url, chain, report).await;
	}
	let at = chain.best().await?;
	if let ModelCommand::Show { model } = command {
		let record = find(&at, *model).await?;
		let served = chain::read_all::<Vec<u32>>(&at, SERVED).await?;
		let serving = served.iter().filter(|(_, models)| models.contains(model));
		let mut view = View::new(*model, &record);
		view.served_by = Some(serving.map(|(node, _)| *node).collect());
		let content = record.terms.content.clone();
		let kept: Option<StoredFile> = chain::read(&at, FILES, (content,)).await?;
		view.copies = Some(kept.map_or(0, |file| file.copies));
		report.result(&view, view.text());
		return Ok(());
	}
	let models = chain::read_all::<Model>(&at, MODELS).await?;
	let views: Vec<_> = models
		.iter()
		.map(|(number, model)| View::new(u32::try_from(*number).unwrap_or(u32::MAX), model))
		.collect();
	report.result(&views, list(&views));
	Ok(())
}

/// Publishes a model or changes one.
pub(crate) async fn change(
	command: ModelCommand,
	url: &str,
	chain: &Chain,
	keys: &Keypair,
	report: Report,
) -> Result<()> {
	match command {
		ModelCommand::Publish(args) => return publish(args, url, chain, keys, report).await,
		ModelCommand::Audit { model, by_nodes: true, .. } => {
			return audit::ask(model, chain, keys, report).await;
		},
		ModelCommand::Audit { model, prover, .. } => {
			return circuit::audit(model, &prover, Some(keys), url, chain, report).await;
		},
		ModelCommand::Retire { model } => {
			chain.send(keys, RETIRE, OfModel { model }).await?;
			report.result(
				&json!({ "model": model }),
				format!("Model {model} takes no new requests."),
			);
		},
		ModelCommand::Remove { model } => {
			chain.send(keys, REMOVE, OfModel { model }).await?;
			let text = format!("Model {model} is gone and its deposit returned.");
			report.result(&json!({ "model": model }), text);
		},
		ModelCommand::SetPrice { model, price, royalty } => {
			let terms = find(&chain.best().await?, model).await?.terms;
			let price = price.unwrap_or(Amount(terms.price));
			let royalty = royalty.unwrap_or(Share(terms.royalty));
			let call = UpdatePrice { model, price: price.0, royalty: royalty.0 };
			chain.send(keys, UPDATE_PRICE, call).await?;
			let value = json!({ "model": model, "price": price, "royalty": royalty });
			let text = format!("Model {model} answers for {price} now, royalty {royalty}.");
			report.result(&value, text);
		},
		ModelCommand::List | ModelCommand::Show { .. } => {
			show(&command, url, chain, report).await?;
		},
	}
	Ok(())
}

async fn publish(
	args: PublishArgs,
	url: &str,
	chain: &Chain,
	keys: &Keypair,
	report: Report,
) -> Result<()> {
	if args.name.len() > NAME_BYTES {
		return Err(Error::NameTooLong(args.name));
	}
	let bytes = std::fs::read(&args.file)
		.map_err(|cause| Error::File { file: args.file.clone(), cause })?;
	let (mut inputs, mut outputs) = ports(&args, &bytes)?;
	let trust = circuit::trust(&args)?;
	if args.prove {
		circuit::fix(&mut inputs);
		circuit::fix(&mut outputs);
	}
	let exact = args.exact.then_some(opg_tensor::NumericProfile::Exact);
	let profile = exact.or(args.tolerance).unwrap_or_else(|| default_profile(&outputs));
	let packed = with_weights(&args.file, &bytes, report)?;
	drop(bytes);
	let file = packed.as_ref().map_or(args.file.as_path(), |packed| packed.path());
	let circuit = match args.prove {
		true => Some(circuit::set_up(&args, file, &inputs, url, chain, keys, report).await?),
		false => None,
	};
	let content = match &args.store {
		StoreArg::Node => {
			report.remark("Uploading the file …");
			let urls: Vec<_> =
				[url].into_iter().chain(args.store_url.iter().map(String::as_str)).collect();
			freight::put(&urls, file, report).await?
		},
		store => blob::put(file, store, url, report).await?.0,
	};
	let terms = Terms {
		name: args.name.into_bytes(),
		content: Static(content),
		inputs: Static(inputs),
		outputs: Static(outputs),
		profile: Static(profile),
		price: args.price.0,
		royalty: args.royalty.0,
		trust: Static(trust),
		circuit: Static(circuit),
	};
	let events = chain.send(keys, PUBLISH, Publish { draft: terms.clone() }).await?;
	let Published { model } = chain::event(&events, PUBLISHED)?;
	let view = TermsView::new(&terms);
	let text = format!("Model {model} is published.\n{}", pairs(&view.pairs()));
	report.result(&json!({ "model": model, "content": view.content, "terms": view }), text);
	Ok(())
}

/// The model with the weights in it that lie beside it, in a file for as long as that is held; nothing if none do.
fn with_weights(file: &Path, bytes: &[u8], report: Report) -> Result<Option<NamedTempFile>> {
	let weights = |cause| Error::Weights { file: file.into(), cause };
	let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
	let packed = external::pack(bytes, folder.unwrap_or(Path::new("."))).map_err(weights)?;
	let Some(packed) = packed else { return Ok(None) };
	report.remark(format!("Taking its weights into one file of {} bytes …", packed.size()));
	let unwritten = |cause| Error::File { file: std::env::temp_dir(), cause };
	let target = NamedTempFile::new().map_err(unwritten)?;
	packed.write(bytes, BufWriter::new(target.as_file())).map_err(unwritten)?;
	Ok(Some(target))
}

/// What was typed, else what the file says.
fn ports(args: &PublishArgs, bytes: &[u8]) -> Result<(Vec<Port>, Vec<Port>)> {
	let onnx = |cause| Error::Onnx { file: args.file.clone(), cause };
	let signature = onnx::read(bytes).map_err(onnx)?;
	let inputs = match args.inputs.as_slice() {
		[] => signature.inputs.map_err(onnx)?,
		given => given.to_vec(),
	};
	let outputs = match args.outputs.as_slice() {
		[] => signature.outputs.map_err(onnx)?,
		given => given.to_vec(),
	};
	Ok((inputs, outputs))
}

#[derive(Debug, Serialize)]
struct TermsView {
	name: String,
	content: String,
	inputs: Vec<String>,
	outputs: Vec<String>,
	profile: String,
	price: Amount,
	royalty: Share,
	trust: Vec<&'static str>,
	#[serde(skip_serializing_if = "Option::is_none")]
	circuit: Option<CircuitView>,
}

#[derive(Debug, Serialize)]
struct CircuitView {
	key: String,
	settings: String,
	input_scales: Vec<u8>,
	output_scales: Vec<u8>,
	bits: u8,
}

impl CircuitView {
	fn new(circuit: &Circuit) -> Self {
		Self {
			key: format!("{:?}", circuit.key),
			settings: circuit.settings.to_string(),
			input_scales: circuit.input_scales.to_vec(),
			output_scales: circuit.output_scales.to_vec(),
			bits: circuit.bits,
		}
	}
}

impl TermsView {
	fn new(terms: &Terms) -> Self {
		Self {
			name: String::from_utf8_lossy(&terms.name).into_owned(),
			content: terms.content.to_string(),
			inputs: terms.inputs.iter().map(show_port).collect(),
			outputs: terms.outputs.iter().map(show_port).collect(),
			profile: show_profile(*terms.profile),
			price: Amount(terms.price),
			royalty: Share(terms.royalty),
			trust: terms.trust.iter().copied().map(kind_name).collect(),
			circuit: terms.circuit.as_ref().map(CircuitView::new),
		}
	}

	fn pairs(&self) -> Vec<(&'static str, String)> {
		let mut lines = vec![
			("name", self.name.clone()),
			("content", self.content.clone()),
			("inputs", self.inputs.join(", ")),
			("outputs", self.outputs.join(", ")),
			("agreement", self.profile.clone()),
			("price", self.price.to_string()),
			("royalty", self.royalty.to_string()),
			("trust", self.trust.join(", ")),
		];
		if let Some(circuit) = &self.circuit {
			lines.push(("proofs' key", circuit.key.clone()));
			lines.push(("settings", circuit.settings.clone()));
			lines.push((
				"range",
				format!(
					"below 2^{} at scales {:?} to {:?}",
					circuit.bits, circuit.input_scales, circuit.output_scales
				),
			));
		}
		lines
	}
}

#[derive(Debug, Serialize)]
struct View {
	model: u32,
	owner: String,
	#[serde(flatten)]
	terms: TermsView,
	status: &'static str,
	#[serde(skip_serializing_if = "Option::is_none")]
	retired_at: Option<u64>,
	deposit: Amount,
	/// Whether nodes or governance made its circuit's key again.
	#[serde(skip_serializing_if = "Option::is_none")]
	audit: Option<&'static str>,
	#[serde(skip_serializing_if = "Option::is_none")]
	served_by: Option<Vec<u64>>,
	/// Copies of its file that are kept for pay.
	#[serde(skip_serializing_if = "Option::is_none")]
	copies: Option<u32>,
}

impl View {
	fn new(number: u32, model: &Model) -> Self {
		let (status, retired_at) = match model.status {
			ModelStatus::Active if *model.audit == Audit::Refuted => ("suspended", None),
			ModelStatus::Active => ("active", None),
			ModelStatus::Retired { at } => ("retired", Some(at)),
			ModelStatus::Paused => ("paused", None),
		};
		Self {
			model: number,
			owner: model.owner.to_string(),
			terms: TermsView::new(&model.terms),
			status,
			retired_at,
			deposit: Amount(model.deposit),
			audit: model.terms.circuit.as_ref().map(|_| circuit::audit_name(*model.audit)),
			served_by: None,
			copies: None,
		}
	}

	fn text(&self) -> String {
		let status = match self.retired_at {
			Some(block) => format!("{} since block {block}", self.status),
			None => self.status.into(),
		};
		let mut lines = vec![("model", self.model.to_string()), ("owner", self.owner.clone())];
		lines.extend(self.terms.pairs());
		lines.extend([("status", status), ("deposit", self.deposit.to_string())]);
		lines.extend(self.audit.map(|audit| ("circuit", audit.to_owned())));
		let nodes: Vec<_> = self.served_by.iter().flatten().map(u64::to_string).collect();
		lines.push(match nodes.as_slice() {
			[] => ("served by", "no node yet".into()),
			_ => ("served by", format!("node {}", nodes.join(", "))),
		});
		lines.push(match self.copies.unwrap_or_default() {
			0 => ("kept for pay", "by nobody".into()),
			copies => ("kept for pay", format!("{copies} copies")),
		});
		pairs(&lines)
	}
}

fn list(views: &[View]) -> String {
	let rows: Vec<_> = views
		.iter()
		.map(|view| {
			[
				view.model.to_string(),
				view.terms.name.clone(),
				view.terms.price.to_string(),
				view.status.into(),
				view.terms.inputs.join(", "),
				view.terms.outputs.join(", "),
			]
		})
		.collect();
	table(["model", "name", "price", "status", "inputs", "outputs"], &rows)
}
