//! A development chain walked block by block: a model published and served, requests made and answered.

use crate::chain;
use codec::Encode;
use frame_support::{
	assert_ok,
	dispatch::DispatchResult,
	pallet_prelude::TransactionSource,
	traits::{Authorize, OnFinalize, OnInitialize, UnfilteredDispatchable},
};
use opg_primitives::{
	job::Answer,
	statement::{statement, Domain},
	AppUse, ContentCodec, ContentId, Draw, Input, Outcome, Port, RequestId, TrustKind, TrustMode,
};
use opg_runtime::{
	constants::{currency::OPG, time::SLOT_DURATION},
	genesis_config_presets::worker_seed,
	AccountId, AllPalletsWithSystem, Apps, Babe, Balance, Balances, BlockNumber, Growth, Inference,
	Models, Nodes, Runtime, RuntimeCall, RuntimeOrigin, System, Usage,
};
use opg_tensor::{Dimension, ElementType, NumericProfile, Tensor};
use pallet_inference::{Requests, State};
use sp_consensus_babe::{
	digests::{PreDigest, SecondaryVRFPreDigest},
	make_vrf_sign_data, Slot, BABE_ENGINE_ID,
};
use sp_core::{crypto::VrfSecret, sr25519, Pair};
use sp_keyring::Sr25519Keyring::{self, Alice, Bob, Eve};
use sp_runtime::{Digest, DigestItem, Permill};

pub(crate) const PRICE: Balance = OPG;

pub(crate) fn on_the_development_chain(journey: impl FnOnce()) {
	chain::of_preset("development").execute_with(|| {
		begin_block(1);
		journey();
		Models::check_laws().expect("models");
		Nodes::check_laws().expect("nodes");
		Inference::check_laws().expect("requests");
		Usage::check_laws().expect("use");
		Apps::check_laws().expect("apps");
		Growth::check_laws().expect("growth");
		opg_runtime::Economics::check_laws().expect("money");
	});
}

/// Begins a block as Alice would author it in a secondary slot.
pub(crate) fn begin_block(number: BlockNumber) {
	let slot = Slot::from(1_000 + u64::from(number));
	let claim =
		make_vrf_sign_data(&Babe::randomness(), slot, pallet_babe::EpochIndex::<Runtime>::get());
	let vrf_signature = Alice.pair().vrf_sign(&claim);
	let seal =
		PreDigest::SecondaryVRF(SecondaryVRFPreDigest { authority_index: 0, slot, vrf_signature });
	let digest = Digest { logs: vec![DigestItem::PreRuntime(BABE_ENGINE_ID, seal.encode())] };
	System::initialize(&number, &Default::default(), &digest);
	AllPalletsWithSystem::on_initialize(number);
	let moment = u64::from(slot) * SLOT_DURATION;
	let call = RuntimeCall::Timestamp(pallet_timestamp::Call::set { now: moment });
	assert_ok!(call.dispatch_bypass_filter(RuntimeOrigin::none()));
}

pub(crate) fn next_block() {
	let number = System::block_number();
	AllPalletsWithSystem::on_finalize(number);
	begin_block(number + 1);
}

pub(crate) fn worker(owner: Sr25519Keyring) -> sr25519::Pair {
	sr25519::Pair::from_string(&worker_seed(owner), None).expect("a valid path")
}

/// Includes a call that signs for itself, as a block would.
pub(crate) fn include(call: RuntimeCall) {
	let authorized = call.authorize(TransactionSource::External).expect("needs no other origin");
	assert_ok!(authorized);
	let origin = frame_system::RawOrigin::Authorized;
	assert_ok!(call.dispatch_bypass_filter(origin.into()));
}

pub(crate) fn genesis() -> opg_runtime::Hash {
	System::block_hash(0)
}

pub(crate) fn report(node: u32, owner: Sr25519Keyring, models: Vec<u32>) {
	let number = pallet_nodes::Nodes::<Runtime>::get(node).expect("registered").next_heartbeat;
	let claim = statement(Domain::Heartbeat, genesis(), &(node, number, &models));
	include(RuntimeCall::Nodes(pallet_nodes::Call::heartbeat {
		node,
		number,
		models: models.try_into().expect("few"),
		signature: worker(owner).sign(&claim).into(),
	}));
}

pub(crate) fn port(name: &str, length: u32) -> Port {
	Port {
		name: name.as_bytes().to_vec().try_into().expect("short"),
		element: ElementType::Float32,
		shape: vec![Dimension::Fixed(length)].try_into().expect("one axis"),
	}
}

pub(crate) fn tensors(values: &[f32]) -> Vec<u8> {
	let tensor = Tensor::from_f32(&[values.len() as u32], values).expect("as many as said");
	opg_tensor::encode(&[tensor])
}

pub(crate) fn free(who: impl Into<AccountId>) -> Balance {
	Balances::free_balance(who.into())
}

pub(crate) fn account(who: Sr25519Keyring) -> AccountId {
	who.to_account_id()
}

/// Publishes a model of Eve's that takes two numbers and gives one; node 0, Bob's, serves it.
pub(crate) fn publish_and_serve() {
	assert_ok!(Models::publish(
		RuntimeOrigin::signed(account(Eve)),
		pallet_models::Draft {
			name: b"sum".to_vec().try_into().expect("short"),
			content: ContentId { codec: ContentCodec::Raw, digest: [1; 32] },
			inputs: vec![port("x", 2)].try_into().expect("one"),
			outputs: vec![port("y", 1)].try_into().expect("one"),
			profile: NumericProfile::Exact,
			price: PRICE,
			royalty: Permill::from_percent(10),
			trust: vec![TrustKind::Attested].try_into().expect("one"),
			circuit: None,
		}
	));
	report(0, Bob, vec![0]);
}

pub(crate) fn ask_as(who: AccountId, key: u8, through: Option<AppUse>) -> DispatchResult {
	Inference::request(
		RuntimeOrigin::signed(who),
		0,
		Input::Inline(tensors(&[1.0, 2.0]).try_into().expect("short")),
		TrustMode::Attested,
		2 * PRICE,
		40,
		[key; 16],
		through,
	)
	.map(|_| ())
	.map_err(|refusal| refusal.error)
}

/// Bob's node answers a request.
pub(crate) fn answer(request: RequestId, draw: Draw) {
	let outcome = Outcome::Output(tensors(&[3.0]).try_into().expect("short"));
	let answers = vec![Answer { request, draw, outcome }];
	let number = pallet_nodes::Nodes::<Runtime>::get(0).expect("registered").next_batch;
	let claim = statement(Domain::Answers, genesis(), &(0u32, number, &answers));
	include(RuntimeCall::Inference(pallet_inference::Call::answer {
		node: 0,
		number,
		answers: answers.try_into().expect("one"),
		signature: worker(Bob).sign(&claim).into(),
	}));
}

/// The draw that gave a request to a node.
pub(crate) fn draw_of(request: RequestId) -> Draw {
	match Requests::<Runtime>::get(request).map(|record| record.state) {
		Some(State::Assigned { draw, .. }) => draw,
		other => panic!("not drawn: {other:?}"),
	}
}
