//! Growth: what comes back to who comes back, what is granted, and how that is measured.

use crate::{
	configs::{origins::Treasurer, pace::Term},
	constants::{currency::OPG, fee_shares, time::DAYS},
	AccountId, Balance, Economics, Models, Runtime, Usage,
};
use frame_support::{parameter_types, traits::EitherOf};
use frame_system::EnsureRoot;
use opg_primitives::seams::{ModelCatalogue, Returned, Subject, UseRecord};
use pallet_growth::Terms;
use sp_runtime::Permill;

/// What was counted, and what there is to be counted of.
pub struct MeasuredUse;

impl UseRecord<AccountId, Balance> for MeasuredUse {
	fn epoch() -> pallet_usage::EpochIndex {
		Usage::current_epoch()
	}

	fn returned(who: &AccountId) -> Returned<Balance> {
		Usage::returned(who)
	}

	fn take_returned(who: &AccountId) -> Returned<Balance> {
		Usage::take_returned(who)
	}

	fn exists(subject: Subject) -> bool {
		match subject {
			Subject::Model(model) => {
				<Models as ModelCatalogue<AccountId, Balance>>::is_active(model)
			},
			Subject::App(app) => pallet_apps::Apps::<Runtime>::contains_key(app),
		}
	}

	fn burnt(
		subject: Subject,
		from: pallet_usage::EpochIndex,
		to: pallet_usage::EpochIndex,
	) -> Balance {
		Usage::burnt(subject, from, to)
	}
}

parameter_types! {
	/// The growth share of fees comes back, which is less than what burns of them.
	pub const MaxOfFees: Permill = Permill::from_parts(fee_shares::GROWTH * 10_000);
	pub const InitialTerms: Terms = Terms {
		of_fees: Permill::from_parts(fee_shares::GROWTH * 10_000),
		of_burn: Permill::from_percent(60),
		rebates: 100_000 * OPG,
		grants: 1_000_000 * OPG,
	};
}

impl pallet_growth::Config for Runtime {
	type Purse = Economics;
	type Record = MeasuredUse;
	type GovernanceOrigin = EitherOf<EnsureRoot<AccountId>, Treasurer>;
	type RootOrigin = EnsureRoot<AccountId>;
	type Delay = Term<{ 28 * DAYS }>;
	type InitialTerms = InitialTerms;
	type MaxOfFees = MaxOfFees;
	type WeightInfo = pallet_growth::weights::UpperBounds<Runtime>;
}
