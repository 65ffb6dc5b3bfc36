//! `opg request dispute`: has a settled answer run again, and waits for what comes of it.

use crate::{
	amount::Amount,
	chain::{
		self, account, has_event_about, next_block, AtBlock, Chain, Hash, Name, CHECK_UNDECIDED,
		DISPUTE, HELD, OVERTURNED, UPHELD,
	},
	error::{Error, Result},
	records::{Held, OfRequest},
	report::Report,
	request::check_of,
};
use serde_json::json;
use std::collections::HashSet;
use subxt_signer::sr25519::Keypair;

/// Blocks after which nobody waits any more: two panels and a jury have long gone through all their phases.
const PATIENCE: u64 = 600;

/// What came of a dispute.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Verdict {
	Upheld,
	Overturned,
	Undecided,
}

impl Verdict {
	const EVENTS: [(Self, Name); 3] = [
		(Self::Upheld, UPHELD),
		(Self::Overturned, OVERTURNED),
		(Self::Undecided, CHECK_UNDECIDED),
	];

	const fn name(self) -> &'static str {
		match self {
			Self::Upheld => "upheld",
			Self::Overturned => "overturned",
			Self::Undecided => "undecided",
		}
	}

	fn text(self, request: u64, deposit: Amount) -> String {
		match self {
			Self::Upheld => format!(
				"The answer to request {request} is upheld. The re-run was paid from the deposit of \
				 {deposit}; what was left of it returned."
			),
			Self::Overturned => format!(
				"The answer to request {request} is overturned: `opg request show {request}` has the \
				 one a jury found. The deposit of {deposit} returned."
			),
			Self::Undecided => format!(
				"Nobody could say whether the answer to request {request} is right, so it stays. The \
				 deposit of {deposit} returned."
			),
		}
	}
}

/// Disputes an answer and, if it is to wait, says what came of it.
pub(crate) async fn dispute(
	request: u64,
	wait: bool,
	keys: &Keypair,
	chain: &Chain,
	report: Report,
) -> Result<()> {
	let before = chain.best().await?;
	let events = chain.send(keys, DISPUTE, OfRequest { request }).await?;
	let held: Vec<Held> = chain::events_named(&events, HELD)?;
	let mine = held.iter().filter(|held| held.who == account(keys));
	let deposit = Amount(mine.map(|held| held.amount).sum());
	let text = format!("Request {request} is disputed; {deposit} is held until it is decided.");
	if !wait {
		let value = json!({ "request": request, "deposit": deposit, "verdict": null });
		report.result(&value, text);
		return Ok(());
	}
	report.remark(text);
	let verdict = verdict(request, &before, chain, report).await?;
	let value = json!({ "request": request, "deposit": deposit, "verdict": verdict.name() });
	report.result(&value, verdict.text(request, deposit));
	Ok(())
}

/// Waits for the verdict on a request that was disputed after block `before`.
async fn verdict(request: u64, before: &AtBlock, chain: &Chain, report: Report) -> Result<Verdict> {
	let first = before.block_number();
	let mut blocks = chain.blocks(false).await?;
	let mut seen = HashSet::from([before.block_hash()]);
	let mut told = None;
	let mut at = chain.best().await?;
	loop {
		if let Some(verdict) = new_verdict(request, &at, first, &mut seen, chain).await? {
			return Ok(verdict);
		}
		if at.block_number() > first.saturating_add(PATIENCE) {
			return Err(Error::Undecided { request, blocks: PATIENCE });
		}
		let stage = check_of(&at, request).await;
		if let Some(stage) = stage.filter(|stage| told != Some(*stage)) {
			report.remark(format!("Request {request}: {}.", stage.work()));
			told = Some(stage);
		}
		at = next_block(&mut blocks).await?;
	}
}

/// A verdict in `at` or in a block before it that was not looked at yet, whatever forks there were.
async fn new_verdict(
	request: u64,
	at: &AtBlock,
	first: u64,
	seen: &mut HashSet<Hash>,
	chain: &Chain,
) -> Result<Option<Verdict>> {
	let mut at = at.clone();
	while at.block_number() > first && seen.insert(at.block_hash()) {
		let events = at.events().fetch().await?;
		let said = |(_, name): &&(Verdict, Name)| has_event_about(&events, *name, request);
		if let Some((verdict, _)) = Verdict::EVENTS.iter().find(said) {
			return Ok(Some(*verdict));
		}
		at = chain.parent(&at).await?;
	}
	Ok(None)
}

#[cfg(test)]
mod tests {
	use super::Verdict;
	use crate::amount::Amount;
	use std::collections::BTreeSet;

	#[test]
	fn every_verdict_has_an_event_and_a_name_of_its_own() {
		let names = Verdict::EVENTS.map(|(verdict, _)| verdict.name());
		let events = Verdict::EVENTS.map(|(_, event)| event);
		assert_eq!(BTreeSet::from(names).len(), 3);
		assert_eq!(BTreeSet::from(events).len(), 3);
	}

	#[test]
	fn every_verdict_says_what_became_of_the_deposit() {
		for (verdict, _) in Verdict::EVENTS {
			let text = verdict.text(7, Amount(20_000_000_000));
			assert!(text.contains("request 7") && text.contains("0.02 OPG"), "{text}");
		}
	}
}
