//! Files of EZKL: the same verdicts as on the wire, and refusals that say what is wrong.

use super::{bytes, srs, Case, MODELS};
use crate::{
	encode_inputs,
	ezkl::{
		json::{inputs_from_json, proof_from_json, srs_from_json, JsonError},
		Ezkl, PointName, Srs, SrsError,
	},
	InputError, PointFault, Pure, Verifier,
};
use serde_json::{json, Value};

fn text(file: &str) -> String {
	String::from_utf8(bytes(file)).unwrap()
}

#[test]
fn what_ezkl_made_is_believed() {
	let srs: Srs = srs_from_json(&text("srs.json")).unwrap();
	for model in MODELS {
		let key = Ezkl::validate_key(&bytes(&format!("{model}/vka.bytes")), &srs).unwrap();
		for (file, case) in [("proof.json", "valid_a"), ("proof_b.json", "valid_b")] {
			let file = text(&format!("{model}/{file}"));
			let (proof, inputs) =
				(proof_from_json(&file).unwrap(), inputs_from_json(&file).unwrap());
			assert_eq!(Ezkl::verify(&key, &inputs, &proof), Ok(()));
			let case = Case::called(model, case);
			assert_eq!(
				(proof.to_wire(), encode_inputs(&inputs)),
				(case.proof.as_slice(), case.inputs)
			);
		}
	}
}

#[test]
fn a_reference_string_is_as_on_the_wire() {
	assert_eq!(srs_from_json(&text("srs.json")).as_ref(), Ok(srs()));
	let mut file: Value = serde_json::from_str(&text("srs.json")).unwrap();
	file["s_g2"] = file["g2"].clone();
	assert_eq!(srs_from_json::<Pure>(&file.to_string()), Err(JsonError::NotOpposite));
	file.as_object_mut().unwrap().remove("s_g2");
	assert_eq!(srs_from_json(&file.to_string()).as_ref(), Ok(srs()));
	file["neg_s_g2"]["x_c0"] = json!("0x".to_string() + &"11".repeat(32));
	let fault = PointFault::OffCurve;
	let refused = JsonError::Srs(SrsError::Point { point: PointName::NegSG2, fault });
	assert_eq!(srs_from_json::<Pure>(&file.to_string()), Err(refused));
	file["neg_s_g2"].as_object_mut().unwrap().remove("y_c1");
	let missing = JsonError::Missing { field: "neg_s_g2.y_c1".into() };
	assert_eq!(srs_from_json::<Pure>(&file.to_string()), Err(missing));
}

#[test]
fn files_of_another_shape_are_refused() {
	let file: Value = serde_json::from_str(&text("mlp_4_8_3_fixed/proof.json")).unwrap();
	let with = |name: &str, value: Value| {
		let mut file = file.clone();
		file[name] = value;
		file.to_string()
	};
	let shape = |at: &str, expected| JsonError::Shape { at: at.into(), expected };
	assert_eq!(proof_from_json("[]"), Err(shape("", "a JSON object")));
	assert!(matches!(proof_from_json("{"), Err(JsonError::Syntax { .. })));
	assert_eq!(proof_from_json("{}"), Err(JsonError::Missing { field: "proof".into() }));
	let refused = |value| proof_from_json(&with("proof", value));
	assert_eq!(refused(json!([1, 256])), Err(shape("proof[1]", "a byte")));
	assert_eq!(refused(json!("00")), Err(shape("proof", "a list of bytes")));
	assert!(matches!(refused(json!([1])), Err(JsonError::Proof(_))));
	let other = proof_from_json(&with("version", json!("22.1.0")));
	assert_eq!(other, Err(JsonError::Version { got: "22.1.0".into() }));

	let refused = |value| inputs_from_json(&with("instances", value));
	let one_list = shape("instances", "one list of public inputs");
	assert_eq!(refused(json!([[], []])), Err(one_list));
	let word = shape("instances[0][0]", "64 hexadecimal digits in quotes");
	for value in [json!([["00"]]), json!([[1]]), json!([["zz".repeat(32)]])] {
		assert_eq!(refused(value), Err(word.clone()));
	}
	let too_large = JsonError::Input(InputError::TooLarge { input: 0 });
	assert_eq!(refused(json!([["ff".repeat(32)]])), Err(too_large));
}

#[test]
fn what_is_said_again_for_people_is_not_read() {
	let mut file: Value = serde_json::from_str(&text("mlp_4_8_3_fixed/proof.json")).unwrap();
	let original = proof_from_json(&file.to_string()).unwrap();
	file["hex_proof"] = json!("0x00");
	file["pretty_public_inputs"] = json!("none");
	assert_eq!(proof_from_json(&file.to_string()).unwrap(), original);
}
