//! A note counts once, for the network, its model and its app.

use crate::{latency::BOUNDS, mock::*, Accounts, Latencies, Ring, Scope, Tallies};
use opg_primitives::seams::{UsageLog, UsageNote, Use};

const OF_ALICE: Use<u64> = Use { who: &ALICE, model: 7, app: Some(3), is_sponsored: false };

#[test]
fn an_answer_counts_for_the_network_its_model_and_its_app() {
	build_and_execute(|| {
		Usage::record(OF_ALICE, UsageNote::Settled { spend: 100, burn: 5, latency: 4 });
		let all = counters(0);
		assert_eq!(heads(&all), [1, 1, 0, 0]);
		assert_eq!((all.money.spend, all.money.burn), (100, 5));
		assert_eq!(all.service.settled, 1);
		assert_eq!(all.service.latencies.counts().nth(3), Some(1));
		assert_eq!((all.ages.at(0).accounts, all.ages.at(0).spend), (1, 100));
		assert_eq!(of_model(7, 0), Some(all.clone()));
		assert_eq!(Usage::scope_counters(Scope::App(3), 0), Some(all));
		assert_eq!(of_model(3, 0), None, "an app is no model");
	});
}

#[test]
fn a_request_without_an_answer_makes_nobody_active() {
	build_and_execute(|| {
		let notes = [
			UsageNote::Requested,
			UsageNote::Failed { spend: 20, burn: 1, refund: 80 },
			UsageNote::Expired { refund: 100 },
			UsageNote::Cancelled { refund: 7 },
		];
		notes.into_iter().for_each(|note| Usage::record(OF_ALICE, note));
		let all = counters(0);
		assert_eq!(heads(&all), [0; 4]);
		assert!(all.ages.cells().is_empty());
		let service = Usage::service(0).expect("the current epoch is kept");
		assert_eq!(
			(service.requests, service.failed, service.expired, service.cancelled),
			(1, 1, 1, 1)
		);
		assert_eq!((service.settled, service.latencies.total()), (0, 0));
		assert_eq!((all.money.spend, all.money.base_fees), (0, 20));
		assert_eq!((all.money.burn, all.money.refunds), (1, 187));
		assert_eq!(Accounts::<Test>::iter().count(), 0);
		assert_eq!(Usage::account(&ALICE), None);
		assert_eq!(of_model(7, 0), Some(all));
	});
}

#[test]
fn a_batch_counts_when_it_is_committed_and_not_before() {
	build_and_execute(|| {
		let mut batch = Default::default();
		for who in [ALICE, BOB, ALICE] {
			let of = Use { who: &who, model: 1, app: None, is_sponsored: false };
			Usage::note(&mut batch, of, settled(100, 2));
		}
		assert_eq!(heads(&counters(0)), [0; 4]);
		Usage::commit(batch);
		assert_eq!(heads(&counters(0)), [2, 2, 0, 0]);
		assert_eq!(counters(0).money.spend, 300);
		assert_eq!(record(ALICE).fees.sums(), [200, 0, 0, 0]);
	});
}

#[test]
fn an_empty_batch_writes_nothing() {
	build_and_execute(|| {
		Usage::commit(Default::default());
		assert_eq!(Ring::<Test>::iter().count(), 0);
		assert_eq!(Tallies::<Test>::iter().count(), 0);
	});
}

#[test]
fn latencies_fall_into_the_bucket_whose_bound_they_do_not_pass() {
	let bucket = |blocks| {
		let mut latencies = Latencies::default();
		latencies.count(blocks);
		latencies.counts().position(|count| count == 1).expect("counted")
	};
	assert_eq!(bucket(0), 0);
	for (place, bound) in BOUNDS.into_iter().enumerate() {
		assert_eq!((bucket(bound), bucket(bound + 1)), (place, place + 1));
	}
	assert_eq!(bucket(u32::MAX), BOUNDS.len());
}

#[test]
fn sums_stop_at_the_most_a_balance_holds() {
	build_and_execute(|| {
		for _ in 0..2 {
			Usage::record(
				OF_ALICE,
				UsageNote::Settled { spend: u128::MAX - 1, burn: u128::MAX, latency: 1 },
			);
			Usage::record(OF_ALICE, UsageNote::Expired { refund: u128::MAX });
		}
		settle(BOB, 7, 5);
		let all = counters(0);
		assert_eq!(
			(all.money.spend, all.money.burn, all.money.refunds),
			(u128::MAX, u128::MAX, u128::MAX)
		);
		assert_eq!(all.ages.at(0).spend, u128::MAX);
		assert_eq!(record(ALICE).fees.sums()[0], u128::MAX);
		assert_eq!(heads(&all), [2, 2, 0, 0]);
	});
}

#[test]
fn who_notes_nowhere_notes_nothing() {
	build_and_execute(|| {
		let nowhere = Use { who: &ALICE, model: 0, app: None, is_sponsored: false };
		<() as UsageLog<u64, u128>>::record(nowhere, UsageNote::Requested);
		assert_eq!(counters(0), Default::default());
	});
}
