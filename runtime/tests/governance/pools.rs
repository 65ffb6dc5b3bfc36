//! Nomination pools from the first member to a claimed reward.

use crate::network::{account, free, on_the_local_testnet, owned, signed, skip_slots};
use frame_support::{assert_noop, assert_ok};
use opg_runtime::{
	configs::economics::Pot, constants::currency::OPG, Balances, Economics, NominationPools,
	Runtime, Staking,
};
use pallet_nomination_pools::{BondExtra, Error};
use pallet_staking::{ActiveEra, RewardDestination};
use sp_keyring::Sr25519Keyring::{Alice, AliceStash, Bob, BobStash, Eve, EveStash};

const POOL: u32 = 1;

pub(crate) fn active_era() -> u32 {
	ActiveEra::<Runtime>::get().expect("an era runs").index
}

/// Blocks as long as an epoch, until another era runs.
pub(crate) fn end_era() {
	let era = active_era();
	let epoch = <Runtime as pallet_babe::Config>::EpochDuration::get();
	let blocks = (0..20).take_while(|_| {
		skip_slots(epoch);
		active_era() == era
	});
	assert!(blocks.count() < 19, "an era ends");
}

fn found_a_pool() {
	let owner = account(AliceStash);
	assert_ok!(NominationPools::create(
		signed(AliceStash),
		1_000 * OPG,
		owner.clone().into(),
		owner.clone().into(),
		owner.into()
	));
	assert_ok!(NominationPools::nominate(signed(AliceStash), POOL, vec![account(Bob)]));
}

#[test]
fn a_member_joins_an_era_passes_and_its_reward_is_paid_from_the_pot() {
	on_the_local_testnet(|| {
		found_a_pool();
		let before = owned(BobStash);
		assert_ok!(NominationPools::join(signed(BobStash), 100_000 * OPG, POOL));
		assert_eq!(free(account(BobStash)), before - 100_000 * OPG);
		assert_eq!(owned(BobStash), before, "its own account holds it");

		// The first era elected before there was a pool.
		(0..3).for_each(|_| end_era());
		let era = active_era() - 1;
		let pool = account_of_pool();
		let exposed = Staking::eras_stakers(era, &account(Bob));
		let backing = exposed.others.iter().find(|backer| backer.who == pool);
		// Votes are counted in tens of units.
		let backing = backing.expect("the pool backs whom it named").value;
		assert!((101_000 * OPG).abs_diff(backing) < 100, "{backing}");

		let issued = Balances::total_issuance();
		let pot = free(Pot::Rewards.account());
		assert_ok!(Staking::payout_stakers(signed(Eve), account(Bob), era));
		let paid = pot - free(Pot::Rewards.account());
		assert!(paid > 0);
		let before = free(account(BobStash));
		assert!(NominationPools::api_pending_rewards(account(BobStash)).unwrap_or(0) > 0);
		assert_ok!(NominationPools::claim_payout(signed(BobStash)));
		let reward = free(account(BobStash)) - before;
		assert!(reward > 0 && reward < paid, "{reward} of {paid}");
		assert_eq!(Balances::total_issuance(), issued, "nothing was minted");
		Economics::check_laws().expect("the supply's laws hold");
	});
}

fn account_of_pool() -> opg_runtime::AccountId {
	NominationPools::api_pool_accounts(POOL).0
}

#[test]
fn a_member_that_leaves_has_its_stake_back_after_the_bonding_eras() {
	on_the_local_testnet(|| {
		found_a_pool();
		let before = owned(BobStash);
		assert_ok!(NominationPools::join(signed(BobStash), 500 * OPG, POOL));
		end_era();
		let member = || account(BobStash).into();
		assert_ok!(NominationPools::unbond(signed(BobStash), member(), 500 * OPG));
		(0..3).for_each(|_| end_era());
		assert_ok!(NominationPools::withdraw_unbonded(signed(BobStash), member(), 0));
		assert_eq!(free(account(BobStash)), before);
	});
}

#[test]
fn nobody_stakes_alone_and_in_a_pool() {
	on_the_local_testnet(|| {
		found_a_pool();
		assert_noop!(
			NominationPools::join(signed(Alice), 100 * OPG, POOL),
			Error::<Runtime>::Restricted
		);
		assert_ok!(NominationPools::join(signed(EveStash), 100 * OPG, POOL));
		assert_ok!(NominationPools::bond_extra(signed(EveStash), BondExtra::FreeBalance(OPG)));
		assert_noop!(
			Staking::bond(signed(EveStash), 100 * OPG, RewardDestination::Stash),
			pallet_staking::Error::<Runtime>::Restricted
		);
	});
}
