//! What votes and what does not.

use crate::{
	network::{account, free, on_the_local_testnet, send, signed},
	referenda::{propose, vote, ROOT},
};
use frame_support::{
	assert_noop, assert_ok,
	traits::{fungible::MutateHold, Get},
};
use opg_runtime::{
	configs::votes::{Turnout, Votable},
	constants::currency::OPG,
	Balance, Balances, ConvictionVoting, NominationPools, Runtime, RuntimeCall, RuntimeHoldReason,
};
use pallet_conviction_voting::Error;
use sp_keyring::Sr25519Keyring::{self, Alice, AliceStash, Bob, BobStash, CharlieStash, Eve};

const OWNED: Balance = 1_000_000 * OPG;
/// What Eve's node bonds in the preset.
const BOND: Balance = 50_000 * OPG;

fn referendum() -> u32 {
	propose(ROOT, frame_system::Call::<Runtime>::remark { remark: vec![1] }.into())
}

fn pay(who: Sr25519Keyring, value: Balance) -> Result<(), sp_runtime::DispatchError> {
	let dest = account(Bob).into();
	send(who, pallet_balances::Call::<Runtime>::transfer_keep_alive { dest, value })
}

fn bond(who: Sr25519Keyring, amount: Balance) {
	let reason = RuntimeHoldReason::Nodes(pallet_nodes::HoldReason::Bond);
	assert_ok!(Balances::hold(&reason, &account(who), amount));
}

#[test]
fn balance_held_for_ai_work_does_not_vote() {
	on_the_local_testnet(|| {
		let index = referendum();
		assert_eq!(Votable::votes(&account(Eve)), OWNED - BOND);
		assert_noop!(
			ConvictionVoting::vote(signed(Eve), index, vote(true, OWNED - BOND + 1)),
			Error::<Runtime>::InsufficientFunds
		);
		assert_ok!(ConvictionVoting::vote(signed(Eve), index, vote(true, OWNED - BOND)));
		let class = 0;
		assert_noop!(
			ConvictionVoting::delegate(
				signed(Sr25519Keyring::Ferdie),
				class,
				account(Alice).into(),
				Default::default(),
				OWNED
			)
			.map_err(|refusal| refusal.error),
			Error::<Runtime>::InsufficientFunds
		);
	});
}

#[test]
fn what_voted_stays_whatever_else_is_held() {
	on_the_local_testnet(|| {
		let index = referendum();
		// Were the lock as large as the vote, Eve's bond would carry a part of it, and as much could leave and vote again.
		assert_ok!(ConvictionVoting::vote(signed(Eve), index, vote(true, OWNED - BOND - 10 * OPG)));
		assert!(pay(Eve, 11 * OPG).is_err());
		assert_ok!(pay(Eve, 9 * OPG));
	});
}

#[test]
fn what_is_bonded_after_a_vote_carries_its_lock_only_until_somebody_says_so() {
	on_the_local_testnet(|| {
		let index = referendum();
		let voted = OWNED - 100 * OPG;
		assert_ok!(ConvictionVoting::vote(signed(AliceStash), index, vote(true, voted)));
		bond(AliceStash, 100 * OPG);
		assert_eq!(Balances::usable_balance(account(AliceStash)), 100 * OPG);
		assert_ok!(ConvictionVoting::unlock(signed(Bob), 0, account(AliceStash).into()));
		assert_eq!(Balances::usable_balance(account(AliceStash)), 0);
		assert_eq!(free(account(AliceStash)), voted);
		// And once it is free again, it is not locked for ever.
		let reason = RuntimeHoldReason::Nodes(pallet_nodes::HoldReason::Bond);
		let exact = frame_support::traits::tokens::Precision::Exact;
		assert_ok!(Balances::release(&reason, &account(AliceStash), 100 * OPG, exact));
		assert_ok!(ConvictionVoting::unlock(signed(Bob), 0, account(AliceStash).into()));
		assert_eq!(Balances::usable_balance(account(AliceStash)), 100 * OPG);
	});
}

#[test]
fn stakes_vote_alone_and_in_pools() {
	on_the_local_testnet(|| {
		let index = referendum();
		assert_ok!(ConvictionVoting::vote(signed(Bob), index, vote(true, OWNED)));
		let who = account(CharlieStash);
		assert_ok!(NominationPools::create(
			signed(CharlieStash),
			1_000 * OPG,
			who.clone().into(),
			who.clone().into(),
			who.clone().into()
		));
		// Opening the pool's account for rewards took the least an account may have.
		let opened = OWNED - opg_runtime::constants::currency::EXISTENTIAL_DEPOSIT;
		assert_eq!(Votable::votes(&who), opened);
		assert_ok!(ConvictionVoting::vote(signed(CharlieStash), index, vote(true, opened)));
	});
}

#[test]
fn deposits_do_not_vote() {
	on_the_local_testnet(|| {
		let before = Votable::votes(&account(Alice));
		referendum();
		let deposits = before - Votable::votes(&account(Alice));
		assert!(deposits > 50_010 * OPG, "{deposits}");
	});
}

#[test]
fn what_could_vote_is_what_lies_in_no_account_of_the_chain() {
	on_the_local_testnet(|| {
		assert_eq!(Turnout::get(), 12 * OWNED);
		let call: RuntimeCall = pallet_balances::Call::<Runtime>::transfer_keep_alive {
			dest: opg_runtime::configs::economics::Pot::Treasury.account().into(),
			value: OPG,
		}
		.into();
		assert_ok!(send(BobStash, call));
		assert_eq!(Turnout::get(), 12 * OWNED - OPG);
	});
}
