//! What this crate exports as Wasm, with the heap that its host keeps for it.

use crate::{answer, Task};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use core::alloc::{GlobalAlloc, Layout};
use opg_host::HostEngine;
use opg_verifiers::{Engine, Pure};

extern "C" {
	fn ext_allocator_malloc_version_1(size: u32) -> *mut u8;
	fn ext_allocator_free_version_1(place: *mut u8);
}

struct HostHeap;

#[global_allocator]
static HEAP: HostHeap = HostHeap;

// SAFETY: the host hands out memory of this module that nobody else has, aligned to eight bytes.
unsafe impl GlobalAlloc for HostHeap {
	unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
		unsafe { ext_allocator_malloc_version_1(layout.size() as u32) }
	}

	unsafe fn dealloc(&self, place: *mut u8, _: Layout) {
		unsafe { ext_allocator_free_version_1(place) }
	}
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
	core::arch::wasm32::unreachable()
}

/// The answer to a task of `length` bytes at `place`, as address and length in one number, as runtimes give it.
fn answered<E: Engine>(place: *const u8, length: usize) -> u64 {
	// SAFETY: the executor has written as many bytes there.
	let mut bytes = unsafe { core::slice::from_raw_parts(place, length) };
	let said = Task::decode(&mut bytes).map(|task| answer::<E>(&task).encode());
	let said = Vec::leak(said.unwrap_or_default());
	(said.len() as u64) << 32 | said.as_ptr() as u64
}

#[no_mangle]
extern "C" fn pure_answer(place: *const u8, length: usize) -> u64 {
	answered::<Pure>(place, length)
}

#[no_mangle]
extern "C" fn host_answer(place: *const u8, length: usize) -> u64 {
	answered::<HostEngine>(place, length)
}
