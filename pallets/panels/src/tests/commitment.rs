//! Which commitments count.

use crate::{mock::*, Commit, Event, Phase, SeatState};
use frame_support::{
	dispatch::{DispatchClass, GetDispatchInfo, Pays},
	pallet_prelude::InvalidTransaction,
	traits::Authorize,
};
use opg_primitives::{
	seams::{Case, Panels as _},
	Draw,
};
use sp_core::H256;
use sp_runtime::traits::Zero;

/// Two panels, both of nodes 0, 2 and 4.
fn two_panels() {
	assert!(convene(question(Case::Request(0))));
	assert!(convene(question(Case::Request(1))));
	System::reset_events();
}

#[test]
fn a_node_commits_in_many_panels_at_once() {
	build_and_execute(|| {
		two_panels();
		let both = vec![commit(0, 0, &output(1.0)), commit(1, 0, &output(2.0))];
		assert!(include(commits(0, both.clone())));
		assert_eq!(
			events(),
			[Event::Committed { panel: 0, node: 0 }, Event::Committed { panel: 1, node: 0 }]
		);
		assert_eq!(states(0)[0], SeatState::Committed(both[0].commitment));
		assert_eq!(jobs(0).len(), 2, "the worker must not forget what it has to reveal");
		assert_eq!(Stale::get(), []);
	});
}

#[test]
fn commit_refuses_a_node_without_a_seat() {
	build_and_execute(|| {
		two_panels();
		let own = commit(0, 6, &output(1.0));
		assert_eq!(refusal(&commits(6, vec![own])), Some(InvalidTransaction::Call));
		assert_eq!(refusal(&commits(NODES, vec![own])), Some(InvalidTransaction::BadSigner));
	});
}

#[test]
fn commit_refuses_another_draw_and_a_panel_never_convened() {
	build_and_execute(|| {
		two_panels();
		let live = commit(0, 0, &output(1.0));
		let of_a_fork = Commit { draw: Draw::repeat_byte(9), ..commit(1, 0, &output(1.0)) };
		assert_eq!(refusal(&commits(0, vec![live, of_a_fork])), Some(InvalidTransaction::Call));
		let unknown = Commit { panel: 2, ..live };
		assert_eq!(refusal(&commits(0, vec![live, unknown])), Some(InvalidTransaction::Call));
	});
}

#[test]
fn commit_needs_the_nodes_signature_over_this_very_list() {
	build_and_execute(|| {
		two_panels();
		let one = vec![commit(0, 0, &output(1.0))];
		let forged = signed_commits(0, one.clone(), &pair(2));
		assert_eq!(refusal(&forged), Some(InvalidTransaction::BadProof));
		let crate::Call::commit { node, signature, .. } = commits(0, one) else { unreachable!() };
		let other = vec![commit(0, 0, &output(2.0))].try_into().expect("one");
		let swapped = crate::Call::commit { node, commits: other, signature };
		assert_eq!(refusal(&swapped), Some(InvalidTransaction::BadProof));
	});
}

#[test]
fn a_commitment_counts_once_and_cannot_change() {
	build_and_execute(|| {
		two_panels();
		take_commit(0, 0, &output(1.0));
		let before = states(0)[0];
		let again = commit(0, 0, &output(2.0));
		assert_eq!(refusal(&commits(0, vec![again])), Some(InvalidTransaction::Stale));
		assert!(include(commits(0, vec![again, commit(1, 0, &output(1.0))])));
		assert_eq!(states(0)[0], before);
		assert_eq!(Stale::get(), [(0, 1)], "what comes to nothing is charged");
	});
}

#[test]
fn a_commitment_twice_in_a_list_counts_once() {
	build_and_execute(|| {
		two_panels();
		let (first, other) = (commit(0, 0, &output(1.0)), commit(0, 0, &output(2.0)));
		assert!(include(commits(0, vec![first, other])));
		assert_eq!(states(0)[0], SeatState::Committed(first.commitment));
		assert_eq!(Stale::get(), [(0, 1)]);
	});
}

#[test]
fn late_commitments_are_stale_and_never_fail_the_others() {
	build_and_execute(|| {
		two_panels();
		let late = commit(0, 0, &output(1.0));
		give_up(Case::Request(0));
		assert_eq!(refusal(&commits(0, vec![late])), Some(InvalidTransaction::Stale));
		assert!(include(commits(0, vec![late, commit(1, 0, &output(1.0))])));
		assert_eq!(Stale::get(), [(0, 1)]);
		take_commit(1, 2, &output(1.0));
		run(COMMIT_TIME);
		assert_eq!(states(1)[2], SeatState::Missed);
		let late = commit(1, 4, &output(1.0));
		assert_eq!(refusal(&commits(4, vec![late])), Some(InvalidTransaction::Stale));
	});
}

#[test]
fn an_empty_list_is_refused() {
	build_and_execute(|| {
		two_panels();
		assert_eq!(refusal(&commits(0, vec![])), Some(InvalidTransaction::Stale));
	});
}

#[test]
fn a_longer_list_replaces_those_it_contains_in_the_pool() {
	build_and_execute(|| {
		two_panels();
		let (first, second) = (commit(0, 0, &output(1.0)), commit(1, 0, &output(1.0)));
		let short = authorize(&commits(0, vec![second])).expect("valid").0;
		let long = authorize(&commits(0, vec![first, second])).expect("valid").0;
		assert!(short.provides.iter().all(|tag| long.provides.contains(tag)));
		assert!(long.priority > short.priority);
		let apart = authorize(&commits(0, vec![first])).expect("valid").0;
		assert!(apart.provides.iter().all(|tag| !short.provides.contains(tag)), "both may wait");
		let of_another = authorize(&commits(2, vec![commit(1, 2, &output(1.0))])).expect("valid").0;
		assert!(of_another.provides.iter().all(|tag| !long.provides.contains(tag)));
		assert!(long.longevity < 64);
	});
}

#[test]
fn commit_and_reveal_are_free_and_have_room_of_their_own() {
	build_and_execute(|| {
		two_panels();
		for call in [commits(0, vec![commit(0, 0, &output(1.0))]), reveals(0, vec![])] {
			let info = call.get_dispatch_info();
			assert_eq!((info.class, info.pays_fee), (DispatchClass::Operational, Pays::No));
			assert!(!call.weight_of_authorize().is_zero());
		}
	});
}

#[test]
fn commits_close_when_all_have_committed() {
	build_and_execute(|| {
		assert!(convene(question(Case::Request(0))));
		run(2);
		System::reset_events();
		take_commits(0, &[Some(output(1.0)), Some(output(1.0)), None]);
		assert!(matches!(record(0).phase, Phase::Commit { .. }));
		take_commit(0, 4, &output(1.0));
		assert_eq!(events().last(), Some(&Event::CommitsClosed { panel: 0 }));
		assert_eq!(
			record(0).phase,
			Phase::Reveal { closes_at: 3 + REVEAL_TIME, since: 3, extensions: 0 }
		);
		assert!(crate::Pallet::<Test>::is_revealing(Case::Request(0)));
	});
}

#[test]
fn a_commitment_names_panel_draw_node_salt_and_outcome() {
	build_and_execute(|| {
		let hash = crate::Pallet::<Test>::commitment;
		let (draw, salt, outcome) = (Draw::zero(), [0; 32], output(1.0));
		let others: [H256; 5] = [
			hash(1, draw, 0, &salt, &outcome),
			hash(0, Draw::repeat_byte(1), 0, &salt, &outcome),
			hash(0, draw, 1, &salt, &outcome),
			hash(0, draw, 0, &[1; 32], &outcome),
			hash(0, draw, 0, &salt, &output(2.0)),
		];
		assert!(!others.contains(&hash(0, draw, 0, &salt, &outcome)));
	});
}
