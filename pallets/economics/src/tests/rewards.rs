//! Stakers are paid from a bucket and from fees: nothing is minted, and every claim in time finds its balance.

use crate::{
	bucket::MONTH, mock::*, Balance, Bucket, DebtOf, Event, Ledgers, Open, Pot, Promise, Promises,
};
use frame_support::traits::{fungible::Balanced, tokens::Precision, OnUnbalanced};
use sp_runtime::Permill;

/// What the staking bucket has let go.
fn emitted() -> Balance {
	Ledgers::<Test>::get(Bucket::Staking).released
}

/// Claims all that is open of an era.
fn claim_all(era: u32) {
	let open = unclaimed(era);
	if open > 0 {
		reward(&BOB, era, open, open);
	}
}

#[test]
fn an_era_is_promised_what_vested_meanwhile_and_what_validators_collected() {
	build_and_execute(|| {
		settle(100 * OPG, &payees(Permill::zero()));
		System::reset_events();
		Now::set(LAUNCH + HOUR);
		let vested = 100 * MILLION * u128::from(HOUR) / (96 * u128::from(MONTH));
		assert_eq!(end_era(), vested + 8 * OPG);
		assert_eq!(
			events(),
			[Event::RewardPromised {
				era: 0,
				emitted: vested,
				collected: 8 * OPG,
				promised: vested + 8 * OPG
			}]
		);
		assert_eq!(in_pot(Pot::Validators), 0);
		assert_eq!(in_pot(Pot::Rewards), vested + 8 * OPG);
		assert_eq!(end_era(), 0, "no time, no fees, no reward");
	});
}

#[test]
fn emission_follows_its_curve_era_by_era_and_ends_at_the_last_unit() {
	build_and_execute(|| {
		// Nine eras in two days: most begin and end between two units of time of the table.
		let (era, end) = (HOUR * 48 / 9, 96 * MONTH);
		let (mut time, mut paid) = (0, 0);
		while time < end + 100 * era {
			time += era;
			Now::set(LAUNCH + time);
			let promised = end_era();
			paid += promised;
			let line = 100 * MILLION * u128::from(time.min(end)) / u128::from(end);
			assert_eq!((emitted(), paid), (line, line), "{time} ms after the launch");
			claim_all(Era::get() - 1);
			System::reset_events();
		}
		assert_eq!(paid, 100 * MILLION);
		assert_eq!(balance(Bucket::Staking.account()), ENDOWMENT);
		assert_eq!(end_era(), 0, "nothing after");
		assert_eq!(balance(BOB), PURSE + 100 * MILLION);
		assert_eq!(Balances::total_issuance(), SUPPLY);
	});
}

#[test]
fn a_claim_is_settled_without_minting() {
	build_and_execute(|| {
		Now::set(LAUNCH + HOUR);
		let promised = end_era();
		let issued = Balances::total_issuance();
		reward(&BOB, 0, promised / 3, promised / 3);
		assert_eq!(Balances::total_issuance(), issued);
		assert_eq!(balance(BOB), PURSE + promised / 3);
		assert_eq!(in_pot(Pot::Rewards), promised - promised / 3);
	});
}

#[test]
fn what_is_open_of_earlier_eras_stays_promised_to_them() {
	build_and_execute(|| {
		let mut open = Vec::new();
		for era in 0..DEPTH {
			Now::set(Now::get() + HOUR);
			open.push(end_era());
			assert_eq!(in_pot(Pot::Rewards), open.iter().sum::<Balance>(), "in era {era}");
		}
		// The oldest is claimed last, in the last era in which that is possible.
		for era in (0..DEPTH).rev() {
			claim_all(era);
		}
		assert_eq!(in_pot(Pot::Rewards), 0);
		assert_eq!(balance(BOB), PURSE + open.iter().sum::<Balance>());
	});
}

#[test]
fn what_nobody_claims_in_time_goes_to_a_later_era() {
	build_and_execute(|| {
		Now::set(LAUNCH + HOUR);
		let lost = end_era();
		for _ in 1..DEPTH {
			assert_eq!(end_era(), 0);
		}
		assert!(Rewards::get().contains_key(&0), "the last era in which it can be claimed");
		// The era that ends next finds it open still; the one after finds it gone.
		assert_eq!(end_era(), 0);
		assert!(!Rewards::get().contains_key(&0));
		assert_eq!(end_era(), lost);
		assert_eq!(emitted(), lost, "it does not count as emitted again");
	});
}

#[test]
fn what_staking_does_not_pay_out_is_promised_again() {
	build_and_execute(|| {
		Now::set(LAUNCH + HOUR);
		let promised = end_era();
		// All was claimed, but a fifth could not be paid: rounded down, or without a payee.
		reward(&BOB, 0, promised - promised / 5, promised);
		assert_eq!(end_era(), promised / 5);
		assert_eq!(Promises::<Test>::get().len(), 1, "what is claimed is forgotten");
	});
}

#[test]
fn validators_of_whose_part_nothing_is_open_are_not_asked_about_again() {
	build_and_execute(|| {
		Now::set(LAUNCH + HOUR);
		let promised = end_era();
		let who = |era| Open::<Test>::get(era).into_iter().map(|(who, _)| who).collect::<Vec<_>>();
		assert_eq!(who(0), [ALICE, CAROL]);
		let carols = promised - promised * 7 / 10;
		reward(&BOB, 0, carols, carols);
		assert_eq!(who(0), [ALICE, CAROL], "a claim itself costs nothing more");
		end_era();
		assert_eq!(who(0), [ALICE]);
		assert_eq!(Promises::<Test>::get()[0], Promise { era: 0, owed: promised - carols });
		claim_all(0);
		end_era();
		assert_eq!((who(0), Promises::<Test>::get().len()), (vec![], 0));
	});
}

#[test]
fn an_era_of_more_validators_than_can_be_noted_is_promised_nothing() {
	build_and_execute(|| {
		Now::set(LAUNCH + HOUR);
		Validators::set(3);
		assert_eq!(end_era(), 0);
		Validators::set(2);
		assert_eq!(end_era(), in_pot(Pot::Rewards));
		assert!(in_pot(Pot::Rewards) > 0);
	});
}

#[test]
fn roundings_are_paid_from_the_endowment_and_made_whole_by_the_next_era() {
	build_and_execute(|| {
		Now::set(LAUNCH + HOUR);
		let promised = end_era();
		// Five parts of three units each round up to one.
		reward(&BOB, 0, promised + 2, promised);
		assert_eq!(balance(Pot::Rewards.account()), ENDOWMENT - 2);
		assert_eq!(Balances::total_issuance(), SUPPLY);

		Now::set(LAUNCH + 2 * HOUR);
		let before = emitted();
		assert_eq!(end_era(), emitted() - before - 2);
		claim_all(1);
		assert_eq!(balance(Pot::Rewards.account()), ENDOWMENT);
	});
}

#[test]
fn a_cap_on_rewards_only_delays_them() {
	build_and_execute(|| {
		Now::set(LAUNCH + HOUR);
		let promised = end_era();
		// Staking was told to pay half at most.
		set_reward(0, promised / 2);
		assert_eq!(end_era(), promised - promised / 2);
	});
}

#[test]
fn a_reward_beyond_what_was_promised_mints_nothing_and_is_told() {
	build_and_execute(|| {
		let treasury = balance(Pot::Treasury.account());
		let most = 2 * (ENDOWMENT - EXISTENTIAL_DEPOSIT);
		let debt = Balances::deposit(&BOB, most + 5, Precision::Exact).expect("Bob has an account");
		System::reset_events();
		<Economics as OnUnbalanced<DebtOf<Test>>>::on_unbalanced(debt);
		assert_eq!(Balances::total_issuance(), SUPPLY);
		assert_eq!(events(), [Event::RewardUncovered { amount: most / 2 + 5 }]);
		assert_eq!(treasury - balance(Pot::Treasury.account()), 5);
	});
}

#[test]
fn no_more_eras_are_promised_than_can_be_noted() {
	build_and_execute(|| {
		// As if staking kept everything for ever.
		let mut sum = 0;
		for era in 0..DEPTH + 5 {
			Now::set(Now::get() + HOUR);
			let promised = end_era();
			sum += promised;
			assert_eq!(promised == 0, era >= DEPTH + 2, "in era {era}");
			Rewards::set((0..=era).map(|era| (era, 1)).collect());
			Unclaimed::set((0..=era).map(|era| ((era, ALICE), Balance::MAX)).collect());
		}
		assert!(in_pot(Pot::Rewards) > sum, "the rest waits");
		Rewards::set(Default::default());
		assert_eq!(end_era(), in_pot(Pot::Rewards));
	});
}
