//! The laws hold after any sequence of calls, requests and epochs, and broken states are caught.

use crate::{
	mock::*, Access, Apps as Records, HoldReason, NextApp, Offer, Sponsorships, Standings, Terms,
};
use frame_support::{
	assert_ok,
	traits::{
		fungible::{InspectHold, MutateHold},
		Hooks,
	},
	weights::Weight,
};
use opg_primitives::{seams::AppDesk, AppId};
use proptest::prelude::*;
use sp_runtime::AccountId32;

#[derive(Clone, Debug)]
enum Step {
	Register(u8),
	Offer(u8, AppId, u128, u32, u32),
	Buy(u8, AppId),
	Grant(u8, AppId, u8, u32, u32),
	Transfer(u8, AppId, u8),
	Sponsor(u8, AppId, u128, bool),
	Credit(u8, AppId, u8, u128, u32, u128),
	Withdraw(u8, AppId, u128),
	Retire(u8, AppId),
	Remove(u8, AppId),
	Admit(u8, AppId, Access),
	End(usize, u128, bool),
	Wait(u64, u32),
}

fn who(index: u8) -> AccountId32 {
	[OWNER, ALICE, BOB, NOBODY][usize::from(index % 4)].clone()
}

fn step() -> impl Strategy<Value = Step> {
	let app = || 0..3u32;
	let access = prop_oneof![
		Just(Access::Named),
		Just(Access::Pass),
		Just(Access::SponsoredPass),
		Just(Access::Credit)
	];
	prop_oneof![
		1 => (0..2u8).prop_map(Step::Register),
		2 => (0..2u8, app(), 0..9_000u128, 0..5u32, 0..5u32)
			.prop_map(|(by, app, price, epochs, quota)| Step::Offer(by, app, price, epochs, quota)),
		4 => (0..4u8, app()).prop_map(|(by, app)| Step::Buy(by, app)),
		2 => (0..2u8, app(), 0..4u8, 0..5u32, 0..5u32)
			.prop_map(|(by, app, to, epochs, quota)| Step::Grant(by, app, to, epochs, quota)),
		2 => (0..4u8, app(), 0..4u8).prop_map(|(by, app, to)| Step::Transfer(by, app, to)),
		2 => (0..2u8, app(), 0..5_000u128, any::<bool>())
			.prop_map(|(by, app, cap, passes)| Step::Sponsor(by, app, cap, passes)),
		2 => (0..2u8, app(), 0..4u8, 0..5_000u128, 0..5u32, 0..50u128).prop_map(
			|(by, app, to, amount, epochs, endowment)| {
				Step::Credit(by, app, to, amount, epochs, endowment)
			}
		),
		1 => (0..2u8, app(), 0..9_000u128).prop_map(|(by, app, sum)| Step::Withdraw(by, app, sum)),
		1 => (0..2u8, app()).prop_map(|(by, app)| Step::Retire(by, app)),
		2 => (0..2u8, app()).prop_map(|(by, app)| Step::Remove(by, app)),
		6 => (0..4u8, app(), access).prop_map(|(by, app, access)| Step::Admit(by, app, access)),
		4 => (0..8usize, 0..COST, any::<bool>())
			.prop_map(|(which, unspent, back)| Step::End(which, unspent, back)),
		3 => (0..4u64, 0..2u32).prop_map(|(blocks, epochs)| Step::Wait(blocks, epochs)),
	]
}

/// A request that was let in: through which app and how, and whose.
type Open = (AppId, Access, AccountId32);

fn take(step: Step, open: &mut Vec<Open>) {
	// A step may be refused: only the laws matter here.
	let _ = match step {
		Step::Register(index) => {
			let app = NextApp::<Test>::get();
			let registered = Apps::register(by(&who(index)), name("app"));
			if registered.is_ok() {
				fill(app, 5_000);
			}
			registered
		},
		Step::Offer(index, app, price, epochs, quota) => {
			let terms = Terms { epochs, quota, is_transferable: quota % 2 == 0 };
			let offers = vec![Offer { price, terms }].try_into().expect("one");
			Apps::set_offers(by(&who(index)), app, offers)
		},
		Step::Buy(index, app) => {
			let offer = Records::<Test>::get(app).and_then(|app| app.offers.first().copied());
			Apps::buy(by(&who(index)), app, offer.unwrap_or(OFFER))
		},
		Step::Grant(index, app, to, epochs, quota) => {
			let terms = Terms { epochs, quota, is_transferable: true };
			Apps::grant(by(&who(index)), app, who(to), terms)
		},
		Step::Transfer(index, app, to) => Apps::transfer_pass(by(&who(index)), app, who(to)),
		Step::Sponsor(index, app, cap, covers_passes) => {
			let promise = crate::Promise { covers_passes, ..promise(cap) };
			Apps::sponsor(by(&who(index)), app, (cap > 500).then_some(promise))
		},
		Step::Credit(index, app, to, amount, epochs, endowment) => {
			Apps::credit(by(&who(index)), app, who(to), amount, epochs, endowment)
		},
		Step::Withdraw(index, app, amount) => Apps::withdraw(by(&who(index)), app, amount),
		Step::Retire(index, app) => Apps::retire(by(&who(index)), app),
		Step::Remove(index, app) => Apps::remove(by(&who(index)), app),
		Step::Admit(index, app, access) => {
			let payer = admit(app, access, &who(index));
			if let Ok(payer) = &payer {
				assert_eq!(payer.is_some(), access.is_sponsored());
				open.push((app, access, who(index)));
			}
			payer.map(|_| ())
		},
		Step::End(which, unspent, back) => {
			if which < open.len() {
				let (app, access, of) = open.swap_remove(which);
				Apps::ended(through(app, access), &of, unspent, back);
			}
			Ok(())
		},
		Step::Wait(blocks, epochs) => {
			System::set_block_number(System::block_number() + blocks);
			Epoch::mutate(|epoch| *epoch += epochs);
			Apps::on_idle(System::block_number(), Weight::MAX);
			Ok(())
		},
	};
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(128))]

	#[test]
	fn hold_after_any_calls_and_nothing_given_lasts(steps in prop::collection::vec(step(), 1..80)) {
		build_and_execute(|| {
			let issued = Balances::total_issuance();
			let mut open = Vec::new();
			for step in steps {
				take(step, &mut open);
				Apps::check_laws().expect("the laws hold after each step");
				for sponsorship in Sponsorships::<Test>::iter_values() {
					assert!(sponsorship.epoch <= Epoch::get());
				}
				assert!(Balances::total_issuance() + RecordFeesPaid::get() <= issued);
			}
			Epoch::mutate(|epoch| *epoch += MAX_EPOCHS);
			Apps::on_idle(System::block_number(), Weight::MAX);
			assert_eq!(Standings::<Test>::iter().count(), 0);
		});
	}
}

#[test]
#[should_panic = "an app's deposit is held without a record"]
fn catch_a_deposit_that_does_not_match() {
	build_and_execute(|| {
		app();
		assert_ok!(Balances::hold(&HoldReason::App.into(), &ALICE, 1));
		assert_eq!(Balances::balance_on_hold(&HoldReason::App.into(), &ALICE), 1);
	});
}

#[test]
#[should_panic = "what an app gave outlasts it"]
fn catch_a_pass_that_outlasts_its_app() {
	build_and_execute(|| {
		let app = app();
		assert_ok!(Apps::buy(by(&ALICE), app, OFFER));
		Records::<Test>::mutate_extant(app, |record| record.over_in = 1);
	});
}

#[test]
#[should_panic = "what an app pays for outlived it"]
fn catch_a_sponsor_that_is_gone() {
	build_and_execute(|| {
		let app = sponsor(COST);
		let deposit = Records::<Test>::take(app).expect("registered").deposit;
		let reason = HoldReason::App.into();
		let exact = frame_support::traits::tokens::Precision::Exact;
		assert_ok!(Balances::release(&reason, &OWNER, deposit, exact));
	});
}

#[test]
#[should_panic = "a standing without pass or credit is kept"]
fn catch_an_empty_standing() {
	build_and_execute(|| {
		Standings::<Test>::insert(app(), &ALICE, crate::Standing::default());
	});
}

#[test]
#[should_panic = "an app sells what may not be sold"]
fn catch_an_offer_nobody_may_make() {
	build_and_execute(|| {
		let app = app();
		let offer = Offer { price: MIN_PRICE - 1, ..OFFER };
		Records::<Test>::mutate_extant(app, |record| {
			record.offers = vec![offer].try_into().expect("one");
		});
	});
}

#[test]
#[should_panic = "an app has a number not given out"]
fn catch_a_number_not_given_out() {
	build_and_execute(|| {
		app();
		NextApp::<Test>::put(0);
	});
}
