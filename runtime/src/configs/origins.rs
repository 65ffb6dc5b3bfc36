//! In whose name a referendum may act: the origins its tracks lead to, and what each may spend.

use crate::{constants::currency::OPG, Balance};
use frame_support::traits::EnsureOrigin;

pub use pallet_origins::{
	BigSpender, MediumSpender, ModelCurator, NodeSlasher, Origin, ParameterAdmin,
	ReferendumCanceller, ReferendumKiller, SmallSpender, StakingAdmin, Treasurer,
	WhitelistedCaller,
};

/// The origins.
#[frame_support::pallet]
pub mod pallet_origins {
	use frame_support::pallet_prelude::*;

	/// Nothing is decided for origins.
	#[pallet::config]
	pub trait Config: frame_system::Config {}

	/// Nothing is stored.
	#[pallet::pallet]
	pub struct Pallet<T>(_);

	/// In whose name an approved referendum acts.
	#[pallet::origin]
	#[derive(
		PartialEq,
		Eq,
		Clone,
		Copy,
		MaxEncodedLen,
		Encode,
		Decode,
		DecodeWithMemTracking,
		TypeInfo,
		Debug,
	)]
	pub enum Origin {
		/// Dispatches, as root, a call the technical committee has whitelisted.
		#[codec(index = 0)]
		WhitelistedCaller,
		/// Decides about staking: the least commission, slashes to be cancelled, pools, elections that failed.
		#[codec(index = 1)]
		StakingAdmin,
		/// Decides about the money: large spends, bounties, allocations, the shares of fees.
		#[codec(index = 2)]
		Treasurer,
		/// Sets the parameters governance has without an upgrade.
		#[codec(index = 3)]
		ParameterAdmin,
		/// Decides about published models.
		#[codec(index = 4)]
		ModelCurator,
		/// Decides about bonds of nodes.
		#[codec(index = 5)]
		NodeSlasher,
		/// Cancels referenda; their deposits are returned.
		#[codec(index = 6)]
		ReferendumCanceller,
		/// Kills referenda that do harm; their deposits are slashed.
		#[codec(index = 7)]
		ReferendumKiller,
		/// Spends a little.
		#[codec(index = 8)]
		SmallSpender,
		/// Spends more.
		#[codec(index = 9)]
		MediumSpender,
		/// Spends much.
		#[codec(index = 10)]
		BigSpender,
	}

	macro_rules! ensures {
		($($origin:ident),* $(,)?) => {
			$(
				#[doc = concat!("Lets `", stringify!($origin), "` through.")]
				pub struct $origin;

				impl<O: OriginTrait + From<Origin>> EnsureOrigin<O> for $origin
				where
					for<'a> &'a O::PalletsOrigin: TryInto<&'a Origin>,
				{
					type Success = ();

					fn try_origin(origin: O) -> Result<Self::Success, O> {
						let named = matches!(origin.caller().try_into(), Ok(Origin::$origin));
						named.then_some(()).ok_or(origin)
					}
				}
			)*
		};
	}

	use frame_support::traits::OriginTrait;
	ensures!(
		WhitelistedCaller,
		StakingAdmin,
		Treasurer,
		ParameterAdmin,
		ModelCurator,
		NodeSlasher,
		ReferendumCanceller,
		ReferendumKiller,
		SmallSpender,
		MediumSpender,
		BigSpender,
	);
}

impl Origin {
	/// The most one spend in this name may pay.
	pub const fn spend_limit(&self) -> Option<Balance> {
		match self {
			Self::SmallSpender => Some(10_000 * OPG),
			Self::MediumSpender => Some(100_000 * OPG),
			Self::BigSpender => Some(1_000_000 * OPG),
			Self::Treasurer => Some(10_000_000 * OPG),
			_ => None,
		}
	}
}

/// Lets through who may spend from the treasury, and says how much at once.
pub struct Spender;

impl EnsureOrigin<crate::RuntimeOrigin> for Spender {
	type Success = Balance;

	fn try_origin(origin: crate::RuntimeOrigin) -> Result<Self::Success, crate::RuntimeOrigin> {
		use frame_support::traits::OriginTrait;
		let limit = match origin.caller() {
			crate::OriginCaller::Origins(named) => named.spend_limit(),
			crate::OriginCaller::system(frame_system::RawOrigin::Root) => Some(Balance::MAX),
			_ => None,
		};
		limit.ok_or(origin)
	}
}

impl pallet_origins::Config for crate::Runtime {}
