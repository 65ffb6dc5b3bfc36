//! What demand adds to a price.

use crate::{mock::*, Demands};
use frame_support::assert_ok;
use opg_primitives::{seams::ModelCatalogue, TrustKind};

type Catalogue = crate::Pallet<Test>;

/// What an answer of model 0 costs beyond 10,000 units.
fn surplus() -> Balance {
	let terms = Catalogue::terms(0, TrustKind::Attested).expect("an active model");
	assert_eq!(terms.price, 10_000);
	terms.surplus
}

fn published() {
	assert_ok!(Catalogue::publish(RuntimeOrigin::signed(ALICE), draft()));
}

/// Requests wait in each of the next blocks.
fn wait(blocks: u64) {
	for _ in 0..blocks {
		System::set_block_number(System::block_number() + 1);
		Catalogue::note_wait(0);
	}
}

#[test]
fn is_nothing_while_no_request_waits() {
	build_and_execute(|| {
		published();
		assert_eq!(surplus(), 0);
		System::set_block_number(1_000);
		assert_eq!(surplus(), 0);
	});
}

#[test]
fn rises_by_a_sixteenth_a_block_however_many_wait() {
	build_and_execute(|| {
		published();
		wait(1);
		assert_eq!(surplus(), 625);
		Catalogue::note_wait(0);
		assert_eq!(surplus(), 625);
		wait(1);
		assert_eq!(surplus(), 575 + (10_575 / 16), "a little fell, a sixteenth was added");
	});
}

#[test]
fn stays_within_what_governance_allows() {
	build_and_execute(|| {
		published();
		wait(100);
		assert_eq!(surplus(), 20_000);
		MaxSurcharge::set(500_000);
		assert_eq!(surplus(), 5_000, "at once");
		wait(1);
		assert_eq!(surplus(), 5_000);
		MaxSurcharge::set(0);
		assert_eq!(surplus(), 0);
	});
}

#[test]
fn falls_by_itself() {
	build_and_execute(|| {
		published();
		wait(100);
		System::set_block_number(101 + 100);
		assert_eq!(surplus(), 15_000);
		System::set_block_number(101 + 400);
		assert_eq!(surplus(), 0);
	});
}

#[test]
fn is_kept_of_models_only_and_goes_with_them() {
	build_and_execute(|| {
		System::set_block_number(2);
		Catalogue::note_wait(0);
		assert_eq!(Demands::<Test>::iter().count(), 0);
		published();
		wait(1);
		assert_eq!(Demands::<Test>::iter().count(), 1);
		assert_ok!(Catalogue::retire(RuntimeOrigin::signed(ALICE), 0));
		System::set_block_number(20);
		assert_ok!(Catalogue::remove(RuntimeOrigin::signed(ALICE), 0));
		assert_eq!(Demands::<Test>::iter().count(), 0);
	});
}

#[test]
#[should_panic = "demand outlived its model"]
fn that_outlived_its_model_is_caught() {
	build_and_execute(|| Demands::<Test>::insert(3, crate::Demand::default()));
}
