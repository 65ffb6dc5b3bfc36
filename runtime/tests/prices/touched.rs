//! Which entries of the state something reads and writes: what the state machine traces is listened to.

use std::{
	collections::BTreeSet,
	fmt::{Debug, Write},
	sync::{Arc, Mutex},
};
use tracing::{
	field::{Field, Visit},
	span::{Attributes, Id, Record},
	Event, Metadata, Subscriber,
};

/// The keys of entries that are in memory anyway in every block: the system's own but for accounts.
fn is_free(key: &str) -> bool {
	const SYSTEM: &str = "26aa394eea5630e07c48ae0c9558cef7";
	const ACCOUNT: &str = "b99d880ec681799c0cf30e8886371da9";
	// Those that begin with a colon are not of any pallet.
	key.starts_with("3a") || key.strip_prefix(SYSTEM).is_some_and(|item| !item.starts_with(ACCOUNT))
}

/// Different entries that were read and written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Touched {
	reads: BTreeSet<String>,
	writes: BTreeSet<String>,
}

impl Touched {
	pub(crate) fn reads(&self) -> usize {
		self.reads.len()
	}

	pub(crate) fn writes(&self) -> usize {
		self.writes.len()
	}
}

#[derive(Clone, Default)]
struct Listener(Arc<Mutex<Touched>>);

/// One access, as it is traced.
#[derive(Default)]
struct Access {
	method: String,
	key: String,
}

impl Visit for Access {
	fn record_str(&mut self, field: &Field, value: &str) {
		if field.name() == "method" {
			self.method = value.into();
		}
	}

	fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
		if field.name() == "key" {
			let _ = write!(self.key, "{value:?}");
		}
	}
}

impl Subscriber for Listener {
	fn enabled(&self, of: &Metadata<'_>) -> bool {
		of.target() == "state"
	}

	fn event(&self, event: &Event<'_>) {
		let mut access = Access::default();
		event.record(&mut access);
		if is_free(&access.key) {
			return;
		}
		let mut touched = self.0.lock().expect("nobody panics with it");
		match access.method.as_str() {
			"Get" | "Hash" | "Exists" => touched.reads.insert(access.key),
			// What is appended to is read first.
			"Put" | "Append" => touched.writes.insert(access.key),
			_ => false,
		};
	}

	fn new_span(&self, _: &Attributes<'_>) -> Id {
		Id::from_u64(1)
	}

	fn record(&self, _: &Id, _: &Record<'_>) {}
	fn record_follows_from(&self, _: &Id, _: &Id) {}
	fn enter(&self, _: &Id) {}
	fn exit(&self, _: &Id) {}
}

/// What `act` reads and writes.
pub(crate) fn touched_by(act: impl FnOnce()) -> Touched {
	let listener = Listener::default();
	tracing::subscriber::with_default(listener.clone(), act);
	let touched = listener.0.lock().expect("nobody panics with it");
	touched.clone()
}
