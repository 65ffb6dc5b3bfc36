//! `opg infer`: asks a model, once or a whole file of times, and waits for the answers.

use crate::{
	amount::Amount,
	answer::Answers,
	args::InferArgs,
	batch::{numbered, End, Found, Item, Sent, Step},
	chain::{
		self, account, next_block, AtBlock, Chain, ALREADY_IMPORTED, CLIENT_KEYS, NODES, POOL_FULL,
		PRIORITY_TOO_LOW, REQUEST, REQUESTS, SERVED,
	},
	error::{Error, Result},
	footing::{self, Wish},
	input,
	keys::fresh_client_key,
	model,
	proving::{self, Proving},
	records::{Ask, Node, Request},
	report::Report,
};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use opg_primitives::TrustMode;
use opg_seal::PublicKey;
use std::{collections::BTreeMap, time::Instant};
use subxt::{
	rpcs,
	utils::{AccountId32, Static},
};
use subxt_signer::sr25519::Keypair;

/// Times in a block that a transaction gets another number because someone else took its own.
const RENUMBERINGS: u32 = 5;

/// Blocks within which an answer must come where nothing else is asked for.
const USUAL_DEADLINE: u32 = 40;
/// The same for a panel, which answers in phases, with time for a second one.
const USUAL_PANEL_DEADLINE: u32 = 120;

/// The same for a proof, which takes up to half of it on a busy machine, with time for a second node.
const USUAL_PROOF_DEADLINE: u32 = 120;

/// The most that an answer under `trust` costs at `price`: every node asked is paid.
pub(crate) fn most_fee(price: u128, trust: TrustMode) -> Amount {
	Amount(price.saturating_mul(trust.nodes().into()))
}

/// Blocks within which an answer under `trust` must come where nothing else is asked for.
pub(crate) const fn usual_deadline(trust: TrustMode) -> u32 {
	match trust {
		TrustMode::Attested => USUAL_DEADLINE,
		TrustMode::Quorum { .. } => USUAL_PANEL_DEADLINE,
		TrustMode::Proved => USUAL_PROOF_DEADLINE,
	}
}

/// Asks and waits; fails with [`Error::NotSettled`] unless every request was answered.
pub(crate) async fn infer(
	args: InferArgs,
	url: &str,
	chain: &Chain,
	keys: &Keypair,
	report: Report,
) -> Result<()> {
	let mut blocks = chain.blocks(args.finalized).await?;
	// The price to pay is today's, even for who waits for final blocks.
	let best = chain.best().await?;
	let model = model::find(&best, args.model).await?;
	let inputs = input::read(&args.input, &model.terms.inputs)?;
	if args.trust == TrustMode::Proved {
		proving::check(args.model, &model, &inputs.encoded, report)?;
	}
	let mut answers =
		Answers::open(args.out.as_deref(), model.terms.outputs.0, inputs.lines, report)?;
	let estimate = chain.estimate(&best, args.model, args.trust, 0).await?;
	// While many ask, an answer costs more than the model's price.
	let least = estimate.map_or(most_fee(model.terms.price, args.trust), |it| Amount(it.most));
	let max_fee = args.max_fee.unwrap_or(least);
	let items = (0..inputs.encoded.len())
		.map(|index| match args.client_key {
			Some(first) => Ok(Item::new(numbered(first, index))),
			None => fresh_client_key().map(Item::new),
		})
		.collect::<Result<Vec<_>>>()?;
	let readers = if args.seal { readers(&best, args.model).await? } else { Vec::new() };
	let account = account(keys);
	let nonce = chain.next_nonce(&account).await?;
	let bar = bar(items.len(), inputs.lines && report.moves());
	let told = if inputs.lines { None } else { Some(String::new()) };
	let inputs = inputs.encoded;
	let mut asking = Asking {
		chain,
		keys,
		account,
		url,
		args: &args,
		max_fee,
		inputs,
		readers,
		items,
		nonce,
		told,
		begun: BTreeMap::new(),
	};
	let mut at = if args.finalized { chain.finalized().await? } else { chain.best().await? };
	if args.client_key.is_some() {
		asking.adopt(&at).await?;
	}
	if let (Some(through), Some(estimate)) = (args.app, estimate) {
		if asking.items.iter().any(Item::is_unsent) {
			let wish = Wish { through, model: args.model, trust: args.trust, estimate };
			footing::check(&wish, &account, chain, &best).await?;
		}
	}
	loop {
		asking.observe(&at).await?;
		asking.send(&at).await?;
		answers.write(&mut asking.items)?;
		bar.set_position(answers.written());
		bar.set_message(asking.standing());
		asking.tell(report);
		if answers.written() == u64::try_from(asking.items.len()).unwrap_or(u64::MAX) {
			break;
		}
		at = next_block(&mut blocks).await?;
	}
	bar.finish_and_clear();
	answers.close()
}

/// The keys of all nodes that serve a model.
async fn readers(at: &AtBlock, model: u32) -> Result<Vec<PublicKey>> {
	let served = chain::read_all::<Vec<u32>>(at, SERVED).await?;
	let serving = served.iter().filter(|(_, models)| models.contains(&model));
	let nodes: BTreeMap<u64, Node> = chain::read_all(at, NODES).await?.into_iter().collect();
	let (mut keys, mut without) = (Vec::new(), Vec::new());
	for (number, _) in serving {
		match nodes.get(number).and_then(|node| node.sealing) {
			Some(key) => keys.push(key),
			None => without.push(number.to_string()),
		}
	}
	match (keys.is_empty(), without.is_empty()) {
		(true, true) => Err(Error::NotServed(model)),
		(_, false) => Err(Error::NoSealingKey { nodes: without.join(", ") }),
		(false, true) => Ok(keys),
	}
}

fn bar(length: usize, shown: bool) -> ProgressBar {
	let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
	let bar = ProgressBar::with_draw_target(u64::try_from(length).ok(), target);
	match ProgressStyle::with_template("{bar:30} {pos}/{len} {elapsed} {msg}") {
		Ok(style) => bar.with_style(style),
		Err(_) => bar,
	}
}

/// Requests being made and followed.
struct Asking<'a> {
	chain: &'a Chain,
	keys: &'a Keypair,
	account: AccountId32,
	url: &'a str,
	args: &'a InferArgs,
	max_fee: Amount,
	inputs: Vec<Vec<u8>>,
	/// Those the inputs are sealed for; nobody if they are not.
	readers: Vec<PublicKey>,
	items: Vec<Item>,
	nonce: u64,
	/// What was said last of the only request; nothing is said of many.
	told: Option<String>,
	/// Since when a node is seen to have a request.
	begun: BTreeMap<usize, Instant>,
}

impl Asking<'_> {
	/// Finds requests that were made before under the same client keys.
	async fn adopt(&mut self, at: &AtBlock) -> Result<()> {
		let found = self.requests(at, &(0..self.items.len()).collect::<Vec<_>>()).await?;
		for (item, request) in self.items.iter_mut().zip(found) {
			item.request = request;
		}
		Ok(())
	}

	async fn requests(&self, at: &AtBlock, indices: &[usize]) -> Result<Vec<Option<u64>>> {
		let items = indices.iter().filter_map(|index| self.items.get(*index));
		let keys = items.map(|item| (self.account.0, item.key));
		self.chain.read_many(at, CLIENT_KEYS, keys).await
	}

	/// Takes in what a block says of every request that has not ended.
	async fn observe(&mut self, at: &AtBlock) -> Result<()> {
		let indices: Vec<_> =
			(0..self.items.len()).filter(|index| self.items[*index].is_followed()).collect();
		if indices.is_empty() {
			return Ok(());
		}
		let nonce = chain::account_at(at, &self.account).await?.map_or(0, |account| account.nonce);
		let requests = self.requests(at, &indices).await?;
		let known = requests.iter().flatten().map(|request| (*request,));
		let records: Vec<Option<Request>> = self.chain.read_many(at, REQUESTS, known).await?;
		let mut records = records.into_iter();
		for (index, request) in indices.into_iter().zip(requests) {
			let found: Option<Found> = request.map(|request| (request, records.next().flatten()));
			let item = &mut self.items[index];
			match (item.observe(at.block_number(), nonce, found), &item.sent) {
				(Step::Resend, Some(sent)) => {
					// The pool may still have it, which is as good.
					let _ = self.chain.methods.author_submit_extrinsic(&sent.bytes).await;
				},
				(Step::Explain, Some(sent)) => {
					match self.chain.failure(at, sent.first, sent.hash).await? {
						Some(error) => item.end = Some(End::Refused(error)),
						// Someone else used its number, so it gets another.
						None => {
							item.sent = None;
							self.nonce = self.chain.next_nonce(&self.account).await?;
						},
					}
				},
				_ => {},
			}
			self.charge(index).await;
			self.look_at_proof(index).await;
		}
		Ok(())
	}

	/// Looks up what a request that failed was charged.
	async fn charge(&mut self, index: usize) {
		let Some(End::Chain { request, record, charged, .. }) = &mut self.items[index].end else {
			return;
		};
		if let (Some(_), Some(at)) = (record.state.fault(), record.state.ended_at()) {
			*charged = self.chain.charged(*request, at).await;
		}
	}

	/// Looks up what the proof of an answer took.
	async fn look_at_proof(&mut self, index: usize) {
		match &mut self.items[index] {
			Item { end: Some(End::Chain { request, record, proving, .. }), .. } => {
				if let (Some(_), Some(at)) = (record.proof, record.state.ended_at()) {
					let seconds =
						self.begun.remove(&index).map(|since| since.elapsed().as_secs_f64());
					let weight = self.chain.checked(*request, at).await;
					*proving = Some(Proving::new(seconds, weight));
				}
			},
			item if item.is_with_node() => {
				self.begun.entry(index).or_insert_with(Instant::now);
			},
			_ => {},
		}
	}

	/// Says what goes on with the only request, whenever that changed.
	fn tell(&mut self, report: Report) {
		let (Some(told), Some(item)) = (&mut self.told, self.items.first()) else { return };
		let (Some(request), Some(work)) = (item.request, &item.work) else { return };
		if told != work {
			report.remark(format!("Request {request}: {work}."));
			told.clone_from(work);
		}
	}

	/// Sends as many requests as may be in flight.
	async fn send(&mut self, at: &AtBlock) -> Result<()> {
		let in_flight = self.items.iter().filter(|item| item.is_in_flight()).count();
		let room = usize::from(self.args.in_flight).saturating_sub(in_flight);
		let indices: Vec<_> = (0..self.items.len())
			.filter(|index| self.items[*index].is_unsent())
			.take(room)
			.collect();
		if indices.is_empty() {
			return Ok(());
		}
		let anchor = self.chain.anchor().await?;
		for index in indices {
			match self.send_one(index, &anchor, at.block_number()).await? {
				Sending::Done => {},
				Sending::Later => break,
				Sending::Refused(error) => {
					self.give_up(index, error);
					break;
				},
			}
		}
		Ok(())
	}

	async fn send_one(&mut self, index: usize, anchor: &AtBlock, block: u64) -> Result<Sending> {
		let (encoded, others) = (&self.inputs[index], &self.args.store_url);
		let input = input::carried(encoded, self.url, others, &self.readers).await?;
		let call = Ask {
			model: self.args.model,
			input: Static(input),
			trust: Static(self.args.trust),
			max_fee: self.max_fee.0,
			deadline: self.args.deadline.unwrap_or(usual_deadline(self.args.trust)),
			client_key: self.items[index].key,
			through: self.args.app.map(Static),
		};
		let mut attempts = 0;
		loop {
			let nonce = self.nonce;
			let transaction = self.chain.sign(anchor, self.keys, nonce, REQUEST, call.clone())?;
			match self.chain.methods.author_submit_extrinsic(transaction.encoded()).await {
				Ok(hash) => {
					let bytes = transaction.into_encoded();
					let sent = Sent { nonce, hash, bytes, first: block, last: block };
					self.items[index].sent = Some(sent);
					self.nonce += 1;
					return Ok(Sending::Done);
				},
				Err(error) if code(&error) == Some(POOL_FULL) => return Ok(Sending::Later),
				Err(error) if is_number_taken(&error) => {
					if attempts == RENUMBERINGS {
						return Ok(Sending::Later);
					}
					attempts += 1;
					let next = self.chain.next_nonce(&self.account).await?;
					// The pool may hold more than it counts at this moment.
					let is_held = code(&error) == Some(PRIORITY_TOO_LOW);
					self.nonce = if is_held { next.max(nonce + 1) } else { next };
				},
				Err(error) => return Ok(Sending::Refused(Error::submission(error))),
			}
		}
	}

	/// Ends a request the node refuses, and with it those not sent yet: they would fare no better.
	fn give_up(&mut self, index: usize, error: Error) {
		let reason = error.to_string();
		let cause = format!("one before it was refused: {}", reason.trim_end_matches('.'));
		self.items[index].end = Some(End::Refused(error));
		for item in self.items.iter_mut().filter(|item| item.is_unsent()) {
			item.end = Some(End::Refused(Error::Refused(cause.clone())));
		}
	}

	/// How the requests of a batch stand, such as "ended; 2 on their way, 5 with a panel".
	fn standing(&self) -> String {
		let open = self.items.iter().filter(|item| item.is_followed());
		let mut counts = BTreeMap::<&str, usize>::new();
		for item in open {
			*counts.entry(item.phase()).or_default() += 1;
		}
		let counts = counts.iter().map(|(phase, count)| format!("{count} {phase}"));
		format!("ended; {}", counts.collect::<Vec<_>>().join(", "))
	}
}

/// What came of sending a request.
enum Sending {
	Done,
	Later,
	Refused(Error),
}

fn code(error: &rpcs::Error) -> Option<i32> {
	match error {
		rpcs::Error::User(error) => Some(error.code),
		_ => None,
	}
}

fn is_number_taken(error: &rpcs::Error) -> bool {
	let rpcs::Error::User(error) = error else { return false };
	let outdated = error.data.as_ref().is_some_and(|data| data.get().contains("outdated"));
	outdated || [ALREADY_IMPORTED, PRIORITY_TOO_LOW].contains(&error.code)
}

#[cfg(test)]
mod tests {
	use super::{most_fee, usual_deadline};
	use opg_primitives::TrustMode;

	#[test]
	fn every_node_of_a_quorum_may_have_to_be_paid() {
		assert_eq!(most_fee(5, TrustMode::Attested).0, 5);
		assert_eq!(most_fee(5, TrustMode::Quorum { nodes: 3, agree: 2 }).0, 15);
	}

	#[test]
	fn a_panel_gets_more_time() {
		let quorum = TrustMode::Quorum { nodes: 3, agree: 2 };
		assert!(usual_deadline(quorum) > usual_deadline(TrustMode::Attested));
	}
}
