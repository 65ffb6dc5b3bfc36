//! The smallest runtime that takes requests, and what tests do with it; what is behind its seams are stand-ins.

mod stand_ins;

pub(crate) use stand_ins::*;

use crate::{Call, Event, HoldReason, MaxBatch, Pallet, Requests, State};
use frame_support::{
	derive_impl,
	dispatch::DispatchResult,
	pallet_prelude::{TransactionSource, TransactionValidityWithRefund},
	parameter_types,
	traits::{fungible::InspectHold, Authorize, ConstU32, ConstU64, Hooks, UnfilteredDispatchable},
	weights::Weight,
};
use frame_system::{mocking::MockUncheckedExtrinsic, AuthorizeCall};
use opg_primitives::{
	job::Answer,
	seams::NodeRegistry,
	statement::{statement, Domain},
	Access, AppUse, Draw, FaultKind, Input, ModelId, NodeId, Outcome, RequestId, TrustMode,
};
use opg_tensor::Tensor;
use sp_core::{sr25519, Pair};
use sp_runtime::{BuildStorage, Perbill, Permill};

pub(crate) type Balance = u64;
pub(crate) type Extrinsic = MockUncheckedExtrinsic<Test, (), AuthorizeCall<Test>>;
pub(crate) const ALICE: u64 = 1;
pub(crate) const BOB: u64 = 2;
pub(crate) const PUBLISHER: u64 = 50;
pub(crate) const TREASURY: u64 = 60;
pub(crate) const PURSE: Balance = 1_000_000;
pub(crate) const PRICE: Balance = 1_000;
pub(crate) const UPKEEP: Balance = 10;
pub(crate) const DEADLINE: u64 = 20;

/// The model every test asks; 1 is retired, others unknown.
pub(crate) const MODEL: ModelId = 0;

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
	pub type Inference = crate;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlock<Test>;
	type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
	type ExistentialDeposit = Existential;
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

parameter_types! {
	pub const BaseFee: Permill = Permill::from_percent(10);
	/// The shortest deadline.
	pub static MinDeadline: u64 = 12;
	/// How long what ended is kept.
	pub static Retention: u64 = 160;
	/// How many draws are tried in a block.
	pub static MaxDraws: u32 = 4;
	/// The part of a block that hooks may take.
	pub static HooksBudget: Perbill = Perbill::from_percent(50);
	/// What an account must have to exist.
	pub static Existential: Balance = 1;
}

impl crate::Config for Test {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Models = Catalogue;
	type Nodes = Registry;
	type Panels = Bench;
	type Provers = Booth;
	type Purse = CheckPot;
	type BaseFee = BaseFee;
	type DisputeWindow = ConstU64<30>;
	type Fees = Splitter;
	type Usage = Log;
	type Apps = Desk;
	type Entropy = Blocks;
	type Clock = System;
	type Upkeep = CountUpkeep;
	type UpkeepFee = ConstU64<UPKEEP>;
	type MinDeadline = MinDeadline;
	type MaxDeadline = ConstU64<100>;
	type MinAnswerTime = ConstU64<5>;
	type Retention = Retention;
	type MaxWaiting = ConstU32<8>;
	type MaxDraws = MaxDraws;
	type MaxExpiring = ConstU32<2>;
	type HooksBudget = HooksBudget;
	type WeightInfo = crate::weights::UpperBounds<Test>;
}

/// The worker key of a node.
pub(crate) fn pair(node: NodeId) -> sr25519::Pair {
	sr25519::Pair::from_string(&format!("//{node}"), None).expect("a valid path")
}

/// An input that fits the model.
pub(crate) fn input() -> Input {
	let tensor = Tensor::from_f32(&[2], &[1.0, 2.0]).expect("two elements");
	Input::Inline(opg_tensor::encode(&[tensor]).try_into().expect("short"))
}

/// An output that fits the model.
pub(crate) fn output() -> Outcome {
	let tensor = Tensor::from_f32(&[1], &[3.0]).expect("one element");
	Outcome::Output(opg_tensor::encode(&[tensor]).try_into().expect("short"))
}

/// Asks as `who`, under a key made of `key`.
pub(crate) fn ask(who: u64, key: u8, deadline: u64) -> DispatchResult {
	Inference::request(
		RuntimeOrigin::signed(who),
		MODEL,
		input(),
		TrustMode::Attested,
		2 * PRICE,
		deadline,
		[key; 16],
		None,
	)
	.map(|_| ())
	.map_err(|refusal| refusal.error)
}

/// Asks for a proved answer to `input` as `who`.
pub(crate) fn ask_proved(who: u64, key: u8, input: Input) -> DispatchResult {
	Inference::request(
		RuntimeOrigin::signed(who),
		MODEL,
		input,
		TrustMode::Proved,
		2 * PRICE,
		DEADLINE,
		[key; 16],
		None,
	)
	.map(|_| ())
	.map_err(|refusal| refusal.error)
}

/// Asks as `who` through app 0.
pub(crate) fn ask_through(who: u64, key: u8, access: Access) -> DispatchResult {
	Inference::request(
		RuntimeOrigin::signed(who),
		MODEL,
		input(),
		TrustMode::Attested,
		2 * PRICE,
		DEADLINE,
		[key; 16],
		Some(AppUse { app: 0, access }),
	)
	.map(|_| ())
	.map_err(|refusal| refusal.error)
}

/// Asks a quorum as `who`, under a key made of `key`.
pub(crate) fn ask_quorum(who: u64, key: u8, nodes: u8, agree: u8) -> DispatchResult {
	Inference::request(
		RuntimeOrigin::signed(who),
		MODEL,
		input(),
		TrustMode::Quorum { nodes, agree },
		PRICE * u64::from(nodes) + PRICE,
		2 * DEADLINE,
		[key; 16],
		None,
	)
	.map(|_| ())
	.map_err(|refusal| refusal.error)
}

/// Ends the present block and begins the next, `blocks` times, with authors taking turns.
pub(crate) fn run(blocks: u64) {
	for _ in 0..blocks {
		let now = System::block_number();
		Inference::on_idle(now, Weight::MAX);
		let next = now + 1;
		System::set_block_number(next);
		Author::set((next % u64::from(Authors::get().max(1))) as u32);
		Inference::on_initialize(next);
	}
}

/// Which node has a request, by which draw.
pub(crate) fn assignment(request: RequestId) -> Option<(NodeId, Draw)> {
	match Requests::<Test>::get(request)?.state {
		State::Assigned { node, draw, .. } => Some((node, draw)),
		_ => None,
	}
}

/// What `node` would answer to a request it has.
pub(crate) fn answer_to(request: RequestId) -> Answer {
	let (_, draw) = assignment(request).expect("assigned");
	Answer { request, draw, outcome: output() }
}

/// The batch `node` would sign.
pub(crate) fn batch(node: NodeId, answers: Vec<Answer>) -> Call<Test> {
	let number = Registry::next_batch(node).unwrap_or(0);
	signed_batch(node, number, answers, &pair(node))
}

/// A batch signed by any key.
pub(crate) fn signed_batch(
	node: NodeId,
	number: u64,
	answers: Vec<Answer>,
	key: &sr25519::Pair,
) -> Call<Test> {
	let claim = statement(Domain::Answers, Pallet::<Test>::genesis(), &(node, number, &answers));
	let answers = frame_support::BoundedVec::<_, MaxBatch>::try_from(answers).expect("a few");
	Call::answer { node, number, answers, signature: key.sign(&claim).into() }
}

/// What the pool is told of a call.
pub(crate) fn authorize(call: &Call<Test>) -> TransactionValidityWithRefund {
	call.authorize(TransactionSource::External).expect("answers are authorised")
}

/// Includes a batch if the pool would take it.
pub(crate) fn include(call: Call<Test>) -> bool {
	let is_valid = authorize(&call).is_ok();
	if is_valid {
		let origin = frame_system::RawOrigin::Authorized;
		frame_support::assert_ok!(call.dispatch_bypass_filter(origin.into()));
	}
	is_valid
}

/// What is held of `who` for requests.
pub(crate) fn held(who: u64) -> Balance {
	Balances::balance_on_hold(&HoldReason::Request.into(), &who)
}

/// A fresh chain with node 0 free for two jobs and node 1 for two.
pub(crate) fn externalities() -> sp_io::TestExternalities {
	let mut storage =
		frame_system::GenesisConfig::<Test>::default().build_storage().expect("a genesis");
	let accounts = [ALICE, BOB, PUBLISHER, TREASURY, SPONSOR, owner_of(0), owner_of(1)];
	pallet_balances::GenesisConfig::<Test> {
		balances: accounts.map(|who| (who, PURSE)).to_vec(),
		..Default::default()
	}
	.assimilate_storage(&mut storage)
	.expect("balances");
	let mut externalities: sp_io::TestExternalities = storage.into();
	externalities.execute_with(|| {
		Free::set([(0, 2), (1, 2)].into());
		Operators::set(10);
		Exposed::take();
		Punished::take();
		Checks::set(true);
		Posted::take();
		Convened::take();
		Juries::take();
		HasPanels::set(true);
		Revealing::set(false);
		AnswerTime::set(0);
		Noted::take();
		Existential::set(1);
		MinDeadline::set(12);
		Retention::set(160);
		MaxDraws::set(4);
		HooksBudget::set(Perbill::from_percent(50));
		InPurse::set(0);
		PursePaid::take();
		Counted::take();
		Surplus::set(0);
		SurplusBurnt::set(0);
		Waits::take();
		Admitted::take();
		GivenBack::take();
		Sponsored::take();
		Deliveries::take();
		Stale::take();
		Batches::take();
		UpkeepPaid::take();
		Authors::set(2);
		HasEntropy::set(true);
		System::set_block_number(1);
		Inference::on_initialize(1);
	});
	externalities
}

/// Runs `test` on a fresh chain and checks the laws after it.
pub(crate) fn build_and_execute(test: impl FnOnce()) {
	externalities().execute_with(|| {
		test();
		Pallet::<Test>::check_laws().expect("the laws hold");
	});
}

/// This pallet's events since the last call.
pub(crate) fn events() -> Vec<Event<Test>> {
	let events = System::events()
		.into_iter()
		.filter_map(|record| match record.event {
			RuntimeEvent::Inference(event) => Some(event),
			_ => None,
		})
		.collect();
	System::reset_events();
	events
}

/// The event of Alice's request that was settled, `latency` blocks after it was made.
pub(crate) fn settled(
	request: RequestId,
	nodes: &[NodeId],
	fee: Balance,
	latency: u32,
) -> Event<Test> {
	Event::Settled {
		request,
		requester: ALICE,
		model: MODEL,
		app: None,
		by: by(nodes),
		fee,
		burn: burnt_of(fee),
		latency,
	}
}

/// The event of Alice's request that expired.
pub(crate) fn expired(request: RequestId, refund: Balance) -> Event<Test> {
	Event::Expired { request, requester: ALICE, model: MODEL, app: None, refund }
}

/// The event of Alice's request that was made.
pub(crate) fn requested(request: RequestId) -> Event<Test> {
	Event::Requested { request, requester: ALICE, model: MODEL, app: None }
}

/// The event of Alice's request that was taken back.
pub(crate) fn cancelled(request: RequestId, refund: Balance) -> Event<Test> {
	Event::Cancelled { request, requester: ALICE, model: MODEL, app: None, refund }
}

/// Who answered.
pub(crate) fn by(nodes: &[NodeId]) -> crate::AnsweredBy {
	nodes.to_vec().try_into().expect("a few")
}

/// A fault node 0 or 1 would report for a request it has.
pub(crate) fn fault_of(request: RequestId, kind: FaultKind) -> Answer {
	Answer { outcome: Outcome::Fault(kind), ..answer_to(request) }
}
