//! A chain of a preset, block by block as its validators would author them, and what people send to it.

use crate::chain;
use codec::Encode;
use frame_support::{
	assert_ok,
	traits::{fungible::Inspect, OnFinalize, OnInitialize, UnfilteredDispatchable},
};
use opg_runtime::{
	constants::time::SLOT_DURATION, AccountId, AllPalletsWithSystem, Babe, Balance, Balances,
	BlockNumber, Runtime, RuntimeCall, RuntimeOrigin, Session, System,
};
use sp_consensus_babe::{
	digests::{PreDigest, SecondaryVRFPreDigest},
	make_vrf_sign_data, Slot, BABE_ENGINE_ID,
};
use sp_core::crypto::VrfSecret;
use sp_keyring::Sr25519Keyring;
use sp_runtime::{traits::Dispatchable, Digest, DigestItem, DispatchError, DispatchResultWithInfo};

pub(crate) fn account(who: Sr25519Keyring) -> AccountId {
	who.to_account_id()
}

pub(crate) fn signed(who: Sr25519Keyring) -> RuntimeOrigin {
	RuntimeOrigin::signed(account(who))
}

pub(crate) fn free(who: impl Into<AccountId>) -> Balance {
	Balances::free_balance(who.into())
}

/// All an account has, held or not.
pub(crate) fn owned(who: Sr25519Keyring) -> Balance {
	<Balances as Inspect<AccountId>>::total_balance(&account(who))
}

/// Sends a call as a transaction would, through the filter of calls.
pub(crate) fn send(who: Sr25519Keyring, call: impl Into<RuntimeCall>) -> Result<(), DispatchError> {
	let outcome: DispatchResultWithInfo<_> = call.into().dispatch(signed(who));
	outcome.map(|_| ()).map_err(|refusal| refusal.error)
}

fn begin_block(number: BlockNumber, slot: Slot) {
	let disabled = Session::disabled_validators();
	let able = (0..Session::validators().len()).filter(|turn| !disabled.contains(&(*turn as u32)));
	let able: Vec<_> = able.collect();
	let turn = able[number as usize % able.len()];
	let (key, _) = &pallet_babe::Authorities::<Runtime>::get()[turn];
	let author = Sr25519Keyring::from_public(key.as_ref()).expect("a well-known validator");
	let epoch = pallet_babe::EpochIndex::<Runtime>::get();
	let claim = make_vrf_sign_data(&Babe::randomness(), slot, epoch);
	let vrf_signature = author.pair().vrf_sign(&claim);
	let seal = PreDigest::SecondaryVRF(SecondaryVRFPreDigest {
		authority_index: turn as u32,
		slot,
		vrf_signature,
	});
	let digest = Digest { logs: vec![DigestItem::PreRuntime(BABE_ENGINE_ID, seal.encode())] };
	System::reset_events();
	System::initialize(&number, &Default::default(), &digest);
	AllPalletsWithSystem::on_initialize(number);
	let moment = u64::from(slot) * SLOT_DURATION;
	let call = RuntimeCall::Timestamp(pallet_timestamp::Call::<Runtime>::set { now: moment });
	assert_ok!(call.dispatch_bypass_filter(RuntimeOrigin::none()));
}

/// Ends the block and begins the next, so many slots later.
pub(crate) fn skip_slots(slots: u64) {
	let number = System::block_number();
	AllPalletsWithSystem::on_finalize(number);
	begin_block(number + 1, pallet_babe::CurrentSlot::<Runtime>::get() + slots);
}

/// Ends the block and begins the next.
pub(crate) fn next_block() {
	skip_slots(1);
}

/// Blocks until something is so; how many it took.
pub(crate) fn wait_for(most: u32, happened: impl Fn() -> bool) -> u32 {
	(1..=most)
		.find(|_| {
			next_block();
			happened()
		})
		.expect("happens in time")
}

/// In the first block of a preset's chain.
pub(crate) fn on_the_chain_of(preset: &str, test: impl FnOnce()) {
	chain::of_preset(preset).execute_with(|| {
		begin_block(1, Slot::from(10_000));
		test();
		opg_runtime::Economics::check_laws().expect("the supply's laws hold");
	});
}

/// In the first block of the local testnet.
pub(crate) fn on_the_local_testnet(test: impl FnOnce()) {
	on_the_chain_of("local_testnet", test);
}
