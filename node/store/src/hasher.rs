//! Hashes a file's chunks in a thread of its own, while others are read and written.

use crate::Outline;
use std::{
	io,
	sync::mpsc::{channel, sync_channel, Receiver, SyncSender},
	thread::{Builder, JoinHandle},
};

/// Chunks that may wait to be hashed: enough that whoever brings them seldom waits.
const AHEAD: usize = 16;

/// A thread that hashes, for one file.
#[derive(Debug)]
pub(crate) struct Hasher {
	chunks: SyncSender<Vec<u8>>,
	emptied: Receiver<Vec<u8>>,
	thread: JoinHandle<Outline>,
}

impl Hasher {
	/// A file that has not begun.
	pub(crate) fn new() -> io::Result<Self> {
		let (chunks, due) = sync_channel::<Vec<u8>>(AHEAD);
		let (empty, emptied) = channel();
		let hash = move || {
			let mut outline = Outline::default();
			for mut chunk in due {
				outline.push(&chunk);
				chunk.clear();
				// Whoever brings chunks may have no use for it any more.
				let _ = empty.send(chunk);
			}
			outline
		};
		let thread = Builder::new().name("blob-hasher".into()).spawn(hash)?;
		Ok(Self { chunks, emptied, thread })
	}

	/// Takes the file's next chunk, and gives an empty one for it.
	pub(crate) fn push(&self, chunk: Vec<u8>) -> io::Result<Vec<u8>> {
		self.chunks.send(chunk).map_err(|_| stopped())?;
		Ok(self.emptied.try_recv().unwrap_or_default())
	}

	/// The outline of all that was taken.
	pub(crate) fn finish(self) -> io::Result<Outline> {
		drop(self.chunks);
		self.thread.join().map_err(|_| stopped())
	}
}

fn stopped() -> io::Error {
	io::Error::other("the thread that hashes has stopped")
}
