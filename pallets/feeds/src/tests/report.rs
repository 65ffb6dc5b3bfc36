//! Reports: what enters a block, what the numbers become, what later reports of a round change.

use crate::{mock::*, Call, Event, Feeds, History, Rounds, Rules, Sheets};
use frame_support::{
	assert_ok,
	pallet_prelude::{InvalidTransaction, TransactionValidityError},
};
use opg_primitives::{
	feed::{Reading, Values},
	seams::FeedReader,
};

fn refused(call: &Call<Test>) -> InvalidTransaction {
	match authorize(call) {
		Err(TransactionValidityError::Invalid(why)) => why,
		other => panic!("{other:?}"),
	}
}

fn fresh(feed: u32, key: u8) -> Option<i64> {
	read(feed, key).fresh().map(|(value, _)| value)
}

fn with_rules(change: impl FnOnce(&mut Rules<Balance, u64>)) -> u32 {
	let feed = running();
	Feeds::<Test>::mutate(feed, |record| change(&mut record.as_mut().expect("a feed").rules));
	feed
}

#[test]
fn take_the_lower_median_and_the_spread_of_a_quorum() {
	build_and_execute(|| {
		let feed = running();
		post(report(feed, &[(0, 100, 9), (2, 102, 11), (3, 105, 10), (4, 101, 900)]));
		assert_eq!(read(feed, 0), Reading::Fresh { value: 101, decimals: 2, at: 6, spread: 2 });
		assert_eq!(fresh(feed, 1), Some(10), "one lie moves nothing");
		assert_eq!(events(), [Event::Reported { feed, round: 1, observers: 4 }]);
		let kept = History::<Test>::get(feed, 1).expect("kept");
		assert_eq!((kept.round, kept.at, kept.observers), (1, 6, 0b11101));
		assert_eq!(kept.values, Values::numbers([Some(101), Some(10)]));
	});
}

#[test]
fn are_free_and_operational_and_known_by_their_round() {
	build_and_execute(|| {
		let feed = running();
		let small = report(feed, &[(0, 1, 1), (1, 1, 1), (2, 1, 1)]);
		let large = report(feed, &[0, 1, 2, 3].map(|seat| (seat, 1, 1)));
		let (small, _) = authorize(&small).expect("valid");
		let (large, _) = authorize(&large).expect("valid");
		assert_eq!(small.provides, large.provides, "one of them is in the pool");
		assert!(large.priority > small.priority && large.propagate);
	});
}

#[test]
fn below_a_quorum_are_refused_and_so_are_doubles_and_strangers() {
	build_and_execute(|| {
		let feed = running();
		assert_eq!(refused(&report(feed, &[(0, 1, 1), (1, 1, 1)])), InvalidTransaction::Call);
		let all = [(0, 1, 1), (0, 1, 1), (1, 1, 1)];
		assert_eq!(refused(&report(feed, &all)), InvalidTransaction::Call, "one seat twice");
		let all = [(1, 1, 1), (0, 1, 1), (2, 1, 1)];
		assert_eq!(refused(&report(feed, &all)), InvalidTransaction::Call, "not ascending");
		let all = [(0, 1, 1), (1, 1, 1), (5, 1, 1)];
		assert_eq!(refused(&report(feed, &all)), InvalidTransaction::BadSigner, "no such seat");
		assert_eq!(refused(&report_of(9, 0, &[])), InvalidTransaction::BadSigner, "no such feed");
	});
}

fn report_of(feed: u32, round: u32, seats: &[u8]) -> Call<Test> {
	let one = |seat: &u8| observation(feed, round, *seat, &[Some(100), Some(200)]);
	let observations = seats.iter().map(one).collect::<Vec<_>>();
	Call::report { feed, round, observations: observations.try_into().expect("few") }
}

#[test]
fn of_another_round_are_refused() {
	build_and_execute(|| {
		let feed = running();
		assert_eq!(refused(&report_of(feed, 2, &[0, 1, 2])), InvalidTransaction::Future);
		assert_eq!(refused(&report_of(feed, 0, &[0, 1, 2])), InvalidTransaction::Stale);
		let call = report_of(feed, 1, &[0, 1, 2]);
		assert_ok!(authorize(&call));
		next_round(feed);
		assert_eq!(refused(&call), InvalidTransaction::Stale);
	});
}

#[test]
fn of_a_round_begun_before_the_committee_are_refused() {
	build_and_execute(|| {
		assert_ok!(Told::create(signed(OWNER), draft()));
		go_to(2);
		assert_eq!(refused(&report_of(0, 0, &[0, 1, 2])), InvalidTransaction::Stale);
	});
}

#[test]
fn with_a_signature_of_something_else_are_refused() {
	build_and_execute(|| {
		let feed = running();
		let change = |change: fn(&mut opg_primitives::feed::Observation)| {
			let Call::report { mut observations, .. } = report_of(feed, 1, &[0, 1, 2]) else {
				unreachable!("a report")
			};
			change(&mut observations[1]);
			Call::<Test>::report { feed, round: 1, observations }
		};
		assert_ok!(authorize(&change(|_| {})));
		let bad = |call| assert_eq!(refused(&call), InvalidTransaction::BadProof);
		bad(change(|one| one.seen.values = Values::numbers([Some(101), Some(200)])));
		bad(change(|one| one.seen.values = Values::numbers([None, Some(200)])));
		bad(change(|one| one.seen.evidence.0[0] ^= 1));
		for other in [Values::numbers([Some(100)]), Values::Bytes(None)] {
			let Call::report { mut observations, .. } = report_of(feed, 1, &[0, 1, 2]) else {
				unreachable!("a report")
			};
			observations[1].seen.values = other;
			let call = Call::report { feed, round: 1, observations };
			assert_eq!(refused(&call), InvalidTransaction::Call);
		}
		// Of another round, another version, another seat.
		let swap = |other: opg_primitives::feed::Observation| {
			let Call::report { mut observations, .. } = report_of(feed, 1, &[0, 1, 2]) else {
				unreachable!("a report")
			};
			observations[1].signature = other.signature;
			Call::<Test>::report { feed, round: 1, observations }
		};
		bad(swap(observation(feed, 2, 1, &[Some(100), Some(200)])));
		bad(swap(observation(feed, 1, 2, &[Some(100), Some(200)])));
		bad(swap(observation(7, 1, 1, &[Some(100), Some(200)])));
	});
}

#[test]
fn add_up_so_that_a_leader_leaves_nobody_out() {
	build_and_execute(|| {
		let feed = running();
		// Two liars and one honest node, chosen by a leader.
		post(report(feed, &[(0, 900, 5), (1, 901, 5), (2, 100, 5)]));
		assert_eq!(fresh(feed, 0), Some(900));
		let again = report(feed, &[(2, 100, 5), (3, 101, 5)]);
		assert_eq!(refused(&again), InvalidTransaction::Stale, "one of them is counted");
		post(report(feed, &[(3, 101, 5), (4, 102, 5)]));
		assert_eq!(fresh(feed, 0), Some(102));
		assert_eq!(Rounds::<Test>::get(feed).expect("open").seen.len(), 5);
		assert_eq!(refused(&report(feed, &[])), InvalidTransaction::Call);
	});
}

#[test]
fn of_fewer_values_than_a_quorum_leave_a_key_as_it_was() {
	build_and_execute(|| {
		let feed = running();
		report_all(feed, 100, 200);
		next_round(feed);
		let values = [[Some(101), None], [Some(101), None], [Some(101), Some(9)]];
		let one = |(seat, values): (u8, &[Option<i64>; 2])| observation(feed, 2, seat, values);
		let observations: Vec<_> = (0..).zip(&values).map(one).collect();
		let observations = observations.try_into().expect("three");
		post(Call::report { feed, round: 2, observations });
		assert_eq!(fresh(feed, 0), Some(101));
		assert_eq!(read(feed, 1), Reading::Fresh { value: 200, decimals: 2, at: 6, spread: 0 });
	});
}

#[test]
fn out_of_bounds_halt_a_key_until_it_is_back() {
	build_and_execute(|| {
		let feed = running();
		report_all(feed, 100, 200);
		next_round(feed);
		events();
		report_all(feed, 0, 201);
		assert_eq!(read(feed, 0), Reading::Halted { since: 11 });
		assert_eq!(fresh(feed, 1), Some(201), "the other key goes on");
		assert_eq!(events()[0], Event::Halted { feed, key: 0 });
		next_round(feed);
		report_all(feed, 102, 202);
		assert_eq!(fresh(feed, 0), Some(102));
		assert_eq!(events()[0], Event::Resumed { feed, key: 0 });
	});
}

#[test]
fn of_a_jump_wait_for_the_next_round_to_confirm_it() {
	build_and_execute(|| {
		let feed = running();
		report_all(feed, 1_000, 1_000);
		next_round(feed);
		report_all(feed, 2_000, 1_100);
		assert_eq!(read(feed, 0), Reading::Halted { since: 11 });
		assert_eq!(fresh(feed, 1), Some(1_100), "a tenth is no jump");
		next_round(feed);
		report_all(feed, 2_050, 1_100);
		assert_eq!(fresh(feed, 0), Some(2_050));
	});
}

#[test]
fn of_one_round_do_not_confirm_each_other_s_jump() {
	build_and_execute(|| {
		let feed = running();
		report_all(feed, 1_000, 1_000);
		next_round(feed);
		post(report(feed, &[0, 1, 2].map(|seat| (seat, 2_000, 1_000))));
		post(report(feed, &[3, 4].map(|seat| (seat, 2_000, 1_000))));
		assert_eq!(read(feed, 0), Reading::Halted { since: 11 });
		next_round(feed);
		report_all(feed, 1_001, 1_000);
		assert_eq!(fresh(feed, 0), Some(1_001), "it was none");
	});
}

#[test]
fn after_a_long_silence_jump_as_far_as_they_like() {
	build_and_execute(|| {
		let feed = running();
		report_all(feed, 1_000, 1_000);
		for _ in 0..5 {
			next_round(feed);
		}
		report_all(feed, 9_000, 1_000);
		assert_eq!(fresh(feed, 0), Some(9_000));
	});
}

#[test]
fn are_due_when_a_number_moved_or_the_heartbeat_is_over() {
	build_and_execute(|| {
		let feed = with_rules(|rules| {
			rules.deviation = 100;
			rules.heartbeat = 15;
		});
		report_all(feed, 10_000, 10_000);
		next_round(feed);
		let small = report(feed, &[0, 1, 2].map(|seat| (seat, 10_100, 9_900)));
		assert_eq!(refused(&small), InvalidTransaction::Stale, "a hundredth is not more");
		assert_ok!(authorize(&report(feed, &[0, 1, 2].map(|seat| (seat, 10_000, 9_899)))));
		next_round(feed);
		let same = [0, 1, 2].map(|seat| (seat, 10_000, 10_000));
		assert_eq!(refused(&report(feed, &same)), InvalidTransaction::Stale);
		next_round(feed);
		post(report(feed, &same));
		assert_ok!(authorize(&report(feed, &[(3, 10_000, 10_000)])));
	});
}

#[test]
fn that_stay_away_make_numbers_stale_and_the_chain_says_so_once() {
	build_and_execute(|| {
		let feed = running();
		report_all(feed, 100, 200);
		events();
		go_to(6 + MAX_AGE);
		assert!(fresh(feed, 0).is_some(), "to the last block of its age");
		go_to(6 + MAX_AGE + 1);
		assert_eq!(read(feed, 0), Reading::Stale { since: Some(6) });
		assert_eq!(events(), [Event::WentStale { feed }]);
		go_to(6 + MAX_AGE + 10);
		assert!(events().is_empty());
		report_all(feed, 100, 200);
		assert!(fresh(feed, 0).is_some(), "and is back with the next report");
		let since = Sheets::<Test>::get(feed).expect("a sheet").reported;
		go_to(since + MAX_AGE + 1);
		assert!(events().contains(&Event::WentStale { feed }), "the next silence is told as well");
	});
}

#[test]
fn of_a_ring_s_length_ago_are_forgotten() {
	build_and_execute(|| {
		let feed = running();
		for step in 0..9 {
			report_all(feed, 100 + step, 200);
			next_round(feed);
		}
		let rounds: Vec<_> = Told::history(feed).into_iter().map(|one| one.round).collect();
		assert_eq!(rounds, [4, 5, 6, 7, 8, 9]);
	});
}

#[test]
fn of_earlier_rounds_are_told_newest_first_and_gaps_are_passed_over() {
	build_and_execute(|| {
		let feed = running();
		for round in 1..=6i64 {
			if round != 4 {
				report_all(feed, 100 + round, 200);
			}
			next_round(feed);
		}
		let at = |round: u64| Feeds::<Test>::get(feed).expect("a feed").start_of(round as u32);
		let earlier = |round, count| <Told as FeedReader<u64>>::earlier(feed, 0, at(round), count);
		assert_eq!(earlier(6, 3), [(105, at(5)), (103, at(3)), (102, at(2))]);
		assert_eq!(earlier(6, 1), [(105, at(5))], "of the rounds before only");
		assert_eq!(earlier(2, 9), [(101, at(1))], "there are no more");
		assert!(<Told as FeedReader<u64>>::earlier(feed, 7, at(6), 3).is_empty(), "no such key");
		assert!(<Told as FeedReader<u64>>::earlier(9, 0, 1, 3).is_empty(), "no such feed");
	});
}

/// Prints how long a round of 31 nodes and 100 keys takes natively, in one report and in one report of each node.
/// Its times need a quiet machine: `scripts/long/prices.sh` runs it.
#[test]
#[ignore = "measures; run it alone, optimised, with --nocapture"]
fn of_31_nodes_and_100_keys_take_no_longer_than_they_weigh() {
	const NODES: u8 = 31;
	const KEYS: usize = 100;
	build_and_execute(|| {
		Present::set((0..NODES.into()).collect());
		let keys: Vec<_> = (0..KEYS).map(|number| key(&format!("K{number}"))).collect();
		let mut draft = crate::Draft { purse: RICH / 2, ..draft() };
		draft.subject = numbers(keys);
		(draft.rules.seats, draft.rules.quorum) = (NODES, 16);
		draft.rules.max_age = 100;
		assert_ok!(Told::create(signed(OWNER), draft));
		next_round(0);
		let calls = |round: u32, size: usize| -> Vec<Call<Test>> {
			let one = |seat: u8| {
				let value = |key: usize| Some(1_000 + i64::from(seat) + key as i64);
				observation(0, round, seat, &(0..KEYS).map(value).collect::<Vec<_>>())
			};
			let all: Vec<_> = (0..NODES).map(one).collect();
			let report = |part: &[opg_primitives::feed::Observation]| Call::report {
				feed: 0,
				round,
				observations: part.to_vec().try_into().expect("few"),
			};
			all.chunks(size).map(report).collect()
		};
		let timed = |calls: Vec<Call<Test>>| {
			let begun = std::time::Instant::now();
			calls.into_iter().for_each(post);
			begun.elapsed().as_secs_f64() * 1_000.0
		};
		let mut together: Vec<f64> = Vec::new();
		let mut apart: Vec<f64> = Vec::new();
		for _ in 0..4 {
			together.push(timed(calls(round(0), 31)));
			next_round(0);
			// The first report needs a quorum of sixteen; the others follow one by one.
			let round = round(0);
			Feeds::<Test>::mutate(0, |record| {
				record.as_mut().expect("a feed").rules.quorum = 1;
			});
			apart.push(timed(calls(round, 1)));
			Feeds::<Test>::mutate(0, |record| {
				record.as_mut().expect("a feed").rules.quorum = 16;
			});
			next_round(0);
		}
		let least = |all: &[f64]| all.iter().copied().fold(f64::INFINITY, f64::min);
		// Of the state's entries nothing is charged here, and they are in memory.
		let charged = Told::weigh(NODES.into(), KEYS as u32).ref_time() as f64 / 1e9;
		println!(
			"31 nodes, 100 keys: one report {:.2} ms of {charged:.2} ms charged, one of each node {:.2} ms",
			least(&together),
			least(&apart)
		);
		assert!(least(&together) <= charged);
		assert!(least(&together) < least(&apart), "one report is the cheaper way");
	});
}
