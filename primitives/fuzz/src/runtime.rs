//! The smallest chain that publishes models, and the law of what it takes.

use frame_support::{derive_impl, parameter_types, traits::ConstU128};
use opg_primitives::{
	model::Ports,
	request::MAX_OUTPUT_BYTES,
	circuit::public_inputs,
	seams::{KeyId, KeyRefusal, ModelCatalogue, ModelRefusal, ProofKeys, ProofSystem},
	Circuit, ModelSpec, Port, TrustKind,
};
use opg_tensor::{encode, Dimension, Tensor};
use pallet_models::Draft;
use sp_io::{storage, TestExternalities};
use sp_runtime::{BuildStorage, Permill};
use std::{cell::RefCell, collections::BTreeSet};

type Balance = u128;

const OWNER: u64 = 1;
const FUNDS: Balance = 1_000_000_000;
const MIN_PRICE: Balance = 1_000;
/// Bytes beyond which no tensor is made here; a port may ask for more.
const MOST_BYTES: u32 = 1 << 20;

#[frame_support::runtime]
mod chain {
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
	pub struct Chain;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type Balances = pallet_balances;
	#[runtime::pallet_index(2)]
	pub type Models = pallet_models;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Chain {
	type Block = frame_system::mocking::MockBlock<Chain>;
	type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Chain {
	type Balance = Balance;
	type ExistentialDeposit = ConstU128<1>;
	type AccountStore = System;
}

parameter_types! {
	pub const MaxRoyalty: Permill = Permill::from_percent(50);
	pub const RetirementDelay: u64 = 0;
	pub const MaxSurcharge: u32 = 0;
}

/// Keys that say of themselves what they are: their first byte how many public inputs, their second of which system.
pub struct Keys;

impl ProofKeys for Keys {
	fn acquire(key: KeyId) -> Result<(), KeyRefusal> {
		Self::system(key).map(|_| ()).ok_or(KeyRefusal::Unknown)
	}

	fn release(_: KeyId) {}

	fn system(key: KeyId) -> Option<ProofSystem> {
		match key.0[1] % 8 {
			0 => None,
			1 => Some(ProofSystem::Groth16Bn254),
			_ => Some(ProofSystem::Ezkl23Bn254),
		}
	}

	fn inputs(key: KeyId) -> Option<u32> {
		Self::system(key).map(|_| key.0[0].into())
	}

	fn is_approved(_: KeyId) -> bool {
		false
	}
}

impl pallet_models::Config for Chain {
	type CuratorOrigin = frame_system::EnsureRoot<<Self as frame_system::Config>::AccountId>;
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type DepositBase = ConstU128<1_000_000>;
	type DepositPerByte = ConstU128<10>;
	type Keys = Keys;
	type MinPrice = ConstU128<MIN_PRICE>;
	type MaxSurcharge = MaxSurcharge;
	type MaxRoyalty = MaxRoyalty;
	type RetirementDelay = RetirementDelay;
	type WeightInfo = pallet_models::weights::UpperBounds<Chain>;
}

thread_local! {
	static EXTERNALITIES: RefCell<TestExternalities> = RefCell::new(genesis());
}

fn genesis() -> TestExternalities {
	let mut storage =
		frame_system::GenesisConfig::<Chain>::default().build_storage().expect("a genesis");
	let balances = vec![(OWNER, FUNDS)];
	pallet_balances::GenesisConfig::<Chain> { balances, ..Default::default() }
		.assimilate_storage(&mut storage)
		.expect("balances");
	storage.into()
}

/// Publishes the draft on a fresh chain, takes the model through its life, and asserts the law; says whether it was taken.
pub fn publish(draft: Draft<Balance>) -> bool {
	EXTERNALITIES.with_borrow_mut(|externalities| {
		externalities.execute_with(|| {
			storage::start_transaction();
			let taken = live(draft);
			storage::rollback_transaction();
			taken
		})
	})
}

fn live(draft: Draft<Balance>) -> bool {
	let owner = || RuntimeOrigin::signed(OWNER);
	let published = Models::publish(owner(), draft.clone());
	assert_eq!(published.is_ok(), is_publishable(&draft), "{published:?}: {draft:?}");
	Models::check_laws().expect("the laws hold");
	if published.is_err() {
		assert_eq!(Models::terms(0, TrustKind::Attested), Err(ModelRefusal::Unknown));
		return false;
	}
	hold_spec(&draft, Models::spec(0).expect("a model that was published has a spec"));
	for kind in [TrustKind::Attested, TrustKind::Quorum, TrustKind::Proved] {
		let expected = draft.trust.contains(&kind);
		assert_eq!(Models::terms(0, kind).is_ok(), expected);
	}
	Models::retire(owner(), 0).expect("an active model can be retired");
	Models::remove(owner(), 0).expect("a retired model can be removed");
	Models::check_laws().expect("the laws hold");
	assert_eq!(Balances::free_balance(OWNER), FUNDS, "the deposit is back");
	true
}

fn hold_spec(draft: &Draft<Balance>, spec: ModelSpec) {
	assert_eq!(spec.content, draft.content);
	assert_eq!((&spec.inputs, &spec.outputs), (&draft.inputs, &draft.outputs));
	assert_eq!(spec.profile, draft.profile);
	assert_eq!(spec.circuit, draft.circuit);
	for port in &spec.outputs {
		if let Some(least) = least_tensor(port) {
			assert!(least.data.len() <= MAX_OUTPUT_BYTES as usize, "no answer can hold {port:?}");
			let bytes = encode(&[least]);
			let read = crate::ports::read(std::slice::from_ref(port), &bytes, bytes.len());
			assert!(read.is_some(), "nothing fits {port:?}");
		}
	}
}

/// The shortest tensor without an empty axis that fits the port; `None` for strings, whose bytes the pallet does not count.
fn least_tensor(port: &Port) -> Option<Tensor> {
	let shape: Vec<u32> = port
		.shape
		.iter()
		.map(|dimension| match dimension {
			Dimension::Fixed(length) => *length,
			Dimension::Any => 1,
		})
		.collect();
	let size = u32::try_from(port.element.size()?).ok()?;
	let bytes = shape.iter().try_fold(size, |bytes, length| bytes.checked_mul(*length));
	let bytes = bytes.filter(|bytes| *bytes <= MOST_BYTES).expect("a port taken is not endless");
	Some(Tensor::new(port.element, shape, vec![0; bytes as usize]).expect("zeros are sound"))
}

/// What the pallet's documentation asks of a draft.
fn is_publishable(draft: &Draft<Balance>) -> bool {
	let is_text = |bytes: &[u8]| std::str::from_utf8(bytes).is_ok();
	let kinds: BTreeSet<_> = draft.trust.iter().collect();
	let deposit = Models::deposit_for(draft);
	!draft.name.is_empty()
		&& is_text(&draft.name)
		&& are_sound(&draft.inputs, u32::MAX.into())
		&& are_sound(&draft.outputs, MAX_OUTPUT_BYTES.into())
		&& draft.price >= MIN_PRICE
		&& draft.royalty <= MaxRoyalty::get()
		&& !kinds.is_empty()
		&& kinds.len() == draft.trust.len()
		&& kinds.contains(&TrustKind::Proved) == draft.circuit.is_some()
		&& draft.circuit.as_ref().is_none_or(|circuit| is_of(circuit, draft))
		// The owner's account stays open.
		&& deposit < FUNDS
}

/// Whether a circuit's proofs show every element of the draft's inputs and outputs.
fn is_of(circuit: &Circuit, draft: &Draft<Balance>) -> bool {
	let elements = public_inputs(draft.inputs.iter().chain(&draft.outputs));
	circuit.is_sound()
		&& circuit.input_scales.len() == draft.inputs.len()
		&& circuit.output_scales.len() == draft.outputs.len()
		&& Keys::system(circuit.key) == Some(ProofSystem::Ezkl23Bn254)
		&& elements.is_some_and(|elements| Keys::inputs(circuit.key) == Some(elements))
}

fn are_sound(ports: &Ports, max_bytes: u128) -> bool {
	let names: BTreeSet<_> = ports.iter().map(|port| &port.name[..]).collect();
	!ports.is_empty()
		&& names.len() == ports.len()
		&& names.iter().all(|name| std::str::from_utf8(name).is_ok())
		&& ports.iter().all(|port| {
			let fixed = port.shape.iter().filter_map(|dimension| match dimension {
				Dimension::Fixed(length) => Some(u128::from(*length)),
				Dimension::Any => None,
			});
			let size = port.element.size().unwrap_or(0) as u128;
			fixed.clone().all(|length| length > 0)
				&& fixed.fold(size, |bytes, length| bytes.saturating_mul(length)) <= max_bytes
		})
}
