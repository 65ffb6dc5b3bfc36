//! `opg node`: worker keys, bonds and standing of nodes.

use crate::{
	amount::Amount,
	args::{roles, KeyArgs, NodeCommand},
	chain::{
		self, account, AtBlock, Chain, BOND_MORE, BOND_PER_JOB, DISPUTE_WINDOW, HEARTBEAT_TIMEOUT,
		INSERT_KEY, LEAVE_JAIL, NODES, REGISTER, REGISTERED, ROTATE_KEY, SEALING_KEY, SERVED,
		SET_SEALING_KEY, UNBOND, UNBONDING, WITHDRAW, WORKER_KEY_TYPE,
	},
	connection::params,
	error::{Error, Result},
	keys::{fresh, signer},
	records::{
		BondMore, Node, NodeStatus, OfNode, Register, Registered, RotateKey, SetSealingKey,
		Unbonding,
	},
	report::{pairs, table, Report},
};
use opg_primitives::{
	node::{MAKES_KEYS, OBSERVES},
	statement::{statement, Domain},
};
use serde::Serialize;
use serde_json::{json, Value};
use subxt::utils::{AccountId32, Static};
use subxt_signer::{sr25519::Keypair, ExposeSecret};

/// Does what was asked.
pub(crate) async fn run(
	command: NodeCommand,
	url: &str,
	keys: &KeyArgs,
	chain: &Chain,
	report: Report,
) -> Result<()> {
	if let NodeCommand::Status { node } = command {
		return status(node, &chain.best().await?, report).await;
	}
	let keys = signer(keys, chain).await?;
	match command {
		NodeCommand::Register { roles: given, bond, node_url } => {
			let Proven { worker, proof } =
				give_worker_key(node_url.as_deref().unwrap_or(url), chain, &account(&keys)).await?;
			let call = Register { roles: Static(roles(&given)), worker, proof, bond: bond.0 };
			let events = chain.send(&keys, REGISTER, call).await?;
			let Registered { node } = chain::event(&events, REGISTERED)?;
			let worker = hex_text(&worker);
			let value = json!({ "node": node, "worker": worker, "bond": bond });
			report
				.result(&value, format!("Node {node} is registered with {bond}, worker {worker}."));
		},
		NodeCommand::RotateKey { node, node_url } => {
			let Proven { worker, proof } =
				give_worker_key(node_url.as_deref().unwrap_or(url), chain, &account(&keys)).await?;
			chain.send(&keys, ROTATE_KEY, RotateKey { node, worker, proof }).await?;
			let worker = hex_text(&worker);
			let value = json!({ "node": node, "worker": worker });
			report.result(&value, format!("Node {node} signs with {worker} now."));
		},
		NodeCommand::SealingKey { node, node_url } => {
			let key = sealing_key(node_url.as_deref().unwrap_or(url), chain).await?;
			chain.send(&keys, SET_SEALING_KEY, SetSealingKey { node, key: Some(key) }).await?;
			let key = hex_text(&key);
			let value = json!({ "node": node, "sealing": key });
			report.result(&value, format!("Inputs can be sealed for node {node}, with {key}."));
		},
		NodeCommand::BondMore { node, amount } => {
			chain.send(&keys, BOND_MORE, BondMore { node, amount: amount.0 }).await?;
			let value = json!({ "node": node, "added": amount });
			report.result(&value, format!("The bond of node {node} grew by {amount}."));
		},
		NodeCommand::Unbond { node } => {
			let events = chain.send(&keys, UNBOND, OfNode { node }).await?;
			let Unbonding { until } = chain::event(&events, UNBONDING)?;
			let value = json!({ "node": node, "until": until });
			let text = format!(
				"Node {node} gets no more jobs. From block {until} on `opg node withdraw {node}` \
				 returns its bond."
			);
			report.result(&value, text);
		},
		NodeCommand::Withdraw { node } => {
			chain.send(&keys, WITHDRAW, OfNode { node }).await?;
			let text = format!("Node {node} is gone and its bond returned.");
			report.result(&json!({ "node": node }), text);
		},
		NodeCommand::LeaveJail { node } => {
			chain.send(&keys, LEAVE_JAIL, OfNode { node }).await?;
			let text =
				format!("Node {node} is out of jail; its next heartbeat brings it jobs again.");
			report.result(&json!({ "node": node }), text);
		},
		NodeCommand::Status { node } => status(node, &chain.best().await?, report).await?,
	}
	Ok(())
}

/// A worker key and its statement that it belongs to an owner.
struct Proven {
	worker: [u8; 32],
	proof: [u8; 64],
}

fn prove(worker: &Keypair, genesis: impl AsRef<[u8]>, owner: &AccountId32) -> Proven {
	let statement = statement(Domain::WorkerKey, genesis, &owner.0);
	Proven { worker: worker.public_key().0, proof: worker.sign(&statement).0 }
}

/// Makes a worker key, gives it to the node at `url` and proves that `owner` has it. Its phrase is
/// kept nowhere else.
async fn give_worker_key(url: &str, chain: &Chain, owner: &AccountId32) -> Result<Proven> {
	let node = Chain::connect(url).await?;
	if node.genesis() != chain.genesis() {
		return Err(Error::OtherChain { url: url.into() });
	}
	let (worker, phrase) = fresh()?;
	let proven = prove(&worker, chain.genesis(), owner);
	let given = params([
		Value::from(WORKER_KEY_TYPE),
		Value::from(phrase.expose_secret()),
		Value::from(hex_text(&proven.worker)),
	])?;
	node.call::<()>(INSERT_KEY, given).await?;
	Ok(proven)
}

/// The key that the node at `url` made for inputs that are sealed for it.
async fn sealing_key(url: &str, chain: &Chain) -> Result<[u8; 32]> {
	let node = Chain::connect(url).await?;
	if node.genesis() != chain.genesis() {
		return Err(Error::OtherChain { url: url.into() });
	}
	let said: Option<String> = node.call(SEALING_KEY, params([])?).await?;
	let said = said.ok_or_else(|| Error::RunsNoModels { url: url.into() })?;
	let mut key = [0; 32];
	hex::decode_to_slice(said.trim_start_matches("0x"), &mut key)
		.map_err(|error| Error::Chain(format!("`{SEALING_KEY}` answers no key: {error}")))?;
	Ok(key)
}

fn hex_text(bytes: &[u8]) -> String {
	format!("0x{}", hex::encode(bytes))
}

async fn status(node: Option<u32>, at: &AtBlock, report: Report) -> Result<()> {
	let rules = Rules::read(at)?;
	if let Some(number) = node {
		let node: Node =
			chain::read(at, NODES, (number,)).await?.ok_or(Error::NodeUnknown(number))?;
		let models: Vec<u32> = chain::read(at, SERVED, (number,)).await?.unwrap_or_default();
		let view = View::new(number.into(), &node, &rules, Some(models));
		report.result(&view, view.text());
		return Ok(());
	}
	let nodes = chain::read_all::<Node>(at, NODES).await?;
	let views: Vec<_> =
		nodes.iter().map(|(number, node)| View::new(*number, node, &rules, None)).collect();
	report.result(&views, list(&views));
	Ok(())
}

/// What the runtime says of all nodes.
pub(crate) struct Rules {
	block: u64,
	heartbeat_timeout: u64,
	bond_per_job: u128,
	dispute_window: u64,
}

impl Rules {
	/// Reads them from the metadata.
	pub(crate) fn read(at: &AtBlock) -> Result<Self> {
		Ok(Self {
			block: at.block_number(),
			heartbeat_timeout: chain::constant(at, HEARTBEAT_TIMEOUT)?,
			bond_per_job: chain::constant(at, BOND_PER_JOB)?,
			dispute_window: chain::constant(at, DISPUTE_WINDOW)?,
		})
	}

	/// Whether the node reported not long ago.
	pub(crate) fn is_alive(&self, node: &Node) -> bool {
		let seen = node.last_seen.map(|seen| self.block.saturating_sub(seen));
		node.status == NodeStatus::Active && seen.is_some_and(|ago| ago <= self.heartbeat_timeout)
	}

	/// What of the node's bond is spoken for.
	fn exposed(&self, node: &Node) -> u128 {
		let window = self.block.checked_div(self.dispute_window).unwrap_or(self.block);
		node.spoken_for(window.into())
	}

	/// What the node may not run at present.
	fn barred(&self, node: &Node) -> Vec<Barred> {
		let bars = node.bars.iter().map(|(model, until)| Barred { model: *model, until: *until });
		bars.filter(|bar| self.block < bar.until).collect()
	}

	/// Jobs the node may carry at once.
	fn limit(&self, node: &Node) -> u64 {
		let bonded = node.bond.checked_div(self.bond_per_job).unwrap_or(u128::MAX);
		u64::from(node.capacity.window / 1_000).min(u64::try_from(bonded).unwrap_or(u64::MAX))
	}
}

/// A model the node gets no jobs for, because it was wrong about it.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Barred {
	model: u32,
	until: u64,
}

#[derive(Debug, Serialize)]
struct View {
	node: u64,
	owner: String,
	worker: String,
	roles: Vec<&'static str>,
	status: &'static str,
	alive: bool,
	#[serde(skip_serializing_if = "Option::is_none")]
	until: Option<u64>,
	bond: Amount,
	exposed: Amount,
	score: u16,
	jobs: u32,
	most_jobs: u64,
	last_seen: Option<u64>,
	answered: u64,
	missed: u64,
	barred: Vec<Barred>,
	#[serde(skip_serializing_if = "Option::is_none")]
	models: Option<Vec<u32>>,
}

impl View {
	fn new(number: u64, node: &Node, rules: &Rules, models: Option<Vec<u32>>) -> Self {
		let alive = rules.is_alive(node);
		let (status, until) = match node.status {
			NodeStatus::Active if alive => ("active", None),
			NodeStatus::Active => ("silent", None),
			NodeStatus::Unbonding { until } => ("unbonding", Some(until)),
			NodeStatus::Jailed { until } => ("jailed", Some(until)),
		};
		let roles = [("inference", node.roles.inference), ("data", node.roles.data)];
		Self {
			node: number,
			owner: node.owner.to_string(),
			worker: hex_text(&node.worker),
			roles: roles.iter().filter(|(_, held)| *held).map(|(name, _)| *name).collect(),
			status,
			alive,
			until,
			bond: Amount(node.bond),
			exposed: Amount(rules.exposed(node)),
			score: node.score,
			jobs: node.capacity.used,
			most_jobs: rules.limit(node),
			last_seen: node.last_seen,
			answered: node.answered,
			missed: node.missed,
			barred: rules.barred(node),
			models,
		}
	}

	fn last_seen(&self) -> String {
		self.last_seen.map_or_else(|| "never".into(), |block| format!("block {block}"))
	}

	fn text(&self) -> String {
		let until = self.until.map(|block| format!(" until block {block}")).unwrap_or_default();
		let named = |model: &u32| match *model {
			OBSERVES => "feeds".to_owned(),
			MAKES_KEYS => "keys".to_owned(),
			model => model.to_string(),
		};
		let models = self.models.iter().flatten().map(named).collect::<Vec<_>>();
		let barred = |bar: &Barred| format!("{} until block {}", named(&bar.model), bar.until);
		let barred = self.barred.iter().map(barred).collect::<Vec<_>>();
		pairs(&[
			("node", self.node.to_string()),
			("owner", self.owner.clone()),
			("worker", self.worker.clone()),
			("roles", self.roles.join(", ")),
			("status", format!("{}{until}", self.status)),
			("bond", self.bond.to_string()),
			("at stake", format!("{} of {}", self.exposed, self.bond)),
			("score", format!("{} of 1000", self.score)),
			("jobs", format!("{} of {}", self.jobs, self.most_jobs)),
			("last seen", self.last_seen()),
			("answered", self.answered.to_string()),
			("missed", self.missed.to_string()),
			("models", models.join(", ")),
			("barred from", barred.join(", ")),
		])
	}
}

fn list(views: &[View]) -> String {
	let rows: Vec<_> = views
		.iter()
		.map(|view| {
			[
				view.node.to_string(),
				view.status.into(),
				view.roles.join(", "),
				view.score.to_string(),
				view.bond.to_string(),
				view.exposed.to_string(),
				format!("{} of {}", view.jobs, view.most_jobs),
				view.answered.to_string(),
				view.missed.to_string(),
				view.last_seen(),
			]
		})
		.collect();
	let names = [
		"node",
		"status",
		"roles",
		"score",
		"bond",
		"at stake",
		"jobs",
		"answered",
		"missed",
		"last seen",
	];
	table(names, &rows)
}

#[cfg(test)]
mod tests {
	use super::{prove, Barred, Rules, View};
	use crate::records::{Capacity, Node, NodeStatus};
	use opg_primitives::{
		statement::{statement, Domain},
		Roles,
	};
	use subxt::{
		dynamic::Value,
		utils::{AccountId32, Static},
	};
	use subxt_signer::sr25519::{dev, verify, PublicKey, Signature};

	fn node(last_seen: Option<u64>) -> Node {
		Node {
			owner: AccountId32([1; 32]),
			worker: [2; 32],
			sealing: None,
			roles: Static(Roles::INFERENCE),
			bond: 1_000,
			status: NodeStatus::Active,
			capacity: Capacity { window: 4_500, used: 2 },
			last_seen,
			answered: 0,
			missed: 0,
			score: 500,
			bars: vec![(3, 130), (4, 100)],
			exposure: exposure([("window", 1), ("now", 200), ("before", 40), ("in_hand", 3)]),
		}
	}

	fn exposure<const PARTS: usize>(parts: [(&str, u128); PARTS]) -> Value {
		Value::named_composite(parts.map(|(name, part)| (name, Value::u128(part))))
	}

	const RULES: Rules =
		Rules { block: 100, heartbeat_timeout: 20, bond_per_job: 300, dispute_window: 60 };

	#[test]
	fn a_worker_signs_that_it_belongs_to_its_owner() {
		let owner = AccountId32([7; 32]);
		let proven = prove(&dev::bob(), [9; 32], &owner);
		let said = statement(Domain::WorkerKey, [9; 32], &owner.0);
		assert!(said.ends_with(&owner.0));
		assert!(verify(&Signature(proven.proof), &said, &PublicKey(proven.worker)));
	}

	#[test]
	fn a_node_is_alive_while_it_reports() {
		assert!(RULES.is_alive(&node(Some(80))));
		assert!(!RULES.is_alive(&node(Some(79))));
		assert!(!RULES.is_alive(&node(None)));
		let unbonding = Node { status: NodeStatus::Unbonding { until: 9 }, ..node(Some(100)) };
		assert!(!RULES.is_alive(&unbonding));
	}

	#[test]
	fn jobs_are_capped_by_window_and_bond() {
		assert_eq!(RULES.limit(&node(None)), 3);
		let rich = Node { bond: 1_000_000, ..node(None) };
		assert_eq!(RULES.limit(&rich), 4);
	}

	#[test]
	fn what_was_answered_is_at_stake_through_the_window_after_its_own() {
		let at = |block| Rules { block, ..RULES }.exposed(&node(None));
		assert_eq!([100, 120, 180].map(at), [243, 203, 3]);
	}

	#[test]
	fn parts_the_chain_does_not_have_are_nothing() {
		let bare = Node { exposure: exposure([("now", 5)]), ..node(None) };
		assert_eq!(Rules { block: 0, ..RULES }.exposed(&bare), 5);
	}

	#[test]
	fn a_node_in_jail_says_until_when() {
		let jailed = Node { status: NodeStatus::Jailed { until: 130 }, ..node(Some(100)) };
		let text = View::new(0, &jailed, &RULES, None).text();
		assert!(text.contains("jailed until block 130"), "{text}");
		assert!(!RULES.is_alive(&jailed));
	}

	#[test]
	fn bars_that_hold_are_named() {
		let view = View::new(0, &node(Some(99)), &RULES, None);
		assert_eq!(view.barred, [Barred { model: 3, until: 130 }]);
		assert!(view.text().contains("3 until block 130"), "{}", view.text());
	}

	#[test]
	fn a_silent_node_is_shown_as_such() {
		let view = View::new(0, &node(None), &RULES, Some(vec![3]));
		assert!(view.text().contains("silent") && view.text().contains("never"));
		assert_eq!(View::new(0, &node(Some(99)), &RULES, None).status, "active");
	}
}
