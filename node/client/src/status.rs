//! `opg status`: the chain, its nodes, models and accounts, at a glance.

use crate::{
	amount::Amount,
	args::KeyArgs,
	chain::{
		self, account, pot_account, AtBlock, Chain, ACCOUNT, CHAIN_NAME, ISSUANCE, MODELS, NODES,
		POSITIONS, POTS,
	},
	error::{Error, Result},
	keys::signer,
	node::Rules,
	records::{Account, Model, ModelStatus, Node, Positions},
	report::{pairs, table, Report},
};
use serde::Serialize;
use subxt::{rpcs::client::RpcParams, utils::AccountId32};

/// Owners whose balances are shown: a glance is no list of everyone.
const OWNERS: usize = 16;

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
	issuance: Amount,
	accounts: Vec<Standing>,
}

#[derive(Debug, Serialize)]
struct Standing {
	name: String,
	address: String,
	balance: Amount,
	held: Amount,
}

/// Shows where everything stands.
pub(crate) async fn status(keys: &KeyArgs, url: &str, chain: &Chain, report: Report) -> Result<()> {
	let at = chain.best().await?;
	let finalized = chain.finalized().await?.block_number();
	let rules = Rules::read(&at)?;
	let nodes = chain::read_all::<Node>(&at, NODES).await?;
	let models = chain::read_all::<Model>(&at, MODELS).await?;
	let missing = |name: chain::Name| Error::Chain(format!("it has no {}.{}", name.0, name.1));
	let positions: Positions =
		chain::read(&at, POSITIONS, ()).await?.ok_or_else(|| missing(POSITIONS))?;
	let issuance = chain::read(&at, ISSUANCE, ()).await?.ok_or_else(|| missing(ISSUANCE))?;
	let you = match signer(keys, chain).await {
		Ok(keys) => Some(account(&keys)),
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
		issuance: Amount(issuance),
		accounts: balances(chain, &at, named(you, &models, &nodes)).await?,
	};
	report.result(&view, view.text());
	Ok(())
}

/// Accounts worth showing, each with everything it is.
fn named(
	you: Option<AccountId32>,
	models: &[(u64, Model)],
	nodes: &[(u64, Node)],
) -> Vec<(AccountId32, String)> {
	let owners_of_models =
		models.iter().map(|(number, model)| (model.owner, format!("owner of model {number}")));
	let owners_of_nodes =
		nodes.iter().map(|(number, node)| (node.owner, format!("owner of node {number}")));
	let owners = owners_of_models.take(OWNERS).chain(owners_of_nodes.take(OWNERS));
	let pots = POTS.map(|(name, id)| (pot_account(id), name.to_owned()));
	let mut named: Vec<(AccountId32, String)> = Vec::new();
	for (account, name) in you.map(|you| (you, "you".into())).into_iter().chain(owners).chain(pots)
	{
		match named.iter_mut().find(|(known, _)| *known == account) {
			Some((_, names)) => *names = format!("{names}, {name}"),
			None => named.push((account, name)),
		}
	}
	named
}

async fn balances(
	chain: &Chain,
	at: &AtBlock,
	named: Vec<(AccountId32, String)>,
) -> Result<Vec<Standing>> {
	let keys = named.iter().map(|(account, _)| (account.0,));
	let found: Vec<Option<Account>> = chain.read_many(at, ACCOUNT, keys).await?;
	let standings = named.into_iter().zip(found).map(|((account, name), found)| {
		let (free, held) = found.map_or((0, 0), |found| (found.data.free, found.data.reserved));
		Standing {
			name,
			address: account.to_string(),
			balance: Amount(free.saturating_add(held)),
			held: Amount(held),
		}
	});
	Ok(standings.collect())
}

impl View {
	fn text(&self) -> String {
		let lines = pairs(&[
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
			("issuance", self.issuance.to_string()),
		]);
		let rows: Vec<_> = self
			.accounts
			.iter()
			.map(|standing| {
				let (balance, held) = (standing.balance.to_string(), standing.held.to_string());
				[standing.address.clone(), balance, held, standing.name.clone()]
			})
			.collect();
		format!("{lines}\n\n{}", table(["account", "balance", "of it held", "who"], &rows))
	}
}

#[cfg(test)]
mod tests {
	use super::named;
	use crate::chain::{pot_account, POTS};
	use subxt::utils::AccountId32;

	#[test]
	fn a_pot_is_an_account_without_a_key() {
		// What `PalletId(*b"opg/trsy").into_account_truncating()` gives.
		let account = pot_account(POTS[0].1);
		assert_eq!(&account.0[..12], b"modlopg/trsy");
		assert_eq!(account.0[12..], [0; 20]);
	}

	#[test]
	fn an_account_is_listed_once_with_all_it_is() {
		let treasury = pot_account(POTS[0].1);
		let accounts = named(Some(treasury), &[], &[]);
		assert_eq!(accounts.len(), POTS.len());
		assert_eq!(accounts[0], (treasury, "you, treasury".into()));
		let accounts = named(Some(AccountId32([1; 32])), &[], &[]);
		assert_eq!(accounts.len(), POTS.len() + 1);
	}
}
