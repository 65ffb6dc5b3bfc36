//! What bad input gets on a running node: the typed error, nothing stored, nothing charged beyond the transaction's fee.

mod running;

use opg_primitives::{
	node::WorkerSignature, ContentCodec, ContentId, Input, Port, Roles, TrustKind, TrustMode,
};
use opg_runtime::{constants::currency::OPG, Runtime, RuntimeCall};
use opg_tensor::{Dimension, ElementType, NumericProfile, Tensor};
use pallet_inference::Error as InferenceError;
use pallet_models::{Draft, Error as ModelsError};
use pallet_nodes::Error as NodesError;
use running::{refused_start, Node};
use sp_core::{sr25519, Pair};
use sp_keyring::Sr25519Keyring::{Alice, Bob};
use sp_runtime::{DispatchError, Permill, TokenError};

const MLP: &[u8] = include_bytes!("../worker/tests/fixtures/mlp.onnx");
const TRUNCATED: &[u8] = include_bytes!("../worker/tests/fixtures/truncated.onnx");

fn port(name: &str, columns: u32) -> Port {
	Port {
		name: name.as_bytes().to_vec().try_into().expect("short"),
		element: ElementType::Float32,
		shape: vec![Dimension::Any, Dimension::Fixed(columns)].try_into().expect("two axes"),
	}
}

fn draft(content: ContentId) -> Draft<u128> {
	Draft {
		name: b"mlp".to_vec().try_into().expect("short"),
		content,
		inputs: vec![port("x", 4)].try_into().expect("one"),
		outputs: vec![port("y", 3)].try_into().expect("one"),
		profile: NumericProfile::Tolerance { abs: 10_000, rel: 100_000 },
		price: OPG,
		royalty: Permill::zero(),
		trust: vec![TrustKind::Attested].try_into().expect("one"),
		circuit: None,
	}
}

fn publish(content: ContentId, change: impl FnOnce(&mut Draft<u128>)) -> RuntimeCall {
	let mut draft = draft(content);
	change(&mut draft);
	RuntimeCall::Models(pallet_models::Call::publish { draft })
}

fn tensors(columns: u32) -> Vec<u8> {
	let tensor = Tensor::from_f32(&[1, columns], &vec![0.5; columns as usize]).expect("sound");
	opg_tensor::encode(&[tensor])
}

fn request(model: u32, bytes: Vec<u8>, max_fee: u128, deadline: u32) -> RuntimeCall {
	RuntimeCall::Inference(pallet_inference::Call::request {
		model,
		input: Input::Inline(bytes.try_into().expect("short")),
		trust: TrustMode::Attested,
		max_fee,
		deadline,
		client_key: [7; 16],
		through: None,
	})
}

fn register(bond: u128, proof: WorkerSignature) -> RuntimeCall {
	let worker = sr25519::Pair::from_string("//fresh", None).expect("a path").public().into();
	RuntimeCall::Nodes(pallet_nodes::Call::register {
		roles: Roles::INFERENCE,
		worker,
		proof,
		bond,
	})
}

fn unproven() -> WorkerSignature {
	Alice.pair().sign(b"another claim").into()
}

#[test]
fn calls_are_refused_by_name_and_leave_no_trace() {
	let node = Node::start();
	let content = node.store(MLP);
	node.include(Alice, vec![publish(content, |_| {})]);
	node.wait_until_served(0);

	let before = node.traces(Alice);
	let cases: Vec<(RuntimeCall, DispatchError)> = vec![
		(publish(content, |draft| draft.price = 1), ModelsError::<Runtime>::PriceTooLow.into()),
		(
			publish(content, |draft| draft.inputs = Default::default()),
			ModelsError::<Runtime>::NoPorts.into(),
		),
		(
			publish(content, |draft| {
				draft.outputs = vec![port("y", 100_000)].try_into().expect("one");
			}),
			ModelsError::<Runtime>::PortShapeInvalid.into(),
		),
		(
			publish(content, |draft| draft.royalty = Permill::from_percent(90)),
			ModelsError::<Runtime>::RoyaltyTooHigh.into(),
		),
		(request(9, tensors(4), OPG, 40), InferenceError::<Runtime>::ModelUnknown.into()),
		(request(0, tensors(5), OPG, 40), InferenceError::<Runtime>::InputMismatch.into()),
		(request(0, vec![1, 2, 3], OPG, 40), InferenceError::<Runtime>::InputMalformed.into()),
		(request(0, tensors(4), OPG - 1, 40), InferenceError::<Runtime>::MaxFeeTooLow.into()),
		(request(0, tensors(4), OPG, 3), InferenceError::<Runtime>::DeadlineInvalid.into()),
		(request(0, tensors(4), 10_000_000 * OPG, 40), TokenError::FundsUnavailable.into()),
		(register(OPG, unproven()), NodesError::<Runtime>::WorkerNotProven.into()),
		(
			RuntimeCall::Nodes(pallet_nodes::Call::unbond { node: 0 }),
			NodesError::<Runtime>::NotOwner.into(),
		),
		(
			RuntimeCall::Inference(pallet_inference::Call::cancel { request: 5 }),
			InferenceError::<Runtime>::RequestUnknown.into(),
		),
	];
	let (calls, expected): (Vec<_>, Vec<_>) = cases.into_iter().unzip();
	let outcome = node.include(Alice, calls);
	assert_eq!(outcome.errors, expected.into_iter().map(Some).collect::<Vec<_>>());

	let after = node.traces(Alice);
	assert_eq!(after.records, before.records, "a refused call stored something");
	assert_eq!(after.held, before.held);
	assert_eq!(before.free - after.free, outcome.fees, "more than the fee was charged");
}

#[test]
fn what_signs_for_itself_is_refused_at_the_door() {
	let mut node = Node::start();
	let signature = unproven();
	let forged_heartbeat = RuntimeCall::Nodes(pallet_nodes::Call::heartbeat {
		node: 0,
		number: 1_000_000,
		models: Default::default(),
		signature: signature.clone(),
	});
	let foreign_answers = RuntimeCall::Inference(pallet_inference::Call::answer {
		node: 0,
		number: 0,
		answers: Default::default(),
		signature,
	});
	let unknown_node = RuntimeCall::Nodes(pallet_nodes::Call::heartbeat {
		node: 77,
		number: 0,
		models: Default::default(),
		signature: unproven(),
	});
	for call in [forged_heartbeat, foreign_answers, unknown_node] {
		let error = node.submit_authorized(call).expect_err("a forged call was taken");
		assert!(error.contains("nvalid") || error.contains("utdated"), "{error}");
	}
	// An input one byte longer than a request may carry does not even decode.
	let error = node.submit_too_long_an_input().expect_err("too long an input was taken");
	assert!(error.contains("Verification Error"), "{error}");
	assert!(node.lives());
}

#[test]
fn the_store_says_what_is_wrong_with_an_id() {
	let mut node = Node::start();
	let malformed = node.call("store_get", "not-an-id").expect_err("no id");
	assert!(malformed.contains("content id"), "{malformed}");
	let absent = ContentId { codec: ContentCodec::Raw, digest: [3; 32] };
	let error = node.call("store_get", &absent.to_string()).expect_err("nobody put it here");
	assert!(error.contains("not in this store"), "{error}");
	assert!(node.lives());
}

#[test]
fn a_file_that_is_no_model_is_served_by_nobody_and_harms_nobody() {
	let mut node = Node::start();
	let broken = node.store(TRUNCATED);
	let absent = ContentId { codec: ContentCodec::Raw, digest: [3; 32] };
	let sound = node.store(MLP);
	let calls = [broken, absent, sound].map(|content| publish(content, |_| {}));
	node.include(Alice, calls.to_vec());
	node.wait_until_served(2);
	assert_eq!([0, 1].map(|model| node.candidates(model)), [0, 0]);
	let outcome = node.include(Bob, vec![request(0, tensors(4), OPG, 40)]);
	assert_eq!(outcome.errors, [Some(InferenceError::<Runtime>::NotServed.into())]);
	assert!(node.lives());
}

#[test]
fn an_accelerator_that_is_absent_is_an_error_and_never_the_cpu() {
	let said = refused_start(&["--accelerator", "cuda"]);
	assert!(said.contains("CUDA") || said.contains("cuda"), "{said}");
}

#[test]
fn a_missing_onnx_runtime_says_how_to_get_it() {
	let said = refused_start(&["--onnxruntime", "/nowhere/libonnxruntime.so"]);
	assert!(said.contains("scripts/setup.sh"), "{said}");
}

#[test]
fn an_unknown_accelerator_or_role_is_refused_by_the_command_line() {
	let said = refused_start(&["--accelerator", "abacus"]);
	assert!(said.contains("abacus"), "{said}");
	let said = refused_start(&["--role", "juggler"]);
	assert!(said.contains("inference"), "{said}");
}
