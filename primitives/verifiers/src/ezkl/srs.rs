//! The structured reference string that keys must have been made for.

use super::{KeyError, PointName, SrsError, Word};
#[cfg(feature = "json")]
use crate::point::{g2_from_wire, g2_to_wire};
use crate::{
	point::{g1_from_wire, G1_BYTES, G2_BYTES},
	Engine, PointFault, Pure, G2,
};
use ark_bn254::G1Affine;
use blake2::{digest::consts::U32, Blake2b, Digest};

/// Bytes of what a verifier needs of a reference string.
pub const SRS_BYTES: usize = 320;

/// Where a key's artefact has the points of its reference string: words 14 to 23.
const IN_KEY: usize = 8 + 14 * 32;

/// What a verifier needs of a structured reference string: \[1\]₁, \[1\]₂ and −\[s\]₂.
///
/// On the wire `[1]₁(64) ‖ [1]₂(128) ‖ −[s]₂(128)`, as a key's artefact has them. Whoever knows s
/// can forge any proof (Kate, Zaverucha and Goldberg, Asiacrypt 2010, commit under an s that
/// nobody knows), so the string is pinned by whoever believes and never taken from a key.
#[derive(Clone, PartialEq, Debug)]
pub struct Srs<E: Engine = Pure> {
	pub(super) wire: [u8; SRS_BYTES],
	pub(super) g1: G1Affine,
	pub(super) g2: G2<E>,
	pub(super) neg_s_g2: G2<E>,
}

impl<E: Engine> Srs<E> {
	/// Decodes the points; refuses those that are not sound, and a secret of ±1.
	pub fn from_wire(wire: &[u8; SRS_BYTES]) -> Result<Self, SrsError> {
		let (g1, rest) = wire.split_first_chunk::<G1_BYTES>().ok_or(MISSING)?;
		let (g2, rest) = rest.split_first_chunk::<G2_BYTES>().ok_or(MISSING)?;
		let (neg_s_g2, _) = rest.split_first_chunk::<G2_BYTES>().ok_or(MISSING)?;
		let at = |point| move |fault| SrsError::Point { point, fault };
		// Equal and opposite points share x, the first half of the wire form.
		if g2.first_chunk::<{ G2_BYTES / 2 }>() == neg_s_g2.first_chunk() {
			return Err(SrsError::KnownSecret);
		}
		Ok(Self {
			wire: *wire,
			g1: g1_from_wire(g1).map_err(at(PointName::G1))?,
			g2: G2::from_wire(g2).map_err(at(PointName::G2))?,
			neg_s_g2: G2::from_wire(neg_s_g2).map_err(at(PointName::NegSG2))?,
		})
	}

	/// The points on the wire.
	pub fn wire(&self) -> &[u8; SRS_BYTES] {
		&self.wire
	}

	/// BLAKE2b-256 of the points on the wire.
	pub fn id(&self) -> [u8; 32] {
		Blake2b::<U32>::digest(self.wire).into()
	}

	/// Whether a point on the wire is the opposite of −\[s\]₂.
	#[cfg(feature = "json")]
	pub(super) fn is_opposite(&self, s_g2: &[u8; G2_BYTES]) -> bool {
		let opposite = g2_from_wire(s_g2).map(|point| g2_to_wire(&-point));
		opposite.as_ref() == Ok(self.neg_s_g2.wire())
	}

	/// Refuses a key with other points.
	pub(super) fn check(&self, words: &[Word]) -> Result<(), KeyError> {
		(words.as_flattened() == self.wire).then_some(()).ok_or(KeyError::ForeignSrs)
	}
}

/// What 320 bytes never lack.
const MISSING: SrsError = SrsError::Point { point: PointName::G1, fault: PointFault::Identity };

/// The points of the reference string that a key's artefact says it was made for, so that the
/// pinned one among several can be found; `None` where the artefact is too short to say.
pub fn srs_of_key(bytes: &[u8]) -> Option<&[u8; SRS_BYTES]> {
	bytes.get(IN_KEY..)?.first_chunk()
}
