//! The smallest runtime that has files kept.

use crate::{types::PIECE, Draft, Event, Pallet, Showing};
use binary_merkle_tree::{merkle_proof, merkle_root};
use frame_support::{
	derive_impl, parameter_types,
	traits::{ConstU32, ConstU64, Hooks},
	BoundedVec,
};
use opg_primitives::{
	seams::{BlockEntropy, Entropy},
	ContentCodec, ContentId,
};
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

/// Runs `test` on a fresh chain and checks the laws after it.
pub(crate) fn build_and_execute(test: impl FnOnce()) {
	Authored::set(true);
	let mut storage =
		frame_system::GenesisConfig::<Test>::default().build_storage().expect("a genesis");
	pallet_balances::GenesisConfig::<Test> {
		balances: [OWNER, ALICE, BOB, CAROL].map(|who| (who, PURSE)).to_vec(),
		..Default::default()
	}
	.assimilate_storage(&mut storage)
	.expect("balances");
	let mut externalities: sp_io::TestExternalities = storage.into();
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
