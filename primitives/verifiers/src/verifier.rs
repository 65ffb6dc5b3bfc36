//! The seam between proof systems and whoever wants claims checked.

use crate::{Accumulator, Cost, Engine, Randomiser, Scalar, Transcript};

/// A proof system whose checks end in a product of pairings over BN254 that must be one.
///
/// A key is checked once, when it is registered; whoever stores it stores its bytes. A verdict
/// depends on nothing but the key, the inputs and the proof. Proof bytes are not unique to a
/// statement: whatever must not happen twice has to be keyed on key and inputs.
pub trait Verifier {
	/// The arithmetic it runs on.
	type Engine: Engine;
	/// What a key has to go with to be sound.
	type Terms<'t>;
	/// A verification key that was found sound.
	type Key;
	/// Why a key is refused.
	type KeyError;
	/// A proof that is well-formed.
	type Proof;
	/// Why a proof or its public inputs are refused.
	type Rejection;
	/// What of a key its costs follow from.
	type Shape;
	/// A proof held against a key and public inputs.
	type Claim<'a>: Claim<'a, Self::Engine>;

	/// Decodes a key on the wire, and refuses keys under which false statements could be proved.
	fn validate_key(bytes: &[u8], terms: Self::Terms<'_>) -> Result<Self::Key, Self::KeyError>;

	/// Decodes a proof on the wire; each well-formed proof has one encoding.
	fn decode_proof(bytes: &[u8]) -> Result<Self::Proof, Self::Rejection>;

	/// The claim that `proof` shows the statement `inputs` under `key`; refused where that can be
	/// told without pairings.
	fn claim<'a>(
		key: &'a Self::Key,
		inputs: &'a [Scalar],
		proof: &'a Self::Proof,
	) -> Result<Self::Claim<'a>, Self::Rejection>;

	/// Whether `proof` shows the statement `inputs` under `key`.
	fn verify(
		key: &Self::Key,
		inputs: &[Scalar],
		proof: &Self::Proof,
	) -> Result<(), Self::Rejection>;

	/// What [`verify`](Self::verify) costs, with the decoding of key and proof.
	fn cost(shape: Self::Shape) -> Cost;

	/// What `proofs` proofs under one such key add to the cost of a [`Batch`](crate::Batch) in
	/// which all is well, with the decoding of key and proofs, but without the final
	/// exponentiation that the whole batch shares.
	fn batch_cost(shape: Self::Shape, proofs: usize) -> Cost;
}

/// What is to be believed, as pairing terms.
///
/// Borrows from key and proof for `'a`.
pub trait Claim<'a, E: Engine> {
	/// Absorbs everything the verdict depends on: system, key, inputs and proof.
	fn absorb(&self, transcript: &mut Transcript);

	/// Adds terms whose pairings have the product one if the claim holds, each times `weight`.
	fn accumulate(&self, weight: Randomiser, sum: &mut Accumulator<'a, E>);
}
