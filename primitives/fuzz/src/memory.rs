//! Counts the memory a decoder takes, so that a few bytes cannot ask for much of it.

use std::{
	alloc::{GlobalAlloc, Layout, System},
	sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn grown(bytes: usize) {
	let live = LIVE.fetch_add(bytes, Relaxed) + bytes;
	PEAK.fetch_max(live, Relaxed);
}

// SAFETY: every call goes to the system's allocator as it came; the counts touch no memory handed out.
unsafe impl GlobalAlloc for Counting {
	unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
		grown(layout.size());
		unsafe { System.alloc(layout) }
	}

	unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
		grown(layout.size());
		unsafe { System.alloc_zeroed(layout) }
	}

	unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
		LIVE.fetch_sub(layout.size(), Relaxed);
		unsafe { System.dealloc(place, layout) }
	}

	unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
		// Both may be there for a moment.
		grown(size);
		LIVE.fetch_sub(layout.size(), Relaxed);
		unsafe { System.realloc(place, layout, size) }
	}
}

/// What `work` gives, and the most bytes it held at once.
pub fn peak<T>(work: impl FnOnce() -> T) -> (T, usize) {
	let before = LIVE.load(Relaxed);
	PEAK.store(before, Relaxed);
	let value = work();
	(value, PEAK.load(Relaxed).saturating_sub(before))
}
