//! A daemon that is down, silent or lying costs a typed error and nothing else. The real daemon is asked in `tests/kubo.rs`.

use super::{IpfsConfig, IpfsSource};
use crate::{content_id, BlobStore, EmbeddedStore, Limits, Source, StoreError};
use std::time::Duration;
use tempfile::TempDir;
use tokio::{
	io::{AsyncReadExt, AsyncWriteExt},
	net::TcpListener,
	runtime::Runtime,
};

/// What a daemon answers whatever it is asked; nothing: it takes the question and is silent.
type Answer = Option<&'static [u8]>;

struct Rig {
	_folder: TempDir,
	home: EmbeddedStore,
	runtime: Runtime,
}

impl Rig {
	fn new() -> Self {
		let folder = TempDir::new().unwrap();
		let limits = Limits { max_blob: 1_000, quota: None };
		let home = EmbeddedStore::open(folder.path(), limits).unwrap();
		Self { _folder: folder, home, runtime: Runtime::new().unwrap() }
	}

	/// A source whose daemon answers the same to everybody.
	fn daemon(&self, answer: Answer) -> IpfsSource {
		let listener = self.runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
		let address = listener.local_addr().unwrap();
		self.runtime.spawn(async move {
			let mut silent = Vec::new();
			while let Ok((mut stream, _)) = listener.accept().await {
				let mut question = [0; 4_096];
				let _ = stream.read(&mut question).await;
				match answer {
					Some(answer) => {
						let head = format!(
							"HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
							answer.len()
						);
						let _ = stream.write_all(head.as_bytes()).await;
						let _ = stream.write_all(answer).await;
					},
					None => silent.push(stream),
				}
			}
		});
		self.source(format!("http://{address}"))
	}

	fn source(&self, url: String) -> IpfsSource {
		let config = IpfsConfig { url, patience: Duration::from_millis(200), retries: 1 };
		IpfsSource::new(config, self.runtime.handle().clone()).unwrap()
	}

	fn left(&self) -> usize {
		std::fs::read_dir(self.home.incoming()).unwrap().count()
	}
}

#[test]
fn a_blob_is_brought_and_kept() {
	let rig = Rig::new();
	let id = content_id(b"the bytes");
	rig.daemon(Some(b"the bytes")).bring(&id, &rig.home).unwrap();
	assert_eq!(rig.home.get(&id).unwrap(), b"the bytes");
}

#[test]
fn other_bytes_than_asked_for_are_refused_and_not_kept() {
	let rig = Rig::new();
	let id = content_id(b"the bytes");
	let refusal = rig.daemon(Some(b"other bytes")).bring(&id, &rig.home);
	assert!(matches!(refusal, Err(StoreError::WrongId { expected, .. }) if expected == id));
	assert_eq!((rig.home.has(&id), rig.left()), (false, 0));
}

#[test]
fn a_blob_that_goes_on_beyond_the_limit_is_cut_off() {
	let rig = Rig::new();
	let refusal = rig.daemon(Some(&[1; 5_000])).bring(&content_id(b"small"), &rig.home);
	assert!(matches!(refusal, Err(StoreError::TooLarge { max: 1_000, .. })));
	assert_eq!(rig.left(), 0);
}

#[test]
fn silence_and_absence_end() {
	let rig = Rig::new();
	let id = content_id(b"the bytes");
	let silent = rig.daemon(None);
	let absent = rig.source("http://127.0.0.1:1".into());
	for source in [silent, absent] {
		for refusal in [
			source.bring(&id, &rig.home).unwrap_err(),
			source.size(&id).unwrap_err(),
			source.pin(&id).unwrap_err(),
		] {
			assert!(matches!(refusal, StoreError::Unreachable { .. }), "{refusal}");
			assert!(refusal.to_string().contains("--store"), "{refusal}");
		}
	}
	assert_eq!(rig.left(), 0);
}

#[test]
fn what_is_no_url_is_refused_at_once() {
	let rig = Rig::new();
	let config = IpfsConfig::new("not a url");
	let refusal = IpfsSource::new(config, rig.runtime.handle().clone());
	assert!(matches!(refusal, Err(StoreError::Unreachable { .. })));
}
