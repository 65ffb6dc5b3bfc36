//! A model file's inputs and outputs, held against what the chain says of them.

use crate::job::PortFault;
use codec::{Decode, Encode};
use opg_primitives::{ModelSpec, Port};
use opg_tensor::{Dimension, ElementType};

/// What a model file declares.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct Signature {
	pub(crate) inputs: Vec<Declared>,
	pub(crate) outputs: Vec<Declared>,
}

/// One input or output of a model file.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct Declared {
	pub(crate) name: String,
	/// `Err` is ONNX Runtime's name of a type this network does not carry.
	pub(crate) element: Result<ElementType, String>,
	/// Outermost first; `None` is an axis of any length.
	pub(crate) shape: Vec<Option<u64>>,
}

impl Signature {
	/// Whether a model on the chain may be described so.
	///
	/// Order, names and element types must be the same. An axis the file leaves open may be fixed by the chain, never the
	/// other way round: inputs the chain lets through would fail in the engine.
	pub(crate) fn check(&self, spec: &ModelSpec) -> Result<(), PortFault> {
		check_side("inputs", "input", &self.inputs, &spec.inputs)?;
		check_side("outputs", "output", &self.outputs, &spec.outputs)
	}
}

fn check_side(
	sides: &'static str,
	side: &'static str,
	found: &[Declared],
	declared: &[Port],
) -> Result<(), PortFault> {
	if found.len() != declared.len() {
		return Err(PortFault::Count { side: sides, found: found.len(), declared: declared.len() });
	}
	for (index, (found, declared)) in found.iter().zip(declared).enumerate() {
		if found.name.as_bytes() != declared.name.as_slice() {
			return Err(PortFault::Name {
				side,
				index,
				found: found.name.clone(),
				declared: String::from_utf8_lossy(&declared.name).into_owned(),
			});
		}
		if found.element != Ok(declared.element) {
			let name = match &found.element {
				Ok(element) => element.to_string(),
				Err(name) => name.clone(),
			};
			return Err(PortFault::Element {
				side,
				index,
				found: name,
				declared: declared.element,
			});
		}
		if !fits(&found.shape, &declared.shape) {
			return Err(PortFault::Shape {
				side,
				index,
				found: shape_text(found.shape.iter().map(|length| {
					length.map_or_else(|| "?".to_owned(), |length| length.to_string())
				})),
				declared: shape_text(declared.shape.iter().map(ToString::to_string)),
			});
		}
	}
	Ok(())
}

fn fits(found: &[Option<u64>], declared: &[Dimension]) -> bool {
	found.len() == declared.len()
		&& found.iter().zip(declared).all(|(found, declared)| match (found, declared) {
			(None, _) => true,
			(Some(found), Dimension::Fixed(declared)) => *found == u64::from(*declared),
			(Some(_), Dimension::Any) => false,
		})
}

fn shape_text(axes: impl Iterator<Item = String>) -> String {
	format!("[{}]", axes.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
	use super::{Declared, Signature};
	use crate::job::PortFault;
	use opg_primitives::{ContentCodec, ContentId, ModelSpec, Port};
	use opg_tensor::{Dimension, ElementType, NumericProfile};

	fn spec(name: &str, element: ElementType, shape: &[Dimension]) -> ModelSpec {
		let port = Port {
			name: name.as_bytes().to_vec().try_into().unwrap(),
			element,
			shape: shape.to_vec().try_into().unwrap(),
		};
		ModelSpec {
			id: 0,
			content: ContentId { codec: ContentCodec::Raw, digest: [0; 32] },
			inputs: vec![port].try_into().unwrap(),
			outputs: Default::default(),
			profile: NumericProfile::Exact,
			circuit: None,
		}
	}

	fn file(shape: &[Option<u64>]) -> Signature {
		let element = Ok(ElementType::Float32);
		let input = Declared { name: "x".into(), element, shape: shape.to_vec() };
		Signature { inputs: vec![input], outputs: Vec::new() }
	}

	#[test]
	fn the_same_ports_fit() {
		let spec = spec("x", ElementType::Float32, &[Dimension::Any, Dimension::Fixed(4)]);
		assert_eq!(file(&[None, Some(4)]).check(&spec), Ok(()));
	}

	#[test]
	fn the_chain_may_fix_an_axis_the_file_leaves_open() {
		let spec = spec("x", ElementType::Float32, &[Dimension::Fixed(9), Dimension::Fixed(4)]);
		assert_eq!(file(&[None, Some(4)]).check(&spec), Ok(()));
	}

	#[test]
	fn the_chain_may_not_open_an_axis_the_file_fixes() {
		let spec = spec("x", ElementType::Float32, &[Dimension::Any]);
		let fault = file(&[Some(4)]).check(&spec).unwrap_err();
		assert_eq!(
			fault.to_string(),
			"input 0 is shaped [4] in the file, [?] in the chain's record"
		);
	}

	#[test]
	fn another_rank_name_type_or_number_is_a_fault() {
		let fixed = [Dimension::Fixed(4)];
		let check = |spec: ModelSpec| file(&[Some(4)]).check(&spec).unwrap_err();
		assert!(matches!(
			check(spec("x", ElementType::Float32, &[Dimension::Fixed(4), Dimension::Fixed(1)])),
			PortFault::Shape { .. }
		));
		assert!(matches!(check(spec("y", ElementType::Float32, &fixed)), PortFault::Name { .. }));
		assert!(matches!(check(spec("x", ElementType::Int8, &fixed)), PortFault::Element { .. }));
		let mut more = spec("x", ElementType::Float32, &fixed);
		more.outputs = more.inputs.clone();
		assert!(matches!(check(more), PortFault::Count { side: "outputs", .. }));
	}
}
