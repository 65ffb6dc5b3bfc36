//! Weights of the calls and hooks: upper bounds, counted by hand from operations that were measured one by one.

use crate::MAX_REFERENCE_STRINGS;
use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};
use opg_verifiers::Cost;

/// What each call and each step of a verification weighs.
pub trait WeightInfo {
	/// Of `register_key` for a key of `inputs` public inputs.
	fn register_key(inputs: u32) -> Weight;
	/// Of `register_key` for a key of EZKL of so many words.
	fn register_program(words: u32) -> Weight;
	/// Of `remove_key`.
	fn remove_key() -> Weight;
	/// Of `approve_key`.
	fn approve_key() -> Weight;
	/// Of `revoke_key`.
	fn revoke_key() -> Weight;
	/// Of `add_reference_string`.
	fn add_reference_string() -> Weight;
	/// Of `remove_reference_string`.
	fn remove_reference_string() -> Weight;
	/// Of looking at `claims` proofs with together `inputs` public inputs, without the arithmetic on the curve.
	fn read_claims(claims: u32, inputs: u32) -> Weight;
	/// Of reading `keys` keys with together `inputs` public inputs, without the arithmetic on G2.
	fn read_keys(keys: u32, inputs: u32) -> Weight;
	/// Of looking up what belongs to `keys` keys of EZKL, and their reference strings.
	fn read_programs(keys: u32) -> Weight;
	/// Of arithmetic on the curve, and of what the runtime computes of proofs of EZKL.
	fn arithmetic(cost: &Cost) -> Weight;
	/// Of storing a verified statement, of its part of the block's root, and of saying so.
	fn store() -> Weight;
	/// Of a block's root before its first statement.
	fn aggregate() -> Weight;
	/// Of looking for expired statements in one block.
	fn prune_block() -> Weight;
	/// Of forgetting one statement.
	fn prune() -> Weight;
}

/// Prices in picoseconds of what an engine does.
pub trait Prices {
	/// Of a point of G2 decoded, tested for the subgroup and prepared.
	const PREPARATION: u64;
	/// Of a pair in a Miller loop, with the beginning of the sum in G1 that it is paired with.
	const LOOP: u64;
	/// Of a final exponentiation, with the normalising of all sums.
	const EXPONENTIATION: u64;
	/// Of a term with a scalar of 254 bits in a sum.
	const TERM: u64;
	/// Of a point of G1 times a randomiser.
	const RANDOM_TERM: u64;
	/// Of a point of G1 decoded and found on the curve.
	const POINT: u64;
	/// Of a public input decoded, hashed and weighed.
	const INPUT: u64;
	/// Of a multiplication in the scalar field, with its part in running a key's program.
	const OPERATION: u64;
	/// Of a word of 32 bytes of a key or a proof of EZKL, decoded and hashed.
	const WORD: u64;
}

/// The node's machine code, through host functions.
pub struct HostPrices;

impl Prices for HostPrices {
	const PREPARATION: u64 = 250_000_000;
	const LOOP: u64 = 350_000_000;
	const EXPONENTIATION: u64 = 700_000_000;
	const TERM: u64 = 35_000_000;
	const RANDOM_TERM: u64 = 60_000_000;
	const POINT: u64 = 6_000_000;
	const INPUT: u64 = 6_000_000;
	const OPERATION: u64 = 100_000;
	const WORD: u64 = 1_500_000;
}

/// The runtime's own Wasm.
pub struct WasmPrices;

impl Prices for WasmPrices {
	const PREPARATION: u64 = 1_000_000_000;
	const LOOP: u64 = 1_000_000_000;
	const EXPONENTIATION: u64 = 2_500_000_000;
	const TERM: u64 = 240_000_000;
	const RANDOM_TERM: u64 = 240_000_000;
	const POINT: u64 = 6_000_000;
	const INPUT: u64 = 6_000_000;
	const OPERATION: u64 = 100_000;
	const WORD: u64 = 1_500_000;
}

const RECORD_BYTES: u64 = 500;

fn upper_bound<T: frame_system::Config>(micros: u64, reads: u64, writes: u64) -> Weight {
	Weight::from_parts(micros.saturating_mul(1_000_000), RECORD_BYTES)
		.saturating_add(T::DbWeight::get().reads_writes(reads, writes))
}

fn priced(price: u64, count: u32) -> Weight {
	Weight::from_parts(price.saturating_mul(count.into()), 0)
}

/// Upper bounds at an engine's prices.
pub struct UpperBounds<T, P>(PhantomData<(T, P)>);

impl<T: frame_system::Config, P: Prices> WeightInfo for UpperBounds<T, P> {
	fn register_key(inputs: u32) -> Weight {
		// The record, the bytes, the owner's account and hold.
		upper_bound::<T>(150, 4, 4)
			.saturating_add(priced(P::PREPARATION, 3))
			.saturating_add(priced(P::POINT, inputs.saturating_add(2)))
	}

	fn register_program(words: u32) -> Weight {
		// The record, the bytes, the program, the reference string, the owner's account and hold.
		upper_bound::<T>(200, 6, 5)
			.saturating_add(priced(P::PREPARATION, 2))
			// At most every second word is a coordinate.
			.saturating_add(priced(P::POINT, words.div_ceil(2)))
			.saturating_add(priced(P::WORD, words))
	}

	fn remove_key() -> Weight {
		upper_bound::<T>(100, 3, 5)
	}

	fn approve_key() -> Weight {
		upper_bound::<T>(50, 1, 1)
	}

	fn revoke_key() -> Weight {
		upper_bound::<T>(50, 1, 1)
	}

	fn add_reference_string() -> Weight {
		upper_bound::<T>(100, u64::from(MAX_REFERENCE_STRINGS).saturating_add(1), 1)
			.saturating_add(priced(P::PREPARATION, 2))
			.saturating_add(priced(P::POINT, 1))
	}

	fn remove_reference_string() -> Weight {
		upper_bound::<T>(50, 1, 1)
	}

	fn read_claims(claims: u32, inputs: u32) -> Weight {
		// The block's list and the genesis hash, then each statement.
		upper_bound::<T>(50, 2, 0)
			.saturating_add(upper_bound::<T>(20, 1, 0).saturating_mul(claims.into()))
			.saturating_add(priced(P::POINT, claims.saturating_mul(2)))
			.saturating_add(priced(P::INPUT, inputs))
	}

	fn read_keys(keys: u32, inputs: u32) -> Weight {
		let points = inputs.saturating_add(keys.saturating_mul(2));
		upper_bound::<T>(20, 2, 0)
			.saturating_mul(keys.into())
			.saturating_add(priced(P::POINT, points))
	}

	fn read_programs(keys: u32) -> Weight {
		// Once before the call for its weight.
		upper_bound::<T>(20, 3, 0).saturating_mul(keys.into())
	}

	fn arithmetic(cost: &Cost) -> Weight {
		priced(P::PREPARATION, cost.preparations)
			.saturating_add(priced(P::LOOP, cost.loops))
			.saturating_add(priced(P::EXPONENTIATION, cost.exponentiations))
			.saturating_add(priced(P::TERM, cost.terms))
			.saturating_add(priced(P::RANDOM_TERM, cost.random_terms))
			.saturating_add(priced(P::POINT, cost.points))
			.saturating_add(priced(P::OPERATION, cost.operations))
			.saturating_add(priced(P::WORD, cost.words))
	}

	fn store() -> Weight {
		upper_bound::<T>(30, 0, 2)
	}

	fn aggregate() -> Weight {
		upper_bound::<T>(20, 1, 1)
	}

	fn prune_block() -> Weight {
		upper_bound::<T>(20, 2, 3)
	}

	fn prune() -> Weight {
		upper_bound::<T>(5, 0, 1)
	}
}
