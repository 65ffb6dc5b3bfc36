//! Why a key, a proof or its public inputs are refused.

use core::fmt;

/// A point of a key or a proof, by the name the papers give it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PointName {
	/// The key's α, in G1.
	Alpha,
	/// The key's β, in G2.
	Beta,
	/// The key's γ, in G2.
	Gamma,
	/// The key's δ, in G2.
	Delta,
	/// The key's point for a public input, in G1: 0 for the constant, j for input j - 1.
	Ic(usize),
	/// The proof's A, in G1.
	A,
	/// The proof's B, in G2.
	B,
	/// The proof's C, in G1.
	C,
}

impl fmt::Display for PointName {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Alpha => f.write_str("alpha"),
			Self::Beta => f.write_str("beta"),
			Self::Gamma => f.write_str("gamma"),
			Self::Delta => f.write_str("delta"),
			Self::Ic(index) => write!(f, "IC[{index}]"),
			Self::A => f.write_str("A"),
			Self::B => f.write_str("B"),
			Self::C => f.write_str("C"),
		}
	}
}

/// What is wrong with the encoding of a point.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PointFault {
	/// A coordinate is not below the field's modulus q.
	CoordinateTooLarge,
	/// The coordinates, or the one given, are not of a point on the curve.
	OffCurve,
	/// The point is on the curve, but not in the subgroup of order r.
	OutsideSubgroup,
	/// The point is the identity, which this place does not allow.
	Identity,
	/// The flags of a compressed point contradict one another or the coordinate.
	Flags,
}

impl fmt::Display for PointFault {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(match self {
			Self::CoordinateTooLarge => {
				"has a coordinate that is not below the field modulus: never add a multiple of it"
			},
			Self::OffCurve => {
				"is not on the curve BN254: check the order of coordinates (imaginary part first \
				 on the wire, real part first in snarkjs JSON) and that no byte was lost"
			},
			Self::OutsideSubgroup => "is on the twist but outside the subgroup of order r",
			Self::Identity => "is the identity (all zero)",
			Self::Flags => "has compression flags that contradict one another or the coordinate",
		})
	}
}

impl core::error::Error for PointFault {}

/// Why a verification key may not be registered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum KeyError {
	/// Not as many bytes as a key for so many public inputs has.
	Length {
		/// Bytes given.
		got: usize,
		/// Bytes of a key for the declared number of inputs.
		expected: usize,
	},
	/// The count inside the key is not that of the declared public inputs.
	Count {
		/// Points for public inputs in the key, the constant's included.
		got: u64,
		/// Points for the declared number of inputs.
		expected: usize,
	},
	/// No public inputs: such a proof would be about nothing.
	NoInputs,
	/// More public inputs than [`MAX_INPUTS`](crate::MAX_INPUTS).
	TooManyInputs {
		/// Inputs declared.
		got: usize,
		/// Most inputs allowed.
		limit: usize,
	},
	/// One of the points is not sound.
	Point {
		/// Which point.
		point: PointName,
		/// What is wrong with it.
		fault: PointFault,
	},
	/// A public input has the identity as its point: proofs would hold for any value of it.
	UnboundInput {
		/// Which input, from 0.
		input: usize,
	},
	/// δ = ±γ: no contribution to phase 2 was made, and anyone can forge proofs for any inputs.
	NoPhaseTwo,
	/// Two points of G2 that must be unrelated are equal up to sign, so proofs can be forged.
	Related {
		/// One of them.
		left: PointName,
		/// The other.
		right: PointName,
	},
}

impl fmt::Display for KeyError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Length { got, expected } => write!(
				f,
				"the key has {got} bytes, but one for the declared public inputs has {expected}"
			),
			Self::Count { got, expected } => write!(
				f,
				"the key has {got} points for public inputs, but the declared inputs ask {expected}"
			),
			Self::NoInputs => {
				f.write_str("the key takes no public inputs, so its proofs would be about nothing")
			},
			Self::TooManyInputs { got, limit } => {
				write!(f, "the key takes {got} public inputs, but at most {limit} are allowed")
			},
			Self::Point { point, fault } => write!(f, "the key's {point} {fault}"),
			Self::UnboundInput { input } => write!(
				f,
				"the key does not bind public input {input}: use it in a constraint of the circuit"
			),
			Self::NoPhaseTwo => f.write_str(
				"the key's delta is gamma: it was exported before any contribution to phase 2 and \
				 anyone can forge its proofs; run `snarkjs zkey contribute` and export it again",
			),
			Self::Related { left, right } => write!(
				f,
				"the key's {left} and {right} are equal up to sign, so its proofs can be forged"
			),
		}
	}
}

impl core::error::Error for KeyError {}

/// Why public inputs are refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum InputError {
	/// The bytes are not whole words of 32.
	Length {
		/// Bytes given.
		got: usize,
	},
	/// More public inputs than [`MAX_INPUTS`](crate::MAX_INPUTS).
	TooMany {
		/// Inputs given.
		got: usize,
		/// Most inputs allowed.
		limit: usize,
	},
	/// Not as many as the key takes.
	Count {
		/// Inputs given.
		got: usize,
		/// Inputs the key takes.
		expected: usize,
	},
	/// An input is not below the group order r.
	TooLarge {
		/// Which input, from 0.
		input: usize,
	},
}

impl fmt::Display for InputError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Length { got } => {
				write!(f, "the public inputs are {got} bytes, not whole words of 32")
			},
			Self::TooMany { got, limit } => {
				write!(f, "{got} public inputs, but at most {limit} are allowed")
			},
			Self::Count { got, expected } => {
				write!(f, "{got} public inputs, but the key takes {expected}")
			},
			Self::TooLarge { input } => write!(
				f,
				"public input {input} is not below the group order: reduce it, so that it has one \
				 encoding"
			),
		}
	}
}

impl core::error::Error for InputError {}

/// Why bytes are not a proof.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ProofError {
	/// Not as many bytes as a proof has.
	Length {
		/// Bytes given.
		got: usize,
		/// Bytes of a proof.
		expected: usize,
	},
	/// A proof with commitments as gnark makes them, which plain Groth16 does not check.
	Commitments {
		/// How many commitments its length speaks of; 0 where only their frame is there.
		commitments: usize,
	},
	/// One of the points is not sound.
	Point {
		/// Which point.
		point: PointName,
		/// What is wrong with it.
		fault: PointFault,
	},
}

impl fmt::Display for ProofError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Length { got, expected } => {
				write!(f, "the proof has {got} bytes, but one has {expected}")
			},
			Self::Commitments { commitments: 0 } => f.write_str(
				"the proof is in gnark's own file format: give the first 256 bytes alone",
			),
			Self::Commitments { commitments } => write!(
				f,
				"the proof seems to carry {commitments} gnark commitments, which plain Groth16 \
				 does not check: build the circuit without `api.Commit` and its range checks"
			),
			Self::Point { point, fault } => write!(f, "the proof's {point} {fault}"),
		}
	}
}

impl core::error::Error for ProofError {}

/// Why a claim is not believed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Rejection {
	/// The public inputs are refused.
	Input(InputError),
	/// The bytes are not a proof.
	Proof(ProofError),
	/// Everything is well-formed, but the proof does not show this statement under this key.
	Unproven,
}

impl fmt::Display for Rejection {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Input(error) => error.fmt(f),
			Self::Proof(error) => error.fmt(f),
			Self::Unproven => f.write_str(
				"the proof does not hold for these public inputs under this key: check that both \
				 are of the circuit that was proved",
			),
		}
	}
}

impl core::error::Error for Rejection {}

impl From<InputError> for Rejection {
	fn from(error: InputError) -> Self {
		Self::Input(error)
	}
}

impl From<ProofError> for Rejection {
	fn from(error: ProofError) -> Self {
		Self::Proof(error)
	}
}
