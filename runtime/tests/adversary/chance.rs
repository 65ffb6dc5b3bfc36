//! Chance that can be repeated: numbers that follow from a seed.

use codec::Encode;
use sp_io::hashing::blake2_256;

/// A source of numbers; two of one seed give the same.
#[derive(Clone, Debug)]
pub(crate) struct Chance {
	seed: [u8; 32],
	turn: u64,
}

impl Chance {
	pub(crate) fn of(seed: impl Encode) -> Self {
		Self { seed: seed.using_encoded(blake2_256), turn: 0 }
	}

	/// A number below `bound`; the bias is below `bound` in 2⁶⁴.
	pub(crate) fn below(&mut self, bound: u64) -> u64 {
		let hash = self.bytes();
		u64::from_le_bytes(hash[..8].try_into().expect("32 bytes; qed")) % bound
	}

	/// True in `permille` of a thousand cases.
	pub(crate) fn hits(&mut self, permille: u64) -> bool {
		self.below(1_000) < permille
	}

	pub(crate) fn bytes(&mut self) -> [u8; 32] {
		self.turn += 1;
		blake2_256(&(self.seed, self.turn).encode())
	}

	/// One of `all`.
	pub(crate) fn one_of<Item: Copy>(&mut self, all: &[Item]) -> Item {
		all[self.below(all.len() as u64) as usize]
	}

	/// `count` different ones of `all`.
	pub(crate) fn some_of<Item: Copy>(&mut self, all: &[Item], count: usize) -> Vec<Item> {
		let mut left = all.to_vec();
		(0..count.min(all.len()))
			.map(|_| left.swap_remove(self.below(left.len() as u64) as usize))
			.collect()
	}
}
