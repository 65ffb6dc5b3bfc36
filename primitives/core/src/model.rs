//! Models as every part of the chain sees them: an id, typed ports, and what may make an answer believable.

use crate::{Circuit, ContentId};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use opg_tensor::{
	Dimension, ElementType, NumericProfile, Tensor, TensorError, MAX_RANK, MAX_TENSORS,
};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_runtime::{traits::ConstU32, BoundedVec};

/// A published model's number, counted from 0.
pub type ModelId = u32;

/// Bytes in a port's name.
pub type MaxPortName = ConstU32<64>;
/// Axes of a port's shape.
pub type MaxAxes = ConstU32<{ MAX_RANK as u32 }>;
/// Inputs, or outputs, of a model.
pub type MaxPorts = ConstU32<{ MAX_TENSORS as u32 }>;

/// One typed input or output of a model, in the order the model file declares them.
#[derive(
	Clone,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub struct Port {
	/// The name in the model file, UTF-8.
	pub name: BoundedVec<u8, MaxPortName>,
	/// What its elements are.
	pub element: ElementType,
	/// Its shape, outermost axis first; empty for a scalar.
	pub shape: BoundedVec<Dimension, MaxAxes>,
}

/// Inputs or outputs of a model.
pub type Ports = BoundedVec<Port, MaxPorts>;

/// Why bytes are not what ports declare.
pub type PortMismatch = TensorError;

/// Decodes `bytes` and checks them against `ports`: count, element types and shapes.
pub fn read_tensors(
	ports: &[Port],
	bytes: &[u8],
	max_bytes: usize,
) -> Result<Vec<Tensor>, PortMismatch> {
	let tensors = opg_tensor::decode(bytes, max_bytes)?;
	opg_tensor::check(&tensors, ports.iter().map(|port| (port.element, port.shape.as_slice())))?;
	Ok(tensors)
}

/// The kinds of trust a model may be asked under, without their parameters.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub enum TrustKind {
	/// One bonded node answers; answers drawn by chance are run again.
	#[codec(index = 0)]
	Attested,
	/// Several nodes answer and enough of them agree.
	#[codec(index = 1)]
	Quorum,
	/// One node answers with a proof that the chain checks.
	#[codec(index = 2)]
	Proved,
}

/// What a worker has to know of a model to run it.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct ModelSpec {
	/// The model's number.
	pub id: ModelId,
	/// The model file.
	pub content: ContentId,
	/// What it takes.
	pub inputs: Ports,
	/// What it gives.
	pub outputs: Ports,
	/// How two answers are compared.
	pub profile: NumericProfile,
	/// How its answers are proved, if they can be.
	pub circuit: Option<Circuit>,
}
