//! Passes: bought, given, passed on, used up.

use crate::{mock::*, Access, Error, Event, Offer, Pass, Terms};
use frame_support::{assert_noop, assert_ok};
use opg_primitives::seams::AppDesk;

#[test]
fn is_bought_at_the_offered_price_which_is_split_as_a_fee() {
	build_and_execute(|| {
		let app = app();
		let (owner, issued) = (balance(&OWNER), Balances::total_issuance());
		assert_ok!(Apps::buy(by(&ALICE), app, OFFER));
		let pass = Pass { over_in: 2, left: 3, is_transferable: true };
		let (price, burn) = (OFFER.price, OFFER.price / 20);
		assert_eq!(events().last(), Some(&Event::Bought { app, who: ALICE, price, burn, pass }));
		assert_eq!(balance(&ALICE), FUNDS - price);
		assert_eq!(balance(&OWNER) - owner, price - price / 20 - price / 4);
		assert_eq!(issued - Balances::total_issuance(), burn);
	});
}

#[test]
fn is_sold_on_the_terms_that_were_read_or_not_at_all() {
	build_and_execute(|| {
		let app = app();
		let cheaper = Offer { price: OFFER.price - 1, ..OFFER };
		assert_noop!(Apps::buy(by(&ALICE), app, cheaper), Error::<Test>::OfferUnknown);
		assert_ok!(Apps::set_offers(by(&OWNER), app, Default::default()));
		assert_noop!(Apps::buy(by(&ALICE), app, OFFER), Error::<Test>::OfferUnknown);
		assert_noop!(Apps::buy(by(&ALICE), 7, OFFER), Error::<Test>::AppUnknown);
	});
}

#[test]
fn is_offered_only_on_sound_terms() {
	build_and_execute(|| {
		let app = app();
		let offer = |offer| Apps::set_offers(by(&OWNER), app, vec![offer].try_into().expect("one"));
		let terms = |terms| Offer { terms, ..OFFER };
		for unsound in [
			Terms { epochs: 0, ..TERMS },
			Terms { quota: 0, ..TERMS },
			Terms { epochs: MAX_EPOCHS + 1, ..TERMS },
		] {
			assert_noop!(offer(terms(unsound)), Error::<Test>::TermsInvalid);
			assert_noop!(Apps::grant(by(&OWNER), app, ALICE, unsound), Error::<Test>::TermsInvalid);
		}
		let cheap = Offer { price: MIN_PRICE - 1, ..OFFER };
		assert_noop!(offer(cheap), Error::<Test>::PriceTooLow);
		assert_ok!(offer(terms(Terms { epochs: MAX_EPOCHS, ..TERMS })));
	});
}

#[test]
fn bought_again_adds_to_what_is_left_and_starts_afresh_once_it_is_over() {
	build_and_execute(|| {
		let app = app();
		assert_ok!(Apps::buy(by(&ALICE), app, OFFER));
		assert_ok!(admit(app, Access::Pass, &ALICE));
		Epoch::set(1);
		assert_ok!(Apps::buy(by(&ALICE), app, OFFER));
		assert_eq!(pass_of(app, &ALICE), Some(Pass { over_in: 4, left: 5, is_transferable: true }));
		Epoch::set(4);
		assert_ok!(Apps::buy(by(&ALICE), app, OFFER));
		assert_eq!(pass_of(app, &ALICE), Some(Pass { over_in: 6, left: 3, is_transferable: true }));
	});
}

#[test]
fn holds_no_longer_than_anything_may() {
	build_and_execute(|| {
		let app = app();
		for _ in 0..MAX_EPOCHS / 2 {
			assert_ok!(Apps::buy(by(&ALICE), app, OFFER));
		}
		assert_noop!(Apps::buy(by(&ALICE), app, OFFER), Error::<Test>::PassTooLong);
		let endless = Terms { quota: u32::MAX, epochs: 1, ..TERMS };
		assert_noop!(Apps::grant(by(&OWNER), app, ALICE, endless), Error::<Test>::PassTooLong);
	});
}

#[test]
fn is_given_for_the_fee_of_its_record() {
	build_and_execute(|| {
		let app = app();
		let owner = balance(&OWNER);
		assert_ok!(Apps::grant(by(&OWNER), app, NOBODY, TERMS));
		assert_eq!((owner - balance(&OWNER), RecordFeesPaid::get()), (RECORD_FEE, RECORD_FEE));
		assert_eq!(pass_of(app, &NOBODY).map(|pass| pass.left), Some(TERMS.quota));
	});
}

#[test]
fn is_used_up_request_by_request_and_runs_out_with_its_epochs() {
	build_and_execute(|| {
		let app = app();
		assert_noop!(admit(app, Access::Pass, &ALICE), Error::<Test>::NoPass);
		assert_ok!(Apps::buy(by(&ALICE), app, OFFER));
		(0..3).for_each(|_| assert_eq!(admit(app, Access::Pass, &ALICE), Ok(None)));
		assert_noop!(admit(app, Access::Pass, &ALICE), Error::<Test>::QuotaExhausted);
		assert_noop!(admit(app, Access::Pass, &BOB), Error::<Test>::NoPass);
		assert_ok!(Apps::buy(by(&ALICE), app, OFFER));
		Epoch::set(4);
		assert_noop!(admit(app, Access::Pass, &ALICE), Error::<Test>::PassExpired);
		assert_eq!(Apps::access(app, &ALICE), None);
	});
}

#[test]
fn gets_a_request_back_where_that_is_said() {
	build_and_execute(|| {
		let app = app();
		assert_ok!(Apps::buy(by(&ALICE), app, OFFER));
		assert_ok!(admit(app, Access::Pass, &ALICE));
		Apps::ended(through(app, Access::Pass), &ALICE, 0, false);
		assert_eq!(pass_of(app, &ALICE).map(|pass| pass.left), Some(2));
		Apps::ended(through(app, Access::Pass), &ALICE, 0, true);
		assert_eq!(pass_of(app, &ALICE).map(|pass| pass.left), Some(3));
		Apps::ended(through(app, Access::Named), &ALICE, COST, true);
		assert_eq!(pass_of(app, &ALICE).map(|pass| pass.left), Some(3));
	});
}

#[test]
fn is_passed_on_if_it_may_be_to_somebody_without_one() {
	build_and_execute(|| {
		let app = app();
		assert_noop!(Apps::transfer_pass(by(&ALICE), app, BOB), Error::<Test>::NoPass);
		assert_ok!(Apps::buy(by(&ALICE), app, OFFER));
		assert_ok!(Apps::transfer_pass(by(&ALICE), app, BOB));
		assert_eq!((pass_of(app, &ALICE), Apps::access(app, &ALICE)), (None, None));
		assert_ok!(admit(app, Access::Pass, &BOB));

		assert_ok!(Apps::buy(by(&ALICE), app, OFFER));
		assert_noop!(Apps::transfer_pass(by(&ALICE), app, BOB), Error::<Test>::PassHeld);
		assert_noop!(Apps::transfer_pass(by(&ALICE), app, ALICE), Error::<Test>::PassHeld);
		Epoch::set(2);
		assert_noop!(Apps::transfer_pass(by(&ALICE), app, BOB), Error::<Test>::PassExpired);
		let personal = Terms { is_transferable: false, ..TERMS };
		assert_ok!(Apps::grant(by(&OWNER), app, ALICE, personal));
		assert_noop!(Apps::transfer_pass(by(&ALICE), app, BOB), Error::<Test>::NotTransferable);
		assert_ok!(Apps::buy(by(&ALICE), app, OFFER));
		assert_noop!(Apps::transfer_pass(by(&ALICE), app, BOB), Error::<Test>::NotTransferable);
	});
}
