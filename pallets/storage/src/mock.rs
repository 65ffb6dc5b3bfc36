//! The smallest runtime that has files kept.

use crate::{types::PIECE, Draft, Event, Pallet, Showing};
use binary_merkle_tree::{merkle_proof, merkle_root};
use frame_support::{
	derive_impl, parameter_types,
	traits::{fungible::Mutate, tokens::Preservation, ConstU32, ConstU64, Hooks},
	BoundedVec,
};
use frame_system::{mocking::MockUncheckedExtrinsic, AuthorizeCall};
use opg_primitives::{
	node::WorkerId,
	seams::{BlockEntropy, Entropy, FilePurse, FileUse, ModelFiles, WorkerKeys},
	ContentCodec, ContentId, ModelId, NodeId,
};
use sp_core::{sr25519, Pair};
use sp_runtime::{traits::BlakeTwo256, BuildStorage};

pub(crate) type Balance = u64;
pub(crate) const OWNER: u64 = 1;
pub(crate) const ALICE: u64 = 2;
pub(crate) const BOB: u64 = 3;
pub(crate) const CAROL: u64 = 4;
pub(crate) const PURSE: Balance = 10_000_000;
pub(crate) const PRICE: Balance = 1_000;
pub(crate) const PERIOD: u64 = 20;
pub(crate) const SHOW_TIME: u64 = 5;
pub(crate) const MISSES: u32 = 4;
pub(crate) const BOND: Balance = 40 * PRICE;
pub(crate) const MIN_BOND: Balance = 5_000;
pub(crate) const DEPOSIT: Balance = 300;

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
	pub type Storage = crate;
}

/// A transaction of this runtime.
pub(crate) type Extrinsic = MockUncheckedExtrinsic<Test, (), AuthorizeCall<Test>>;

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

/// The worker key of an account's node, which has the account's number.
pub(crate) fn pair(node: NodeId) -> sr25519::Pair {
	sr25519::Pair::from_string(&format!("//{node}"), None).expect("a valid path")
}

/// Alice and Bob have a node each, of their own number.
pub struct Workers;

impl WorkerKeys<u64> for Workers {
	fn owner(node: NodeId) -> Option<u64> {
		[ALICE, BOB].contains(&node.into()).then(|| node.into())
	}

	fn worker(node: NodeId) -> Option<WorkerId> {
		Self::owner(node).map(|_| pair(node).public().into())
	}

	fn by_worker(worker: &WorkerId) -> Option<NodeId> {
		[ALICE, BOB]
			.map(|who| who as NodeId)
			.into_iter()
			.find(|node| Self::worker(*node).as_ref() == Some(worker))
	}
}

/// Model 0 is made of [`CONTENT`], and no other.
pub struct Models;

impl ModelFiles for Models {
	fn file(model: ModelId) -> Option<ContentId> {
		(model == 0).then_some(CONTENT)
	}

	fn models_of(content: &ContentId) -> u32 {
		u32::from(*content == CONTENT)
	}
}

/// The account that fees' storage shares are in.
pub(crate) const POT: u64 = 99;

/// Pays out of [`POT`].
pub struct Purse;

impl FilePurse<u64, Balance> for Purse {
	fn holds() -> Balance {
		Balances::free_balance(POT)
	}

	fn pay(payee: &u64, amount: Balance) {
		let paid = Balances::transfer(&POT, payee, amount, Preservation::Expendable);
		paid.expect("it holds what was earned");
	}
}

/// Answers of a model are paid, and so much is for who keeps its file.
pub(crate) fn use_model(model: ModelId, share: Balance) {
	Balances::transfer(&OWNER, &POT, share, Preservation::Preserve).expect("the owner is rich");
	Storage::used(model, share);
}

parameter_types! {
	/// Whether blocks have an author.
	pub static Authored: bool = true;
}

/// Randomness that follows from the block's number.
pub struct Authors;

impl BlockEntropy for Authors {
	fn current() -> Option<Entropy> {
		let output = sp_io::hashing::blake2_256(&System::block_number().to_le_bytes());
		Authored::get().then_some(Entropy { author: 0, output })
	}

	fn authors() -> u32 {
		4
	}
}

impl crate::Config for Test {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Nodes = Workers;
	type Models = Models;
	type Purse = Purse;
	type Entropy = Authors;
	type Period = ConstU64<PERIOD>;
	type ShowTime = ConstU64<SHOW_TIME>;
	type MaxMisses = ConstU32<MISSES>;
	type BondPeriods = ConstU32<40>;
	type MinBond = ConstU64<MIN_BOND>;
	type Deposit = ConstU64<DEPOSIT>;
	type MinPrice = ConstU64<10>;
	type MaxPeriods = ConstU32<100>;
	type MaxShowings = ConstU32<8>;
	type WeightInfo = crate::weights::UpperBounds<Test>;
}

/// A file of 10 pieces, the last of 24 bytes.
pub(crate) fn file() -> Vec<u8> {
	(0..9 * PIECE + 24).map(|index| (index % 251) as u8).collect()
}

pub(crate) fn pieces(file: &[u8]) -> Vec<&[u8]> {
	file.chunks(PIECE as usize).collect()
}

pub(crate) const CONTENT: ContentId = ContentId { codec: ContentCodec::Raw, digest: [7; 32] };

/// Two copies of [`file`] for ten periods.
pub(crate) fn draft() -> Draft<Balance> {
	let file = file();
	Draft {
		content: CONTENT,
		size: file.len() as u64,
		pieces: merkle_root::<BlakeTwo256, _>(pieces(&file)),
		copies: 2,
		periods: 10,
		price: PRICE,
	}
}

/// What a slot is asked for, as an honest keeper shows it.
pub(crate) fn showing(order: u64, slot: u8) -> Option<Showing> {
	let (index, _) = Storage::piece_asked(order, slot)?;
	let file = file();
	let proof = merkle_proof::<BlakeTwo256, _, _>(pieces(&file), index);
	Some(Showing {
		order,
		slot,
		piece: pieces(&file)[index as usize].to_vec().try_into().expect("a piece"),
		path: proof.proof.try_into().expect("a short path"),
	})
}

/// Shows what a slot is asked for.
pub(crate) fn show(who: u64, order: u64, slot: u8) -> sp_runtime::DispatchResult {
	let showing = showing(order, slot).expect("something is asked");
	let all = BoundedVec::truncate_from(vec![showing]);
	Storage::show(RuntimeOrigin::signed(who), all)
}

/// Goes on to the block `number`, with every hook between.
pub(crate) fn go_to(number: u64) {
	while System::block_number() < number {
		let next = System::block_number() + 1;
		System::set_block_number(next);
		Storage::on_initialize(next);
	}
}

/// Goes on to the first block of the next check.
pub(crate) fn next_check() {
	go_to((System::block_number() / PERIOD + 1) * PERIOD);
}

/// Goes on to the first block after the present check's time.
pub(crate) fn end_check() {
	go_to(System::block_number() / PERIOD * PERIOD + SHOW_TIME + 1);
}

pub(crate) fn signed(who: u64) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

/// A fresh chain.
pub(crate) fn externalities() -> sp_io::TestExternalities {
	Authored::set(true);
	let mut storage =
		frame_system::GenesisConfig::<Test>::default().build_storage().expect("a genesis");
	pallet_balances::GenesisConfig::<Test> {
		balances: [OWNER, ALICE, BOB, CAROL].map(|who| (who, PURSE)).to_vec(),
		..Default::default()
	}
	.assimilate_storage(&mut storage)
	.expect("balances");
	storage.into()
}

/// Runs `test` on a fresh chain and checks the laws after it.
pub(crate) fn build_and_execute(test: impl FnOnce()) {
	run(externalities(), test);
}

/// Runs `test` on a chain and checks the laws after it.
pub(crate) fn run(mut externalities: sp_io::TestExternalities, test: impl FnOnce()) {
	externalities.execute_with(|| {
		System::set_block_number(1);
		test();
		Pallet::<Test>::check_laws().expect("the laws hold");
	});
}

/// This pallet's events since the last call.
pub(crate) fn events() -> Vec<Event<Test>> {
	let events = System::events()
		.into_iter()
		.filter_map(|record| match record.event {
			RuntimeEvent::Storage(event) => Some(event),
			_ => None,
		})
		.collect();
	System::reset_events();
	events
}
