//! A model from publishing to removal.

use crate::{mock::*, Error, Event, HoldReason, Models, Status};
use frame_support::{assert_noop, assert_ok, traits::fungible::InspectHold};
use opg_primitives::{
	seams::{ModelCatalogue, ModelFiles, ModelRefusal},
	TrustKind,
};
use sp_runtime::{DispatchError, Permill};

type Catalogue = crate::Pallet<Test>;

#[test]
fn publish_keeps_the_terms_and_holds_the_deposit() {
	build_and_execute(|| {
		assert_ok!(Catalogue::publish(RuntimeOrigin::signed(ALICE), draft()));
		assert_eq!(
			events(),
			[Event::Published { model: 0, owner: ALICE, content: draft().content }]
		);
		assert_eq!(Models::<Test>::get(0).map(|record| record.terms), Some(draft()));
		let held = Balances::balance_on_hold(&HoldReason::Model.into(), &ALICE);
		assert_eq!(held, Catalogue::deposit_for(&draft()));
		assert!(held > UNIT);
	});
}

#[test]
fn update_price_changes_what_the_next_request_pays() {
	build_and_execute(|| {
		assert_ok!(Catalogue::publish(RuntimeOrigin::signed(ALICE), draft()));
		let royalty = Permill::from_percent(50);
		assert_ok!(Catalogue::update_price(RuntimeOrigin::signed(ALICE), 0, 2_000, royalty));
		let terms = Catalogue::terms(0, TrustKind::Attested).expect("an active model");
		assert_eq!((terms.price, terms.royalty), (2_000, royalty));
		assert_noop!(
			Catalogue::update_price(RuntimeOrigin::signed(BOB), 0, 2_000, royalty),
			Error::<Test>::NotOwner
		);
	});
}

#[test]
fn retire_refuses_new_requests_and_keeps_the_record_for_open_ones() {
	build_and_execute(|| {
		assert_ok!(Catalogue::publish(RuntimeOrigin::signed(ALICE), draft()));
		assert_noop!(Catalogue::retire(RuntimeOrigin::signed(BOB), 0), Error::<Test>::NotOwner);
		assert_ok!(Catalogue::retire(RuntimeOrigin::signed(ALICE), 0));
		assert_eq!(Catalogue::terms(0, TrustKind::Attested), Err(ModelRefusal::Retired));
		assert!(Catalogue::spec(0).is_some());
		assert_eq!(
			Models::<Test>::get(0).map(|record| record.status),
			Some(Status::Retired { at: 1 })
		);
		assert_noop!(
			Catalogue::retire(RuntimeOrigin::signed(ALICE), 0),
			Error::<Test>::ModelRetired
		);
	});
}

#[test]
fn remove_returns_the_deposit_once_no_request_can_be_open() {
	build_and_execute(|| {
		assert_ok!(Catalogue::publish(RuntimeOrigin::signed(ALICE), draft()));
		let remove = || Catalogue::remove(RuntimeOrigin::signed(ALICE), 0);
		assert_noop!(remove(), Error::<Test>::ModelInUse);
		assert_ok!(Catalogue::retire(RuntimeOrigin::signed(ALICE), 0));
		System::set_block_number(10);
		assert_noop!(remove(), Error::<Test>::ModelInUse);
		System::set_block_number(11);
		assert_ok!(remove());
		assert_eq!(Balances::free_balance(ALICE), 100 * UNIT);
		assert_eq!(Catalogue::terms(0, TrustKind::Attested), Err(ModelRefusal::Unknown));
		assert_noop!(remove(), Error::<Test>::ModelUnknown);
	});
}

#[test]
fn numbers_are_never_given_twice() {
	build_and_execute(|| {
		for _ in 0..3 {
			assert_ok!(Catalogue::publish(RuntimeOrigin::signed(ALICE), draft()));
		}
		assert_ok!(Catalogue::retire(RuntimeOrigin::signed(ALICE), 2));
		System::set_block_number(20);
		assert_ok!(Catalogue::remove(RuntimeOrigin::signed(ALICE), 2));
		assert_eq!(<Catalogue as ModelCatalogue<_, _>>::next(), 3);
	});
}

#[test]
fn answer_times_follow_what_answers_take_and_go_with_the_model() {
	build_and_execute(|| {
		let time = <Catalogue as ModelCatalogue<_, _>>::answer_time;
		let note = <Catalogue as ModelCatalogue<_, _>>::note_answer_time;
		note(0, 4);
		assert_eq!(time(0), 0, "nobody published it");
		assert_ok!(Catalogue::publish(RuntimeOrigin::signed(ALICE), draft()));
		note(0, 4);
		assert_eq!(time(0), 4);
		note(0, 40);
		assert!((5..=9).contains(&time(0)), "one slow answer weighs little");
		(0..60).for_each(|_| note(0, 40));
		assert!((37..=40).contains(&time(0)), "many weigh all");
		assert_ok!(Catalogue::retire(RuntimeOrigin::signed(ALICE), 0));
		System::set_block_number(20);
		assert_ok!(Catalogue::remove(RuntimeOrigin::signed(ALICE), 0));
		assert_eq!(time(0), 0);
	});
}

#[test]
fn pause_refuses_new_requests_until_governance_resumes() {
	build_and_execute(|| {
		assert_ok!(Catalogue::publish(RuntimeOrigin::signed(ALICE), draft()));
		let (pause, resume) =
			(|origin| Catalogue::pause(origin, 0), |origin| Catalogue::resume(origin, 0));
		assert_noop!(pause(RuntimeOrigin::signed(ALICE)), DispatchError::BadOrigin);
		assert_noop!(resume(RuntimeOrigin::root()), Error::<Test>::ModelNotPaused);
		assert_ok!(pause(RuntimeOrigin::root()));
		assert_noop!(pause(RuntimeOrigin::root()), Error::<Test>::ModelPaused);
		assert_eq!(Catalogue::terms(0, TrustKind::Attested), Err(ModelRefusal::Paused));
		assert!(Catalogue::spec(0).is_some(), "open requests go on");
		assert_noop!(resume(RuntimeOrigin::signed(ALICE)), DispatchError::BadOrigin);
		assert_ok!(resume(RuntimeOrigin::root()));
		assert!(Catalogue::terms(0, TrustKind::Attested).is_ok());
		assert_eq!(events()[1..], [Event::Paused { model: 0 }, Event::Resumed { model: 0 }]);
		assert_noop!(Catalogue::pause(RuntimeOrigin::root(), 1), Error::<Test>::ModelUnknown);
	});
}

#[test]
fn retire_ends_a_paused_model_for_good() {
	build_and_execute(|| {
		assert_ok!(Catalogue::publish(RuntimeOrigin::signed(ALICE), draft()));
		assert_ok!(Catalogue::pause(RuntimeOrigin::root(), 0));
		assert_ok!(Catalogue::retire(RuntimeOrigin::signed(ALICE), 0));
		assert_noop!(Catalogue::resume(RuntimeOrigin::root(), 0), Error::<Test>::ModelRetired);
		assert_noop!(Catalogue::pause(RuntimeOrigin::root(), 0), Error::<Test>::ModelRetired);
	});
}

#[test]
fn a_file_is_counted_for_as_many_models_as_are_made_of_it() {
	build_and_execute(|| {
		let content = draft().content;
		assert_eq!((Catalogue::file(0), Catalogue::models_of(&content)), (None, 0));
		assert_ok!(Catalogue::publish(RuntimeOrigin::signed(ALICE), draft()));
		assert_ok!(Catalogue::publish(RuntimeOrigin::signed(BOB), draft()));
		assert_eq!((Catalogue::file(1), Catalogue::models_of(&content)), (Some(content), 2));
		assert_ok!(Catalogue::retire(RuntimeOrigin::signed(BOB), 1));
		System::set_block_number(100);
		assert_ok!(Catalogue::remove(RuntimeOrigin::signed(BOB), 1));
		assert_eq!(Catalogue::models_of(&content), 1);
	});
}
