//! Values made from the fuzzer's bytes: tensors, ports, models and answers, sound unless said otherwise.

use crate::{Bytes, Drawn};
use opg_primitives::{
	job::{Answer, Desk, Job, JobId, Progress, Query, Ready, Serving, Task},
	model::Ports,
	Circuit, ContentCodec, ContentId, FaultKind, Input, ModelSpec, Outcome, Port, TrustKind,
};
use opg_tensor::{encode, Dimension, ElementType, NumericProfile, Tensor};
use pallet_models::Draft;
use sp_core::H256;
use sp_runtime::{BoundedVec, Permill};

/// The most elements of a tensor made here; the laws do not depend on how many there are.
const MOST_ELEMENTS: u32 = 256;

/// Any element type.
pub fn element(u: &mut Bytes) -> Drawn<ElementType> {
	u.choose(&ElementType::ALL).copied()
}

/// A shape of few elements: scalars, empty axes and the most axes included.
pub fn shape(u: &mut Bytes) -> Drawn<Vec<u32>> {
	let rank = *u.choose(&[0, 1, 1, 2, 2, 3, 4, 8])?;
	let mut count = 1u32;
	(0..rank)
		.map(|_| {
			let length = *u.choose(&[1, 1, 2, 2, 3, 4, 7, 0])?;
			let length = if count * length > MOST_ELEMENTS { 1 } else { length };
			count *= length.max(1);
			Ok(length)
		})
		.collect()
}

/// A sound tensor.
pub fn tensor(u: &mut Bytes) -> Drawn<Tensor> {
	let (element, shape) = (element(u)?, shape(u)?);
	tensor_of(u, element, shape)
}

/// A sound tensor of this element type and shape.
pub fn tensor_of(u: &mut Bytes, element: ElementType, shape: Vec<u32>) -> Drawn<Tensor> {
	let count = shape.iter().product::<u32>();
	let mut data = Vec::new();
	for _ in 0..count {
		data.extend(one(u, element)?);
	}
	Ok(Tensor::new(element, shape, data).expect("made to be sound"))
}

/// A few sound tensors.
pub fn tensors(u: &mut Bytes) -> Drawn<Vec<Tensor>> {
	(0..u.int_in_range(0..=3u8)?).map(|_| tensor(u)).collect()
}

/// The bytes of one element.
fn one(u: &mut Bytes, element: ElementType) -> Drawn<Vec<u8>> {
	let Some(size) = element.size() else {
		let text = text(u)?;
		let length = u32::try_from(text.len()).expect("a short text");
		return Ok([&length.to_le_bytes(), text.as_bytes()].concat());
	};
	if element == ElementType::Bool {
		return Ok(vec![u.int_in_range(0..=1)?]);
	}
	let mut bytes = vec![0; size];
	match u.int_in_range(0..=3u8)? {
		0 => u.fill_buffer(&mut bytes)?,
		// Small numbers, of either sign.
		1 => {
			let small: i8 = u.arbitrary()?;
			let quarters = f64::from(small) / 4.0;
			bytes = match element {
				ElementType::Float64 => quarters.to_le_bytes().to_vec(),
				ElementType::Float32 => (quarters as f32).to_le_bytes().to_vec(),
				ElementType::BFloat16 => (quarters as f32).to_le_bytes()[2..].to_vec(),
				ElementType::Float16 => {
					0x3c00u16.wrapping_add_signed(small.into()).to_le_bytes().to_vec()
				},
				_ => i64::from(small).to_le_bytes()[..size].to_vec(),
			};
		},
		// The ends of a format: zeros, the infinities, NaN, the greatest and the least.
		2 => {
			let low = *u.choose(&[0, 0, 1, 0xff])?;
			bytes.fill(low);
			let high = *u.choose(&[0x00, 0x80, 0x7c, 0xfc, 0x7f, 0xff, 0x3c])?;
			bytes[size - 1] = high;
			if size > 1 {
				bytes[size - 2] = *u.choose(&[0x00, 0x80, 0xf0, 0xc0, low])?;
			}
		},
		_ => {
			let byte = u.arbitrary()?;
			bytes.fill(byte);
		},
	}
	Ok(bytes)
}

/// A short text.
pub fn text(u: &mut Bytes) -> Drawn<String> {
	let mut bytes = vec![0; u.int_in_range(0..=6)?];
	u.fill_buffer(&mut bytes)?;
	Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A sound tensor of the same type and shape, most of whose elements are close.
pub fn near(u: &mut Bytes, tensor: &Tensor) -> Drawn<Tensor> {
	let Some(size) = tensor.element.size().filter(|_| tensor.element != ElementType::Bool) else {
		return if u.ratio(3, 4)? {
			Ok(tensor.clone())
		} else {
			tensor_of(u, tensor.element, tensor.shape.clone())
		};
	};
	let mut data = Vec::with_capacity(tensor.data.len());
	for bytes in tensor.data.chunks_exact(size) {
		match u.int_in_range(0..=4u8)? {
			0 | 1 => data.extend(bytes),
			// Some steps of the format away.
			2 | 3 => {
				let mut wide = [0; 8];
				wide[..size].copy_from_slice(bytes);
				let steps = i64::from(u.arbitrary::<i32>()?) >> u.int_in_range(0..=31u8)?;
				let moved = u64::from_le_bytes(wide).wrapping_add_signed(steps).to_le_bytes();
				data.extend(&moved[..size]);
			},
			_ => data.extend(one(u, tensor.element)?),
		}
	}
	Ok(Tensor::new(tensor.element, tensor.shape.clone(), data).expect("as long as before"))
}

/// A profile: exact, or with tolerances of every size.
pub fn profile(u: &mut Bytes) -> Drawn<NumericProfile> {
	if u.ratio(1, 8)? {
		return Ok(NumericProfile::Exact);
	}
	Ok(NumericProfile::Tolerance { abs: tolerance(u)?, rel: tolerance(u)? })
}

fn tolerance(u: &mut Bytes) -> Drawn<u64> {
	Ok(match u.int_in_range(0..=5u8)? {
		0 => 0,
		1 => u.arbitrary::<u8>()?.into(),
		2 => u.arbitrary::<u32>()?.into(),
		3 => u.arbitrary()?,
		// Halves: whole numbers then lie just at the edge.
		4 => u64::from(u.arbitrary::<u8>()?) * 500_000_000,
		_ => u64::MAX,
	})
}

/// Names, types and shapes of inputs or outputs; names may be no text and may repeat.
pub fn ports(u: &mut Bytes) -> Drawn<Ports> {
	let count = *u.choose(&[1, 1, 1, 2, 2, 3, 0, 16])?;
	let ports = (0..count).map(|number| port(u, number)).collect::<Drawn<Vec<_>>>()?;
	Ok(ports.try_into().expect("at most as many as fit"))
}

fn port(u: &mut Bytes, number: u8) -> Drawn<Port> {
	let name = match u.int_in_range(0..=7u8)? {
		0 => u.arbitrary::<[u8; 3]>()?.to_vec(),
		1 => text(u)?.into_bytes(),
		_ => vec![b'a'.saturating_add(number)],
	};
	let rank = *u.choose(&[0, 1, 1, 2, 2, 3, 4, 8])?;
	let shape = (0..rank).map(|_| dimension(u)).collect::<Drawn<Vec<_>>>()?;
	Ok(Port {
		name: name.try_into().expect("a short name"),
		element: element(u)?,
		shape: shape.try_into().expect("few axes"),
	})
}

fn dimension(u: &mut Bytes) -> Drawn<Dimension> {
	Ok(match u.int_in_range(0..=9u8)? {
		0..=3 => Dimension::Any,
		4..=7 => Dimension::Fixed(u.int_in_range(1..=4)?),
		8 => Dimension::Fixed(u.arbitrary::<u16>()?.into()),
		_ => Dimension::Fixed(u.arbitrary()?),
	})
}

/// Changes one thing about one port, half of the time; says whether there was any change.
pub fn alter(u: &mut Bytes, ports: &mut Ports) -> Drawn<bool> {
	let before = ports.clone();
	let place = u.int_in_range(0..=2 * ports.len())?;
	if let Some(port) = ports.get_mut(place) {
		let axis = u.int_in_range(0..=port.shape.len())?;
		match (u.int_in_range(0..=4u8)?, port.shape.get_mut(axis)) {
			(0, _) => port.element = element(u)?,
			(1, Some(_)) => drop(port.shape.remove(axis)),
			// A port of the most axes stays as it is.
			(1, None) => drop(port.shape.try_push(dimension(u)?)),
			(_, Some(axis)) => *axis = Dimension::Fixed(u.int_in_range(0..=5)?),
			(_, None) => {},
		}
	}
	Ok(*ports != before)
}

/// Sound tensors that fit the ports; `None` where they would be too long.
pub fn fitting(u: &mut Bytes, ports: &[Port]) -> Drawn<Option<Vec<Tensor>>> {
	let mut tensors = Vec::new();
	for port in ports {
		let mut count = 1u32;
		let mut shape = Vec::new();
		for dimension in &port.shape {
			let length = match dimension {
				Dimension::Fixed(length) => *length,
				Dimension::Any => *u.choose(&[1, 2, 3, 0])?,
			};
			let Some(product) = count.checked_mul(length).filter(|n| *n <= MOST_ELEMENTS) else {
				return Ok(None);
			};
			count = product;
			shape.push(length);
		}
		tensors.push(tensor_of(u, port.element, shape)?);
	}
	Ok(Some(tensors))
}

/// Any content id.
pub fn content(u: &mut Bytes) -> Drawn<ContentId> {
	let codec = *u.choose(&[ContentCodec::Raw, ContentCodec::DagPb])?;
	Ok(ContentId { codec, digest: u.arbitrary()? })
}

/// What a worker has to know of some model.
pub fn spec(u: &mut Bytes) -> Drawn<ModelSpec> {
	Ok(ModelSpec {
		id: u.arbitrary()?,
		content: content(u)?,
		inputs: ports(u)?,
		outputs: ports(u)?,
		profile: profile(u)?,
		circuit: circuit(u)?,
	})
}

/// A circuit, often but not always one that makes sense, or none.
fn circuit(u: &mut Bytes) -> Drawn<Option<Circuit>> {
	if u.ratio(3, 4)? {
		return Ok(None);
	}
	let mut scales = || Ok(vec![u.int_in_range(0..=40)?; u.int_in_range(0..=2)?]);
	let (given, found) = (scales()?, scales()?);
	Ok(Some(Circuit {
		key: draw(u)?,
		settings: content(u)?,
		input_scales: given.try_into().expect("few scales"),
		output_scales: found.try_into().expect("few scales"),
		bits: u.int_in_range(0..=64)?,
	}))
}

/// What an owner publishes, often but not always fit to be.
pub fn draft(u: &mut Bytes) -> Drawn<Draft<u128>> {
	let name = if u.ratio(1, 8)? { u.arbitrary::<[u8; 3]>()?.to_vec() } else { b"name".to_vec() };
	let price = match u.int_in_range(0..=3u8)? {
		0 => u.arbitrary::<u16>()?.into(),
		1 => u.arbitrary()?,
		_ => 10_000,
	};
	let kinds = [TrustKind::Attested, TrustKind::Quorum, TrustKind::Proved];
	let modes = *u.choose(&[1, 1, 2, 2, 0, 8])?;
	let trust = (0..modes).map(|_| u.choose(&kinds).copied()).collect::<Drawn<Vec<_>>>()?;
	Ok(Draft {
		name: name.try_into().expect("a short name"),
		content: content(u)?,
		inputs: ports(u)?,
		outputs: ports(u)?,
		profile: profile(u)?,
		price,
		royalty: Permill::from_parts(u.int_in_range(0..=600_000)?),
		trust: trust.try_into().expect("few modes"),
		circuit: circuit(u)?,
	})
}

/// What a node answers: encoded tensors, other bytes, or a fault.
pub fn outcome(u: &mut Bytes) -> Drawn<Outcome> {
	Ok(match u.int_in_range(0..=3u8)? {
		0 => Outcome::Fault(fault(u)?),
		1 => Outcome::Output(short(u)?),
		_ => match encode(&tensors(u)?).try_into() {
			Ok(bytes) => Outcome::Output(bytes),
			Err(_) => Outcome::Fault(FaultKind::OutputTooLong),
		},
	})
}

fn fault(u: &mut Bytes) -> Drawn<FaultKind> {
	u.choose(&[
		FaultKind::Looped,
		FaultKind::OutOfMemory,
		FaultKind::OutputTooLong,
		FaultKind::OutputMismatch,
		FaultKind::InputMismatch,
		FaultKind::Crashed,
		FaultKind::Refused,
		FaultKind::Unavailable,
		FaultKind::Unprovable,
	])
	.copied()
}

fn short<Bound: sp_core::Get<u32>>(u: &mut Bytes) -> Drawn<BoundedVec<u8, Bound>> {
	let mut bytes = vec![0; u.int_in_range(0..=40)?];
	u.fill_buffer(&mut bytes)?;
	Ok(BoundedVec::truncate_from(bytes))
}

fn draw(u: &mut Bytes) -> Drawn<H256> {
	Ok(H256(u.arbitrary()?))
}

fn desk(u: &mut Bytes) -> Drawn<Desk> {
	u.choose(&[Desk::Requests, Desk::Panels]).copied()
}

fn jobs(u: &mut Bytes) -> Drawn<Vec<(u64, H256)>> {
	(0..u.int_in_range(0..=3u8)?).map(|_| Ok((u.arbitrary()?, draw(u)?))).collect()
}

/// A node's answer.
pub fn answer(u: &mut Bytes) -> Drawn<Answer> {
	Ok(Answer { request: u.arbitrary()?, draw: draw(u)?, outcome: outcome(u)? })
}

/// What a worker is told.
pub fn task(u: &mut Bytes) -> Drawn<Task> {
	if u.ratio(1, 3)? {
		return Ok(Task::Serve(spec(u)?));
	}
	let id = JobId { desk: desk(u)?, number: u.arbitrary()? };
	let input = if u.arbitrary()? { Input::Inline(short(u)?) } else { Input::Stored(content(u)?) };
	let is_proved = u.arbitrary()?;
	Ok(Task::Run(Job { id, draw: draw(u)?, model: spec(u)?, input, is_proved }))
}

/// What a worker is asked.
pub fn query(u: &mut Bytes) -> Drawn<Query> {
	Ok(if u.ratio(1, 4)? { Query::Serving } else { Query::Answers(desk(u)?, jobs(u)?) })
}

/// What a worker says of its jobs.
pub fn progress(u: &mut Bytes) -> Drawn<Progress> {
	let ready = (0..u.int_in_range(0..=2u8)?).map(|_| {
		Ok(Ready {
			number: u.arbitrary()?,
			draw: draw(u)?,
			outcome: outcome(u)?,
			salt: u.arbitrary()?,
			proof: u.arbitrary::<Option<[u8; 3]>>()?.map(Vec::from),
		})
	});
	Ok(Progress {
		ready: ready.collect::<Drawn<_>>()?,
		unknown: jobs(u)?,
		finalised: u.arbitrary()?,
	})
}

/// What a worker can run.
pub fn serving(u: &mut Bytes) -> Drawn<Serving> {
	let loaded = (0..u.int_in_range(0..=5u8)?).map(|_| u.arbitrary()).collect::<Drawn<_>>()?;
	Ok(Serving { loaded, next: u.arbitrary()? })
}
