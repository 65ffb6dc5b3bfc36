//! The smallest runtime that takes answers with proofs: requests, models, nodes and proofs are stand-ins behind their seams.

use crate::{Call, Event, HoldReason};
use frame_support::{
	derive_impl,
	pallet_prelude::{TransactionSource, TransactionValidityWithRefund},
	parameter_types,
	traits::{fungible::InspectHold, Authorize, ConstU32, ConstU64, Hooks, UnfilteredDispatchable},
	weights::{IdentityFee, Weight},
};
use frame_system::{mocking::MockUncheckedExtrinsic, AuthorizeCall};
use opg_primitives::{
	model::{ModelSpec, Port},
	node::WorkerId,
	seams::{
		AnswerDesk, AnswerRefusal, GivenAnswer, KeyId, ModelCatalogue, ModelRefusal, ModelTerms,
		Proof, ProofRefusal, ProofVerifier, ProvedDesk, WorkerKeys,
	},
	Circuit, ContentCodec, ContentId, Draw, Input, LateProof, ModelId, NodeId, Outcome, RequestId,
	TrustKind,
};
use opg_tensor::{Dimension, ElementType, NumericProfile, Tensor};
use sp_core::{sr25519, Pair};
use sp_runtime::BuildStorage;
use std::collections::BTreeMap;

pub(crate) type Balance = u64;
pub(crate) type Extrinsic = MockUncheckedExtrinsic<Test, (), AuthorizeCall<Test>>;

pub(crate) const ALICE: u64 = 1;
pub(crate) const BOB: u64 = 2;
pub(crate) const PURSE: Balance = 1_000;
pub(crate) const DEPOSIT: Balance = 30;
/// Blocks from a commitment to its proof, at the least and at the most.
pub(crate) const AGE: u64 = 2;
pub(crate) const LIFE: u64 = 10;
/// The most commitments that are kept.
pub(crate) const PLACES: u32 = 4;

pub(crate) const MODEL: ModelId = 3;
/// A model without a circuit.
pub(crate) const BARE: ModelId = 4;
/// Requests that were answered without a proof, alike.
pub(crate) const ANSWERED: RequestId = 20;
pub(crate) const ANSWERED_TOO: RequestId = 21;
pub(crate) const KEY: KeyId = KeyId::repeat_byte(7);
/// The request that node 0 has.
pub(crate) const REQUEST: RequestId = 9;
pub(crate) const DRAW: Draw = Draw::repeat_byte(5);
pub(crate) const PROOF_BYTES: u32 = 4;
/// A proof that [`Judge`] believes of what [`Shown`] says.
pub(crate) const GOOD: [u8; 4] = [1; 4];

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
	pub type Circuits = crate;
	#[runtime::pallet_index(2)]
	pub type Balances = pallet_balances;
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

impl<C> frame_system::offchain::CreateTransactionBase<C> for Test
where
	RuntimeCall: From<C>,
{
	type RuntimeCall = RuntimeCall;
	type Extrinsic = Extrinsic;
}

impl<C> frame_system::offchain::CreateTransaction<C> for Test
where
	RuntimeCall: From<C>,
{
	type Extension = AuthorizeCall<Test>;

	fn create_transaction(call: RuntimeCall, extension: AuthorizeCall<Test>) -> Extrinsic {
		Extrinsic::new_transaction(call, extension)
	}
}

impl<C> frame_system::offchain::CreateAuthorizedTransaction<C> for Test
where
	RuntimeCall: From<C>,
{
	fn create_extension() -> AuthorizeCall<Test> {
		AuthorizeCall::new()
	}
}

/// What a desk was told of a request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Told {
	/// It is answered.
	Settled(NodeId, RequestId, Outcome, Proof),
	/// Its proof was wrong.
	Refused(NodeId, RequestId),
	/// Nobody can prove it.
	GivenUp(NodeId, RequestId),
}

parameter_types! {
	/// Who has [`REQUEST`].
	pub static Holder: Option<NodeId> = Some(0);
	/// What it asks.
	pub static Asked: Input = input(&[1.0, -0.5]);
	/// What the good proof shows.
	pub static Shown: Vec<[u8; 32]> = Vec::new();
	/// Whether the key is believed.
	pub static IsBelieved: bool = true;
	/// Whether the key was found to be another model's.
	pub static IsRefuted: bool = false;
	/// What the desk was told.
	pub(crate) static Heard: Vec<Told> = Vec::new();
	/// Answers given without a proof, and why others are none.
	pub static Given: BTreeMap<RequestId, Result<GivenAnswer, AnswerRefusal>> = BTreeMap::new();
	/// What was noted of answers proved later.
	pub static Noted: Vec<(RequestId, LateProof<u64>)> = Vec::new();
}

/// Has one request.
pub struct Requests;

impl ProvedDesk for Requests {
	fn question(node: NodeId, request: RequestId, draw: Draw) -> Option<(ModelId, Input)> {
		let is_live = Holder::get() == Some(node) && request == REQUEST && draw == DRAW;
		is_live.then(|| (MODEL, Asked::get()))
	}

	fn model(request: RequestId) -> Option<ModelId> {
		(request == REQUEST).then_some(MODEL)
	}

	fn settle(node: NodeId, request: RequestId, output: Outcome, proof: Proof) {
		Holder::set(None);
		Heard::mutate(|all| all.push(Told::Settled(node, request, output, proof)));
	}

	fn refuse(node: NodeId, request: RequestId) {
		Holder::set(None);
		Heard::mutate(|all| all.push(Told::Refused(node, request)));
	}

	fn give_up(node: NodeId, request: RequestId) {
		Holder::set(None);
		Heard::mutate(|all| all.push(Told::GivenUp(node, request)));
	}
}

impl AnswerDesk<u64> for Requests {
	fn asked(request: RequestId) -> Option<ModelId> {
		Given::get().get(&request)?.as_ref().ok().map(|answer| answer.model)
	}

	fn answered(request: RequestId) -> Result<GivenAnswer, AnswerRefusal> {
		Given::get().remove(&request).unwrap_or(Err(AnswerRefusal::Unknown))
	}

	fn note_proof(request: RequestId, proof: LateProof<u64>) {
		Given::mutate(|all| all.insert(request, Err(AnswerRefusal::Proved)));
		Noted::mutate(|all| all.push((request, proof)));
	}
}

/// One model, two numbers in and one out; another that is alike and has no circuit.
pub struct Catalogue;

impl ModelCatalogue<u64, Balance> for Catalogue {
	fn terms(_: ModelId, _: TrustKind) -> Result<ModelTerms<u64, Balance>, ModelRefusal> {
		unreachable!("nothing is asked here")
	}

	fn spec(model: ModelId) -> Option<ModelSpec> {
		let content = ContentId { codec: ContentCodec::Raw, digest: [1; 32] };
		let scales = || vec![13].try_into().expect("one scale");
		[MODEL, BARE].contains(&model).then(|| ModelSpec {
			id: model,
			content,
			inputs: vec![port("x", 2)].try_into().expect("one port"),
			outputs: vec![port("y", 1)].try_into().expect("one port"),
			profile: NumericProfile::Exact,
			circuit: (model == MODEL).then(|| Circuit {
				key: KEY,
				settings: content,
				input_scales: scales(),
				output_scales: scales(),
				bits: 28,
			}),
		})
	}

	fn is_active(model: ModelId) -> bool {
		model == MODEL
	}

	fn is_key_believed(_: ModelId) -> bool {
		!IsRefuted::get()
	}

	fn answer_time(_: ModelId) -> u32 {
		0
	}

	fn note_answer_time(_: ModelId, _: u32) {}

	fn note_wait(_: ModelId) {}

	fn next() -> ModelId {
		MODEL + 1
	}
}

fn port(name: &str, length: u32) -> Port {
	Port {
		name: name.as_bytes().to_vec().try_into().expect("a short name"),
		element: ElementType::Float32,
		shape: vec![Dimension::Fixed(length)].try_into().expect("one axis"),
	}
}

/// Two nodes.
pub struct Registry;

impl WorkerKeys<u64> for Registry {
	fn owner(node: NodeId) -> Option<u64> {
		Some(10 + u64::from(node))
	}

	fn worker(node: NodeId) -> Option<WorkerId> {
		(node < 2).then(|| pair(node).public().into())
	}

	fn by_worker(worker: &WorkerId) -> Option<NodeId> {
		(0..2).find(|node| Self::worker(*node).as_ref() == Some(worker))
	}
}

/// Believes one proof, of one thing.
pub struct Judge;

impl ProofVerifier for Judge {
	fn verify(key: KeyId, inputs: &[[u8; 32]], proof: &[u8]) -> Result<(), ProofRefusal> {
		if !IsBelieved::get() {
			return Err(ProofRefusal::KeyUnusable);
		}
		let holds = key == KEY && proof == GOOD && inputs == Shown::get();
		holds.then_some(()).ok_or(ProofRefusal::Rejected)
	}

	fn proof_bytes(key: KeyId) -> Option<u32> {
		(key == KEY && IsBelieved::get()).then_some(PROOF_BYTES)
	}

	fn weight(_: KeyId, inputs: u32, proof: u32) -> Weight {
		Weight::from_parts(1_000_000 * u64::from(inputs + proof), 0)
	}
}

impl crate::Config for Test {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Desk = Requests;
	type Models = Catalogue;
	type Nodes = Registry;
	type Verifier = Judge;
	type WeightToFee = IdentityFee<Balance>;
	type CommitmentDeposit = ConstU64<DEPOSIT>;
	type CommitmentAge = ConstU64<AGE>;
	type CommitmentLife = ConstU64<LIFE>;
	type MaxCommitments = ConstU32<PLACES>;
	type MaxSteps = ConstU32<8>;
	type WeightInfo = crate::weights::UpperBounds<Test>;
}

/// The worker key of a node.
pub(crate) fn pair(node: NodeId) -> sr25519::Pair {
	sr25519::Pair::from_string(&format!("//{node}"), None).expect("a valid path")
}

fn encoded(values: &[f32]) -> Vec<u8> {
	let length = u32::try_from(values.len()).expect("few");
	opg_tensor::encode(&[Tensor::from_f32(&[length], values).expect("as many as there are")])
}

/// An input of these numbers.
pub(crate) fn input(values: &[f32]) -> Input {
	Input::Inline(encoded(values).try_into().expect("short"))
}

/// An output of this number.
pub(crate) fn output(value: f32) -> crate::Output {
	encoded(&[value]).try_into().expect("short")
}

/// What node 0 delivers, signed by its key.
pub(crate) fn delivery(value: f32, proof: &[u8]) -> Call<Test> {
	signed_delivery(0, DRAW, value, proof, &pair(0))
}

/// What a node delivers, signed by any key.
pub(crate) fn signed_delivery(
	node: NodeId,
	draw: Draw,
	value: f32,
	proof: &[u8],
	key: &sr25519::Pair,
) -> Call<Test> {
	let output = output(value);
	let claim = Circuits::claim(MODEL, &Asked::get(), &output);
	let claim = claim.unwrap_or(crate::delivery::Claim { key: KEY, inputs: Vec::new() });
	let signature = key.sign(&Circuits::signed(node, REQUEST, draw, &claim, proof)).into();
	let proof = proof.to_vec().try_into().expect("short");
	Call::deliver { node, request: REQUEST, draw, output, proof, signature }
}

/// What the pool is told of a call.
pub(crate) fn authorize(call: &Call<Test>) -> TransactionValidityWithRefund {
	call.authorize(TransactionSource::External).expect("deliveries are authorised")
}

/// Includes a delivery if the pool would take it.
pub(crate) fn include(call: Call<Test>) -> bool {
	let is_valid = authorize(&call).is_ok();
	if is_valid {
		let origin = frame_system::RawOrigin::Authorized;
		frame_support::assert_ok!(call.dispatch_bypass_filter(origin.into()));
	}
	is_valid
}

/// A fresh chain on which node 0 has the request, and the good proof shows that 0.25 is the answer.
pub(crate) fn externalities() -> sp_io::TestExternalities {
	let genesis = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig {
			balances: vec![(ALICE, PURSE), (BOB, PURSE)],
			..Default::default()
		},
		..Default::default()
	};
	let mut externalities: sp_io::TestExternalities =
		genesis.build_storage().expect("a genesis").into();
	externalities.execute_with(|| {
		Holder::set(Some(0));
		Asked::set(input(&[1.0, -0.5]));
		IsBelieved::set(true);
		IsRefuted::set(false);
		Heard::take();
		let claim = Circuits::claim(MODEL, &Asked::get(), &output(0.25)).expect("on the grid");
		Shown::set(claim.inputs);
		Given::set([ANSWERED, ANSWERED_TOO].map(|request| (request, Ok(answer(0.25)))).into());
		Noted::take();
		System::set_block_number(1);
	});
	externalities
}

/// Runs a test, after which the laws have to hold.
pub(crate) fn build_and_execute(test: impl FnOnce()) {
	externalities().execute_with(|| {
		test();
		Circuits::check_laws().expect("the laws hold");
	});
}

/// An answer of this number to what is asked.
pub(crate) fn answer(value: f32) -> GivenAnswer {
	GivenAnswer { model: MODEL, input: Asked::get(), output: output(value) }
}

/// Says something else of a request.
pub(crate) fn give(request: RequestId, answer: Result<GivenAnswer, AnswerRefusal>) {
	Given::mutate(|all| all.insert(request, answer));
}

/// Goes on by some blocks, each with time left at its end.
pub(crate) fn run(blocks: u64) {
	for _ in 0..blocks {
		let now = System::block_number() + 1;
		System::set_block_number(now);
		Circuits::on_idle(now, Weight::MAX);
	}
}

/// What is held of an account for its commitments.
pub(crate) fn held(account: u64) -> Balance {
	Balances::balance_on_hold(&HoldReason::Commitment.into(), &account)
}

/// This pallet's events since the last call.
pub(crate) fn events() -> Vec<Event<Test>> {
	let events = System::events()
		.into_iter()
		.filter_map(|record| match record.event {
			RuntimeEvent::Circuits(event) => Some(event),
			_ => None,
		})
		.collect();
	System::reset_events();
	events
}
