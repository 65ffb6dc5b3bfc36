//! The traits by which one pallet asks another; `runtime/src/configs` answers them.

mod answers;
mod apps;
mod audits;
mod circuits;
mod entropy;
mod feeds;
mod fees;
mod files;
mod growth;
mod models;
mod nodes;
mod panels;
mod proofs;
mod requests;
mod rewards;
mod usage;

pub use answers::{AnswerDesk, AnswerRefusal, GivenAnswer};
pub use apps::AppDesk;
pub use audits::{AuditRefusal, AuditedModels};
pub use circuits::{Proof, ProvedDesk, Provers};
pub use entropy::{BlockEntropy, Entropy};
pub use feeds::{Conduct, FeedReader, Observers};
pub use fees::{CheckPurse, FeeSplitter, Payees};
pub use files::{FilePurse, FileUse, ModelFiles};
pub use growth::GrowthPurse;
pub use models::{ModelCatalogue, ModelRefusal, ModelTerms};
pub use nodes::{Delivery, NodeRegistry, Wanted, WorkerKeys};
pub use panels::{Case, CaseDesk, Claim, PanelId, Panels, Question, Verdict};
pub use proofs::{
	KeyId, KeyRefusal, OnProofVerified, ProofKeys, ProofRefusal, ProofSystem, ProofVerifier,
	Provenance, Reference, VerifiedProof,
};
pub use requests::{Ask, RequestDesk, RequestStanding};
pub use rewards::RewardRecord;
pub use usage::{Returned, Subject, UsageLog, UsageNote, Use, UseRecord};
