//! Conduct: what lies, silence and double talk cost, and where nobody pays for them.

use crate::{mock::*, Call, Committees, Error, Event};
use frame_support::{
	assert_noop, assert_ok,
	pallet_prelude::{InvalidTransaction, Pays, TransactionValidityError},
};
use opg_primitives::{
	feed::{FeedId, Values},
	seams::Conduct,
	NodeId,
};

fn curated() -> FeedId {
	let feed = running();
	assert_ok!(Told::curate(RuntimeOrigin::root(), feed, true));
	feed
}

fn conduct_of(node: NodeId) -> Option<Conduct> {
	Conducts::get().into_iter().find(|(other, _)| *other == node).map(|(_, conduct)| conduct)
}

/// Reports `rounds` rounds in which seat 4 says `lie`, or nothing.
fn rounds(feed: FeedId, rounds: u32, lie: Option<i64>) {
	for _ in 0..rounds {
		let mut all = [0, 1, 2, 3].map(|seat| (seat, 1_000, 2_000)).to_vec();
		all.extend(lie.map(|lie| (4, lie, 2_000)));
		post(report(feed, &all));
		next_round(feed);
	}
}

#[test]
fn a_liar_is_outvoted_unpaid_scored_down_and_fined() {
	build_and_execute(|| {
		let feed = curated();
		rounds(feed, 4, Some(1_500));
		assert_eq!(read(feed, 0).fresh(), Some((1_000, 2)));
		end_term(feed);
		assert_eq!(Balances::free_balance(OWNERS + 4), RICH);
		assert_eq!(conduct_of(4), Some(Conduct::Poor));
		assert_eq!(conduct_of(0), Some(Conduct::Good));
		assert_eq!(Fines::get(), [(4, THRESHOLDS.lie_fine)]);
		assert!(events().contains(&Event::FoundPoor { feed, node: 4, outliers: 4, missed: 0 }));
	});
}

#[test]
fn who_is_silent_for_most_of_a_term_is_scored_down_and_fined_less() {
	build_and_execute(|| {
		let feed = curated();
		rounds(feed, 4, None);
		end_term(feed);
		assert_eq!(conduct_of(4), Some(Conduct::Poor));
		assert_eq!(Fines::get(), [(4, THRESHOLDS.silence_fine)]);
	});
}

#[test]
fn who_is_silent_at_times_is_scored_down_and_not_fined() {
	build_and_execute(|| {
		let feed = curated();
		rounds(feed, 2, None);
		rounds(feed, 3, Some(1_001));
		end_term(feed);
		assert_eq!(conduct_of(4), Some(Conduct::Poor));
		assert!(Fines::get().is_empty());
	});
}

#[test]
fn on_a_feed_nobody_vouches_for_a_liar_only_earns_nothing() {
	build_and_execute(|| {
		let feed = running();
		rounds(feed, 4, Some(1_500));
		end_term(feed);
		assert_eq!(Balances::free_balance(OWNERS + 4), RICH);
		assert_eq!(Balances::free_balance(OWNERS), RICH + 4 * REWARD);
		assert!(Conducts::get().is_empty() && Fines::get().is_empty());
	});
}

#[test]
fn of_a_short_term_nobody_is_judged() {
	build_and_execute(|| {
		let feed = curated();
		rounds(feed, 2, Some(1_500));
		end_term(feed);
		assert!(Conducts::get().is_empty() && Fines::get().is_empty());
	});
}

#[test]
fn of_three_observations_none_is_called_a_lie() {
	build_and_execute(|| {
		let feed = curated();
		for _ in 0..4 {
			post(report(feed, &[(0, 100, 100), (1, 100, 100), (2, 900, 900)]));
			next_round(feed);
		}
		end_term(feed);
		assert_eq!(Balances::free_balance(OWNERS + 2), RICH + 4 * REWARD);
	});
}

#[test]
fn what_most_could_not_see_is_nobody_s_fault() {
	build_and_execute(|| {
		let feed = curated();
		Present::set((0..7).collect());
		for _ in 0..4 {
			post(report(feed, &[0, 1, 2].map(|seat| (seat, 100, 100))));
			next_round(feed);
		}
		// Two of five were away: they are judged.
		end_term(feed);
		assert_eq!(Fines::get().len(), 2);
		// In the next term three of five are off half of the time.
		Fines::set(Vec::new());
		next_round(feed);
		for step in 0..4 {
			let seats = if step % 2 == 0 { [0, 1, 2] } else { [0, 3, 4] };
			post(report(feed, &seats.map(|seat| (seat, 100, 100))));
			next_round(feed);
		}
		end_term(feed);
		assert!(Fines::get().is_empty());
	});
}

#[test]
fn who_sees_less_than_half_of_the_keys_has_missed_the_round() {
	build_and_execute(|| {
		let feed = running();
		let one = |seat| observation(feed, 1, seat, &[Some(100), Some(200)]);
		let mut all = [0, 1, 2].map(one).to_vec();
		all.push(observation(feed, 1, 3, &[None, Some(200)]));
		all.push(observation(feed, 1, 4, &[None, None]));
		post(Call::report { feed, round: 1, observations: all.try_into().expect("five") });
		end_term(feed);
		assert_eq!(Balances::free_balance(OWNERS + 3), RICH + REWARD, "half is enough");
		assert_eq!(Balances::free_balance(OWNERS + 4), RICH);
	});
}

#[test]
fn two_tongues_cost_bond_and_the_seat_on_any_feed() {
	build_and_execute(|| {
		let feed = running();
		report_all(feed, 100, 200);
		next_round(feed);
		let first = observation(feed, 2, 1, &[Some(100), Some(200)]);
		let second = observation(feed, 2, 1, &[Some(101), Some(200)]);
		events();
		let denounce = |first, second| Told::denounce(signed(FRIEND), feed, 2, first, second);
		let done = denounce(first.clone(), second.clone()).expect("a fault");
		assert_eq!(done.pays_fee, Pays::No);
		assert_eq!(events(), [Event::Equivocated { feed, node: 1 }]);
		assert_eq!(Fines::get(), [(1, THRESHOLDS.equivocation_fine)]);
		let call = report(feed, &[0, 1, 2].map(|seat| (seat, 100, 200)));
		let refused = TransactionValidityError::Invalid(InvalidTransaction::BadSigner);
		assert_eq!(authorize(&call), Err(refused));
		assert_noop!(denounce(first, second), Error::<Test>::NothingToDenounce);
		end_term(feed);
		assert_eq!(Balances::free_balance(OWNERS + 1), RICH, "what it earned is lost");
		assert_eq!(Balances::free_balance(OWNERS + 2), RICH + REWARD);
	});
}

#[test]
fn one_observation_is_no_two_tongues() {
	build_and_execute(|| {
		let feed = running();
		let one = |round, seat, value| observation(feed, round, seat, &[Some(value), None]);
		let refuse = |round, first, second| {
			assert_noop!(
				Told::denounce(signed(FRIEND), feed, round, first, second),
				Error::<Test>::NothingToDenounce
			);
		};
		refuse(1, one(1, 0, 5), one(1, 0, 5));
		refuse(1, one(1, 0, 5), one(1, 1, 6));
		refuse(1, one(1, 0, 5), one(2, 0, 6));
		refuse(0, one(0, 0, 5), one(0, 0, 6));
		refuse(1, one(1, 7, 5), one(1, 7, 6));
		let mut forged = one(1, 0, 6);
		forged.seen.values = Values::numbers([Some(7), None]);
		refuse(1, one(1, 0, 5), forged);
		Committees::<Test>::remove(feed);
		crate::Rounds::<Test>::remove(feed);
		assert_noop!(
			Told::denounce(signed(FRIEND), feed, 1, one(1, 0, 5), one(1, 0, 6)),
			Error::<Test>::NoCommittee
		);
	});
}
