//! Inputs that only chosen nodes can read, wherever they lie.
//!
//! An input is encrypted once, under a key of its own (XChaCha20-Poly1305). That key is wrapped for each node that may read it: by a
//! one-time key of the sender and the node's key (X25519, XChaCha20-Poly1305). A sealed input does not say for whom it is; a node tries
//! each wrapped key.
//!
//! What it looks like: [`MAGIC`], the sender's one-time public key (32 bytes), how many keys follow (2 bytes, little-endian), the wrapped
//! keys (48 bytes each), the ciphertext (16 bytes longer than the input). Every key is used once, so every nonce is zero.

#![deny(missing_docs)]
#![warn(clippy::unwrap_used, clippy::expect_used)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

use chacha20poly1305::{aead::Aead, KeyInit, XChaCha20Poly1305, XNonce};
use crypto_box::ChaChaBox;
use std::{
	fmt,
	fs::{self, OpenOptions},
	io::{self, Write},
	os::unix::fs::OpenOptionsExt,
	path::{Path, PathBuf},
};

/// How a sealed input begins.
pub const MAGIC: &[u8] = b"opg/sealed/1";
/// Nodes an input can be sealed for at most.
pub const MAX_READERS: usize = 1_024;

const KEY: usize = 32;
const TAG: usize = 16;
const WRAPPED: usize = KEY + TAG;
const NONCE: [u8; 24] = [0; 24];

/// The key for which inputs are sealed that a node is to read.
pub type PublicKey = [u8; KEY];

/// Why an input was not sealed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
	/// Nobody could read it.
	#[error("an input must be sealed for at least one node")]
	NoReader,
	/// More than fit.
	#[error("an input can be sealed for {MAX_READERS} nodes, not for {0}")]
	TooManyReaders(usize),
	/// No key could be made.
	#[error("the machine gave no randomness: {0}")]
	Randomness(String),
	/// Longer than the cipher takes.
	#[error("an input of {0} bytes is too long to be sealed")]
	TooLong(usize),
}

/// Why a sealed input could not be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
	/// It does not begin as one, or ends too early.
	#[error("it is no sealed input")]
	NotSealed,
	/// None of its keys is this node's.
	#[error("it is sealed for other nodes")]
	NotForUs,
	/// Somebody changed it.
	#[error("it was changed after it was sealed")]
	Damaged,
}

/// Why a node's key could not be had.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
	/// The file system refused.
	#[error("cannot {act} the sealing key {}: {cause}", path.display())]
	Io {
		/// What was tried.
		act: &'static str,
		/// The file.
		path: PathBuf,
		/// What the system said.
		cause: io::Error,
	},
	/// The file holds something else.
	#[error("{} holds no sealing key of 32 bytes: move it away, and a new key is made", .0.display())]
	NoKey(PathBuf),
	/// No key could be made.
	#[error("the machine gave no randomness: {0}")]
	Randomness(String),
}

/// A node's own key.
#[derive(Clone)]
pub struct SecretKey(crypto_box::SecretKey);

impl fmt::Debug for SecretKey {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("SecretKey")
	}
}

impl SecretKey {
	/// The key of these bytes.
	pub fn from_bytes(bytes: [u8; KEY]) -> Self {
		Self(bytes.into())
	}

	/// The key in a file, which is made if it is not there, for its owner's eyes only.
	pub fn load(path: &Path) -> Result<Self, KeyError> {
		let failed = |act, cause| KeyError::Io { act, path: path.into(), cause };
		match fs::read(path) {
			Ok(bytes) => {
				let bytes = bytes.try_into().map_err(|_| KeyError::NoKey(path.into()))?;
				Ok(Self::from_bytes(bytes))
			},
			Err(error) if error.kind() == io::ErrorKind::NotFound => {
				let bytes: [u8; KEY] = random().map_err(KeyError::Randomness)?;
				let mut options = OpenOptions::new();
				let file = options.write(true).create_new(true).mode(0o600).open(path);
				let mut file = file.map_err(|error| failed("create", error))?;
				file.write_all(&bytes)
					.and_then(|()| file.sync_all())
					.map_err(|error| failed("write", error))?;
				Ok(Self::from_bytes(bytes))
			},
			Err(error) => Err(failed("read", error)),
		}
	}

	/// What others seal for.
	pub fn public(&self) -> PublicKey {
		*self.0.public_key().as_bytes()
	}

	/// The input in a sealed one.
	pub fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, OpenError> {
		let Parts { sender, wrapped, body } = Parts::of(sealed).ok_or(OpenError::NotSealed)?;
		let shared = ChaChaBox::new(&sender.into(), &self.0);
		let key = wrapped
			.chunks_exact(WRAPPED)
			.find_map(|wrapped| shared.decrypt(&NONCE.into(), wrapped).ok())
			.ok_or(OpenError::NotForUs)?;
		let cipher = XChaCha20Poly1305::new_from_slice(&key).map_err(|_| OpenError::Damaged)?;
		cipher.decrypt(XNonce::from_slice(&NONCE), body).map_err(|_| OpenError::Damaged)
	}
}

/// Whether these bytes begin as a sealed input does.
pub fn is_sealed(bytes: &[u8]) -> bool {
	bytes.starts_with(MAGIC)
}

/// Encrypts an input for everyone who has one of these keys.
pub fn seal(input: &[u8], readers: &[PublicKey]) -> Result<Vec<u8>, SealError> {
	if readers.is_empty() {
		return Err(SealError::NoReader);
	}
	let too_many = SealError::TooManyReaders(readers.len());
	let count = u16::try_from(readers.len()).map_err(|_| too_many.clone())?;
	if readers.len() > MAX_READERS {
		return Err(too_many);
	}
	let too_long = |_| SealError::TooLong(input.len());
	let sender = crypto_box::SecretKey::from(random::<KEY>().map_err(SealError::Randomness)?);
	let key = random::<KEY>().map_err(SealError::Randomness)?;
	let mut sealed = MAGIC.to_vec();
	sealed.extend_from_slice(sender.public_key().as_bytes());
	sealed.extend_from_slice(&count.to_le_bytes());
	for reader in readers {
		let shared = ChaChaBox::new(&(*reader).into(), &sender);
		sealed.extend(shared.encrypt(&NONCE.into(), &key[..]).map_err(too_long)?);
	}
	let body = XChaCha20Poly1305::new(&key.into()).encrypt(XNonce::from_slice(&NONCE), input);
	sealed.extend(body.map_err(too_long)?);
	Ok(sealed)
}

fn random<const LENGTH: usize>() -> Result<[u8; LENGTH], String> {
	let mut bytes = [0; LENGTH];
	getrandom::fill(&mut bytes).map_err(|error| error.to_string())?;
	Ok(bytes)
}

/// A sealed input, taken apart.
struct Parts<'a> {
	sender: PublicKey,
	wrapped: &'a [u8],
	body: &'a [u8],
}

impl<'a> Parts<'a> {
	fn of(sealed: &'a [u8]) -> Option<Self> {
		let rest = sealed.strip_prefix(MAGIC)?;
		let (sender, rest) = rest.split_first_chunk::<KEY>()?;
		let (count, rest) = rest.split_first_chunk::<2>()?;
		let length = usize::from(u16::from_le_bytes(*count)).checked_mul(WRAPPED)?;
		let (wrapped, body) = rest.split_at_checked(length)?;
		(body.len() >= TAG).then_some(Self { sender: *sender, wrapped, body })
	}
}

#[cfg(test)]
mod tests {
	use super::{is_sealed, seal, OpenError, SealError, SecretKey, MAX_READERS};
	use proptest::prelude::*;
	use std::{fs, os::unix::fs::PermissionsExt};
	use tempfile::TempDir;

	fn key(seed: u8) -> SecretKey {
		SecretKey::from_bytes([seed; 32])
	}

	#[test]
	fn whoever_it_is_sealed_for_reads_it_and_nobody_else() {
		let readers: Vec<_> = (1..=5).map(|seed| key(seed).public()).collect();
		let sealed = seal(b"what nobody else may know", &readers).unwrap();
		assert!(is_sealed(&sealed));
		assert!(!sealed.windows(6).any(|part| part == b"nobody"), "it can be read");
		for seed in 1..=5 {
			assert_eq!(key(seed).open(&sealed).unwrap(), b"what nobody else may know");
		}
		assert_eq!(key(6).open(&sealed), Err(OpenError::NotForUs));
	}

	#[test]
	fn the_same_input_looks_different_each_time() {
		let readers = [key(1).public()];
		let (one, other) = (seal(b"same", &readers).unwrap(), seal(b"same", &readers).unwrap());
		assert_ne!(one, other);
		assert_eq!(one.len(), other.len());
	}

	#[test]
	fn it_does_not_say_for_whom_it_is() {
		let sealed = seal(b"input", &[key(1).public(), key(2).public()]).unwrap();
		for seed in [1, 2] {
			let public = key(seed).public();
			assert!(!sealed.windows(32).any(|part| part == public));
		}
	}

	#[test]
	fn nobody_and_too_many_are_refused() {
		assert_eq!(seal(b"input", &[]), Err(SealError::NoReader));
		let readers = vec![key(1).public(); MAX_READERS + 1];
		assert_eq!(seal(b"input", &readers), Err(SealError::TooManyReaders(MAX_READERS + 1)));
		assert!(seal(b"input", &readers[1..]).is_ok());
	}

	#[test]
	fn a_key_is_made_once_and_only_its_owner_reads_it() {
		let folder = TempDir::new().unwrap();
		let path = folder.path().join("sealing-key");
		let first = SecretKey::load(&path).unwrap();
		assert_eq!(SecretKey::load(&path).unwrap().public(), first.public());
		assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
		assert_ne!(SecretKey::load(&folder.path().join("other")).unwrap().public(), first.public());
		fs::write(&path, b"short").unwrap();
		assert!(SecretKey::load(&path).unwrap_err().to_string().contains("no sealing key"));
		assert!(SecretKey::load(folder.path()).is_err());
	}

	proptest! {
		#[test]
		fn any_input_comes_back_and_any_change_is_seen(
			input in prop::collection::vec(any::<u8>(), 0..2_000),
			readers in 1..4u8,
			at in any::<prop::sample::Index>(),
			bit in 0..8u8,
		) {
			let keys: Vec<_> = (1..=readers).map(|seed| key(seed).public()).collect();
			let sealed = seal(&input, &keys).unwrap();
			prop_assert_eq!(key(1).open(&sealed).unwrap(), &input[..]);
			let mut changed = sealed.clone();
			let place = at.index(changed.len());
			changed[place] ^= 1 << bit;
			// A change in what is for others is theirs to see; and X25519 ignores the last bit of a key.
			let of_others = 46 + 48..46 + 48 * usize::from(readers);
			let is_ignored = (place, bit) == (43, 7);
			if of_others.contains(&place) || is_ignored {
				prop_assert_eq!(key(1).open(&changed).unwrap(), &input[..]);
			} else {
				prop_assert!(key(1).open(&changed).is_err());
			}
		}

		#[test]
		fn anything_is_answered_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
			let _ = key(1).open(&bytes);
			let _ = key(1).open(&[super::MAGIC, &bytes].concat());
		}
	}
}
