//! A chain begins with the whole supply in its buckets, or not at all.

use crate::{mock::*, Allocations, Bucket, Launch, Ledger, Ledgers, Pallet, Pot};

#[test]
fn what_a_bucket_lacks_was_spent_of_what_is_free_at_launch() {
	externalities_with(genesis_balances(), Vec::new()).execute_with(|| {
		let accounts = (Pot::ALL.len() + Bucket::ALL.len()) as u128;
		let spent = 3 * PURSE + accounts * ENDOWMENT;
		assert_eq!(
			Ledgers::<Test>::get(Bucket::Liquidity),
			Ledger { allocated: spent, released: spent }
		);
		assert_eq!(Ledgers::<Test>::get(Bucket::Ecosystem), Ledger::default());
		assert_eq!(Balances::total_issuance(), SUPPLY);
		Pallet::<Test>::check_laws().expect("the laws hold before the first block");
		check_sums();
	});
}

#[test]
fn beneficiaries_may_have_allocations_from_the_first_block_on() {
	let allocations = vec![
		(Bucket::Foundation, BOB, 150 * MILLION),
		(Bucket::Airdrop, BOB, MILLION),
		(Bucket::Airdrop, CAROL, MILLION),
	];
	externalities_with(genesis_balances(), allocations).execute_with(|| {
		Pallet::<Test>::check_laws().expect("the laws hold");
		let amount = |bucket, who| Allocations::<Test>::get(bucket, who).map(|one| one.amount);
		assert_eq!(amount(Bucket::Foundation, BOB), Some(150 * MILLION));
		assert_eq!(amount(Bucket::Airdrop, CAROL), Some(MILLION));
	});
}

#[test]
fn the_launch_is_the_time_of_the_first_block_that_has_one() {
	externalities_with(genesis_balances(), Vec::new()).execute_with(|| {
		block(1, 0);
		assert_eq!(Launch::<Test>::get(), None);
		assert_eq!(Economics::vested(Bucket::Airdrop), 0, "nothing is free before the launch");
		block(2, LAUNCH);
		assert_eq!(Launch::<Test>::get(), Some(LAUNCH));
		assert_eq!(Economics::vested(Bucket::Airdrop), 40 * MILLION);
		block(3, LAUNCH + HOUR);
		assert_eq!(Launch::<Test>::get(), Some(LAUNCH));
		Pallet::<Test>::check_laws().expect("the laws hold");
	});
}

#[test]
#[should_panic = "the issuance is not the supply"]
fn a_unit_too_many_is_no_genesis() {
	let mut balances = genesis_balances();
	balances[0].1 += 1;
	externalities_with(balances, Vec::new());
}

#[test]
#[should_panic = "more of a bucket was spent than is free at launch"]
fn what_has_not_vested_cannot_be_spent_before_the_first_block() {
	let mut balances = genesis_balances();
	let contributors = Bucket::Contributors.account();
	balances.iter_mut().filter(|(who, _)| *who == contributors).for_each(|(_, of)| *of -= 1);
	balances[0].1 += 1;
	externalities_with(balances, Vec::new());
}

#[test]
#[should_panic = "a bucket holds more than was published"]
fn no_bucket_is_larger_than_published() {
	let mut balances = genesis_balances();
	let airdrop = Bucket::Airdrop.account();
	balances.iter_mut().filter(|(who, _)| *who == airdrop).for_each(|(_, of)| *of += 1);
	balances[0].1 -= 1;
	externalities_with(balances, Vec::new());
}

#[test]
#[should_panic = "a pot is not endowed"]
fn no_pot_is_left_without_an_account() {
	let mut balances = genesis_balances();
	let checks = Pot::Checks.account();
	balances.retain(|(who, _)| *who != checks);
	balances[0].1 += ENDOWMENT;
	externalities_with(balances, Vec::new());
}

#[test]
#[should_panic = "a preset gives no more than a bucket has"]
fn no_more_is_given_than_a_bucket_has() {
	externalities_with(genesis_balances(), vec![(Bucket::Airdrop, BOB, 40 * MILLION + 1)]);
}
