//! Audits of models' keys, as the chain has them.

use subxt::ext::scale_decode::DecodeAsType;

/// An audit that has not ended.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct OpenAudit {
	pub(crate) deposit: u128,
	pub(crate) stage: AuditStage,
}

/// What an audit waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) enum AuditStage {
	Waiting { since: u64 },
	Convened,
	Escalated { since: u64 },
}

impl AuditStage {
	/// As a sentence ends with it.
	pub(crate) const fn text(self) -> &'static str {
		match self {
			Self::Waiting { .. } => "waits for nodes that make keys",
			Self::Convened => "its nodes make the key",
			Self::Escalated { .. } => "its nodes found different keys and a jury is drawn",
		}
	}
}
