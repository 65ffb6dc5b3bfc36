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

	/// A source whose daemon breaks off after half of `blob`, and gives the rest to who asks for it.
	fn breaking(&self, blob: &'static [u8]) -> IpfsSource {
		let listener = self.runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
		let address = listener.local_addr().unwrap();
		self.runtime.spawn(async move {
			while let Ok((mut stream, _)) = listener.accept().await {
				let mut question = [0; 4_096];
				let read = stream.read(&mut question).await.unwrap_or_default();
				let question = String::from_utf8_lossy(&question[..read]).into_owned();
				let half = blob.len() / 2;
				let (size, bytes) = match question.contains(&format!("offset={half}")) {
					true => (blob.len() - half, &blob[half..]),
					false => (blob.len(), &blob[..half]),
				};
				let head = format!(
					"HTTP/1.1 200 OK\r\ncontent-length: {size}\r\nconnection: close\r\n\r\n"
				);
				let _ = stream.write_all(head.as_bytes()).await;
				let _ = stream.write_all(bytes).await;
			}
		});
		self.source(format!("http://{address}"))
	}

	fn source(&self, url: String) -> IpfsSource {
		let config = IpfsConfig { url, patience: Duration::from_millis(200), retries: 1 };
		IpfsSource::new(config).unwrap()
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
fn a_download_that_broke_off_goes_on_where_it_stopped() {
	let rig = Rig::new();
	let blob = b"half of this comes first, and then the rest of it";
	let source = rig.breaking(blob);
	source.bring(&content_id(blob), &rig.home).unwrap();
	assert_eq!(rig.home.get(&content_id(blob)).unwrap(), blob);
}

#[test]
fn a_file_comes_whole_or_not_at_all() {
	let rig = Rig::new();
	let (id, folder) = (content_id(b"the bytes"), TempDir::new().unwrap());
	let target = folder.path().join("target");
	let refusal = rig.daemon(Some(b"other bytes")).save(&id, &target);
	assert!(matches!(refusal, Err(StoreError::WrongId { expected, .. }) if expected == id));
	assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left");
	assert_eq!(rig.daemon(Some(b"the bytes")).save(&id, &target).unwrap(), 9);
	assert_eq!(std::fs::read(&target).unwrap(), b"the bytes");
}

#[test]
fn a_daemon_that_calls_a_file_something_else_is_not_believed() {
	let rig = Rig::new();
	let folder = TempDir::new().unwrap();
	let file = folder.path().join("file");
	std::fs::write(&file, b"mine").unwrap();
	let lie = format!(r#"{{"Name":"f","Hash":"{}","Size":"4"}}"#, content_id(b"yours"));
	let refusal = rig.daemon(Some(lie.leak().as_bytes())).add(&file);
	let mine = content_id(b"mine");
	assert!(matches!(refusal, Err(StoreError::WrongId { expected, .. }) if expected == mine));
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
	let config = IpfsConfig::new("not a url");
	let refusal = IpfsSource::new(config);
	assert!(matches!(refusal, Err(StoreError::Unreachable { .. })));
}
