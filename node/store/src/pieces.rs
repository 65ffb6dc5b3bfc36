//! The pieces a kept file is checked by, and the tree over them whose root an order names.

use binary_merkle_tree::verify_proof;
use opg_primitives::pieces::PIECE;
use sp_core::H256;
use sp_crypto_hashing::blake2_256;
use sp_runtime::traits::BlakeTwo256;
use std::{
	fs::File,
	io::{self, Read, Seek, SeekFrom, Write},
};

/// Bytes of a hash.
const HASH: u64 = 32;

/// The hashes of a file's pieces and of the tree over them: 64 bytes for each KiB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PieceTree {
	/// Level by level, the pieces' hashes first; the last of an odd level stands in the next one as it is.
	levels: Vec<Vec<H256>>,
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
				return Ok(Self::over(leaves));
			}
			leaves.push(H256(blake2_256(&piece)));
		}
	}

	fn over(leaves: Vec<H256>) -> Self {
		let mut levels = vec![leaves];
		while let Some(level) = levels.last().filter(|level| level.len() > 1) {
			let joined = level.chunks(2).map(|pair| match pair {
				[left, right] => H256(blake2_256(&[left.0, right.0].concat())),
				alone => alone.first().copied().unwrap_or_default(),
			});
			let next = joined.collect();
			levels.push(next);
		}
		Self { levels }
	}

	/// How many pieces there are.
	pub fn count(&self) -> u32 {
		self.levels.first().map_or(0, |leaves| u32::try_from(leaves.len()).unwrap_or(u32::MAX))
	}

	/// The root an order names.
	pub fn root(&self) -> H256 {
		self.levels.last().and_then(|level| level.first()).copied().unwrap_or_default()
	}

	/// The hashes beside the way from a piece to the root, from below; nothing for a piece there is not.
	pub fn path(&self, index: u32) -> Option<Vec<H256>> {
		let places = beside(self.count(), index)?;
		places.map(|(level, place)| self.levels.get(level)?.get(place as usize).copied()).collect()
	}

	/// Writes the tree as [`StoredTree`] reads it.
	pub(crate) fn write(&self, mut into: impl Write) -> io::Result<()> {
		self.levels.iter().flatten().try_for_each(|hash| into.write_all(&hash.0))
	}
}

/// Widths of the levels over so many pieces, the pieces' own first.
fn widths(count: u32) -> impl Iterator<Item = u32> {
	let next = |width: &u32| (*width > 1).then(|| width.div_ceil(2));
	std::iter::successors((count > 0).then_some(count), next)
}

/// Where the hashes beside a piece's way to the root stand, as level and place.
fn beside(count: u32, index: u32) -> Option<impl Iterator<Item = (usize, u32)>> {
	let beside = move |(level, width): (usize, u32)| {
		let place = index.checked_shr(u32::try_from(level).ok()?)? ^ 1;
		(place < width).then_some((level, place))
	};
	(index < count).then(|| widths(count).enumerate().filter_map(beside))
}

/// A tree on disk, of which only what is asked for is read.
#[derive(Debug)]
pub struct StoredTree {
	file: File,
	count: u32,
}

impl StoredTree {
	/// The tree in `file`, over so many pieces; nothing if it has not as many hashes as that takes.
	pub(crate) fn open(file: File, count: u32) -> io::Result<Option<Self>> {
		let hashes: u64 = widths(count).map(u64::from).sum();
		let is_whole = file.metadata()?.len() == hashes.saturating_mul(HASH);
		Ok(is_whole.then_some(Self { file, count }))
	}

	/// As of [`PieceTree::root`].
	pub fn root(&self) -> io::Result<H256> {
		match widths(self.count).count() {
			0 => Ok(H256::default()),
			levels => self.hash(levels - 1, 0),
		}
	}

	/// As of [`PieceTree::path`].
	pub fn path(&self, index: u32) -> io::Result<Option<Vec<H256>>> {
		let Some(places) = beside(self.count, index) else { return Ok(None) };
		places.map(|(level, place)| self.hash(level, place)).collect::<io::Result<_>>().map(Some)
	}

	/// Whether these are the bytes of the piece at `index`.
	pub fn holds(&self, index: u32, piece: &[u8]) -> io::Result<bool> {
		Ok(index < self.count && self.hash(0, index)? == H256(blake2_256(piece)))
	}

	fn hash(&self, level: usize, place: u32) -> io::Result<H256> {
		let below: u64 = widths(self.count).take(level).map(u64::from).sum();
		let mut hash = H256::default();
		let mut file = &self.file;
		file.seek(SeekFrom::Start(below.saturating_add(place.into()).saturating_mul(HASH)))?;
		file.read_exact(&mut hash.0)?;
		Ok(hash)
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
	use super::{is_piece, piece, PieceTree, StoredTree};
	use binary_merkle_tree::merkle_root;
	use sp_runtime::traits::BlakeTwo256;
	use std::io::Cursor;

	#[test]
	fn every_piece_of_files_of_any_size_leads_to_the_root() {
		for size in [1, 1_023, 1_024, 1_025, 3 * 1_024, 16 * 1_024, 17 * 1_024 + 5] {
			let bytes: Vec<u8> = (0..size).map(|index| (index % 251) as u8).collect();
			let tree = PieceTree::of(bytes.as_slice()).unwrap();
			assert_eq!(tree.count() as usize, bytes.len().div_ceil(1_024));
			assert_eq!(tree.root(), merkle_root::<BlakeTwo256, _>(bytes.chunks(1_024)));
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
	fn a_tree_on_disk_answers_as_one_in_memory() {
		for size in [0, 1, 1_024, 5 * 1_024, 16 * 1_024, 17 * 1_024 + 5] {
			let bytes: Vec<u8> = (0..size).map(|index| (index % 241) as u8).collect();
			let tree = PieceTree::of(bytes.as_slice()).unwrap();
			let mut file = tempfile::tempfile().unwrap();
			tree.write(&mut file).unwrap();
			let stored =
				StoredTree::open(file.try_clone().unwrap(), tree.count()).unwrap().unwrap();
			assert_eq!(stored.root().unwrap(), tree.root());
			for index in 0..tree.count() + 1 {
				assert_eq!(stored.path(index).unwrap(), tree.path(index));
				let piece = piece(Cursor::new(&bytes), index).unwrap();
				assert_eq!(stored.holds(index, &piece).unwrap(), index < tree.count());
				assert!(!stored.holds(index, b"another").unwrap());
			}
			assert!(StoredTree::open(file, tree.count() + 1).unwrap().is_none(), "it is cut off");
		}
	}

	#[test]
	fn an_empty_file_has_no_piece() {
		let tree = PieceTree::of(&b""[..]).unwrap();
		assert_eq!((tree.count(), tree.path(0)), (0, None));
		assert!(piece(Cursor::new(b"short"), 1).unwrap().is_empty());
	}
}
