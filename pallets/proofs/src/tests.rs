//! What verifying proofs must and must not do, a file a theme.

mod aggregation;
mod batch;
mod expiry;
mod ezkl;
mod keys;
mod laws;
mod reference_strings;
mod replay;
mod submit;
mod vectors;
mod weight;
