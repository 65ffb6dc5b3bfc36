//! Feeds: listed, shown, made, funded, and their history drawn.

mod draft;
mod number;
mod plot;
mod trace;
mod weight;

use crate::{
	amount::Amount,
	args::{FeedCommand, KeyArgs},
	chain::{self, AtBlock, Chain, CLOSE_FEED, CREATED, CREATE_FEED, CURATE_FEED, FUND_FEED, SUDO},
	error::{Error, Result},
	keys,
	records::{CreateFeed, Created, FundFeed, ListedFeed, OfFeed, ShownFeed, Snapshot, Sudo},
	report::{pairs, table, Report},
};
use codec::{Decode, Encode};
use draft::read_draft;
pub(crate) use number::written;
use opg_primitives::feed::{text as literal, Reading, Subject, Values};
pub(crate) use trace::{origin, Files, Origin, Which};
pub(crate) use weight::weigh;

use serde_json::{json, Value as Json};
use subxt::{dynamic::Value, utils::AccountId32};

const LIST: &str = "FeedsApi_list";
const SHOW: &str = "FeedsApi_show";
const HISTORY: &str = "FeedsApi_history";

/// Carries out a command; `url` is the node's.
pub(crate) async fn run(
	command: FeedCommand,
	url: &str,
	given: &KeyArgs,
	chain: &Chain,
	report: Report,
) -> Result<()> {
	match command {
		FeedCommand::List => list(chain, report).await,
		FeedCommand::Show { feed } => show(feed, chain, report).await,
		FeedCommand::History { feed, key, rounds } => {
			history(feed, key.as_deref(), rounds, chain, report).await
		},
		FeedCommand::Trace { feed, key, round, store_url } => {
			let which = round.map_or(Which::Last, Which::Round);
			let store = store_url.as_deref().unwrap_or(url);
			trace::trace(feed, key.as_deref(), which, store, chain, report).await
		},
		FeedCommand::Create { file, purse } => {
			let draft = read_draft(&file, purse)?;
			let keys = keys::signer(given, chain).await?;
			let events = chain.send(&keys, CREATE_FEED, CreateFeed { draft }).await?;
			let Created { feed } = chain::event(&events, CREATED)?;
			let text =
				format!("Feed {feed} is made. `opg feed show {feed}` tells what it comes to.");
			report.result(&json!({ "feed": feed }), text);
			Ok(())
		},
		FeedCommand::Fund { feed, amount } => {
			let keys = keys::signer(given, chain).await?;
			chain.send(&keys, FUND_FEED, FundFeed { feed, amount: amount.0 }).await?;
			let text = format!("Feed {feed} has {amount} more.");
			report.result(&json!({ "feed": feed, "amount": amount }), text);
			Ok(())
		},
		FeedCommand::Curate { feed, not } => {
			let keys = keys::signer(given, chain).await?;
			let fields = [("feed", Value::u128(feed.into())), ("is_curated", Value::bool(!not))];
			let (pallet, name) = CURATE_FEED;
			let call = Value::unnamed_variant(pallet, [Value::named_variant(name, fields)]);
			chain.send(&keys, SUDO, Sudo { call }).await?;
			let text = if not { "is curated no more" } else { "is curated" };
			report
				.result(&json!({ "feed": feed, "curated": !not }), format!("Feed {feed} {text}."));
			Ok(())
		},
		FeedCommand::Close { feed } => {
			let keys = keys::signer(given, chain).await?;
			chain.send(&keys, CLOSE_FEED, OfFeed { feed }).await?;
			report.result(&json!({ "feed": feed }), format!("Feed {feed} is closed."));
			Ok(())
		},
	}
}

async fn ask<Answer: Decode>(
	chain: &Chain,
	at: &AtBlock,
	method: &'static str,
	argument: &[u8],
) -> Result<Answer> {
	let said = chain.ask(at, method, argument).await?;
	Answer::decode(&mut &said[..]).map_err(|error| Error::Chain(format!("{method}: {error}")))
}

/// A feed with what it tells now.
pub(crate) async fn shown(chain: &Chain, at: &AtBlock, feed: u32) -> Result<ShownFeed> {
	let shown: Option<ShownFeed> = ask(chain, at, SHOW, &feed.encode()).await?;
	shown.ok_or(Error::FeedUnknown(feed))
}

/// Where the key of this name stands in a feed.
pub(crate) fn key_of(feed: u32, subject: &Subject, name: &str) -> Result<usize> {
	let names = subject.names();
	let index = names.iter().position(|key| key.as_slice() == name.as_bytes());
	index.ok_or_else(|| Error::FeedKeyUnknown { feed, key: name.into() })
}

/// The name of a key; nothing where there is none.
pub(crate) fn name_of(subject: &Subject, index: usize) -> String {
	subject.names().get(index).map_or_else(String::new, |name| text(name))
}

/// What was seen or told of a key, as people write it.
pub(crate) fn value_of(subject: &Subject, index: usize, values: &Values) -> Option<String> {
	match subject {
		Subject::Numbers(keys) => {
			Some(written(values.number(index)?.into(), keys.get(index)?.decimals))
		},
		Subject::Bytes(_) => values.bytes().map(|bytes| literal::write(bytes)),
	}
}

/// A name as text.
pub(crate) fn text(bytes: &[u8]) -> String {
	String::from_utf8_lossy(bytes).into_owned()
}

async fn list(chain: &Chain, report: Report) -> Result<()> {
	let at = chain.best().await?;
	let feeds: Vec<ListedFeed> = ask(chain, &at, LIST, &[]).await?;
	let values: Vec<_> = feeds
		.iter()
		.map(|one| {
			json!({
				"feed": one.feed,
				"name": text(&one.name),
				"keys": one.keys,
				"bytes": one.keys == 0,
				"curated": one.is_curated,
				"signed": one.is_signed,
				"observed": one.has_committee,
			})
		})
		.collect();
	let yes = |is: bool| if is { "yes" } else { "no" }.to_owned();
	let rows: Vec<_> = feeds
		.iter()
		.map(|one| {
			let keys = match one.keys {
				0 => "bytes".to_owned(),
				keys => keys.to_string(),
			};
			let number = one.feed.to_string();
			[
				number,
				text(&one.name),
				keys,
				yes(one.is_curated),
				yes(one.is_signed),
				yes(one.has_committee),
			]
		})
		.collect();
	let heading = ["feed", "name", "keys", "curated", "signed", "observed"];
	report.result(&Json::Array(values), table(heading, &rows));
	Ok(())
}

async fn show(feed: u32, chain: &Chain, report: Report) -> Result<()> {
	let at = chain.best().await?;
	let ShownFeed { record, subject, sources, round, term_cost, readings, nodes } =
		shown(chain, &at, feed).await?;
	let names = subject.names();
	let told: Vec<_> = names.iter().zip(&readings).map(|(name, one)| reading(name, one)).collect();
	let sources: Vec<_> = sources
		.iter()
		.map(|source| json!({ "url": text(&source.url), "path": text(&source.path) }))
		.collect();
	let owner = AccountId32(record.owner).to_string();
	let rules = &record.rules;
	let value = json!({
		"feed": feed,
		"name": text(&record.name),
		"owner": owner,
		"curated": record.is_curated,
		"signed": record.is_signed,
		"round": round,
		"period": rules.period,
		"heartbeat": rules.heartbeat,
		"max_age": rules.max_age,
		"seats": rules.seats,
		"quorum": rules.quorum,
		"reward": Amount(rules.reward),
		"purse": Amount(record.purse),
		"term_cost": Amount(term_cost),
		"nodes": nodes,
		"version": record.version,
		"sources": sources,
		"keys": told.iter().map(|(value, _)| value).collect::<Vec<_>>(),
	});
	let observed = if nodes.is_empty() {
		"by nobody".to_owned()
	} else {
		let nodes: Vec<_> = nodes.iter().map(u32::to_string).collect();
		format!("by {} nodes: {}", nodes.len(), nodes.join(", "))
	};
	let head = pairs(&[
		("feed", format!("{feed}, {}", text(&record.name))),
		("owner", owner),
		("curated", if record.is_curated { "yes" } else { "no" }.into()),
		("source-signed", if record.is_signed { "yes" } else { "no" }.into()),
		("observed", observed),
		("round", format!("{round}, of {} blocks", rules.period)),
		("quorum", format!("{} of {}", rules.quorum, rules.seats)),
		("purse", format!("{}; a term costs {}", Amount(record.purse), Amount(term_cost))),
	]);
	let rows: Vec<_> = told.into_iter().map(|(_, row)| row).collect();
	let keys = table(["key", "value", "spread", "block", ""], &rows);
	report.result(&value, format!("{head}\n\n{keys}"));
	Ok(())
}

/// What is told about a key, for programs and for people.
fn reading(name: &[u8], reading: &Reading<u32>) -> (Json, [String; 5]) {
	let name = text(name);
	match reading {
		Reading::FreshBytes { value, at } => {
			let said = literal::write(value);
			let value = json!({ "key": name, "state": "fresh", "value": said, "at": at });
			(value, [name, said, String::new(), at.to_string(), String::new()])
		},
		Reading::Fresh { value, decimals, at, spread } => {
			let number = written((*value).into(), *decimals);
			let spread = written((*spread).into(), *decimals);
			let value = json!({
				"key": name, "state": "fresh", "value": number, "spread": spread, "at": at,
			});
			(value, [name, number, spread, at.to_string(), String::new()])
		},
		Reading::Stale { since } => {
			let block = since.map(|since| since.to_string()).unwrap_or_default();
			let value = json!({ "key": name, "state": "stale", "since": since });
			(value, [name, String::new(), String::new(), block, "stale".into()])
		},
		Reading::Halted { since } => {
			let value = json!({ "key": name, "state": "halted", "since": since });
			(value, [name, String::new(), String::new(), since.to_string(), "halted".into()])
		},
	}
}

async fn history(
	feed: u32,
	key: Option<&str>,
	rounds: u16,
	chain: &Chain,
	report: Report,
) -> Result<()> {
	let at = chain.best().await?;
	let subject = shown(chain, &at, feed).await?.subject;
	let index = key.map_or(Ok(0), |name| key_of(feed, &subject, name))?;
	let all: Vec<Snapshot> = ask(chain, &at, HISTORY, &feed.encode()).await?;
	let kept = &all[all.len().saturating_sub(rounds.into())..];
	let told = |one: &Snapshot| value_of(&subject, index, &one.values);
	let values: Vec<_> = kept
		.iter()
		.map(|one| {
			json!({
				"round": one.round,
				"at": one.at,
				"value": told(one),
				"observers": one.observers.count_ones(),
				"version": one.version,
				"digest": format!("0x{}", hex::encode(one.digest)),
			})
		})
		.collect();
	let name = name_of(&subject, index);
	let value = json!({ "feed": feed, "key": name, "rounds": values });
	let drawn = match subject.key(index) {
		Some(key) => {
			let point = |one: &Snapshot| Some((one.round, one.values.number(index)?));
			let points: Vec<_> = kept.iter().filter_map(point).collect();
			plot::drawn(&name, key.decimals, &points)
		},
		None => {
			let row = |one: &Snapshot| {
				let numbers = [one.round, one.at, one.observers.count_ones()];
				let [round, at, observers] = numbers.map(|number| number.to_string());
				[round, at, observers, told(one).unwrap_or_default()]
			};
			let rows: Vec<_> = kept.iter().map(row).collect();
			table(["round", "block", "observers", &name], &rows)
		},
	};
	report.result(&value, drawn);
	Ok(())
}
