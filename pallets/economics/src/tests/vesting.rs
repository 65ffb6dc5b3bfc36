//! Buckets unlock as published, to the unit.

use crate::{bucket::MONTH, mock::*, Balance, Bucket};
use proptest::prelude::*;

/// What all buckets together have unlocked, `elapsed` milliseconds after the launch.
fn unlocked(elapsed: u64) -> Balance {
	Bucket::ALL.iter().map(|bucket| bucket.schedule(SUPPLY).vested(elapsed)).sum()
}

/// What the published table has out after `month` months, in 288ths of a million OPG: a denominator that every monthly
/// sum divides.
fn published(month: u128) -> u128 {
	let in_months = |from: u128, to: u128| month.min(to).saturating_sub(from - 1);
	// 190 at launch; then 9.125, 16.069444.., 7.041666.. and 1.041666.. million a month.
	190 * 288
		+ in_months(1, 12) * 2_628
		+ in_months(13, 48) * 4_628
		+ in_months(49, 60) * 2_028
		+ in_months(61, 96) * 300
}

#[test]
fn the_published_table_holds_in_every_month() {
	for month in 0..=96u64 {
		let unlocked = unlocked(month * MONTH);
		let exact = published(month.into()) * MILLION / 288;
		let lost = exact - unlocked;
		// Each bucket rounds down by less than a unit.
		assert!(lost < Bucket::ALL.len() as Balance, "{lost} units short in month {month}");
	}
}

#[test]
fn the_published_marks_are_exact() {
	let marks = [(0, 190_000), (12, 299_500), (48, 878_000), (60, 962_500), (96, 1_000_000)];
	for (month, thousands) in marks {
		assert_eq!(unlocked(month * MONTH), thousands * MILLION / 1_000, "in month {month}");
	}
	assert_eq!(unlocked(u64::MAX), SUPPLY);
}

#[test]
fn each_bucket_has_its_published_size_launch_and_end() {
	let million = |bucket: Bucket, month: u64| -> Balance {
		bucket.schedule(SUPPLY).vested(month * MONTH) / MILLION
	};
	let table = [
		// Bucket, all of it, at launch, month half of the rest is out, the last month.
		(Bucket::Ecosystem, 400, 40, 30, 60),
		(Bucket::Foundation, 150, 50, 24, 48),
		(Bucket::Contributors, 150, 0, 30, 48),
		(Bucket::Investors, 100, 0, 30, 48),
		(Bucket::Staking, 100, 0, 48, 96),
	];
	for (bucket, total, at_launch, half, end) in table {
		let schedule = bucket.schedule(SUPPLY);
		assert_eq!((schedule.total, schedule.at_launch), (total * MILLION, at_launch * MILLION));
		assert_eq!(million(bucket, half), at_launch + (total - at_launch) / 2, "{bucket:?}");
		assert_eq!(schedule.vested(end * MONTH), schedule.total, "{bucket:?}");
		assert!(schedule.vested(end * MONTH - 1) < schedule.total, "{bucket:?}");
	}
	assert_eq!(million(Bucket::Liquidity, 0), 60);
	assert_eq!(million(Bucket::Airdrop, 0), 40);
}

#[test]
fn a_cliff_holds_everything_back_and_ends_without_a_jump() {
	for bucket in [Bucket::Contributors, Bucket::Investors] {
		let schedule = bucket.schedule(SUPPLY);
		assert_eq!(schedule.vested(12 * MONTH), 0);
		let first = schedule.vested(12 * MONTH + 1);
		assert!(first > 0 && first <= schedule.total / (36 * Balance::from(MONTH)) + 1);
		assert_eq!(schedule.vested(13 * MONTH), schedule.total / 36);
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(512))]

	#[test]
	fn parts_never_have_more_free_than_the_whole(
		bucket in prop::sample::select(Bucket::ALL.to_vec()),
		cuts in prop::collection::vec(0..=1_000_000_007u128, 1..6),
		elapsed in 0..100 * MONTH,
	) {
		let schedule = bucket.schedule(SUPPLY);
		let mut cuts: Vec<_> =
			cuts.into_iter().map(|cut| cut * schedule.total / 1_000_000_007).collect();
		cuts.extend([0, schedule.total]);
		cuts.sort_unstable();
		let parts = cuts.windows(2).map(|pair| schedule.part(pair[1] - pair[0]));
		let free: Balance = parts.clone().map(|part| part.vested(elapsed)).sum();
		let whole = schedule.vested(elapsed);
		prop_assert!(free <= whole && whole - free < 2 * parts.count() as Balance);
	}

	#[test]
	fn vesting_is_the_straight_line_rounded_down(elapsed in 0..100 * MONTH, step in 0..MONTH) {
		for bucket in Bucket::ALL {
			let schedule = bucket.schedule(SUPPLY);
			let (start, length) = (schedule.cliff * MONTH, schedule.months * MONTH);
			let vested = schedule.vested(elapsed);
			prop_assert!(vested <= schedule.vested(elapsed + step), "vesting never goes back");
			if length > 0 {
				let past = u128::from(elapsed.saturating_sub(start).min(length));
				let line = (vested - schedule.at_launch) * u128::from(length);
				let exact = (schedule.total - schedule.at_launch) * past;
				prop_assert!(line <= exact && exact - line < u128::from(length));
			}
		}
	}
}
