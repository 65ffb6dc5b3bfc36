//! Many proofs at once: the good ones are stored, each bad one is named.

use crate::{mock::*, Error, Event, ProofFault, Statements, MAX_BATCH};
use frame_support::{assert_noop, assert_ok};

fn submit(batch: Vec<crate::Submission<u64>>) -> sp_runtime::DispatchResult {
	submit_batch(BOB, batch)
}

/// Proofs of all circuits under their keys, all good.
fn mixed(many: u8) -> Vec<crate::Submission<u64>> {
	let good: Vec<_> = CIRCUITS.iter().map(|circuit| case(circuit, "valid_0")).collect();
	good.iter().for_each(|case| {
		let _ = case.register(ALICE);
	});
	good.iter().cycle().zip(1..=many).map(|(case, reference)| case.submission(reference)).collect()
}

/// The inputs of the first, the proof of the second of two.
fn bad(reference: u8) -> crate::Submission<u64> {
	let mut bad = case("poly_8", "valid_0").submission(reference);
	bad.proof = case("poly_8", "valid_1").proof;
	bad
}

#[test]
fn stores_as_many_statements_as_a_batch_may_have() {
	build_and_execute(|| {
		let batch = mixed(MAX_BATCH as u8);
		events();
		assert_ok!(submit(batch));
		assert_eq!(Statements::<Test>::iter().count(), 64);
		assert_eq!(Told::get().len(), 64);
		assert!(events().iter().all(|event| matches!(event, Event::ProofVerified { .. })));
	});
}

#[test]
fn names_a_bad_proof_at_every_position() {
	for position in 0..7 {
		build_and_execute(|| {
			let mut batch = mixed(7);
			batch[position] = bad(100);
			events();
			assert_ok!(submit(batch));
			for (index, event) in events().into_iter().enumerate() {
				match event {
					Event::ProofVerified { .. } => assert_ne!(index, position),
					Event::ProofRejected { index: named, who, key, .. } => {
						assert_eq!((index, named as usize, who), (position, position, BOB));
						assert_eq!(key, case("poly_8", "valid_0").id());
					},
					other => panic!("{other:?}"),
				}
			}
			assert_eq!(Statements::<Test>::iter().count(), 6);
			assert_eq!(Told::get().len(), 6);
		});
	}
}

#[test]
fn names_every_one_of_many_bad_proofs() {
	build_and_execute(|| {
		let mut batch = mixed(13);
		let positions = [0, 1, 5, 8, 12];
		for position in positions {
			batch[position] = bad(100 + position as u8);
		}
		events();
		assert_ok!(submit(batch));
		let named: Vec<_> = events()
			.into_iter()
			.filter_map(|event| match event {
				Event::ProofRejected { index, .. } => Some(index as usize),
				_ => None,
			})
			.collect();
		assert_eq!(named, positions);
		assert_eq!(Statements::<Test>::iter().count(), 8);
	});
}

#[test]
fn stores_nothing_if_all_are_bad() {
	build_and_execute(|| {
		assert_ok!(case("poly_8", "valid_0").register(ALICE));
		events();
		assert_ok!(submit((0..5).map(bad).collect()));
		assert_eq!(Statements::<Test>::iter().count(), 0);
		assert_eq!(events().len(), 5);
		assert_ok!(submit(vec![bad(9)]));
		assert!(matches!(events().as_slice(), [Event::ProofRejected { index: 0, .. }]));
	});
}

#[test]
fn stores_nothing_if_one_is_malformed_and_says_which() {
	build_and_execute(|| {
		let faults = [
			("B_wrong_subgroup", ProofFault::B(crate::PointFault::OutsideSubgroup)),
			("A_x_plus_q", ProofFault::A(crate::PointFault::CoordinateTooLarge)),
			("pub_plus_r", ProofFault::InputTooLarge),
			("proof_257", ProofFault::Length),
		];
		for (name, fault) in faults {
			let mut batch = mixed(7);
			batch[4] = case("poly_8", name).submission(99);
			assert_noop!(submit(batch), refused(4, fault));
		}
		let mut batch = mixed(7);
		batch[6].key = Default::default();
		assert_noop!(submit(batch), refused(6, ProofFault::KeyUnknown));
		let mut batch = mixed(7);
		batch[2].context.until = 0;
		assert_noop!(submit(batch), refused(2, ProofFault::ContextExpired));
	});
}

#[test]
fn has_at_least_one_and_at_most_64_proofs() {
	build_and_execute(|| {
		assert_noop!(submit(vec![]), Error::<Test>::NoProofs);
		let batch = mixed(MAX_BATCH as u8 + 1);
		assert_noop!(submit(batch), Error::<Test>::TooManyProofs);
	});
}

#[test]
fn finds_room_in_the_next_block_when_this_one_is_full() {
	build_and_execute(|| {
		assert_ok!(submit(mixed(60)));
		let more: Vec<_> = mixed(81).split_off(60);
		assert_noop!(submit(more.clone()), Error::<Test>::TooManyStatements);
		assert_ok!(submit(more[..20].to_vec()));
		assert_noop!(submit(more[20..].to_vec()), Error::<Test>::TooManyStatements);
		next_block();
		assert_ok!(submit(more[20..].to_vec()));
	});
}
