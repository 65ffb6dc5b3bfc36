//! The child's eye on its host: no child outlives its node, even in the middle of a run.

use std::{
	io,
	os::unix::process::parent_id,
	process,
	sync::{
		atomic::{AtomicBool, Ordering},
		Arc,
	},
	thread::{self, JoinHandle},
	time::Duration,
};

/// How often a child looks whether its host still lives.
const INTERVAL: Duration = Duration::from_millis(250);

/// A thread that ends this process once its parent is another.
pub(super) struct Watch {
	over: Arc<AtomicBool>,
	thread: JoinHandle<()>,
}

impl Watch {
	/// Watches for the end of `host`, the parent of this process when it started.
	pub(super) fn start(host: u32) -> io::Result<Self> {
		let over = Arc::new(AtomicBool::new(false));
		let told = over.clone();
		let thread = thread::Builder::new().name("engine-watch".into()).spawn(move || {
			while parent_id() == host {
				if told.load(Ordering::Acquire) {
					return;
				}
				thread::park_timeout(INTERVAL);
			}
			// Unwinding a run could hang in the library.
			process::abort()
		})?;
		Ok(Self { over, thread })
	}

	/// Ends the watch and its thread.
	pub(super) fn end(self) {
		self.over.store(true, Ordering::Release);
		self.thread.thread().unpark();
		let _ = self.thread.join();
	}
}
