//! A fee is split to the unit, in the shares that governance set, and paid once a batch.

use crate::{mock::*, CurrentShares, Error, Event, Pot, Shares};
use frame_support::{assert_noop, assert_ok};
use opg_primitives::seams::{CheckPurse, FeeSplitter, FilePurse, Payees};
use proptest::prelude::*;
use sp_runtime::{DispatchError, Permill};

fn set_shares(shares: Shares) -> sp_runtime::DispatchResult {
	Economics::set_shares(RuntimeOrigin::signed(GOVERNANCE), shares)
}

/// Any shares that are a whole, whatever burns.
fn shares() -> impl Strategy<Value = Shares> {
	prop::collection::vec(0..=1_000_000u32, 7).prop_map(|mut cuts| {
		cuts.extend([0, 1_000_000]);
		cuts.sort_unstable();
		let parts: Vec<_> =
			cuts.windows(2).map(|pair| Permill::from_parts(pair[1] - pair[0])).collect();
		Shares {
			node: parts[0],
			checks: parts[1],
			validators: parts[2],
			storage: parts[3],
			model_owner: parts[4],
			burn: parts[5],
			treasury: parts[6],
			growth: parts[7],
		}
	})
}

/// What everybody a fee is split among has: the node's owner, the model's owner, then the pots.
fn standing() -> [u128; 7] {
	let pots = [Pot::Checks, Pot::Validators, Pot::Storage, Pot::Treasury, Pot::Growth];
	let [checks, validators, storage, treasury, growth] = pots.map(|pot| balance(pot.account()));
	[balance(BOB), balance(CAROL), checks, validators, storage, treasury, growth]
}

fn gained(before: [u128; 7]) -> [u128; 7] {
	let mut now = standing();
	now.iter_mut().zip(before).for_each(|(now, before)| *now -= before);
	now
}

#[test]
fn the_published_shares_are_what_a_fee_is_split_in() {
	build_and_execute(|| {
		let before = standing();
		let issued = Balances::total_issuance();
		settle(100 * OPG, &payees(Permill::from_percent(10)));
		let royalty = 66 * OPG / 10;
		let paid =
			[66 * OPG - royalty, 5 * OPG + royalty, 4 * OPG, 8 * OPG, 5 * OPG, 4 * OPG, 3 * OPG];
		assert_eq!(gained(before), paid);
		assert_eq!(issued - Balances::total_issuance(), 5 * OPG);
		assert_eq!(events(), [Event::FeesBurnt { amount: 5 * OPG }]);
	});
}

#[test]
fn who_keeps_a_model_s_file_is_told_of_its_share_once_a_batch() {
	build_and_execute(|| {
		Uses::take();
		let pot = || balance(Pot::Storage.account());
		let before = pot();
		let mut batch = Default::default();
		for (model, amount) in [(Some(2), 100), (None, 300), (Some(1), 20), (Some(2), 60)] {
			let payees = Payees { model, ..payees(Permill::zero()) };
			Economics::add(&mut batch, fee(amount * OPG), &payees);
		}
		<Economics as FeeSplitter<_, _>>::pay(batch);
		assert_eq!(Uses::take(), [(1, OPG), (2, 8 * OPG)], "what no model earned is nobody's");
		assert_eq!(pot() - before, 24 * OPG);
	});
}

#[test]
fn the_storage_pot_pays_and_keeps_itself() {
	build_and_execute(|| {
		type Purse = Economics;
		settle(100 * OPG, &payees(Permill::zero()));
		let (held, before) = (<Purse as FilePurse<_, _>>::holds(), balance(BOB));
		assert!(held >= 5 * OPG);
		<Purse as FilePurse<_, _>>::pay(&BOB, 2 * OPG);
		assert_eq!(balance(BOB) - before, 2 * OPG);
		<Purse as FilePurse<_, _>>::pay(&BOB, 1_000_000 * OPG);
		assert_eq!(<Purse as FilePurse<_, _>>::holds(), 0, "it pays what it has");
		assert!(balance(Pot::Storage.account()) > 0, "and stays");
	});
}

#[test]
fn set_shares_changes_the_next_batch() {
	build_and_execute(|| {
		let shares = Shares {
			node: Permill::from_percent(60),
			burn: Permill::from_percent(11),
			..PUBLISHED
		};
		assert_ok!(set_shares(shares));
		assert_eq!(events(), [Event::SharesChanged]);
		let before = standing();
		settle(100 * OPG, &payees(Permill::zero()));
		assert_eq!(gained(before)[0], 60 * OPG);
		assert_eq!(events(), [Event::FeesBurnt { amount: 11 * OPG }]);
	});
}

#[test]
fn set_shares_refuses_what_is_no_whole_or_lets_growth_outgrow_the_burn() {
	build_and_execute(|| {
		let unit = Permill::from_parts(1);
		let more = Shares { node: PUBLISHED.node + unit, ..PUBLISHED };
		assert_noop!(set_shares(more), Error::<Test>::SharesNotWhole);
		let less = Shares { storage: PUBLISHED.storage - unit, ..PUBLISHED };
		assert_noop!(set_shares(less), Error::<Test>::SharesNotWhole);
		let twice = Shares { node: Permill::one(), ..PUBLISHED };
		assert_noop!(set_shares(twice), Error::<Test>::SharesNotWhole);

		let level = Permill::from_percent(4);
		let as_much = Shares { burn: level, growth: level, ..PUBLISHED };
		assert_noop!(set_shares(as_much), Error::<Test>::GrowthNotBelowBurn);
		assert_ok!(set_shares(Shares { burn: level + unit, growth: level - unit, ..PUBLISHED }));
		assert_noop!(
			Economics::set_shares(RuntimeOrigin::signed(ALICE), PUBLISHED),
			DispatchError::BadOrigin
		);
	});
}

#[test]
fn a_batch_pays_each_account_once() {
	build_and_execute(|| {
		let mut batch = Default::default();
		for _ in 0..5 {
			Economics::add(&mut batch, fee(OPG), &payees(Permill::from_percent(50)));
		}
		System::reset_events();
		let before = standing();
		<Economics as FeeSplitter<_, _>>::pay(batch);
		let deposits = System::events()
			.into_iter()
			.filter(|record| {
				matches!(
					record.event,
					RuntimeEvent::Balances(pallet_balances::Event::Deposit { .. })
				)
			})
			.count();
		assert_eq!(deposits, before.len());
		assert_eq!(gained(before).iter().sum::<u128>(), 5 * OPG * 95 / 100);
	});
}

#[test]
fn a_batch_is_split_in_the_shares_of_its_first_fee() {
	build_and_execute(|| {
		let before = standing();
		let mut batch = Default::default();
		Economics::add(&mut batch, fee(100 * OPG), &payees(Permill::zero()));
		let burn_all =
			Shares { node: Permill::zero(), burn: Permill::from_percent(71), ..PUBLISHED };
		assert_ok!(set_shares(burn_all));
		Economics::add(&mut batch, fee(100 * OPG), &payees(Permill::zero()));
		<Economics as FeeSplitter<_, _>>::pay(batch);
		assert_eq!(gained(before)[0], 132 * OPG);
	});
}

#[test]
fn a_share_that_would_make_no_account_goes_to_the_treasury() {
	build_and_execute(|| {
		let before = standing();
		let payees =
			Payees { node: BOB, model_owner: NOBODY, royalty: Permill::zero(), model: None };
		let fee = EXISTENTIAL_DEPOSIT;
		settle(fee, &payees);
		assert_eq!(balance(NOBODY), 0);
		assert_eq!(gained(before)[5], fee * (4 + 5) / 100);
	});
}

#[test]
fn re_runs_are_paid_from_the_pot_for_checks_as_far_as_it_goes() {
	build_and_execute(|| {
		type Purse = Economics;
		let held = ENDOWMENT - EXISTENTIAL_DEPOSIT;
		assert!(<Purse as CheckPurse<_, _>>::holds(held));
		assert!(!<Purse as CheckPurse<_, _>>::holds(held + 1));
		let (bob, carol) = (balance(BOB), balance(CAROL));
		<Purse as CheckPurse<_, _>>::pay(&[BOB, CAROL], held - 7);
		assert_eq!((balance(BOB) - bob, balance(CAROL) - carol), (held - 7, 7));
		assert_eq!(balance(Pot::Checks.account()), EXISTENTIAL_DEPOSIT);
	});
}

#[test]
fn what_cannot_be_paid_for_a_re_run_goes_to_the_treasury() {
	build_and_execute(|| {
		let treasury = balance(Pot::Treasury.account());
		<Economics as CheckPurse<_, _>>::pay(&[NOBODY], EXISTENTIAL_DEPOSIT - 1);
		assert_eq!(balance(Pot::Treasury.account()) - treasury, EXISTENTIAL_DEPOSIT - 1);
	});
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(256))]

	#[test]
	fn the_parts_are_the_fee_to_the_unit(
		shares in shares(),
		fees in prop::collection::vec(prop_oneof![0..1_000u128, 0..1_000 * OPG], 1..5),
		royalty in 0..=1_000_000u32,
	) {
		build_and_execute(|| {
			// Whatever burns: the split itself must hold for any whole.
			CurrentShares::<Test>::put(shares);
			let royalty = Permill::from_parts(royalty);
			let before = standing();
			let issued = Balances::total_issuance();
			let mut batch = Default::default();
			for amount in &fees {
				Economics::add(&mut batch, fee(*amount), &payees(royalty));
			}
			<Economics as FeeSplitter<_, _>>::pay(batch);

			let sum = |part: &dyn Fn(u128) -> u128| fees.iter().map(|fee| part(*fee)).sum::<u128>();
			let share = |share: Permill| sum(&|fee| share.mul_floor(fee));
			let burnt = issued - Balances::total_issuance();
			let royalties = sum(&|fee| royalty.mul_floor(shares.node.mul_floor(fee)));
			let paid = gained(before);
			assert_eq!(burnt, share(shares.burn));
			assert_eq!(
				paid[1..],
				[
					share(shares.model_owner) + royalties,
					share(shares.checks),
					share(shares.validators),
					share(shares.storage),
					share(shares.treasury),
					share(shares.growth),
				]
			);
			assert_eq!(paid.iter().sum::<u128>() + burnt, fees.iter().sum::<u128>());
			assert!(paid[0] >= share(shares.node) - royalties, "the node gets what rounding leaves");
			CurrentShares::<Test>::put(PUBLISHED);
		});
	}
}
