//! The traits by which one pallet asks another; `runtime/src/configs` answers them.

mod entropy;
mod fees;
mod models;
mod nodes;

pub use entropy::{BlockEntropy, Entropy};
pub use fees::{FeeSplitter, Payees};
pub use models::{ModelCatalogue, ModelRefusal, ModelTerms};
pub use nodes::{Delivery, NodeRegistry};
