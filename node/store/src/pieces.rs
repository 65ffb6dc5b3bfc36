//! The pieces a kept file is checked by, and the tree over them whose root an order names.

use binary_merkle_tree::{merkle_proof_raw, merkle_root_raw, verify_proof};
use opg_primitives::pieces::PIECE;
use sp_core::H256;
use sp_crypto_hashing::blake2_256;
use sp_runtime::traits::BlakeTwo256;
use std::io::{self, Read, Seek, SeekFrom};

/// The hashes of a file's pieces: 32 bytes for each KiB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PieceTree {
	leaves: Vec<H256>,
}

impl PieceTree {
	/// Reads a file to its end.
	pub fn of(mut file: impl Read) -> io::Result<Self> {
		let mut leaves = Vec::new();
		let mut piece = Vec::with_capacity(PIECE as usize);
		loop {
			piece.clear();
			(&mut file).take(PIECE.into()).read_to_end(&mut piece)?;
			if piece.is_empty() {
				return Ok(Self { leaves });
			}
			leaves.push(H256(blake2_256(&piece)));
		}
	}

	/// How many pieces there are.
	pub fn count(&self) -> u32 {
		u32::try_from(self.leaves.len()).unwrap_or(u32::MAX)
	}

	/// The root an order names.
	pub fn root(&self) -> H256 {
		merkle_root_raw::<BlakeTwo256, _>(self.leaves.iter().copied())
	}

	/// The hashes beside the way from a piece to the root, from below; nothing for a piece there is not.
	pub fn path(&self, index: u32) -> Option<Vec<H256>> {
		(index < self.count())
			.then(|| merkle_proof_raw::<BlakeTwo256, _>(self.leaves.iter().copied(), index).proof)
	}
}

/// Whether a piece is the one at `index` of a file with this root and so many pieces, as the chain checks it.
pub fn is_piece(root: H256, count: u32, index: u32, piece: &[u8], path: Vec<H256>) -> bool {
	verify_proof::<BlakeTwo256, _, _>(&root, path, count, index, &piece)
}

/// Reads one piece of a file.
pub fn piece(mut file: impl Read + Seek, index: u32) -> io::Result<Vec<u8>> {
	let mut piece = Vec::with_capacity(PIECE as usize);
	file.seek(SeekFrom::Start(u64::from(index) * u64::from(PIECE)))?;
	file.take(PIECE.into()).read_to_end(&mut piece)?;
	Ok(piece)
}

#[cfg(test)]
mod tests {
	use super::{is_piece, piece, PieceTree};
	use std::io::Cursor;

	#[test]
	fn every_piece_of_files_of_any_size_leads_to_the_root() {
		for size in [1, 1_023, 1_024, 1_025, 3 * 1_024, 16 * 1_024, 17 * 1_024 + 5] {
			let bytes: Vec<u8> = (0..size).map(|index| (index % 251) as u8).collect();
			let tree = PieceTree::of(bytes.as_slice()).unwrap();
			assert_eq!(tree.count() as usize, bytes.len().div_ceil(1_024));
			for index in 0..tree.count() {
				let piece = piece(Cursor::new(&bytes), index).unwrap();
				let path = tree.path(index).unwrap();
				let (root, count) = (tree.root(), tree.count());
				assert!(is_piece(root, count, index, &piece, path.clone()));
				assert!(!is_piece(root, count, index, b"another", path));
			}
			assert_eq!(tree.path(tree.count()), None);
		}
	}

	#[test]
	fn an_empty_file_has_no_piece() {
		let tree = PieceTree::of(&b""[..]).unwrap();
		assert_eq!((tree.count(), tree.path(0)), (0, None));
		assert!(piece(Cursor::new(b"short"), 1).unwrap().is_empty());
	}
}
