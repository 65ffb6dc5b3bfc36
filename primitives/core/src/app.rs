//! Apps as every part of the chain sees them: which one a request is made through, and on what footing.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// An app's number, counted from 0.
pub type AppId = u32;

/// On what footing a request is made through an app.
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
pub enum Access {
	/// The requester pays; the request counts as the app's.
	#[codec(index = 0)]
	Named,
	/// The requester pays, and a request of its pass is used up.
	#[codec(index = 1)]
	Pass,
	/// The app pays, and a request of the requester's pass is used up.
	#[codec(index = 2)]
	SponsoredPass,
	/// The app pays, out of the credit it gave the requester.
	#[codec(index = 3)]
	Credit,
}

impl Access {
	/// Whether the app pays.
	pub const fn is_sponsored(self) -> bool {
		matches!(self, Self::SponsoredPass | Self::Credit)
	}

	/// Whether a request of a pass is used up.
	pub const fn uses_pass(self) -> bool {
		matches!(self, Self::Pass | Self::SponsoredPass)
	}
}

/// The app a request is made through.
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
pub struct AppUse {
	/// Which.
	pub app: AppId,
	/// On what footing.
	pub access: Access,
}
