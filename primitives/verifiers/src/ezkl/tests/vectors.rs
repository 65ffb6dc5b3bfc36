//! The vectors made with EZKL 23.0.5: every verdict, at the stage where it belongs, for its reason.

use super::{bytes, cases, key, srs_wire, verify, Case, MODELS};
use crate::{
	ezkl::{
		srs_of_key, Ezkl, Fault, Feature, Field, KeyError, Part, PointName, ProofError, Rejection,
		Srs, SrsError,
	},
	InputError, PointFault, Pure, Verifier,
};

#[test]
fn there_are_as_many_as_were_made() {
	assert_eq!(cases().len(), 188);
	assert_eq!(cases().iter().filter(|case| case.accept).count(), 10);
	assert_eq!(cases().iter().filter(|case| case.at_registration).count(), 28);
}

#[test]
fn every_case_has_its_verdict_at_its_stage() {
	for case in cases() {
		let place = format!("{}/{}", case.model, case.name);
		let key = key(&case.key);
		assert_eq!(key.is_err(), case.at_registration, "{place}: {:?}", key.err());
		let Ok(key) = key else { continue };
		let verdict = verify(&key, &case.inputs, &case.proof);
		assert_eq!(verdict.is_ok(), case.accept, "{place}: {verdict:?}");
	}
}

#[test]
fn keys_are_refused_for_the_right_reason() {
	let disagrees = |field| KeyError::Disagrees { field };
	let malformed = |part, word, fault| KeyError::Malformed { part, word, fault };
	let reasons = [
		("vka_foreign_srs", KeyError::ForeignSrs),
		("foreign_vka_own_proof", KeyError::ForeignSrs),
		("vka_s_g2_replaced", KeyError::ForeignSrs),
		("vka_known_s_forged", KeyError::ForeignSrs),
		("vka_g1_replaced", KeyError::ForeignSrs),
		("vka_digest_ge_r", KeyError::NotCanonical { field: Field::Digest }),
		("vka_has_accumulator", KeyError::Unsupported(Feature::Accumulator)),
		(
			"vka_num_inst_huge",
			KeyError::OutOfBounds { field: Field::Inputs, least: 1, most: crate::MAX_INPUTS },
		),
		("vka_k_huge", KeyError::OutOfBounds { field: Field::K, least: 1, most: 28 }),
		("vka_k_minus1", disagrees(Field::SizeInverse)),
		("vka_n_inv_wrong", disagrees(Field::SizeInverse)),
		("vka_omega_one", disagrees(Field::Omega)),
		("vka_num_evals_plus1", malformed(Part::Permutation, 111, Fault::Disagrees)),
		("vka_fsm_zero", malformed(Part::Gates, 80, Fault::Pointer)),
		("vka_gate_off_ffff", disagrees(Field::Section(Part::Gates))),
		("vka_gate_off_2_255", disagrees(Field::Section(Part::Gates))),
		("vka_pcs_off_minus32", malformed(Part::Lookups, 114, Fault::Disagrees)),
		(
			"vka_num_fixed_huge",
			KeyError::OutOfBounds { field: Field::FixedColumns, least: 0, most: 61 },
		),
		("vka_gate_count_huge", malformed(Part::Gates, 79, Fault::Leftover)),
		("vka_gate_loads_commitment", malformed(Part::Gates, 80, Fault::Pointer)),
		(
			"vka_fixed_off_curve",
			KeyError::Point { point: PointName::Fixed(0), fault: PointFault::OffCurve },
		),
		("vka_pcs_point_ptr", malformed(Part::Openings, 130, Fault::Disagrees)),
		("vka_lookup_flavour", KeyError::Unsupported(Feature::PermutedLookups)),
		("vka_phases_ffff", malformed(Part::Rounds, 33, Fault::Count)),
		("vka_truncated", disagrees(Field::Section(Part::Rescaling))),
		("vka_len_header", KeyError::Length { got: 5032, expected: 37032 }),
		("vka_trailing_bytes", KeyError::Length { got: 5039, expected: 5032 }),
		("vka_empty", KeyError::Length { got: 0, expected: 1096 }),
	];
	let refused: Vec<_> = cases().into_iter().filter(|case| case.at_registration).collect();
	assert_eq!(refused.len(), reasons.len());
	for case in refused {
		let (_, reason) = reasons.iter().find(|(name, _)| *name == case.name).unwrap();
		assert_eq!(key(&case.key).as_ref().err(), Some(reason), "{}", case.name);
	}
}

#[test]
fn proofs_are_refused_for_the_right_reason() {
	for model in MODELS {
		let valid = Case::called(model, "valid_a");
		let key = valid.validated_key();
		let (inputs, length) = (key.inputs(), key.proof_bytes());
		assert_eq!(valid.proof.len(), length);
		for case in
			super::cases_of(model).iter().filter(|case| !case.accept && !case.at_registration)
		{
			let verdict = verify(&super::key(&case.key).unwrap(), &case.inputs, &case.proof);
			let at = |point, fault| Rejection::Proof(ProofError::Point { point, fault });
			let of_length = |got| Rejection::Proof(ProofError::Length { got, expected: length });
			let count = |got| Rejection::Input(InputError::Count { got, expected: inputs });
			let expected = match case.name.as_str() {
				"point_bitflip" => at(PointName::Commitment(0), PointFault::OffCurve),
				"point_x_plus_q" => at(PointName::Commitment(0), PointFault::CoordinateTooLarge),
				"point_identity" => {
					let random = PointName::Commitment(key.counts.random());
					at(random, PointFault::Identity)
				},
				"eval_plus_r" => Rejection::Proof(ProofError::Evaluation { evaluation: 0 }),
				"proof_truncated" => of_length(length - 32),
				"proof_extended" => of_length(length + 32),
				"proof_empty" => of_length(0),
				"inst_plus_r" => Rejection::Input(InputError::TooLarge { input: 0 }),
				"inst_missing" => count(inputs - 1),
				"inst_extra" => count(inputs + 1),
				name if name.starts_with("bitflip") || name.starts_with("vka") => continue,
				_ => Rejection::Unproven,
			};
			assert_eq!(verdict, Err(expected), "{model}/{}", case.name);
		}
	}
}

#[test]
fn a_reference_string_is_told_from_a_key() {
	let pinned = srs_wire("srs.json");
	let own = bytes("mlp_4_8_3_fixed/vka.bytes");
	assert_eq!(srs_of_key(&own), Some(&pinned));
	let foreign = bytes("mlp_4_8_3_fixed/vka/vka_foreign_srs.bytes");
	assert_eq!(srs_of_key(&foreign), Some(&srs_wire("srs_foreign.json")));
	assert_eq!(srs_of_key(&own[..775]), None);
	let other: Srs = Srs::from_wire(&srs_wire("srs_foreign.json")).unwrap();
	assert!(Ezkl::validate_key(&foreign, &other).is_ok());
	assert_eq!(Ezkl::validate_key(&own, &other).err(), Some(KeyError::ForeignSrs));
	assert_ne!(other.id(), Srs::<Pure>::from_wire(&pinned).unwrap().id());
}

/// What the pin is for: whoever knows a secret proves a false statement under it.
#[test]
fn under_a_known_secret_anything_is_proved() {
	let case = Case::called("mlp_4_8_3_fixed", "vka_known_s_forged");
	let known: Srs = Srs::from_wire(srs_of_key(&case.key).unwrap()).unwrap();
	let key = Ezkl::validate_key(&case.key, &known).unwrap();
	assert_eq!(verify(&key, &case.inputs, &case.proof), Ok(()), "the attack is a real one");
}

#[test]
fn unsound_reference_strings_are_refused() {
	let wire = srs_wire("srs.json");
	let refused = |change: &dyn Fn(&mut [u8; 320])| {
		let mut wire = wire;
		change(&mut wire);
		Srs::<Pure>::from_wire(&wire).unwrap_err()
	};
	let at = |point, fault| SrsError::Point { point, fault };
	assert_eq!(refused(&|wire| wire[63] ^= 1), at(PointName::G1, PointFault::OffCurve));
	assert_eq!(refused(&|wire| wire[191] ^= 1), at(PointName::G2, PointFault::OffCurve));
	assert_eq!(refused(&|wire| wire[319] ^= 1), at(PointName::NegSG2, PointFault::OffCurve));
	let identity = refused(&|wire| wire[192..].fill(0));
	assert_eq!(identity, at(PointName::NegSG2, PointFault::Identity));
	assert_eq!(refused(&|wire| wire.copy_within(64..192, 192)), SrsError::KnownSecret);
}

#[test]
fn the_commitment_to_parameters_comes_first() {
	let case = Case::called("mlp_4_8_3_polycommit", "valid_a");
	let (_, _, proof) = case.decoded();
	// The x of `processed_params.polycommit` in EZKL's witness, little-endian; the top bit tells y.
	let compressed = "cd2e73567b7690ec5f79798726ebf4c4814f82a40a5c0fe4b84d1bab97096087";
	let mut x = hex::decode(compressed).unwrap();
	x[31] &= 0x7f;
	x.reverse();
	let commitment = proof.commitment().unwrap();
	assert_eq!(commitment[..32], x);
	assert_eq!(commitment[63] & 1, 1);
	let (_, _, other) = Case::called("mlp_4_8_3_polycommit", "valid_b").decoded();
	assert_eq!(other.commitment(), Some(commitment), "the parameters are the same");
	assert_eq!(crate::ezkl::Proof::from_wire(&[]).unwrap().commitment(), None);
}

#[test]
fn keys_are_as_their_makers_decoded_them() {
	for model in MODELS {
		let key = Case::called(model, "valid_a").validated_key();
		let text = String::from_utf8(bytes(&format!("{model}/decoded.txt"))).unwrap();
		let lines = |name: &str| text.lines().filter(|line| line.starts_with(name)).count();
		assert_eq!(key.program.gates.len(), lines("gate["));
		assert_eq!(key.program.chunks.len(), lines("permutation chunk["));
		assert_eq!(key.program.lookups.len(), lines("lookup["));
		assert_eq!(key.sets.len(), lines("set["));
		let opened: usize = key.sets.iter().map(|set| set.polynomials.len()).sum();
		// "set[1] rotations [-1, 0]: proof[4]:6/4, …"
		let sets = text.lines().filter(|line| line.starts_with("set["));
		let sets = sets.map(|line| line.split_once("]: ").unwrap().1);
		let listed: usize = sets.map(|line| line.matches(", ").count() + 1).sum();
		assert_eq!(opened, listed);
		let constants = text.lines().find(|line| line.starts_with("constants: ")).unwrap();
		assert_eq!(key.constants.len(), constants.split(", ").count());
	}
}
