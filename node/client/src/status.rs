//! `opg status`: the chain, its nodes and models, and the caller's balance, at a glance.

use crate::{
	amount::Amount,
	args::KeyArgs,
	chain::{self, Chain, MODELS, NODES, POSITIONS},
	error::{Error, Result},
	keys::{account, signer},
	node::Rules,
	records::{Model, ModelStatus, Node, Positions},
	report::{pairs, Report},
};
use serde::Serialize;
use subxt::rpcs::client::RpcParams;

const CHAIN_NAME: &str = "system_chain";

#[derive(Debug, Serialize)]
struct View {
	chain: String,
	url: String,
	best: u64,
	finalized: u64,
	nodes: usize,
	nodes_alive: usize,
	models: usize,
	models_active: usize,
	requests: u64,
	requests_waiting: u64,
	requests_assigned: u64,
	#[serde(skip_serializing_if = "Option::is_none")]
	account: Option<Standing>,
}

#[derive(Debug, Serialize)]
struct Standing {
	account: String,
	free: Amount,
	held: Amount,
}

/// Shows where everything stands.
pub(crate) async fn status(keys: &KeyArgs, url: &str, chain: &Chain, report: Report) -> Result<()> {
	let at = chain.best().await?;
	let finalized = chain.finalized().await?.block_number();
	let rules = Rules::read(&at)?;
	let nodes = chain::read_all::<Node>(&at, NODES).await?;
	let models = chain::read_all::<Model>(&at, MODELS).await?;
	let positions: Positions = chain::read(&at, POSITIONS, ())
		.await?
		.ok_or_else(|| Error::Chain(format!("it has no {}", POSITIONS.1)))?;
	let account = match signer(keys, chain).await {
		Ok(keys) => {
			let account = account(&keys);
			let balances = chain::account_at(&at, &account).await?.map(|account| account.data);
			Some(Standing {
				account: account.to_string(),
				free: Amount(balances.map_or(0, |balances| balances.free)),
				held: Amount(balances.map_or(0, |balances| balances.reserved)),
			})
		},
		// The rest is worth showing to someone without a key.
		Err(Error::NoKey) => None,
		Err(error) => return Err(error),
	};
	let view = View {
		chain: chain.call(CHAIN_NAME, RpcParams::new()).await?,
		url: url.into(),
		best: at.block_number(),
		finalized,
		nodes: nodes.len(),
		nodes_alive: nodes.iter().filter(|(_, node)| rules.is_alive(node)).count(),
		models: models.len(),
		models_active: models
			.iter()
			.filter(|(_, model)| model.status == ModelStatus::Active)
			.count(),
		requests: positions.next_request,
		requests_waiting: positions.waiting.tail.saturating_sub(positions.waiting.head),
		requests_assigned: nodes.iter().map(|(_, node)| u64::from(node.capacity.used)).sum(),
		account,
	};
	report.result(&view, view.text());
	Ok(())
}

impl View {
	fn text(&self) -> String {
		let mut lines = vec![
			("chain", format!("{} at {}", self.chain, self.url)),
			("best block", self.best.to_string()),
			("final block", self.finalized.to_string()),
			("nodes", format!("{} alive of {}", self.nodes_alive, self.nodes)),
			("models", format!("{} active of {}", self.models_active, self.models)),
			(
				"requests",
				format!(
					"{} waiting, {} assigned, {} ever made",
					self.requests_waiting, self.requests_assigned, self.requests
				),
			),
		];
		if let Some(standing) = &self.account {
			lines.push(("account", standing.account.clone()));
			lines.push(("balance", format!("{} free, {} held", standing.free, standing.held)));
		}
		pairs(&lines)
	}
}
