//! EZKL 23.0.5 over BN254: circuits of halo2 with logUp lookups, as EVM contracts verify them.
//!
//! A circuit constrains columns of field elements by polynomial identities on every row: custom
//! gates, a permutation argument for copies (PLONK, Gabizon, Williamson and Ciobotaru, eprint
//! 2019/953; the halo2 book describes this form of it) and lookups by logarithmic derivatives
//! (Haböck, eprint 2022/1530). Columns are committed to by KZG (Kate, Zaverucha and Goldberg,
//! Asiacrypt 2010) and opened by SHPLONK (Boneh, Drake, Fisch and Gabizon, eprint 2020/081), and
//! what the verifier would draw by chance is Keccak-256 of all that came before.
//!
//! A proof holds if the values that it claims for all columns at a point x satisfy the folded
//! identities, and one sum of its commitments F and its last point W′ have
//! `e(F, [1]₂) · e(W′, −[s]₂) = 1`. All proofs for one reference string, whatever their keys,
//! share these two pairings in a [`Batch`](crate::Batch), and each key's commitments count once.
//!
//! What a verdict does not say:
//! * A key names no model. Anyone can make the key of a circuit that is always satisfied, so whoever
//!   relies on a proof has to know the key's [id](VerifyingKey::id), or rebuild the key.
//! * Whoever knows the secret of a reference string can prove anything under it. It is therefore
//!   given by the caller ([`Srs`]), and a key that was made for another one is refused.
//! * Public inputs are the circuit's, in its own order: hashes of inputs or parameters that are
//!   `hashed`, then public inputs, then outputs, as fixed point numbers.
//! * Parameters that are `private` may be any; those that are `polycommit` are what the proof's
//!   [first commitment](Proof::commitment) commits to, and the caller has to compare that.

mod claim;
mod domain;
mod error;
mod header;
#[cfg(feature = "insecure-srs")]
pub mod insecure;
mod interpolation;
#[cfg(feature = "json")]
pub mod json;
mod key;
mod layout;
mod opening;
mod program;
mod proof;
mod query;
mod quotient;
mod section;
mod shape;
mod srs;
mod transcript;
mod words;

#[cfg(test)]
#[allow(
	clippy::unwrap_used,
	clippy::expect_used,
	clippy::panic,
	clippy::indexing_slicing,
	clippy::arithmetic_side_effects
)]
mod tests;

pub use claim::EzklClaim;
pub use error::{
	Fault, Feature, Field, KeyError, Part, PointName, ProofError, Rejection, SrsError,
};
pub use key::VerifyingKey;
pub use proof::Proof;
pub use shape::{Shape, SRS_COST};
pub use srs::{srs_of_key, Srs, SRS_BYTES};

use crate::{Cost, Engine, Pure, Scalar, Verifier};
use core::marker::PhantomData;
use words::Word;

/// Most bytes of a key's artefact; those of ordinary models have 5 000 to 7 500.
pub const MAX_KEY_BYTES: usize = 8 + 32 * 1024;
/// Most commitments of a proof.
const MAX_COMMITMENTS: usize = 128;
/// Most evaluations of a proof.
const MAX_EVALUATIONS: usize = 256;
/// Most bytes of a proof; those of ordinary models have 3 000 to 4 000.
pub const MAX_PROOF_BYTES: usize = 64 * MAX_COMMITMENTS + 32 * MAX_EVALUATIONS + 128;

const SYSTEM: &[u8] = b"ezkl23/bn254";

/// EZKL 23.0.5 over BN254, on an engine.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ezkl<E = Pure>(PhantomData<E>);

impl<E: Engine> Verifier for Ezkl<E> {
	type Engine = E;
	type Terms<'t> = &'t Srs<E>;
	type Key = VerifyingKey<E>;
	type KeyError = KeyError;
	type Proof = Proof;
	type Rejection = Rejection;
	type Shape = Shape;
	type Claim<'a> = EzklClaim<'a, E>;

	fn validate_key(bytes: &[u8], srs: &Srs<E>) -> Result<VerifyingKey<E>, KeyError> {
		VerifyingKey::from_bytes(bytes, srs)
	}

	fn decode_proof(bytes: &[u8]) -> Result<Proof, Rejection> {
		Ok(Proof::from_wire(bytes)?)
	}

	fn claim<'a>(
		key: &'a VerifyingKey<E>,
		inputs: &'a [Scalar],
		proof: &'a Proof,
	) -> Result<EzklClaim<'a, E>, Rejection> {
		EzklClaim::new(key, inputs, proof)
	}

	fn verify(key: &VerifyingKey<E>, inputs: &[Scalar], proof: &Proof) -> Result<(), Rejection> {
		Self::claim(key, inputs, proof)?.holds().then_some(()).ok_or(Rejection::Unproven)
	}

	fn cost(shape: Shape) -> Cost {
		Cost { exponentiations: 1, ..shape.batch_cost(1) }
	}

	fn batch_cost(shape: Shape, proofs: usize) -> Cost {
		shape.batch_cost(proofs)
	}
}
