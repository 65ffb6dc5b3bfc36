//! Feeds from being made to being closed, and what is refused on the way.

use crate::{mock::*, Committees, Draft, Error, Event, Feeds, History, HoldReason, Rules};
use frame_support::{assert_noop, assert_ok, traits::fungible::InspectHold};
use opg_primitives::feed::{Key, Reading};
use sp_runtime::{DispatchError, TokenError};

fn held() -> Balance {
	Balances::balance_on_hold(&HoldReason::Purse.into(), &OWNER)
}

fn refuse(draft: Draft<Balance, u64>, error: Error<Test>) {
	assert_noop!(Told::create(signed(OWNER), draft), error);
}

#[test]
fn a_feed_is_made_observed_and_closed_and_what_is_left_returns() {
	build_and_execute(|| {
		assert_ok!(Told::create(signed(OWNER), draft()));
		assert_eq!(held(), PURSE + DEPOSIT + 2 * KEY_DEPOSIT);
		assert_eq!(events(), [Event::Created { feed: 0, owner: OWNER }]);
		assert_eq!(read(0, 0), Reading::Stale { since: None });
		next_round(0);
		assert_eq!(events(), [Event::TermBegan { feed: 0, nodes: vec![0, 1, 2, 3, 4] }]);
		report_all(0, 100, 200);
		assert_eq!(read(0, 1), Reading::Fresh { value: 200, decimals: 2, at: 6, spread: 0 });
		assert_noop!(Told::close(signed(FRIEND), 0), Error::<Test>::NotOwner);
		events();
		assert_ok!(Told::close(signed(OWNER), 0));
		let paid = 5 * REWARD;
		let returned = PURSE - paid - ROUND_FEE + DEPOSIT + 2 * KEY_DEPOSIT;
		assert_eq!(
			events(),
			[Event::TermEnded { feed: 0, rounds: 1, paid }, Event::Closed { feed: 0, returned }]
		);
		assert_eq!(Balances::free_balance(OWNER), RICH - paid - ROUND_FEE);
		assert_eq!(Balances::free_balance(OWNERS), RICH + REWARD);
		assert_eq!(UpkeepPaid::get(), ROUND_FEE);
		assert_eq!(History::<Test>::iter().count(), 0);
		assert_noop!(Told::close(signed(OWNER), 0), Error::<Test>::FeedUnknown);
	});
}

#[test]
fn keys_without_sense_are_refused() {
	build_and_execute(|| {
		let with = |keys: Vec<Key>| Draft { subject: numbers(keys), ..draft() };
		refuse(with(vec![]), Error::KeysInvalid);
		refuse(with(vec![key("A"), key("A")]), Error::KeysInvalid);
		refuse(with(vec![key("")]), Error::KeysInvalid);
		refuse(with(vec![key("A B")]), Error::KeysInvalid);
		refuse(with(vec![key("A?b=c")]), Error::KeysInvalid);
		refuse(with(vec![Key { min: 7, max: 7, ..key("A") }]), Error::KeysInvalid);
		refuse(with(vec![Key { decimals: 19, ..key("A") }]), Error::KeysInvalid);
		assert_ok!(Told::create(signed(OWNER), with(vec![key("A-b_c.d/e")])));
	});
}

#[test]
fn rules_without_sense_are_refused() {
	build_and_execute(|| {
		let with = |change: fn(&mut Rules<Balance, u64>)| {
			let mut draft = draft();
			change(&mut draft.rules);
			draft
		};
		refuse(with(|rules| rules.period = 3), Error::TimesInvalid);
		refuse(with(|rules| rules.heartbeat = 4), Error::TimesInvalid);
		refuse(with(|rules| rules.max_age = 9), Error::TimesInvalid);
		refuse(with(|rules| rules.max_age = 101), Error::TimesInvalid);
		refuse(with(|rules| rules.seats = 0), Error::SeatsInvalid);
		refuse(with(|rules| rules.seats = 32), Error::SeatsInvalid);
		refuse(with(|rules| rules.quorum = 6), Error::SeatsInvalid);
		refuse(with(|rules| rules.quorum = 2), Error::SeatsInvalid);
		refuse(with(|rules| rules.reward = 1), Error::RewardTooLow);
	});
}

#[test]
fn a_purse_that_is_not_there_makes_no_feed() {
	build_and_execute(|| {
		refuse(Draft { purse: Balance::MAX, ..draft() }, Error::SumTooLarge);
		assert_noop!(
			Told::create(signed(OWNER), Draft { purse: RICH, ..draft() }),
			TokenError::FundsUnavailable
		);
	});
}

#[test]
fn there_are_as_many_feeds_as_the_agenda_has_room_for() {
	build_and_execute(|| {
		for _ in 0..6 {
			assert_ok!(Told::create(signed(OWNER), draft()));
		}
		refuse(draft(), Error::TooManyFeeds);
		go_to(8);
		assert_eq!(Committees::<Test>::iter().count(), 6, "two begin in each block");
		assert_ok!(Told::close(signed(OWNER), 3));
		assert_ok!(Told::create(signed(OWNER), draft()));
		assert!(Feeds::<Test>::contains_key(6), "numbers are not given twice");
	});
}

#[test]
fn anybody_may_fund_and_what_it_funds_is_the_owners() {
	build_and_execute(|| {
		let feed = running();
		assert_noop!(Told::fund(signed(FRIEND), 9, 5), Error::<Test>::FeedUnknown);
		assert_noop!(Told::fund(signed(FRIEND), feed, RICH), TokenError::FundsUnavailable);
		assert_ok!(Told::fund(signed(FRIEND), feed, 5));
		assert_ok!(Told::fund(signed(OWNER), feed, 6));
		assert_eq!(Feeds::<Test>::get(feed).expect("a feed").purse, PURSE + 11);
		assert_eq!(Balances::free_balance(FRIEND), RICH - 5);
	});
}

#[test]
fn other_sources_end_the_term_and_the_trust_of_governance() {
	build_and_execute(|| {
		let feed = running();
		assert_ok!(Told::curate(RuntimeOrigin::root(), feed, true));
		report_all(feed, 100, 200);
		events();
		let sources = vec![source("https://other.example/all")];
		assert_noop!(
			Told::amend(signed(FRIEND), feed, Default::default()),
			Error::<Test>::NotOwner
		);
		assert_noop!(
			Told::amend(signed(OWNER), feed, Default::default()),
			Error::<Test>::SourcesInvalid
		);
		assert_ok!(Told::amend(signed(OWNER), feed, sources.try_into().expect("one")));
		let told = events();
		assert!(matches!(told[0], Event::TermEnded { rounds: 1, .. }));
		assert!(matches!(told[1], Event::Amended { version: 1, .. }));
		let record = Feeds::<Test>::get(feed).expect("a feed");
		assert!(!record.is_curated && !Committees::<Test>::contains_key(feed));
		go_to(System::block_number() + 1);
		assert!(Committees::<Test>::contains_key(feed));
		next_round(feed);
		report_all(feed, 101, 201);
		assert!(read(feed, 0).fresh().is_some());
	});
}

#[test]
fn governance_alone_vouches_for_sources() {
	build_and_execute(|| {
		let feed = running();
		assert_noop!(Told::curate(signed(OWNER), feed, true), DispatchError::BadOrigin);
		assert_noop!(Told::curate(RuntimeOrigin::root(), 9, true), Error::<Test>::FeedUnknown);
		assert_ok!(Told::curate(RuntimeOrigin::root(), feed, true));
		assert_eq!(events(), [Event::Curated { feed, is_curated: true }]);
	});
}
