//! Proofs over the real runtime: keys, statements, and a root that another chain can check by itself.

mod chain;

use frame_support::{
	assert_noop, assert_ok,
	dispatch::{DispatchClass, GetDispatchInfo},
	traits::{OnFinalize, OnInitialize, PalletInfoAccess, StorageInfoTrait},
	weights::WeightToFee,
};
use opg_primitives::seams::{ProofKeys, ProofSystem, Provenance};
use opg_runtime::{
	configs::system::Weights,
	constants::{currency, time::DAYS},
	genesis_config_presets::{INSECURE_REFERENCE_STRING, INSECURE_SEED},
	AccountId, Balance, Balances, Proofs, Runtime, RuntimeCall, RuntimeOrigin, System,
};
use opg_verifiers::{
	encode_inputs,
	ezkl::{
		insecure::InsecureSrs,
		json::{inputs_from_json, proof_from_json, srs_from_json},
		Srs,
	},
};
use pallet_proofs::{
	Context, Inclusion, Inputs, KeyBytes, ProofBytes, ProofFault, ReferenceStrings, Submission,
};
use sp_core::H256;
use sp_io::hashing::keccak_256;
use sp_keyring::Sr25519Keyring::{Alice, Bob};

// Cargo runs tests in their crate's folder.
const FOLDER: &str = "../primitives/verifiers/fixtures/groth16/poly_8";

/// A proof of a polynomial's values at eight public inputs, with its key.
struct Proof {
	key: KeyBytes,
	inputs: Inputs,
	proof: ProofBytes,
}

fn bytes_of(hex: &str) -> Vec<u8> {
	let digits = hex.trim().as_bytes().chunks(2);
	let byte =
		|pair| u8::from_str_radix(std::str::from_utf8(pair).expect("text"), 16).expect("hex");
	digits.map(byte).collect()
}

impl Proof {
	fn called(name: &str) -> Self {
		let read =
			|file: &str| std::fs::read_to_string(format!("{FOLDER}/{file}")).expect("a file");
		let cases: Vec<serde_json::Value> =
			serde_json::from_str(&read("cases.json")).expect("cases");
		let case = cases.iter().find(|case| case["name"] == name).expect("a known case");
		let words = case["public"].as_array().expect("words").iter();
		let words: Vec<_> = words
			.map(|word| bytes_of(word.as_str().expect("hex")).try_into().expect("32 bytes"))
			.collect();
		Self {
			key: bytes_of(&read("vk.hex")).try_into().expect("not too long"),
			inputs: words.try_into().expect("not too many"),
			proof: bytes_of(case["proof"].as_str().expect("hex")).try_into().expect("256 bytes"),
		}
	}

	fn id(&self) -> H256 {
		pallet_proofs::key_id(ProofSystem::Groth16Bn254, 8, &self.key)
	}

	fn register(&self) {
		assert_ok!(Proofs::register_key(
			RuntimeOrigin::signed(Alice.to_account_id()),
			ProofSystem::Groth16Bn254,
			8,
			self.key.clone()
		));
	}

	fn submission(&self, reference: u8) -> Submission<u32> {
		Submission {
			key: self.id(),
			inputs: self.inputs.clone(),
			proof: self.proof.clone(),
			context: Context { reference: [reference; 32], until: 100 },
		}
	}

	/// What the statement is called, computed as another chain would.
	fn statement(&self, who: &AccountId, reference: u8) -> [u8; 32] {
		let (genesis, key) = (System::block_hash(0), self.id());
		let named = [
			b"opg/proof/1".as_slice(),
			genesis.as_bytes(),
			&[0],
			key.as_bytes(),
			&keccak_256(self.inputs.as_flattened()),
			who.as_ref(),
			&[reference; 32],
		];
		keccak_256(&named.concat())
	}
}

fn on_the_development_chain(test: impl FnOnce()) {
	chain::of_preset("development").execute_with(|| {
		System::set_block_number(1);
		Proofs::on_initialize(1);
		test();
		Proofs::check_laws().expect("the laws hold");
	});
}

/// The root that an inclusion leads to, by the definition alone.
fn led_to(inclusion: &Inclusion<u32>) -> [u8; 32] {
	let mut hash = keccak_256(inclusion.statement.as_bytes());
	let (mut index, mut width) = (inclusion.index, inclusion.leaves);
	let mut path = inclusion.path.iter();
	while width > 1 {
		if index % 2 == 1 || index + 1 < width {
			let sibling = path.next().expect("a sibling").0;
			let pair = if index % 2 == 1 { [sibling, hash] } else { [hash, sibling] };
			hash = keccak_256(&pair.concat());
		}
		(index, width) = (index / 2, width.div_ceil(2));
	}
	assert_eq!(path.next(), None);
	hash
}

#[test]
fn a_statement_is_shown_to_other_chains_under_the_root_of_its_block() {
	on_the_development_chain(|| {
		let (first, second) = (Proof::called("valid_0"), Proof::called("valid_1"));
		first.register();
		let mut bad = Proof::called("valid_2").submission(9);
		bad.inputs = first.inputs.clone();
		let submissions = vec![
			first.submission(1),
			second.submission(2),
			bad,
			Proof::called("malleable_rerandomised").submission(3),
		];
		let bob = Bob.to_account_id();
		assert_ok!(Proofs::submit_batch(RuntimeOrigin::signed(bob.clone()), submissions));
		Proofs::on_finalize(1);
		System::set_block_number(2);

		let root = pallet_proofs::Roots::<Runtime>::get(1).expect("a root");
		assert_eq!(root.statements, 3, "the bad one is not among them");
		for (proof, reference) in [(&first, 1), (&second, 2), (&first, 3)] {
			let statement = H256(proof.statement(&bob, reference));
			let inclusion = Proofs::inclusion(statement).expect("is kept");
			assert_eq!((inclusion.statement, inclusion.root), (statement, root.root));
			assert_eq!(led_to(&inclusion), root.root.0);
			let mut moved = inclusion;
			moved.statement = H256(proof.statement(&Alice.to_account_id(), reference));
			assert_ne!(led_to(&moved), root.root.0, "nobody else's statement is there");
		}
	});
}

#[test]
fn clients_ask_for_verdicts_names_and_inclusions_without_a_transaction() {
	use pallet_proofs::api::runtime_decl_for_proofs_api::ProofsApiV1;
	type Api = Runtime;
	on_the_development_chain(|| {
		let proof = Proof::called("valid_0");
		let verify =
			|proof: &Proof| Api::verify(proof.id(), proof.inputs.clone(), proof.proof.clone());
		assert_eq!(verify(&proof), Err(ProofFault::KeyUnknown));
		proof.register();
		assert_eq!(verify(&proof), Ok(()));
		let mut other = Proof::called("valid_1");
		other.inputs = proof.inputs.clone();
		assert_eq!(verify(&other), Err(ProofFault::Unproven));
		let claim = |proof: &Proof| (proof.id(), proof.inputs.clone(), proof.proof.clone());
		let claims = vec![claim(&other), claim(&proof)].try_into().expect("few");
		assert_eq!(Api::verify_batch(claims), Ok(vec![false, true]));

		let bob = Bob.to_account_id();
		let statement =
			Api::statement(proof.id(), proof.inputs.clone(), bob.clone(), [1; 32]).expect("a key");
		assert_eq!(statement.0, proof.statement(&bob, 1));
		assert_eq!(Api::inclusion(statement), None);
		let Submission { key, inputs, proof, context } = proof.submission(1);
		assert_ok!(Proofs::submit(RuntimeOrigin::signed(bob), key, inputs, proof, context));
		Proofs::on_finalize(1);
		assert_eq!(Api::inclusion(statement).expect("is kept").leaves, 1);
	});
}

#[test]
fn a_key_costs_a_deposit_and_only_governance_lets_money_follow_from_it() {
	on_the_development_chain(|| {
		let proof = Proof::called("valid_0");
		let free = || Balances::free_balance(Alice.to_account_id());
		let before = free();
		proof.register();
		let deposit = before - free();
		assert!(deposit > currency::OPG && deposit < 3 * currency::OPG, "{deposit}");
		let release = b"risc0-v3".to_vec().try_into().expect("a short name");
		let provenance = Provenance::ZkVm { release };
		let alice = RuntimeOrigin::signed(Alice.to_account_id());
		let approve = |origin| Proofs::approve_key(origin, proof.id(), provenance.clone());
		assert_noop!(approve(alice.clone()), sp_runtime::traits::BadOrigin);
		assert_ok!(approve(RuntimeOrigin::root()));
		assert!(<Proofs as ProofKeys>::is_approved(proof.id()));
		assert_ok!(Proofs::remove_key(alice, proof.id()));
		assert_eq!(free(), before);
	});
}

fn batch(inputs: usize, keys: u8) -> RuntimeCall {
	let submissions = (0..64u8)
		.map(|index| Submission {
			key: H256::repeat_byte(index % keys),
			inputs: vec![[0; 32]; inputs].try_into().expect("not too many"),
			proof: vec![0; 256].try_into().expect("256 bytes"),
			context: Context { reference: [index; 32], until: 0 },
		})
		.collect();
	RuntimeCall::Proofs(pallet_proofs::Call::submit_batch { submissions })
}

#[test]
fn the_pallet_keeps_its_place_and_its_storage_is_bounded() {
	assert_eq!((Proofs::index(), Proofs::name()), (65, "Proofs"));
	let items = Proofs::storage_info();
	assert_eq!(items.len(), 8);
	assert!(items.iter().all(|item| item.max_size.is_some()));
}

#[test]
fn a_full_batch_fits_a_block_even_if_every_proof_is_bad() {
	let limit = Weights::get().get(DispatchClass::Normal).max_extrinsic.expect("a limit");
	on_the_development_chain(|| {
		for (inputs, keys) in [(8, 1), (8, 64), (70, 1), (70, 8)] {
			let weight = batch(inputs, keys).get_dispatch_info().call_weight;
			assert!(weight.all_lte(limit), "{inputs} inputs, {keys} keys: {weight:?} of {limit:?}");
		}
	});
}

/// So many proofs of EZKL under one key, which is registered.
fn of_ezkl(model: &str, many: u8) -> Vec<Submission<u32>> {
	let file = |name: &str| format!("../primitives/verifiers/fixtures/ezkl/{model}/{name}");
	let artefact = std::fs::read(file("vka.bytes")).expect("a key");
	let text = std::fs::read_to_string(file("proof.json")).expect("a proof");
	let proof = proof_from_json(&text).expect("a proof").to_wire().to_vec();
	let inputs = encode_inputs(&inputs_from_json(&text).expect("inputs"));
	let inputs: Inputs = inputs.as_chunks::<32>().0.to_vec().try_into().expect("few");
	let (system, declared) = (ProofSystem::Ezkl23Bn254, inputs.len() as u32);
	let key = pallet_proofs::key_id(system, declared, &artefact);
	if !pallet_proofs::Keys::<Runtime>::contains_key(key) {
		let alice = RuntimeOrigin::signed(Alice.to_account_id());
		let bytes: KeyBytes = artefact.try_into().expect("not too long");
		assert_ok!(Proofs::register_key(alice, system, declared, bytes));
	}
	let until = System::block_number() + 10;
	let submission = |index| Submission {
		key,
		inputs: inputs.clone(),
		proof: proof.clone().try_into().expect("not too long"),
		context: Context { reference: [index; 32], until },
	};
	(0..many).map(submission).collect()
}

/// A development chain that believes in the reference string of the vectors too.
fn on_the_chain_of_the_vectors(test: impl FnOnce()) {
	on_the_development_chain(|| {
		let text = std::fs::read_to_string("../primitives/verifiers/fixtures/ezkl/srs.json");
		let srs: Srs = srs_from_json(&text.expect("a file")).expect("a sound one");
		let source = b"the vectors".to_vec().try_into().expect("a short text");
		let points = *srs.wire();
		assert_ok!(Proofs::add_reference_string(RuntimeOrigin::root(), points, source));
		System::set_block_number(1 + 7 * DAYS);
		test();
	});
}

#[test]
fn a_full_batch_of_ezkl_fits_a_block_even_if_every_proof_is_bad() {
	let limit = Weights::get().get(DispatchClass::Normal).max_extrinsic.expect("a limit");
	on_the_chain_of_the_vectors(|| {
		for model in ["mlp_4_8_3_fixed", "mlp_4_8_3_hashed", "sigmoid_6_5_2", "conv_1x6x6"] {
			let submissions = of_ezkl(model, 64);
			let call = RuntimeCall::Proofs(pallet_proofs::Call::submit_batch { submissions });
			let weight = call.get_dispatch_info().call_weight;
			assert!(weight.all_lte(limit), "{model}: {weight:?} of {limit:?}");
		}
	});
}

#[test]
fn proofs_of_ezkl_cost_a_fraction_together_of_what_they_do_alone() {
	on_the_chain_of_the_vectors(|| {
		of_ezkl("mlp_4_8_3_fixed", 1);
		System::set_block_number(2 + 7 * DAYS);
		let took = |who: sp_keyring::Sr25519Keyring, many: u8| {
			let origin = RuntimeOrigin::signed(who.to_account_id());
			let info = Proofs::submit_batch(origin, of_ezkl("mlp_4_8_3_fixed", many));
			info.expect("all hold").actual_weight.expect("is said").ref_time()
		};
		let (one, many) = (took(Alice, 1), took(Bob, 32) / 32);
		assert!(many * 3 < one * 2, "{many} of {one}");
	});
}

#[test]
fn the_development_chain_believes_in_a_reference_string_that_anyone_can_make_and_others_in_none() {
	on_the_development_chain(|| {
		let points = InsecureSrs::of_seed(INSECURE_SEED).wire();
		let hex: String = points.iter().map(|byte| format!("{byte:02x}")).collect();
		assert_eq!(hex, INSECURE_REFERENCE_STRING);
		let kept = ReferenceStrings::<Runtime>::iter_values().collect::<Vec<_>>();
		assert_eq!(kept.iter().map(|string| string.points).collect::<Vec<_>>(), [points]);
		assert!(kept.iter().all(|string| string.source.starts_with(b"INSECURE")));
	});
	chain::of_preset("local_testnet").execute_with(|| {
		assert_eq!(ReferenceStrings::<Runtime>::iter().count(), 0);
	});
}

#[test]
fn a_proof_is_cheap_to_have_verified() {
	let proof = Proof::called("valid_0");
	let Submission { key, inputs, proof, context } = proof.submission(1);
	let call = RuntimeCall::Proofs(pallet_proofs::Call::submit { key, inputs, proof, context });
	let mut weight = Default::default();
	on_the_development_chain(|| weight = call.get_dispatch_info().call_weight);
	type ToFee = <Runtime as pallet_transaction_payment::Config>::WeightToFee;
	let fee: Balance = ToFee::weight_to_fee(&weight);
	assert!(fee > currency::MICRO_OPG && fee < 20 * currency::MILLI_OPG, "{fee}");
}
