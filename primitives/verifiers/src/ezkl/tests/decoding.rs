//! Artefacts and proofs from strangers: refused by name, and nothing panics.

use super::{bytes, key, number, verify, with_word, Case, MODELS};
use crate::ezkl::{
	Fault, Feature, Field, KeyError, Part, Proof, ProofError, MAX_KEY_BYTES, MAX_PROOF_BYTES,
};
use proptest::prelude::*;
use std::sync::LazyLock;

fn artefact() -> Vec<u8> {
	bytes("mlp_4_8_3_fixed/vka.bytes")
}

#[test]
fn lengths_are_exact() {
	let artefact = artefact();
	for length in 0..artefact.len() {
		assert!(matches!(key(&artefact[..length]), Err(KeyError::Length { .. })));
	}
	let long = vec![0; MAX_KEY_BYTES + 1];
	let got = long.len();
	assert_eq!(key(&long).err(), Some(KeyError::TooLong { got, limit: MAX_KEY_BYTES }));
	let long = vec![0; MAX_PROOF_BYTES + 32];
	let refused = |got| Some(ProofError::Bytes { got, limit: MAX_PROOF_BYTES });
	assert_eq!(Proof::from_wire(&long).err(), refused(long.len()));
	assert_eq!(Proof::from_wire(&long[..33]).err(), refused(33));
	assert!(Proof::from_wire(&long[..MAX_PROOF_BYTES]).is_ok());
}

#[test]
fn words_appended_are_refused() {
	for word in [[0; 32], number(1)] {
		let mut bytes = artefact();
		bytes[0] += 1;
		bytes.extend(word);
		// All pointers to what follows the key lead elsewhere now.
		let (part, word, fault) = (Part::Gates, 80, Fault::Pointer);
		assert_eq!(key(&bytes).err(), Some(KeyError::Malformed { part, word, fault }));
	}
}

#[test]
fn the_rescaling_section_has_as_many_words_as_it_says() {
	for (count, fault) in [(0, Fault::Count), (2, Fault::Ends), (255, Fault::Ends)] {
		let mut bytes = artefact();
		*bytes.last_mut().unwrap() = count;
		let refused = KeyError::Malformed { part: Part::Rescaling, word: 157, fault };
		assert_eq!(key(&bytes).err(), Some(refused));
	}
}

#[test]
fn what_is_not_supported_is_refused_by_name() {
	let unsupported = |index, value, feature| {
		let bytes = with_word(&artefact(), index, number(value));
		assert_eq!(key(&bytes).err(), Some(KeyError::Unsupported(feature)));
	};
	unsupported(4, 32, Feature::Challenges);
	for index in 10..14 {
		unsupported(index, 1, Feature::Accumulator);
	}
	unsupported(114, 0x0001_10c0, Feature::PermutedLookups);
	unsupported(132, 0x000b_0400, Feature::ManySets);
	// Word 116 is the table of the first lookup: a load, then a list of results.
	let mut wide = artefact();
	let count = &mut wide[8 + 32 * 116..][..32][32 - 6];
	assert_eq!(*count, 1);
	*count = 2;
	assert_eq!(key(&wide).err(), Some(KeyError::Unsupported(Feature::WideLookups)));
}

#[test]
fn sizes_are_limited() {
	let limits = [
		(1, Field::Scratch, 1 << 16),
		(2, Field::Inputs, 0),
		(2, Field::Inputs, 1025),
		(3, Field::Evaluations, 257),
		(5, Field::K, 0),
		(5, Field::K, 29),
		(31, Field::Blinding, 15),
		(31, Field::Blinding, 1),
		(32, Field::FixedColumns, 62),
	];
	for (index, expected, value) in limits {
		let refused = key(&with_word(&artefact(), index, number(value))).err();
		let named =
			matches!(refused, Some(KeyError::OutOfBounds { field, .. }) if field == expected);
		assert!(named, "{refused:?}");
	}
}

#[test]
fn messages_say_what_is_wrong() {
	let foreign = bytes("mlp_4_8_3_fixed/vka/vka_foreign_srs.bytes");
	let message = key(&foreign).unwrap_err().to_string();
	assert!(message.contains("another structured reference string"), "{message}");
	let aggregated = bytes("mlp_4_8_3_fixed/vka/vka_has_accumulator.bytes");
	let message = key(&aggregated).unwrap_err().to_string();
	assert!(message.contains("accumulator"), "{message}");
}

/// The first proof of a model.
fn valid() -> impl Strategy<Value = &'static Case> {
	static CASES: LazyLock<Vec<Case>> =
		LazyLock::new(|| MODELS.into_iter().map(|model| Case::called(model, "valid_a")).collect());
	prop::sample::select(CASES.iter().collect::<Vec<_>>())
}

/// What becomes of a key and of the model's proof under it, if it is one.
fn judge(case: &Case, bytes: &[u8]) {
	if let Ok(key) = key(bytes) {
		let _ = key.shape();
		let _ = verify(&key, &case.inputs, &case.proof);
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(1_000))]

	#[test]
	fn random_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..3_000)) {
		prop_assert!(key(&bytes).is_err());
		let _ = Proof::from_wire(&bytes);
	}

	#[test]
	fn random_words_after_a_good_header_are_answered(
		case in valid(),
		words in prop::collection::vec(any::<[u8; 32]>(), 1..200),
		from in 33usize..160,
	) {
		let mut bytes = case.key.clone();
		for (index, word) in words.iter().enumerate() {
			let place = 8 + 32 * (from + index);
			if let Some(place) = bytes.get_mut(place..place + 32) {
				place.copy_from_slice(word);
			}
		}
		judge(case, &bytes);
	}

	#[test]
	fn small_changes_anywhere_are_answered(
		case in valid(),
		changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
	) {
		let mut bytes = case.key.clone();
		for (index, byte) in changes {
			let index = index.index(bytes.len());
			bytes[index] = byte;
		}
		judge(case, &bytes);
	}

	#[test]
	fn words_moved_about_are_answered(
		case in valid(),
		moves in prop::collection::vec((0usize..210, 0usize..210), 1..4),
	) {
		let mut bytes = case.key.clone();
		let words = (bytes.len() - 8) / 32;
		for (from, to) in moves {
			let (from, to) = (8 + 32 * (from % words), 8 + 32 * (to % words));
			bytes.copy_within(from..from + 32, to);
		}
		judge(case, &bytes);
	}

	#[test]
	fn random_proofs_are_refused(
		case in valid(),
		words in prop::collection::vec(any::<[u8; 32]>(), 120),
		pieces in any::<prop::sample::Index>(),
	) {
		let key = case.validated_key();
		let mut proof = words.concat();
		proof.resize(key.proof_bytes(), 0);
		prop_assert!(verify(&key, &case.inputs, &proof).is_err());
		let good = pieces.index(proof.len());
		proof[..good].copy_from_slice(&case.proof[..good]);
		prop_assert!(verify(&key, &case.inputs, &proof).is_err());
	}
}
