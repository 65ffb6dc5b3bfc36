//! Which settled answers are drawn for a re-run, and when.

use super::check::{disputed, settled, CASE};
use crate::{mock::*, Event, Positions, WeightInfo};
use frame_support::{assert_ok, traits::Hooks};
use opg_primitives::seams::{Case, Verdict};

/// Counts the settled answer of request 0 so often that it is drawn with a chance of all but e⁻⁸.
fn count_it_often() {
	let prunable = System::block_number() + 100;
	Inference::push_ended(0, prunable, 600);
}

fn is_drawn() -> bool {
	events().contains(&Event::CheckDrawn { request: 0 })
}

#[test]
fn draws_by_randomness_of_two_later_blocks_and_pays_from_the_purse() {
	build_and_execute(|| {
		InPurse::set(100 * PRICE);
		settled(1);
		count_it_often();
		run(1);
		assert!(!is_drawn());
		run(1);
		assert!(is_drawn());
		run(2);
		decide(CASE, Verdict::Agreed { outcome: output(), by: vec![0, 1] });
		assert_eq!(PursePaid::get(), [(owner_of(0), PRICE), (owner_of(1), PRICE)]);
	});
}

#[test]
fn counts_an_answer_for_each_node_paid_and_nothing_else() {
	build_and_execute(|| {
		let counted = || Positions::<Test>::get().sampling.counted;
		settled(2);
		assert_eq!(counted(), 2);
		assert_ok!(ask(ALICE, 9, DEADLINE));
		assert_ok!(Inference::cancel(RuntimeOrigin::signed(ALICE), 2));
		assert_eq!(counted(), 2);
	});
}

#[test]
fn passes_over_what_is_run_again_already_or_can_no_longer_be_disputed() {
	build_and_execute(|| {
		InPurse::set(100 * PRICE);
		disputed();
		count_it_often();
		run(4);
		assert!(!is_drawn());
		decide(CASE, Verdict::Agreed { outcome: output(), by: vec![0, 1] });
		run(31);
		count_it_often();
		run(4);
		assert!(!is_drawn());
	});
}

#[test]
fn asks_nobody_the_purse_cannot_pay_or_where_operators_are_few() {
	build_and_execute(|| {
		settled(1);
		for (purse, operators, is_asked) in
			[(3 * PRICE - 1, 10, false), (3 * PRICE, 9, false), (3 * PRICE, 10, true)]
		{
			InPurse::set(purse);
			Operators::set(operators);
			count_it_often();
			run(3);
			assert_eq!(is_drawn(), is_asked);
		}
	});
}

#[test]
fn leaves_less_of_the_block_to_other_draws() {
	build_and_execute(|| {
		InPurse::set(100 * PRICE);
		Free::set([(0, 2)].into());
		settled(1);
		count_it_often();
		assert_ok!(ask(ALICE, 9, DEADLINE));
		run(2);
		assert!(is_drawn());
		assert_eq!(assignment(1), None);
		run(1);
		assert!(assignment(1).is_some());
	});
}

#[test]
fn draws_a_bounded_number_a_block_and_the_rest_by_later_randomness() {
	build_and_execute(|| {
		settled(1);
		Inference::push_ended(0, System::block_number() + 100, 100_000);
		run(1);
		System::set_block_number(5);
		Author::set(1);
		let work = Inference::on_initialize(5);
		assert_eq!(work, <Test as crate::Config>::WeightInfo::initialize(0, 0, 0, 2 * 32 + 1));
		let sampling = Positions::<Test>::get().sampling;
		assert!((32..10_000).contains(&sampling.passed));
		assert_ne!(sampling.passed % 32, 0, "each answer drawn has a chance of its own");
		assert_eq!(sampling.due.map(|due| (due.at, due.counted)), Some((7, 100_001)));
	});
}

#[test]
fn counts_a_quorums_answer_once_for_each_node_paid() {
	build_and_execute(|| {
		assert_ok!(ask_quorum(ALICE, 1, 3, 2));
		run(2);
		decide(Case::Request(0), Verdict::Agreed { outcome: output(), by: vec![0, 1] });
		assert_eq!(Positions::<Test>::get().sampling.counted, 2);
	});
}

#[test]
fn passes_each_answer_once_and_none_not_given_yet() {
	build_and_execute(|| {
		settled(1);
		// So often that some answer is drawn, and some that was not given yet would be.
		for _ in 0..400 {
			Inference::push_ended(0, System::block_number() + 100, 1);
			run(2);
			let positions = Positions::<Test>::get();
			let sampling = positions.sampling;
			assert_eq!((sampling.due, sampling.passed), (None, sampling.counted));
			assert!(sampling.from + 1 >= positions.ended.tail);
		}
	});
}

#[test]
fn waits_for_two_authors_where_there_are_several_but_not_for_ever() {
	build_and_execute(|| {
		InPurse::set(100 * PRICE);
		settled(1);
		count_it_often();
		let step = || {
			System::set_block_number(System::block_number() + 1);
			Author::set(0);
			Inference::on_initialize(System::block_number());
		};
		(0..5).for_each(|_| step());
		assert!(!is_drawn());
		step();
		assert!(is_drawn());
	});
}
