//! Models: records, ports and content ids as owners write them, and what the chain takes of them.
#![no_main]

use codec::{Decode, Encode};
use libfuzzer_sys::fuzz_target;
use opg_fuzz::{edit::edit, ports, runtime::publish, scale, seeds, values, Bytes, Drawn};
use opg_primitives::{model::Ports, ContentId, ModelSpec, Port, TrustKind};
use opg_tensor::{Dimension, ElementType, NumericProfile};
use pallet_models::{Draft, Model, Status};

fuzz_target!(init: seeds::plant(sown), |data: &[u8]| {
	if let Some((way, data)) = data.split_first() {
		// Bytes that make no value are nothing to hold against a law.
		let _ = run(way % 6, data);
	}
});

fn run(way: u8, data: &[u8]) -> Drawn<()> {
	let mut u = Bytes::new(data);
	match way {
		0 => {
			if let Some((kind, bytes)) = data.split_first() {
				hold_record(*kind, bytes);
			}
		},
		1 => {
			if let Ok(text) = std::str::from_utf8(data) {
				hold_text(text);
			}
		},
		2 => {
			let content = values::content(&mut u)?;
			let mut text = content.to_string().into_bytes();
			assert_eq!(content.to_string().parse(), Ok(content));
			edit(&mut u, &mut text)?;
			if let Ok(text) = std::str::from_utf8(&text) {
				hold_text(text);
			}
		},
		3 => {
			if let Some(draft) = scale::read_bounded::<Draft<u128>>(data) {
				publish(draft);
			}
		},
		4 => {
			let draft = values::draft(&mut u)?;
			let mut bytes = draft.encode();
			let is_edited = edit(&mut u, &mut bytes)?;
			let read = scale::read_bounded::<Draft<u128>>(&bytes);
			assert!(is_edited || read == Some(draft), "a draft reads as something else");
			if let Some(draft) = read {
				publish(draft);
			}
		},
		_ => {
			let mut bytes = values::spec(&mut u)?.encode();
			edit(&mut u, &mut bytes)?;
			if let Some(spec) = scale::read::<ModelSpec>(&bytes) {
				hold_ports(&spec.inputs);
				ports::read(&spec.inputs, u.take_rest(), data.len());
			}
		},
	}
	Ok(())
}

/// Reads a record of a kind and asserts the laws.
fn hold_record(kind: u8, bytes: &[u8]) {
	match kind {
		0 => drop(scale::read_bounded::<Model<[u8; 32], u128, u32>>(bytes)),
		1 => drop(scale::read_bounded::<Draft<u128>>(bytes)),
		2 => drop(scale::read::<ModelSpec>(bytes)),
		3 => drop(scale::read_bounded::<Ports>(bytes).map(|ports| hold_ports(&ports))),
		4 => drop(scale::read_bounded::<Port>(bytes)),
		5 => drop(scale::read_bounded::<NumericProfile>(bytes)),
		6 => drop(scale::read_bounded::<Dimension>(bytes)),
		7 => drop(scale::read_bounded::<Status<u32>>(bytes)),
		8 => drop(scale::read_bounded::<TrustKind>(bytes)),
		9 => {
			if let Some(element) = scale::read_bounded::<ElementType>(bytes) {
				assert_eq!(element.name().parse(), Ok(element));
			}
		},
		_ => {
			if let Some(content) = scale::read_bounded::<ContentId>(bytes) {
				assert_eq!(content.to_string().parse(), Ok(content));
				scale::hold_json(&content);
			}
		},
	}
}

fn hold_ports(ports: &Ports) {
	for port in ports {
		scale::hold_json(port);
		assert!(port.shape.iter().all(|dimension| !dimension.to_string().is_empty()));
	}
}

/// A text names at most one thing, and that thing is written as this text.
fn hold_text(text: &str) {
	match text.parse::<ContentId>() {
		Ok(content) => {
			assert_eq!(content.to_string(), text, "a second form");
			assert_eq!(ContentId::decode(&mut &content.encode()[..]), Ok(content));
		},
		Err(error) => assert!(!error.to_string().is_empty()),
	}
	if let Ok(element) = text.parse::<ElementType>() {
		assert_eq!(element.to_string(), text);
	}
	scale::read_json::<Port>(text);
	scale::read_json::<ContentId>(text);
	scale::read_json::<NumericProfile>(text);
	scale::read_json::<Dimension>(text);
	scale::read_json::<ElementType>(text);
	scale::read_json::<TrustKind>(text);
}

fn sown() -> Vec<Vec<u8>> {
	let whatever: Vec<u8> = (0..=255).collect();
	let draft = values::draft(&mut Bytes::new(&whatever)).expect("enough bytes");
	let spec = values::spec(&mut Bytes::new(&whatever)).expect("enough bytes");
	let model = Model {
		owner: [1u8; 32],
		terms: draft.clone(),
		status: Status::Retired { at: 7u32 },
		deposit: 9u128,
		audit: Default::default(),
	};
	let port = br#"{"name":[120],"element":"float32","shape":["any",{"fixed":64}]}"#;
	let mut seeds = vec![
		[vec![0, 0], model.encode()].concat(),
		[vec![0, 2], spec.encode()].concat(),
		[vec![0, 3], spec.outputs.encode()].concat(),
		[vec![0, 10], spec.content.encode()].concat(),
		[&[1], spec.content.to_string().as_bytes()].concat(),
		[&[1], &port[..]].concat(),
		[vec![3], draft.encode()].concat(),
	];
	// What is drawn from these is sound whatever they are.
	seeds.extend([2, 4, 5].map(|way| [&[way], &whatever[..]].concat()));
	seeds
}
