//! An IPFS daemon as a source of blobs, over its RPC (Kubo's `/api/v0`).
//!
//! The daemon is asked like a stranger: it may be down, slow or wrong. Every wait has an end, what can pass is tried again, and bytes
//! are checked against their content id on the way in. A download that broke off goes on where it stopped.

use crate::{
	arrival::{Arrival, Receiver},
	embedded::failed,
	EmbeddedStore, Outliner, Source, StoreError, DEFAULT_MAX_BLOB,
};
use backon::{ExponentialBuilder, Retryable};
use futures::StreamExt;
use ipfs_api_backend_hyper::{request::Add, IpfsApi, IpfsClient, TryFromUri};
use opg_primitives::{content::RAW_LIMIT, ContentId};
use std::{
	fs::File,
	future::Future,
	io::{self, BufReader, Read},
	path::Path,
	sync::{Arc, Mutex as StdMutex, PoisonError},
	time::Duration,
};
use tokio::{runtime::Builder, sync::Mutex, time::timeout};

/// How a file is cut, so that the daemon gives it the id it has here.
const CHUNKER: &str = "size-262144";
/// A daemon takes at least so many bytes a second.
const LEAST_RATE: u64 = 1 << 20;
/// More bytes than any blob has after what came of it.
const REST: usize = DEFAULT_MAX_BLOB as usize;

/// Which daemon, and how patiently it is asked.
#[derive(Debug, Clone)]
pub struct IpfsConfig {
	/// Its RPC, such as `http://127.0.0.1:5001`.
	pub url: String,
	/// The longest wait for an answer to begin or go on.
	pub patience: Duration,
	/// How often what may pass is tried again.
	pub retries: usize,
}

impl IpfsConfig {
	/// The daemon at `url`, asked with usual patience.
	pub fn new(url: impl Into<String>) -> Self {
		Self { url: url.into(), patience: Duration::from_secs(20), retries: 3 }
	}
}

/// An IPFS daemon. Its calls block.
pub struct IpfsSource {
	config: IpfsConfig,
	client: IpfsClient,
}

impl std::fmt::Debug for IpfsSource {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.debug_struct("IpfsSource").field("config", &self.config).finish_non_exhaustive()
	}
}

impl IpfsSource {
	/// A daemon that need not run yet.
	pub fn new(config: IpfsConfig) -> Result<Self, StoreError> {
		let client =
			IpfsClient::from_str(&config.url).map_err(|error| StoreError::Unreachable {
				store: format!("ipfs={}", config.url),
				why: format!("that is no URL: {error}"),
			})?;
		Ok(Self { config, client })
	}

	/// Has the daemon keep a blob, which it fetches if it must.
	pub fn pin(&self, id: &ContentId) -> Result<(), StoreError> {
		let text = id.to_string();
		self.ask(|| async { self.answer(self.client.pin_add(&text, true)).await.map(drop) })
	}

	/// Lets the daemon drop a blob.
	pub fn unpin(&self, id: &ContentId) -> Result<(), StoreError> {
		let text = id.to_string();
		self.ask(|| async { self.answer(self.client.pin_rm(&text, true)).await.map(drop) })
	}

	/// Bytes of a blob the daemon has or finds.
	pub fn size(&self, id: &ContentId) -> Result<u64, StoreError> {
		let path = format!("/ipfs/{id}");
		self.ask(|| async { Ok(self.answer(self.client.files_stat(&path)).await?.size) })
	}

	/// Asks until there is an answer, or an end of patience.
	fn ask<Answer, Asked>(&self, ask: impl FnMut() -> Asked) -> Result<Answer, StoreError>
	where
		Asked: Future<Output = Result<Answer, StoreError>>,
	{
		let pauses =
			ExponentialBuilder::default().with_max_times(self.config.retries).with_jitter();
		let may_pass = |error: &StoreError| matches!(error, StoreError::Unreachable { .. });
		// One thread for the connection and for what is done with its bytes: handing each piece to another thread takes longer than both.
		let runtime = Builder::new_current_thread().enable_all().build();
		let runtime = runtime.map_err(|error| self.unreachable(error))?;
		runtime.block_on(ask.retry(pauses).when(may_pass))
	}

	async fn answer<Answer, Error: std::fmt::Display>(
		&self,
		asked: impl Future<Output = Result<Answer, Error>>,
	) -> Result<Answer, StoreError> {
		self.within(self.config.patience, asked).await
	}

	async fn within<Answer, Error: std::fmt::Display>(
		&self,
		patience: Duration,
		asked: impl Future<Output = Result<Answer, Error>>,
	) -> Result<Answer, StoreError> {
		match timeout(patience, asked).await {
			Ok(Ok(answer)) => Ok(answer),
			Ok(Err(error)) => Err(self.unreachable(error)),
			Err(_) => {
				Err(self.unreachable(format!("no answer within {} s", patience.as_secs_f32())))
			},
		}
	}

	fn unreachable(&self, why: impl ToString) -> StoreError {
		let why = format!("{}; start it, or take it out of --store", why.to_string());
		StoreError::Unreachable { store: self.name(), why }
	}

	/// Goes on with what `receiver` has of a blob until there is no more.
	async fn download(
		&self,
		id: &ContentId,
		receiver: &Mutex<impl Receiver>,
	) -> Result<(), StoreError> {
		let mut receiver = receiver.lock().await;
		let path = id.to_string();
		let mut bytes = match usize::try_from(receiver.taken()).unwrap_or(usize::MAX) {
			0 => self.client.cat(&path),
			begun => self.client.cat_range(&path, begun, REST),
		};
		while let Some(piece) = timeout(self.config.patience, bytes.next())
			.await
			.map_err(|_| self.unreachable("it stopped in the middle of the blob"))?
		{
			receiver.take(&piece.map_err(|error| self.unreachable(error))?)?;
		}
		Ok(())
	}

	/// Gives the daemon a file to keep; what it calls the file.
	async fn upload(
		&self,
		file: impl Read + Send + Sync + Unpin + 'static,
		size: u64,
	) -> Result<ContentId, StoreError> {
		let patience = self.config.patience.saturating_add(Duration::from_secs(size / LEAST_RATE));
		let add = Add {
			cid_version: Some(1),
			raw_leaves: Some(true),
			chunker: Some(CHUNKER),
			pin: Some(true),
			..Add::default()
		};
		let file = BufReader::with_capacity(RAW_LIMIT, file);
		let added = self.within(patience, self.client.add_with_options(file, add)).await?;
		added
			.hash
			.parse()
			.map_err(|error| self.unreachable(format!("it calls the blob {}: {error}", added.hash)))
	}

	/// Gives the daemon a file that is in no store, and checks what it calls it.
	pub fn add(&self, path: &Path) -> Result<ContentId, StoreError> {
		self.ask(|| async {
			let (file, size) = opened(path)?;
			let outliner = Arc::new(StdMutex::new(Outliner::default()));
			let found = self.upload(Outlined { file, outliner: outliner.clone() }, size).await?;
			let sent = outliner.lock().unwrap_or_else(PoisonError::into_inner).clone().finish();
			named(sent.id(), found)
		})
	}

	/// Brings a blob into a file, checked against `id`; says how long it is. Nothing is left of one that did not come whole.
	pub fn save(&self, id: &ContentId, path: &Path) -> Result<u64, StoreError> {
		let arrival = Mutex::new(Arrival::beside(path, DEFAULT_MAX_BLOB)?);
		self.ask(|| self.download(id, &arrival))?;
		arrival.into_inner().save(id, path)
	}
}

fn opened(path: &Path) -> Result<(File, u64), StoreError> {
	let file = File::open(path).map_err(failed("open", path))?;
	let size = file.metadata().map_err(failed("read", path))?.len();
	Ok((file, size))
}

fn named(expected: ContentId, found: ContentId) -> Result<ContentId, StoreError> {
	if found == expected {
		Ok(found)
	} else {
		Err(StoreError::WrongId { expected, found })
	}
}

/// A file whose outline is made while it is read.
struct Outlined {
	file: File,
	outliner: Arc<StdMutex<Outliner>>,
}

impl Read for Outlined {
	fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
		let count = self.file.read(buffer)?;
		let taken = buffer.get(..count).unwrap_or_default();
		self.outliner.lock().unwrap_or_else(PoisonError::into_inner).write(taken);
		Ok(count)
	}
}

impl Source for IpfsSource {
	fn name(&self) -> String {
		format!("ipfs={}", self.config.url)
	}

	fn bring(&self, id: &ContentId, home: &EmbeddedStore) -> Result<(), StoreError> {
		let incoming = Mutex::new(home.receive()?);
		self.ask(|| self.download(id, &incoming))?;
		incoming.into_inner().finish(Some(id)).map(drop)
	}

	fn offer(&self, id: &ContentId, home: &EmbeddedStore) -> Result<(), StoreError> {
		self.ask(|| async {
			let (file, size) = opened(&home.path(id))?;
			named(*id, self.upload(file, size).await?).map(drop)
		})
	}
}

#[cfg(test)]
mod tests;
