//! What follows from what nodes find, to the unit.

use crate::{mock::*, Ending};
use opg_primitives::{
	audit::NO_KEY,
	seams::{AuditRefusal, Case, CaseDesk, KeyId, Verdict},
	FaultKind, Outcome,
};

#[test]
fn the_same_key_audits_the_model_and_pays_those_who_made_it() {
	build_and_execute(|| {
		convened(0);
		assert_eq!(free(ALICE), FUNDS - 10 * PAY, "a panel and a jury can be paid");
		decide(0, agreed(key(KEY), &[4, 9]));
		assert_eq!(Confirmed::get(), [0]);
		assert_eq!(free(ALICE), FUNDS - 2 * PAY);
		assert_eq!([4, 9].map(|node| free(owner_of(node))), [1 + PAY; 2]);
		assert_eq!(endings(), [(0, Ending::Matched, 2 * PAY)]);
		assert!(!is_open(0) && Audits::input(Case::Audit(0)).is_none());
	});
}

#[test]
fn another_key_suspends_the_model_and_costs_the_asker_nothing() {
	for other in [KeyId::repeat_byte(8), NO_KEY] {
		build_and_execute(|| {
			convened(0);
			decide(0, agreed(key(other), &[4, 9, 5]));
			let payees = [4, 9, 5].map(owner_of).to_vec();
			assert_eq!(Suspended::get(), [(0, payees, PAY)]);
			assert!(Confirmed::get().is_empty());
			assert_eq!(free(ALICE), FUNDS);
			assert_eq!(endings(), [(0, Ending::Differed, 0)]);
		});
	}
}

#[test]
fn a_jury_that_agrees_decides_and_is_paid_with_those_it_agrees_with() {
	build_and_execute(|| {
		convened(0);
		decide(0, Verdict::Split);
		run(2);
		let (by, jurors, wrong) = (vec![1, 2], vec![3, 4, 5, 6, 7, 8, 9], vec![0]);
		decide(0, Verdict::Decided { outcome: key(KEY), by, jurors, wrong });
		assert_eq!(Confirmed::get(), [0]);
		assert_eq!(free(ALICE), FUNDS - 9 * PAY);
		assert_eq!(free(owner_of(0)), 1);
	});
}

#[test]
fn what_says_nothing_of_the_key_returns_the_deposit_and_another_may_be_asked_for() {
	let fault = || Outcome::Fault(FaultKind::Unavailable);
	for verdict in [Verdict::Undecided, agreed(fault(), &[1, 2, 3])] {
		build_and_execute(|| {
			convened(0);
			decide(0, verdict.clone());
			assert_eq!(endings(), [(0, Ending::Undecided, 0)]);
			assert!(Confirmed::get().is_empty() && Suspended::get().is_empty());
			assert_eq!(free(ALICE), FUNDS);
			convened(0);
		});
	}
}

#[test]
fn a_panel_that_finds_no_jury_leaves_no_turn_behind() {
	build_and_execute(|| {
		convened(0);
		HasNodes::set(false);
		decide(0, Verdict::Split);
		run(20);
		decide(0, Verdict::Undecided);
		assert!(!is_open(0));
	});
}

#[test]
fn a_model_that_governance_judged_meanwhile_keeps_that_and_the_nodes_are_paid() {
	build_and_execute(|| {
		convened(0);
		Refusal::set(Some(AuditRefusal::Audited));
		decide(0, agreed(key(NO_KEY), &[1, 2]));
		assert!(Suspended::get().is_empty());
		assert_eq!(endings(), [(0, Ending::Moot, 2 * PAY)]);
	});
}

#[test]
fn a_model_that_was_retired_meanwhile_is_judged_all_the_same() {
	build_and_execute(|| {
		convened(0);
		Refusal::set(Some(AuditRefusal::Retired));
		decide(0, agreed(key(NO_KEY), &[1, 2]));
		assert_eq!(Suspended::get().len(), 1, "nobody saves the deposit by retiring");
	});
}

#[test]
fn what_is_paid_was_settled_when_it_was_asked_for() {
	build_and_execute(|| {
		convened(0);
		PayOfNodes::set(50 * PAY);
		decide(0, agreed(key(KEY), &[1, 2, 3]));
		assert_eq!(free(ALICE), FUNDS - 3 * PAY);
	});
}

#[test]
fn a_verdict_on_nothing_that_was_asked_changes_nothing() {
	build_and_execute(|| {
		decide(0, agreed(key(KEY), &[1]));
		<Audits as CaseDesk>::decided(Case::Request(0), Verdict::Undecided);
		assert!(endings().is_empty() && Confirmed::get().is_empty());
	});
}
