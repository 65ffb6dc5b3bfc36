//! Who may report, how often, and what a report changes.

use crate::{mock::*, Event, Nodes, Served};
use frame_support::{assert_ok, pallet_prelude::InvalidTransaction};

fn refusal(call: &crate::Call<Test>) -> Option<InvalidTransaction> {
	use frame_support::pallet_prelude::TransactionValidityError::Invalid;
	match authorize(call) {
		Err(Invalid(why)) => Some(why),
		_ => None,
	}
}

#[test]
fn says_who_lives_and_what_it_serves() {
	build_and_execute(|| {
		let node = register(ALICE, BOND);
		System::reset_events();
		report(node, &[0, 2]);
		assert_eq!(events(), [Event::ServedChanged { node, models: 2 }]);
		assert_eq!(Served::<Test>::get(node).into_inner(), [0, 2]);
		let record = Nodes::<Test>::get(node).expect("registered");
		assert_eq!((record.last_seen, record.next_heartbeat), (Some(1), 1));
	});
}

#[test]
fn of_the_same_models_changes_only_the_time() {
	build_and_execute(|| {
		let node = register(ALICE, BOND);
		report(node, &[0]);
		System::set_block_number(9);
		System::reset_events();
		report(node, &[0]);
		assert_eq!(events(), []);
		assert_eq!(Nodes::<Test>::get(node).expect("registered").last_seen, Some(9));
	});
}

#[test]
fn needs_the_workers_signature() {
	build_and_execute(|| {
		let node = register(ALICE, BOND);
		let forged = signed_heartbeat(node, 0, &[0], &pair("another"));
		assert_eq!(refusal(&forged), Some(InvalidTransaction::BadProof));
		let mut changed = heartbeat(node, &[0]);
		if let crate::Call::heartbeat { models, .. } = &mut changed {
			assert_ok!(models.try_push(1));
		}
		assert_eq!(refusal(&changed), Some(InvalidTransaction::BadProof));
		let unknown = signed_heartbeat(7, 0, &[0], &pair("0"));
		assert_eq!(refusal(&unknown), Some(InvalidTransaction::BadSigner));
	});
}

#[test]
fn counts_once_in_its_order_and_not_too_often() {
	build_and_execute(|| {
		let node = register(ALICE, BOND);
		let first = heartbeat(node, &[0]);
		report(node, &[0]);
		assert_eq!(refusal(&heartbeat(node, &[1])), Some(InvalidTransaction::Stale));
		System::set_block_number(3);
		assert_eq!(refusal(&first), Some(InvalidTransaction::Stale));
		let ahead = signed_heartbeat(node, 2, &[0], &pair("0"));
		assert_eq!(refusal(&ahead), Some(InvalidTransaction::Future));
		assert_eq!(refusal(&heartbeat(node, &[1])), None);
	});
}

#[test]
fn leaves_out_models_that_take_no_requests() {
	build_and_execute(|| {
		let node = register(ALICE, BOND);
		Retired::set(vec![1]);
		report(node, &[0, 1, 9]);
		assert_eq!(Served::<Test>::get(node).into_inner(), [0]);
	});
}

#[test]
fn with_models_out_of_order_never_enters_a_block() {
	build_and_execute(|| {
		let node = register(ALICE, BOND);
		assert_eq!(refusal(&heartbeat(node, &[2, 1])), Some(InvalidTransaction::Call));
		assert_eq!(refusal(&heartbeat(node, &[1, 1])), Some(InvalidTransaction::Call));
	});
}
