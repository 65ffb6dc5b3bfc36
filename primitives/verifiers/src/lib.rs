//! Pure checks of zero-knowledge proofs over BN254: (key, public inputs, proof) to verdict.
//!
//! A proof system implements [`Verifier`]: [`groth16::Groth16`] and [`ezkl::Ezkl`]. Its claims can
//! be checked one at a time or, whatever their keys and systems, together in one [`Batch`]: one loop
//! over all pairings and one final exponentiation, by a random linear combination.
//!
//! The chain and whoever proves for it run these same functions, so that what is proved and what
//! is believed cannot differ. They are total and deterministic: no bytes make them panic.
//!
//! On the wire everything is big-endian 32-byte words in the order of the EVM's precompiles
//! (EIP-197): coordinates below q, scalars below r, G1 as `x ‖ y`, G2 as
//! `x.c1 ‖ x.c0 ‖ y.c1 ‖ y.c0`. Each value has one encoding and any other is refused.
//!
//! With the feature `json`, `groth16::json` reads what snarkjs writes, and `ezkl::json` what EZKL
//! writes.

#![cfg_attr(not(any(feature = "std", test)), no_std)]
#![deny(
	clippy::unwrap_used,
	clippy::expect_used,
	clippy::panic,
	clippy::indexing_slicing,
	clippy::arithmetic_side_effects,
	clippy::float_arithmetic,
	missing_docs
)]

extern crate alloc;

mod accumulator;
mod batch;
mod cost;
mod engine;
mod error;
pub mod exchange;
pub mod ezkl;
pub mod groth16;
mod input;
mod lines;
mod point;
mod randomiser;
mod verifier;

#[cfg(test)]
#[allow(
	clippy::unwrap_used,
	clippy::expect_used,
	clippy::panic,
	clippy::indexing_slicing,
	clippy::arithmetic_side_effects,
	clippy::float_arithmetic
)]
mod tests;

pub use accumulator::{Accumulator, G2};
pub use batch::{Batch, Outcome, Verdict};
pub use cost::Cost;
pub use engine::{Engine, Gt, Pure};
pub use error::{InputError, KeyError, PointFault, PointName, ProofError, Rejection};
pub use input::{decode_inputs, encode_inputs, Scalar, MAX_INPUTS};
pub use lines::Lines;
pub use randomiser::{Randomiser, Transcript};
pub use verifier::{Claim, Verifier};
