//! How a lack of memory shows: in ONNX Runtime's words, in a child's last words, in the kernel's count of its killings.
//!
//! The memory limit makes allocations fail, it kills nobody. ONNX Runtime then answers with an error, which has no code of its own
//! but one of a few phrases; what nobody catches aborts the child, and Rust's and C++'s runtimes say so before. Where the machine
//! itself runs out, the kernel kills with signal 9 and counts it. What shows otherwise, a crash after an unchecked allocation say,
//! is taken for a crash. A model may carry these phrases in its own names: it only ever changes the name of its own fault.

use std::fs;

/// What ONNX Runtime 1.31 and its GPU libraries say when an allocation fails.
const REFUSALS: [&str; 6] = [
	"Failed to allocate memory for requested buffer of size",
	"std::bad_alloc",
	"CUDA failure 2: out of memory",
	"CUDA_ERROR_OUT_OF_MEMORY",
	"CUBLAS_STATUS_ALLOC_FAILED",
	"CUDNN_STATUS_ALLOC_FAILED",
];

/// What a process says that aborts for want of memory.
const LAST_WORDS: [&str; 2] = ["memory allocation of ", "std::bad_alloc"];

const SIGABRT: i32 = 6;
const SIGKILL: i32 = 9;

/// Whether an error of ONNX Runtime says that memory was short.
pub(super) fn in_error(words: &str) -> bool {
	REFUSALS.iter().any(|phrase| words.contains(phrase))
}

/// Whether a child that ended by `signal` did so for want of memory.
pub(super) fn in_death(signal: Option<i32>, last_words: &[u8], kernel_killed: bool) -> bool {
	match signal {
		Some(SIGABRT) => {
			let words = String::from_utf8_lossy(last_words);
			LAST_WORDS.iter().any(|phrase| words.contains(phrase))
		},
		Some(SIGKILL) => kernel_killed,
		_ => false,
	}
}

/// How many processes the kernel has killed for want of memory since it started, if it says so.
pub(super) fn kernel_kills() -> Option<u64> {
	let counts = fs::read_to_string("/proc/vmstat").ok()?;
	counts.lines().find_map(|line| line.strip_prefix("oom_kill ")?.parse().ok())
}

#[cfg(test)]
mod tests {
	use super::{in_death, in_error};

	#[test]
	fn an_error_that_speaks_of_memory_is_a_shortage() {
		assert!(in_error(
			"Non-zero status code returned while running Sigmoid node. Name:'' Status Message: \
			 bfc_arena.cc:376 Failed to allocate memory for requested buffer of size 4294967296"
		));
		assert!(in_error("Status Message: std::bad_alloc"));
		assert!(!in_error("Invalid input shape: {0}"));
	}

	#[test]
	fn a_death_is_a_shortage_only_if_it_was_said_or_counted() {
		assert!(in_death(Some(6), b"memory allocation of 4096 bytes failed\n", false));
		assert!(in_death(Some(6), b"what(): std::bad_alloc\n", false));
		assert!(!in_death(Some(6), b"panicked at ...\n", false));
		assert!(in_death(Some(9), b"", true));
		assert!(!in_death(Some(9), b"", false), "somebody else may kill too");
		assert!(!in_death(Some(11), b"std::bad_alloc", true));
		assert!(!in_death(None, b"std::bad_alloc", true));
	}
}
