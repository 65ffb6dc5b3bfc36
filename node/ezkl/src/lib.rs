//! Runs EZKL in a process of its own that is bounded in time and memory, and believes nothing that comes out of it unchecked.
//!
//! [`Tool`] starts one child for each thing that is to be done: [settings](Tool::settings) of a model, a circuit's
//! [keys](Tool::set_up), a [proof](Tool::prove). Circuits lie in folders ([`Workshop`]). A key is known by its id, a proof is
//! verified here by the code that the chain runs, and what it shows is computed from the input, so a child that lies is found out.

#![warn(clippy::unwrap_used, clippy::expect_used)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod error;
mod key;
mod proof;
mod reference;
mod settings;
mod tool;
mod workshop;

pub use error::EzklError;
pub use key::CircuitKey;
pub use proof::Proven;
pub use reference::{ReferenceStrings, DEVELOPMENT_SEED};
pub use settings::{Settings, SettingsError};
pub use tool::{Limits, Tool};
pub use workshop::Workshop;

/// The one version of EZKL whose circuits and proofs are taken.
pub const VERSION: &str = "23.0.5";
