//! Models, as the chain has them.

use opg_primitives::{Audit, Circuit, ContentId, Port, TrustKind};
use opg_tensor::NumericProfile;
use subxt::{
	ext::{scale_decode::DecodeAsType, scale_encode::EncodeAsType},
	utils::{AccountId32, Static},
};

/// A model's terms: in its record, and what `publish` takes.
#[derive(Clone, Debug, DecodeAsType, EncodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
#[encode_as_type(crate_path = "subxt::ext::scale_encode")]
pub(crate) struct Terms {
	pub(crate) name: Vec<u8>,
	pub(crate) content: Static<ContentId>,
	pub(crate) inputs: Static<Vec<Port>>,
	pub(crate) outputs: Static<Vec<Port>>,
	pub(crate) profile: Static<NumericProfile>,
	pub(crate) price: u128,
	pub(crate) royalty: u32,
	pub(crate) trust: Static<Vec<TrustKind>>,
	pub(crate) circuit: Static<Option<Circuit>>,
}

/// A published model.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Model {
	pub(crate) owner: AccountId32,
	pub(crate) terms: Terms,
	pub(crate) status: ModelStatus,
	pub(crate) deposit: u128,
	pub(crate) audit: Static<Audit>,
}

/// Whether a model takes requests.
#[derive(Clone, Copy, PartialEq, Eq, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) enum ModelStatus {
	Active,
	Retired { at: u64 },
	Paused,
}

fields! {
	/// `Models.publish`.
	Publish { draft: Terms }
	/// `Models.update_price`.
	UpdatePrice { model: u32, price: u128, royalty: u32 }
	/// Calls that take only a model.
	OfModel { model: u32 }
}

/// `Models.Published`.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Published {
	pub(crate) model: u32,
}
