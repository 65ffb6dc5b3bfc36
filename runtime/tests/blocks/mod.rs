//! Blocks as authors make them: hooks that weigh what they weigh, and transactions that are checked and pay.

use codec::Encode;
use frame_support::{
	assert_ok,
	dispatch::{DispatchClass, GetDispatchInfo},
	storage::storage_prefix,
	traits::{OnFinalize, OnIdle, OnInitialize, UnfilteredDispatchable},
};
use frame_system::BlockWeight;
use opg_runtime::{
	configs::system::{tx_extension, Weights},
	constants::time::SLOT_DURATION,
	AccountId, AllPalletsWithSystem, Babe, BlockNumber, Runtime, RuntimeCall, RuntimeEvent,
	RuntimeOrigin, Session, Signature, System, TxExtension, UncheckedExtrinsic,
};
use sp_consensus_babe::{
	digests::{PreDigest, SecondaryVRFPreDigest},
	make_vrf_sign_data, Slot, BABE_ENGINE_ID,
};
use sp_core::{crypto::VrfSecret, sr25519};
use sp_keyring::Sr25519Keyring;
use sp_runtime::{
	generic::{CheckedExtrinsic, Era, ExtrinsicFormat},
	traits::{Applyable, ExtensionVariant},
	transaction_validity::TransactionValidityError,
	Digest, DigestItem, DispatchError,
};

/// The slot of the first block.
const FIRST_SLOT: u64 = 10_000;

/// The slot of a block: later blocks are as many slots after the first one's as their numbers say, so that a block whose number
/// is a multiple of an epoch's slots begins one.
fn slot_of(number: BlockNumber) -> Slot {
	Slot::from(FIRST_SLOT + if number == 1 { 0 } else { u64::from(number) })
}

/// Begins a block as one of the validators would author it in a secondary slot; they take turns.
pub(crate) fn begin(number: BlockNumber) {
	let slot = slot_of(number);
	let turn = number as usize % Session::validators().len();
	let (key, _) = &pallet_babe::Authorities::<Runtime>::get()[turn];
	let author = Sr25519Keyring::from_public(key.as_ref()).expect("a well-known validator");
	let epoch = pallet_babe::EpochIndex::<Runtime>::get();
	let claim = make_vrf_sign_data(&Babe::randomness(), slot, epoch);
	let vrf_signature = author.pair().vrf_sign(&claim);
	let authority_index = turn as u32;
	let seal =
		PreDigest::SecondaryVRF(SecondaryVRFPreDigest { authority_index, slot, vrf_signature });
	let digest = Digest { logs: vec![DigestItem::PreRuntime(BABE_ENGINE_ID, seal.encode())] };
	// As `System::reset_events`, without its search for topics, of which there are none, through everything ever written.
	for item in [&b"Events"[..], b"EventCount"] {
		sp_io::storage::clear(&storage_prefix(b"System", item));
	}
	// Blocks may be left out; nothing is scheduled for them.
	if number > System::block_number() + 1 {
		System::set_block_number(number - 1);
		pallet_scheduler::IncompleteSince::<Runtime>::put(number);
	}
	System::initialize(&number, &Default::default(), &digest);
	let hooks = AllPalletsWithSystem::on_initialize(number);
	let base = Weights::get().base_block.saturating_add(hooks);
	System::register_extra_weight_unchecked(base, DispatchClass::Mandatory);
	let now = u64::from(slot) * SLOT_DURATION;
	let call = RuntimeCall::Timestamp(pallet_timestamp::Call::set { now });
	assert_ok!(call.dispatch_bypass_filter(RuntimeOrigin::none()));
}

/// Ends the block, whose idle hooks may take what is left of it; says what happened in it.
pub(crate) fn end() -> Vec<RuntimeEvent> {
	let number = System::block_number();
	let taken = BlockWeight::<Runtime>::get().total();
	AllPalletsWithSystem::on_idle(number, Weights::get().max_block.saturating_sub(taken));
	AllPalletsWithSystem::on_finalize(number);
	System::read_events_no_consensus().map(|record| record.event).collect()
}

/// How much of the block a class takes, in picoseconds.
pub(crate) fn taken_by(class: DispatchClass) -> u64 {
	BlockWeight::<Runtime>::get().get(class).ref_time()
}

/// What became of a transaction: why it cannot be in this block, or what its call returned.
pub(crate) type Outcome = Result<Result<(), DispatchError>, TransactionValidityError>;

/// Includes a transaction of an account's, which pays what transactions pay.
pub(crate) fn send(who: &AccountId, call: RuntimeCall) -> Outcome {
	send_with_tip(who, call, 0)
}

/// The same with something for the block's author.
pub(crate) fn send_with_tip(who: &AccountId, call: RuntimeCall, tip: u128) -> Outcome {
	let extension = tx_extension(System::account_nonce(who), tip, Era::Immortal);
	let signature = Signature::Sr25519(sr25519::Signature::from_raw([0; 64]));
	let whole = UncheckedExtrinsic::new_signed(
		call.clone(),
		who.clone().into(),
		signature,
		extension.clone(),
	);
	apply(ExtrinsicFormat::Signed(who.clone(), extension), call, whole.encoded_size())
}

/// Includes a transaction whose call says itself who may send it.
pub(crate) fn send_authorized(call: RuntimeCall) -> Outcome {
	let extension = tx_extension(0, 0, Era::Immortal);
	let whole = UncheckedExtrinsic::new_transaction(call.clone(), extension.clone());
	let format = ExtrinsicFormat::General(ExtensionVariant::V0(extension));
	apply(format, call, whole.encoded_size())
}

/// The signature has been checked; the rest is as on a chain.
fn apply(
	format: ExtrinsicFormat<AccountId, TxExtension>,
	call: RuntimeCall,
	length: usize,
) -> Outcome {
	let checked = CheckedExtrinsic { format, function: call };
	let info = checked.get_dispatch_info();
	let outcome = checked.apply::<Runtime>(&info, length)?;
	Ok(outcome.map(|_| ()).map_err(|refusal| refusal.error))
}
