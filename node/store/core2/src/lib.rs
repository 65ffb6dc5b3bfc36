//! Stands for the crate of this name, whose releases were withdrawn: with `std` it was a second name for these.

pub use std::{error, io};
