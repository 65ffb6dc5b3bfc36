//! The engine's child process as a program of its own.

fn main() {
	opg_worker::engine::serve()
}
