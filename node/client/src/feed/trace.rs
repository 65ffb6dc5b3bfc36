//! From a value of a feed back to the bytes that sources answered its nodes, computed again at every step.

use super::{ask, name_of, shown, value_of, HISTORY};
use crate::{
	chain::{AtBlock, Chain},
	connection::{self, params},
	error::{Error, Result},
	records::{ShownFeed, Snapshot},
	report::{pairs, table, Report},
};
use codec::{DecodeAll, Encode};
use opg_feeds::{answer::values_in, evidence::read_list};
use opg_primitives::{
	feed::{agreed, Seen, Subject, Values},
	ContentCodec, ContentId,
};
use opg_store::content_id;
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;
use subxt::rpcs::RpcClient;

const GET: &str = "store_get";

/// Which round of a feed is meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Which {
	/// The last that is reported.
	Last,
	/// By its number.
	Round(u32),
	/// By its first block.
	At(u32),
}

/// The files of a node.
pub(crate) struct Files {
	rpc: RpcClient,
	url: String,
}

impl Files {
	/// Connects to the node at `url`.
	pub(crate) async fn of(url: &str) -> Result<Self> {
		Ok(Self { rpc: connection::open(url).await?, url: url.into() })
	}

	/// A file, checked against its content id; nothing if the node does not have it.
	async fn get(&self, id: ContentId) -> Result<Option<Vec<u8>>> {
		let asked = params([json!(id.to_string())])?;
		let said: Result<String> = connection::call(&self.rpc, &self.url, GET, asked).await;
		let hex = match said {
			Ok(hex) => hex,
			Err(Error::Rpc { .. }) => return Ok(None),
			Err(error) => return Err(error),
		};
		let bytes = hex::decode(hex.trim_start_matches("0x")).ok();
		let bytes = bytes.filter(|bytes| content_id(bytes) == id);
		bytes.map(Some).ok_or_else(|| Error::Chain(format!("`{GET}` gives other bytes")))
	}

	/// A file whose content id has this digest: as raw bytes, or in chunks if it is long.
	async fn of_digest(&self, digest: [u8; 32]) -> Result<Option<Vec<u8>>> {
		let raw = self.get(ContentId { codec: ContentCodec::Raw, digest }).await?;
		match raw {
			None => self.get(ContentId { codec: ContentCodec::DagPb, digest }).await,
			raw => Ok(raw),
		}
	}
}

/// A value of a feed, and what it is made of.
#[derive(Debug, Serialize)]
pub(crate) struct Origin {
	pub(crate) feed: u32,
	pub(crate) key: String,
	pub(crate) round: u32,
	pub(crate) at: u32,
	pub(crate) value: Option<String>,
	/// The content id of what was reported.
	pub(crate) reported: String,
	pub(crate) seats: Vec<SeenBy>,
	/// Whether the value follows from bytes that the node has: the median, or what a quorum saw alike, from what was seen, and of that at
	/// least one, and none against it, from what was answered.
	pub(crate) traced: bool,
}

/// What one seat saw, and what of.
#[derive(Debug, Serialize)]
pub(crate) struct SeenBy {
	pub(crate) seat: u8,
	pub(crate) value: Option<String>,
	/// The digest that names the list of answers.
	pub(crate) evidence: String,
	pub(crate) answers: Vec<Bytes>,
	/// Whether the value follows from the answers; nothing if they are not to be had here.
	pub(crate) follows: Option<bool>,
}

/// What one address answered.
#[derive(Debug, Serialize)]
pub(crate) struct Bytes {
	pub(crate) url: String,
	pub(crate) content: String,
	pub(crate) bytes: usize,
}

/// Prints where a value is from.
pub(super) async fn trace(
	feed: u32,
	key: Option<&str>,
	which: Which,
	url: &str,
	chain: &Chain,
	report: Report,
) -> Result<()> {
	let files = Files::of(url).await?;
	let at = chain.best().await?;
	let record = shown(chain, &at, feed).await?;
	let index = match key {
		None => 0,
		Some(name) => super::key_of(feed, &record.subject, name)?,
	};
	let origin = origin(feed, &record, index, which, &files, chain, &at).await?;
	report.result(&origin, origin.text());
	Ok(())
}

/// Follows a value of a feed back to the bytes.
pub(crate) async fn origin(
	feed: u32,
	record: &ShownFeed,
	index: usize,
	which: Which,
	files: &Files,
	chain: &Chain,
	at: &AtBlock,
) -> Result<Origin> {
	let kept: Vec<Snapshot> = ask(chain, at, HISTORY, &feed.encode()).await?;
	let wanted = |one: &Snapshot| match which {
		Which::Last => true,
		Which::Round(round) => one.round == round,
		Which::At(block) => one.at == block,
	};
	let round = kept.into_iter().rfind(wanted).ok_or(Error::RoundUnknown { feed })?;
	let reported = ContentId { codec: ContentCodec::Raw, digest: round.digest };
	let missing = || Error::NotKept { url: files.url.clone(), content: reported.to_string() };
	let file = files.get(reported).await?.ok_or_else(missing)?;
	let seen = Vec::<Seen>::decode_all(&mut file.as_slice())
		.map_err(|error| Error::Chain(format!("what was reported is no list: {error}")))?;
	// Other sources would say other things.
	let is_same = round.version == record.record.version;
	let mut seats = Vec::new();
	for one in &seen {
		seats.push(seen_by(one, record, index, is_same, files).await?);
	}
	let follow = || seats.iter().filter_map(|one| one.follows);
	let is_made = is_made_of(&seen, record, index, &round.values);
	let traced = is_made && follow().any(|it| it) && follow().all(|it| it);
	Ok(Origin {
		feed,
		key: name_of(&record.subject, index),
		round: round.round,
		at: round.at,
		value: value_of(&record.subject, index, &round.values),
		reported: reported.to_string(),
		seats,
		traced,
	})
}

/// Whether what was told of a key is what all saw comes to: the median, or the bytes that a quorum saw.
fn is_made_of(all: &[Seen], record: &ShownFeed, index: usize, told: &Values) -> bool {
	match record.subject {
		Subject::Numbers(_) => {
			let mut all: Vec<_> = all.iter().filter_map(|one| one.values.number(index)).collect();
			all.sort_unstable();
			let median = all.len().checked_sub(1).and_then(|last| all.get(last / 2).copied());
			told.number(index) == median
		},
		Subject::Bytes(_) => {
			let said = all.iter().filter_map(|one| one.values.bytes());
			told.bytes() == agreed(said, record.record.rules.quorum.into())
		},
	}
}

async fn seen_by(
	seen: &Seen,
	record: &ShownFeed,
	index: usize,
	is_same: bool,
	files: &Files,
) -> Result<SeenBy> {
	let value = value_of(&record.subject, index, &seen.values);
	let mut by = SeenBy {
		seat: seen.seat,
		value: value.clone(),
		evidence: format!("0x{}", hex::encode(seen.evidence)),
		answers: Vec::new(),
		follows: None,
	};
	let list = files.of_digest(seen.evidence.0).await?;
	let Some(list) = list.and_then(|list| read_list(&list).ok()) else { return Ok(by) };
	let mut answers = BTreeMap::new();
	for one in list {
		let Ok(id) = one.content.parse() else { return Ok(by) };
		let Some(bytes) = files.get(id).await? else { return Ok(by) };
		let (url, content) = (one.url.clone(), one.content);
		by.answers.push(Bytes { url, content, bytes: bytes.len() });
		answers.insert(one.url, bytes.into());
	}
	if is_same {
		let (values, _) = values_in(&record.subject, &record.sources, &answers);
		by.follows = Some(value_of(&record.subject, index, &values) == value);
	}
	Ok(by)
}

impl Origin {
	/// The value, in words.
	pub(crate) fn number(&self) -> String {
		self.value.clone().unwrap_or_else(|| "none".into())
	}

	fn text(&self) -> String {
		let head = pairs(&[
			("value", format!("{} {} of feed {}", self.key, self.number(), self.feed)),
			("round", format!("{}, from block {} on", self.round, self.at)),
			("reported", self.reported.clone()),
			("traced", if self.traced { "yes" } else { "no" }.into()),
		]);
		format!("{head}\n\n{}", self.seats())
	}

	fn seats(&self) -> String {
		let rows: Vec<_> = self
			.seats
			.iter()
			.map(|one| {
				let follows = match one.follows {
					Some(true) => "yes",
					Some(false) => "no",
					None => "not kept here",
				};
				let answer = |it: &Bytes| format!("{} {} ({} bytes)", it.url, it.content, it.bytes);
				let answers: Vec<_> = one.answers.iter().map(answer).collect();
				let value = one.value.clone().unwrap_or_default();
				[one.seat.to_string(), value, follows.into(), answers.join(", ")]
			})
			.collect();
		table(["seat", "saw", "follows", "from what was answered"], &rows)
	}
}
