//! The smallest runtime with a supply, a clock, and staking that only keeps a record of rewards.

use crate::{Balance, Bucket, CreditOf, DebtOf, EraIndex, Event, Ledgers, Pallet, Pot, Shares};
use frame_support::{
	derive_impl, parameter_types,
	traits::{
		fungible::Balanced,
		tokens::{Fortitude, Precision, Preservation},
		ConstU128, ConstU32, ConstU64, Hooks, OnUnbalanced, SortedMembers, UnixTime,
	},
};
use frame_system::EnsureSignedBy;
use opg_primitives::{
	seams::{FeeSplitter, FileUse, Payees, RewardRecord},
	ModelId,
};
use sp_runtime::{traits::IdentityLookup, AccountId32, BuildStorage, Perbill, Permill};
use sp_staking::EraPayout;
use std::{collections::BTreeMap, time::Duration};

pub(crate) const ALICE: AccountId32 = AccountId32::new([1; 32]);
pub(crate) const BOB: AccountId32 = AccountId32::new([2; 32]);
pub(crate) const CAROL: AccountId32 = AccountId32::new([3; 32]);
pub(crate) const GOVERNANCE: AccountId32 = AccountId32::new([9; 32]);
/// Has no account until somebody pays it.
pub(crate) const NOBODY: AccountId32 = AccountId32::new([99; 32]);
/// One OPG.
pub(crate) const OPG: Balance = 1_000_000_000_000;
/// A million OPG.
pub(crate) const MILLION: Balance = 1_000_000 * OPG;
pub(crate) const SUPPLY: Balance = 1_000 * MILLION;
pub(crate) const ENDOWMENT: Balance = OPG;
pub(crate) const EXISTENTIAL_DEPOSIT: Balance = OPG / 1_000;
/// What Alice, Bob and Carol start with.
pub(crate) const PURSE: Balance = MILLION;
/// Blocks between two steps of the stream.
pub(crate) const PERIOD: u64 = 10;
/// Eras that staking keeps.
pub(crate) const DEPTH: EraIndex = 4;
/// When the chain is launched.
pub(crate) const LAUNCH: u64 = 1_776_774_600_000;
pub(crate) const HOUR: u64 = 3_600_000;

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
	pub type Balances = pallet_balances;
	#[runtime::pallet_index(2)]
	pub type Economics = crate;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlock<Test>;
	type AccountId = AccountId32;
	type Lookup = IdentityLookup<AccountId32>;
	type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
	type Balance = Balance;
	type ExistentialDeposit = ConstU128<EXISTENTIAL_DEPOSIT>;
}

parameter_types! {
	/// The time, in milliseconds.
	pub static Now: u64 = 0;
	/// What keepers of models' files were told.
	pub static Uses: Vec<(ModelId, Balance)> = Vec::new();
	/// How many validators there are.
	pub static Validators: usize = 2;
	/// The era that runs.
	pub static Era: EraIndex = 0;
	/// The rewards of the eras that are kept.
	pub static Rewards: BTreeMap<EraIndex, Balance> = BTreeMap::new();
	/// What can still be claimed of each validator's part of them.
	pub static Unclaimed: BTreeMap<(EraIndex, AccountId32), Balance> = BTreeMap::new();
	pub const InitialShares: Shares = PUBLISHED;
}

/// Who decides in tests.
pub struct Governance;

impl SortedMembers<AccountId32> for Governance {
	fn sorted_members() -> Vec<AccountId32> {
		vec![GOVERNANCE]
	}
}

/// The published shares.
pub(crate) const PUBLISHED: Shares = Shares {
	node: Permill::from_percent(66),
	checks: Permill::from_percent(4),
	validators: Permill::from_percent(8),
	storage: Permill::from_percent(5),
	model_owner: Permill::from_percent(5),
	burn: Permill::from_percent(5),
	treasury: Permill::from_percent(4),
	growth: Permill::from_percent(3),
};

/// The clock of tests.
pub struct Clock;

impl UnixTime for Clock {
	fn now() -> Duration {
		Duration::from_millis(Now::get())
	}
}

/// Remembers what models were used for.
pub struct Files;

impl FileUse<Balance> for Files {
	fn used(model: ModelId, share: Balance) {
		Uses::mutate(|uses| uses.push((model, share)));
	}
}

/// What staking would know.
pub struct Stakers;

impl RewardRecord<AccountId32, Balance> for Stakers {
	fn ending_era() -> Option<(EraIndex, Vec<(AccountId32, Perbill)>)> {
		let parts = [(ALICE, 70), (CAROL, 30), (BOB, 0)].into_iter().take(Validators::get());
		let parts = parts.map(|(who, percent)| (who, Perbill::from_percent(percent)));
		Some((Era::get(), parts.collect()))
	}

	fn reward(era: EraIndex) -> Option<Balance> {
		Rewards::get().get(&era).copied()
	}

	fn unclaimed(era: EraIndex, validator: &AccountId32, _part: Balance) -> Balance {
		Unclaimed::get().get(&(era, validator.clone())).copied().unwrap_or_default()
	}
}

impl crate::Config for Test {
	type Currency = Balances;
	type Time = Clock;
	type Stakers = Stakers;
	type Files = Files;
	type GovernanceOrigin = EnsureSignedBy<Governance, AccountId32>;
	type Supply = ConstU128<SUPPLY>;
	type Endowment = ConstU128<ENDOWMENT>;
	type InitialShares = InitialShares;
	type StreamPeriod = ConstU64<PERIOD>;
	type MaxPromises = ConstU32<{ DEPTH + 2 }>;
	type MaxValidators = ConstU32<2>;
	type WeightInfo = crate::weights::UpperBounds<Test>;
}

/// Ends an era as staking would: asks for the reward, and forgets the era that leaves the history.
pub(crate) fn end_era() -> Balance {
	let era = Era::get();
	let (promised, remainder) = Economics::era_payout(0, Balances::total_issuance(), HOUR);
	assert_eq!(remainder, 0, "nothing is issued beside the reward");
	set_reward(era, promised);
	Rewards::mutate(|rewards| rewards.retain(|kept, _| kept + DEPTH > era));
	Unclaimed::mutate(|parts| parts.retain(|(kept, _), _| kept + DEPTH > era));
	Era::set(era + 1);
	promised
}

/// Sets an era's reward, all of it unclaimed.
pub(crate) fn set_reward(era: EraIndex, reward: Balance) {
	let alice = Perbill::from_percent(70) * reward;
	Rewards::mutate(|rewards| rewards.insert(era, reward));
	Unclaimed::mutate(|parts| {
		parts.insert((era, ALICE), alice);
		parts.insert((era, CAROL), reward - alice);
	});
}

/// What can still be claimed of an era's reward.
pub(crate) fn unclaimed(era: EraIndex) -> Balance {
	if !Rewards::get().contains_key(&era) {
		return 0;
	}
	let parts = Unclaimed::get();
	parts.iter().filter(|((of, _), _)| *of == era).map(|(_, part)| part).sum()
}

/// Pays a part of an era's reward as staking would: deposits it, then has the debt settled. The record counts `counted` of
/// it, as if the rest had come from rounding.
pub(crate) fn reward(who: &AccountId32, era: EraIndex, amount: Balance, counted: Balance) {
	let mut left = counted;
	Unclaimed::mutate(|parts| {
		for validator in [CAROL, ALICE] {
			let part = parts.get_mut(&(era, validator)).expect("an era that was paid");
			let taken = left.min(*part);
			*part -= taken;
			left -= taken;
		}
	});
	assert_eq!(left, 0, "no more than is unclaimed");
	let debt = Balances::deposit(who, amount, Precision::Exact).expect("an account");
	<Economics as OnUnbalanced<DebtOf<Test>>>::on_unbalanced(debt);
}

/// A block at `time`.
pub(crate) fn block(number: u64, time: u64) {
	System::set_block_number(number);
	Economics::on_initialize(number);
	Now::set(time);
	Economics::on_finalize(number);
}

/// The next block, `millis` later.
pub(crate) fn next_block(millis: u64) {
	block(System::block_number() + 1, Now::get() + millis);
}

/// Lets time pass until `months` months after the launch.
pub(crate) fn months_after_launch(months: u64) {
	Now::set(LAUNCH + months * crate::bucket::MONTH);
}

pub(crate) fn balance(who: impl Into<AccountId32>) -> Balance {
	Balances::free_balance(who.into())
}

/// What a pot holds beside its endowment.
pub(crate) fn in_pot(pot: Pot) -> Balance {
	balance(pot.account()) - ENDOWMENT
}

/// Takes a fee out of Alice's account.
pub(crate) fn fee(amount: Balance) -> CreditOf<Test> {
	Balances::withdraw(&ALICE, amount, Precision::Exact, Preservation::Preserve, Fortitude::Polite)
		.expect("Alice is rich")
}

/// Bob's node answered with Carol's model.
pub(crate) fn payees(royalty: Permill) -> Payees<AccountId32> {
	Payees { node: BOB, model_owner: CAROL, royalty, model: Some(7) }
}

/// Splits and pays one fee.
pub(crate) fn settle(amount: Balance, payees: &Payees<AccountId32>) {
	let mut batch = Default::default();
	Economics::add(&mut batch, fee(amount), payees);
	<Economics as FeeSplitter<_, _>>::pay(batch);
}

/// The genesis balances: purses and endowments come out of the liquidity bucket.
pub(crate) fn genesis_balances() -> Vec<(AccountId32, Balance)> {
	let mut balances: Vec<_> = [ALICE, BOB, CAROL].map(|who| (who, PURSE)).to_vec();
	balances.extend(Pot::ALL.map(|pot| (pot.account(), ENDOWMENT)));
	let given: Balance = balances.iter().map(|(_, balance)| balance).sum();
	let spent = given + Bucket::ALL.len() as Balance * ENDOWMENT;
	balances.extend(Bucket::ALL.map(|bucket| {
		let spent = if bucket == Bucket::Liquidity { spent } else { 0 };
		(bucket.account(), bucket.schedule(SUPPLY).total - spent + ENDOWMENT)
	}));
	balances
}

/// A chain of these balances and allocations, before its first block.
pub(crate) fn externalities_with(
	balances: Vec<(AccountId32, Balance)>,
	allocations: Vec<(Bucket, AccountId32, Balance)>,
) -> sp_io::TestExternalities {
	// Tests that share a thread share these.
	Now::set(0);
	Era::set(0);
	Validators::set(2);
	Rewards::set(BTreeMap::new());
	Unclaimed::set(BTreeMap::new());
	let mut storage =
		frame_system::GenesisConfig::<Test>::default().build_storage().expect("a genesis");
	pallet_balances::GenesisConfig::<Test> { balances, ..Default::default() }
		.assimilate_storage(&mut storage)
		.expect("balances");
	crate::GenesisConfig::<Test> { allocations }
		.assimilate_storage(&mut storage)
		.expect("allocations");
	storage.into()
}

/// Runs `test` after the first block of a chain, at its launch, and checks the laws after it.
pub(crate) fn build_and_execute(test: impl FnOnce()) {
	externalities_with(genesis_balances(), Vec::new()).execute_with(|| {
		block(1, LAUNCH);
		System::reset_events();
		test();
		Pallet::<Test>::check_laws().expect("the laws hold");
		check_sums();
	});
}

/// What no chain could check, since anybody may burn or send: here every pot holds what its ledger says and all balances
/// are the issuance.
pub(crate) fn check_sums() {
	for bucket in Bucket::ALL {
		let kept = bucket.schedule(SUPPLY).total - Ledgers::<Test>::get(bucket).released;
		assert_eq!(balance(bucket.account()), kept + ENDOWMENT, "{bucket:?} has what it should");
	}
	let balances: Balance =
		frame_system::Account::<Test>::iter_values().map(|account| account.data.free).sum();
	assert_eq!(balances, Balances::total_issuance());
}

/// This pallet's events since the last call.
pub(crate) fn events() -> Vec<Event<Test>> {
	let events = System::events()
		.into_iter()
		.filter_map(|record| match record.event {
			RuntimeEvent::Economics(event) => Some(event),
			_ => None,
		})
		.collect();
	System::reset_events();
	events
}
