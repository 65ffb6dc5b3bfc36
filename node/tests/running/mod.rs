//! A real `opg-node --dev` in a process of its own, and what a test asks of it.

use codec::{Compact, Decode, Encode};
use jsonrpsee::{
	core::client::ClientT,
	rpc_params,
	ws_client::{WsClient, WsClientBuilder},
};
use opg_primitives::ContentId;
use opg_runtime::{
	configs::system::tx_extension, AccountId, Address, Balance, Hash, Nonce, RuntimeCall,
	RuntimeEvent, Signature, SignedPayload, UncheckedExtrinsic, VERSION,
};
use serde::de::DeserializeOwned;
use sp_core::Pair;
use sp_io::hashing::twox_128;
use sp_keyring::Sr25519Keyring;
use sp_runtime::{generic::Era, traits::IdentifyAccount, DispatchError, MultiSigner};
use std::{
	fs::File,
	net::TcpListener,
	path::{Path, PathBuf},
	process::{Child, Command, Stdio},
	time::{Duration, Instant},
};

/// Generous: tests must not depend on how fast the machine is.
const PATIENCE: Duration = Duration::from_secs(180);

/// Everything the chain keeps of models and requests, and one account's money.
#[derive(PartialEq, Debug)]
pub(crate) struct Traces {
	pub(crate) records: Vec<(String, Option<String>)>,
	pub(crate) free: Balance,
	pub(crate) held: Balance,
}

/// What became of transactions.
pub(crate) struct Outcome {
	/// Each one's error, in their order.
	pub(crate) errors: Vec<Option<DispatchError>>,
	/// What they cost in fees.
	pub(crate) fees: Balance,
}

/// A running node.
pub(crate) struct Node {
	process: Child,
	_folder: tempfile::TempDir,
	runtime: tokio::runtime::Runtime,
	client: WsClient,
	genesis: Hash,
}

impl Drop for Node {
	fn drop(&mut self) {
		let _ = self.process.kill();
		let _ = self.process.wait();
	}
}

fn free_port() -> String {
	let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
	listener.local_addr().expect("bound").port().to_string()
}

fn onnxruntime() -> PathBuf {
	// In the folder of this package, where `cargo test` starts its tests: read then, since checkouts may share a build.
	let package = std::env::current_dir().expect("tests start in a folder");
	let by_default = package.join("../.opg/onnxruntime/libonnxruntime.so");
	let library = std::env::var_os("OPG_ONNXRUNTIME").map_or(by_default, PathBuf::from);
	assert!(library.exists(), "there is no {}: run scripts/setup.sh", library.display());
	library
}

fn command(folder: &Path) -> Command {
	let mut command = Command::new(env!("CARGO_BIN_EXE_opg-node"));
	command.args(["--dev", "--no-prometheus", "--no-telemetry", "--base-path"]).arg(folder);
	command.stdin(Stdio::null()).stdout(Stdio::null());
	command
}

/// What a node says that does not start with these arguments.
pub(crate) fn refused_start(arguments: &[&str]) -> String {
	let folder = tempfile::tempdir().expect("a folder");
	let log = folder.path().join("log");
	let mut command = command(folder.path());
	if !arguments.contains(&"--onnxruntime") {
		command.arg("--onnxruntime").arg(onnxruntime());
	}
	command.args(arguments).args(["--rpc-port", &free_port(), "--port", &free_port()]);
	let mut process =
		command.stderr(File::create(&log).expect("a log")).spawn().expect("the node's program");
	let since = Instant::now();
	let status = loop {
		if let Some(status) = process.try_wait().expect("a child of ours") {
			break status;
		}
		if since.elapsed() > PATIENCE {
			let _ = process.kill();
			panic!("the node started although {arguments:?} should refuse");
		}
		std::thread::sleep(Duration::from_millis(100));
	};
	assert!(!status.success());
	std::fs::read_to_string(log).expect("a log")
}

fn prefix(pallet: &str, item: &str) -> Vec<u8> {
	[twox_128(pallet.as_bytes()), twox_128(item.as_bytes())].concat()
}

fn hex(bytes: &[u8]) -> String {
	format!("0x{}", hex::encode(bytes))
}

fn unhex(text: &str) -> Vec<u8> {
	hex::decode(text.trim_start_matches("0x")).expect("hex from the node")
}

impl Node {
	/// A development node that has made its first block.
	pub(crate) fn start() -> Self {
		let folder = tempfile::tempdir().expect("a folder");
		let port = free_port();
		let mut command = command(folder.path());
		command.arg("--onnxruntime").arg(onnxruntime());
		command.args(["--rpc-port", &port, "--port", &free_port()]);
		let log = File::create(folder.path().join("log")).expect("a log");
		let mut process = command.stderr(log).spawn().expect("the node's program");
		let runtime = tokio::runtime::Runtime::new().expect("a runtime");
		let url = format!("ws://127.0.0.1:{port}");
		let since = Instant::now();
		let client = loop {
			if let Ok(client) = runtime.block_on(WsClientBuilder::default().build(&url)) {
				break client;
			}
			if since.elapsed() > PATIENCE || process.try_wait().is_ok_and(|status| status.is_some())
			{
				let log = std::fs::read_to_string(folder.path().join("log")).unwrap_or_default();
				panic!("the node did not start: {log}");
			}
			std::thread::sleep(Duration::from_millis(200));
		};
		let mut node = Self { process, _folder: folder, runtime, client, genesis: Hash::zero() };
		node.genesis = node.ask("chain_getBlockHash", rpc_params![0]);
		node.until("a first block", |node| node.best() > 0);
		node
	}

	/// Whether the process still runs and answers.
	pub(crate) fn lives(&mut self) -> bool {
		self.process.try_wait().is_ok_and(|status| status.is_none()) && self.best() > 0
	}

	/// Calls a method with one text; the error is the node's message.
	pub(crate) fn call(&self, method: &str, text: &str) -> Result<serde_json::Value, String> {
		let answer = self.client.request(method, rpc_params![text]);
		self.runtime.block_on(answer).map_err(|error| error.to_string())
	}

	/// Puts a file into the node's store.
	pub(crate) fn store(&self, bytes: &[u8]) -> ContentId {
		let id: String = self.ask("store_put", rpc_params![hex(bytes)]);
		id.parse().expect("a content id")
	}

	/// Nodes that may be drawn for a model.
	pub(crate) fn candidates(&self, model: u32) -> u32 {
		let mut key = prefix("Nodes", "Lists");
		key.extend(sp_io::hashing::twox_64(&model.encode()));
		key.extend(model.encode());
		self.value(&key).map_or(0, |bytes| u32::decode(&mut bytes.as_slice()).expect("a count"))
	}

	/// Waits until somebody serves a model.
	pub(crate) fn wait_until_served(&self, model: u32) {
		self.until("a node that serves the model", |node| node.candidates(model) > 0);
	}

	/// Submits a call that signs for itself.
	pub(crate) fn submit_authorized(&self, call: RuntimeCall) -> Result<serde_json::Value, String> {
		let extension = tx_extension(0, 0, Era::Immortal);
		let transaction = UncheckedExtrinsic::new_transaction(call, extension);
		self.call("author_submitExtrinsic", &hex(&transaction.encode()))
	}

	/// Submits a request whose inline input is one byte too long.
	pub(crate) fn submit_too_long_an_input(&self) -> Result<serde_json::Value, String> {
		let length = opg_primitives::request::MAX_INPUT_BYTES + 1;
		let mut call = vec![62, 0];
		call.extend((0u32, 0u8, Compact(length)).encode());
		call.extend(vec![0; length as usize]);
		call.extend((0u8, Compact(0u128), 40u32, [0u8; 16]).encode());
		// A bare transaction of version 5: nothing before the call matters, decoding fails first.
		let mut transaction = vec![5];
		transaction.extend(call);
		self.call("author_submitExtrinsic", &hex(&transaction.encode()))
	}

	/// Signs calls of `who`, and waits until all are in blocks.
	pub(crate) fn include(&self, who: Sr25519Keyring, calls: Vec<RuntimeCall>) -> Outcome {
		let account = who.to_account_id();
		let first: Nonce = self.ask("system_accountNextIndex", rpc_params![account.clone()]);
		let since = self.best();
		let count = calls.len();
		let hashes: Vec<String> = (first..)
			.zip(calls)
			.map(|(nonce, call)| {
				let transaction = self.sign(who, nonce, call);
				self.ask("author_submitExtrinsic", rpc_params![hex(&transaction.encode())])
			})
			.collect();
		let last = first + count as Nonce;
		self.until("every transaction in a block", |node| node.nonce(&account) == last);
		self.outcome(&account, &hashes, since)
	}

	/// What the chain keeps now.
	pub(crate) fn traces(&self, who: Sr25519Keyring) -> Traces {
		let mut records = Vec::new();
		for pallet in ["Models", "Inference"] {
			let keys: Vec<String> = self
				.ask("state_getKeysPaged", rpc_params![hex(&twox_128(pallet.as_bytes())), 1_000]);
			// Every block leaves its own contribution to the next draw.
			let entropy = hex(&prefix("Inference", "PreviousEntropy"));
			for key in keys.into_iter().filter(|key| *key != entropy) {
				let value = self.ask("state_getStorage", rpc_params![key.clone()]);
				records.push((key, value));
			}
		}
		let (free, held) = self.money(&who.to_account_id());
		Traces { records, free, held }
	}

	fn sign(&self, who: Sr25519Keyring, nonce: Nonce, call: RuntimeCall) -> UncheckedExtrinsic {
		let extension = tx_extension(nonce, 0, Era::Immortal);
		let implicit = (
			(),
			(),
			VERSION.spec_version,
			VERSION.transaction_version,
			self.genesis,
			self.genesis,
			(),
			(),
			(),
			None,
			(),
		);
		let payload = SignedPayload::from_raw(call.clone(), extension.clone(), implicit);
		let signature = payload.using_encoded(|bytes| who.pair().sign(bytes));
		let signer = MultiSigner::from(who.public()).into_account();
		UncheckedExtrinsic::new_signed(
			call,
			Address::Id(signer),
			Signature::Sr25519(signature),
			extension,
		)
	}

	fn outcome(&self, account: &AccountId, hashes: &[String], since: u64) -> Outcome {
		let mut errors = vec![None; hashes.len()];
		let mut fees = 0;
		for number in since + 1..=self.best() {
			let block: Option<String> = self.ask("chain_getBlockHash", rpc_params![number]);
			let Some(block) = block else { continue };
			let body: serde_json::Value = self.ask("chain_getBlock", rpc_params![block.clone()]);
			let transactions = body["block"]["extrinsics"].as_array().cloned().unwrap_or_default();
			let places: Vec<Option<usize>> = transactions
				.iter()
				.map(|text| {
					let bytes = unhex(text.as_str().expect("hex"));
					let hash = hex(&sp_io::hashing::blake2_256(&bytes));
					hashes.iter().position(|known| *known == hash)
				})
				.collect();
			for (index, event) in self.events(&block) {
				let place = places.get(index as usize).copied().flatten();
				match event {
					RuntimeEvent::System(frame_system::Event::ExtrinsicFailed {
						dispatch_error,
						..
					}) => {
						if let Some(place) = place {
							errors[place] = Some(dispatch_error);
						}
					},
					RuntimeEvent::TransactionPayment(
						pallet_transaction_payment::Event::TransactionFeePaid {
							who,
							actual_fee,
							..
						},
					) if who == *account => fees += actual_fee,
					_ => {},
				}
			}
		}
		Outcome { errors, fees }
	}

	fn events(&self, block: &str) -> Vec<(u32, RuntimeEvent)> {
		type Record = frame_system::EventRecord<RuntimeEvent, Hash>;
		let key = hex(&prefix("System", "Events"));
		let bytes: Option<String> = self.ask("state_getStorage", rpc_params![key, block]);
		let bytes = bytes.map(|text| unhex(&text)).unwrap_or_default();
		let records = Vec::<Record>::decode(&mut bytes.as_slice()).expect("this runtime's events");
		records
			.into_iter()
			.filter_map(|record| match record.phase {
				frame_system::Phase::ApplyExtrinsic(index) => Some((index, record.event)),
				_ => None,
			})
			.collect()
	}

	fn nonce(&self, account: &AccountId) -> Nonce {
		self.account(account).nonce
	}

	fn money(&self, account: &AccountId) -> (Balance, Balance) {
		let data = self.account(account).data;
		(data.free, data.reserved)
	}

	fn account(
		&self,
		account: &AccountId,
	) -> frame_system::AccountInfo<Nonce, pallet_balances::AccountData<Balance>> {
		let mut key = prefix("System", "Account");
		key.extend(sp_io::hashing::blake2_128(&account.encode()));
		key.extend(account.encode());
		let bytes = self.value(&key).expect("a known account");
		Decode::decode(&mut bytes.as_slice()).expect("an account")
	}

	fn value(&self, key: &[u8]) -> Option<Vec<u8>> {
		let text: Option<String> = self.ask("state_getStorage", rpc_params![hex(key)]);
		text.map(|text| unhex(&text))
	}

	fn best(&self) -> u64 {
		let header: serde_json::Value = self.ask("chain_getHeader", rpc_params![]);
		let number = header["number"].as_str().expect("a number").trim_start_matches("0x");
		u64::from_str_radix(number, 16).expect("hex")
	}

	fn ask<Answer: DeserializeOwned>(
		&self,
		method: &str,
		params: jsonrpsee::core::params::ArrayParams,
	) -> Answer {
		let answer = self.client.request(method, params);
		self.runtime.block_on(answer).unwrap_or_else(|error| panic!("{method}: {error}"))
	}

	fn until(&self, what: &str, condition: impl Fn(&Self) -> bool) {
		let since = Instant::now();
		while !condition(self) {
			assert!(since.elapsed() < PATIENCE, "{what} never came");
			std::thread::sleep(Duration::from_millis(300));
		}
	}
}
