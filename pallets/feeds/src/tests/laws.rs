//! The laws hold after any sequence of calls, and broken states are caught.

use super::bytes::{bytes_draft, report_bytes, said};
use crate::{mock::*, types::Standing, Agenda, Committees, Event, Feeds, Rounds, Sheets};
use frame_support::{assert_ok, traits::UnfilteredDispatchable};
use opg_primitives::{
	feed::{FeedId, Reading, Values},
	NodeId,
};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Step {
	Create(Balance, bool),
	CreateOfBytes(Balance),
	Fund(u64, FeedId, Balance),
	Amend(FeedId),
	Curate(FeedId),
	Close(FeedId),
	Report(FeedId, Vec<(u8, i64, i64)>),
	ReportBytes(FeedId, Vec<(u8, Option<String>)>),
	Denounce(FeedId, u8),
	Present(Vec<NodeId>),
	Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
	let feed = 0..4u32;
	let price = prop_oneof![6 => 900..1_100i64, 1 => any::<i64>()];
	let seen = prop::collection::btree_map(0..6u8, (price.clone(), price), 0..6);
	let word = prop_oneof![8 => Just("Ada"), 1 => Just("Bob")].prop_map(String::from);
	let words = prop::collection::btree_map(0..6u8, prop::option::weighted(0.9, word), 0..6);
	let nodes = prop::collection::btree_set(0..9u32, 0..8);
	prop_oneof![
		2 => (0..20_000u64, any::<bool>()).prop_map(|(purse, slow)| Step::Create(purse, slow)),
		1 => (0..20_000u64).prop_map(Step::CreateOfBytes),
		2 => (1..3u64, feed.clone(), 0..9_000u64).prop_map(|(who, feed, sum)| Step::Fund(who, feed, sum)),
		1 => feed.clone().prop_map(Step::Amend),
		1 => feed.clone().prop_map(Step::Curate),
		1 => feed.clone().prop_map(Step::Close),
		16 => (feed.clone(), seen).prop_map(|(feed, seen)| {
			Step::Report(feed, seen.into_iter().map(|(seat, (a, b))| (seat, a, b)).collect())
		}),
		8 => (feed.clone(), words).prop_map(|(feed, words)| {
			Step::ReportBytes(feed, words.into_iter().collect())
		}),
		1 => (feed, 0..6u8).prop_map(|(feed, seat)| Step::Denounce(feed, seat)),
		1 => nodes.prop_map(|nodes| Step::Present(nodes.into_iter().collect())),
		8 => (1..8u64).prop_map(Step::Wait),
		1 => (8..80u64).prop_map(Step::Wait),
	]
}

fn post_if_valid(call: crate::Call<Test>) {
	if authorize(&call).is_ok() {
		let origin = frame_system::RawOrigin::Authorized;
		assert_ok!(call.dispatch_bypass_filter(origin.into()));
	}
}

fn take(step: Step) {
	// A step may be refused: only the laws matter here.
	match step {
		Step::Create(purse, slow) => {
			let mut draft = crate::Draft { purse, ..draft() };
			draft.rules.deviation = if slow { 50 } else { 0 };
			let _ = Told::create(signed(OWNER), draft);
		},
		Step::CreateOfBytes(purse) => {
			let _ = Told::create(signed(OWNER), crate::Draft { purse, ..bytes_draft() });
		},
		Step::Fund(who, feed, sum) => {
			let _ = Told::fund(signed(who), feed, sum);
		},
		Step::Amend(feed) => {
			let sources = vec![source("http://127.0.0.1/other")].try_into().expect("one");
			let _ = Told::amend(signed(OWNER), feed, sources);
		},
		Step::Curate(feed) => {
			let _ = Told::curate(RuntimeOrigin::root(), feed, true);
		},
		Step::Close(feed) => {
			let _ = Told::close(signed(OWNER), feed);
		},
		Step::Report(feed, seen) => {
			if !Feeds::<Test>::contains_key(feed) {
				return;
			}
			post_if_valid(report(feed, &seen));
		},
		Step::ReportBytes(feed, words) => {
			if Feeds::<Test>::contains_key(feed) {
				let words: Vec<_> =
					words.iter().map(|(seat, word)| (*seat, word.as_deref())).collect();
				post_if_valid(report_bytes(feed, &words));
			}
		},
		Step::Denounce(feed, seat) => {
			if !Feeds::<Test>::contains_key(feed) {
				return;
			}
			let round = round(feed);
			let one = |value| observation(feed, round, seat, &[Some(value), None]);
			let _ = Told::denounce(signed(FRIEND), feed, round, one(1), one(2));
		},
		Step::Present(nodes) => Present::set(nodes),
		Step::Wait(blocks) => go_to(System::block_number() + blocks),
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(64))]

	#[test]
	fn hold_after_any_calls(steps in prop::collection::vec(step(), 1..80)) {
		build_and_execute(|| {
			let all = Balances::total_issuance();
			take(Step::Create(20_000, false));
			take(Step::CreateOfBytes(20_000));
			next_round(0);
			for step in steps {
				take(step);
				Told::check_laws().expect("the laws hold after each step");
				let kept = Balances::total_issuance() + UpkeepPaid::get();
				assert_eq!(kept, all, "nothing is made and nothing lost");
			}
			// Whatever happened, everything can be closed, and what was not paid returns.
			let feeds: Vec<_> = Feeds::<Test>::iter_keys().collect();
			for feed in feeds {
				assert_ok!(Told::close(signed(OWNER), feed));
			}
			assert_eq!(Balances::reserved_balance(OWNER), 0);
			assert_eq!(Agenda::<Test>::iter_values().flatten().count(), 0);
		});
	}

	#[test]
	fn tell_a_number_within_what_honest_nodes_saw(
		honest in prop::collection::vec(1..1_000_000i64, 3),
		lies in prop::collection::vec(1..1_000_000i64, 2),
		places in Just([0u8, 1, 2, 3, 4]).prop_shuffle(),
		first in 3..6usize,
	) {
		build_and_execute(|| {
			let feed = running();
			let all = honest.iter().chain(&lies).zip(places).map(|(value, seat)| (seat, *value, 5));
			let mut first_report: Vec<_> = all.collect();
			// The leader leaves out whom it likes; the next report brings the others.
			let mut rest = first_report.split_off(first.min(first_report.len()));
			first_report.sort_unstable();
			rest.sort_unstable();
			post(report(feed, &first_report));
			if !rest.is_empty() {
				post(report(feed, &rest));
			}
			let (value, _) = read(feed, 0).fresh().expect("fresh");
			let (least, most) = (honest.iter().min(), honest.iter().max());
			assert!(Some(&value) >= least && Some(&value) <= most);
		});
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(64))]

	#[test]
	fn tell_the_bytes_that_honest_nodes_saw_or_none_and_then_turn_stale(
		liars in 0..3usize,
		lies in prop::collection::vec("[a-c]{0,2}", 5),
		is_one_lie in any::<bool>(),
		places in Just([0u8, 1, 2, 3, 4]).prop_shuffle(),
		honest_are_one in any::<bool>(),
	) {
		build_and_execute(|| {
			let feed = crate::NextFeed::<Test>::get();
			assert_ok!(Told::create(signed(OWNER), bytes_draft()));
			next_round(feed);
			let of = |index: usize| match index < liars {
				true => lies[if is_one_lie { 0 } else { index }].clone(),
				false if honest_are_one => "truth".into(),
				// Each looked at another moment, and saw something else.
				false => format!("truth {index}"),
			};
			let words: Vec<_> = (0..5).map(of).collect();
			let mut all: Vec<_> =
				places.into_iter().zip(words.iter().map(|word| Some(word.as_str()))).collect();
			all.sort_unstable();
			let call = report_bytes(feed, &all);
			assert_eq!(authorize(&call).is_ok(), honest_are_one);
			if honest_are_one {
				post(call);
				let told = read(feed, 0);
				assert_eq!(told.fresh_bytes().map(|value| value.as_slice()), Some(&b"truth"[..]));
				return;
			}
			go_to(Sheets::<Test>::get(feed).expect("a sheet").reported + MAX_AGE);
			events();
			go_to(System::block_number() + 1);
			assert_eq!(read(feed, 0), Reading::Stale { since: None });
			assert!(events().contains(&Event::WentStale { feed }));
		});
	}
}

#[test]
#[should_panic = "bytes are told that no quorum saw"]
fn catch_bytes_that_no_quorum_saw() {
	build_and_execute(|| {
		let feed = said("Ada");
		Rounds::<Test>::mutate(feed, |open| {
			let seen = &mut open.as_mut().expect("open").seen;
			seen[0].values = Values::Bytes(None);
		});
	});
}

#[test]
#[should_panic = "a feed's keys are not those it tells"]
fn catch_a_sheet_of_another_kind() {
	build_and_execute(|| {
		let feed = said("Ada");
		Sheets::<Test>::mutate(feed, |sheet| {
			sheet.as_mut().expect("a sheet").standing = Standing::Numbers(Default::default());
		});
	});
}

#[test]
#[should_panic = "a hold is not what purses say"]
fn catch_a_purse_that_is_not_held() {
	build_and_execute(|| {
		let feed = running();
		Feeds::<Test>::mutate(feed, |record| record.as_mut().expect("a feed").purse += 1);
	});
}

#[test]
#[should_panic = "a purse does not cover its term"]
fn catch_a_term_that_is_not_covered() {
	build_and_execute(|| {
		let feed = running();
		Committees::<Test>::mutate(feed, |committee| {
			committee.as_mut().expect("a committee").reserved = PURSE + 1;
		});
	});
}

#[test]
#[should_panic = "a seat's rounds are miscounted"]
fn catch_an_observation_that_counts_twice() {
	build_and_execute(|| {
		let feed = running();
		Committees::<Test>::mutate(feed, |committee| {
			committee.as_mut().expect("a committee").members[0].tally.counted += 1;
		});
	});
}

#[test]
#[should_panic = "an observation counts twice"]
fn catch_a_seat_with_two_observations() {
	build_and_execute(|| {
		let feed = running();
		report_all(feed, 100, 200);
		Rounds::<Test>::mutate(feed, |open| {
			let open = open.as_mut().expect("open");
			open.seen[1] = open.seen[0].clone();
		});
	});
}

#[test]
#[should_panic = "a number is out of its bounds"]
fn catch_a_number_out_of_bounds() {
	build_and_execute(|| {
		let feed = running();
		report_all(feed, 100, 200);
		Sheets::<Test>::mutate(feed, |sheet| {
			let Standing::Numbers(entries) = &mut sheet.as_mut().expect("a sheet").standing else {
				panic!("bytes")
			};
			entries[0].last.as_mut().expect("told").value = 0;
		});
	});
}

#[test]
#[should_panic = "a feed would never be looked at"]
fn catch_a_feed_without_a_place() {
	build_and_execute(|| {
		let feed = running();
		let at = Feeds::<Test>::get(feed).expect("a feed").look_at;
		Agenda::<Test>::remove(at);
	});
}
