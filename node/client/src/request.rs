//! `opg request`: looks at requests and takes them back.

use crate::{
	amount::Amount,
	answer::Answer,
	args::{KeyArgs, RequestCommand},
	chain::{self, account, AtBlock, Chain, CANCEL, MODELS, REQUESTS},
	error::{Error, Result},
	keys::signer,
	records::{Model, OfRequest, Request},
	report::{pairs, table, Report},
};
use serde::Serialize;
use serde_json::json;

/// Does what was asked.
pub(crate) async fn run(
	command: RequestCommand,
	keys: &KeyArgs,
	chain: &Chain,
	report: Report,
) -> Result<()> {
	match command {
		RequestCommand::Show { request } => show(request, &chain.best().await?, report).await,
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

async fn show(request: u64, at: &AtBlock, report: Report) -> Result<()> {
	let record: Request =
		chain::read(at, REQUESTS, (request,)).await?.ok_or(Error::RequestUnknown(request))?;
	let model: Option<Model> = chain::read(at, MODELS, (record.model,)).await?;
	let outputs = model.map(|model| model.terms.outputs.0).unwrap_or_default();
	let answer = Answer::of_record(request, &record, &outputs);
	let view = View::new(request, &record, Some(answer));
	report.result(&view, view.text());
	Ok(())
}

#[derive(Debug, Serialize)]
struct View {
	request: u64,
	state: &'static str,
	model: u32,
	requester: String,
	price: Amount,
	held: Amount,
	requested_at: u64,
	deadline: u64,
	#[serde(skip_serializing_if = "Option::is_none")]
	node: Option<u32>,
	#[serde(skip_serializing_if = "Option::is_none")]
	missed_by: Option<u32>,
	#[serde(skip_serializing_if = "Option::is_none")]
	ended_at: Option<u64>,
	client_key: String,
	#[serde(skip_serializing_if = "Option::is_none")]
	answer: Option<Answer>,
}

impl View {
	fn new(request: u64, record: &Request, answer: Option<Answer>) -> Self {
		Self {
			request,
			state: record.state.name(),
			model: record.model,
			requester: record.requester.to_string(),
			price: Amount(record.price),
			held: Amount(record.held),
			requested_at: record.requested_at,
			deadline: record.deadline,
			node: record.state.node(),
			missed_by: record.missed_by,
			ended_at: record.state.ended_at(),
			client_key: hex::encode(record.client_key),
			answer,
		}
	}

	fn text(&self) -> String {
		let mut lines = vec![
			("request", self.request.to_string()),
			("state", self.state.into()),
			("model", self.model.to_string()),
			("requester", self.requester.clone()),
			("price", self.price.to_string()),
			("held", self.held.to_string()),
			("made in", format!("block {}", self.requested_at)),
			("deadline", format!("block {}", self.deadline)),
			("client key", self.client_key.clone()),
		];
		let number = |name, value: Option<u32>| value.map(|value| (name, value.to_string()));
		lines.extend(number("node", self.node));
		lines.extend(number("missed by node", self.missed_by));
		lines.extend(self.ended_at.map(|at| ("ended in", format!("block {at}"))));
		let output = self.answer.as_ref().and_then(Answer::output);
		lines.extend(output.map(|output| ("output", output.to_string())));
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
				view.node.map(|node| node.to_string()).unwrap_or_default(),
				view.price.to_string(),
				view.requested_at.to_string(),
				view.requester.clone(),
			]
		})
		.collect();
	table(["request", "state", "model", "node", "price", "block", "requester"], &rows)
}
