//! The smallest runtime that audits keys: models, nodes and panels are stand-ins behind their seams.

use crate::{Audits as Records, Ending, Event, Pallet};
use frame_support::{
	derive_impl, parameter_types,
	traits::{ConstU32, Hooks},
};
use opg_primitives::{
	audit::{key_output, Recipe},
	node::{WorkerId, MAKES_KEYS},
	seams::{
		AuditRefusal, AuditedModels, BlockEntropy, Case, CaseDesk, Entropy, KeyId, Panels,
		Question, Verdict, WorkerKeys,
	},
	Circuit, ContentCodec, ContentId, Draw, ModelId, NodeId, Outcome,
};
use sp_runtime::{BuildStorage, Perbill};

pub(crate) type Balance = u64;
pub(crate) const ALICE: u64 = 1;
/// Who published every model.
pub(crate) const BOB: u64 = 2;
pub(crate) const FUNDS: Balance = 10_000;
pub(crate) const PAY: Balance = 10;
/// Models there are.
pub(crate) const MODELS: ModelId = 6;
/// The key that every model is said to have.
pub(crate) const KEY: KeyId = KeyId::repeat_byte(7);

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
	pub type Audits = crate;
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
	/// What a node has for a key.
	pub static PayOfNodes: Balance = PAY;
	/// Why the models' keys are not audited, if they are not.
	pub static Refusal: Option<AuditRefusal> = None;
	/// Whether nodes can be drawn.
	pub static HasNodes: bool = true;
	/// What was asked of panels, in order.
	pub static Convened: Vec<Question<u64, Balance>> = Vec::new();
	/// The juries that were drawn.
	pub static Juries: Vec<(Case, Draw)> = Vec::new();
	/// Models whose keys were found right.
	pub static Confirmed: Vec<ModelId> = Vec::new();
	/// Models whose keys were found wrong, and who is paid for it.
	pub static Suspended: Vec<(ModelId, Vec<u64>, Balance)> = Vec::new();
	/// Who makes blocks.
	pub static Author: u32 = 0;
	/// How many do.
	pub static Authors: u32 = 1;
	pub const Budget: Perbill = Perbill::from_percent(50);
}

/// A few models of one publisher.
pub struct Catalogue;

impl AuditedModels<u64, Balance> for Catalogue {
	fn publisher(model: ModelId) -> Result<u64, AuditRefusal> {
		if model >= MODELS {
			return Err(AuditRefusal::Unknown);
		}
		Refusal::get().map_or(Ok(BOB), Err)
	}

	fn recipe(model: ModelId) -> Option<Recipe> {
		let content = |digest| ContentId { codec: ContentCodec::Raw, digest: [digest; 32] };
		let scales = || vec![13].try_into().expect("one scale");
		let circuit = Circuit {
			key: KEY,
			settings: content(2),
			input_scales: scales(),
			output_scales: scales(),
			bits: 28,
		};
		(model < MODELS).then(|| Recipe { content: content(1), circuit })
	}

	fn confirm(model: ModelId) {
		Confirmed::mutate(|all| all.push(model));
	}

	fn refute(model: ModelId, payees: &[u64], each: Balance) {
		Suspended::mutate(|all| all.push((model, payees.to_vec(), each)));
	}
}

/// The owner of a node.
pub(crate) fn owner_of(node: NodeId) -> u64 {
	100 + u64::from(node)
}

/// Nodes of as many owners.
pub struct Registry;

impl WorkerKeys<u64> for Registry {
	fn owner(node: NodeId) -> Option<u64> {
		(node < 20).then(|| owner_of(node))
	}

	fn worker(_: NodeId) -> Option<WorkerId> {
		unreachable!("nothing is signed here")
	}

	fn by_worker(_: &WorkerId) -> Option<NodeId> {
		unreachable!("nothing is signed here")
	}
}

/// Writes questions down.
pub struct Bench;

impl Panels<u64, Balance> for Bench {
	fn convene(question: Question<u64, Balance>) -> bool {
		assert_eq!(question.model, MAKES_KEYS);
		if HasNodes::get() {
			Convened::mutate(|all| all.push(question));
		}
		HasNodes::get()
	}

	fn escalate(case: Case, seed: Draw) -> bool {
		if HasNodes::get() {
			Juries::mutate(|all| all.push((case, seed)));
		}
		HasNodes::get()
	}

	fn is_revealing(_: Case) -> bool {
		unreachable!("audits have no deadline")
	}

	fn least_time(_: ModelId) -> u32 {
		unreachable!("audits have no deadline")
	}

	fn most_time() -> u32 {
		unreachable!("audits have no deadline")
	}
}

/// A new output each block.
pub struct Blocks;

impl BlockEntropy for Blocks {
	fn current() -> Option<Entropy> {
		let output = sp_io::hashing::blake2_256(&System::block_number().to_le_bytes());
		Some(Entropy { author: Author::get(), output })
	}

	fn authors() -> u32 {
		Authors::get()
	}
}

impl crate::Config for Test {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Models = Catalogue;
	type Nodes = Registry;
	type Panels = Bench;
	type Entropy = Blocks;
	type Pay = PayOfNodes;
	type MaxWaiting = ConstU32<8>;
	type Budget = Budget;
	type WeightInfo = crate::weights::UpperBounds<Test>;
}

/// Ends the present block and begins the next, `blocks` times.
pub(crate) fn run(blocks: u32) {
	for _ in 0..blocks {
		let next = System::block_number() + 1;
		System::set_block_number(next);
		Audits::on_initialize(next);
	}
}

/// Has Alice ask, and the panel drawn.
pub(crate) fn convened(model: ModelId) {
	frame_support::assert_ok!(Audits::request_audit(RuntimeOrigin::signed(ALICE), model));
	run(2);
	assert!(Convened::get().iter().any(|question| question.case == Case::Audit(model)));
}

/// What nodes say that found this key.
pub(crate) fn key(found: KeyId) -> Outcome {
	Outcome::Output(key_output(found).try_into().expect("short"))
}

/// What panels say when these nodes agree.
pub(crate) fn agreed(outcome: Outcome, by: &[NodeId]) -> Verdict {
	Verdict::Agreed { outcome, by: by.to_vec() }
}

/// Tells what a panel came to.
pub(crate) fn decide(model: ModelId, verdict: Verdict) {
	<Audits as CaseDesk>::decided(Case::Audit(model), verdict);
}

pub(crate) fn free(who: u64) -> Balance {
	Balances::free_balance(who)
}

/// What the audits that ended came to, and what was paid of each deposit.
pub(crate) fn endings() -> Vec<(ModelId, Ending, Balance)> {
	let ended = |record: frame_system::EventRecord<RuntimeEvent, _>| match record.event {
		RuntimeEvent::Audits(Event::Ended { model, ending, paid, .. }) => {
			Some((model, ending, paid))
		},
		_ => None,
	};
	System::events().into_iter().filter_map(ended).collect()
}

pub(crate) fn is_open(model: ModelId) -> bool {
	Records::<Test>::contains_key(model)
}

/// Runs `test` on a fresh chain and checks the laws after it, and that nothing was made or lost.
pub(crate) fn build_and_execute(test: impl FnOnce()) {
	let mut storage =
		frame_system::GenesisConfig::<Test>::default().build_storage().expect("a genesis");
	let owners = (0..20).map(|node| (owner_of(node), 1));
	let balances = [(ALICE, FUNDS), (BOB, FUNDS)].into_iter().chain(owners).collect();
	pallet_balances::GenesisConfig::<Test> { balances, ..Default::default() }
		.assimilate_storage(&mut storage)
		.expect("balances");
	let mut externalities: sp_io::TestExternalities = storage.into();
	externalities.execute_with(|| {
		// Tests that share a thread share these.
		PayOfNodes::set(PAY);
		Refusal::set(None);
		HasNodes::set(true);
		Convened::take();
		Juries::take();
		Confirmed::take();
		Suspended::take();
		Author::set(0);
		Authors::set(1);
		System::set_block_number(1);
		let issued = pallet_balances::TotalIssuance::<Test>::get();
		test();
		Pallet::<Test>::check_laws().expect("the laws hold");
		assert_eq!(pallet_balances::TotalIssuance::<Test>::get(), issued);
	});
}
