//! Pieces of a file that is kept for pay: how it is cut, and which piece a check asks for.

use codec::Encode;
use sp_core::H256;
use sp_crypto_hashing::blake2_256;

/// Bytes of a piece; the last of a file may have fewer.
pub const PIECE: u32 = 1_024;

/// How many pieces a file of `size` bytes has, up to the most there can be.
pub const fn count(size: u64) -> u32 {
	let count = size.div_ceil(PIECE as u64);
	if count > u32::MAX as u64 {
		u32::MAX
	} else {
		count as u32
	}
}

/// The piece that a check with this seed asks of a slot of an order with so many pieces; nothing of an empty file.
///
/// Nobody can know it before the seed, nor from what another slot is asked.
pub fn asked(seed: H256, order: u64, slot: u8, count: u32) -> Option<u32> {
	let hash = blake2_256(&(seed, order, slot).encode());
	let word = hash.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))?;
	word.checked_rem(count.into()).map(|index| index as u32)
}
