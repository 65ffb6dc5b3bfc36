//! Reference strings: who accepts and removes them, from when they are believed, and what follows for keys.

use crate::{
	mock::*, string_id, Error, Event, KeyFault, PointFault, ProofFault, ReferenceStrings, Source,
	StringFault, MAX_REFERENCE_STRINGS,
};
use frame_support::{assert_noop, assert_ok};
use opg_verifiers::ezkl::SRS_BYTES;
use sp_runtime::{traits::BadOrigin, BuildStorage, DispatchResult};

fn source(text: &[u8]) -> Source {
	text.to_vec().try_into().expect("a short text")
}

fn add(points: [u8; SRS_BYTES]) -> DispatchResult {
	Proofs::add_reference_string(RuntimeOrigin::root(), points, source(b"a test"))
}

/// The key that was made for the foreign reference string.
fn foreign() -> Case {
	ezkl_case("mlp_4_8_3_fixed", "vka_foreign_srs")
}

#[test]
fn those_of_the_genesis_are_believed_from_the_start() {
	build_and_execute(|| {
		let points = reference_string("srs");
		let kept = ReferenceStrings::<Test>::get(string_id(&points)).expect("is kept");
		assert_eq!((kept.points, kept.from), (points, 0));
		assert_eq!(kept.source, source(SOURCE.as_bytes()));
	});
}

#[test]
#[should_panic = "a reference string of the genesis is refused"]
fn a_genesis_with_an_unsound_one_is_none() {
	let mut points = reference_string("srs");
	points[63] ^= 1;
	let reference_strings = vec![(points.to_vec().into(), SOURCE.into())];
	let config = crate::GenesisConfig::<Test> { reference_strings, ..Default::default() };
	let _ = config.build_storage();
}

#[test]
fn a_new_one_is_believed_after_a_delay_and_its_keys_are_refused_by_name_before() {
	build_and_execute(|| {
		assert_noop!(foreign().register(ALICE), Error::<Test>::Key(KeyFault::ForeignString));
		let points = reference_string("srs_foreign");
		let id = string_id(&points);
		assert_ok!(add(points));
		assert_eq!(events(), [Event::ReferenceStringAdded { id, from: 1 + DELAY }]);
		wait(DELAY - 1);
		assert_noop!(foreign().register(ALICE), Error::<Test>::Key(KeyFault::StringTooNew));
		next_block();
		assert_ok!(foreign().register(ALICE));
		next_block();
		// Under a string that is believed, this proof of the vectors is one.
		assert_ok!(foreign().submit(BOB, 1));
	});
}

#[test]
fn without_its_reference_string_a_key_shows_nothing() {
	build_and_execute(|| {
		let case = ezkl_case("conv_1x6x6", "valid_a").settled();
		assert_ok!(case.submit(BOB, 1));
		events();
		let id = string_id(&reference_string("srs"));
		assert_ok!(Proofs::remove_reference_string(RuntimeOrigin::root(), id));
		assert_eq!(events(), [Event::ReferenceStringRemoved { id }]);
		assert_noop!(case.submit(BOB, 2), refused(0, ProofFault::StringRetired));
		assert_eq!(
			Proofs::verify(case.id(), &case.inputs, &case.proof),
			Err(ProofFault::StringRetired)
		);
		assert_ok!(add(reference_string("srs")));
		assert_noop!(case.submit(BOB, 2), refused(0, ProofFault::StringRetired));
		wait(DELAY);
		assert_ok!(case.submit(BOB, 2));
		assert_ok!(Proofs::remove_key(RuntimeOrigin::signed(ALICE), case.id()));
	});
}

#[test]
fn only_governance_accepts_and_removes() {
	build_and_execute(|| {
		let points = reference_string("srs_foreign");
		let alice = RuntimeOrigin::signed(ALICE);
		assert_noop!(
			Proofs::add_reference_string(alice.clone(), points, source(b"mine")),
			BadOrigin
		);
		let id = string_id(&reference_string("srs"));
		assert_noop!(Proofs::remove_reference_string(alice, id), BadOrigin);
		let unknown = string_id(&points);
		assert_noop!(
			Proofs::remove_reference_string(RuntimeOrigin::root(), unknown),
			Error::<Test>::ReferenceStringUnknown
		);
	});
}

#[test]
fn unsound_and_nameless_ones_are_refused() {
	build_and_execute(|| {
		let refused = |change: &dyn Fn(&mut [u8; SRS_BYTES])| {
			let mut points = reference_string("srs_foreign");
			change(&mut points);
			add(points).expect_err("is not sound")
		};
		let fault = |fault| Error::<Test>::ReferenceString(fault).into();
		let off = PointFault::OffCurve;
		assert_eq!(refused(&|points| points[63] ^= 1), fault(StringFault::G1(off)));
		assert_eq!(refused(&|points| points[191] ^= 1), fault(StringFault::G2(off)));
		assert_eq!(refused(&|points| points[319] ^= 1), fault(StringFault::NegSG2(off)));
		assert_eq!(
			refused(&|points| points.copy_within(64..192, 192)),
			fault(StringFault::KnownSecret)
		);
		let points = reference_string("srs_foreign");
		for text in [b"".as_slice(), &[0xff]] {
			assert_noop!(
				Proofs::add_reference_string(RuntimeOrigin::root(), points, source(text)),
				Error::<Test>::SourceInvalid
			);
		}
		assert_noop!(add(reference_string("srs")), Error::<Test>::ReferenceStringKnown);
	});
}

#[test]
fn there_are_eight_at_most() {
	build_and_execute(|| {
		// Any point will do for [1]₁: of sound strings there are two in the vectors.
		let [first, second] = ["srs", "srs_foreign"].map(reference_string);
		let mixed = |g1: &[u8], tail: &[u8; SRS_BYTES]| {
			let mut points = *tail;
			points[..64].copy_from_slice(g1);
			points
		};
		let key = ezkl_case("mlp_4_8_3_fixed", "valid_a").key;
		// Commitments of a key, from its word 34 on, are points of G1.
		let commitments = key[8..].as_chunks::<64>().0[17..]
			.iter()
			.filter(|point| mixed(point.as_slice(), &first) != first);
		let mut added = 1;
		for point in commitments {
			match add(mixed(point, &second)) {
				Ok(()) => added += 1,
				Err(error) if added < MAX_REFERENCE_STRINGS => {
					assert_ne!(error, Error::<Test>::TooManyReferenceStrings.into());
				},
				Err(error) => {
					assert_eq!(error, Error::<Test>::TooManyReferenceStrings.into());
					break;
				},
			}
		}
		assert_eq!(added, MAX_REFERENCE_STRINGS);
	});
}
