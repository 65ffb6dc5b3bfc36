//! The smallest runtime with a clock.

use crate::Pace;
use frame_support::{derive_impl, parameter_types, traits::Contains};
use sp_runtime::BuildStorage;

#[frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(RuntimeCall, RuntimeEvent, RuntimeError, RuntimeOrigin, RuntimeTask)]
	pub struct Test;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type Clock = crate;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlock<Test>;
}

parameter_types! {
	pub const LivePace: Pace =
		Pace { epoch_slots: 200, sessions_per_era: 36, bonding_eras: 28, haste: 1 };
	pub static ClosedBlocks: (u64, u64) = (u64::MAX, 0);
}

/// Blocks between two, both included.
pub struct Between;

impl Contains<u64> for Between {
	fn contains(block: &u64) -> bool {
		let (first, last) = ClosedBlocks::get();
		(first..=last).contains(block)
	}
}

impl crate::Config for Test {
	type Closed = Between;
	type LivePace = LivePace;
	type WeightInfo = crate::weights::UpperBounds<Test>;
}

pub(crate) fn of_pace(pace: Option<Pace>) -> sp_io::TestExternalities {
	let clock = ClockConfig { pace, ..Default::default() };
	let genesis = RuntimeGenesisConfig { system: Default::default(), clock };
	genesis.build_storage().expect("a genesis that builds").into()
}
