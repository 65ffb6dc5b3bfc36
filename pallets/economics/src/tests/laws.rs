//! The laws hold after any sequence of calls and blocks, and broken states are caught.

use crate::{
	bucket::MONTH, mock::*, Allocation, Allocations, Balance, Bucket, CurrentShares, Event,
	Ledgers, Pot, Promise, Promises, Shares,
};
use frame_support::{assert_ok, traits::fungible::Mutate};
use opg_primitives::seams::{CheckPurse, FeeSplitter};
use proptest::prelude::*;
use sp_runtime::{AccountId32, Permill};

#[derive(Clone, Debug)]
enum Step {
	Allocate(Bucket, u8, Balance),
	Claim(Bucket, u8),
	SetShares(u32, u32),
	Settle(Vec<Balance>, u32),
	PayChecks(Balance),
	EndEra,
	Reward(u8, usize, u32, bool),
	Block(u64),
	Burn(Balance),
}

fn who(index: u8) -> AccountId32 {
	[ALICE, BOB, CAROL, NOBODY][usize::from(index % 4)].clone()
}

fn bucket() -> impl Strategy<Value = Bucket> {
	prop::sample::select(Bucket::ALL.to_vec())
}

fn amount() -> impl Strategy<Value = Balance> {
	prop_oneof![0..2 * EXISTENTIAL_DEPOSIT, 0..OPG, 0..100 * MILLION]
}

fn time() -> impl Strategy<Value = u64> {
	prop_oneof![4 => 1..HOUR, 2 => 1..MONTH, 1 => MONTH..20 * MONTH]
}

fn step() -> impl Strategy<Value = Step> {
	let fees = prop::collection::vec(prop_oneof![0..1_000u128, 0..1_000 * OPG], 1..4);
	prop_oneof![
		2 => (bucket(), any::<u8>(), amount())
			.prop_map(|(bucket, who, amount)| Step::Allocate(bucket, who, amount)),
		6 => (bucket(), any::<u8>()).prop_map(|(bucket, who)| Step::Claim(bucket, who)),
		1 => (0..200_000u32, 0..200_000u32)
			.prop_map(|(burn, growth)| Step::SetShares(burn, growth)),
		4 => (fees, 0..=1_000_000u32).prop_map(|(fees, royalty)| Step::Settle(fees, royalty)),
		1 => amount().prop_map(Step::PayChecks),
		4 => Just(Step::EndEra),
		6 => (any::<u8>(), any::<prop::sample::Index>(), 0..=1_000_000u32, any::<bool>())
			.prop_map(|(who, era, part, up)| Step::Reward(who, era.index(1_000), part, up)),
		8 => time().prop_map(Step::Block),
		1 => (0..OPG).prop_map(Step::Burn),
	]
}

/// Takes a step; it may be refused: only the laws matter here. Returns what burnt in it.
fn take(step: Step) -> Balance {
	match step {
		Step::Allocate(bucket, index, amount) => {
			let origin = RuntimeOrigin::signed(GOVERNANCE);
			let _ = Economics::allocate(origin, bucket, who(index), amount);
		},
		Step::Claim(bucket, index) => {
			let due = Economics::claimable(bucket, who(index));
			let before = balance(who(index));
			let claimed = Economics::claim(RuntimeOrigin::signed(ALICE), bucket, who(index));
			let paid = if claimed.is_ok() { due } else { 0 };
			assert_eq!(balance(who(index)), before + paid, "claim pays what was to be claimed");
		},
		Step::SetShares(burn, growth) => {
			let rest = Permill::from_parts(1_000_000 - burn - growth - 260_000);
			let shares = Shares {
				node: rest,
				burn: Permill::from_parts(burn),
				growth: Permill::from_parts(growth),
				..PUBLISHED
			};
			let set = Economics::set_shares(RuntimeOrigin::signed(GOVERNANCE), shares);
			assert_eq!(set.is_ok(), growth < burn);
		},
		Step::Settle(fees, royalty) => {
			let mut batch = Default::default();
			let affordable = balance(ALICE) - EXISTENTIAL_DEPOSIT;
			for amount in fees.into_iter().map(|fee| fee.min(affordable / 4)) {
				let payees = payees(Permill::from_parts(royalty));
				Economics::add(&mut batch, fee(amount), &payees);
			}
			<Economics as FeeSplitter<_, _>>::pay(batch);
			let burnt = |event| match event {
				Event::FeesBurnt { amount } => Some(amount),
				_ => None,
			};
			return events().into_iter().find_map(burnt).unwrap_or_default();
		},
		Step::PayChecks(each) => <Economics as CheckPurse<_, _>>::pay(&[BOB, NOBODY], each),
		Step::EndEra => {
			end_era();
		},
		Step::Reward(index, era, part, rounded_up) => {
			let eras = Rewards::get();
			let Some((era, _)) = eras.iter().nth(era % (eras.len() + 1)) else { return 0 };
			let counted = Permill::from_parts(part).mul_floor(unclaimed(*era));
			let makes_no_account = balance(who(index)) == 0 && counted < 2 * EXISTENTIAL_DEPOSIT;
			if counted == 0 || makes_no_account {
				return 0;
			}
			// Roundings go either way.
			let paid = if rounded_up { counted + 3 } else { counted - 1 };
			reward(&who(index), *era, paid, counted);
			let uncovered = |event: &Event<Test>| matches!(event, Event::RewardUncovered { .. });
			assert!(!events().iter().any(uncovered), "a claim in time found no balance");
		},
		Step::Block(millis) => next_block(millis),
		Step::Burn(amount) => {
			let amount = amount.min(balance(CAROL) - EXISTENTIAL_DEPOSIT);
			assert_ok!(Balances::burn(RuntimeOrigin::signed(CAROL), amount, true));
			return amount;
		},
	}
	0
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(128))]

	#[test]
	fn hold_after_any_calls(steps in prop::collection::vec(step(), 1..150)) {
		build_and_execute(|| {
			let mut burnt = 0;
			for step in steps {
				burnt += take(step);
				Economics::check_laws().expect("the laws hold after each step");
				check_sums();
				assert_eq!(Balances::total_issuance() + burnt, SUPPLY, "every unit gone was burnt");
			}
			// Whatever was claimed, all of it can be in the end.
			months_after_launch(100);
			for bucket in Bucket::ALL {
				for index in 0..4 {
					let _ = Economics::claim(RuntimeOrigin::signed(ALICE), bucket, who(index));
					assert_eq!(Allocations::<Test>::get(bucket, who(index)), None);
				}
			}
			for era in Rewards::get().into_keys() {
				reward(&BOB, era, unclaimed(era), unclaimed(era));
			}
		});
	}
}

#[test]
#[should_panic = "more was issued than the supply"]
fn catch_a_minted_unit() {
	build_and_execute(|| {
		assert_ok!(Balances::mint_into(&ALICE, 1));
	});
}

#[test]
#[should_panic = "more has left a bucket than has vested"]
fn catch_what_left_before_it_vested() {
	build_and_execute(|| {
		Ledgers::<Test>::mutate(Bucket::Staking, |ledger| ledger.released = 1);
	});
}

#[test]
#[should_panic = "more has left a bucket than it gave"]
fn catch_what_left_without_having_been_given() {
	build_and_execute(|| {
		Ledgers::<Test>::mutate(Bucket::Airdrop, |ledger| ledger.released = 1);
	});
}

#[test]
#[should_panic = "a bucket gave more than it had"]
fn catch_a_bucket_that_gave_too_much() {
	build_and_execute(|| {
		Ledgers::<Test>::mutate(Bucket::Airdrop, |ledger| ledger.allocated = 40 * MILLION + 1);
	});
}

#[test]
#[should_panic = "a bucket's pot lacks what has not left it"]
fn catch_a_unit_missing_from_a_bucket() {
	build_and_execute(|| {
		let pot = Bucket::Investors.account();
		assert_ok!(Balances::transfer_allow_death(RuntimeOrigin::signed(pot), ALICE, 1));
	});
}

#[test]
#[should_panic = "allocations are not what a bucket gave"]
fn catch_an_allocation_nobody_gave() {
	build_and_execute(|| {
		let allocation = Allocation { amount: OPG, claimed: 0 };
		Allocations::<Test>::insert(Bucket::Airdrop, ALICE, allocation);
	});
}

#[test]
#[should_panic = "an allocation was paid more than has vested"]
fn catch_an_allocation_paid_too_early() {
	build_and_execute(|| {
		let allocation = Allocation { amount: OPG, claimed: 1 };
		Allocations::<Test>::insert(Bucket::Investors, ALICE, allocation);
	});
}

#[test]
#[should_panic = "a finished allocation is kept"]
fn catch_a_finished_allocation() {
	build_and_execute(|| {
		let allocation = Allocation { amount: OPG, claimed: OPG };
		Allocations::<Test>::insert(Bucket::Airdrop, ALICE, allocation);
	});
}

#[test]
#[should_panic = "the shares of a fee are not the fee"]
fn catch_shares_that_are_no_whole() {
	build_and_execute(|| {
		CurrentShares::<Test>::put(Shares { node: Permill::zero(), ..PUBLISHED });
	});
}

#[test]
#[should_panic = "growth is not less than what burns"]
fn catch_growth_as_large_as_the_burn() {
	build_and_execute(|| {
		let shares = Shares { burn: PUBLISHED.growth, growth: PUBLISHED.burn, ..PUBLISHED };
		CurrentShares::<Test>::put(shares);
	});
}

#[test]
#[should_panic = "a pot does not exist"]
fn catch_a_pot_that_is_gone() {
	build_and_execute(|| {
		let pot = Pot::Storage.account();
		assert_ok!(Balances::transfer_all(RuntimeOrigin::signed(pot), ALICE.into(), false));
	});
}

#[test]
#[should_panic = "the pot for rewards does not cover what was promised"]
fn catch_a_promise_that_is_not_covered() {
	build_and_execute(|| {
		Now::set(LAUNCH + HOUR);
		let promised = end_era();
		let pot = Pot::Rewards.account();
		let origin = RuntimeOrigin::signed(pot);
		assert_ok!(Balances::transfer_allow_death(origin, ALICE, promised / 2 + ENDOWMENT));
	});
}

#[test]
#[should_panic = "promises are not in order"]
fn catch_an_era_promised_twice() {
	build_and_execute(|| {
		let twice = vec![Promise { era: 1, owed: 0 }, Promise { era: 1, owed: 0 }];
		Promises::<Test>::put(sp_runtime::BoundedVec::truncate_from(twice));
	});
}

#[test]
#[should_panic = "an era is open that was not promised"]
fn catch_an_open_era_without_a_promise() {
	build_and_execute(|| {
		Now::set(LAUNCH + HOUR);
		end_era();
		Promises::<Test>::kill();
	});
}
