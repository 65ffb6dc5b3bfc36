//! The two ways to check proofs, in the runtime's Wasm under the node's executor: the same verdicts, and what each takes.
//!
//! `scripts/long/engines.sh` builds the runtime both ways and runs this. The last line is JSON: microseconds, the least of several rounds
//! that take turns. Keys are read and prepared within them, as every call does.

use codec::{Decode, Encode};
use opg_primitives::seams::{KeyId, ProofSystem};
use pallet_proofs::{Inputs, Key, KeyBytes, ProofBytes, ProofFault};
use sc_executor::WasmExecutor;
use sp_core::{
	crypto::AccountId32,
	traits::{CallContext, CodeExecutor, RuntimeCode, WrappedRuntimeCode},
};
use sp_io::hashing::{blake2_128, twox_128};
use std::time::Instant;

type HostFunctions = (
	sp_io::SubstrateHostFunctions,
	opg_host::worker::HostFunctions,
	opg_host::bn_254::HostFunctions,
);
type Claim = (KeyId, Inputs, ProofBytes);
type Verdicts = Result<Vec<bool>, (u32, ProofFault)>;

const CIRCUITS: [&str; 3] = ["cubic_1", "poly_8", "dense_70"];
const ROUNDS: usize = 12;

/// A runtime's Wasm on an executor of its own.
struct Wasm {
	executor: WasmExecutor<HostFunctions>,
	code: Vec<u8>,
	hash: u8,
}

impl Wasm {
	fn named_by(variable: &str, hash: u8) -> Self {
		let path = std::env::var(variable).unwrap_or_else(|_| panic!("set {variable}"));
		let code = std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
		Self { executor: WasmExecutor::builder().build(), code, hash }
	}

	fn call(&self, state: &mut sp_io::TestExternalities, method: &str, data: &[u8]) -> Vec<u8> {
		let fetcher = WrappedRuntimeCode(self.code.as_slice().into());
		let code =
			RuntimeCode { code_fetcher: &fetcher, hash: vec![self.hash; 32], heap_pages: None };
		let context = CallContext::Offchain;
		let (result, _) = self.executor.call(&mut state.ext(), &code, method, data, context);
		result.unwrap_or_else(|error| panic!("{method}: {error}"))
	}

	fn verify_batch(&self, state: &mut sp_io::TestExternalities, claims: &[Claim]) -> Verdicts {
		let answer = self.call(state, "ProofsApi_verify_batch", &claims.encode());
		Decode::decode(&mut answer.as_slice()).expect("verdicts")
	}
}

struct Case {
	circuit: &'static str,
	name: String,
	key: KeyBytes,
	declared: u32,
	inputs: Inputs,
	proof: ProofBytes,
	accept: bool,
	at_registration: bool,
}

fn bytes_of(hex: &str) -> Vec<u8> {
	let digits = hex.trim().as_bytes().chunks(2);
	let byte =
		|pair| u8::from_str_radix(std::str::from_utf8(pair).expect("text"), 16).expect("hex");
	digits.map(byte).collect()
}

fn cases_of(circuit: &'static str) -> Vec<Case> {
	// Cargo runs tests in their crate's folder.
	let folder = format!("../../primitives/verifiers/fixtures/groth16/{circuit}");
	let read = |file: &str| std::fs::read_to_string(format!("{folder}/{file}")).expect("a fixture");
	let list: Vec<serde_json::Value> = serde_json::from_str(&read("cases.json")).expect("cases");
	list.iter()
		.map(|case| {
			let text = |field: &str| case[field].as_str().expect("text");
			let words = case["public"].as_array().expect("words").iter();
			let words: Vec<_> = words
				.map(|word| bytes_of(word.as_str().expect("hex")).try_into().expect("32 bytes"))
				.collect();
			let key: serde_json::Value =
				serde_json::from_str(&read(&format!("{}.json", text("vk")))).expect("a key");
			Case {
				circuit,
				name: text("name").into(),
				key: bytes_of(&read(&format!("{}.hex", text("vk")))).try_into().expect("short"),
				declared: key["nPublic"].as_u64().expect("a count") as u32,
				inputs: words.try_into().expect("not too many"),
				proof: bytes_of(text("proof")).try_into().expect("short"),
				accept: text("expect") == "accept",
				at_registration: text("stage") == "register",
			}
		})
		.collect()
}

impl Case {
	fn claim(&self) -> Claim {
		let key = pallet_proofs::key_id(ProofSystem::Groth16Bn254, self.declared, &self.key);
		(key, self.inputs.clone(), self.proof.clone())
	}
}

/// A state in which every sound key of the vectors is registered.
fn state(cases: &[Case]) -> sp_io::TestExternalities {
	let mut state = sp_io::TestExternalities::default();
	for case in cases.iter().filter(|case| !case.at_registration) {
		let key = case.claim().0;
		let place = |map: &[u8]| {
			let prefix = [twox_128(b"Proofs"), twox_128(map), blake2_128(key.as_bytes())].concat();
			[prefix.as_slice(), key.as_bytes()].concat()
		};
		let record = Key::<AccountId32, u128> {
			system: ProofSystem::Groth16Bn254,
			inputs: case.declared,
			owner: [1; 32].into(),
			deposit: 0,
			references: 0,
			provenance: None,
		};
		state.insert(place(b"Keys"), record.encode());
		state.insert(place(b"WireKeys"), case.key.encode());
	}
	state.commit_all().expect("a state to read from");
	state
}

#[test]
#[ignore = "needs two builds of the runtime's Wasm"]
fn agree_on_every_vector_and_take_so_long() {
	let (host, pure) = (Wasm::named_by("OPG_HOST_WASM", 1), Wasm::named_by("OPG_PURE_WASM", 2));
	let cases: Vec<_> = CIRCUITS.iter().flat_map(|circuit| cases_of(circuit)).collect();
	let mut state = state(&cases);

	let mut fit = Vec::new();
	for case in cases.iter().filter(|case| !case.at_registration) {
		let claims = [case.claim()];
		let verdict = host.verify_batch(&mut state, &claims);
		assert_eq!(verdict, pure.verify_batch(&mut state, &claims), "{}", case.name);
		assert_eq!(verdict == Ok(vec![true]), case.accept, "{}", case.name);
		if verdict.is_ok() {
			fit.push((case.claim(), case.accept));
		}
	}
	for batch in fit.chunks(64) {
		let claims: Vec<_> = batch.iter().map(|(claim, _)| claim.clone()).collect();
		let expected: Verdicts = Ok(batch.iter().map(|(_, accept)| *accept).collect());
		assert_eq!(host.verify_batch(&mut state, &claims), expected);
		assert_eq!(pure.verify_batch(&mut state, &claims), expected);
	}

	let mut figures = Vec::new();
	for circuit in CIRCUITS {
		let claim = |name: &str| {
			let found = cases.iter().find(|case| case.circuit == circuit && case.name == name);
			found.expect("a known case").claim()
		};
		let mut bad = claim("valid_0");
		bad.2 = claim("valid_1").2;
		let good = claim("valid_0");
		let one_bad = [vec![good.clone(); 40], vec![bad.clone()], vec![good.clone(); 23]].concat();
		let batches = [
			("single", vec![good.clone()]),
			("batch64", vec![good; 64]),
			("batch64_one_bad", one_bad),
			("batch64_all_bad", vec![bad; 64]),
		];
		for (name, claims) in batches {
			let data = claims.encode();
			let mut least = [f64::MAX; 2];
			for _ in 0..ROUNDS {
				for (wasm, least) in [&host, &pure].into_iter().zip(&mut least) {
					let start = Instant::now();
					wasm.call(&mut state, "ProofsApi_verify_batch", &data);
					*least = least.min(start.elapsed().as_secs_f64() * 1e6);
				}
			}
			let [host, pure] = least;
			figures.push(format!(
				"\"groth16_{circuit}_{name}_us\":{{\"host\":{host:.0},\"pure\":{pure:.0}}}"
			));
		}
	}
	println!("{{{}}}", figures.join(","));
}
