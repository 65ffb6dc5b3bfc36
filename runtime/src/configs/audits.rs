//! Audits of models' keys: what they cost, and how panels of nodes make keys as if that were a model.

use crate::{
	configs::{ai::BabeEntropy, parameters::AuditPay},
	AccountId, Audits, Balance, Balances, Inference, Models, Nodes, Panels, Runtime,
	RuntimeHoldReason,
};
use frame_support::{parameter_types, traits::ConstU32};
use opg_primitives::{
	audit::key_making,
	node::MAKES_KEYS,
	seams::{Case, CaseDesk, ModelCatalogue, ModelRefusal, ModelTerms, Verdict},
	Input, ModelId, ModelSpec, TrustKind,
};
use sp_runtime::Perbill;

parameter_types! {
	/// The part of a block that a draw for an audit may take.
	pub const AuditBudget: Perbill = Perbill::from_percent(2);
}

/// Blocks that making a key usually takes: a panel waits for it twice as long.
const USUAL_TIME: u32 = 40;

impl pallet_audits::Config for Runtime {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Models = Models;
	type Nodes = Nodes;
	type Panels = Panels;
	type Entropy = BabeEntropy;
	type Pay = AuditPay;
	type MaxWaiting = ConstU32<32>;
	type Budget = AuditBudget;
	type WeightInfo = pallet_audits::weights::UpperBounds<Runtime>;
}

/// Whose questions panels answer.
pub struct Desks;

impl CaseDesk for Desks {
	fn input(case: Case) -> Option<Input> {
		match case {
			Case::Request(_) | Case::Check(_) => Inference::input(case),
			Case::Audit(_) => Audits::input(case),
		}
	}

	fn decided(case: Case, verdict: Verdict) {
		match case {
			Case::Request(_) | Case::Check(_) => Inference::decided(case, verdict),
			Case::Audit(_) => Audits::decided(case, verdict),
		}
	}
}

/// The published models, and the making of keys as panels see it.
pub struct ModelsAndKeys;

impl ModelCatalogue<AccountId, Balance> for ModelsAndKeys {
	fn terms(
		model: ModelId,
		trust: TrustKind,
	) -> Result<ModelTerms<AccountId, Balance>, ModelRefusal> {
		Models::terms(model, trust)
	}

	fn spec(model: ModelId) -> Option<ModelSpec> {
		if model == MAKES_KEYS {
			return Some(key_making());
		}
		Models::spec(model)
	}

	fn is_key_believed(model: ModelId) -> bool {
		Models::is_key_believed(model)
	}

	fn is_active(model: ModelId) -> bool {
		model == MAKES_KEYS || Models::is_active(model)
	}

	fn answer_time(model: ModelId) -> u32 {
		if model == MAKES_KEYS {
			return USUAL_TIME;
		}
		Models::answer_time(model)
	}

	fn note_answer_time(model: ModelId, blocks: u32) {
		Models::note_answer_time(model, blocks);
	}

	fn note_wait(model: ModelId) {
		Models::note_wait(model);
	}

	fn next() -> ModelId {
		Models::next()
	}
}
