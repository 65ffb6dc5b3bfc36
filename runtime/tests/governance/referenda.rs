//! Referenda from the preimage of a call to what the call changes.

use crate::network::{
	account, free, next_block, on_the_chain_of, on_the_local_testnet, send, signed, wait_for,
};
use codec::Encode;
use frame_support::{
	assert_noop, assert_ok,
	traits::{schedule::DispatchTime, Bounded, Get},
};
use frame_system::RawOrigin;
use opg_runtime::{
	configs::{
		economics::Pot,
		origins::Origin,
		parameters::{dynamic, BaseFee, LieFactor, RuntimeParameters},
	},
	constants::currency::{EXISTENTIAL_DEPOSIT, OPG},
	Balance, Balances, ConvictionVoting, Economics, Hash, OriginCaller, Parameters, Preimage,
	Referenda, Runtime, RuntimeCall, RuntimeEvent, RuntimeOrigin, Staking, System, Treasury,
};
use pallet_conviction_voting::{AccountVote, Conviction, Vote};
use pallet_referenda::{ReferendumInfo, ReferendumInfoFor};
use sp_keyring::Sr25519Keyring::{
	self, Alice, AliceStash, Bob, BobStash, Charlie, CharlieStash, Dave, DaveStash, EveStash,
	FerdieStash,
};
use sp_runtime::{
	traits::{BlakeTwo256, Hash as _},
	DispatchError, Perbill, Permill,
};

pub(crate) const VOTERS: [Sr25519Keyring; 7] =
	[AliceStash, BobStash, CharlieStash, DaveStash, EveStash, FerdieStash, Dave];

pub(crate) const ROOT: OriginCaller = OriginCaller::system(RawOrigin::Root);

/// Submits a referendum about a call by its preimage, with its deposit.
pub(crate) fn propose(caller: impl Into<OriginCaller>, call: RuntimeCall) -> u32 {
	let bytes = call.encode();
	let proposal = Bounded::Lookup { hash: BlakeTwo256::hash(&bytes), len: bytes.len() as u32 };
	assert_ok!(Preimage::note_preimage(signed(Alice), bytes));
	let index = pallet_referenda::ReferendumCount::<Runtime>::get();
	let at_once = DispatchTime::After(0);
	assert_ok!(Referenda::submit(signed(Alice), Box::new(caller.into()), proposal, at_once));
	assert_ok!(Referenda::place_decision_deposit(signed(Alice), index));
	index
}

pub(crate) fn vote(aye: bool, balance: Balance) -> AccountVote<Balance> {
	AccountVote::Standard { vote: Vote { aye, conviction: Conviction::Locked1x }, balance }
}

pub(crate) fn all_vote(index: u32, aye: bool) {
	for voter in VOTERS {
		assert_ok!(ConvictionVoting::vote(signed(voter), index, vote(aye, 900_000 * OPG)));
	}
}

pub(crate) fn is_approved(index: u32) -> bool {
	matches!(ReferendumInfoFor::<Runtime>::get(index), Some(ReferendumInfo::Approved(..)))
}

fn set_base_fee(part: Option<Permill>) -> RuntimeCall {
	let parameter = dynamic::inference::Parameters::BaseFee(dynamic::inference::BaseFee, part);
	let key_value = RuntimeParameters::Inference(parameter);
	pallet_parameters::Call::<Runtime>::set_parameter { key_value }.into()
}

fn authorize_upgrade() -> RuntimeCall {
	frame_system::Call::<Runtime>::authorize_upgrade { code_hash: Hash::repeat_byte(7) }.into()
}

fn is_authorized() -> bool {
	System::authorized_upgrade().is_some_and(|upgrade| *upgrade.code_hash() == Hash::repeat_byte(7))
}

#[test]
fn one_on_the_root_track_changes_a_parameter_from_its_preimage_to_its_enactment() {
	on_the_local_testnet(|| {
		assert_eq!(BaseFee::get(), Permill::from_percent(10));
		let index = propose(ROOT, set_base_fee(Some(Permill::from_percent(20))));
		all_vote(index, true);
		wait_for(400, || is_approved(index));
		assert_eq!(BaseFee::get(), Permill::from_percent(10), "decided is not yet enacted");
		wait_for(40, || BaseFee::get() == Permill::from_percent(20));
		let config = <Runtime as pallet_inference::Config>::BaseFee::get();
		assert_eq!(config, Permill::from_percent(20), "the pallet of requests sees it");
	});
}

#[test]
fn one_that_is_voted_down_changes_nothing() {
	on_the_local_testnet(|| {
		let index = propose(ROOT, set_base_fee(Some(Permill::from_percent(20))));
		all_vote(index, false);
		wait_for(400, || {
			matches!(ReferendumInfoFor::<Runtime>::get(index), Some(ReferendumInfo::Rejected(..)))
		});
		(0..40).for_each(|_| next_block());
		assert_eq!(BaseFee::get(), Permill::from_percent(10));
	});
}

#[test]
fn one_about_a_spend_pays_out_of_the_pot_fees_fill() {
	on_the_local_testnet(|| {
		let spend = |amount| {
			let beneficiary = Box::new(account(FerdieStash));
			let asset_kind = Box::new(());
			pallet_treasury::Call::<Runtime>::spend {
				asset_kind,
				amount,
				beneficiary,
				valid_from: None,
			}
			.into()
		};
		assert_eq!(Treasury::account_id(), Pot::Treasury.account());
		assert_ok!(send(
			Bob,
			pallet_balances::Call::<Runtime>::transfer_keep_alive {
				dest: Pot::Treasury.account().into(),
				value: 50_000 * OPG
			}
		));
		let small = propose(Origin::SmallSpender, spend(5_000 * OPG));
		let too_large = propose(Origin::SmallSpender, spend(10_001 * OPG));
		all_vote(small, true);
		all_vote(too_large, true);
		wait_for(400, || pallet_treasury::Spends::<Runtime>::contains_key(0));
		wait_for(40, || is_approved(too_large));
		(0..20).for_each(|_| next_block());
		assert_eq!(pallet_treasury::SpendCount::<Runtime>::get(), 1, "no more than its origin may");

		let issued = Balances::total_issuance();
		let before = (free(account(FerdieStash)), free(Pot::Treasury.account()));
		assert_ok!(Treasury::payout(signed(Charlie), 0));
		let after = (free(account(FerdieStash)), free(Pot::Treasury.account()));
		assert_eq!((after.0 - before.0, before.1 - after.1), (5_000 * OPG, 5_000 * OPG));
		assert_eq!(Balances::total_issuance(), issued);
		assert!(Treasury::payout(signed(Charlie), 0).is_err(), "nothing is paid twice");
	});
}

#[test]
fn one_the_committee_whitelisted_is_enacted_long_before_one_on_the_root_track() {
	let slow = {
		let mut blocks = 0;
		on_the_local_testnet(|| {
			let index = propose(ROOT, authorize_upgrade());
			all_vote(index, true);
			blocks = wait_for(400, is_authorized);
		});
		blocks
	};
	on_the_local_testnet(|| {
		let call_hash = BlakeTwo256::hash_of(&authorize_upgrade());
		let motion: RuntimeCall =
			pallet_whitelist::Call::<Runtime>::whitelist_call { call_hash }.into();
		let alone = send(
			Alice,
			pallet_collective::Call::<Runtime, pallet_collective::Instance1>::propose {
				threshold: 1,
				proposal: Box::new(motion.clone()),
				length_bound: 100,
			},
		);
		assert_ok!(alone);
		assert!(
			!pallet_whitelist::WhitelistedCall::<Runtime>::contains_key(call_hash),
			"one of three is not two thirds"
		);
		decide(motion);
		assert!(pallet_whitelist::WhitelistedCall::<Runtime>::contains_key(call_hash));

		let call = pallet_whitelist::Call::<Runtime>::dispatch_whitelisted_call_with_preimage {
			call: Box::new(authorize_upgrade()),
		};
		let index = propose(Origin::WhitelistedCaller, call.into());
		all_vote(index, true);
		let fast = wait_for(400, is_authorized);
		assert!(fast * 2 < slow, "{fast} blocks against {slow}");
	});
}

/// What the whole committee of the local testnet agrees on.
pub(crate) fn decide(motion: RuntimeCall) {
	type Committee = pallet_collective::Instance1;
	let proposal_hash = BlakeTwo256::hash_of(&motion);
	let index = pallet_collective::ProposalCount::<Runtime, Committee>::get();
	let length_bound = motion.encoded_size() as u32;
	assert_ok!(send(
		Alice,
		pallet_collective::Call::<Runtime, Committee>::propose {
			threshold: 3,
			proposal: Box::new(motion),
			length_bound,
		}
	));
	for member in [Alice, Bob, Charlie] {
		let aye = pallet_collective::Call::<Runtime, Committee>::vote {
			proposal: proposal_hash,
			index,
			approve: true,
		};
		assert_ok!(send(member, aye));
	}
	let proposal_weight_bound = opg_runtime::constants::block::MAX_WEIGHT / 2;
	assert_ok!(send(
		Dave,
		pallet_collective::Call::<Runtime, Committee>::close {
			proposal_hash,
			index,
			proposal_weight_bound,
			length_bound,
		}
	));
	assert!(System::events().iter().any(|record| matches!(
		record.event,
		RuntimeEvent::TechnicalCommittee(pallet_collective::Event::Executed { result: Ok(()), .. })
	)));
}

#[test]
fn parameters_stay_within_their_bounds_and_obey_their_own_track() {
	on_the_local_testnet(|| {
		let set = |origin: RuntimeOrigin, key_value| Parameters::set_parameter(origin, key_value);
		let fee = |part| {
			RuntimeParameters::Inference(dynamic::inference::Parameters::BaseFee(
				dynamic::inference::BaseFee,
				part,
			))
		};
		let factor = |factor| {
			RuntimeParameters::Nodes(dynamic::nodes::Parameters::LieFactor(
				dynamic::nodes::LieFactor,
				factor,
			))
		};
		let whole = fee(Some(Permill::from_percent(100)));
		for stranger in [signed(Alice), Origin::Treasurer.into(), RuntimeOrigin::none()] {
			assert_noop!(set(stranger, whole.clone()), DispatchError::BadOrigin);
		}
		assert_ok!(set(Origin::ParameterAdmin.into(), whole));
		assert_eq!(BaseFee::get(), Permill::from_percent(50));
		assert_ok!(set(RuntimeOrigin::root(), fee(None)));
		assert_eq!(BaseFee::get(), Permill::from_percent(10));
		assert_ok!(set(RuntimeOrigin::root(), factor(Some(0))));
		assert_eq!(LieFactor::get(), 300);
		assert_ok!(set(RuntimeOrigin::root(), factor(None)));
		assert_eq!(<Runtime as pallet_nodes::Config>::LieFactor::get(), 3_000);
	});
}

#[test]
fn origins_have_the_rights_they_are_named_after() {
	on_the_local_testnet(|| {
		let shares = pallet_economics::CurrentShares::<Runtime>::get();
		assert_ok!(Economics::set_shares(Origin::Treasurer.into(), shares));
		assert_noop!(
			Economics::set_shares(Origin::StakingAdmin.into(), shares),
			DispatchError::BadOrigin
		);
		let commission = Perbill::from_percent(1);
		let least = |origin: Origin| Staking::set_min_commission(origin.into(), commission);
		assert_ok!(least(Origin::StakingAdmin));
		assert_noop!(least(Origin::Treasurer), DispatchError::BadOrigin);
		let cancel = |origin: Origin, index| Referenda::cancel(origin.into(), index);
		let index = propose(ROOT, set_base_fee(None));
		assert_noop!(cancel(Origin::BigSpender, index), DispatchError::BadOrigin);
		assert_ok!(cancel(Origin::ReferendumCanceller, index));
		let index = propose(ROOT, authorize_upgrade());
		assert_ok!(Referenda::kill(Origin::ReferendumKiller.into(), index));
	});
}

#[test]
fn a_killed_one_pays_its_deposits_into_the_treasury() {
	on_the_chain_of("development", || {
		let before = (Balances::total_issuance(), free(Pot::Treasury.account()));
		let index = propose(ROOT, authorize_upgrade());
		assert_ok!(Referenda::kill(RuntimeOrigin::root(), index));
		let gained = free(Pot::Treasury.account()) - before.1;
		assert_eq!(gained, 50_010 * OPG);
		assert_eq!(Balances::total_issuance(), before.0);
		assert!(free(account(Alice)) > EXISTENTIAL_DEPOSIT);
	});
}
