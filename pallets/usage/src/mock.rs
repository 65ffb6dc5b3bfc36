//! The smallest runtime in which use is noted.

use crate::{Account, Accounts, Counters, EpochIndex, Event, Pallet, Scope};
use frame_support::{
	derive_impl, parameter_types,
	traits::{ConstU32, ConstU64, Hooks},
	weights::Weight,
};
use opg_primitives::{
	seams::{UsageLog, UsageNote, Use},
	AppId, ModelId,
};
use sp_runtime::BuildStorage;

pub(crate) const ALICE: u64 = 1;
pub(crate) const BOB: u64 = 2;
pub(crate) const CAROL: u64 = 3;
/// Blocks of an epoch.
pub(crate) const LENGTH: u64 = 10;
/// Epochs that are kept.
pub(crate) const RING: u32 = 8;
/// Epochs of which scopes are kept.
pub(crate) const SCOPE_RING: u32 = 3;

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
	pub type Usage = crate;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlock<Test>;
}

parameter_types! {
	/// The most scopes of a kind in an epoch.
	pub static MaxScopes: u32 = 1_000;
}

impl crate::Config for Test {
	type EpochLength = ConstU64<LENGTH>;
	type Epochs = ConstU32<RING>;
	type ScopeEpochs = ConstU32<SCOPE_RING>;
	type MaxScopes = MaxScopes;
	type WeightInfo = crate::weights::UpperBounds<Test>;
}

/// An answer at this price, a twentieth of which burns.
pub(crate) fn settled(spend: u128, latency: u32) -> UsageNote<u128> {
	UsageNote::Settled { spend, burn: spend / 20, latency }
}

/// An answer of a model, outside of apps.
pub(crate) fn settle(who: u64, model: ModelId, spend: u128) {
	Usage::record(Use { who: &who, model, app: None, is_sponsored: false }, settled(spend, 1));
}

/// An answer of model 0 through an app.
pub(crate) fn settle_in_app(who: u64, app: AppId, spend: u128) {
	Usage::record(
		Use { who: &who, model: 0, app: Some(app), is_sponsored: false },
		settled(spend, 1),
	);
}

/// Goes to the first block of an epoch.
pub(crate) fn enter(epoch: EpochIndex) {
	System::set_block_number(u64::from(epoch) * LENGTH);
}

/// Goes to a block and runs its hooks.
pub(crate) fn run_block(number: u64) {
	System::set_block_number(number);
	Usage::on_initialize(number);
	Usage::on_idle(number, Weight::MAX);
}

pub(crate) fn counters(epoch: EpochIndex) -> Counters {
	Usage::counters(epoch).expect("the epoch is kept")
}

pub(crate) fn of_model(model: ModelId, epoch: EpochIndex) -> Option<Counters> {
	Usage::scope_counters(Scope::Model(model), epoch)
}

/// Active, new, returning, resurrected.
pub(crate) fn heads(counters: &Counters) -> [u32; 4] {
	let accounts = counters.accounts;
	[accounts.active, accounts.new, accounts.returning, accounts.resurrected]
}

pub(crate) fn record(who: u64) -> Account {
	Accounts::<Test>::get(who).expect("the account is known")
}

/// Runs `test` from block 1 of a fresh chain and checks the laws after it.
pub(crate) fn build_and_execute(test: impl FnOnce()) {
	// Tests that share a thread share this.
	MaxScopes::set(1_000);
	let storage =
		frame_system::GenesisConfig::<Test>::default().build_storage().expect("a genesis");
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
			RuntimeEvent::Usage(event) => Some(event),
			_ => None,
		})
		.collect();
	System::reset_events();
	events
}
