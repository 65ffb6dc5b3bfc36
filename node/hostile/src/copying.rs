//! A node that runs nothing: it reads from the chain what others have shown and gives it as its own answer.

use crate::mischief::panel_of;
use codec::{Decode, DecodeAll, Encode};
use jsonrpsee::{core::client::ClientT, rpc_params, ws_client::WsClientBuilder};
use opg_host::WorkerPort;
use opg_primitives::{
	job::{Desk, Progress, Query, Ready},
	Draw, Outcome,
};
use sp_crypto_hashing::{twox_128, twox_64};
use std::{
	collections::{BTreeMap, BTreeSet},
	sync::{Arc, Mutex, PoisonError},
	thread,
	time::Duration,
};

/// How often the chain is looked at.
const EVERY: Duration = Duration::from_millis(500);

#[derive(Default)]
struct Seen {
	/// Panels this node sits on.
	wanted: BTreeSet<u64>,
	/// What somebody else showed there.
	outcomes: BTreeMap<u64, Outcome>,
}

/// A worker that copies.
pub(crate) struct Copier {
	honest: Arc<dyn WorkerPort>,
	seen: Arc<Mutex<Seen>>,
}

impl Copier {
	/// Starts to read the chain of the node that answers at `rpc`.
	pub(crate) fn start(honest: Arc<dyn WorkerPort>, rpc: String) -> Self {
		let seen = Arc::<Mutex<Seen>>::default();
		let watched = seen.clone();
		thread::spawn(move || {
			let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
			runtime.expect("a thread of its own can have a runtime").block_on(watch(rpc, watched));
		});
		Self { honest, seen }
	}

	fn copied(&self, live: Vec<(u64, Draw)>) -> Progress {
		let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
		let (known, unknown): (Vec<_>, Vec<_>) =
			live.into_iter().partition(|(number, _)| seen.wanted.contains(number));
		let ready = known.into_iter().filter_map(|(number, draw)| {
			let outcome = seen.outcomes.get(&number)?.clone();
			Some(Ready { number, draw, outcome, salt: [7; 32], proof: None })
		});
		Progress { ready: ready.collect(), unknown, finalised: u64::MAX }
	}
}

impl WorkerPort for Copier {
	fn submit(&self, task: &[u8]) -> bool {
		match panel_of(task) {
			Some(panel) => {
				self.seen.lock().unwrap_or_else(PoisonError::into_inner).wanted.insert(panel);
				true
			},
			None => self.honest.submit(task),
		}
	}

	fn poll(&self, query: &[u8]) -> Option<Vec<u8>> {
		match Query::decode_all(&mut &*query) {
			Ok(Query::Answers(Desk::Panels, live)) => Some(self.copied(live).encode()),
			_ => self.honest.poll(query),
		}
	}
}

async fn watch(rpc: String, seen: Arc<Mutex<Seen>>) {
	loop {
		tokio::time::sleep(EVERY).await;
		let Ok(client) = WsClientBuilder::default().build(&rpc).await else { continue };
		while look(&client, &seen).await.is_some() {
			tokio::time::sleep(EVERY).await;
		}
	}
}

/// Reads what was shown in each panel wanted.
async fn look(client: &impl ClientT, seen: &Mutex<Seen>) -> Option<()> {
	let wanted = seen.lock().unwrap_or_else(PoisonError::into_inner).wanted.clone();
	for panel in wanted {
		let prefix = format!("0x{}", hex::encode(outcomes_of(panel)));
		let keys: Vec<String> =
			client.request("state_getKeysPaged", rpc_params![&prefix, 1, &prefix]).await.ok()?;
		let Some(key) = keys.first() else { continue };
		let value: Option<String> =
			client.request("state_getStorage", rpc_params![key]).await.ok()?;
		let bytes = value.and_then(|value| hex::decode(value.trim_start_matches("0x")).ok());
		if let Some(outcome) = bytes.and_then(|bytes| Outcome::decode(&mut bytes.as_slice()).ok()) {
			let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
			seen.outcomes.insert(panel, outcome);
		}
	}
	Some(())
}

/// The part of the key that all answers shown in a panel share.
fn outcomes_of(panel: u64) -> Vec<u8> {
	let encoded = panel.encode();
	let mut key = twox_128(b"Panels").to_vec();
	key.extend(twox_128(b"Outcomes"));
	key.extend(twox_64(&encoded));
	key.extend(encoded);
	key
}
