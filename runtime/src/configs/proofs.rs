//! Verified proofs: who approves of keys and accepts reference strings, what does the arithmetic, and how long statements are kept.

use crate::{
	configs::origins::ModelCurator,
	constants::{
		currency::deposit,
		time::{DAYS, HOURS},
	},
	AccountId, Balance, Balances, Runtime, RuntimeHoldReason,
};
use frame_support::{
	parameter_types,
	traits::{ConstU32, EitherOf},
};
use frame_system::EnsureRoot;

/// The node's machine code checks proofs.
#[cfg(not(feature = "pure-proofs"))]
mod arithmetic {
	pub(super) use opg_host::HostEngine as Engine;
	pub(super) use pallet_proofs::weights::HostPrices as Prices;
}

/// The runtime checks proofs by itself, on any node.
#[cfg(feature = "pure-proofs")]
mod arithmetic {
	pub(super) use opg_verifiers::Pure as Engine;
	pub(super) use pallet_proofs::weights::WasmPrices as Prices;
}

parameter_types! {
	pub const KeyDepositBase: Balance = deposit(2, 0);
	pub const KeyDepositPerByte: Balance = deposit(0, 1);
}

impl pallet_proofs::Config for Runtime {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type ApproveOrigin = EitherOf<EnsureRoot<AccountId>, ModelCurator>;
	type ReferenceStringOrigin = EnsureRoot<AccountId>;
	type OnVerified = ();
	type Engine = arithmetic::Engine;
	type DepositBase = KeyDepositBase;
	type DepositPerByte = KeyDepositPerByte;
	type MaxStatements = ConstU32<2_048>;
	type StatementLife = ConstU32<{ 6 * HOURS }>;
	type ReferenceStringDelay = ConstU32<{ 7 * DAYS }>;
	type WeightInfo = pallet_proofs::weights::UpperBounds<Runtime, arithmetic::Prices>;
}
