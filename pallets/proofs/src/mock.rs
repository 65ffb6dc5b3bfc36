//! The smallest runtime that verifies proofs, and the vectors made with snarkjs and with EZKL.

use crate::{Context, Error, Event, Inputs, KeyBytes, Pallet, ProofBytes, ProofFault, Submission};
use frame_support::{
	derive_impl,
	dispatch::{DispatchResult, DispatchResultWithPostInfo},
	parameter_types,
	traits::{ConstU32, ConstU64, Hooks},
	weights::Weight,
};
use frame_system::EnsureRoot;
use opg_primitives::seams::{KeyId, OnProofVerified, ProofSystem, Reference, VerifiedProof};
use opg_verifiers::{
	encode_inputs,
	ezkl::{
		json::{inputs_from_json, proof_from_json, srs_from_json},
		Srs, SRS_BYTES,
	},
};
use serde_json::Value;
use sp_core::H256;
use sp_runtime::BuildStorage;

pub(crate) type Balance = u64;
pub(crate) const ALICE: u64 = 1;
pub(crate) const BOB: u64 = 2;
/// Has nothing to put down.
pub(crate) const PAUPER: u64 = 3;
pub(crate) const UNIT: Balance = 1_000_000;
pub(crate) const LIFE: u64 = 10;
/// Blocks until a reference string is believed.
pub(crate) const DELAY: u64 = 5;
pub(crate) const MOST_STATEMENTS: u32 = 80;
/// What being told of a statement weighs.
pub(crate) const TELLING: Weight = Weight::from_parts(7_000_000, 0);

#[frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(
		RuntimeCall,
		RuntimeEvent,
		RuntimeError,
		RuntimeOrigin,
		RuntimeHoldReason,
		RuntimeFreezeReason,
		RuntimeTask
	)]
	pub struct Test;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type Balances = pallet_balances;
	#[runtime::pallet_index(2)]
	pub type Proofs = crate;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlock<Test>;
	type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
}

parameter_types! {
	/// What was said of verified statements: who, reference, approved.
	pub static Told: Vec<(H256, u64, Reference, bool)> = Vec::new();
}

pub struct Listener;

impl OnProofVerified<u64> for Listener {
	fn on_proof_verified(proof: &VerifiedProof<u64>) {
		let of = (proof.statement, *proof.who, proof.reference, proof.is_approved());
		Told::mutate(|told| told.push(of));
	}

	fn weight() -> Weight {
		TELLING
	}
}

impl crate::Config for Test {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type ApproveOrigin = EnsureRoot<u64>;
	type ReferenceStringOrigin = EnsureRoot<u64>;
	type OnVerified = Listener;
	type Engine = opg_host::HostEngine;
	type DepositBase = ConstU64<UNIT>;
	type DepositPerByte = ConstU64<10>;
	type MaxStatements = ConstU32<MOST_STATEMENTS>;
	type StatementLife = ConstU64<LIFE>;
	type ReferenceStringDelay = ConstU64<DELAY>;
	type WeightInfo = Bounds;
}

pub(crate) type Bounds = crate::weights::UpperBounds<Test, crate::weights::HostPrices>;

/// Runs `test` on a fresh chain and checks the laws after it.
pub(crate) fn build_and_execute(test: impl FnOnce()) {
	let mut storage =
		frame_system::GenesisConfig::<Test>::default().build_storage().expect("a genesis");
	pallet_balances::GenesisConfig::<Test> {
		balances: vec![(ALICE, 100 * UNIT), (BOB, 100 * UNIT), (PAUPER, UNIT)],
		..Default::default()
	}
	.assimilate_storage(&mut storage)
	.expect("balances");
	crate::GenesisConfig::<Test> {
		reference_strings: vec![(reference_string("srs").to_vec().into(), SOURCE.into())],
		..Default::default()
	}
	.assimilate_storage(&mut storage)
	.expect("a reference string");
	let mut externalities: sp_io::TestExternalities = storage.into();
	externalities.execute_with(|| {
		Told::set(Vec::new());
		System::set_block_number(1);
		test();
		Pallet::<Test>::check_laws().expect("the laws hold");
	});
}

/// Ends the block and begins the next, with room for whatever is to be pruned.
pub(crate) fn next_block() {
	next_block_with_room(Weight::MAX);
}

pub(crate) fn next_block_with_room(room: Weight) {
	let now = System::block_number();
	Proofs::on_idle(now, room);
	Proofs::on_finalize(now);
	System::set_block_number(now + 1);
	Proofs::on_initialize(now + 1);
}

pub(crate) fn wait(blocks: u64) {
	(0..blocks).for_each(|_| next_block());
}

/// This pallet's events since the last call.
pub(crate) fn events() -> Vec<Event<Test>> {
	let events = System::events()
		.into_iter()
		.filter_map(|record| match record.event {
			RuntimeEvent::Proofs(event) => Some(event),
			_ => None,
		})
		.collect();
	System::reset_events();
	events
}

/// A case of the vectors.
#[derive(Clone)]
pub(crate) struct Case {
	pub(crate) name: String,
	pub(crate) system: ProofSystem,
	pub(crate) key: KeyBytes,
	pub(crate) declared: u32,
	pub(crate) inputs: Inputs,
	pub(crate) proof: ProofBytes,
	pub(crate) accept: bool,
	pub(crate) at_registration: bool,
}

pub(crate) const CIRCUITS: [&str; 3] = ["cubic_1", "poly_8", "dense_70"];

pub(crate) fn cases_of(circuit: &str) -> Vec<Case> {
	// Cargo runs tests in their crate's folder.
	let folder = format!("../../primitives/verifiers/fixtures/groth16/{circuit}");
	let read = |file: &str| std::fs::read_to_string(format!("{folder}/{file}")).expect("a fixture");
	let list: Vec<Value> = serde_json::from_str(&read("cases.json")).expect("cases");
	list.iter()
		.map(|case| {
			let text = |field: &str| case[field].as_str().expect("text");
			let words = case["public"].as_array().expect("words").iter();
			let word = |word: &Value| {
				let bytes = hex::decode(word.as_str().expect("a word")).expect("hex");
				<[u8; 32]>::try_from(bytes).expect("32 bytes")
			};
			let words: Vec<_> = words.map(word).collect();
			let key: Value =
				serde_json::from_str(&read(&format!("{}.json", text("vk")))).expect("a key");
			let bytes = hex::decode(read(&format!("{}.hex", text("vk"))).trim()).expect("hex");
			Case {
				name: text("name").to_string(),
				system: ProofSystem::Groth16Bn254,
				key: bytes.try_into().expect("not too long"),
				declared: key["nPublic"].as_u64().expect("a count") as u32,
				inputs: words.try_into().expect("not too many"),
				proof: hex::decode(text("proof")).expect("hex").try_into().expect("not too long"),
				accept: text("expect") == "accept",
				at_registration: text("stage") == "register",
			}
		})
		.collect()
}

/// The models of the vectors of EZKL.
pub(crate) const MODELS: [&str; 5] =
	["mlp_4_8_3_fixed", "mlp_4_8_3_polycommit", "mlp_4_8_3_hashed", "sigmoid_6_5_2", "conv_1x6x6"];
const EZKL: &str = "../../primitives/verifiers/fixtures/ezkl";
pub(crate) const SOURCE: &str = "that of the vectors";

fn ezkl_text(file: &str) -> String {
	std::fs::read_to_string(format!("{EZKL}/{file}")).expect("a fixture")
}

/// `srs` is pinned at genesis, `srs_foreign` is not.
pub(crate) fn reference_string(file: &str) -> [u8; SRS_BYTES] {
	let srs: Srs = srs_from_json(&ezkl_text(&format!("{file}.json"))).expect("a sound one");
	*srs.wire()
}

pub(crate) fn ezkl_cases_of(model: &str) -> Vec<Case> {
	let list: Vec<Value> =
		serde_json::from_str(&ezkl_text(&format!("{model}/cases.json"))).expect("cases");
	let bytes = |value: &Value| {
		let digits = value.as_str().expect("hex").trim_start_matches("0x");
		hex::decode(digits).expect("hex")
	};
	let read = |case: &Value| {
		let text = |field: &str| case[field].as_str().expect("text");
		let file = |name: &str| ezkl_text(&format!("{model}/{name}"));
		let proof = match text("proof") {
			name if name.ends_with(".json") => {
				proof_from_json(&file(name)).expect("a proof").to_wire().to_vec()
			},
			_ => bytes(&case["proof"]),
		};
		let inputs = match &case["instances"] {
			Value::String(name) => encode_inputs(&inputs_from_json(&file(name)).expect("inputs")),
			words => words.as_array().expect("words").iter().flat_map(bytes).collect(),
		};
		let key = std::fs::read(format!("{EZKL}/{model}/{}", text("vka"))).expect("a key");
		let accepted = inputs_of(&key).unwrap_or(1);
		Case {
			name: format!("{model}/{}", text("name")),
			system: ProofSystem::Ezkl23Bn254,
			key: key.try_into().expect("not too long"),
			declared: accepted,
			inputs: inputs.as_chunks::<32>().0.to_vec().try_into().expect("not too many"),
			proof: proof.try_into().expect("not too long"),
			accept: text("expect") == "accept",
			at_registration: text("stage") == "register",
		}
	};
	list.iter().map(read).collect()
}

/// Public inputs that a key of EZKL says it takes.
fn inputs_of(key: &[u8]) -> Option<u32> {
	let word = key.get(8 + 2 * 32..)?.first_chunk::<32>()?;
	Some(u32::from_be_bytes(*word.last_chunk()?))
}

pub(crate) fn ezkl_case(model: &str, name: &str) -> Case {
	let name = format!("{model}/{name}");
	ezkl_cases_of(model).into_iter().find(|case| case.name == name).expect("a known case")
}

pub(crate) fn case(circuit: &str, name: &str) -> Case {
	cases_of(circuit).into_iter().find(|case| case.name == name).expect("a known case")
}

impl Case {
	pub(crate) fn id(&self) -> KeyId {
		crate::key_id(self.system, self.declared, &self.key)
	}

	pub(crate) fn register(&self, who: u64) -> DispatchResult {
		let origin = RuntimeOrigin::signed(who);
		Proofs::register_key(origin, self.system, self.declared, self.key.clone())
	}

	/// Registered by Alice.
	pub(crate) fn registered(self) -> Self {
		self.register(ALICE).expect("a sound key");
		self
	}

	/// Registered by Alice in the block before.
	pub(crate) fn settled(self) -> Self {
		let case = self.registered();
		next_block();
		case
	}

	pub(crate) fn submit(&self, who: u64, reference: u8) -> DispatchResult {
		outcome(submit(who, self.submission(reference)))
	}

	pub(crate) fn submission(&self, reference: u8) -> Submission<u64> {
		Submission {
			key: self.id(),
			inputs: self.inputs.clone(),
			proof: self.proof.clone(),
			context: context(reference),
		}
	}

	/// What the statement is called, submitted by `who`.
	pub(crate) fn statement(&self, who: u64, reference: u8) -> H256 {
		let reference = [reference; 32];
		Proofs::statement(self.id(), &self.inputs, &who, &reference).expect("a known key")
	}
}

pub(crate) fn submit(who: u64, submission: Submission<u64>) -> DispatchResultWithPostInfo {
	let Submission { key, inputs, proof, context } = submission;
	Proofs::submit(RuntimeOrigin::signed(who), key, inputs, proof, context)
}

/// Whether a call went well, whatever it weighed.
pub(crate) fn outcome(result: DispatchResultWithPostInfo) -> DispatchResult {
	result.map(|_| ()).map_err(|error| error.error)
}

pub(crate) fn submit_batch(who: u64, batch: Vec<Submission<u64>>) -> DispatchResult {
	outcome(Proofs::submit_batch(RuntimeOrigin::signed(who), batch))
}

/// A context that lives as long as it may.
pub(crate) fn context(reference: u8) -> Context<u64> {
	Context { reference: [reference; 32], until: System::block_number() + LIFE }
}

pub(crate) fn refused(index: u8, fault: ProofFault) -> sp_runtime::DispatchError {
	Error::<Test>::Proof(index, fault).into()
}
