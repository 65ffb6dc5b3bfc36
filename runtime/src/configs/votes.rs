//! What votes: free balance and stakes, nothing that is held for AI work, as a deposit or in a pot of the chain.
//!
//! The SDK lets an account vote with everything it owns, held or not, and locks as much as it voted with. A lock and a hold
//! overlap there, so balance that is held would carry the lock of a vote while the free balance goes on to vote again elsewhere.
//! [`Votable`] is the currency with both mended: it counts less, and its locks reach as much further as it does not count.

use crate::{
	configs::economics::{Bucket, Pot},
	AccountId, Balance, Balances, Runtime, RuntimeHoldReason,
};
use frame_support::{
	dispatch::DispatchResult,
	traits::{
		fungible::{self, InspectHold},
		tokens::{DepositConsequence, Fortitude, Preservation, Provenance, WithdrawConsequence},
		BalanceStatus, Currency, ExistenceRequirement, Get, LockIdentifier, LockableCurrency,
		ReservableCurrency, SignedImbalance, WithdrawReasons,
	},
};
use pallet_conviction_voting::ClassLocksFor;
use sp_runtime::DispatchError;

/// Why balance that still votes is held: for a stake, one's own or in a pool.
const VOTING_HOLDS: [RuntimeHoldReason; 2] = [
	RuntimeHoldReason::Staking(pallet_staking::HoldReason::Staking),
	RuntimeHoldReason::DelegatedStaking(pallet_delegated_staking::HoldReason::StakingDelegation),
];

/// The currency as votes count it.
pub struct Votable;

impl Votable {
	/// What of an account's balance does not vote.
	pub fn silent(who: &AccountId) -> Balance {
		let voting = VOTING_HOLDS.iter().map(|reason| Balances::balance_on_hold(reason, who));
		voting.fold(Balances::reserved_balance(who), |rest, held| rest.saturating_sub(held))
	}

	/// What an account can vote with.
	pub fn votes(who: &AccountId) -> Balance {
		<Balances as Currency<_>>::total_balance(who).saturating_sub(Self::silent(who))
	}
}

/// What could vote, were nobody's balance held: the issuance but for what lies in the chain's own accounts.
pub struct Turnout;

impl Get<Balance> for Turnout {
	fn get() -> Balance {
		let pots = Pot::ALL.map(Pot::account).into_iter();
		let own = pots.chain(Bucket::ALL.map(Bucket::account));
		own.fold(Balances::total_issuance(), |rest, account| {
			rest.saturating_sub(<Balances as Currency<_>>::total_balance(&account))
		})
	}
}

impl LockableCurrency<AccountId> for Votable {
	type Moment = <Balances as LockableCurrency<AccountId>>::Moment;
	type MaxLocks = <Balances as LockableCurrency<AccountId>>::MaxLocks;

	fn set_lock(id: LockIdentifier, who: &AccountId, amount: Balance, reasons: WithdrawReasons) {
		Balances::set_lock(id, who, amount.saturating_add(Self::silent(who)), reasons);
	}

	// Sets rather than extends: what did not vote when the account last voted may have become free since.
	fn extend_lock(id: LockIdentifier, who: &AccountId, amount: Balance, reasons: WithdrawReasons) {
		let classes = ClassLocksFor::<Runtime>::get(who);
		let voted = classes.iter().map(|(_, voted)| *voted).fold(amount, Balance::max);
		Self::set_lock(id, who, voted, reasons);
	}

	fn remove_lock(id: LockIdentifier, who: &AccountId) {
		Balances::remove_lock(id, who);
	}
}

impl Currency<AccountId> for Votable {
	type Balance = Balance;
	type PositiveImbalance = <Balances as Currency<AccountId>>::PositiveImbalance;
	type NegativeImbalance = <Balances as Currency<AccountId>>::NegativeImbalance;

	fn total_balance(who: &AccountId) -> Balance {
		Self::votes(who)
	}

	fn can_slash(who: &AccountId, value: Balance) -> bool {
		Balances::can_slash(who, value)
	}

	fn total_issuance() -> Balance {
		<Balances as Currency<AccountId>>::total_issuance()
	}

	fn active_issuance() -> Balance {
		<Balances as Currency<AccountId>>::active_issuance()
	}

	fn deactivate(amount: Balance) {
		<Balances as Currency<AccountId>>::deactivate(amount);
	}

	fn reactivate(amount: Balance) {
		<Balances as Currency<AccountId>>::reactivate(amount);
	}

	fn minimum_balance() -> Balance {
		<Balances as Currency<AccountId>>::minimum_balance()
	}

	fn burn(amount: Balance) -> Self::PositiveImbalance {
		<Balances as Currency<AccountId>>::burn(amount)
	}

	fn issue(amount: Balance) -> Self::NegativeImbalance {
		<Balances as Currency<AccountId>>::issue(amount)
	}

	fn free_balance(who: &AccountId) -> Balance {
		Balances::free_balance(who)
	}

	fn ensure_can_withdraw(
		who: &AccountId,
		amount: Balance,
		reasons: WithdrawReasons,
		left: Balance,
	) -> DispatchResult {
		Balances::ensure_can_withdraw(who, amount, reasons, left)
	}

	fn transfer(
		from: &AccountId,
		to: &AccountId,
		value: Balance,
		existence: ExistenceRequirement,
	) -> DispatchResult {
		<Balances as Currency<_>>::transfer(from, to, value, existence)
	}

	fn slash(who: &AccountId, value: Balance) -> (Self::NegativeImbalance, Balance) {
		Balances::slash(who, value)
	}

	fn deposit_into_existing(
		who: &AccountId,
		value: Balance,
	) -> Result<Self::PositiveImbalance, DispatchError> {
		Balances::deposit_into_existing(who, value)
	}

	fn deposit_creating(who: &AccountId, value: Balance) -> Self::PositiveImbalance {
		Balances::deposit_creating(who, value)
	}

	fn withdraw(
		who: &AccountId,
		value: Balance,
		reasons: WithdrawReasons,
		existence: ExistenceRequirement,
	) -> Result<Self::NegativeImbalance, DispatchError> {
		<Balances as Currency<_>>::withdraw(who, value, reasons, existence)
	}

	fn make_free_balance_be(
		who: &AccountId,
		balance: Balance,
	) -> SignedImbalance<Balance, Self::PositiveImbalance> {
		Balances::make_free_balance_be(who, balance)
	}
}

impl ReservableCurrency<AccountId> for Votable {
	fn can_reserve(who: &AccountId, value: Balance) -> bool {
		Balances::can_reserve(who, value)
	}

	fn slash_reserved(who: &AccountId, value: Balance) -> (Self::NegativeImbalance, Balance) {
		Balances::slash_reserved(who, value)
	}

	fn reserved_balance(who: &AccountId) -> Balance {
		Balances::reserved_balance(who)
	}

	fn reserve(who: &AccountId, value: Balance) -> DispatchResult {
		Balances::reserve(who, value)
	}

	fn unreserve(who: &AccountId, value: Balance) -> Balance {
		Balances::unreserve(who, value)
	}

	fn repatriate_reserved(
		slashed: &AccountId,
		beneficiary: &AccountId,
		value: Balance,
		status: BalanceStatus,
	) -> Result<Balance, DispatchError> {
		Balances::repatriate_reserved(slashed, beneficiary, value, status)
	}
}

impl fungible::Inspect<AccountId> for Votable {
	type Balance = Balance;

	fn total_issuance() -> Balance {
		<Balances as fungible::Inspect<AccountId>>::total_issuance()
	}

	fn active_issuance() -> Balance {
		<Balances as fungible::Inspect<AccountId>>::active_issuance()
	}

	fn minimum_balance() -> Balance {
		<Balances as fungible::Inspect<AccountId>>::minimum_balance()
	}

	fn total_balance(who: &AccountId) -> Balance {
		Self::votes(who)
	}

	fn balance(who: &AccountId) -> Balance {
		Balances::balance(who)
	}

	fn reducible_balance(who: &AccountId, preservation: Preservation, force: Fortitude) -> Balance {
		Balances::reducible_balance(who, preservation, force)
	}

	fn can_deposit(who: &AccountId, amount: Balance, provenance: Provenance) -> DepositConsequence {
		Balances::can_deposit(who, amount, provenance)
	}

	fn can_withdraw(who: &AccountId, amount: Balance) -> WithdrawConsequence<Balance> {
		Balances::can_withdraw(who, amount)
	}
}

impl pallet_conviction_voting::Config for Runtime {
	type RuntimeEvent = crate::RuntimeEvent;
	type Currency = Votable;
	type Polls = crate::Referenda;
	type MaxTurnout = Turnout;
	type MaxVotes = frame_support::traits::ConstU32<512>;
	type VoteLockingPeriod = crate::configs::pace::Term<{ 7 * crate::constants::time::DAYS }>;
	type BlockNumberProvider = crate::System;
	type VotingHooks = ();
	type WeightInfo = pallet_conviction_voting::weights::SubstrateWeight<Runtime>;
}
