//! The smallest runtime that bonds nodes.

use crate::{Call, Event, Nodes, Pallet};
use frame_support::{
	assert_ok, derive_impl,
	pallet_prelude::{TransactionSource, TransactionValidityWithRefund},
	parameter_types,
	traits::{Authorize, ConstU32, ConstU64},
};
use frame_system::{mocking::MockUncheckedExtrinsic, AuthorizeCall};
use opg_primitives::{
	model::ModelSpec,
	node::{WorkerId, WorkerSignature},
	seams::{Delivery, ModelCatalogue, ModelRefusal, ModelTerms, NodeRegistry, Wanted},
	statement::{statement, Domain},
	ContentCodec, ContentId, ModelId, NodeId, Roles, TrustKind,
};
use opg_tensor::NumericProfile;
use sp_core::{sr25519, Pair, H256};
use sp_runtime::BuildStorage;

pub(crate) type Balance = u64;
pub(crate) type Extrinsic = MockUncheckedExtrinsic<Test, (), AuthorizeCall<Test>>;
pub(crate) const ALICE: u64 = 1;
pub(crate) const BOB: u64 = 2;
pub(crate) const CAROL: u64 = 3;
pub(crate) const UNIT: Balance = 1_000;
pub(crate) const BOND: Balance = 1_000 * UNIT;
pub(crate) const MODELS: ModelId = 4;
/// What an answer is paid in most tests: it speaks for a hundredth of the least bond, and a lie costs two.
pub(crate) const FEE: Balance = UNIT / 10;
/// Asks, and owns no node.
pub(crate) const NOBODY: u64 = 99;
/// Accounts with balance, from 1.
pub(crate) const RICH: u64 = 40;

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
	pub type Registry = crate;
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

parameter_types! {
	/// Models that take no requests.
	pub static Retired: Vec<ModelId> = Vec::new();
	/// Blocks of a dispute window.
	pub static DisputeWindow: u64 = 40;
}

/// Four published models.
pub struct Catalogue;

impl ModelCatalogue<u64, Balance> for Catalogue {
	fn terms(_: ModelId, _: TrustKind) -> Result<ModelTerms<u64, Balance>, ModelRefusal> {
		Err(ModelRefusal::Unknown)
	}

	fn spec(model: ModelId) -> Option<ModelSpec> {
		(model < MODELS).then(|| ModelSpec {
			id: model,
			content: ContentId { codec: ContentCodec::Raw, digest: [model as u8; 32] },
			inputs: Default::default(),
			outputs: Default::default(),
			profile: NumericProfile::Exact,
			circuit: None,
		})
	}

	fn is_active(model: ModelId) -> bool {
		model < MODELS && !Retired::get().contains(&model)
	}

	fn note_wait(_: ModelId) {
		unreachable!("nobody waits here")
	}

	fn next() -> ModelId {
		MODELS
	}

	fn answer_time(_: ModelId) -> u32 {
		0
	}

	fn note_answer_time(_: ModelId, _: u32) {}
}

impl crate::Config for Test {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Models = Catalogue;
	type StaleFees = ();
	type StaleFee = ConstU64<UNIT>;
	type SlashOrigin = frame_system::EnsureRoot<u64>;
	type Slashed = ();
	type LieFactor = ConstU32<200>;
	type ExposureFactor = ConstU32<100>;
	type DisputeWindow = DisputeWindow;
	type JailTime = ConstU64<50>;
	type MinBond = ConstU64<BOND>;
	type BondPerJob = ConstU64<{ BOND / 10 }>;
	type MaxJobs = ConstU32<64>;
	type MaxServed = ConstU32<4>;
	type HeartbeatPeriod = ConstU64<8>;
	type HeartbeatGap = ConstU64<2>;
	type HeartbeatTimeout = ConstU64<20>;
	type UnbondingDelay = ConstU64<100>;
	type WeightInfo = crate::weights::UpperBounds<Test>;
}

/// A worker's key pair by its name.
pub(crate) fn pair(name: &str) -> sr25519::Pair {
	sr25519::Pair::from_string(&format!("//{name}"), None).expect("a valid path")
}

/// A worker's public key by its name.
pub(crate) fn worker(name: &str) -> WorkerId {
	pair(name).public().into()
}

/// What proves that `owner` has the worker key `name`.
pub(crate) fn proof(name: &str, owner: u64) -> WorkerSignature {
	pair(name).sign(&statement(Domain::WorkerKey, Pallet::<Test>::genesis(), &owner)).into()
}

/// Registers a node; its worker is called after its number.
pub(crate) fn register(owner: u64, bond: Balance) -> NodeId {
	let node = crate::NextNode::<Test>::get();
	let name = node.to_string();
	assert_ok!(Registry::register(
		RuntimeOrigin::signed(owner),
		Roles::INFERENCE,
		worker(&name),
		proof(&name, owner),
		bond
	));
	node
}

/// The heartbeat node `node`'s worker would sign.
pub(crate) fn heartbeat(node: NodeId, models: &[ModelId]) -> Call<Test> {
	let number = Nodes::<Test>::get(node).map_or(0, |record| record.next_heartbeat);
	signed_heartbeat(node, number, models, &pair(&node.to_string()))
}

/// A heartbeat signed by any key.
pub(crate) fn signed_heartbeat(
	node: NodeId,
	number: u64,
	models: &[ModelId],
	key: &sr25519::Pair,
) -> Call<Test> {
	let claim = statement(Domain::Heartbeat, Pallet::<Test>::genesis(), &(node, number, models));
	let models = models.to_vec().try_into().expect("few models");
	Call::heartbeat { node, number, models, signature: key.sign(&claim).into() }
}

/// What the pool is told of a call.
pub(crate) fn authorize(call: &Call<Test>) -> TransactionValidityWithRefund {
	call.authorize(TransactionSource::External).expect("heartbeats are authorised")
}

/// Reports as the pool and a block would.
pub(crate) fn report(node: NodeId, models: &[ModelId]) {
	let call = heartbeat(node, models);
	assert_ok!(authorize(&call));
	let origin = frame_system::RawOrigin::Authorized;
	assert_ok!(frame_support::traits::UnfilteredDispatchable::dispatch_bypass_filter(
		call,
		origin.into()
	));
}

/// The record of a registered node.
pub(crate) fn record(node: NodeId) -> crate::NodeOf<Test> {
	Nodes::<Test>::get(node).expect("registered")
}

/// Whom a job for `model` wants, with a seed that differs by `number`.
pub(crate) fn wanted<'a>(
	model: ModelId,
	number: u64,
	asker: &'a u64,
	not: &'a [NodeId],
) -> Wanted<'a, u64, Balance> {
	Wanted { model, seed: seed(number), asker, not, only: &[], fee: FEE }
}

/// Draws a node for model 0, asked by nobody's owner.
pub(crate) fn draw(number: u64) -> Option<NodeId> {
	Registry::draw(&wanted(0, number, &NOBODY, &[]))
}

/// Ends a job drawn with [`FEE`].
pub(crate) fn end(node: NodeId, delivery: Delivery) {
	Registry::release(node, delivery, FEE);
}

/// Registers a node that serves model 0.
pub(crate) fn serving(owner: u64, bond: Balance) -> NodeId {
	let node = register(owner, bond);
	report(node, &[0]);
	node
}

/// Carries `jobs` jobs at once and answers each in time.
pub(crate) fn earn(node: NodeId, jobs: u32) {
	(0..jobs).for_each(|_| Nodes::<Test>::mutate_extant(node, |record| record.capacity.take()));
	(0..jobs).for_each(|_| Registry::release(node, Delivery::InTime, 0));
}

/// A seed that differs by `number`.
pub(crate) fn seed(number: u64) -> H256 {
	sp_io::hashing::blake2_256(&number.to_le_bytes()).into()
}

/// A fresh chain.
pub(crate) fn externalities() -> sp_io::TestExternalities {
	// Tests that share a thread share these.
	Retired::set(Vec::new());
	DisputeWindow::set(40);
	let mut storage =
		frame_system::GenesisConfig::<Test>::default().build_storage().expect("a genesis");
	pallet_balances::GenesisConfig::<Test> {
		balances: (1..=RICH).map(|who| (who, 10 * BOND)).collect(),
		..Default::default()
	}
	.assimilate_storage(&mut storage)
	.expect("balances");
	let mut externalities: sp_io::TestExternalities = storage.into();
	externalities.execute_with(|| System::set_block_number(1));
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
			RuntimeEvent::Registry(event) => Some(event),
			_ => None,
		})
		.collect();
	System::reset_events();
	events
}
