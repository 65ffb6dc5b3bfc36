//! Keys: who may register, approve and remove them, and what they cost.

use crate::{mock::*, Error, Event, HoldReason, KeyFault, Keys, WireKeys};
use frame_support::{assert_noop, assert_ok, traits::fungible::InspectHold};
use opg_primitives::{
	seams::{KeyRefusal, ProofKeys, ProofSystem, Provenance},
	ContentCodec, ContentId,
};
use sp_runtime::{traits::BadOrigin, TokenError};

fn held(who: u64) -> Balance {
	Balances::balance_on_hold(&HoldReason::Key.into(), &who)
}

fn ceremony() -> Provenance {
	let transcript = ContentId { codec: ContentCodec::Raw, digest: [7; 32] };
	Provenance::Ceremony { transcript }
}

fn zkvm(release: &[u8]) -> Provenance {
	Provenance::ZkVm { release: release.to_vec().try_into().expect("a short name") }
}

#[test]
fn a_key_is_registered_for_a_deposit_and_removed_for_it() {
	build_and_execute(|| {
		let case = case("cubic_1", "valid_0");
		let (key, owner, system) = (case.id(), ALICE, ProofSystem::Groth16Bn254);
		assert_ok!(case.register(ALICE));
		// System, inputs, owner, deposit, references, provenance.
		let record = 1 + 4 + 8 + 8 + 4 + (1 + 1 + 33);
		let deposit = UNIT + 10 * (576 + record);
		assert_eq!(case.key.len(), 576);
		assert_eq!(held(ALICE), deposit);
		assert_eq!(events(), [Event::KeyRegistered { key, owner, system, inputs: 1 }]);
		assert_ok!(Proofs::remove_key(RuntimeOrigin::signed(ALICE), key));
		assert_eq!(held(ALICE), 0);
		assert_eq!(events(), [Event::KeyRemoved { key }]);
		assert!(!Keys::<Test>::contains_key(key) && !WireKeys::<Test>::contains_key(key));
	});
}

#[test]
fn a_longer_key_takes_a_larger_deposit() {
	build_and_execute(|| {
		assert_ok!(case("cubic_1", "valid_0").register(ALICE));
		assert_ok!(case("dense_70", "valid_0").register(BOB));
		assert_eq!(held(BOB) - held(ALICE), 10 * 69 * 64);
	});
}

#[test]
fn a_key_is_not_registered_without_the_deposit() {
	build_and_execute(|| {
		assert_noop!(case("cubic_1", "valid_0").register(PAUPER), TokenError::FundsUnavailable);
	});
}

#[test]
fn a_key_is_registered_once() {
	build_and_execute(|| {
		let case = case("cubic_1", "valid_0").registered();
		assert_noop!(case.register(BOB), Error::<Test>::KeyKnown);
		assert_ok!(Proofs::remove_key(RuntimeOrigin::signed(ALICE), case.id()));
		assert_ok!(case.register(BOB));
	});
}

#[test]
fn a_key_is_refused_with_the_wrong_number_of_inputs() {
	build_and_execute(|| {
		let case = case("cubic_1", "valid_0");
		let register = |inputs| {
			let system = ProofSystem::Groth16Bn254;
			Proofs::register_key(RuntimeOrigin::signed(ALICE), system, inputs, case.key.clone())
		};
		assert_noop!(register(0), Error::<Test>::Key(KeyFault::NoInputs));
		assert_noop!(register(2), Error::<Test>::Key(KeyFault::Length));
		assert_noop!(register(1_025), Error::<Test>::Key(KeyFault::TooManyInputs));
		assert_noop!(register(u32::MAX), Error::<Test>::Key(KeyFault::TooManyInputs));
	});
}

#[test]
fn only_its_registrant_removes_a_key_and_only_while_nobody_relies_on_it() {
	build_and_execute(|| {
		let key = case("cubic_1", "valid_0").registered().id();
		let remove = |who| Proofs::remove_key(RuntimeOrigin::signed(who), key);
		assert_noop!(remove(BOB), Error::<Test>::NotOwner);
		assert_ok!(<Proofs as ProofKeys>::acquire(key));
		assert_ok!(<Proofs as ProofKeys>::acquire(key));
		assert_noop!(remove(ALICE), Error::<Test>::KeyInUse);
		<Proofs as ProofKeys>::release(key);
		assert_noop!(remove(ALICE), Error::<Test>::KeyInUse);
		<Proofs as ProofKeys>::release(key);
		assert_ok!(remove(ALICE));
		assert_noop!(remove(ALICE), Error::<Test>::KeyUnknown);
		assert_eq!(<Proofs as ProofKeys>::acquire(key), Err(KeyRefusal::Unknown));
	});
}

#[test]
fn others_can_ask_what_a_key_takes_and_whether_it_is_approved() {
	build_and_execute(|| {
		let key = case("poly_8", "valid_0").registered().id();
		assert_eq!(<Proofs as ProofKeys>::inputs(key), Some(8));
		assert_eq!(<Proofs as ProofKeys>::inputs(Default::default()), None);
		assert!(!<Proofs as ProofKeys>::is_approved(key));
		assert_ok!(Proofs::approve_key(RuntimeOrigin::root(), key, ceremony()));
		assert!(<Proofs as ProofKeys>::is_approved(key));
	});
}

#[test]
fn only_governance_approves_and_revokes() {
	build_and_execute(|| {
		let key = case("cubic_1", "valid_0").registered().id();
		let alice = RuntimeOrigin::signed(ALICE);
		assert_noop!(Proofs::approve_key(alice.clone(), key, ceremony()), BadOrigin);
		assert_noop!(Proofs::revoke_key(alice, key), BadOrigin);
		let root = RuntimeOrigin::root;
		assert_noop!(Proofs::revoke_key(root(), key), Error::<Test>::KeyNotApproved);
		let unknown = Default::default();
		assert_noop!(Proofs::approve_key(root(), unknown, ceremony()), Error::<Test>::KeyUnknown);
		assert_noop!(Proofs::revoke_key(root(), unknown), Error::<Test>::KeyUnknown);
		let invalid = Error::<Test>::ReleaseInvalid;
		assert_noop!(Proofs::approve_key(root(), key, zkvm(b"")), invalid);
		assert_noop!(
			Proofs::approve_key(root(), key, zkvm(&[0xff])),
			Error::<Test>::ReleaseInvalid
		);
		events();
		let provenance = zkvm(b"sp1-v6.1.0");
		assert_ok!(Proofs::approve_key(root(), key, provenance.clone()));
		assert_ok!(Proofs::revoke_key(root(), key));
		assert_eq!(events(), [Event::KeyApproved { key, provenance }, Event::KeyRevoked { key }]);
	});
}

#[test]
fn a_statement_says_whether_its_key_was_approved_when_it_was_verified() {
	build_and_execute(|| {
		let case = case("cubic_1", "valid_0").registered();
		let approved = |reference| {
			assert_ok!(case.submit(BOB, reference));
			let statement = case.statement(BOB, reference);
			let (_, _, _, told) = *Told::get().last().expect("was told");
			let kept = crate::Statements::<Test>::get(statement).expect("is kept").approved;
			assert_eq!(told, kept);
			kept
		};
		assert!(!approved(1));
		assert_ok!(Proofs::approve_key(RuntimeOrigin::root(), case.id(), ceremony()));
		assert!(approved(2));
		assert_ok!(Proofs::revoke_key(RuntimeOrigin::root(), case.id()));
		assert!(!approved(3));
		assert!(crate::Statements::<Test>::get(case.statement(BOB, 2)).expect("is kept").approved);
	});
}

#[test]
fn an_approval_goes_with_the_key() {
	build_and_execute(|| {
		let case = case("cubic_1", "valid_0").registered();
		assert_ok!(Proofs::approve_key(RuntimeOrigin::root(), case.id(), ceremony()));
		assert_ok!(Proofs::remove_key(RuntimeOrigin::signed(ALICE), case.id()));
		assert_ok!(case.register(BOB));
		assert!(!<Proofs as ProofKeys>::is_approved(case.id()));
	});
}

#[test]
fn a_key_of_ezkl_takes_a_deposit_for_its_program_too() {
	build_and_execute(|| {
		let case = ezkl_case("mlp_4_8_3_fixed", "valid_a").registered();
		let record = 1 + 4 + 8 + 8 + 4 + (1 + 1 + 33);
		// Reference string, block, six sizes.
		let program = 32 + 8 + 6 * 4;
		assert_eq!(held(ALICE), UNIT + 10 * (5_032 + record + program));
		assert_eq!(<Proofs as ProofKeys>::inputs(case.id()), Some(7));
		assert_ok!(Proofs::remove_key(RuntimeOrigin::signed(ALICE), case.id()));
		assert_eq!(held(ALICE), 0);
	});
}
