//! Content ids: what a file is called by its bytes (CIDv1, sha2-256, as IPFS writes them).

use alloc::{string::String, vec::Vec};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::{fmt, str::FromStr};
use data_encoding::{Encoding, Specification};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// Bytes up to which a file is one raw block, the chunk size `ipfs add` uses.
pub const RAW_LIMIT: usize = 262_144;

const VERSION: u8 = 1;
const SHA2_256: u8 = 0x12;
const DIGEST_LENGTH: u8 = 32;
const BINARY_LENGTH: usize = 36;
const BASE32_LOWER: char = 'b';

/// How the digest was made, by its multicodec code.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Hash,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub enum ContentCodec {
	/// The digest of the bytes themselves: files of up to [`RAW_LIMIT`] bytes.
	#[codec(index = 0x55)]
	Raw,
	/// The digest of a UnixFS dag-pb root whose leaves are raw chunks: larger files.
	#[codec(index = 0x70)]
	DagPb,
}

impl ContentCodec {
	const fn code(self) -> u8 {
		match self {
			Self::Raw => 0x55,
			Self::DagPb => 0x70,
		}
	}
}

/// A file's name made from its bytes: codec and sha2-256 digest of a CIDv1.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Hash,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub struct ContentId {
	/// How the digest was made.
	pub codec: ContentCodec,
	/// The sha2-256 digest.
	pub digest: [u8; 32],
}

/// Why a text is no content id of ours.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ContentIdError {
	/// Not multibase base32 in lower case (the letter `b` first).
	Base,
	/// Not a version 1 id of 36 bytes.
	Version,
	/// Neither `raw` nor `dag-pb`.
	Codec,
	/// Not a 32-byte sha2-256 digest.
	Digest,
}

impl fmt::Display for ContentIdError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(match self {
			Self::Base => "a content id is base32 in lower case and begins with 'b'",
			Self::Version => "only version 1 content ids of 36 bytes are known",
			Self::Codec => "a content id is raw or dag-pb",
			Self::Digest => "a content id holds a 32-byte sha2-256 digest",
		})
	}
}

impl core::error::Error for ContentIdError {}

fn base32() -> Option<Encoding> {
	let mut specification = Specification::new();
	specification.symbols.push_str("abcdefghijklmnopqrstuvwxyz234567");
	specification.encoding().ok()
}

impl fmt::Display for ContentId {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let mut bytes = Vec::with_capacity(BINARY_LENGTH);
		bytes.extend_from_slice(&[VERSION, self.codec.code(), SHA2_256, DIGEST_LENGTH]);
		bytes.extend_from_slice(&self.digest);
		let text = base32().ok_or(fmt::Error)?.encode(&bytes);
		write!(f, "{BASE32_LOWER}{text}")
	}
}

impl fmt::Debug for ContentId {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		fmt::Display::fmt(self, f)
	}
}

impl FromStr for ContentId {
	type Err = ContentIdError;

	fn from_str(text: &str) -> Result<Self, Self::Err> {
		let body = text.strip_prefix(BASE32_LOWER).ok_or(ContentIdError::Base)?;
		let bytes = base32()
			.and_then(|encoding| encoding.decode(body.as_bytes()).ok())
			.ok_or(ContentIdError::Base)?;
		let [version, codec, hash, length, digest @ ..] = bytes.as_slice() else {
			return Err(ContentIdError::Version);
		};
		if *version != VERSION || bytes.len() != BINARY_LENGTH {
			return Err(ContentIdError::Version);
		}
		let codec = match codec {
			0x55 => ContentCodec::Raw,
			0x70 => ContentCodec::DagPb,
			_ => return Err(ContentIdError::Codec),
		};
		if *hash != SHA2_256 || *length != DIGEST_LENGTH {
			return Err(ContentIdError::Digest);
		}
		Ok(Self { codec, digest: digest.try_into().map_err(|_| ContentIdError::Digest)? })
	}
}

impl From<ContentId> for String {
	fn from(id: ContentId) -> Self {
		alloc::format!("{id}")
	}
}

#[cfg(test)]
mod tests {
	use super::{ContentCodec, ContentId, ContentIdError};
	use codec::Encode;

	// The id Kubo prints for the eleven bytes "hello world" added as a raw leaf.
	const HELLO: &str = "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e";

	const HELLO_DIGEST: [u8; 32] = [
		0xb9, 0x4d, 0x27, 0xb9, 0x93, 0x4d, 0x3e, 0x08, 0xa5, 0x2e, 0x52, 0xd7, 0xda, 0x7d, 0xab,
		0xfa, 0xc4, 0x84, 0xef, 0xe3, 0x7a, 0x53, 0x80, 0xee, 0x90, 0x88, 0xf7, 0xac, 0xe2, 0xef,
		0xcd, 0xe9,
	];

	#[test]
	fn text_is_what_ipfs_prints() {
		let id = ContentId { codec: ContentCodec::Raw, digest: HELLO_DIGEST };
		assert_eq!(id.to_string(), HELLO);
		assert_eq!(HELLO.parse(), Ok(id));
	}

	#[test]
	fn scale_form_is_the_multicodec_byte_and_the_digest() {
		let id = ContentId { codec: ContentCodec::DagPb, digest: [7; 32] };
		let mut expected = vec![0x70];
		expected.extend([7; 32]);
		assert_eq!(id.encode(), expected);
	}

	#[test]
	fn text_of_another_form_is_refused() {
		let parse = |text: &str| text.parse::<ContentId>();
		assert_eq!(parse(""), Err(ContentIdError::Base));
		assert_eq!(
			parse("QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG"),
			Err(ContentIdError::Base)
		);
		assert_eq!(parse("bafk"), Err(ContentIdError::Base));
		// The identity of no bytes: a sound id, but no digest of ours.
		assert_eq!(parse("bafkqaaa"), Err(ContentIdError::Version));
	}
}
