//! Feeds of bytes: what a quorum saw to the byte is told, and without a quorum nothing.

use crate::{mock::*, Call, Draft, Error, Event, Feeds, Observations};
use frame_support::{assert_noop, assert_ok, pallet_prelude::InvalidTransaction};
use opg_primitives::{
	feed::{FeedId, Reading, Seat, Subject, Values, MAX_BYTES},
	seams::FeedReader,
};

/// The winner, as seen by five nodes with a quorum of three.
pub(super) fn bytes_draft() -> Draft<Balance, u64> {
	let mut draft = draft();
	draft.subject = Subject::Bytes(b"winner".to_vec().try_into().expect("short"));
	draft.rules.jump = 0;
	draft
}

fn seen(word: Option<&str>) -> Values {
	Values::Bytes(word.map(|word| word.as_bytes().to_vec().try_into().expect("short")))
}

/// The report of the present round: what each seat saw.
pub(super) fn report_bytes(feed: FeedId, all: &[(Seat, Option<&str>)]) -> Call<Test> {
	let round = round(feed);
	let one = |(seat, word): &(Seat, Option<&str>)| sighting(feed, round, *seat, seen(*word));
	let observations = Observations::truncate_from(all.iter().map(one).collect());
	Call::report { feed, round, observations }
}

/// A feed of bytes with its committee drawn, in the first block of round 1.
fn made() -> FeedId {
	let feed = crate::NextFeed::<Test>::get();
	assert_ok!(Told::create(signed(OWNER), bytes_draft()));
	next_round(feed);
	events();
	feed
}

/// Such a feed, of which three nodes saw `word`.
pub(super) fn said(word: &str) -> FeedId {
	let feed = made();
	post(report_bytes(feed, &[0, 1, 2].map(|seat| (seat, Some(word)))));
	feed
}

fn told(feed: FeedId) -> Option<Vec<u8>> {
	read(feed, 0).fresh_bytes().map(|value| value.to_vec())
}

fn refused(call: &Call<Test>) -> InvalidTransaction {
	match authorize(call) {
		Err(frame_support::pallet_prelude::TransactionValidityError::Invalid(why)) => why,
		other => panic!("{other:?}"),
	}
}

#[test]
fn are_told_as_a_quorum_saw_them_and_others_are_outliers() {
	build_and_execute(|| {
		let feed = made();
		let all =
			[(0, Some("Ada")), (1, Some("Bob")), (2, Some("Ada")), (3, None), (4, Some("Ada"))];
		post(report_bytes(feed, &all));
		let value = b"Ada".to_vec().try_into().expect("short");
		assert_eq!(read(feed, 0), Reading::FreshBytes { value, at: 6 });
		assert!(<Told as FeedReader<u64>>::read(feed, 1).is_none(), "they are one value");
		assert_eq!(read(feed, 0).fresh(), None, "and no number");
		assert_eq!(Told::history(feed).pop().expect("a round").values, seen(Some("Ada")));
		assert!(<Told as FeedReader<u64>>::earlier(feed, 0, 100, 3).is_empty());
		end_term(feed);
		let paid = [0, 1, 2, 3, 4].map(|node| Balances::free_balance(OWNERS + node) - RICH);
		assert_eq!(paid, [REWARD, 0, REWARD, 0, REWARD]);
	});
}

#[test]
fn of_which_no_quorum_saw_the_same_are_not_reported_and_turn_stale() {
	build_and_execute(|| {
		let feed = said("Ada");
		let since = System::block_number();
		let apart = |feed| {
			let words = [Some("Ada"), Some("Bob"), Some("Ada"), Some("Bob"), Some("Cy")];
			report_bytes(feed, &(0..5).zip(words).collect::<Vec<_>>())
		};
		for _ in 0..4 {
			next_round(feed);
			assert_eq!(refused(&apart(feed)), InvalidTransaction::Stale, "also when it is late");
		}
		assert_eq!(told(feed), Some(b"Ada".to_vec()), "to the last block of its age");
		events();
		go_to(since + MAX_AGE + 1);
		assert_eq!(read(feed, 0), Reading::Stale { since: Some(since) });
		assert!(events().contains(&Event::WentStale { feed }));
		next_round(feed);
		post(report_bytes(feed, &[1, 2, 3].map(|seat| (seat, Some("Bob")))));
		assert_eq!(told(feed), Some(b"Bob".to_vec()), "and are back with the next agreement");
	});
}

#[test]
fn are_due_when_they_changed_or_the_heartbeat_is_over() {
	build_and_execute(|| {
		let feed = said("Ada");
		next_round(feed);
		let same = |feed| report_bytes(feed, &[0, 1, 2].map(|seat| (seat, Some("Ada"))));
		assert_eq!(refused(&same(feed)), InvalidTransaction::Stale);
		assert_ok!(authorize(&report_bytes(feed, &[0, 1, 2].map(|seat| (seat, Some("ada"))))));
		next_round(feed);
		post(same(feed));
	});
}

#[test]
fn stay_as_they_are_whatever_later_reports_of_the_round_bring() {
	build_and_execute(|| {
		let feed = said("Ada");
		post(report_bytes(feed, &[(3, Some("Bob")), (4, Some("Bob"))]));
		assert_eq!(told(feed), Some(b"Ada".to_vec()));
		next_round(feed);
		let numbers = [0, 1, 2].map(|seat| observation(feed, 2, seat, &[Some(1)])).to_vec();
		let observations = numbers.try_into().expect("three");
		let call = Call::report { feed, round: 2, observations };
		assert_eq!(refused(&call), InvalidTransaction::Call, "numbers are none");
	});
}

#[test]
fn may_be_none_and_as_many_as_there_is_room_for() {
	build_and_execute(|| {
		for word in ["".to_owned(), "x".repeat(MAX_BYTES as usize)] {
			let feed = said(&word);
			assert_eq!(told(feed), Some(word.into_bytes()));
		}
	});
}

#[test]
fn have_no_distance_that_rules_could_name() {
	build_and_execute(|| {
		let refuse = |draft: Draft<Balance, u64>, error: Error<Test>| {
			assert_noop!(Told::create(signed(OWNER), draft), error);
		};
		let mut jumping = bytes_draft();
		jumping.rules.jump = 1;
		refuse(jumping, Error::BytesDoNotMove);
		let mut moving = bytes_draft();
		moving.rules.deviation = 1;
		refuse(moving, Error::BytesDoNotMove);
		let nameless = Draft { subject: Subject::Bytes(Default::default()), ..bytes_draft() };
		refuse(nameless, Error::KeysInvalid);
		assert_ok!(Told::create(signed(OWNER), bytes_draft()));
		let deposit = Feeds::<Test>::get(0).expect("a feed").deposit;
		assert_eq!(deposit, DEPOSIT + 32 * KEY_DEPOSIT, "they take the room of so many numbers");
		assert!(!<Told as FeedReader<u64>>::tells_numbers(0));
		assert!(!<Told as FeedReader<u64>>::tells_numbers(1), "there is none");
	});
}
