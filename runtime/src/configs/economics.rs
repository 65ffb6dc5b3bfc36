//! Money: balances, transaction fees, and how the fee of an answer is split.

use crate::{
	constants::{
		currency::{EXISTENTIAL_DEPOSIT, TRANSACTION_BYTE_FEE},
		fee_shares,
	},
	AccountId, Authorship, Balance, Balances, Runtime, RuntimeEvent, RuntimeFreezeReason,
	RuntimeHoldReason, System,
};
use alloc::collections::BTreeMap;
use frame_support::{
	parameter_types,
	traits::{
		fungible::{Balanced, Credit, Inspect},
		tokens::{Fortitude, Precision, Preservation},
		ConstU128, ConstU32, ConstU8, Imbalance, OnUnbalanced, VariantCountOf,
	},
	weights::{ConstantMultiplier, IdentityFee},
	PalletId,
};
use opg_primitives::seams::{CheckPurse, FeeSplitter, Payees};
use pallet_transaction_payment::{FungibleAdapter, Multiplier, TargetedFeeAdjustment};
use sp_runtime::{
	traits::{AccountIdConversion, Bounded, One},
	FixedPointNumber, Percent, Perquintill,
};

/// Balance on its way from one account to another.
pub type BalanceCredit = Credit<AccountId, Balances>;

/// Accounts without a key that the chain pays into. Endowed at genesis, so a payment never fails for want of an account.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pot {
	/// What is spent by governance, and what could not be paid elsewhere.
	Treasury,
	/// What validators and their nominators earn.
	Validators,
	/// What storage earns.
	Storage,
	/// What re-runs of answers earn.
	Checks,
	/// What growth earned by use is paid from.
	Growth,
	/// What was minted at genesis and is nobody's yet.
	Supply,
}

impl Pot {
	/// Every pot.
	pub const ALL: [Self; 6] =
		[Self::Treasury, Self::Validators, Self::Storage, Self::Checks, Self::Growth, Self::Supply];

	/// The pot's account.
	pub fn account(self) -> AccountId {
		let id = match self {
			Self::Treasury => *b"opg/trsy",
			Self::Validators => *b"opg/vali",
			Self::Storage => *b"opg/stor",
			Self::Checks => *b"opg/chek",
			Self::Growth => *b"opg/grow",
			Self::Supply => *b"opg/supp",
		};
		PalletId(id).into_account_truncating()
	}

	/// Pays into the pot; what even the treasury could not take would burn.
	pub fn credit(self, credit: BalanceCredit) {
		if let Err(credit) = Balances::resolve(&self.account(), credit) {
			drop(Balances::resolve(&Self::Treasury.account(), credit));
		}
	}
}

/// Pays what it receives into the treasury.
pub struct ToTreasury;

impl OnUnbalanced<BalanceCredit> for ToTreasury {
	fn on_nonzero_unbalanced(credit: BalanceCredit) {
		Pot::Treasury.credit(credit);
	}
}

/// Pays what it receives to validators, who do the work transactions and upkeep pay for.
pub struct ToValidators;

impl OnUnbalanced<BalanceCredit> for ToValidators {
	fn on_nonzero_unbalanced(credit: BalanceCredit) {
		Pot::Validators.credit(credit);
	}
}

/// Pays what it receives to the block's author.
pub struct ToAuthor;

impl OnUnbalanced<BalanceCredit> for ToAuthor {
	fn on_nonzero_unbalanced(credit: BalanceCredit) {
		let unpaid = match Authorship::author() {
			Some(author) => Balances::resolve(&author, credit).err(),
			None => Some(credit),
		};
		if let Some(credit) = unpaid {
			Pot::Treasury.credit(credit);
		}
	}
}

/// Transaction fees go to validators, tips to the block's author.
pub struct TransactionFees;

impl OnUnbalanced<BalanceCredit> for TransactionFees {
	fn on_unbalanceds(mut fees_then_tips: impl Iterator<Item = BalanceCredit>) {
		if let Some(fees) = fees_then_tips.next() {
			ToValidators::on_unbalanced(fees);
		}
		if let Some(tips) = fees_then_tips.next() {
			ToAuthor::on_unbalanced(tips);
		}
	}

	fn on_nonzero_unbalanced(fees: BalanceCredit) {
		ToValidators::on_unbalanced(fees);
	}
}

impl pallet_balances::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeHoldReason = RuntimeHoldReason;
	type RuntimeFreezeReason = RuntimeFreezeReason;
	type Balance = Balance;
	type DustRemoval = ToTreasury;
	type ExistentialDeposit = ConstU128<EXISTENTIAL_DEPOSIT>;
	type AccountStore = System;
	type ReserveIdentifier = [u8; 8];
	type FreezeIdentifier = RuntimeFreezeReason;
	type MaxLocks = ConstU32<50>;
	type MaxReserves = ConstU32<50>;
	type MaxFreezes = VariantCountOf<RuntimeFreezeReason>;
	type DoneSlashHandler = ();
	type WeightInfo = pallet_balances::weights::SubstrateWeight<Runtime>;
}

parameter_types! {
	pub const TargetBlockFullness: Perquintill = Perquintill::from_percent(25);
	pub AdjustmentVariable: Multiplier = Multiplier::saturating_from_rational(75, 1_000_000);
	pub MinimumMultiplier: Multiplier = Multiplier::one();
	pub MaximumMultiplier: Multiplier = Bounded::max_value();
}

impl pallet_transaction_payment::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type OnChargeTransaction = FungibleAdapter<Balances, TransactionFees>;
	type OperationalFeeMultiplier = ConstU8<5>;
	// A picosecond of execution costs a unit: a millisecond about a thousandth of an OPG.
	type WeightToFee = IdentityFee<Balance>;
	type LengthToFee = ConstantMultiplier<Balance, ConstU128<TRANSACTION_BYTE_FEE>>;
	type FeeMultiplierUpdate = TargetedFeeAdjustment<
		Self,
		TargetBlockFullness,
		AdjustmentVariable,
		MinimumMultiplier,
		MaximumMultiplier,
	>;
	type WeightInfo = pallet_transaction_payment::weights::SubstrateWeight<Runtime>;
}

impl pallet_skip_feeless_payment::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
}

/// Splits the fee of an answer by [`fee_shares`].
pub struct FeeShares;

/// What a batch of fees pays, account by account, and what it burns.
#[derive(Default)]
pub struct BatchPayment {
	owed: BTreeMap<AccountId, BalanceCredit>,
	burnt: BalanceCredit,
}

impl BatchPayment {
	fn owe(&mut self, account: AccountId, credit: BalanceCredit) {
		self.owed.entry(account).or_default().subsume(credit);
	}
}

impl FeeSplitter<AccountId, BalanceCredit> for FeeShares {
	type Settlement = BatchPayment;

	fn add(payment: &mut BatchPayment, fee: BalanceCredit, payees: &Payees<AccountId>) {
		let whole = fee.peek();
		let part = |percent: u32| Percent::from_percent(percent.min(100) as u8).mul_floor(whole);
		let (burnt, mut rest) = fee.split(part(fee_shares::BURN));
		payment.burnt.subsume(burnt);
		let pots = [
			(Pot::Checks, fee_shares::CHECKS),
			(Pot::Validators, fee_shares::VALIDATORS),
			(Pot::Storage, fee_shares::STORAGE),
			(Pot::Treasury, fee_shares::TREASURY),
			(Pot::Growth, fee_shares::GROWTH),
		];
		for (pot, percent) in pots {
			payment.owe(pot.account(), rest.extract(part(percent)));
		}
		let mut owners = rest.extract(part(fee_shares::MODEL_OWNER));
		owners.subsume(rest.extract(payees.royalty.mul_floor(part(fee_shares::NODE))));
		payment.owe(payees.model_owner.clone(), owners);
		payment.owe(payees.node.clone(), rest);
	}

	fn pay(payment: BatchPayment) {
		for (account, credit) in payment.owed {
			if let Err(credit) = Balances::resolve(&account, credit) {
				Pot::Treasury.credit(credit);
			}
		}
		drop(payment.burnt);
	}
}

/// Pays for re-runs out of the checks' pot.
pub struct CheckPot;

impl CheckPurse<AccountId, Balance> for CheckPot {
	fn holds(amount: Balance) -> bool {
		let pot = Pot::Checks.account();
		Balances::reducible_balance(&pot, Preservation::Preserve, Fortitude::Polite) >= amount
	}

	fn pay(payees: &[AccountId], each: Balance) {
		for payee in payees {
			let pot = Pot::Checks.account();
			let paid = <Balances as Balanced<AccountId>>::withdraw(
				&pot,
				each,
				Precision::BestEffort,
				Preservation::Preserve,
				Fortitude::Polite,
			);
			if let Ok(Err(credit)) = paid.map(|credit| Balances::resolve(payee, credit)) {
				Pot::Treasury.credit(credit);
			}
		}
	}
}
