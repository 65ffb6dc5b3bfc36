//! Files of claims: every vector has its verdict, in both forms of file, and what is no such file is told from what is invalid.

use super::{Claim, Key};
use crate::{
	args::{KeyFile, ProofFiles, SystemArg},
	error::Error,
};
use serde_json::{json, Value};
use std::{
	fs,
	path::{Path, PathBuf},
	sync::atomic::{AtomicUsize, Ordering},
};

const CIRCUITS: [&str; 3] = ["cubic_1", "poly_8", "dense_70"];

fn fixtures(circuit: &str) -> PathBuf {
	// From the folder of this package, in which tests start: checkouts may share a build.
	Path::new("../../primitives/verifiers/fixtures/groth16").join(circuit)
}

/// A folder that is gone when this is.
struct Folder(PathBuf);

impl Folder {
	fn new() -> Self {
		static NEXT: AtomicUsize = AtomicUsize::new(0);
		let number = NEXT.fetch_add(1, Ordering::Relaxed);
		let name = format!("opg-claims-{}-{number}", std::process::id());
		let folder = std::env::temp_dir().join(name);
		fs::create_dir_all(&folder).unwrap();
		Self(folder)
	}

	fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
		let file = self.0.join(name);
		fs::write(&file, text).unwrap();
		file
	}
}

impl Drop for Folder {
	fn drop(&mut self) {
		let _ = fs::remove_dir_all(&self.0);
	}
}

fn files(key: PathBuf, proof: PathBuf, public: PathBuf) -> ProofFiles {
	let key = KeyFile { system: SystemArg::Groth16, key, srs: None, inputs: None };
	ProofFiles { key, proof, public: Some(public) }
}

/// Big-endian hex as a decimal number, by long multiplication.
fn decimal(hex: &str) -> String {
	let mut digits = vec![0u32];
	for digit in hex.chars() {
		let mut carry = digit.to_digit(16).unwrap();
		for place in &mut digits {
			let value = *place * 16 + carry;
			*place = value % 10;
			carry = value / 10;
		}
		while carry > 0 {
			digits.push(carry % 10);
			carry /= 10;
		}
	}
	digits.iter().rev().map(|digit| digit.to_string()).collect()
}

fn text<'a>(case: &'a Value, field: &str) -> &'a str {
	case[field].as_str().unwrap()
}

fn words(case: &Value) -> Vec<&str> {
	case["public"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect()
}

fn cases(circuit: &str) -> Vec<Value> {
	let list = fs::read_to_string(fixtures(circuit).join("cases.json")).unwrap();
	serde_json::from_str(&list).unwrap()
}

/// The proof of a case as snarkjs would write it; `None` for one of another length.
fn proof_json(proof: &str) -> Option<Value> {
	let words: Vec<_> =
		(0..proof.len() / 64).map(|word| decimal(&proof[word * 64..(word + 1) * 64])).collect();
	let [ax, ay, bx1, bx0, by1, by0, cx, cy] = words.as_slice() else { return None };
	(proof.len() == 512).then(|| {
		json!({
			"pi_a": [ax, ay, "1"],
			"pi_b": [[bx0, bx1], [by0, by1], ["1", "0"]],
			"pi_c": [cx, cy, "1"],
			"protocol": "groth16",
			"curve": "bn128",
		})
	})
}

fn verdict(files: &ProofFiles) -> Result<(), String> {
	match Claim::read(files) {
		Ok(claim) => claim.verdict(),
		Err(Error::Invalid(reason)) => Err(reason),
		Err(error) => panic!("{error}"),
	}
}

#[test]
fn every_vector_has_its_verdict_as_json_and_on_the_wire() {
	let folder = Folder::new();
	let mut judged = 0;
	for circuit in CIRCUITS {
		for case in cases(circuit) {
			let name = format!("{circuit}/{}", text(&case, "name"));
			let key =
				|ending: &str| fixtures(circuit).join(format!("{}.{ending}", text(&case, "vk")));
			let decimals: Vec<_> = words(&case).into_iter().map(decimal).collect();
			let public = folder.write("public.json", json!(decimals).to_string());
			let proof = folder.write("proof.hex", text(&case, "proof"));
			let expected = text(&case, "expect") == "accept";
			let on_wire = verdict(&files(key("hex"), proof.clone(), public.clone()));
			assert_eq!(on_wire.is_ok(), expected, "{name}: {on_wire:?}");
			let mixed = verdict(&files(key("json"), proof, public.clone()));
			assert_eq!(mixed.is_ok(), expected, "{name}: {mixed:?}");
			if let Some(proof) = proof_json(text(&case, "proof")) {
				let proof = folder.write("proof.json", proof.to_string());
				let all_json = verdict(&files(key("json"), proof, public));
				assert_eq!(all_json, mixed, "{name}");
			}
			let key =
				KeyFile { system: SystemArg::Groth16, key: key("json"), srs: None, inputs: None };
			let at_registration = text(&case, "stage") == "register";
			assert_eq!(Key::read(&key).unwrap().verdict().is_err(), at_registration, "{name}");
			judged += 1;
		}
	}
	assert_eq!(judged, 102);
}

#[test]
fn what_snarkjs_wrote_is_valid() {
	for circuit in CIRCUITS {
		for index in 0..3 {
			let file = |name: String| fixtures(circuit).join(name);
			let proof = file(format!("proof{index}.json"));
			let public = file(format!("public{index}.json"));
			assert_eq!(verdict(&files(file("vk.json".into()), proof, public)), Ok(()));
		}
	}
}

#[test]
fn both_forms_of_a_key_have_the_same_id() {
	for circuit in CIRCUITS {
		let read = |name: &str| {
			let key = fixtures(circuit).join(name);
			Key::read(&KeyFile { system: SystemArg::Groth16, key, srs: None, inputs: None })
				.unwrap()
		};
		assert_eq!(read("vk.json"), read("vk.hex"));
		assert_ne!(read("vk.json").id(), read("vk_alpha_changed.json").id());
	}
}

#[test]
fn a_key_on_the_wire_takes_as_many_inputs_as_its_length_says_unless_told_otherwise() {
	let key = fixtures("poly_8").join("vk_ic_missing.hex");
	let with = |inputs| {
		let file = KeyFile { system: SystemArg::Groth16, key: key.clone(), srs: None, inputs };
		Key::read(&file).unwrap()
	};
	assert_eq!(with(None).inputs, 7);
	assert!(with(Some(8)).verdict().unwrap_err().contains("bytes"));
}

#[test]
fn a_file_that_cannot_be_read_is_not_called_invalid() {
	let folder = Folder::new();
	let fixture = |name: &str| fixtures("cubic_1").join(name);
	let unreadable = |name: &str, content: &[u8]| {
		let proof = folder.write(name, content);
		let error = Claim::read(&files(fixture("vk.json"), proof, fixture("public0.json")));
		let error = error.unwrap_err();
		assert!(matches!(error, Error::Unreadable { .. }), "{name}: {error}");
		assert_eq!(error.exit_code(), 2);
	};
	unreadable("no.json", b"{");
	unreadable("list.json", b"[]");
	unreadable("empty.json", b"{}");
	unreadable("words.json", br#"{"pi_a": ["one", "2", "1"], "pi_b": [], "pi_c": []}"#);
	unreadable("odd.hex", b"0x123");
	unreadable("text.hex", b"not hex");
	unreadable("bytes.json", &[0xff, 0xfe]);
	let missing = files(fixture("vk.json"), folder.0.join("none.json"), fixture("public0.json"));
	assert!(matches!(Claim::read(&missing), Err(Error::Unreadable { .. })));
}

#[test]
fn a_file_of_another_system_is_invalid() {
	let folder = Folder::new();
	let fixture = |name: &str| fixtures("cubic_1").join(name);
	let mut proof: Value =
		serde_json::from_str(&fs::read_to_string(fixture("proof0.json")).unwrap()).unwrap();
	proof["protocol"] = json!("plonk");
	let proof = folder.write("proof.json", proof.to_string());
	let reason = verdict(&files(fixture("vk.json"), proof, fixture("public0.json"))).unwrap_err();
	assert!(reason.contains("plonk"), "{reason}");
}

#[test]
fn what_no_call_could_carry_is_invalid() {
	let folder = Folder::new();
	let fixture = |name: &str| fixtures("cubic_1").join(name);
	let refused = |key: PathBuf, proof: PathBuf, public: PathBuf, part: &str| {
		let reason = verdict(&files(key, proof, public)).unwrap_err();
		assert!(reason.contains(part), "{reason}");
	};
	let (key, proof, public) =
		(fixture("vk.json"), fixture("proof0.json"), fixture("public0.json"));
	let long = folder.write("long.hex", "00".repeat(16_513));
	refused(key.clone(), long, public.clone(), "the proof has 16513 bytes");
	let long = folder.write("key.hex", "00".repeat(66_049));
	refused(long, proof.clone(), public, "the key has 66049 bytes");
	let many = folder.write("many.json", json!(vec!["1"; 1_025]).to_string());
	refused(key.clone(), proof.clone(), many, "there are 1025 public inputs");
	let odd = folder.write("odd.hex", "00".repeat(33));
	refused(key, proof, odd, "whole words");
}

/// The folders of the vectors of EZKL.
const MODELS: [&str; 5] =
	["mlp_4_8_3_fixed", "mlp_4_8_3_polycommit", "mlp_4_8_3_hashed", "sigmoid_6_5_2", "conv_1x6x6"];

fn ezkl(file: &str) -> PathBuf {
	Path::new("../../primitives/verifiers/fixtures/ezkl").join(file)
}

fn ezkl_files(key: PathBuf, proof: PathBuf, public: Option<PathBuf>) -> ProofFiles {
	let srs = Some(ezkl("srs.json"));
	ProofFiles { key: KeyFile { system: SystemArg::Ezkl, key, srs, inputs: None }, proof, public }
}

#[test]
fn every_vector_of_ezkl_has_its_verdict() {
	let folder = Folder::new();
	let mut judged = 0;
	for model in MODELS {
		let list = fs::read_to_string(ezkl(&format!("{model}/cases.json"))).unwrap();
		let list: Vec<Value> = serde_json::from_str(&list).unwrap();
		for case in list {
			let name = format!("{model}/{}", text(&case, "name"));
			let own = |file: &str| ezkl(&format!("{model}/{file}"));
			let proof = match text(&case, "proof") {
				file if file.ends_with(".json") => own(file),
				digits => folder.write("proof.hex", digits),
			};
			let public = match &case["instances"] {
				Value::String(file) => own(file),
				words => {
					let words = words.as_array().unwrap().iter();
					let words = words.map(|word| word.as_str().unwrap().trim_start_matches("0x"));
					folder.write("public.hex", words.collect::<String>())
				},
			};
			let files = ezkl_files(own(text(&case, "vka")), proof, Some(public));
			let verdict = verdict(&files);
			assert_eq!(verdict.is_ok(), text(&case, "expect") == "accept", "{name}: {verdict:?}");
			let at_registration = text(&case, "stage") == "register";
			let key = Key::read(&files.key).map(|key| key.verdict());
			let is_sound = matches!(key, Ok(Ok(())));
			assert_eq!(!is_sound, at_registration, "{name}: {key:?}");
			judged += 1;
		}
	}
	assert_eq!(judged, 188);
}

#[test]
fn a_proof_of_ezkl_brings_its_public_inputs() {
	for model in MODELS {
		let own = |file: &str| ezkl(&format!("{model}/{file}"));
		let files = ezkl_files(own("vka.bytes"), own("proof.json"), None);
		assert_eq!(verdict(&files), Ok(()));
		let mixed = ezkl_files(own("vka.bytes"), own("proof.json"), Some(own("proof_b.json")));
		assert!(verdict(&mixed).is_err());
	}
}

#[test]
fn a_reference_string_that_is_no_point_is_invalid_and_one_that_is_no_json_unreadable() {
	let folder = Folder::new();
	let text = fs::read_to_string(ezkl("srs.json")).unwrap();
	let own = |file: &str| ezkl(&format!("mlp_4_8_3_fixed/{file}"));
	let read = |text: &str| {
		let mut files = ezkl_files(own("vka.bytes"), own("proof.json"), None);
		files.key.srs = Some(folder.write("srs.json", text));
		Claim::read(&files).unwrap_err()
	};
	assert!(matches!(read("{"), Error::Unreadable { .. }));
	let mut srs: Value = serde_json::from_str(&text).unwrap();
	srs["g1"][1] = srs["g1"][0].clone();
	assert!(matches!(read(&srs.to_string()), Error::Invalid(_)));
}

#[test]
fn public_inputs_of_groth16_are_in_a_file_of_their_own() {
	let fixture = |name: &str| fixtures("cubic_1").join(name);
	let mut files = files(fixture("vk.json"), fixture("proof0.json"), fixture("public0.json"));
	files.public = None;
	let error = Claim::read(&files).unwrap_err();
	assert!(matches!(error, Error::NoPublicInputs), "{error}");
	assert_eq!(error.exit_code(), 2);
}
