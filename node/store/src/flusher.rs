//! Has the disk take what is written of a file while more is written, so that the wait in the end is short.

use std::{
	fs::File,
	io,
	sync::mpsc::{sync_channel, SyncSender},
	thread::{Builder, JoinHandle},
};

/// A thread that waits for the disk, for one file.
#[derive(Debug)]
pub(crate) struct Flusher {
	wake: SyncSender<()>,
	thread: JoinHandle<io::Result<()>>,
}

impl Flusher {
	/// Nothing to do yet.
	pub(crate) fn new(file: File) -> io::Result<Self> {
		let (wake, woken) = sync_channel(1);
		let wait = move || woken.into_iter().try_for_each(|()| file.sync_data());
		let thread = Builder::new().name("blob-flusher".into()).spawn(wait)?;
		Ok(Self { wake, thread })
	}

	/// Says that there is more; while the disk is busy, what is said twice counts once.
	pub(crate) fn wake(&self) {
		let _ = self.wake.try_send(());
	}

	/// Ends; an error is what the disk said, which it says once only.
	pub(crate) fn finish(self) -> io::Result<()> {
		drop(self.wake);
		self.thread.join().unwrap_or_else(|_| Err(io::Error::other("the flushing thread failed")))
	}
}
