//! How long epochs, eras and waiting periods are: on a live network, and on those for tests.

use crate::{
	configs::safety::ClosedBlocks,
	constants::time::{EPOCH_SLOTS, MINUTES},
	BlockNumber, Clock, Runtime,
};
use frame_support::{parameter_types, traits::Get};
use pallet_clock::Pace;
use sp_staking::{EraIndex, SessionIndex};

/// Eras of six hours, in which an unbonding stake may be slashed for a week.
pub const LIVE: Pace =
	Pace { epoch_slots: EPOCH_SLOTS, sessions_per_era: 36, bonding_eras: 28, haste: 1 };

/// For one machine: an era is an epoch, a day of waiting a minute. Epochs stay long, since the block that ends one has no room for
/// transactions.
pub const DEVELOPMENT: Pace =
	Pace { epoch_slots: EPOCH_SLOTS, sessions_per_era: 1, bonding_eras: 3, haste: 1_440 };

/// For networks that tests start: eras of six minutes, a day of waiting a minute.
pub const TESTNET: Pace =
	Pace { epoch_slots: 2 * MINUTES, sessions_per_era: 3, bonding_eras: 3, haste: 1_440 };

/// A period that takes so many blocks on a live network.
pub struct Term<const BLOCKS: BlockNumber>;

impl<const BLOCKS: BlockNumber> Get<BlockNumber> for Term<BLOCKS> {
	fn get() -> BlockNumber {
		Clock::hasten(BLOCKS)
	}
}

parameter_types! {
	pub const LivePace: Pace = LIVE;
	pub EpochSlots: u64 = Clock::pace().epoch_slots.into();
	pub SessionsPerEra: SessionIndex = Clock::pace().sessions_per_era;
	pub BondingDuration: EraIndex = Clock::pace().bonding_eras;
	pub SlashDeferDuration: EraIndex = Clock::pace().bonding_eras.saturating_sub(1);
	pub BondingSlots: u64 = Clock::pace().bonding_slots();
	pub BondingSessions: u64 = Clock::pace().bonding_sessions().into();
	/// The part of an epoch in which validators compute who is elected.
	pub ElectionPhase: BlockNumber = Clock::pace().epoch_slots / 4;
}

impl pallet_clock::Config for Runtime {
	type Closed = ClosedBlocks;
	type LivePace = LivePace;
	type WeightInfo = pallet_clock::weights::UpperBounds<Runtime>;
}
