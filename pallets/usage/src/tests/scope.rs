//! Models and apps have counters of their own, within bounds.

use crate::{mock::*, Ring, Scope, Tallies, PLACES};
use opg_primitives::ModelId;

#[test]
fn accounts_come_to_each_model_and_app_by_themselves() {
	build_and_execute(|| {
		settle(ALICE, 1, 10);
		settle_in_app(BOB, 1, 5);
		enter(1);
		settle(ALICE, 1, 10);
		settle(ALICE, 2, 20);
		enter(2);
		settle(ALICE, 2, 10);
		settle_in_app(BOB, 1, 5);
		let of = |model, epoch| heads(&of_model(model, epoch).expect("it was used"));
		assert_eq!((of(1, 0), of(1, 1)), ([1, 1, 0, 0], [1, 0, 1, 0]));
		assert_eq!((of(2, 1), of(2, 2)), ([1, 1, 0, 0], [1, 0, 1, 0]));
		assert_eq!(of_model(1, 2), None, "it was not used");
		let app = Usage::scope_counters(Scope::App(1), 2).expect("it was used");
		assert_eq!(heads(&app), [1, 0, 0, 1]);
		assert_eq!((app.ages.at(2).accounts, app.ages.at(2).spend), (1, 5));
		assert_eq!(heads(&counters(1)), [1, 0, 1, 0], "new at a model is not new");
	});
}

#[test]
fn the_place_used_longest_ago_makes_room() {
	build_and_execute(|| {
		for model in 0..PLACES {
			enter(model / 4);
			settle(ALICE, model, 1);
		}
		enter(2);
		settle(ALICE, PLACES, 1);
		// Model 0 lost its place, model 1 has it still.
		settle(ALICE, 1, 1);
		settle(ALICE, 0, 1);
		let of = |model| heads(&of_model(model, 2).expect("it was used"));
		assert_eq!((of(0), of(1)), ([1, 1, 0, 0], [1, 0, 0, 1]));
	});
}

#[test]
fn an_account_counts_at_the_first_models_it_uses_in_an_epoch_and_its_spend_at_all() {
	build_and_execute(|| {
		for _ in 0..2 {
			(0..PLACES + 2).for_each(|model| settle(ALICE, model, 10));
		}
		for model in 0..PLACES + 2 {
			let tally = of_model(model, 0).expect("it was used");
			let active = u32::from(model < PLACES);
			assert_eq!(heads(&tally), [active, active, 0, 0]);
			assert_eq!((tally.money.spend, tally.service.settled), (20, 2));
			assert_eq!(tally.ages.at(0).spend, 20 * u128::from(active));
		}
		assert_eq!(counters(0).ages.at(0).spend, 20 * u128::from(PLACES + 2));
	});
}

#[test]
fn a_model_not_used_for_as_long_as_the_ring_is_new_to_the_account() {
	build_and_execute(|| {
		settle(ALICE, 1, 1);
		for epoch in 1..=RING {
			enter(epoch);
			settle(ALICE, 2, 1);
		}
		settle(ALICE, 1, 1);
		assert_eq!(heads(&of_model(1, RING).expect("it was used")), [1, 1, 0, 0]);
		assert_eq!(heads(&counters(RING)), [1, 0, 1, 0]);
	});
}

#[test]
fn beyond_the_most_scopes_use_counts_for_the_network_alone() {
	build_and_execute(|| {
		MaxScopes::set(2);
		for model in [4, 9, 1, 9] {
			settle(ALICE, model, 10);
		}
		settle_in_app(ALICE, 0, 10);
		let used = |epoch, models: &[ModelId]| -> Vec<_> {
			models.iter().filter(|model| of_model(**model, epoch).is_some()).copied().collect()
		};
		assert_eq!(used(0, &[0, 1, 4, 9]), [4, 9]);
		assert!(Usage::scope_counters(Scope::App(0), 0).is_some(), "apps have room of their own");
		assert_eq!((counters(0).service.settled, counters(0).money.spend), (5, 50));
		let epoch = Ring::<Test>::get(0).expect("it was used");
		assert_eq!((epoch.models, epoch.apps), (2, 1));
		// In the next epoch there is room again, and who used it before is known there.
		enter(1);
		settle(ALICE, 1, 10);
		assert_eq!(heads(&of_model(1, 1).expect("there is room")), [1, 0, 1, 0]);
	});
}

#[test]
fn counters_are_kept_of_a_few_epochs() {
	build_and_execute(|| {
		settle(ALICE, 1, 1);
		enter(SCOPE_RING - 1);
		assert!(of_model(1, 0).is_some());
		enter(SCOPE_RING);
		assert_eq!(of_model(1, 0), None, "removed or not");
		assert_eq!(Tallies::<Test>::iter().count(), 1);
	});
}
