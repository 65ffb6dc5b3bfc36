//! `opg model audit --by-nodes`: has nodes make a model's key again, and waits for what they find.

use crate::{
	amount::Amount,
	chain::{self, next_block, Chain, AUDITS, REQUEST_AUDIT},
	error::{Error, Result},
	model,
	records::{AuditStage, OfModel, OpenAudit},
	report::Report,
};
use opg_primitives::Audit;
use serde_json::json;
use subxt_signer::sr25519::Keypair;

/// Blocks after which nobody waits any more: a draw, a panel and a jury have long had all their time.
const PATIENCE: u64 = 800;

/// What an audit came to, and whether that is an error.
fn verdict(model: u32, audit: Audit, deposit: Amount) -> (&'static str, String) {
	match audit {
		Audit::Audited => (
			"audited",
			format!(
				"The circuit of model {model} is the model's: nodes made the same key. They are paid from \
				 the deposit of {deposit}; what was left of it returned."
			),
		),
		Audit::Refuted => (
			"refuted",
			format!(
				"The circuit of model {model} is not the model's: nodes made another key, the model is \
				 suspended and its publisher's deposit is gone. The deposit of {deposit} returned."
			),
		),
		Audit::Unaudited => (
			"undecided",
			format!(
				"Nobody could say whether the circuit of model {model} is the model's: there were too few \
				 nodes that make keys, or they found no key. The deposit of {deposit} returned."
			),
		),
	}
}

/// Asks for an audit and says what came of it.
pub(crate) async fn ask(number: u32, chain: &Chain, keys: &Keypair, report: Report) -> Result<()> {
	let mut blocks = chain.blocks(false).await?;
	chain.send(keys, REQUEST_AUDIT, OfModel { model: number }).await?;
	let mut at = chain.best().await?;
	let first = at.block_number();
	let mut told: Option<AuditStage> = None;
	let mut deposit = Amount(0);
	let audit = loop {
		let open: Option<OpenAudit> = chain::read(&at, AUDITS, (number,)).await?;
		let record = model::find(&at, number).await?;
		match open {
			Some(open) => {
				deposit = Amount(open.deposit);
				if told != Some(open.stage) {
					let text = open.stage.text();
					report
						.remark(format!("The audit of model {number}: {text}; {deposit} is held."));
					told = Some(open.stage);
				}
			},
			// The best block may be of a fork that does not have the question yet.
			None if told.is_some() => break *record.audit,
			None => {},
		}
		if at.block_number() > first.saturating_add(PATIENCE) {
			return Err(Error::Unaudited { model: number, blocks: PATIENCE });
		}
		at = next_block(&mut blocks).await?;
	};
	let (word, text) = verdict(number, audit, deposit);
	report.result(&json!({ "model": number, "audit": word, "deposit": deposit }), text);
	match audit {
		Audit::Refuted => Err(Error::OtherCircuit(number)),
		_ => Ok(()),
	}
}

#[cfg(test)]
mod tests {
	use super::verdict;
	use crate::amount::Amount;
	use opg_primitives::Audit;

	#[test]
	fn every_verdict_says_what_became_of_the_deposit() {
		for audit in [Audit::Audited, Audit::Refuted, Audit::Unaudited] {
			let (_, text) = verdict(7, audit, Amount(100_000_000_000));
			assert!(text.contains("model 7") && text.contains("0.1 OPG"), "{text}");
		}
	}
}
