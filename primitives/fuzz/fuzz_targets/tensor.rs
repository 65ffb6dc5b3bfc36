//! Tensors: decoding, views, JSON and agreement, held against what `opg-tensor` documents.
#![no_main]

use codec::DecodeAll;
use libfuzzer_sys::fuzz_target;
use opg_fuzz::{
	agreement::{expected, is_finite},
	edit::edit,
	memory, scale, seeds, values, Bytes, Drawn,
};
use opg_tensor::{
	check, compare, decode, encode, from_json, to_json, Agreement, Dimension, ElementType,
	NumericProfile, Tensor, MAX_RANK, MAX_TENSORS,
};
use serde_json::Value;
use std::collections::BTreeSet;

/// Memory a decoder of tensors may take beside their data: the list and the shapes of as many as are allowed.
const AHEAD: usize = 4_096;

fuzz_target!(init: seeds::plant(sown), |data: &[u8]| {
	if let Some((way, data)) = data.split_first() {
		// Bytes that make no value are nothing to hold against a law.
		let _ = run(way % 6, data);
	}
});

fn run(way: u8, data: &[u8]) -> Drawn<()> {
	let mut u = Bytes::new(data);
	match way {
		0 => drop(hold_decoding(data)),
		1 => {
			let tensors = scale::read::<Vec<Tensor>>(data).unwrap_or_default();
			hold_views(&tensors);
			let profile = values::profile(&mut u)?;
			hold_order(&tensors, &tensors, profile);
		},
		2 => {
			let tensors = values::tensors(&mut u)?;
			let mut bytes = encode(&tensors);
			let is_edited = edit(&mut u, &mut bytes)?;
			let decoded = hold_decoding(&bytes);
			assert!(is_edited || decoded == Some(tensors), "decodes as something else");
		},
		3 => hold_agreement(&mut u)?,
		4 => {
			let ports = json_ports(&mut u)?;
			if let Ok(value) = serde_json::from_slice(u.take_rest()) {
				hold_json(&value, &ports);
			}
		},
		_ => {
			let tensors = values::tensors(&mut u)?;
			let ports = ports_near(&mut u, &tensors)?;
			let names: Vec<_> = ports.iter().map(|(name, ..)| name.clone()).collect();
			let mut text = to_json(&tensors, &names).to_string().into_bytes();
			let is_edited = edit(&mut u, &mut text)?;
			let value = serde_json::from_slice(&text);
			assert!(is_edited || value.is_ok(), "what is written is no JSON");
			let read = value.ok().and_then(|value| hold_json(&value, &ports));
			// Neither the bits of a NaN nor the shape of an empty tensor are written.
			let is_written_whole = is_finite(&tensors) && !tensors.iter().any(is_empty);
			if !is_edited && is_written_whole && check(&tensors, declared(&ports)).is_ok() {
				assert_eq!(read, Some(tensors), "written as another");
			}
		},
	}
	Ok(())
}

/// Decoding takes exactly the canonical bytes of sound tensors, and no more memory than they need.
fn hold_decoding(bytes: &[u8]) -> Option<Vec<Tensor>> {
	let (decoded, used) = memory::peak(|| decode(bytes, bytes.len()));
	assert!(used <= bytes.len() + AHEAD, "{} bytes took {used} of memory", bytes.len());
	let sound = Vec::<Tensor>::decode_all(&mut &*bytes).ok().filter(|tensors| {
		tensors.len() <= MAX_TENSORS && tensors.iter().all(|tensor| tensor.validate().is_ok())
	});
	assert_eq!(decoded.as_ref().ok(), sound.as_ref());
	if let Some(shorter) = bytes.len().checked_sub(1) {
		assert!(decode(bytes, shorter).is_err(), "more bytes than allowed");
	}
	match decoded {
		Ok(tensors) => {
			assert_eq!(encode(&tensors), bytes, "a second form");
			hold_views(&tensors);
			Some(tensors)
		},
		Err(error) => {
			assert!(!error.to_string().is_empty());
			None
		},
	}
}

/// Every view of any tensor gives what the data holds, or nothing.
fn hold_views(tensors: &[Tensor]) {
	for tensor in tensors {
		let Tensor { element, shape, data } = tensor;
		let sound = tensor.validate();
		let made = Tensor::new(*element, shape.clone(), data.clone());
		assert_eq!(made.is_ok(), sound.is_ok());
		let (floats, longs, strings) = (tensor.as_f32(), tensor.as_i64(), tensor.as_strings());
		assert_eq!(
			floats.is_some(),
			*element == ElementType::Float32 && data.len().is_multiple_of(4)
		);
		assert_eq!(longs.is_some(), *element == ElementType::Int64 && data.len().is_multiple_of(8));
		assert!(strings.is_none() || *element == ElementType::String);
		if sound.is_err() {
			continue;
		}
		let count = tensor.elements().expect("a sound tensor can be counted");
		assert!(shape.len() <= MAX_RANK);
		assert!(element.size().is_none_or(|size| size * count == data.len()));
		assert!(*element != ElementType::Bool || data.iter().all(|byte| *byte <= 1));
		if let Some(floats) = floats {
			assert_eq!(Tensor::from_f32(shape, &floats).as_ref(), Ok(tensor));
		}
		if let Some(longs) = longs {
			assert_eq!(Tensor::from_i64(shape, &longs).as_ref(), Ok(tensor));
		}
		if *element == ElementType::String {
			let strings = strings.expect("a sound tensor of strings");
			assert_eq!(strings.len(), count);
			assert_eq!(Tensor::from_strings(shape, &strings).as_ref(), Ok(tensor));
		}
	}
	let written = to_json(tensors, &[]);
	for (index, tensor) in tensors.iter().enumerate() {
		assert_eq!(written[index.to_string()].is_null(), tensor.validate().is_err());
	}
}

/// Agreement is what the formula says, alike from both sides, and grows with the tolerance.
fn hold_agreement(u: &mut Bytes) -> Drawn<()> {
	let a = values::tensors(u)?;
	let b = match u.int_in_range(0..=7u8)? {
		0 => values::tensors(u)?,
		_ => a.iter().map(|tensor| values::near(u, tensor)).collect::<Drawn<_>>()?,
	};
	let profile = values::profile(u)?;
	let found = compare(&a, &b, profile);
	assert_eq!(found, expected(&a, &b, profile), "{a:?} {b:?} {profile:?}");
	hold_order(&a, &b, profile);
	opg_fuzz::ports::agrees_with_itself(&a, profile);
	opg_fuzz::ports::agrees_with_itself(&b, profile);
	let NumericProfile::Tolerance { abs, rel } = profile else {
		assert_eq!(found == Agreement::Same, a == b);
		return Ok(());
	};
	assert!(found == Agreement::Apart || is_finite(&a) && is_finite(&b), "NaN agrees");
	if let (Some(abs), Some(rel)) = (abs.checked_mul(2), rel.checked_mul(2)) {
		let doubled = compare(&a, &b, NumericProfile::Tolerance { abs, rel });
		assert_eq!(doubled == Agreement::Same, found <= Agreement::Near, "near is within twice");
	}
	let wider = NumericProfile::Tolerance {
		abs: abs.saturating_add(u.arbitrary()?),
		rel: rel.saturating_add(u.arbitrary()?),
	};
	assert!(compare(&a, &b, wider) <= found, "apart under a wider tolerance");
	Ok(())
}

/// Neither side is preferred, whether the tensors are sound or not.
fn hold_order(a: &[Tensor], b: &[Tensor], profile: NumericProfile) {
	assert_eq!(compare(a, b, profile), compare(b, a, profile));
}

type Port = (String, ElementType, Vec<Dimension>);

fn json_ports(u: &mut Bytes) -> Drawn<Vec<Port>> {
	(0..u.int_in_range(0..=3u8)?)
		.map(|_| {
			let name = u.choose(&["x", "y", "é", ""])?.to_string();
			let shape = values::shape(u)?.into_iter().map(|length| match length {
				4.. => Dimension::Any,
				_ => Dimension::Fixed(length),
			});
			Ok((name, values::element(u)?, shape.collect()))
		})
		.collect()
}

/// Ports that take the tensors, or nearly.
fn ports_near(u: &mut Bytes, tensors: &[Tensor]) -> Drawn<Vec<Port>> {
	let mut ports = Vec::new();
	for (index, tensor) in tensors.iter().enumerate() {
		let mut shape = tensor.shape.clone();
		match u.int_in_range(0..=7u8)? {
			0 => shape.reverse(),
			1 => shape = vec![shape.iter().product()],
			_ => {},
		}
		let is_any = u.arbitrary::<u8>()?;
		let dimensions = shape.into_iter().enumerate().map(|(axis, length)| {
			if is_any >> axis & 1 == 1 {
				Dimension::Any
			} else {
				Dimension::Fixed(length)
			}
		});
		ports.push((format!("x{index}"), tensor.element, dimensions.collect()));
	}
	Ok(ports)
}

fn declared(ports: &[Port]) -> impl ExactSizeIterator<Item = (ElementType, &[Dimension])> {
	ports.iter().map(|(_, element, shape)| (*element, shape.as_slice()))
}

/// What JSON gives fits the ports, and reads the same once it is written.
fn hold_json(value: &Value, ports: &[Port]) -> Option<Vec<Tensor>> {
	let tensors = match from_json(value, ports) {
		Ok(tensors) => tensors,
		Err(error) => {
			assert!(!error.to_string().is_empty());
			return None;
		},
	};
	check(&tensors, declared(ports)).expect("what was read fits the ports");
	hold_views(&tensors);
	for (tensor, (name, ..)) in tensors.iter().zip(ports) {
		let nested = nesting(value.as_object().map_or(value, |object| &object[name]));
		// A flat array may stand for any shape.
		assert!(nested == tensor.shape || nested.len() <= 1, "{nested:?} for {tensor:?}");
	}
	let names: Vec<_> = ports.iter().map(|(name, ..)| name.clone()).collect();
	let differ = names.iter().collect::<BTreeSet<_>>().len() == names.len();
	if differ && !tensors.iter().any(is_empty) {
		let written = to_json(&tensors, &names);
		assert_eq!(from_json(&written, ports).as_ref(), Ok(&tensors), "{written}");
	}
	Some(tensors)
}

/// The lengths of nested arrays along their first elements.
fn nesting(mut value: &Value) -> Vec<u32> {
	let mut lengths = Vec::new();
	while let Value::Array(items) = value {
		lengths.push(items.len().try_into().expect("a short text"));
		let Some(first) = items.first() else { break };
		value = first;
	}
	lengths
}

fn is_empty(tensor: &Tensor) -> bool {
	tensor.shape.contains(&0)
}

fn sown() -> Vec<Vec<u8>> {
	let whatever: Vec<u8> = (0..=255).collect();
	let mut u = Bytes::new(&whatever);
	// A tensor of each element type, by itself and in lists.
	let tensors = ElementType::ALL
		.map(|element| values::tensor_of(&mut u, element, vec![1, 2]).expect("enough bytes"));
	let mut lists: Vec<_> = tensors.iter().map(std::slice::from_ref).collect();
	lists.extend([&tensors[..4], &[]]);
	let mut seeds: Vec<_> = lists
		.into_iter()
		.flat_map(|list| [0, 1].map(|way| [vec![way], encode(list)].concat()))
		.collect();
	let json = br#"{"x": [[1, 2.5], ["NaN", "-Infinity"]], "y": [true], "": "text"}"#;
	seeds.push([&[4][..], &[1; 24], json].concat());
	// What is drawn from these is sound whatever they are.
	seeds.extend([2, 3, 5].map(|way| [&[way], &whatever[..]].concat()));
	seeds
}
