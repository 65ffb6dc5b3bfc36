//! Public inputs: elements of the scalar field of BN254, one big-endian word each.

use crate::{
	point::{from_word, to_word},
	InputError,
};
use alloc::vec::Vec;

/// An element of the scalar field: an integer below r, the order of the groups.
pub type Scalar = ark_bn254::Fr;

/// Most public inputs of a key: a 28 by 28 image and a few hundred outputs.
pub const MAX_INPUTS: usize = 1024;

/// The public inputs that `bytes` encode, 32 big-endian bytes each.
///
/// Refuses bytes that are not whole words, more than [`MAX_INPUTS`] words, and words that are
/// not below r: were `x + r` taken for `x`, a statement would have more than one encoding.
pub fn decode_inputs(bytes: &[u8]) -> Result<Vec<Scalar>, InputError> {
	let (words, rest) = bytes.as_chunks::<32>();
	if !rest.is_empty() {
		return Err(InputError::Length { got: bytes.len() });
	}
	if words.len() > MAX_INPUTS {
		return Err(InputError::TooMany { got: words.len(), limit: MAX_INPUTS });
	}
	let decoded = words.iter().enumerate();
	decoded.map(|(input, word)| from_word(word).ok_or(InputError::TooLarge { input })).collect()
}

/// The bytes that [`decode_inputs`] takes.
pub fn encode_inputs(inputs: &[Scalar]) -> Vec<u8> {
	inputs.iter().flat_map(to_word).collect()
}
