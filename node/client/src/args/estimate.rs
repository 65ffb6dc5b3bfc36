//! What is typed to learn what a request costs.

use crate::trust::read_trust;
use clap::Args;
use opg_primitives::TrustMode;

pub(super) const ESTIMATE_HELP: &str = "\
The price may rise while many ask, within bounds that governance sets, and the transaction fee
while blocks are full: both are as of now. `opg infer --max-fee` bounds what is paid for an answer.

With --json it is one object: model, trust, requests, price (of each node), surplus (burnt beside
it for each node, while many ask), answer (the most an answer costs: both, for every node asked),
upkeep, transaction (the dearest, if inputs differ in length) and total, for all requests.";

/// What is to be asked.
#[derive(Clone, Debug, Args)]
pub(crate) struct EstimateArgs {
	/// The model's number
	pub(crate) model: u32,
	/// What makes the answer believable: attested or quorum:KofN
	#[arg(long, value_name = "TRUST", default_value = "attested", value_parser = read_trust)]
	pub(crate) trust: TrustMode,
	/// What would be asked, as `opg infer --input` takes it [default: an empty input]
	#[arg(long, value_name = "FILE|JSON")]
	pub(crate) input: Option<String>,
}
