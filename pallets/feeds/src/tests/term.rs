//! Terms: who is drawn, what a term without means does, who is paid.

use crate::{mock::*, Committees, Draft, Event, Feeds, Vacancy};
use frame_support::assert_ok;

fn purse(feed: u32) -> Balance {
	Feeds::<Test>::get(feed).expect("a feed").purse
}

#[test]
fn of_too_few_nodes_does_not_begin_and_is_tried_again() {
	build_and_execute(|| {
		Present::set(vec![0, 1]);
		assert_ok!(Told::create(signed(OWNER), draft()));
		events();
		go_to(2);
		let vacant = Event::Vacant { feed: 0, cause: Vacancy::TooFewObservers };
		assert_eq!(events(), [vacant]);
		Present::set(vec![0, 1, 2]);
		go_to(2 + RETRY);
		assert_eq!(events(), [Event::TermBegan { feed: 0, nodes: vec![0, 1, 2] }]);
	});
}

#[test]
fn without_randomness_does_not_begin() {
	build_and_execute(|| {
		Authored::set(false);
		assert_ok!(Told::create(signed(OWNER), draft()));
		events();
		go_to(2);
		assert_eq!(events(), [Event::Vacant { feed: 0, cause: Vacancy::NoRandomness }]);
		Authored::set(true);
		go_to(2 + RETRY);
		assert!(Committees::<Test>::contains_key(0));
	});
}

#[test]
fn that_the_purse_does_not_pay_begins_once_it_is_funded() {
	build_and_execute(|| {
		assert_ok!(Told::create(signed(OWNER), Draft { purse: 100, ..draft() }));
		events();
		go_to(2);
		assert_eq!(events(), [Event::Vacant { feed: 0, cause: Vacancy::PurseTooSmall }]);
		let record = Feeds::<Test>::get(0).expect("a feed");
		let cost = Told::cost_of_term(&record);
		assert_ok!(Told::fund(signed(FRIEND), 0, cost - 100));
		go_to(3);
		assert!(Committees::<Test>::contains_key(0));
	});
}

#[test]
fn pays_what_was_seen_and_not_who_was_away() {
	build_and_execute(|| {
		let feed = running();
		post(report(feed, &[0, 1, 2].map(|seat| (seat, 100, 200))));
		post(report(feed, &[(3, 100, 200)]));
		next_round(feed);
		report_all(feed, 100, 200);
		end_term(feed);
		assert_eq!(
			[0, 1, 2, 3, 4].map(|node| Balances::free_balance(OWNERS + node) - RICH),
			[2, 2, 2, 2, 1].map(|rounds| rounds * REWARD)
		);
		assert_eq!(purse(feed), PURSE - 9 * REWARD - 2 * ROUND_FEE);
		let told = events();
		assert!(told.contains(&Event::TermEnded { feed, rounds: 2, paid: 9 * REWARD }));
		assert!(
			matches!(told.last(), Some(Event::TermBegan { .. })),
			"the next one begins at once"
		);
	});
}

#[test]
fn follow_each_other_without_a_round_between_them() {
	build_and_execute(|| {
		let feed = running();
		let mut terms = 0;
		for step in 1..29 {
			assert_eq!(round(feed), step);
			report_all(feed, 100, 200);
			next_round(feed);
			terms += events().iter().filter(|it| matches!(it, Event::TermBegan { .. })).count();
		}
		assert_eq!(terms, 2);
	});
}

#[test]
fn shorter_than_a_round_have_one() {
	build_and_execute(|| {
		let mut draft = draft();
		(draft.rules.period, draft.rules.heartbeat, draft.rules.max_age) = (60, 60, 60);
		assert_ok!(Told::create(signed(OWNER), draft));
		go_to(2);
		let committee = Committees::<Test>::get(0).expect("drawn");
		let record = Feeds::<Test>::get(0).expect("a feed");
		assert_eq!((committee.first, committee.ends), (1, record.start_of(2)));
		go_to(committee.ends - 1);
		report_all(0, 100, 200);
		go_to(committee.ends);
		assert_eq!(Committees::<Test>::get(0).expect("the next one").first, 2);
	});
}

#[test]
fn pay_of_a_node_that_is_gone_goes_to_the_upkeep() {
	build_and_execute(|| {
		let feed = running();
		report_all(feed, 100, 200);
		Present::set(vec![0, 1, 2, 3]);
		end_term(feed);
		assert_eq!(UpkeepPaid::get(), REWARD + ROUND_FEE);
		assert_eq!(purse(feed), PURSE - 5 * REWARD - ROUND_FEE);
	});
}

#[test]
fn last_one_is_followed_by_none_when_the_purse_is_spent() {
	build_and_execute(|| {
		let record = {
			assert_ok!(Told::create(signed(OWNER), draft()));
			Feeds::<Test>::get(0).expect("a feed")
		};
		let once = Told::cost_of_term(&record);
		assert_ok!(Told::create(signed(OWNER), Draft { purse: once, ..draft() }));
		next_round(1);
		report_all(1, 100, 200);
		events();
		end_term(1);
		assert!(events().contains(&Event::Vacant { feed: 1, cause: Vacancy::PurseTooSmall }));
		assert!(!Committees::<Test>::contains_key(1));
	});
}
