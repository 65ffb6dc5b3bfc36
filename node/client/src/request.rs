//! `opg request`: looks at requests, takes them back, disputes answers, and proves them.

use crate::{
	amount::Amount,
	answer::Answer,
	args::{KeyArgs, RequestCommand},
	chain::{self, account, AtBlock, Chain, CANCEL, MODELS, REQUESTS},
	dispute::dispute,
	error::{Error, Result},
	keys::signer,
	late_proof::{self, LateProofView},
	records::{CheckStage, Checked, Model, OfRequest, Request},
	report::{pairs, table, Report},
	trust::show_trust,
};
use serde::Serialize;
use serde_json::json;

/// Does what was asked.
pub(crate) async fn run(
	command: RequestCommand,
	url: &str,
	keys: &KeyArgs,
	chain: &Chain,
	report: Report,
) -> Result<()> {
	match command {
		RequestCommand::Show { request } => show(request, chain, report).await,
		RequestCommand::Dispute { request, no_wait } => {
			dispute(request, !no_wait, &signer(keys, chain).await?, chain, report).await
		},
		RequestCommand::Prove { request, prover } => {
			let keys = signer(keys, chain).await?;
			late_proof::prove(request, &prover, &keys, url, chain, report).await
		},
		RequestCommand::List { mine, limit } => {
			let owner = if mine { Some(account(&signer(keys, chain).await?)) } else { None };
			let at = chain.best().await?;
			let mut requests = chain::read_all::<Request>(&at, REQUESTS).await?;
			requests.retain(|(_, record)| owner.is_none_or(|owner| record.requester == owner));
			let views: Vec<_> = requests
				.iter()
				.rev()
				.take(limit)
				.map(|(request, record)| View::new(*request, record, None))
				.collect();
			report.result(&views, list(&views));
			Ok(())
		},
		RequestCommand::Cancel { request } => {
			chain.send(&signer(keys, chain).await?, CANCEL, OfRequest { request }).await?;
			let text = format!("Request {request} is cancelled and its fee returned.");
			report.result(&json!({ "request": request, "state": "cancelled" }), text);
			Ok(())
		},
	}
}

async fn show(request: u64, chain: &Chain, report: Report) -> Result<()> {
	let at = chain.best().await?;
	let record: Request =
		chain::read(&at, REQUESTS, (request,)).await?.ok_or(Error::RequestUnknown(request))?;
	let model: Option<Model> = chain::read(&at, MODELS, (record.model,)).await?;
	let outputs = model.map(|model| model.terms.outputs.0).unwrap_or_default();
	let charged = match (record.state.fault(), record.state.ended_at()) {
		(Some(_), Some(ended)) => chain.charged(request, ended).await,
		_ => None,
	};
	let answer = Answer::of_record(request, &record, charged, &outputs);
	let mut view = View::new(request, &record, Some(answer));
	view.check = check_of(&at, request).await.map(CheckStage::name);
	report.result(&view, view.text());
	Ok(())
}

/// How the re-run of an answer stands, if there is one and the chain says so.
pub(crate) async fn check_of(at: &AtBlock, request: u64) -> Option<CheckStage> {
	let checked: Checked = chain::read(at, REQUESTS, (request,)).await.ok()??;
	checked.check.map(|check| check.stage)
}

#[derive(Debug, Serialize)]
struct View {
	request: u64,
	state: &'static str,
	model: u32,
	requester: String,
	trust: String,
	price: Amount,
	base_fee: Amount,
	held: Amount,
	requested_at: u64,
	deadline: u64,
	#[serde(skip_serializing_if = "Option::is_none")]
	node: Option<u32>,
	#[serde(skip_serializing_if = "Vec::is_empty")]
	nodes: Vec<u32>,
	#[serde(skip_serializing_if = "Option::is_none")]
	missed_by: Option<u32>,
	#[serde(skip_serializing_if = "Option::is_none")]
	ended_at: Option<u64>,
	#[serde(skip_serializing_if = "Option::is_none")]
	check: Option<&'static str>,
	client_key: String,
	#[serde(skip_serializing_if = "Option::is_none")]
	answer: Option<Answer>,
	#[serde(skip)]
	work: Option<String>,
}

impl View {
	fn new(request: u64, record: &Request, answer: Option<Answer>) -> Self {
		let nodes = record.state.nodes();
		Self {
			request,
			state: record.state.name(),
			model: record.model,
			requester: record.requester.to_string(),
			trust: show_trust(*record.trust),
			price: Amount(record.price),
			base_fee: Amount(record.base_fee),
			held: Amount(record.held),
			requested_at: record.requested_at,
			deadline: record.deadline,
			node: match nodes.as_slice() {
				[node] => Some(*node),
				_ => None,
			},
			nodes,
			missed_by: record.missed_by,
			ended_at: record.state.ended_at(),
			check: None,
			client_key: hex::encode(record.client_key),
			answer,
			work: record.work(),
		}
	}

	fn nodes(&self) -> String {
		self.nodes.iter().map(u32::to_string).collect::<Vec<_>>().join(", ")
	}

	fn text(&self) -> String {
		let work = self.work.as_ref().map(|work| format!(" ({work})")).unwrap_or_default();
		let mut lines = vec![
			("request", self.request.to_string()),
			("state", format!("{}{work}", self.state)),
			("model", self.model.to_string()),
			("requester", self.requester.clone()),
			("trust", self.trust.clone()),
			("price", format!("{} for each node", self.price)),
			("held", self.held.to_string()),
			("made in", format!("block {}", self.requested_at)),
			("deadline", format!("block {}", self.deadline)),
			("client key", self.client_key.clone()),
		];
		let number = |name, value: Option<u32>| value.map(|value| (name, value.to_string()));
		lines.extend((!self.nodes.is_empty()).then(|| ("nodes", self.nodes())));
		lines.extend(number("missed by node", self.missed_by));
		lines.extend(self.ended_at.map(|at| ("ended in", format!("block {at}"))));
		lines.extend(self.check.map(|stage| ("run again", stage.to_owned())));
		let proof = self.answer.as_ref().and_then(Answer::proof);
		lines.extend(proof.map(|proof| ("proof", proof.text())));
		let later = self.answer.as_ref().and_then(Answer::proved_later);
		lines.extend(later.into_iter().flat_map(LateProofView::lines));
		let output = self.answer.as_ref().and_then(Answer::output);
		lines.extend(output.map(|output| ("output", output.to_string())));
		let error = self.answer.as_ref().and_then(Answer::error);
		lines.extend(error.map(|error| ("why", error.to_owned())));
		pairs(&lines)
	}
}

fn list(views: &[View]) -> String {
	let rows: Vec<_> = views
		.iter()
		.map(|view| {
			[
				view.request.to_string(),
				view.state.into(),
				view.model.to_string(),
				view.nodes(),
				view.price.to_string(),
				view.requested_at.to_string(),
				view.requester.clone(),
			]
		})
		.collect();
	table(["request", "state", "model", "nodes", "price", "block", "requester"], &rows)
}
