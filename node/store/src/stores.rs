//! The store of this machine, with others behind it that are asked for what is not here.

use crate::{BlobStore, EmbeddedStore, Source, StoreError};
use opg_primitives::ContentId;
use std::{fmt, sync::Arc};

const LOG: &str = "worker::store";

/// Blobs here, and where else to look for them, in order.
#[derive(Clone)]
pub struct Stores {
	home: EmbeddedStore,
	sources: Vec<Arc<dyn Source>>,
}

impl fmt::Debug for Stores {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let sources: Vec<_> = self.sources.iter().map(|source| source.name()).collect();
		f.debug_struct("Stores").field("home", &self.home).field("sources", &sources).finish()
	}
}

impl Stores {
	/// This machine's store alone.
	pub const fn new(home: EmbeddedStore) -> Self {
		Self { home, sources: Vec::new() }
	}

	/// One more place to look, after those before it.
	#[must_use]
	pub fn with(mut self, source: Arc<dyn Source>) -> Self {
		self.sources.push(source);
		self
	}

	/// The store of this machine.
	pub const fn home(&self) -> &EmbeddedStore {
		&self.home
	}

	/// Keeps what lies here elsewhere as well, as far as others take it.
	pub fn share(&self, id: &ContentId) {
		for source in &self.sources {
			if let Err(error) = source.offer(id, &self.home) {
				log::warn!(target: LOG, "blob {id} is here, but not shared: {error}");
			}
		}
	}
}

impl BlobStore for Stores {
	fn fetch(&self, id: &ContentId) -> Result<(), StoreError> {
		if self.home.has(id) {
			return Ok(());
		}
		let mut tried = Vec::new();
		for source in &self.sources {
			match source.bring(id, &self.home) {
				Ok(()) => {
					log::info!(target: LOG, "blob {id} came from {}", source.name());
					return Ok(());
				},
				// Of a blob this store cannot keep there is no use in asking others.
				Err(error @ (StoreError::Io { .. } | StoreError::Full { .. })) => {
					return Err(error)
				},
				Err(error) => {
					log::debug!(target: LOG, "blob {id}: {error}");
					tried.push(error.to_string());
				},
			}
		}
		if tried.is_empty() {
			return Err(StoreError::Absent(*id));
		}
		Err(StoreError::NotFound { id: *id, tried: tried.join("; ") })
	}

	fn has(&self, id: &ContentId) -> bool {
		self.home.has(id)
	}

	fn get(&self, id: &ContentId) -> Result<Vec<u8>, StoreError> {
		match self.home.get(id) {
			Err(StoreError::Absent(_) | StoreError::Corrupt { .. }) if !self.sources.is_empty() => {
				self.fetch(id)?;
				self.home.get(id)
			},
			got => got,
		}
	}

	fn put(&self, bytes: &[u8]) -> Result<ContentId, StoreError> {
		let id = self.home.put(bytes)?;
		self.share(&id);
		Ok(id)
	}
}

#[cfg(test)]
mod tests {
	use super::Stores;
	use crate::{content_id, BlobStore, EmbeddedStore, Limits, Source, StoreError};
	use opg_primitives::ContentId;
	use std::sync::{Arc, Mutex};
	use tempfile::TempDir;

	/// What a source does when it is asked.
	enum Answer {
		Honest(Vec<u8>),
		Lying(Vec<u8>),
		Down,
	}

	struct Fake {
		answer: Answer,
		offered: Mutex<Vec<ContentId>>,
	}

	impl Fake {
		fn new(answer: Answer) -> Arc<Self> {
			Arc::new(Self { answer, offered: Mutex::default() })
		}
	}

	impl Source for Fake {
		fn name(&self) -> String {
			"fake".into()
		}

		fn bring(&self, id: &ContentId, home: &EmbeddedStore) -> Result<(), StoreError> {
			match &self.answer {
				Answer::Honest(bytes) | Answer::Lying(bytes) => home.insert(id, bytes),
				Answer::Down => {
					Err(StoreError::Unreachable { store: self.name(), why: "it is down".into() })
				},
			}
		}

		fn offer(&self, id: &ContentId, _: &EmbeddedStore) -> Result<(), StoreError> {
			self.offered.lock().unwrap().push(*id);
			match self.answer {
				Answer::Down => {
					Err(StoreError::Unreachable { store: self.name(), why: "it is down".into() })
				},
				_ => Ok(()),
			}
		}
	}

	fn home() -> (TempDir, Stores) {
		let folder = TempDir::new().unwrap();
		let home = EmbeddedStore::open(folder.path(), Limits::default()).unwrap();
		(folder, Stores::new(home))
	}

	#[test]
	fn the_next_one_is_asked_when_one_is_down_or_lies() {
		let (_folder, stores) = home();
		let bytes = b"wanted".to_vec();
		let id = content_id(&bytes);
		let stores = stores
			.with(Fake::new(Answer::Down))
			.with(Fake::new(Answer::Lying(b"else".to_vec())))
			.with(Fake::new(Answer::Honest(bytes.clone())));
		assert_eq!(stores.get(&id).unwrap(), bytes);
		assert!(stores.has(&id), "it is kept");
		assert!(!stores.has(&content_id(b"else")), "what nobody asked for is not");
	}

	#[test]
	fn a_refusal_names_everyone_who_was_asked() {
		let (_folder, stores) = home();
		let stores =
			stores.with(Fake::new(Answer::Down)).with(Fake::new(Answer::Lying(b"else".to_vec())));
		let refusal = stores.fetch(&content_id(b"wanted")).unwrap_err().to_string();
		assert!(refusal.contains("it is down") && refusal.contains("wrong or lying"), "{refusal}");
	}

	#[test]
	fn what_is_put_is_shared_and_kept_though_a_store_is_down() {
		let (_folder, stores) = home();
		let (down, up) = (Fake::new(Answer::Down), Fake::new(Answer::Honest(vec![])));
		let stores = stores.with(down.clone()).with(up.clone());
		let id = stores.put(b"mine").unwrap();
		assert_eq!(stores.get(&id).unwrap(), b"mine");
		for source in [down, up] {
			assert_eq!(*source.offered.lock().unwrap(), [id]);
		}
	}

	#[test]
	fn a_damaged_blob_is_fetched_again() {
		let (_folder, stores) = home();
		let bytes = b"honest".to_vec();
		let stores = stores.with(Fake::new(Answer::Honest(bytes.clone())));
		let id = stores.put(&bytes).unwrap();
		std::fs::write(stores.home().path(&id), b"honesT").unwrap();
		assert_eq!(stores.get(&id).unwrap(), bytes);
	}
}
