//! An IPFS daemon as a source of blobs, over its RPC (Kubo's `/api/v0`).
//!
//! The daemon is asked like a stranger: it may be down, slow or wrong. Every wait has an end, what can pass is tried again, and bytes
//! are checked against their content id on the way in.

use crate::{EmbeddedStore, Source, StoreError};
use backon::{ExponentialBuilder, Retryable};
use futures::StreamExt;
use ipfs_api_backend_hyper::{request::Add, IpfsApi, IpfsClient, TryFromUri};
use opg_primitives::{content::RAW_LIMIT, ContentId};
use std::{fs::File, future::Future, time::Duration};
use tokio::{runtime::Handle, time::timeout};

/// How a file is cut, so that the daemon gives it the id it has here.
const CHUNKER: &str = "size-262144";
/// A daemon takes at least so many bytes a second.
const LEAST_RATE: u64 = 1 << 20;

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

/// An IPFS daemon. Its calls block on the runtime it was made with.
pub struct IpfsSource {
	config: IpfsConfig,
	client: IpfsClient,
	runtime: Handle,
}

impl std::fmt::Debug for IpfsSource {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.debug_struct("IpfsSource").field("config", &self.config).finish_non_exhaustive()
	}
}

impl IpfsSource {
	/// A daemon that need not run yet.
	pub fn new(config: IpfsConfig, runtime: Handle) -> Result<Self, StoreError> {
		let client =
			IpfsClient::from_str(&config.url).map_err(|error| StoreError::Unreachable {
				store: format!("ipfs={}", config.url),
				why: format!("that is no URL: {error}"),
			})?;
		Ok(Self { config, client, runtime })
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
		self.runtime.block_on(ask.retry(pauses).when(may_pass))
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

	async fn download(&self, id: &ContentId, home: &EmbeddedStore) -> Result<(), StoreError> {
		let mut incoming = home.receive()?;
		let mut bytes = self.client.cat(&id.to_string());
		while let Some(piece) = timeout(self.config.patience, bytes.next())
			.await
			.map_err(|_| self.unreachable("it stopped in the middle of the blob"))?
		{
			incoming.write(&piece.map_err(|error| self.unreachable(error))?)?;
		}
		incoming.finish(Some(id)).map(drop)
	}

	async fn upload(&self, id: &ContentId, home: &EmbeddedStore) -> Result<(), StoreError> {
		let path = home.path(id);
		let file = File::open(&path).map_err(crate::embedded::failed("open", &path))?;
		let patience = Duration::from_secs(home.size(id)? / LEAST_RATE);
		let add = Add {
			cid_version: Some(1),
			raw_leaves: Some(true),
			chunker: Some(CHUNKER),
			pin: Some(true),
			..Add::default()
		};
		let file = std::io::BufReader::with_capacity(RAW_LIMIT, file);
		let added = self
			.within(
				self.config.patience.saturating_add(patience),
				self.client.add_with_options(file, add),
			)
			.await?;
		match added.hash.parse::<ContentId>() {
			Ok(found) if found == *id => Ok(()),
			Ok(found) => Err(StoreError::WrongId { expected: *id, found }),
			Err(error) => {
				Err(self.unreachable(format!("it calls the blob {}: {error}", added.hash)))
			},
		}
	}
}

impl Source for IpfsSource {
	fn name(&self) -> String {
		format!("ipfs={}", self.config.url)
	}

	fn bring(&self, id: &ContentId, home: &EmbeddedStore) -> Result<(), StoreError> {
		self.ask(|| self.download(id, home))
	}

	fn offer(&self, id: &ContentId, home: &EmbeddedStore) -> Result<(), StoreError> {
		self.ask(|| self.upload(id, home))
	}
}

#[cfg(test)]
mod tests;
