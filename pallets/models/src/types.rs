//! A model's record and the draft it is published from.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use opg_primitives::{model::Ports, Audit, Circuit, ContentId, TrustKind};
use opg_tensor::NumericProfile;
use scale_info::TypeInfo;
use sp_runtime::Permill;

/// Bytes of a model's name.
pub type MaxName = ConstU32<64>;
/// Trust modes a model may name.
pub type MaxTrustModes = ConstU32<8>;

/// What an owner publishes.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Draft<Balance> {
	/// What people call it, UTF-8.
	pub name: BoundedVec<u8, MaxName>,
	/// The model file.
	pub content: ContentId,
	/// What it takes, in the file's order.
	pub inputs: Ports,
	/// What it gives, in the file's order.
	pub outputs: Ports,
	/// How two answers are compared.
	pub profile: NumericProfile,
	/// The fee of one answer.
	pub price: Balance,
	/// The part of the node's share that goes to the owner.
	pub royalty: Permill,
	/// Under which trust it may be asked.
	pub trust: BoundedVec<TrustKind, MaxTrustModes>,
	/// How its answers are proved, exactly if it may be asked under a proof.
	pub circuit: Option<Circuit>,
}

/// Whether a model takes requests.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum Status<BlockNumber> {
	/// It does.
	Active,
	/// It does not since this block.
	Retired {
		/// When it was retired.
		at: BlockNumber,
	},
	/// It does not until governance resumes it.
	Paused,
}

/// A published model.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Model<AccountId, Balance, BlockNumber> {
	/// Who published it.
	pub owner: AccountId,
	/// The terms it was published on, prices kept up to date.
	pub terms: Draft<Balance>,
	/// Whether it takes requests.
	pub status: Status<BlockNumber>,
	/// What the owner put down for this record.
	pub deposit: Balance,
	/// Whether somebody found that its circuit's key is made of it; says nothing of a model without a circuit.
	pub audit: Audit,
}

impl<AccountId, Balance, BlockNumber> Model<AccountId, Balance, BlockNumber> {
	/// Whether it will never take requests again.
	pub const fn is_retired(&self) -> bool {
		matches!(self.status, Status::Retired { .. })
	}
}
