//! Apps, as the chain has them, and what its API says of them.

use codec::Decode;
use subxt::{
	ext::{scale_decode::DecodeAsType, scale_encode::EncodeAsType},
	utils::AccountId32,
};

/// A registered app.
#[derive(Clone, PartialEq, Eq, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct App {
	pub(crate) owner: AccountId32,
	pub(crate) name: Vec<u8>,
	pub(crate) deposit: u128,
	pub(crate) status: AppStatus,
	pub(crate) offers: Vec<Offer>,
	/// The first epoch in which nothing it gave holds any more.
	pub(crate) over_in: u32,
}

/// Whether an app gives and sells anything.
#[derive(Clone, Copy, PartialEq, Eq, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) enum AppStatus {
	Active,
	Retired { at: u64 },
}

/// A pass for sale.
#[derive(Clone, Copy, PartialEq, Eq, Debug, DecodeAsType, EncodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
#[encode_as_type(crate_path = "subxt::ext::scale_encode")]
pub(crate) struct Offer {
	pub(crate) price: u128,
	pub(crate) terms: PassTerms,
}

/// What a pass gives.
#[derive(Clone, Copy, PartialEq, Eq, Debug, DecodeAsType, EncodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
#[encode_as_type(crate_path = "subxt::ext::scale_encode")]
pub(crate) struct PassTerms {
	pub(crate) epochs: u32,
	pub(crate) quota: u32,
	pub(crate) is_transferable: bool,
}

/// What an app pays for.
#[derive(Clone, PartialEq, Eq, Debug, DecodeAsType, EncodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
#[encode_as_type(crate_path = "subxt::ext::scale_encode")]
pub(crate) struct Promise {
	pub(crate) models: Vec<u32>,
	pub(crate) nodes: Vec<u32>,
	pub(crate) cap: u128,
	pub(crate) covers_passes: bool,
}

/// What an app pays for, and paid in an epoch.
#[derive(Clone, PartialEq, Eq, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Sponsorship {
	pub(crate) promise: Promise,
	pub(crate) epoch: u32,
	pub(crate) spent: u128,
}

/// A pass.
#[derive(Clone, Copy, PartialEq, Eq, Debug, DecodeAsType, Decode)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Pass {
	/// The first epoch in which it does not hold any more.
	#[codec(compact)]
	pub(crate) over_in: u32,
	/// Requests that may still name it.
	#[codec(compact)]
	pub(crate) left: u32,
	pub(crate) is_transferable: bool,
}

/// What an app pays for an account.
#[derive(Clone, Copy, PartialEq, Eq, Debug, DecodeAsType, Decode)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Credit {
	/// The first epoch in which it does not hold any more.
	pub(crate) over_in: u32,
	pub(crate) left: u128,
}

/// How an account stands with an app: as it is stored, and what of it holds as `AppsApi_access` says it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, DecodeAsType, Decode)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct Standing {
	pub(crate) pass: Option<Pass>,
	pub(crate) credit: Option<Credit>,
}

fields! {
	/// `Apps.register`.
	RegisterApp { name: Vec<u8> }
	/// `Apps.set_offers`.
	SetOffers { app: u32, offers: Vec<Offer> }
	/// `Apps.buy`.
	BuyPass { app: u32, offer: Offer }
	/// `Apps.grant`.
	GrantPass { app: u32, who: AccountId32, terms: PassTerms }
	/// `Apps.transfer_pass`.
	TransferPass { app: u32, to: AccountId32 }
	/// `Apps.sponsor`.
	Sponsor { app: u32, promise: Option<Promise> }
	/// `Apps.credit`.
	GiveCredit { app: u32, who: AccountId32, amount: u128, epochs: u32, endowment: u128 }
	/// `Apps.withdraw`.
	WithdrawFromPurse { app: u32, amount: u128 }
	/// Calls that take only an app.
	OfApp { app: u32 }
}

/// `Apps.Registered`.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct AppRegistered {
	pub(crate) app: u32,
}

/// `Apps.Bought` and `Apps.Granted`.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct PassGiven {
	pub(crate) pass: Pass,
}
