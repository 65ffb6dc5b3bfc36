//! Circuits of models: what is refused, and that their keys stay.

use crate::{mock::*, Draft, Error, Event, Models};
use frame_support::{assert_noop, assert_ok};
use opg_primitives::{
	seams::{AuditRefusal, AuditedModels, KeyId, ModelCatalogue, ModelRefusal, ProofSystem},
	Audit, TrustKind,
};
use opg_tensor::{Dimension, ElementType};
use sp_runtime::DispatchError;

type Catalogue = crate::Pallet<Test>;

fn relied_on() -> u32 {
	Keys::get().get(&KEY).map_or(0, |key| key.2)
}

fn refuse(change: impl FnOnce(&mut Draft<Balance>), error: Error<Test>) {
	build_and_execute(|| {
		let mut draft = proved();
		change(&mut draft);
		assert_noop!(Catalogue::publish(RuntimeOrigin::signed(ALICE), draft), error);
		assert_eq!(relied_on(), 0);
	});
}

#[test]
fn of_a_model_keeps_its_key_until_the_model_is_removed() {
	build_and_execute(|| {
		let alice = || RuntimeOrigin::signed(ALICE);
		assert_ok!(Catalogue::publish(alice(), proved()));
		assert_eq!(relied_on(), 1);
		assert_eq!(Catalogue::spec(0).map(|spec| spec.circuit), Some(proved().circuit));
		assert!(Catalogue::terms(0, TrustKind::Proved).is_ok());
		assert_ok!(Catalogue::retire(alice(), 0));
		System::set_block_number(11);
		assert_ok!(Catalogue::remove(alice(), 0));
		assert_eq!(relied_on(), 0);
	});
}

#[test]
fn is_there_exactly_if_the_model_may_be_asked_under_a_proof() {
	refuse(|draft| draft.circuit = None, Error::NoCircuit);
	let attested = || vec![TrustKind::Attested].try_into().unwrap();
	refuse(|draft| draft.trust = attested(), Error::NoCircuit);
}

#[test]
fn needs_a_key_of_ezkl_that_is_registered() {
	refuse(|draft| draft.circuit.as_mut().unwrap().key = KeyId::zero(), Error::KeyUnknown);
	build_and_execute(|| {
		Keys::mutate(|keys| keys.get_mut(&KEY).unwrap().0 = ProofSystem::Groth16Bn254);
		let refused = Catalogue::publish(RuntimeOrigin::signed(ALICE), proved());
		assert_noop!(refused, Error::<Test>::KeyForeign);
	});
}

#[test]
fn shows_every_element_of_every_input_and_output() {
	// As keys of circuits do whose inputs are private or hashed.
	build_and_execute(|| {
		for inputs in [1, 2, 4] {
			Keys::mutate(|keys| keys.get_mut(&KEY).unwrap().1 = inputs);
			let refused = Catalogue::publish(RuntimeOrigin::signed(ALICE), proved());
			assert_noop!(refused, Error::<Test>::KeyForeign);
		}
	});
}

#[test]
fn needs_fixed_shapes_of_floats_and_numbers_that_make_sense() {
	let of_any = |draft: &mut Draft<Balance>| {
		draft.inputs = vec![port("x", &[Dimension::Any])].try_into().unwrap();
	};
	refuse(of_any, Error::CircuitUnsound);
	refuse(|draft| draft.inputs[0].element = ElementType::Int64, Error::CircuitUnsound);
	refuse(|draft| draft.circuit.as_mut().unwrap().bits = 63, Error::CircuitUnsound);
	let scales = || vec![13, 13].try_into().unwrap();
	refuse(|draft| draft.circuit.as_mut().unwrap().output_scales = scales(), Error::CircuitUnsound);
}

#[test]
fn is_audited_by_governance_alone() {
	build_and_execute(|| {
		let alice = || RuntimeOrigin::signed(ALICE);
		let audit = || Models::<Test>::get(0).map(|record| record.audit);
		assert_ok!(Catalogue::publish(alice(), proved()));
		assert_ok!(Catalogue::publish(alice(), draft()));
		assert_eq!(audit(), Some(Audit::Unaudited));
		assert_noop!(Catalogue::audit(alice(), 0), DispatchError::BadOrigin);
		assert_noop!(Catalogue::audit(RuntimeOrigin::root(), 1), Error::<Test>::NoCircuit);
		assert_ok!(Catalogue::audit(RuntimeOrigin::root(), 0));
		assert_eq!(audit(), Some(Audit::Audited));
		assert_eq!(events().last(), Some(&Event::Audited { model: 0 }));
	});
}

#[test]
fn whose_key_is_another_suspends_its_model_and_burns_what_is_left_of_the_deposit() {
	build_and_execute(|| {
		let alice = || RuntimeOrigin::signed(ALICE);
		assert_ok!(Catalogue::publish(alice(), proved()));
		let deposit = Models::<Test>::get(0).map(|record| record.deposit).unwrap();
		let (bob, issued) = (Balances::free_balance(BOB), Balances::total_issuance());
		assert_eq!(Catalogue::publisher(0), Ok(ALICE));
		assert!(Catalogue::is_key_believed(0) && Catalogue::is_active(0));
		Catalogue::refute(0, &[BOB, BOB], 100);
		assert_eq!(Balances::free_balance(BOB), bob + 200);
		assert_eq!(Balances::total_issuance(), issued - (deposit - 200));
		let suspended = Event::Suspended { model: 0, paid: 200, burnt: deposit - 200 };
		assert_eq!(events().last(), Some(&suspended));
		assert_eq!(Catalogue::terms(0, TrustKind::Attested), Err(ModelRefusal::Suspended));
		assert!(!Catalogue::is_key_believed(0) && !Catalogue::is_active(0));
		assert_eq!(Catalogue::publisher(0), Err(AuditRefusal::Refuted));
		// Its record can go as any other's, and governance can take the finding back.
		assert_ok!(Catalogue::audit(RuntimeOrigin::root(), 0));
		assert!(Catalogue::terms(0, TrustKind::Attested).is_ok());
		assert_ok!(Catalogue::retire(alice(), 0));
		System::set_block_number(20);
		assert_ok!(Catalogue::remove(alice(), 0));
	});
}

#[test]
fn whose_key_is_another_pays_no_more_than_was_put_down() {
	build_and_execute(|| {
		assert_ok!(Catalogue::publish(RuntimeOrigin::signed(ALICE), proved()));
		let deposit = Models::<Test>::get(0).map(|record| record.deposit).unwrap();
		let bob = Balances::free_balance(BOB);
		Catalogue::refute(0, &[BOB, BOB], deposit - 1);
		assert_eq!(Balances::free_balance(BOB), bob + deposit);
		assert_eq!(Models::<Test>::get(0).map(|record| record.deposit), Some(0));
	});
}

#[test]
fn is_audited_where_nodes_found_its_key_and_only_once() {
	build_and_execute(|| {
		let alice = || RuntimeOrigin::signed(ALICE);
		assert_ok!(Catalogue::publish(alice(), proved()));
		assert_ok!(Catalogue::publish(alice(), draft()));
		assert_eq!(Catalogue::publisher(1), Err(AuditRefusal::NoCircuit));
		assert_eq!(Catalogue::publisher(2), Err(AuditRefusal::Unknown));
		assert_eq!(Catalogue::recipe(0).map(|recipe| recipe.circuit.key), Some(KEY));
		Catalogue::confirm(0);
		assert_eq!(Catalogue::publisher(0), Err(AuditRefusal::Audited));
	});
}
