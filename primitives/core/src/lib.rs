//! The words every part of the chain shares, and the seams at which pallets meet.
//!
//! Nouns live in files of their own ([`content`], [`model`], [`node`], [`request`], [`job`], [`app`], [`feed`], [`decimal`],
//! [`circuit`], [`late_proof`], [`audit`], [`pieces`]);
//! [`seams`] holds the traits by which one pallet asks another, so that no pallet imports another.

#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs)]

extern crate alloc;

pub mod app;
pub mod audit;
pub mod circuit;
pub mod content;
pub mod decimal;
pub mod feed;
pub mod job;
pub mod late_proof;
pub mod model;
pub mod node;
pub mod pieces;
pub mod request;
pub mod seams;
pub mod statement;

pub use app::{Access, AppId, AppUse};
pub use circuit::{Audit, Circuit, CircuitError};
pub use content::{ContentCodec, ContentId};
pub use feed::FeedId;
pub use late_proof::LateProof;
pub use model::{ModelId, ModelSpec, Port, PortMismatch, TrustKind};
pub use node::{NodeId, Role, Roles};
pub use request::{ClientKey, Draw, FaultKind, Input, Outcome, RequestId, TrustMode};
