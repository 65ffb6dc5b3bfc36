//! Content ids made from bytes, exactly as `ipfs add --cid-version 1 --raw-leaves` makes them.
//!
//! Up to [`RAW_LIMIT`] bytes a file is one raw block and its id the digest of the bytes. Above that it is cut into chunks of
//! [`RAW_LIMIT`] bytes, each a raw leaf, joined by the balanced layout: dag-pb nodes of up to [`MAX_LINKS`] links, every
//! leaf at the same depth, UnixFS file data in each node.

use opg_primitives::content::{ContentCodec, ContentId, RAW_LIMIT};
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::io::{self, Read};

/// Links of one dag-pb node, the number Kubo and its libraries use.
pub const MAX_LINKS: usize = 174;

/// Bytes that are hashed at the same time: whole chunks, and few enough to stay in a processor's cache.
const BATCH: usize = 4 * RAW_LIMIT;
/// Version 1, codec, sha2-256, 32 bytes of digest.
const CID_BYTES: usize = 36;
const UNIXFS_FILE: u64 = 2;

/// The content id of `bytes`.
pub fn content_id(bytes: &[u8]) -> ContentId {
	let mut outline = Outline::default();
	outline.extend(bytes);
	outline.id()
}

/// A file's size and the digest of each of its chunks: enough to know its content id, and to check each chunk by itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outline {
	size: u64,
	leaves: Vec<[u8; 32]>,
}

impl Outline {
	/// The outline of a file of `size` bytes whose chunks have these digests; nothing if there cannot be so many.
	pub fn new(size: u64, leaves: Vec<[u8; 32]>) -> Option<Self> {
		(size.div_ceil(RAW_LIMIT as u64) == leaves.len() as u64).then_some(Self { size, leaves })
	}

	/// Reads a file to its end.
	pub fn of(mut file: impl Read) -> io::Result<Self> {
		let mut outline = Self::default();
		let mut batch = Vec::new();
		loop {
			batch.clear();
			(&mut file).take(BATCH as u64).read_to_end(&mut batch)?;
			if batch.is_empty() {
				return Ok(outline);
			}
			outline.extend(&batch);
		}
	}

	/// Bytes of the file.
	pub const fn size(&self) -> u64 {
		self.size
	}

	/// Digests of the chunks, in their order.
	pub fn leaves(&self) -> &[[u8; 32]] {
		&self.leaves
	}

	/// Bytes of the chunk at `index`, none beyond the last.
	pub fn chunk_size(&self, index: u64) -> u64 {
		let begin = index.saturating_mul(RAW_LIMIT as u64);
		self.size.saturating_sub(begin).min(RAW_LIMIT as u64)
	}

	/// Whether `bytes` are the chunk at `index`.
	pub fn matches(&self, index: u64, bytes: &[u8]) -> bool {
		let leaf = usize::try_from(index).ok().and_then(|index| self.leaves.get(index));
		leaf.is_some_and(|leaf| leaf[..] == Sha256::digest(bytes)[..])
	}

	/// Adds the file's next chunk; all but the last have [`RAW_LIMIT`] bytes.
	pub(crate) fn push(&mut self, chunk: &[u8]) {
		self.size = self.size.saturating_add(chunk.len() as u64);
		self.leaves.push(Sha256::digest(chunk).into());
	}

	/// Adds the file's next bytes; all but the last have whole chunks. Several are hashed at the same time.
	pub(crate) fn extend(&mut self, bytes: &[u8]) {
		if bytes.len() <= RAW_LIMIT {
			return bytes.chunks(RAW_LIMIT).for_each(|chunk| self.push(chunk));
		}
		self.size = self.size.saturating_add(bytes.len() as u64);
		let digest = |chunk| <[u8; 32]>::from(Sha256::digest(chunk));
		self.leaves.par_extend(bytes.par_chunks(RAW_LIMIT).map(digest));
	}

	/// Adds a chunk of which only the size and the digest are known.
	fn push_digest(&mut self, size: u64, digest: [u8; 32]) {
		self.size = self.size.saturating_add(size);
		self.leaves.push(digest);
	}

	/// The content id of the file.
	pub fn id(&self) -> ContentId {
		let leaf = |(index, digest): (usize, &[u8; 32])| {
			let id = ContentId { codec: ContentCodec::Raw, digest: *digest };
			let size = self.chunk_size(index as u64);
			Block { id, file_size: size, total_size: size }
		};
		let mut level: Vec<Block> = self.leaves.iter().enumerate().map(leaf).collect();
		while level.len() > 1 {
			level = level.chunks(MAX_LINKS).map(Block::node).collect();
		}
		let empty = || ContentId { codec: ContentCodec::Raw, digest: Sha256::digest([]).into() };
		level.first().map_or_else(empty, |root| root.id)
	}
}

/// An outline in the making: of bytes as they come, in pieces of any size.
#[derive(Debug, Clone, Default)]
pub struct Outliner {
	outline: Outline,
	chunk: Sha256,
	/// Bytes of the chunk that is not whole yet.
	begun: usize,
}

impl Outliner {
	/// Takes the file's next bytes.
	pub fn write(&mut self, mut bytes: &[u8]) {
		while !bytes.is_empty() {
			let (head, rest) = bytes.split_at(bytes.len().min(RAW_LIMIT - self.begun));
			self.chunk.update(head);
			self.begun += head.len();
			bytes = rest;
			if self.begun == RAW_LIMIT {
				self.end_chunk();
			}
		}
	}

	/// Bytes taken so far.
	pub const fn size(&self) -> u64 {
		self.outline.size.saturating_add(self.begun as u64)
	}

	/// The outline of all that was taken.
	pub fn finish(mut self) -> Outline {
		if self.begun > 0 {
			self.end_chunk();
		}
		self.outline
	}

	fn end_chunk(&mut self) {
		self.outline.push_digest(self.begun as u64, self.chunk.finalize_reset().into());
		self.begun = 0;
	}
}

/// A leaf or node of the tree, reduced to what its parent's link says of it.
struct Block {
	id: ContentId,
	/// Bytes of the file below it.
	file_size: u64,
	/// Bytes of all blocks below it and its own: the link's `Tsize`.
	total_size: u64,
}

impl Block {
	fn node(children: &[Block]) -> Self {
		let file_size = children.iter().map(|child| child.file_size).sum();
		let encoded = dag_pb(children, &unixfs(children, file_size));
		let below: u64 = children.iter().map(|child| child.total_size).sum();
		Self {
			id: ContentId { codec: ContentCodec::DagPb, digest: Sha256::digest(&encoded).into() },
			file_size,
			total_size: below.saturating_add(encoded.len() as u64),
		}
	}
}

/// UnixFS `Data { Type = File, filesize, blocksizes }`.
fn unixfs(children: &[Block], file_size: u64) -> Vec<u8> {
	let mut data = Vec::new();
	put_number(&mut data, 1, UNIXFS_FILE);
	put_number(&mut data, 3, file_size);
	for child in children {
		put_number(&mut data, 4, child.file_size);
	}
	data
}

/// dag-pb `PBNode`: links (field 2) come before data (field 1), as its canonical form demands.
fn dag_pb(children: &[Block], data: &[u8]) -> Vec<u8> {
	let mut node = Vec::new();
	for child in children {
		let mut link = Vec::with_capacity(CID_BYTES + 16);
		put_bytes(&mut link, 1, &cid(&child.id));
		put_bytes(&mut link, 2, b"");
		put_number(&mut link, 3, child.total_size);
		put_bytes(&mut node, 2, &link);
	}
	put_bytes(&mut node, 1, data);
	node
}

fn cid(id: &ContentId) -> Vec<u8> {
	let codec = match id.codec {
		ContentCodec::Raw => 0x55,
		ContentCodec::DagPb => 0x70,
	};
	let mut bytes = Vec::with_capacity(CID_BYTES);
	bytes.extend_from_slice(&[1, codec, 0x12, 32]);
	bytes.extend_from_slice(&id.digest);
	bytes
}

fn put_number(out: &mut Vec<u8>, field: u8, value: u64) {
	out.push(field << 3);
	put_varint(out, value);
}

fn put_bytes(out: &mut Vec<u8>, field: u8, value: &[u8]) {
	out.push(field << 3 | 2);
	put_varint(out, value.len() as u64);
	out.extend_from_slice(value);
}

fn put_varint(out: &mut Vec<u8>, mut value: u64) {
	while value >= 0x80 {
		out.push((value & 0x7f) as u8 | 0x80);
		value >>= 7;
	}
	out.push(value as u8);
}

#[cfg(test)]
mod tests {
	use super::{content_id, Outline, Outliner, MAX_LINKS};
	use opg_primitives::content::RAW_LIMIT;

	/// Ids by the npm package `ipfs-unixfs-importer` 17.1.1 (rawLeaves, cidVersion 1, fixed chunks of 262,144 bytes, balanced
	/// layout of 174 links) of files whose byte i is i modulo 251.
	const VECTORS: [(usize, &str); 10] = [
		(0, "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"),
		(1, "bafkreidogqfzz75tpkmjzjke425xqcrmpcib2p5tg44hnbirumdbpl5adu"),
		(RAW_LIMIT - 1, "bafkreiagptg6ztonoojy4wflk3wwusl5xt4vcy6uult4wa7oemsjtxhjsu"),
		(RAW_LIMIT, "bafkreibruh455iawsviqslif5c7uurdcfdemh22mtnytyzvnzn75kpejxy"),
		(RAW_LIMIT + 1, "bafybeiexg2oqkfnj56l7fcmawswqbijt5shq4b5rg6a546uwpkqqzwjioi"),
		(524_288, "bafybeihjlsmgtdumwxouubhh32wpo5k73zuptoz5bcxxcx3tflxmhyct2a"),
		(1_000_000, "bafybeibx62obrkybp46hx3ivh53q4rnptgkunpgtwiib5lfelfgt2ekihm"),
		(RAW_LIMIT * MAX_LINKS, "bafybeihpe5snhzneq7xs53nivmsopto5lrogo3wjynauqylqeym5a3irbm"),
		(RAW_LIMIT * MAX_LINKS + 1, "bafybeib4y7ghw2rq7bracc4xwtxrbzo7cfvagdpte2tmrkgwl6dyard3cm"),
		(
			RAW_LIMIT * (MAX_LINKS + 1),
			"bafybeie73j3heycdgkdsehpoe6cxh2y3iywtf6djpi3dzqrywevvjmazny",
		),
	];

	fn pattern(size: usize) -> Vec<u8> {
		(0..size).map(|index| (index % 251) as u8).collect()
	}

	#[test]
	fn ids_are_those_ipfs_gives() {
		for (size, expected) in VECTORS {
			assert_eq!(content_id(&pattern(size)).to_string(), expected, "a file of {size} bytes");
		}
	}

	#[test]
	fn an_outline_knows_its_chunks() {
		let bytes = pattern(2 * RAW_LIMIT + 5);
		let mut outline = Outline::default();
		bytes.chunks(RAW_LIMIT).for_each(|chunk| outline.push(chunk));
		assert_eq!(Outline::new(outline.size(), outline.leaves().to_vec()), Some(outline.clone()));
		assert_eq!([0, 1, 2, 3].map(|index| outline.chunk_size(index)), [262_144, 262_144, 5, 0]);
		assert!(outline.matches(2, &bytes[2 * RAW_LIMIT..]));
		assert!(!outline.matches(1, &bytes[2 * RAW_LIMIT..]) && !outline.matches(3, b""));
		assert_eq!(Outline::new(outline.size() - 5, outline.leaves().to_vec()), None);
	}

	#[test]
	fn bytes_that_come_in_pieces_of_any_size_make_the_same_outline() {
		for size in [0, 1, RAW_LIMIT - 1, RAW_LIMIT, RAW_LIMIT + 1, 3 * RAW_LIMIT + 77] {
			let bytes = pattern(size);
			for piece in [1_000, RAW_LIMIT, 2 * RAW_LIMIT + 3] {
				let mut outliner = Outliner::default();
				bytes.chunks(piece).for_each(|piece| outliner.write(piece));
				assert_eq!(outliner.size(), size as u64);
				assert_eq!(outliner.finish(), Outline::of(bytes.as_slice()).unwrap());
			}
		}
	}

	#[test]
	fn one_changed_byte_changes_the_id() {
		let mut bytes = pattern(RAW_LIMIT + 1);
		let before = content_id(&bytes);
		bytes[RAW_LIMIT] ^= 1;
		assert_ne!(content_id(&bytes), before);
	}
}
