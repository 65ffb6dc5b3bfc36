//! What governance spends: the treasury, and bounties paid from it.

use crate::{
	configs::{
		economics::Pot,
		origins::{Spender, Treasurer},
		pace::Term,
	},
	constants::{
		currency::{deposit, OPG},
		time::DAYS,
	},
	AccountId, Balance, Balances, Bounties, ChildBounties, Runtime, RuntimeEvent, System, Treasury,
};
use frame_support::{
	parameter_types,
	traits::{
		fungible::Mutate,
		tokens::{Pay, PaymentStatus, Preservation, UnityAssetBalanceConversion},
		ConstU128, ConstU32, EitherOf,
	},
	PalletId,
};
use frame_system::EnsureRoot;
use sp_runtime::{traits::IdentityLookup, DispatchError, Permill};

parameter_types! {
	/// Of the pot fees are paid into.
	pub const TreasuryId: PalletId = PalletId(*b"opg/trsy");
	pub const NothingBurns: Permill = Permill::zero();
	pub const HalfOfTheFee: Permill = Permill::from_percent(50);
	pub const CuratorDepositMin: Option<Balance> = Some(OPG);
	pub const CuratorDepositMax: Option<Balance> = Some(1_000 * OPG);
}

/// Pays from the pot, which must outlive whatever is spent of it.
pub struct FromPot;

impl Pay for FromPot {
	type Balance = Balance;
	type Beneficiary = AccountId;
	type AssetKind = ();
	type Id = ();
	type Error = DispatchError;

	fn pay(who: &AccountId, (): (), amount: Balance) -> Result<(), DispatchError> {
		<Balances as Mutate<_>>::transfer(
			&Pot::Treasury.account(),
			who,
			amount,
			Preservation::Preserve,
		)?;
		Ok(())
	}

	fn check_payment((): ()) -> PaymentStatus {
		PaymentStatus::Success
	}
}

impl pallet_treasury::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type Currency = Balances;
	type RejectOrigin = EitherOf<EnsureRoot<AccountId>, Treasurer>;
	type SpendPeriod = Term<{ 7 * DAYS }>;
	type Burn = NothingBurns;
	type PalletId = TreasuryId;
	type BurnDestination = ();
	type SpendFunds = Bounties;
	type MaxApprovals = ConstU32<100>;
	type SpendOrigin = Spender;
	type AssetKind = ();
	type Beneficiary = AccountId;
	type BeneficiaryLookup = IdentityLookup<AccountId>;
	type Paymaster = FromPot;
	type BalanceConverter = UnityAssetBalanceConversion;
	type PayoutPeriod = Term<{ 30 * DAYS }>;
	type BlockNumberProvider = System;
	type WeightInfo = pallet_treasury::weights::SubstrateWeight<Runtime>;
}

impl pallet_bounties::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type BountyDepositBase = ConstU128<OPG>;
	type BountyDepositPayoutDelay = Term<{ 8 * DAYS }>;
	type BountyUpdatePeriod = Term<{ 90 * DAYS }>;
	type CuratorDepositMultiplier = HalfOfTheFee;
	type CuratorDepositMin = CuratorDepositMin;
	type CuratorDepositMax = CuratorDepositMax;
	type BountyValueMinimum = ConstU128<{ 10 * OPG }>;
	type DataDepositPerByte = ConstU128<{ deposit(0, 1) }>;
	type MaximumReasonLength = ConstU32<16_384>;
	type ChildBountyManager = ChildBounties;
	type OnSlash = Treasury;
	type TransferAllAssets = pallet_bounties::TransferFungible<AccountId, Balances>;
	type WeightInfo = pallet_bounties::weights::SubstrateWeight<Runtime>;
}

impl pallet_child_bounties::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type MaxActiveChildBountyCount = ConstU32<100>;
	type ChildBountyValueMinimum = ConstU128<OPG>;
	type WeightInfo = pallet_child_bounties::weights::SubstrateWeight<Runtime>;
}
