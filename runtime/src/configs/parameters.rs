//! What governance can change without an upgrade, each within bounds the chain was shown to hold up in.

use crate::{
	configs::origins::ParameterAdmin,
	constants::currency::{MICRO_OPG, MILLI_OPG, OPG},
	Balance, Runtime, RuntimeEvent, RuntimeOrigin,
};
use frame_support::{
	dynamic_params::{dynamic_pallet_params, dynamic_params},
	traits::{EitherOf, EnsureOrigin, EnsureOriginWithArg, Get},
	weights::Weight,
};
use frame_system::EnsureRoot;
use pallet_feeds::Thresholds;
use sp_runtime::{Perbill, Permill};

/// The parameters, by the pallet they are of.
#[dynamic_params(RuntimeParameters, pallet_parameters::Parameters::<Runtime>)]
pub mod dynamic {
	use super::*;

	/// Of requests.
	#[dynamic_pallet_params]
	#[codec(index = 0)]
	pub mod inference {
		/// The part of the fee a node has for saying why a request cannot be answered; at most a half.
		#[codec(index = 0)]
		pub static BaseFee: Permill = Permill::from_percent(10);
	}

	/// Of nodes.
	#[dynamic_pallet_params]
	#[codec(index = 1)]
	pub mod nodes {
		/// How many times its fee a wrong answer costs; from 300 to 30,000.
		#[codec(index = 0)]
		pub static LieFactor: u32 = 3_000;

		/// What one stale answer costs; at most an OPG.
		#[codec(index = 1)]
		pub static StaleFee: Balance = 500 * MICRO_OPG;
	}

	/// Of models.
	#[dynamic_pallet_params]
	#[codec(index = 2)]
	pub mod models {
		/// The most that demand may add to a price, in millionths of it; at most four times the price. Nothing until governance
		/// decides: who asks must have learnt to ask for the price first.
		#[codec(index = 0)]
		pub static MaxSurcharge: u32 = 0;

		/// What a node has for making a circuit's key again; from a thousandth of an OPG to an OPG. Who asks for it puts down ten times that.
		#[codec(index = 1)]
		pub static AuditPay: Balance = 10 * MILLI_OPG;
	}

	/// Of feeds. Parts are of the rounds of a term.
	#[dynamic_pallet_params]
	#[codec(index = 3)]
	pub mod feeds {
		/// The part missed, or seen too far from the others, above which a node's score falls; from 1 % to 50 %.
		#[codec(index = 0)]
		pub static Poor: Permill = Permill::from_percent(10);

		/// The part seen too far from the others above which a node is fined; no less than `Poor`.
		#[codec(index = 1)]
		pub static Lies: Permill = Permill::from_percent(20);

		/// The part missed above which a node is fined; no less than `Poor`.
		#[codec(index = 2)]
		pub static Silence: Permill = Permill::from_percent(50);

		/// What lies cost of the bond; at most 10 %.
		#[codec(index = 3)]
		pub static LieFine: Perbill = Perbill::from_percent(1);

		/// What silence costs of the bond; at most 1 %.
		#[codec(index = 4)]
		pub static SilenceFine: Perbill = Perbill::from_parts(1_000_000);

		/// What two observations of one round cost of the bond; at most 50 %.
		#[codec(index = 5)]
		pub static EquivocationFine: Perbill = Perbill::from_percent(5);

		/// How far from the median is too far, in hundredths of a percent; from 10 to 10,000.
		#[codec(index = 6)]
		pub static Distance: u32 = 250;
	}
}

/// The most that demand may add to a model's price, in millionths of it.
pub struct MaxSurcharge;

impl Get<u32> for MaxSurcharge {
	fn get() -> u32 {
		dynamic::models::MaxSurcharge::get().min(4_000_000)
	}
}

/// What a node has for making a circuit's key again.
pub struct AuditPay;

impl Get<Balance> for AuditPay {
	fn get() -> Balance {
		dynamic::models::AuditPay::get().clamp(MILLI_OPG, OPG)
	}
}

/// The part of the fee a node has for saying why a request cannot be answered.
pub struct BaseFee;

impl Get<Permill> for BaseFee {
	fn get() -> Permill {
		dynamic::inference::BaseFee::get().min(Permill::from_percent(50))
	}
}

/// How many times its fee a wrong answer costs.
pub struct LieFactor;

impl Get<u32> for LieFactor {
	fn get() -> u32 {
		dynamic::nodes::LieFactor::get().clamp(300, 30_000)
	}
}

/// What one stale answer costs.
pub struct StaleFee;

impl Get<Balance> for StaleFee {
	fn get() -> Balance {
		dynamic::nodes::StaleFee::get().min(OPG)
	}
}

/// From where on conduct in feeds costs.
pub struct FeedThresholds;

impl Get<Thresholds> for FeedThresholds {
	fn get() -> Thresholds {
		let poor =
			dynamic::feeds::Poor::get().clamp(Permill::from_percent(1), Permill::from_percent(50));
		Thresholds {
			rounds: 3,
			poor,
			lies: dynamic::feeds::Lies::get().max(poor),
			silence: dynamic::feeds::Silence::get().max(poor),
			lie_fine: dynamic::feeds::LieFine::get().min(Perbill::from_percent(10)),
			silence_fine: dynamic::feeds::SilenceFine::get().min(Perbill::from_percent(1)),
			equivocation_fine: dynamic::feeds::EquivocationFine::get()
				.min(Perbill::from_percent(50)),
			distance: dynamic::feeds::Distance::get().clamp(10, 10_000),
		}
	}
}

/// Lets root and the parameters' own track set any of them.
pub struct EnsureParameterAdmin;

impl EnsureOriginWithArg<RuntimeOrigin, RuntimeParametersKey> for EnsureParameterAdmin {
	type Success = ();

	fn try_origin(
		origin: RuntimeOrigin,
		_: &RuntimeParametersKey,
	) -> Result<Self::Success, RuntimeOrigin> {
		EitherOf::<EnsureRoot<crate::AccountId>, ParameterAdmin>::try_origin(origin)
	}
}

/// The SDK's weights, of which it shows only those of mocks.
pub struct Weights;

impl pallet_parameters::WeightInfo for Weights {
	fn set_parameter() -> Weight {
		let store = <Runtime as frame_system::Config>::DbWeight::get().reads_writes(1, 1);
		Weight::from_parts(6_204_000, 14_787).saturating_add(store)
	}
}

impl pallet_parameters::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeParameters = RuntimeParameters;
	type AdminOrigin = EnsureParameterAdmin;
	type WeightInfo = Weights;
}
