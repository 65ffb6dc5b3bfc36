//! `opg estimate`: what requests would cost now.

use crate::{
	amount::Amount,
	args::EstimateArgs,
	chain::{Chain, Estimate},
	error::{Error, Result},
	input, model,
	report::{pairs, Report},
	trust::{kind_name, show_trust},
};
use opg_primitives::request::MAX_INPUT_BYTES;
use serde::Serialize;
use std::collections::BTreeMap;

/// Bytes of a content id in a request, in place of an input that is too long for it.
const STORED: u32 = 33;

/// Prints what the requests would cost.
pub(crate) async fn estimate(args: &EstimateArgs, chain: &Chain, report: Report) -> Result<()> {
	let at = chain.best().await?;
	let record = model::find(&at, args.model).await?;
	let lengths = match &args.input {
		None => vec![0],
		Some(given) => {
			let inputs = input::read(given, &record.terms.inputs)?;
			inputs.encoded.iter().map(|encoded| carried_bytes(encoded)).collect()
		},
	};
	let mut known = BTreeMap::new();
	let mut estimates = Vec::new();
	for bytes in lengths {
		let estimate = match known.get(&bytes) {
			Some(estimate) => *estimate,
			None => {
				let said = chain.estimate(&at, args.model, args.trust, bytes).await?;
				let estimate = said.ok_or_else(|| Error::NotAnswering {
					model: args.model,
					trust: show_trust(args.trust),
					offered: record.terms.trust.iter().copied().map(kind_name).collect(),
				})?;
				known.insert(bytes, estimate);
				estimate
			},
		};
		estimates.push(estimate);
	}
	let view = View::new(args, &estimates);
	report.result(&view, view.text());
	Ok(())
}

/// Bytes of an input in its request.
fn carried_bytes(encoded: &[u8]) -> u32 {
	let bytes = u32::try_from(encoded.len()).unwrap_or(u32::MAX);
	if bytes > MAX_INPUT_BYTES {
		STORED
	} else {
		bytes
	}
}

#[derive(Debug, Serialize)]
struct View {
	model: u32,
	trust: String,
	requests: usize,
	price: Amount,
	surplus: Amount,
	answer: Amount,
	upkeep: Amount,
	transaction: Amount,
	total: Amount,
}

impl View {
	fn new(args: &EstimateArgs, estimates: &[Estimate]) -> Self {
		let first = estimates.first().copied().unwrap_or_default();
		let transactions = estimates.iter().map(|estimate| estimate.transaction);
		let total = estimates.iter().map(Estimate::total).fold(0, u128::saturating_add);
		Self {
			model: args.model,
			trust: show_trust(args.trust),
			requests: estimates.len(),
			price: Amount(first.price),
			surplus: Amount(first.surplus),
			answer: Amount(first.most),
			upkeep: Amount(first.upkeep),
			transaction: Amount(transactions.max().unwrap_or(0)),
			total: Amount(total),
		}
	}

	fn text(&self) -> String {
		let mut lines = vec![
			("model", format!("{}, {}", self.model, self.trust)),
			("price", format!("{} for each node", self.price)),
		];
		if self.surplus.0 > 0 {
			let surplus = format!("{} for each node, which burns: many ask now", self.surplus);
			lines.push(("surplus", surplus));
		}
		lines.extend([
			("answer", format!("{} at most", self.answer)),
			("upkeep", self.upkeep.to_string()),
			("transaction", self.transaction.to_string()),
		]);
		lines.push(match self.requests {
			1 => ("in all", self.total.to_string()),
			requests => ("in all", format!("{} for {requests} requests", self.total)),
		});
		pairs(&lines)
	}
}

#[cfg(test)]
mod tests {
	use super::{carried_bytes, View, STORED};
	use crate::{args::EstimateArgs, chain::Estimate};
	use opg_primitives::TrustMode;

	const ESTIMATE: Estimate =
		Estimate { price: 10, surplus: 2, most: 36, upkeep: 5, transaction: 3 };

	fn view(estimates: &[Estimate]) -> View {
		let trust = TrustMode::Quorum { nodes: 3, agree: 2 };
		View::new(&EstimateArgs { model: 7, trust, input: None }, estimates)
	}

	#[test]
	fn a_request_costs_its_answer_its_upkeep_and_its_transaction() {
		let one = view(&[ESTIMATE]);
		assert_eq!((one.answer.0, one.total.0), (36, 44));
		assert!(one.text().contains("which burns"), "{}", one.text());
		let longer = Estimate { transaction: 4, ..ESTIMATE };
		let two = view(&[ESTIMATE, longer]);
		assert_eq!((two.total.0, two.transaction.0), (89, 4));
		assert!(two.text().contains("for 2 requests"), "{}", two.text());
	}

	#[test]
	fn a_long_input_is_not_carried_by_its_request() {
		assert_eq!(carried_bytes(&[0; 100]), 100);
		assert_eq!(carried_bytes(&[0; 16_384]), 16_384);
		assert_eq!(carried_bytes(&[0; 16_385]), STORED);
	}
}
