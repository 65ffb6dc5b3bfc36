//! Requests that an app pays for.

use crate::{mock::*, Access, Error, Event, Promise};
use frame_support::{assert_err, assert_noop, assert_ok};
use opg_primitives::{seams::AppDesk, TrustMode};

#[test]
fn of_pass_holders_are_paid_from_the_purse() {
	build_and_execute(|| {
		let app = sponsor(10 * COST);
		assert_noop!(admit(app, Access::SponsoredPass, &ALICE), Error::<Test>::NoPass);
		assert_ok!(Apps::buy(by(&ALICE), app, OFFER));
		assert_eq!(admit(app, Access::SponsoredPass, &ALICE), Ok(Some(Apps::purse(app))));
		assert_eq!(pass_of(app, &ALICE).map(|pass| pass.left), Some(2));
		assert_eq!(Apps::spendable(app), 9 * COST);
	});
}

#[test]
fn are_those_it_promised_to_pay_for_and_no_others() {
	build_and_execute(|| {
		let app = app();
		assert_ok!(Apps::buy(by(&ALICE), app, OFFER));
		assert_noop!(admit(app, Access::SponsoredPass, &ALICE), Error::<Test>::NotSponsored);
		let promised = |promise| {
			assert_ok!(Apps::sponsor(by(&OWNER), app, Some(promise)));
			admit(app, Access::SponsoredPass, &ALICE)
		};
		let promise = promise(10 * COST);
		assert_err!(promised(promise.clone()), Error::<Test>::PurseTooSmall);
		fill(app, COST);
		let other = vec![1].try_into().expect("one");
		let of_other = Promise { models: other, ..promise.clone() };
		assert_err!(promised(of_other), Error::<Test>::ModelNotSponsored);
		let of_credits = Promise { covers_passes: false, ..promise.clone() };
		assert_err!(promised(of_credits), Error::<Test>::PassesNotSponsored);
		let small = Promise { cap: COST - 1, ..promise.clone() };
		assert_err!(promised(small), Error::<Test>::CapReached);
		assert_ok!(promised(Promise { cap: COST, ..promise }));
	});
}

#[test]
fn by_named_nodes_are_not_asked_of_a_quorum() {
	build_and_execute(|| {
		let app = sponsor(10 * COST);
		assert_ok!(Apps::buy(by(&ALICE), app, OFFER));
		let nodes = vec![4, 2].try_into().expect("two");
		let named = Promise { nodes, ..promise(10 * COST) };
		assert_ok!(Apps::sponsor(by(&OWNER), app, Some(named)));
		let sponsored = through(app, Access::SponsoredPass);
		let quorum = TrustMode::Quorum { nodes: 3, agree: 2 };
		let asked = frame_support::storage::with_storage_layer(|| {
			Apps::admit(sponsored, &ALICE, MODEL, quorum, COST)
		});
		assert_noop!(asked, Error::<Test>::TrustNotSponsored);
		assert_ok!(admit(app, Access::SponsoredPass, &ALICE));
		assert_eq!(Apps::nodes(sponsored), [4, 2]);
		assert!(Apps::nodes(through(app, Access::Pass)).is_empty(), "who pays chooses");
		assert!(Apps::nodes(through(9, Access::Credit)).is_empty());
	});
}

#[test]
fn come_to_no_more_than_the_cap_in_an_epoch() {
	build_and_execute(|| {
		let app = sponsor(2 * COST);
		assert_ok!(Apps::buy(by(&ALICE), app, OFFER));
		let ask = || admit(app, Access::SponsoredPass, &ALICE);
		assert_ok!(ask());
		assert_ok!(ask());
		assert_noop!(ask(), Error::<Test>::CapReached);
		assert_eq!(Apps::spendable(app), 0);
		// What was not spent may be spent again.
		Apps::ended(through(app, Access::SponsoredPass), &ALICE, COST, true);
		assert_ok!(ask());
		assert_noop!(ask(), Error::<Test>::CapReached);
		// Another promise does not make what was spent unspent.
		assert_ok!(Apps::sponsor(by(&OWNER), app, Some(promise(2 * COST))));
		assert_noop!(ask(), Error::<Test>::CapReached);
		Epoch::set(1);
		assert_eq!(Apps::spendable(app), 2 * COST);
		assert_ok!(ask());
	});
}

#[test]
fn are_promised_only_for_models_that_exist_and_named_once() {
	build_and_execute(|| {
		let app = app();
		let sponsor = |models: Vec<u32>, nodes: Vec<u32>| {
			let models = models.try_into().expect("few");
			let nodes = nodes.try_into().expect("few");
			let promise = Promise { models, nodes, ..promise(COST) };
			Apps::sponsor(by(&OWNER), app, Some(promise))
		};
		for (models, nodes) in
			[(vec![], vec![]), (vec![2], vec![]), (vec![0, 0], vec![]), (vec![0], vec![5, 5])]
		{
			assert_noop!(sponsor(models, nodes), Error::<Test>::PromiseInvalid);
		}
		assert_ok!(sponsor(vec![1, 0], vec![5, 4]));
		assert_eq!(events().last(), Some(&Event::SponsorshipChanged { app, is_open: true }));
		assert_ok!(Apps::sponsor(by(&OWNER), app, None));
		assert_eq!(Apps::spendable(app), 0);
	});
}

#[test]
fn cannot_be_paid_from_what_the_owner_took_out() {
	build_and_execute(|| {
		let app = sponsor(10 * COST);
		let owner = balance(&OWNER);
		assert_noop!(Apps::withdraw(by(&OWNER), app, 10 * COST + 1), Error::<Test>::PurseTooSmall);
		assert_ok!(Apps::withdraw(by(&OWNER), app, 10 * COST));
		assert_eq!(balance(&OWNER) - owner, 10 * COST);
		assert_ok!(Apps::buy(by(&ALICE), app, OFFER));
		assert_noop!(admit(app, Access::SponsoredPass, &ALICE), Error::<Test>::PurseTooSmall);
	});
}
