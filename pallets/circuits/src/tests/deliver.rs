//! Deliveries: what is settled, what is punished, and what never enters a block.

use crate::{mock::*, Event};
use frame_support::{
	dispatch::GetDispatchInfo, pallet_prelude::InvalidTransaction, traits::Authorize,
};
use opg_primitives::{
	seams::{Proof, Provers},
	ContentCodec, ContentId, Draw, Input, Outcome,
};
use sp_core::H256;
use sp_io::hashing::blake2_256;

fn refused(call: &crate::Call<Test>) -> Option<InvalidTransaction> {
	match authorize(call).err()? {
		frame_support::pallet_prelude::TransactionValidityError::Invalid(why) => Some(why),
		_ => None,
	}
}

#[test]
fn with_a_proof_of_this_input_and_this_output_settles_the_request() {
	build_and_execute(|| {
		assert!(include(delivery(0.25, &GOOD)));
		let [Event::Proved { request: REQUEST, node: 0, key, statement }] = events()[..] else {
			panic!("not proved");
		};
		assert_eq!(key, KEY);
		let proof = Proof { statement, hash: H256(blake2_256(&GOOD)), bytes: PROOF_BYTES };
		let outcome = Outcome::Output(output(0.25));
		assert_eq!(Heard::get(), [Told::Settled(0, REQUEST, outcome, proof)]);
		let again = delivery(0.25, &GOOD);
		assert_eq!(refused(&again), Some(InvalidTransaction::Stale), "it counts once");
	});
}

#[test]
fn with_the_proof_of_another_output_is_punished() {
	build_and_execute(|| {
		assert!(include(delivery(0.5, &GOOD)));
		assert_eq!(Heard::get(), [Told::Refused(0, REQUEST)]);
		assert_eq!(events(), [Event::ProofRefused { request: REQUEST, node: 0, key: KEY }]);
	});
}

#[test]
fn with_the_proof_of_another_request_s_input_is_punished() {
	build_and_execute(|| {
		Asked::set(input(&[1.0, -0.25]));
		assert!(include(delivery(0.25, &GOOD)));
		assert_eq!(Heard::get(), [Told::Refused(0, REQUEST)]);
	});
}

#[test]
fn with_a_proof_that_does_not_hold_is_punished() {
	build_and_execute(|| {
		assert!(include(delivery(0.25, &[2; 4])));
		assert_eq!(Heard::get(), [Told::Refused(0, REQUEST)]);
	});
}

#[test]
fn under_a_key_that_nobody_believes_in_any_more_is_no_fault_of_the_node() {
	build_and_execute(|| {
		IsBelieved::set(false);
		assert!(include(delivery(0.25, &GOOD)));
		assert_eq!(Heard::get(), [Told::GivenUp(0, REQUEST)]);
		assert_eq!(events(), [Event::KeyUnusable { request: REQUEST, key: KEY }]);
	});
}

#[test]
fn under_a_key_that_an_audit_found_to_be_another_s_is_no_fault_of_the_node() {
	build_and_execute(|| {
		IsRefuted::set(true);
		assert!(include(delivery(0.25, &GOOD)));
		assert_eq!(Heard::get(), [Told::GivenUp(0, REQUEST)]);
	});
}

#[test]
fn of_what_no_proof_can_show_never_enters_a_block() {
	build_and_execute(|| {
		// Between two of the circuit's numbers.
		assert_eq!(refused(&delivery(0.250_01, &GOOD)), Some(InvalidTransaction::Call));
		assert_eq!(refused(&delivery(f32::NAN, &GOOD)), Some(InvalidTransaction::Call));
		let shorter = delivery(0.25, &GOOD[..3]);
		assert_eq!(refused(&shorter), Some(InvalidTransaction::Call));
		Asked::set(Input::Stored(ContentId { codec: ContentCodec::Raw, digest: [0; 32] }));
		assert_eq!(refused(&delivery(0.25, &GOOD)), Some(InvalidTransaction::Call));
		assert_eq!(Heard::get(), []);
	});
}

#[test]
fn by_another_node_or_draw_or_key_never_enters_a_block() {
	build_and_execute(|| {
		let copied = signed_delivery(1, DRAW, 0.25, &GOOD, &pair(1));
		assert_eq!(refused(&copied), Some(InvalidTransaction::Stale));
		let undone = signed_delivery(0, Draw::zero(), 0.25, &GOOD, &pair(0));
		assert_eq!(refused(&undone), Some(InvalidTransaction::Stale));
		let forged = signed_delivery(0, DRAW, 0.25, &GOOD, &pair(1));
		assert_eq!(refused(&forged), Some(InvalidTransaction::BadProof));
		let unknown = signed_delivery(7, DRAW, 0.25, &GOOD, &pair(1));
		assert_eq!(refused(&unknown), Some(InvalidTransaction::BadSigner));
	});
}

#[test]
fn is_signed_over_the_output_and_the_proof() {
	build_and_execute(|| {
		let crate::Call::deliver { node, request, draw, output: own, proof, signature } =
			delivery(0.25, &GOOD)
		else {
			panic!("no delivery");
		};
		let (other, bytes) = (output(0.5), vec![2; 4].try_into().expect("short"));
		let changed = [(other, proof.clone()), (own, bytes)];
		for (output, proof) in changed {
			let signature = signature.clone();
			let call = crate::Call::deliver { node, request, draw, output, proof, signature };
			assert_eq!(refused(&call), Some(InvalidTransaction::BadProof));
		}
	});
}

#[test]
fn weighs_what_its_check_does_and_is_paid_for_by_the_requester() {
	build_and_execute(|| {
		let call = delivery(0.25, &GOOD);
		let info = call.get_dispatch_info();
		let check = 1_000_000 * u64::from(3 + PROOF_BYTES);
		assert!(info.call_weight.ref_time() > check);
		assert_eq!(info.pays_fee, frame_support::dispatch::Pays::No);
		let upkeep = <Circuits as Provers<Balance>>::upkeep(MODEL);
		let authorized = info.call_weight.saturating_add(call.weight_of_authorize());
		assert_eq!(upkeep, Some(authorized.ref_time()));
		assert_eq!(<Circuits as Provers<Balance>>::upkeep(MODEL + 1), None);
		IsBelieved::set(false);
		assert_eq!(<Circuits as Provers<Balance>>::upkeep(MODEL), None);
	});
}
