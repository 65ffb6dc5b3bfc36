//! The laws hold after any sequence of calls, and a broken state is caught.

use crate::{mock::*, Models, References};
use frame_support::assert_ok;
use proptest::prelude::*;
use sp_runtime::Permill;

#[derive(Clone, Debug)]
enum Step {
	Publish(u64),
	Retire(u64, u32),
	Remove(u64, u32),
	UpdatePrice(u64, u32, u64),
	Pause(u32),
	Resume(u32),
	Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
	let who = 1..=3u64;
	prop_oneof![
		who.clone().prop_map(Step::Publish),
		(who.clone(), 0..4u32).prop_map(|(who, model)| Step::Retire(who, model)),
		(who.clone(), 0..4u32).prop_map(|(who, model)| Step::Remove(who, model)),
		(who, 0..4u32, 0..5_000u64)
			.prop_map(|(who, model, price)| Step::UpdatePrice(who, model, price)),
		(0..4u32).prop_map(Step::Pause),
		(0..4u32).prop_map(Step::Resume),
		(1..12u64).prop_map(Step::Wait),
	]
}

fn take(step: Step) {
	type Catalogue = crate::Pallet<Test>;
	let signed = RuntimeOrigin::signed;
	// A step may be refused: only the laws matter here.
	let _ = match step {
		Step::Publish(who) => Catalogue::publish(signed(who), draft()),
		Step::Retire(who, model) => Catalogue::retire(signed(who), model),
		Step::Remove(who, model) => Catalogue::remove(signed(who), model),
		Step::UpdatePrice(who, model, price) => {
			Catalogue::update_price(signed(who), model, price, Permill::zero())
		},
		Step::Pause(model) => Catalogue::pause(RuntimeOrigin::root(), model),
		Step::Resume(model) => Catalogue::resume(RuntimeOrigin::root(), model),
		Step::Wait(blocks) => {
			System::set_block_number(System::block_number() + blocks);
			Ok(())
		},
	};
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(64))]

	#[test]
	fn hold_after_any_calls(steps in prop::collection::vec(step(), 1..40)) {
		build_and_execute(|| {
			for step in steps {
				take(step);
				crate::Pallet::<Test>::check_laws().expect("the laws hold after each step");
			}
		});
	}
}

#[test]
#[should_panic = "a model deposit is held without a record"]
fn catch_a_deposit_without_a_record() {
	build_and_execute(|| {
		assert_ok!(crate::Pallet::<Test>::publish(RuntimeOrigin::signed(ALICE), draft()));
		Models::<Test>::remove(0);
	});
}

#[test]
#[should_panic = "files are not counted as models are made of them"]
fn catch_a_file_that_no_model_is_made_of() {
	build_and_execute(|| {
		assert_ok!(crate::Pallet::<Test>::publish(RuntimeOrigin::signed(ALICE), draft()));
		References::<Test>::insert(draft().content, 2);
	});
}
