//! What the fuzz targets share: values made from the fuzzer's bytes, and the laws that hold whatever the bytes are.

pub mod agreement;
pub mod claims;
pub mod edit;
pub mod memory;
pub mod ports;
pub mod runtime;
pub mod scale;
pub mod seeds;
pub mod values;
pub mod verification;

/// What a target runs on: the fuzzer's bytes, drawn from as needed.
pub type Bytes<'a> = libfuzzer_sys::arbitrary::Unstructured<'a>;

/// What was drawn; an error where the bytes make no such value.
pub type Drawn<T> = libfuzzer_sys::arbitrary::Result<T>;
