//! All that growth pays for use is no more than what burnt of it, whatever happens; and broken states are caught.

use crate::{mock::*, Balance, CurrentTerms, LastSpent, Measures, Terms};
use frame_support::assert_ok;
use proptest::prelude::*;
use sp_runtime::Permill;

#[derive(Clone, Debug)]
enum Step {
	Use(u64, Balance, Balance),
	Claim(u64),
	Grant(Vec<Balance>),
	Release(u32),
	Withdraw(u32),
	NextEpoch,
}

fn step() -> impl Strategy<Value = Step> {
	prop_oneof![
		4 => (1..4u64, 0..50_000u128, 0..40u128)
			.prop_map(|(who, fees, percent)| Step::Use(who, fees, fees * percent / 100)),
		3 => (1..4u64).prop_map(Step::Claim),
		1 => prop::collection::vec(0..400u128, 1..4).prop_map(Step::Grant),
		3 => (0..4u32).prop_map(Step::Release),
		1 => (0..4u32).prop_map(Step::Withdraw),
		2 => Just(Step::NextEpoch),
	]
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(256))]

	#[test]
	fn hold_and_growth_never_pays_more_than_what_burnt(steps in prop::collection::vec(step(), 1..60)) {
		build_and_execute(|| {
			let mut burnt = 0;
			for step in steps {
				// A step may be refused: only the laws matter here.
				let _ = match step {
					Step::Use(who, fees, burns) => {
						burnt += burns;
						burn(burns);
						Came::mutate(|came| {
							let (paid, burnt) = came.entry(who).or_default();
							*paid += fees;
							*burnt += burns;
						});
						Ok(())
					},
					Step::Claim(who) => frame_support::storage::with_storage_layer(|| {
						Growth::claim(RuntimeOrigin::signed(who), who)
					}),
					Step::Grant(parts) => {
						Growth::grant(governance(), ALICE, MODEL, milestones(&parts))
					},
					Step::Release(grant) => Growth::release(governance(), grant),
					Step::Withdraw(grant) => Growth::withdraw(governance(), grant),
					Step::NextEpoch => {
						next_epoch();
						Ok(())
					},
				};
				Growth::check_laws().expect("the laws hold after each step");
				let spent = Growth::spent();
				assert!(spent.rebates <= MOST && spent.grants <= MOST);
				let paid: Balance = Paid::get().iter().map(|(_, amount)| amount).sum();
				assert!(paid <= burnt, "{paid} paid, {burnt} burnt");
			}
		});
	}
}

#[test]
#[should_panic = "as much is given back of a fee as burns of it"]
fn catch_terms_that_give_back_what_burns() {
	build_and_execute(|| {
		CurrentTerms::<Test>::put(Terms { of_burn: Permill::one(), ..TERMS });
	});
}

#[test]
#[should_panic = "growth was paid in an epoch to come"]
fn catch_growth_of_an_epoch_to_come() {
	build_and_execute(|| LastSpent::<Test>::mutate(|spent| spent.epoch = 1));
}

#[test]
#[should_panic = "a grant is measured by nothing"]
fn catch_a_grant_without_a_measure() {
	build_and_execute(|| {
		assert_ok!(Growth::grant(governance(), ALICE, MODEL, milestones(&[1])));
		Measures::<Test>::remove(MODEL);
	});
}

#[test]
#[should_panic = "more was granted than burnt"]
fn catch_more_granted_than_burnt() {
	build_and_execute(|| {
		assert_ok!(Growth::grant(governance(), ALICE, MODEL, milestones(&[1])));
		Measures::<Test>::mutate(MODEL, |measure| measure.as_mut().expect("begun").granted = 1);
	});
}
