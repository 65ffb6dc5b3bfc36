//! The smallest chain that verifies proofs, and the law of what it believes.

use crate::claims::{read_inputs, read_key, read_proof, samples, Sample};
use codec::Decode;
use frame_support::{
	derive_impl,
	traits::{ConstU128, ConstU32, ConstU64, Hooks},
};
use opg_primitives::seams::{KeyId, ProofSystem};
use opg_verifiers::{groth16::Groth16, Verifier};
use pallet_proofs::{api::Claims, Error, Event, ProofFault, Submission};
use sp_io::{storage, TestExternalities};
use sp_runtime::{BuildStorage, DispatchError, ModuleError};
use std::{cell::RefCell, collections::BTreeSet};

const SUBMITTER: u64 = 1;
const LIFE: u64 = 10;

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
	pub type Proofs = pallet_proofs;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Chain {
	type Block = frame_system::mocking::MockBlock<Chain>;
	type AccountData = pallet_balances::AccountData<u128>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Chain {
	type Balance = u128;
	type ExistentialDeposit = ConstU128<1>;
	type AccountStore = System;
}

impl pallet_proofs::Config for Chain {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type ApproveOrigin = frame_system::EnsureRoot<u64>;
	type ReferenceStringOrigin = frame_system::EnsureRoot<u64>;
	type OnVerified = ();
	type Engine = opg_verifiers::Pure;
	type DepositBase = ConstU128<1_000_000>;
	type DepositPerByte = ConstU128<10>;
	type MaxStatements = ConstU32<80>;
	type StatementLife = ConstU64<LIFE>;
	type ReferenceStringDelay = ConstU64<LIFE>;
	type WeightInfo =
		pallet_proofs::weights::UpperBounds<Chain, pallet_proofs::weights::WasmPrices>;
}

thread_local! {
	static EXTERNALITIES: RefCell<TestExternalities> = RefCell::new(genesis());
}

/// A chain on which the keys of the samples are registered.
fn genesis() -> TestExternalities {
	let mut storage =
		frame_system::GenesisConfig::<Chain>::default().build_storage().expect("a genesis");
	let balances = vec![(SUBMITTER, 1_000_000_000)];
	pallet_balances::GenesisConfig::<Chain> { balances, ..Default::default() }
		.assimilate_storage(&mut storage)
		.expect("balances");
	let mut externalities: TestExternalities = storage.into();
	externalities.execute_with(|| {
		System::set_block_number(1);
		let keys: BTreeSet<_> =
			samples().iter().map(|sample| (&sample.key, sample.declared)).collect();
		for (key, inputs) in keys {
			let bytes = key.clone().try_into().expect("a short key");
			Proofs::register_key(
				RuntimeOrigin::signed(SUBMITTER),
				ProofSystem::Groth16Bn254,
				inputs as u32,
				bytes,
			)
			.expect("a sound key");
		}
	});
	externalities
}

/// What the chain calls the key of a sample.
pub fn key_of(sample: &Sample) -> KeyId {
	pallet_proofs::key_id(ProofSystem::Groth16Bn254, sample.declared as u32, &sample.key)
}

/// Registers a key on a fresh chain: taken are sound ones only, and the deposit returns; says whether it was taken.
pub fn register(inputs: u32, bytes: Vec<u8>) -> bool {
	run(|| {
		let Ok(bounded) = bytes.clone().try_into() else { return false };
		let id = pallet_proofs::key_id(ProofSystem::Groth16Bn254, inputs, &bytes);
		let is_known = samples().iter().any(|sample| key_of(sample) == id);
		let origin = || RuntimeOrigin::signed(SUBMITTER);
		let before = Balances::free_balance(SUBMITTER);
		let taken = Proofs::register_key(origin(), ProofSystem::Groth16Bn254, inputs, bounded);
		let is_sound = read_key(&bytes, inputs as usize).is_some();
		assert_eq!(taken.is_ok(), is_sound && !is_known, "{taken:?}");
		Proofs::check_laws().expect("the laws hold");
		if taken.is_ok() {
			Proofs::remove_key(origin(), id).expect("nobody relies on it");
			assert_eq!(Balances::free_balance(SUBMITTER), before, "the deposit is back");
		}
		taken.is_ok()
	})
}

/// Submits a batch on a fresh chain: exactly what holds is believed; says whether the call went well.
pub fn submit(batch: Vec<Submission<u64>>) -> bool {
	run(|| {
		let sound: Vec<_> = batch.iter().map(holds).collect();
		let claims: Result<Claims, _> = batch
			.iter()
			.map(|one| (one.key, one.inputs.clone(), one.proof.clone()))
			.collect::<Vec<_>>()
			.try_into();
		if let Ok(claims) = claims {
			match Proofs::verify_batch(&claims) {
				Ok(verdicts) => assert_eq!(verdicts, sound, "asked without a transaction"),
				Err((index, fault)) => {
					assert!(!sound[index as usize] && fault != ProofFault::Unproven, "{fault:?}");
				},
			}
		}
		System::reset_events();
		let result = Proofs::submit_batch(RuntimeOrigin::signed(SUBMITTER), batch);
		Proofs::check_laws().expect("the laws hold");
		match &result {
			Ok(_) => {
				let verdicts: Vec<_> = System::events()
					.into_iter()
					.filter_map(|record| match record.event {
						RuntimeEvent::Proofs(Event::ProofVerified { .. }) => Some(true),
						RuntimeEvent::Proofs(Event::ProofRejected { .. }) => Some(false),
						_ => None,
					})
					.collect();
				assert_eq!(verdicts, sound, "believed");
			},
			Err(error) => hold_refusal(error.error, &sound),
		}
		Proofs::on_finalize(1);
		Proofs::check_laws().expect("the laws hold once the block is over");
		result.is_ok()
	})
}

/// A batch is refused for what one of its proofs cannot be, never for what it does not show.
fn hold_refusal(error: DispatchError, sound: &[bool]) {
	let DispatchError::Module(ModuleError { error, .. }) = error else { return };
	let Ok(Error::Proof(index, fault)) = Error::<Chain>::decode(&mut &error[..]) else { return };
	match fault {
		ProofFault::ContextExpired | ProofFault::ContextTooLong | ProofFault::Duplicate => {},
		_ => assert!(!sound[usize::from(index)] && fault != ProofFault::Unproven, "{fault:?}"),
	}
}

/// Whether a submission shows what it says, by the verifier alone.
fn holds(submission: &Submission<u64>) -> bool {
	let known = samples().iter().find(|sample| key_of(sample) == submission.key);
	let judge = || {
		let sample = known?;
		let key = read_key(&sample.key, sample.declared)?;
		let inputs = read_inputs(submission.inputs.as_flattened())?;
		Groth16::verify(&key, &inputs, &read_proof(&submission.proof)?).ok()
	};
	judge().is_some()
}

fn run<T>(work: impl FnOnce() -> T) -> T {
	EXTERNALITIES.with_borrow_mut(|externalities| {
		externalities.execute_with(|| {
			storage::start_transaction();
			let value = work();
			storage::rollback_transaction();
			value
		})
	})
}
