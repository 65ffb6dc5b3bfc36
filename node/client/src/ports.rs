//! Ports and numeric profiles as people write them: `x:float32[?,64]`, `abs=1e-5,rel=1e-4`.

use crate::amount::{scaled, unscaled, NumberError};
use opg_primitives::Port;
use opg_tensor::{Dimension, ElementType, NumericProfile, MAX_RANK};

/// Decimals of a tolerance's unit.
const TOLERANCE_DECIMALS: u32 = 9;

/// What is allowed of two answers where a model has floats and its owner says nothing.
pub(crate) const DEFAULT_TOLERANCE: NumericProfile =
	NumericProfile::Tolerance { abs: 10_000, rel: 100_000 };

/// Why a text is no port or profile.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub(crate) enum SyntaxError {
	/// No name, element type and shape.
	#[error("`{0}` is not a port: write name:type[shape], such as x:float32[?,64] or n:int64")]
	Port(String),
	/// An element type the chain does not carry.
	#[error("`{got}` is no element type: use one of {}", element_names())]
	Element {
		/// What was given.
		got: String,
	},
	/// A length that is neither a positive number nor `?`.
	#[error("`{0}` is no dimension: use a number from 1, or ? for any length")]
	Dimension(String),
	/// More than a port can hold.
	#[error("the port `{0}` has too long a name or more than {MAX_RANK} dimensions")]
	TooLong(String),
	/// Not `abs=…,rel=…`.
	#[error("`{0}` is no tolerance: write abs=1e-5,rel=1e-4, either part may be left out")]
	Tolerance(String),
	/// A part of a tolerance that is no number.
	#[error(transparent)]
	Number(#[from] NumberError),
}

fn element_names() -> String {
	ElementType::ALL.map(ElementType::name).join(", ")
}

/// A port from its parts, as the chain holds it.
pub(crate) fn port(
	name: &str,
	element: ElementType,
	shape: Vec<Dimension>,
) -> Result<Port, SyntaxError> {
	let too_long = || SyntaxError::TooLong(name.into());
	Ok(Port {
		name: name.as_bytes().to_vec().try_into().map_err(|_| too_long())?,
		element,
		shape: shape.try_into().map_err(|_| too_long())?,
	})
}

/// Reads `name:type[shape]`; a scalar has no brackets. The name may hold colons.
pub(crate) fn read_port(text: &str) -> Result<Port, SyntaxError> {
	let malformed = || SyntaxError::Port(text.into());
	let (head, shape) = match text.strip_suffix(']') {
		Some(open) => open.rsplit_once('[').ok_or_else(malformed)?,
		None => (text, ""),
	};
	let (name, element) = head.rsplit_once(':').ok_or_else(malformed)?;
	if name.is_empty() || element.contains(['[', ']']) {
		return Err(malformed());
	}
	let element =
		element.trim().parse().map_err(|_| SyntaxError::Element { got: element.trim().into() })?;
	let lengths = shape.split(',').map(str::trim).filter(|_| !shape.trim().is_empty());
	port(name, element, lengths.map(read_dimension).collect::<Result<_, _>>()?)
}

fn read_dimension(text: &str) -> Result<Dimension, SyntaxError> {
	match text {
		"?" => Ok(Dimension::Any),
		length => match length.parse() {
			Ok(length) if length > 0 => Ok(Dimension::Fixed(length)),
			_ => Err(SyntaxError::Dimension(text.into())),
		},
	}
}

/// Reads `abs=…,rel=…`.
pub(crate) fn read_tolerance(text: &str) -> Result<NumericProfile, SyntaxError> {
	let malformed = || SyntaxError::Tolerance(text.into());
	let (mut abs, mut rel) = (None, None);
	for part in text.split(',') {
		let (name, value) = part.split_once('=').ok_or_else(malformed)?;
		let value = scaled(value.trim(), TOLERANCE_DECIMALS)?;
		let value = u64::try_from(value).map_err(|_| NumberError::TooLarge(text.into()))?;
		let earlier = match name.trim() {
			"abs" => abs.replace(value),
			"rel" => rel.replace(value),
			_ => return Err(malformed()),
		};
		if earlier.is_some() {
			return Err(malformed());
		}
	}
	Ok(NumericProfile::Tolerance { abs: abs.unwrap_or(0), rel: rel.unwrap_or(0) })
}

/// What suits `outputs`: the same bytes where no number is a float.
pub(crate) fn default_profile(outputs: &[Port]) -> NumericProfile {
	if outputs.iter().any(|port| port.element.is_float()) {
		DEFAULT_TOLERANCE
	} else {
		NumericProfile::Exact
	}
}

/// The port's name as text.
pub(crate) fn port_name(port: &Port) -> String {
	String::from_utf8_lossy(&port.name).into_owned()
}

/// The port as [`read_port`] takes it.
pub(crate) fn show_port(port: &Port) -> String {
	let lengths: Vec<_> = port.shape.iter().map(Dimension::to_string).collect();
	format!("{}:{}[{}]", port_name(port), port.element, lengths.join(","))
}

/// All ports, one after the other.
pub(crate) fn show_ports(ports: &[Port]) -> String {
	ports.iter().map(show_port).collect::<Vec<_>>().join(", ")
}

/// The profile as text.
pub(crate) fn show_profile(profile: NumericProfile) -> String {
	match profile {
		NumericProfile::Exact => "exact".into(),
		NumericProfile::Tolerance { abs, rel } => format!(
			"abs={},rel={}",
			unscaled(abs.into(), TOLERANCE_DECIMALS),
			unscaled(rel.into(), TOLERANCE_DECIMALS)
		),
	}
}

#[cfg(test)]
mod tests {
	use super::{default_profile, read_port, read_tolerance, show_port, show_profile, SyntaxError};
	use opg_tensor::{Dimension, ElementType, NumericProfile};

	#[test]
	fn a_port_has_a_name_a_type_and_a_shape() {
		let port = read_port("x:float32[?,64]").unwrap();
		assert_eq!(port.name.as_slice(), b"x");
		assert_eq!(port.element, ElementType::Float32);
		assert_eq!(port.shape.as_slice(), [Dimension::Any, Dimension::Fixed(64)]);
	}

	#[test]
	fn a_scalar_has_no_shape() {
		assert!(read_port("n:int64").unwrap().shape.is_empty());
		assert_eq!(read_port("n:int64[]"), read_port("n:int64"));
	}

	#[test]
	fn a_name_may_hold_colons_and_brackets() {
		let port = read_port("serving/input[0]:0:uint8[ 1 , ? ]").unwrap();
		assert_eq!(port.name.as_slice(), b"serving/input[0]:0");
		assert_eq!(show_port(&port), "serving/input[0]:0:uint8[1,?]");
	}

	#[test]
	fn what_is_no_port_is_refused_with_the_reason() {
		let error = |text| read_port(text).unwrap_err();
		assert!(matches!(error("x"), SyntaxError::Port(_)));
		assert!(matches!(error(":float32"), SyntaxError::Port(_)));
		assert!(matches!(error("x:float32]"), SyntaxError::Port(_)));
		assert!(matches!(error("x:float31[1]"), SyntaxError::Element { .. }));
		assert!(matches!(error("x:int8[1,-2]"), SyntaxError::Dimension(_)));
		assert!(matches!(error("x:int8[1,]"), SyntaxError::Dimension(_)));
		assert!(matches!(error("x:int8[0]"), SyntaxError::Dimension(_)));
		assert!(matches!(error("x:int8[1,1,1,1,1,1,1,1,1]"), SyntaxError::TooLong(_)));
		assert!(error("x:float31[1]").to_string().contains("bfloat16"));
	}

	#[test]
	fn a_tolerance_counts_in_billionths() {
		let tolerance = |abs, rel| Ok(NumericProfile::Tolerance { abs, rel });
		assert_eq!(read_tolerance("abs=1e-5,rel=1e-4"), tolerance(10_000, 100_000));
		assert_eq!(read_tolerance("rel=0.001"), tolerance(0, 1_000_000));
		assert!(read_tolerance("abs=1e-10").is_err());
		assert!(read_tolerance("abs=1,abs=2").is_err());
		assert!(read_tolerance("1e-5").is_err());
		assert_eq!(
			show_profile(read_tolerance("abs=1e-5,rel=1e-4").unwrap()),
			"abs=0.00001,rel=0.0001"
		);
	}

	#[test]
	fn only_floats_need_a_tolerance() {
		let ports = |text: &str| [read_port(text).unwrap()];
		assert_eq!(default_profile(&ports("label:int64[1]")), NumericProfile::Exact);
		assert_ne!(default_profile(&ports("p:float16[1]")), NumericProfile::Exact);
	}
}
