//! Proved answers over the real runtime, with EZKL's own proofs: what settles or is proved later, and that the same proof serves nothing
//! else.

mod chain;
mod circuit;
#[allow(dead_code)]
mod walk;

use circuit::{draft, on_a_chain_with_eves_model, text, MODEL, SCALE};
use codec::Encode;
use frame_support::{
	assert_noop, assert_ok,
	dispatch::{DispatchResult, GetDispatchInfo},
	pallet_prelude::TransactionSource,
	traits::Authorize,
};
use opg_primitives::{
	circuit::number,
	late_proof::commitment,
	seams::KeyId,
	statement::{statement, Domain},
	FaultKind, Input, Outcome, RequestId, TrustMode,
};
use opg_runtime::{
	Balance, BlockNumber, Circuits, Inference, Models, Nodes, Proofs, Runtime, RuntimeCall,
	RuntimeOrigin,
};
use opg_tensor::{from_fixed_point, Tensor};
use opg_verifiers::{
	encode_inputs,
	ezkl::json::{inputs_from_json, proof_from_json},
};
use pallet_inference::{Requests, State};
use sp_core::Pair;
use sp_io::hashing::blake2_256;
use sp_keyring::Sr25519Keyring::{self, Alice, Bob, Charlie, Eve};
use sp_runtime::traits::Dispatchable;
use walk::{account, draw_of, free, genesis, next_block, report, worker, PRICE};

/// An input of the model, what its circuit gives for it, and EZKL's proof of that.
struct Proven {
	words: Vec<[u8; 32]>,
	input: Vec<u8>,
	output: Vec<u8>,
	proof: Vec<u8>,
}

impl Proven {
	fn called(name: &str) -> Self {
		let file = text(&format!("{MODEL}/{name}.json"));
		let words = encode_inputs(&inputs_from_json(&file).expect("public inputs"));
		let words = words.as_chunks::<32>().0.to_vec();
		let numbers: Vec<_> = words.iter().map(|word| number(word).expect("a number")).collect();
		let (given, found) = numbers.split_at(4);
		let encoded = |numbers: &[i64]| {
			let shape = [1, numbers.len() as u32];
			let tensor = from_fixed_point(&shape, numbers, SCALE.into()).expect("in shape");
			opg_tensor::encode(&[tensor])
		};
		let (input, output) = (encoded(given), encoded(found));
		let proof = proof_from_json(&file).expect("a proof").to_wire().to_vec();
		Self { words, input, output, proof }
	}
}

/// A development chain with Eve's model of the vectors on it; Bob's node serves it.
fn on_a_chain_with_the_model(journey: impl FnOnce(KeyId)) {
	on_a_chain_with_eves_model(|key| {
		report(0, Bob, vec![0]);
		next_block();
		journey(key);
		Models::check_laws().expect("models");
		Nodes::check_laws().expect("nodes");
		Inference::check_laws().expect("requests");
		Circuits::check_laws().expect("commitments");
		opg_runtime::Economics::check_laws().expect("money");
	});
}

fn ask(key: u8, input: &[u8]) -> DispatchResult {
	ask_under(TrustMode::Proved, key, input)
}

fn ask_under(trust: TrustMode, key: u8, input: &[u8]) -> DispatchResult {
	Inference::request(
		RuntimeOrigin::signed(account(Alice)),
		0,
		Input::Inline(input.to_vec().try_into().expect("short")),
		trust,
		2 * PRICE,
		120,
		[key; 16],
		None,
	)
	.map(|_| ())
	.map_err(|refusal| refusal.error)
}

/// Asks, and waits until Bob's node has it.
fn asked(number: RequestId, input: &[u8]) {
	assert_ok!(ask(number as u8, input));
	next_block();
	next_block();
	draw_of(number);
}

/// What Bob's node delivers: an output, and a proof that shows these words.
fn delivery(request: RequestId, key: KeyId, output: &[u8], shown: &Proven) -> RuntimeCall {
	let draw = draw_of(request);
	let input = match pallet_inference::Inputs::<Runtime>::get(request).expect("an input") {
		Input::Inline(bytes) => bytes.into_inner(),
		Input::Stored(_) => panic!("not in the request"),
	};
	// The node signs what the chain computes of the request's own input and this output.
	let tensors = |bytes: &[u8]| opg_tensor::decode(bytes, 8_192).expect("tensors");
	let circuit = draft(key).circuit.expect("a circuit");
	let words = circuit.statement(&tensors(&input), &tensors(output)).expect("on the grid");
	let named = sp_core::H256(blake2_256(&(key, words).encode()));
	let hash = sp_core::H256(blake2_256(&shown.proof));
	let claim = statement(Domain::Proof, genesis(), &(0u32, request, draw, named, hash));
	RuntimeCall::Circuits(pallet_circuits::Call::deliver {
		node: 0,
		request,
		draw,
		output: output.to_vec().try_into().expect("short"),
		proof: shown.proof.clone().try_into().expect("short"),
		signature: worker(Bob).sign(&claim).into(),
	})
}

fn state(request: RequestId) -> Option<State<BlockNumber>> {
	Requests::<Runtime>::get(request).map(|record| record.state)
}

fn bond() -> Balance {
	pallet_nodes::Nodes::<Runtime>::get(0).expect("registered").bond
}

#[test]
fn an_answer_that_ezkl_proved_settles_and_pays_as_any_other() {
	on_a_chain_with_the_model(|key| {
		let proven = Proven::called("proof");
		asked(0, &proven.input);
		let call = delivery(0, key, &proven.output, &proven);
		let weight = call.get_dispatch_info().call_weight;
		assert!(weight.ref_time() > 2_000_000_000, "the check is in it: {weight}");
		let [alice, bob] = [Alice, Bob].map(|who| free(account(who)));
		walk::include(call);
		let Some(State::Settled { by, outcome, .. }) = state(0) else { panic!("not settled") };
		assert_eq!(by.to_vec(), [0]);
		assert_eq!(outcome, Outcome::Output(proven.output.clone().try_into().expect("short")));
		assert_eq!(free(account(Alice)) - alice, PRICE, "the rest of the most to pay returns");
		assert_eq!(free(account(Bob)) - bob, PRICE * 66 / 100 - PRICE * 66 / 1_000);
		let proof = Requests::<Runtime>::get(0).and_then(|record| record.proof).expect("a proof");
		assert_eq!((proof.bytes, proof.hash.0), (3_072, blake2_256(&proven.proof)));
		let words = (key, proven.words).encode();
		assert_eq!(proof.statement.0, blake2_256(&words));
	});
}

#[test]
fn two_requests_that_are_alike_both_settle_each_by_its_own_delivery() {
	on_a_chain_with_the_model(|key| {
		let proven = Proven::called("proof");
		for request in [0, 1] {
			asked(request, &proven.input);
			walk::include(delivery(request, key, &proven.output, &proven));
			assert!(matches!(state(request), Some(State::Settled { .. })));
		}
	});
}

#[test]
fn a_proof_of_another_input_costs_the_node_and_the_request_waits_for_another() {
	on_a_chain_with_the_model(|key| {
		let (proven, other) = (Proven::called("proof"), Proven::called("proof_b"));
		asked(0, &other.input);
		let before = bond();
		// A good proof of the first input, for a request that asks about the second.
		walk::include(delivery(0, key, &proven.output, &proven));
		assert_eq!(state(0), Some(State::Waiting));
		assert!(bond() < before, "part of its bond burns");
		let alice = free(account(Alice));
		(0..140).for_each(|_| next_block());
		assert!(matches!(state(0), Some(State::Expired { .. })), "nobody else serves it");
		assert_eq!(free(account(Alice)) - alice, 2 * PRICE);
	});
}

#[test]
fn a_proof_of_another_output_costs_the_node() {
	on_a_chain_with_the_model(|key| {
		let (proven, other) = (Proven::called("proof"), Proven::called("proof_b"));
		asked(0, &proven.input);
		let before = bond();
		walk::include(delivery(0, key, &other.output, &proven));
		assert_eq!(state(0), Some(State::Waiting));
		assert!(bond() < before);
	});
}

#[test]
fn a_proof_with_a_bit_flipped_costs_the_node() {
	on_a_chain_with_the_model(|key| {
		let mut proven = Proven::called("proof");
		asked(0, &proven.input);
		let last = proven.proof.len() - 300;
		proven.proof[last] ^= 1;
		let before = bond();
		walk::include(delivery(0, key, &proven.output, &proven));
		assert_eq!(state(0), Some(State::Waiting));
		assert!(bond() < before);
	});
}

#[test]
fn a_delivery_never_enters_a_block_for_a_request_that_is_another_s_or_over() {
	on_a_chain_with_the_model(|key| {
		let proven = Proven::called("proof");
		asked(0, &proven.input);
		let call = delivery(0, key, &proven.output, &proven);
		walk::include(call.clone());
		let again = call.authorize(TransactionSource::External).expect("authorised");
		assert!(again.is_err(), "it counts once");
		asked(1, &proven.input);
		let RuntimeCall::Circuits(pallet_circuits::Call::deliver {
			node,
			draw,
			output,
			proof,
			signature,
			..
		}) = call
		else {
			panic!("no delivery");
		};
		// The signature is over request 0.
		for draw in [draw, draw_of(1)] {
			let copied = RuntimeCall::Circuits(pallet_circuits::Call::deliver {
				node,
				request: 1,
				draw,
				output: output.clone(),
				proof: proof.clone(),
				signature: signature.clone(),
			});
			let verdict = copied.authorize(TransactionSource::External).expect("authorised");
			assert!(verdict.is_err(), "a copied proof pays nobody");
		}
	});
}

#[test]
fn under_a_reference_string_that_root_removed_everything_returns() {
	on_a_chain_with_the_model(|key| {
		let proven = Proven::called("proof");
		asked(0, &proven.input);
		let (alice, before) = (free(account(Alice)), bond());
		let ids: Vec<_> = pallet_proofs::ReferenceStrings::<Runtime>::iter_keys().collect();
		for id in ids {
			assert_ok!(Proofs::remove_reference_string(RuntimeOrigin::root(), id));
		}
		walk::include(delivery(0, key, &proven.output, &proven));
		assert!(matches!(state(0), Some(State::Expired { .. })));
		assert_eq!(free(account(Alice)) - alice, 2 * PRICE);
		assert_eq!(bond(), before, "it is no fault of the node");
		assert!(ask(9, &proven.input).is_err(), "and nobody is asked any more");
	});
}

#[test]
fn what_the_circuit_cannot_hold_is_refused_and_what_nodes_find_unprovable_fails() {
	on_a_chain_with_the_model(|_| {
		let beyond = Tensor::from_f32(&[1, 4], &[0.0, 40_000.0, 0.0, 0.0]).expect("four");
		let refused = ask(7, &opg_tensor::encode(&[beyond])).expect_err("beyond 2^15");
		assert_eq!(refused, pallet_inference::Error::<Runtime>::InputUnprovable.into());
		let proven = Proven::called("proof");
		asked(0, &proven.input);
		let before = bond();
		let outcome = Outcome::Fault(FaultKind::Unprovable);
		let answers = vec![opg_primitives::job::Answer { request: 0, draw: draw_of(0), outcome }];
		let number = pallet_nodes::Nodes::<Runtime>::get(0).expect("registered").next_batch;
		let claim = statement(Domain::Answers, genesis(), &(0u32, number, &answers));
		walk::include(RuntimeCall::Inference(pallet_inference::Call::answer {
			node: 0,
			number,
			answers: answers.try_into().expect("one"),
			signature: worker(Bob).sign(&claim).into(),
		}));
		assert_eq!(state(0), Some(State::Waiting), "another node has to find the same");
		assert_eq!(bond(), before);
	});
}

#[test]
fn a_request_pays_for_the_check_beforehand() {
	on_a_chain_with_the_model(|_| {
		let upkeep = |trust| Inference::estimate(0, trust).expect("an active model").upkeep;
		let (plain, proved) = (upkeep(TrustMode::Attested), upkeep(TrustMode::Proved));
		assert!(proved > plain, "{proved} and {plain}");
		let alice = free(account(Alice));
		assert_ok!(ask(1, &Proven::called("proof").input));
		assert_eq!(alice - free(account(Alice)), proved + 2 * PRICE);
	});
}

const SALT: [u8; 32] = [3; 32];

/// What a runtime for floats might answer: so many of the circuit's steps beside what the circuit gives.
fn beside(proven: &Proven, steps: f32) -> Vec<u8> {
	let tensors = opg_tensor::decode(&proven.output, 8_192).expect("tensors");
	let mut values = tensors[0].as_f32().expect("floats");
	values[1] -= steps / f32::from(1u16 << SCALE);
	opg_tensor::encode(&[Tensor::from_f32(&[1, 3], &values).expect("three")])
}

/// Asks without a proof, and has Bob's node answer this.
fn answered(request: RequestId, input: &[u8], output: Vec<u8>) {
	assert_ok!(ask_under(TrustMode::Attested, request as u8, input));
	next_block();
	next_block();
	let outcome = Outcome::Output(output.try_into().expect("short"));
	let answers = vec![opg_primitives::job::Answer { request, draw: draw_of(request), outcome }];
	let number = pallet_nodes::Nodes::<Runtime>::get(0).expect("registered").next_batch;
	let claim = statement(Domain::Answers, genesis(), &(0u32, number, &answers));
	walk::include(RuntimeCall::Inference(pallet_inference::Call::answer {
		node: 0,
		number,
		answers: answers.try_into().expect("one"),
		signature: worker(Bob).sign(&claim).into(),
	}));
	assert!(matches!(state(request), Some(State::Settled { .. })));
}

/// Commits to what proves an answer, and waits until it may be shown.
fn commit(who: Sr25519Keyring, request: RequestId, proven: &Proven) {
	let Proven { output, proof, .. } = proven;
	let hash = commitment(genesis(), &account(who), request, output, proof, &SALT);
	assert_ok!(Circuits::commit(RuntimeOrigin::signed(account(who)), request, hash));
	(0..3).for_each(|_| next_block());
}

fn showing(request: RequestId, proven: &Proven) -> pallet_circuits::Call<Runtime> {
	pallet_circuits::Call::prove {
		request,
		output: proven.output.clone().try_into().expect("short"),
		proof: proven.proof.clone().try_into().expect("short"),
		salt: SALT,
	}
}

fn show(who: Sr25519Keyring, request: RequestId, proven: &Proven) -> DispatchResult {
	let origin = RuntimeOrigin::signed(account(who));
	let shown = RuntimeCall::from(showing(request, proven)).dispatch(origin);
	shown.map(|_| ()).map_err(|refusal| refusal.error)
}

type Refused = pallet_circuits::Error<Runtime>;

#[test]
fn an_answer_given_without_a_proof_is_proved_later_by_whoever_committed_to_it_first() {
	on_a_chain_with_the_model(|key| {
		let proven = Proven::called("proof");
		answered(0, &proven.input, beside(&proven, 3.0));
		let [charlie, eve] = [Charlie, Eve].map(|who| free(account(who)));
		commit(Charlie, 0, &proven);
		assert!(free(account(Charlie)) < charlie, "a deposit is held");
		let call = RuntimeCall::from(showing(0, &proven));
		let weight = call.get_dispatch_info().call_weight;
		assert!(weight.ref_time() > 2_000_000_000, "the check is in it: {weight}");
		assert_noop!(show(Eve, 0, &proven), Refused::NotCommitted);
		assert_ok!(show(Charlie, 0, &proven));
		assert_eq!([Charlie, Eve].map(|who| free(account(who))), [charlie, eve]);
		let late = Requests::<Runtime>::get(0).and_then(|record| record.late_proof);
		let late = late.expect("proved later");
		assert_eq!((late.by, late.key, late.proof.bytes), (account(Charlie), key, 3_072));
		assert_eq!(late.proof.hash.0, blake2_256(&proven.proof));
		assert_eq!(late.proof.statement.0, blake2_256(&(key, &proven.words).encode()));
		// 3 · 2⁻¹³, in units of 10⁻⁹.
		assert_eq!(late.difference, 366_211);
		commit_is_refused(Eve, 0);
		assert_ok!(Inference::dispute(RuntimeOrigin::signed(account(Eve)), 0).or_else(|error| {
			// There are too few nodes here for a panel: nothing else stands in its way.
			let few = pallet_inference::Error::<Runtime>::TooFewOperators.into();
			if error == few {
				Ok(())
			} else {
				Err(error)
			}
		}));
	});
}

fn commit_is_refused(who: Sr25519Keyring, request: RequestId) {
	let origin = RuntimeOrigin::signed(account(who));
	assert_noop!(Circuits::commit(origin, request, Default::default()), Refused::AlreadyProved);
}

#[test]
fn a_proof_of_another_request_or_of_numbers_beside_the_answer_proves_nothing_later() {
	on_a_chain_with_the_model(|_| {
		let (proven, other) = (Proven::called("proof"), Proven::called("proof_b"));
		// Of another input.
		answered(0, &other.input, beside(&proven, 1.0));
		commit(Charlie, 0, &proven);
		assert_noop!(show(Charlie, 0, &proven), Refused::ProofWrong);
		// Of the right input, and the answer is a bound away from what the circuit gives, or further.
		for (request, steps, is_near) in [(1, 64.0, true), (2, 64.01, false)] {
			answered(request, &proven.input, beside(&proven, steps));
			commit(Charlie, request, &proven);
			if is_near {
				assert_ok!(show(Charlie, request, &proven));
			} else {
				assert_noop!(show(Charlie, request, &proven), Refused::AnswerTooFar);
			}
		}
		// A good proof, of another output.
		answered(3, &proven.input, beside(&proven, 0.0));
		let swapped = Proven { output: beside(&proven, 1.0), ..Proven::called("proof") };
		commit(Charlie, 3, &swapped);
		assert_noop!(show(Charlie, 3, &swapped), Refused::ProofWrong);
		assert_noop!(show(Charlie, 3, &proven), Refused::NotAsCommitted);
		let late = |request| Requests::<Runtime>::get(request).and_then(|record| record.late_proof);
		assert_eq!([0, 2, 3].map(late), [None, None, None]);
	});
}
