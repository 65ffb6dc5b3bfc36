//! The smallest runtime that publishes models.

use crate::{Draft, Event, Pallet};
use frame_support::{derive_impl, parameter_types, traits::ConstU64};
use opg_primitives::{
	seams::{KeyId, KeyRefusal, ProofKeys, ProofSystem},
	Circuit, ContentCodec, ContentId, Port, TrustKind,
};
use opg_tensor::{Dimension, ElementType, NumericProfile};
use sp_runtime::{BuildStorage, Permill};
use std::collections::BTreeMap;

pub(crate) type Balance = u64;
pub(crate) const ALICE: u64 = 1;
pub(crate) const BOB: u64 = 2;
pub(crate) const UNIT: Balance = 1_000_000;

#[frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(
		RuntimeCall,
		RuntimeEvent,
		RuntimeError,
		RuntimeOrigin,
		RuntimeHoldReason,
		RuntimeFreezeReason,
		RuntimeTask
	)]
	pub struct Test;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type Balances = pallet_balances;
	#[runtime::pallet_index(2)]
	pub type Models = crate;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlock<Test>;
	type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
}

parameter_types! {
	/// The most that demand adds, in millionths.
	pub static MaxSurcharge: u32 = 2_000_000;
	/// The keys there are, with their public inputs and how often they are relied on.
	pub static Keys: BTreeMap<KeyId, (ProofSystem, u32, u32)> = BTreeMap::new();
	pub const MaxRoyalty: Permill = Permill::from_percent(50);
}

/// The keys of [`Keys`].
pub struct Registry;

impl ProofKeys for Registry {
	fn acquire(key: KeyId) -> Result<(), KeyRefusal> {
		Keys::mutate(|keys| {
			keys.get_mut(&key).ok_or(KeyRefusal::Unknown)?.2 += 1;
			Ok(())
		})
	}

	fn release(key: KeyId) {
		Keys::mutate(|keys| keys.get_mut(&key).expect("a key that was relied on").2 -= 1);
	}

	fn system(key: KeyId) -> Option<ProofSystem> {
		Keys::get().get(&key).map(|key| key.0)
	}

	fn inputs(key: KeyId) -> Option<u32> {
		Keys::get().get(&key).map(|key| key.1)
	}

	fn is_approved(_: KeyId) -> bool {
		false
	}
}

impl crate::Config for Test {
	type Keys = Registry;
	type CuratorOrigin = frame_system::EnsureRoot<u64>;
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type DepositBase = ConstU64<UNIT>;
	type DepositPerByte = ConstU64<10>;
	type MinPrice = ConstU64<1_000>;
	type MaxSurcharge = MaxSurcharge;
	type MaxRoyalty = MaxRoyalty;
	type RetirementDelay = ConstU64<10>;
	type WeightInfo = crate::weights::UpperBounds<Test>;
}

pub(crate) fn port(name: &str, shape: &[Dimension]) -> Port {
	Port {
		name: name.as_bytes().to_vec().try_into().expect("a short name"),
		element: ElementType::Float32,
		shape: shape.to_vec().try_into().expect("few axes"),
	}
}

pub(crate) fn draft() -> Draft<Balance> {
	Draft {
		name: b"digits".to_vec().try_into().expect("a short name"),
		content: ContentId { codec: ContentCodec::Raw, digest: [1; 32] },
		inputs: vec![port("pixels", &[Dimension::Any, Dimension::Fixed(64)])]
			.try_into()
			.expect("one port"),
		outputs: vec![port("logits", &[Dimension::Any, Dimension::Fixed(10)])]
			.try_into()
			.expect("one port"),
		profile: NumericProfile::Tolerance { abs: 10_000, rel: 100_000 },
		price: 10_000,
		royalty: Permill::from_percent(5),
		trust: vec![TrustKind::Attested].try_into().expect("one mode"),
		circuit: None,
	}
}

pub(crate) const KEY: KeyId = KeyId::repeat_byte(7);

/// A model of two inputs and one output that can be proved under [`KEY`].
pub(crate) fn proved() -> Draft<Balance> {
	let ports = |name, length| vec![port(name, &[Dimension::Fixed(1), Dimension::Fixed(length)])];
	let scales = || vec![13].try_into().expect("one scale");
	Draft {
		inputs: ports("x", 2).try_into().expect("one port"),
		outputs: ports("y", 1).try_into().expect("one port"),
		trust: vec![TrustKind::Attested, TrustKind::Proved].try_into().expect("two modes"),
		circuit: Some(Circuit {
			key: KEY,
			settings: ContentId { codec: ContentCodec::Raw, digest: [2; 32] },
			input_scales: scales(),
			output_scales: scales(),
			bits: 28,
		}),
		..draft()
	}
}

/// Runs `test` on a fresh chain and checks the laws after it.
pub(crate) fn build_and_execute(test: impl FnOnce()) {
	let mut storage =
		frame_system::GenesisConfig::<Test>::default().build_storage().expect("a genesis");
	pallet_balances::GenesisConfig::<Test> {
		balances: vec![(ALICE, 100 * UNIT), (BOB, 100 * UNIT)],
		..Default::default()
	}
	.assimilate_storage(&mut storage)
	.expect("balances");
	let mut externalities: sp_io::TestExternalities = storage.into();
	externalities.execute_with(|| {
		// Tests that share a thread share this.
		MaxSurcharge::set(2_000_000);
		Keys::set([(KEY, (ProofSystem::Ezkl23Bn254, 3, 0))].into());
		System::set_block_number(1);
		test();
		Pallet::<Test>::check_laws().expect("the laws hold");
	});
}

/// This pallet's events since the last call.
pub(crate) fn events() -> Vec<Event<Test>> {
	let events = System::events()
		.into_iter()
		.filter_map(|record| match record.event {
			RuntimeEvent::Models(event) => Some(event),
			_ => None,
		})
		.collect();
	System::reset_events();
	events
}
