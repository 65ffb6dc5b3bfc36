//! The tracks of referenda: how long each takes, what it asks for, and in whose name it acts.
//!
//! Periods are those of a live network; [`Tracks`] hastens them by the chain's pace.

use crate::{
	configs::origins::Origin,
	constants::{
		currency::OPG,
		time::{DAYS, HOURS, MINUTES},
	},
	Balance, BlockNumber, Clock, OriginCaller,
};
use alloc::borrow::Cow;
use frame_system::RawOrigin;
use pallet_referenda::{Curve, Track, TrackInfo, TracksInfo};
use sp_runtime::{str_array, FixedI64};

/// Names a track.
pub type TrackId = u16;

type Info = TrackInfo<Balance, BlockNumber>;

const fn percent(part: i128) -> FixedI64 {
	FixedI64::from_rational(part as u128, 100)
}

const fn per_mille(part: i128) -> FixedI64 {
	FixedI64::from_rational(part as u128, 1_000)
}

/// A fortnight to decide in, which is what a curve's days are days of.
const FORTNIGHT: u128 = 14;

// Approval: the part of votes, by conviction, that must be for it. Support: the part of all that could vote that must be for it.
const ROOT_APPROVAL: Curve =
	Curve::make_reciprocal(4, FORTNIGHT, percent(80), percent(50), percent(100));
const ROOT_SUPPORT: Curve = Curve::make_linear(14, FORTNIGHT, percent(2), percent(50));
const WHITELISTED_APPROVAL: Curve =
	Curve::make_reciprocal(1, FORTNIGHT, percent(90), percent(50), percent(100));
const WHITELISTED_SUPPORT: Curve =
	Curve::make_reciprocal(1, FORTNIGHT, percent(5), percent(1), percent(20));
const ADMIN_APPROVAL: Curve = Curve::make_linear(10, FORTNIGHT, percent(50), percent(100));
const ADMIN_SUPPORT: Curve =
	Curve::make_reciprocal(6, FORTNIGHT, percent(2), percent(1), percent(30));
const EMERGENCY_APPROVAL: Curve = Curve::make_linear(7, FORTNIGHT, percent(50), percent(100));
const EMERGENCY_SUPPORT: Curve =
	Curve::make_reciprocal(1, FORTNIGHT, percent(2), percent(1), percent(10));
const BIG_SUPPORT: Curve = Curve::make_linear(14, FORTNIGHT, percent(1), percent(30));
const MEDIUM_SUPPORT: Curve = Curve::make_linear(14, FORTNIGHT, per_mille(5), percent(20));
const SMALL_SUPPORT: Curve = Curve::make_linear(14, FORTNIGHT, per_mille(2), percent(10));

/// Waiting times of a track on a live network.
struct Periods {
	prepare: BlockNumber,
	decide: BlockNumber,
	confirm: BlockNumber,
	enact: BlockNumber,
}

const SLOW: Periods = Periods { prepare: 2 * HOURS, decide: 14 * DAYS, confirm: DAYS, enact: DAYS };
const WHITELISTED: Periods = Periods {
	prepare: 30 * MINUTES,
	decide: 14 * DAYS,
	confirm: 30 * MINUTES,
	enact: 10 * MINUTES,
};
const ORDINARY: Periods =
	Periods { prepare: 2 * HOURS, decide: 14 * DAYS, confirm: 6 * HOURS, enact: 3 * HOURS };
const EMERGENCY: Periods =
	Periods { prepare: 30 * MINUTES, decide: 7 * DAYS, confirm: 3 * HOURS, enact: 10 * MINUTES };
const SMALL: Periods =
	Periods { prepare: HOURS, decide: 7 * DAYS, confirm: 6 * HOURS, enact: HOURS };

const fn track(
	id: TrackId,
	name: &str,
	max_deciding: u32,
	deposit: Balance,
	periods: Periods,
	min_approval: Curve,
	min_support: Curve,
) -> Track<TrackId, Balance, BlockNumber> {
	Track {
		id,
		info: TrackInfo {
			name: str_array(name),
			max_deciding,
			decision_deposit: deposit,
			prepare_period: periods.prepare,
			decision_period: periods.decide,
			confirm_period: periods.confirm,
			min_enactment_period: periods.enact,
			min_approval,
			min_support,
		},
	}
}

const ROOT: TrackId = 0;

// The numbers are those wallets know from other chains, where they stand for the same.
static LIVE: [Track<TrackId, Balance, BlockNumber>; 12] = [
	track(ROOT, "root", 1, 50_000 * OPG, SLOW, ROOT_APPROVAL, ROOT_SUPPORT),
	track(
		1,
		"whitelisted_caller",
		20,
		5_000 * OPG,
		WHITELISTED,
		WHITELISTED_APPROVAL,
		WHITELISTED_SUPPORT,
	),
	track(10, "staking_admin", 10, 5_000 * OPG, ORDINARY, ADMIN_APPROVAL, ADMIN_SUPPORT),
	track(11, "treasurer", 10, 10_000 * OPG, SLOW, ROOT_APPROVAL, ROOT_SUPPORT),
	track(12, "parameter_admin", 10, 5_000 * OPG, ORDINARY, ADMIN_APPROVAL, ADMIN_SUPPORT),
	track(13, "model_curator", 20, 1_000 * OPG, ORDINARY, ADMIN_APPROVAL, ADMIN_SUPPORT),
	track(14, "node_slasher", 10, 5_000 * OPG, ORDINARY, ADMIN_APPROVAL, ADMIN_SUPPORT),
	track(
		20,
		"referendum_canceller",
		100,
		5_000 * OPG,
		EMERGENCY,
		EMERGENCY_APPROVAL,
		EMERGENCY_SUPPORT,
	),
	track(
		21,
		"referendum_killer",
		100,
		10_000 * OPG,
		EMERGENCY,
		EMERGENCY_APPROVAL,
		EMERGENCY_SUPPORT,
	),
	track(32, "small_spender", 50, 100 * OPG, SMALL, ADMIN_APPROVAL, SMALL_SUPPORT),
	track(33, "medium_spender", 50, 500 * OPG, ORDINARY, ADMIN_APPROVAL, MEDIUM_SUPPORT),
	track(34, "big_spender", 50, 2_000 * OPG, ORDINARY, ADMIN_APPROVAL, BIG_SUPPORT),
];

impl Origin {
	/// The track that leads to it.
	pub const fn track(&self) -> TrackId {
		match self {
			Self::WhitelistedCaller => 1,
			Self::StakingAdmin => 10,
			Self::Treasurer => 11,
			Self::ParameterAdmin => 12,
			Self::ModelCurator => 13,
			Self::NodeSlasher => 14,
			Self::ReferendumCanceller => 20,
			Self::ReferendumKiller => 21,
			Self::SmallSpender => 32,
			Self::MediumSpender => 33,
			Self::BigSpender => 34,
		}
	}
}

fn hastened(info: &Info) -> Info {
	Info {
		prepare_period: Clock::hasten(info.prepare_period),
		decision_period: Clock::hasten(info.decision_period),
		confirm_period: Clock::hasten(info.confirm_period),
		min_enactment_period: Clock::hasten(info.min_enactment_period),
		..info.clone()
	}
}

/// The tracks at this chain's pace.
pub struct Tracks;

impl TracksInfo<Balance, BlockNumber> for Tracks {
	type Id = TrackId;
	type RuntimeOrigin = OriginCaller;

	fn tracks() -> impl Iterator<Item = Cow<'static, Track<Self::Id, Balance, BlockNumber>>> {
		LIVE.iter().map(|track| Cow::Owned(Track { id: track.id, info: hastened(&track.info) }))
	}

	fn track_for(origin: &Self::RuntimeOrigin) -> Result<Self::Id, ()> {
		match origin {
			OriginCaller::system(RawOrigin::Root) => Ok(ROOT),
			OriginCaller::Origins(named) => Ok(named.track()),
			_ => Err(()),
		}
	}

	// Without a copy of all the others, since a referendum asks for its own whenever somebody votes.
	fn info(id: Self::Id) -> Option<Cow<'static, Info>> {
		LIVE.iter().find(|track| track.id == id).map(|track| Cow::Owned(hastened(&track.info)))
	}
}
