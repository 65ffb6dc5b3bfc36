//! Workflows: models that run on feeds, made, funded and stopped, and what came out traced back to what was observed.

use crate::{
	amount::Amount,
	answer::read_output,
	args::{AskArgs, CreateArgs, KeyArgs, NamedNumbers, OnStaleArg, WorkflowCommand},
	chain::{
		self, AtBlock, Chain, ASKED_ON_FEEDS, ASK_ON_FEEDS, CREATE_WORKFLOW, STOP_WORKFLOW,
		TRANSFER, WORKFLOW_CREATED,
	},
	error::{Error, Result},
	feed::{self, Files, Origin, Which},
	infer::usual_deadline,
	keys, model,
	records::{
		AskOnFeeds, AskedOnFeeds, CreateWorkflow, Derived, FeedNumbers, FeedQuestion, OfWorkflow,
		OnStale, ShownFeed, Taken, Transfer, Workflow, WorkflowCreated, WorkflowDraft,
	},
	report::{pairs, table, Report},
	trust::{kind_name, show_trust},
};
use codec::Encode;
use opg_primitives::Port;
use serde_json::{json, Value as Json};
use std::collections::BTreeMap;
use subxt::utils::{AccountId32, MultiAddress, Static};

const LIST: &str = "WorkflowsApi_list";
const SHOW: &str = "WorkflowsApi_show";
const FRESH: &str = "WorkflowsApi_fresh";
const HISTORY: &str = "WorkflowsApi_history";

/// Carries out a command; `url` is the node's.
pub(crate) async fn run(
	command: WorkflowCommand,
	url: &str,
	given: &KeyArgs,
	chain: &Chain,
	report: Report,
) -> Result<()> {
	let at = chain.best().await?;
	let desk = Desk { chain, at, report };
	match command {
		WorkflowCommand::List => desk.list().await,
		WorkflowCommand::Show { workflow } => desk.show(workflow).await,
		WorkflowCommand::History { workflow } => desk.history(workflow).await,
		WorkflowCommand::Trace { workflow, run, store_url } => {
			desk.trace(workflow, run, store_url.as_deref().unwrap_or(url)).await
		},
		WorkflowCommand::Create(args) => desk.create(args, given).await,
		WorkflowCommand::Ask(args) => desk.ask(args, given).await,
		WorkflowCommand::Fund { workflow, amount } => desk.fund(workflow, amount, given).await,
		WorkflowCommand::Stop { workflow } => {
			let keys = keys::signer(given, chain).await?;
			chain.send(&keys, STOP_WORKFLOW, OfWorkflow { workflow }).await?;
			let text = format!(
				"Workflow {workflow} makes no more runs; what is left of its purse returns once its last \
				 one has ended."
			);
			report.result(&json!({ "workflow": workflow }), text);
			Ok(())
		},
	}
}

/// What every command needs.
struct Desk<'a> {
	chain: &'a Chain,
	at: AtBlock,
	report: Report,
}

/// What a run costs at most, and how long it may take.
struct Bid {
	max_fee: Amount,
	deadline: u32,
}

impl Desk<'_> {
	async fn find(&self, workflow: u32) -> Result<(Workflow, AccountId32, u128)> {
		let shown: Option<(Workflow, [u8; 32], u128)> =
			self.chain.said(&self.at, SHOW, &workflow.encode()).await?;
		let (record, purse, spendable) = shown.ok_or(Error::WorkflowUnknown(workflow))?;
		Ok((record, AccountId32(purse), spendable))
	}

	async fn results(&self, workflow: u32) -> Result<Vec<Derived>> {
		self.chain.said(&self.at, HISTORY, &workflow.encode()).await
	}

	/// The feeds that are named, each once.
	async fn feeds(
		&self,
		named: impl IntoIterator<Item = u32>,
	) -> Result<BTreeMap<u32, ShownFeed>> {
		let mut feeds = BTreeMap::new();
		for feed in named {
			if !feeds.contains_key(&feed) {
				feeds.insert(feed, feed::shown(self.chain, &self.at, feed).await?);
			}
		}
		Ok(feeds)
	}

	async fn list(&self) -> Result<()> {
		let all: Vec<(u32, Workflow)> = self.chain.said(&self.at, LIST, &[]).await?;
		let value = |(workflow, record): &(u32, Workflow)| {
			json!({
				"workflow": workflow,
				"name": feed::text(&record.name),
				"model": record.model,
				"every": record.every,
				"runs": record.runs,
				"next_run": record.next_run,
				"stopped": record.is_stopped,
			})
		};
		let row = |(workflow, record): &(u32, Workflow)| {
			let next =
				if record.is_stopped { "stopped".into() } else { record.next_run.to_string() };
			let name = feed::text(&record.name);
			let numbers = [record.model, record.every, record.runs].map(|it| it.to_string());
			let [model, every, runs] = numbers;
			[workflow.to_string(), name, model, every, runs, next]
		};
		let values = all.iter().map(value).collect();
		let rows: Vec<_> = all.iter().map(row).collect();
		let heading = ["workflow", "name", "model", "every", "runs", "next run"];
		self.report.result(&Json::Array(values), table(heading, &rows));
		Ok(())
	}

	async fn show(&self, workflow: u32) -> Result<()> {
		let (record, purse, spendable) = self.find(workflow).await?;
		let feeds = self.feeds(record.inputs.iter().map(|one| one.feed)).await?;
		let fresh: Option<Derived> = self.chain.said(&self.at, FRESH, &workflow.encode()).await?;
		let outputs = self.outputs(record.model).await;
		let fresh = fresh.map(|derived| told(&derived, &feeds, &outputs));
		let owner = AccountId32(record.owner).to_string();
		let inputs: Vec<_> = record.inputs.iter().map(|one| (one, key_name(&feeds, one))).collect();
		let named: Vec<_> = inputs
			.iter()
			.map(|(one, key)| json!({ "feed": one.feed, "key": key, "count": one.count }))
			.collect();
		let on_stale = match record.on_stale {
			OnStale::Skip => "skip",
			OnStale::Tell => "tell",
		};
		let value = json!({
			"workflow": workflow,
			"name": feed::text(&record.name),
			"owner": owner,
			"model": record.model,
			"inputs": named,
			"trust": show_trust(record.trust),
			"max_fee": Amount(record.max_fee),
			"deadline": record.deadline,
			"every": record.every,
			"on_stale": on_stale,
			"runs": record.runs,
			"last_run": record.last_run,
			"next_run": record.next_run,
			"request": record.pending.as_ref().map(|pending| pending.request),
			"stopped": record.is_stopped,
			"purse": purse.to_string(),
			"spendable": Amount(spendable),
			"fresh": fresh,
		});
		let written = |(one, key): &(&FeedNumbers, String)| match one.count {
			1 => format!("{}:{key}", one.feed),
			count => format!("{}:{key}*{count}", one.feed),
		};
		let next = match (&record.pending, record.is_stopped) {
			(Some(pending), true) => format!("none; request {} may be answered", pending.request),
			(None, true) => "none".into(),
			(Some(pending), false) => {
				format!("in block {}; request {} may be answered", record.next_run, pending.request)
			},
			(None, false) => format!("in block {}", record.next_run),
		};
		let last = record.last_run.map_or("none yet".into(), |at| format!("in block {at}"));
		let result = fresh.as_ref().map_or("nothing that is fresh".into(), |it| {
			format!("{} from run {} in block {}", it["output"], it["run"], it["at"])
		});
		let text = pairs(&[
			("workflow", format!("{workflow}, {}", feed::text(&record.name))),
			("owner", owner),
			("model", format!("{} under {}", record.model, show_trust(record.trust))),
			("inputs", inputs.iter().map(written).collect::<Vec<_>>().join(", ")),
			("every", format!("{} blocks", record.every)),
			("last run", format!("{last}; {} in all", record.runs)),
			("next run", next),
			("purse", format!("{purse} can pay {}", Amount(spendable))),
			("gives", result),
		]);
		self.report.result(&value, text);
		Ok(())
	}

	async fn history(&self, workflow: u32) -> Result<()> {
		let (record, ..) = self.find(workflow).await?;
		let feeds = self.feeds(record.inputs.iter().map(|one| one.feed)).await?;
		let outputs = self.outputs(record.model).await;
		let results = self.results(workflow).await?;
		let values: Vec<_> = results.iter().map(|one| told(one, &feeds, &outputs)).collect();
		let rows: Vec<_> = results
			.iter()
			.zip(&values)
			.map(|(one, value)| {
				let numbers = [u64::from(one.run), one.at.into(), one.request];
				let [run, at, request] = numbers.map(|it| it.to_string());
				let stale = if one.is_stale { "stale" } else { "" };
				[run, at, request, value["output"].to_string(), stale.into()]
			})
			.collect();
		let text = table(["run", "block", "request", "output", ""], &rows);
		self.report.result(&Json::Array(values), text);
		Ok(())
	}

	async fn trace(&self, workflow: u32, run: Option<u32>, url: &str) -> Result<()> {
		let (record, ..) = self.find(workflow).await?;
		let results = self.results(workflow).await?;
		let wanted = |one: &Derived| run.is_none_or(|run| one.run == run);
		let derived = results.into_iter().rfind(wanted).ok_or(Error::RunUnknown { workflow })?;
		let feeds = self.feeds(derived.taken.iter().map(|one| one.feed)).await?;
		let outputs = self.outputs(record.model).await;
		let files = Files::of(url).await?;
		let mut inputs: Vec<(Origin, bool)> = Vec::new();
		for one in &derived.taken {
			let Some(record) = feeds.get(&one.feed) else { continue };
			let (index, which) = (usize::from(one.key), Which::At(one.at));
			let origin =
				feed::origin(one.feed, record, index, which, &files, self.chain, &self.at).await?;
			let is_same = origin.value.as_deref() == Some(number(one).as_str());
			inputs.push((origin, is_same));
		}
		let traced = inputs.iter().all(|(origin, is_same)| origin.traced && *is_same);
		let told = told(&derived, &feeds, &outputs);
		let value = json!({
			"workflow": workflow,
			"run": derived.run,
			"request": derived.request,
			"model": derived.model,
			"output": told["output"],
			"inputs": inputs.iter().map(|(origin, _)| origin).collect::<Vec<_>>(),
			"traced": traced,
		});
		let rows: Vec<_> = inputs
			.iter()
			.map(|(origin, is_same)| {
				let is_traced = if origin.traced && *is_same { "yes" } else { "no" };
				let number = format!("{} {}", origin.key, origin.number());
				let nodes = origin.seats.len().to_string();
				let round = origin.round.to_string();
				[number, round, nodes, is_traced.into(), origin.reported.clone()]
			})
			.collect();
		let head = pairs(&[
			("result", told["output"].to_string()),
			("from", format!("model {}, request {}", derived.model, derived.request)),
			("asked", format!("in block {} under {}", derived.at, show_trust(derived.trust))),
			("traced", if traced { "yes" } else { "no" }.into()),
		]);
		let rows = table(["number", "round", "seen by", "traced", "what was reported"], &rows);
		self.report.result(&value, format!("{head}\n\n{rows}"));
		Ok(())
	}

	async fn create(&self, args: CreateArgs, given: &KeyArgs) -> Result<()> {
		let CreateArgs { name, ask, every, purse } = args;
		let inputs = self.numbered(&ask.inputs).await?;
		let Bid { max_fee, deadline } = self.bid(&ask).await?;
		let deadline = ask.deadline.unwrap_or_else(|| deadline.min(every.saturating_sub(1)));
		let draft = WorkflowDraft {
			name: name.into_bytes(),
			model: ask.model,
			inputs,
			trust: Static(ask.trust),
			max_fee: max_fee.0,
			deadline,
			every,
			on_stale: on_stale(ask.on_stale),
			purse: purse.0,
		};
		let keys = keys::signer(given, self.chain).await?;
		let events = self.chain.send(&keys, CREATE_WORKFLOW, CreateWorkflow { draft }).await?;
		let WorkflowCreated { workflow } = chain::event(&events, WORKFLOW_CREATED)?;
		let text = format!(
			"Workflow {workflow} is made and pays up to {max_fee} a run. `opg workflow show {workflow}` \
			 tells what it comes to."
		);
		let value = json!({ "workflow": workflow, "max_fee": max_fee, "deadline": deadline });
		self.report.result(&value, text);
		Ok(())
	}

	async fn ask(&self, args: AskArgs, given: &KeyArgs) -> Result<()> {
		let inputs = self.numbered(&args.inputs).await?;
		let Bid { max_fee, deadline } = self.bid(&args).await?;
		let question = FeedQuestion {
			model: args.model,
			inputs,
			trust: Static(args.trust),
			max_fee: max_fee.0,
			deadline: args.deadline.unwrap_or(deadline),
			client_key: keys::fresh_client_key()?,
			on_stale: on_stale(args.on_stale),
		};
		let keys = keys::signer(given, self.chain).await?;
		let events = self.chain.send(&keys, ASK_ON_FEEDS, AskOnFeeds { question }).await?;
		let asked = chain::events_named::<AskedOnFeeds>(&events, ASKED_ON_FEEDS)?;
		let Some(AskedOnFeeds { request }) = asked.into_iter().next() else {
			let value = json!({ "request": null, "state": "stale" });
			self.report.result(&value, "A number is stale, so the model was not asked.");
			return Ok(());
		};
		let text =
			format!("Request {request} is made. `opg request show {request}` has its answer.");
		self.report.result(&json!({ "request": request, "state": "asked" }), text);
		Ok(())
	}

	async fn fund(&self, workflow: u32, amount: Amount, given: &KeyArgs) -> Result<()> {
		let (_, purse, _) = self.find(workflow).await?;
		let keys = keys::signer(given, self.chain).await?;
		let call = Transfer { dest: MultiAddress::Id(purse), value: amount.0 };
		self.chain.send(&keys, TRANSFER, call).await?;
		let text = format!("{amount} were sent to the purse of workflow {workflow}, {purse}.");
		let purse = purse.to_string();
		let value = json!({ "workflow": workflow, "purse": purse, "amount": amount });
		self.report.result(&value, text);
		Ok(())
	}

	/// The inputs as the chain numbers them.
	async fn numbered(&self, named: &[NamedNumbers]) -> Result<Vec<FeedNumbers>> {
		let feeds = self.feeds(named.iter().map(|one| one.feed)).await?;
		let mut inputs = Vec::new();
		for NamedNumbers { feed, key, count } in named {
			let Some(record) = feeds.get(feed) else { continue };
			let index = feed::key_of(*feed, &record.subject, key)?;
			let key = u8::try_from(index).unwrap_or(u8::MAX);
			inputs.push(FeedNumbers { feed: *feed, key, count: *count });
		}
		Ok(inputs)
	}

	/// What is offered where nothing is said: what an answer costs while many more ask.
	async fn bid(&self, args: &AskArgs) -> Result<Bid> {
		let record = model::find(&self.at, args.model).await?;
		let estimate = self.chain.estimate(&self.at, args.model, args.trust, 0).await?;
		let estimate = estimate.ok_or_else(|| Error::NotAnswering {
			model: args.model,
			trust: show_trust(args.trust),
			offered: record.terms.trust.iter().copied().map(kind_name).collect(),
		})?;
		let max_fee = args.max_fee.unwrap_or(Amount(estimate.most.saturating_mul(2)));
		Ok(Bid { max_fee, deadline: usual_deadline(args.trust) })
	}

	/// What a model gives; nothing where it is gone.
	async fn outputs(&self, model: u32) -> Vec<Port> {
		model::find(&self.at, model).await.map(|record| record.terms.outputs.0).unwrap_or_default()
	}
}

const fn on_stale(given: OnStaleArg) -> OnStale {
	match given {
		OnStaleArg::Skip => OnStale::Skip,
		OnStaleArg::Tell => OnStale::Tell,
	}
}

fn key_name(feeds: &BTreeMap<u32, ShownFeed>, one: &FeedNumbers) -> String {
	name_of(feeds, one.feed, one.key)
}

fn name_of(feeds: &BTreeMap<u32, ShownFeed>, feed: u32, key: u8) -> String {
	let subject = feeds.get(&feed).map(|record| &record.subject);
	subject.map_or_else(String::new, |subject| feed::name_of(subject, key.into()))
}

fn number(taken: &Taken) -> String {
	feed::written(taken.value.into(), taken.decimals)
}

/// A result, for programs.
fn told(derived: &Derived, feeds: &BTreeMap<u32, ShownFeed>, outputs: &[Port]) -> Json {
	let inputs: Vec<_> = derived
		.taken
		.iter()
		.map(|one| {
			let key = name_of(feeds, one.feed, one.key);
			json!({ "feed": one.feed, "key": key, "value": number(one), "at": one.at })
		})
		.collect();
	json!({
		"run": derived.run,
		"at": derived.at,
		"request": derived.request,
		"model": derived.model,
		"trust": show_trust(derived.trust),
		"curated": derived.is_curated,
		"signed": derived.is_signed,
		"stale": derived.is_stale,
		"output": read_output(derived.request, &derived.outcome, outputs).unwrap_or_default(),
		"inputs": inputs,
	})
}
