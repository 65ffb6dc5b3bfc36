//! Who is elected, by whom it is computed, and what misbehaving costs.

use crate::{
	network::{
		account, next_block, on_the_chain_of, on_the_local_testnet, owned, signed, skip_slots,
		wait_for,
	},
	pools::{active_era, end_era},
};
use frame_election_provider_support::{SortedListProvider, VoteWeight};
use frame_support::{assert_ok, traits::Get};
use opg_runtime::{
	configs::{elections::BagThresholds, staking::MAX_VALIDATORS},
	constants::currency::{OPG, SUPPLY},
	Authorship, Balances, ElectionProviderMultiPhase, Runtime, RuntimeEvent, RuntimeOrigin,
	Session, Staking, System, VoterList,
};
use pallet_election_provider_multi_phase::{
	CurrentPhase, ElectionCompute, Event, Phase, QueuedSolution,
};
use pallet_staking::RewardDestination;
use sp_keyring::Sr25519Keyring::{self, Alice, AliceStash, Bob, BobStash, Charlie, Dave, Eve};
use sp_runtime::Perbill;
use sp_staking::offence::{OffenceDetails, OnOffenceHandler};

fn computed() -> Option<ElectionCompute> {
	System::events().into_iter().find_map(|record| match record.event {
		RuntimeEvent::ElectionProviderMultiPhase(Event::ElectionFinalized { compute, .. }) => {
			Some(compute)
		},
		_ => None,
	})
}

#[test]
fn what_a_validator_computes_is_checked_and_taken() {
	on_the_local_testnet(|| {
		assert_ok!(Staking::bond(signed(AliceStash), 5_000 * OPG, RewardDestination::Stash));
		assert_ok!(Staking::nominate(signed(AliceStash), vec![account(Bob).into()]));
		wait_for(200, || matches!(CurrentPhase::<Runtime>::get(), Phase::Unsigned((true, _))));
		let (solution, witness, _) =
			ElectionProviderMultiPhase::mine_and_check().expect("a solution");
		assert_ok!(ElectionProviderMultiPhase::submit_unsigned(
			RuntimeOrigin::none(),
			Box::new(solution),
			witness
		));
		assert!(QueuedSolution::<Runtime>::exists());
		wait_for(200, || computed() == Some(ElectionCompute::Unsigned));
	});
}

#[test]
fn without_one_the_chain_computes_its_own() {
	on_the_local_testnet(|| {
		wait_for(300, || computed() == Some(ElectionCompute::Fallback));
		assert_eq!(Session::validators().len(), 4);
	});
}

#[test]
fn a_chain_that_stood_still_while_one_was_due_elects_when_it_runs_again() {
	on_the_local_testnet(|| {
		let era = active_era();
		// Whole epochs pass without a block in which to prepare.
		(0..12).for_each(|_| skip_slots(1_000));
		assert!(active_era() > era);
		assert_eq!(CurrentPhase::<Runtime>::get(), Phase::Off);
		wait_for(300, || computed() == Some(ElectionCompute::Fallback));
	});
}

#[test]
fn no_signed_solution_is_ever_heard_so_none_is_refunded_by_minting() {
	on_the_chain_of("development", || {
		for _ in 0..250 {
			next_block();
			assert!(!CurrentPhase::<Runtime>::get().is_signed());
		}
	});
}

#[test]
fn bags_are_a_tenth_wider_than_one_another_and_reach_to_the_whole_supply() {
	let ends = BagThresholds::get();
	let votes = |stake: u128| (stake / (SUPPLY / u128::from(u64::MAX))) as VoteWeight;
	assert_eq!(ends.first(), Some(&votes(10 * OPG)));
	assert_eq!(ends.last(), Some(&VoteWeight::MAX));
	let closed = &ends[..ends.len() - 1];
	assert!(closed.windows(2).all(|pair| pair[1] == pair[0] + pair[0] / 10));
	assert!(u128::from(closed[closed.len() - 1]) * 11 / 10 >= u128::from(VoteWeight::MAX) * 9 / 10);
}

#[test]
fn the_list_of_voters_holds_validators_and_nominators_by_their_stakes() {
	on_the_local_testnet(|| {
		assert_eq!(VoterList::count(), 4);
		for (who, stake) in [(AliceStash, 50), (BobStash, 900_000)] {
			assert_ok!(Staking::bond(signed(who), stake * OPG, RewardDestination::Stash));
			assert_ok!(Staking::nominate(signed(who), vec![account(Alice).into()]));
		}
		let voters: Vec<_> = VoterList::iter().collect();
		assert_eq!(voters.first(), Some(&account(BobStash)));
		assert_eq!(voters.last(), Some(&account(AliceStash)));
		assert_eq!(voters.len(), 6);
	});
}

/// What a report of misbehaviour does; in a block of somebody else's, since nobody reports oneself.
fn offend(who: Sr25519Keyring, part: u32) {
	while Authorship::author() == Some(account(who)) {
		next_block();
	}
	let offence = OffenceDetails { offender: (account(who), ()), reporters: vec![account(Eve)] };
	<Staking as OnOffenceHandler<_, _, _>>::on_offence(
		&[offence],
		&[Perbill::from_percent(part)],
		Session::current_index(),
	);
}

#[test]
fn who_misbehaves_is_disabled_and_loses_stake_after_the_time_to_object() {
	on_the_local_testnet(|| {
		end_era();
		let issued = Balances::total_issuance();
		let staked = owned(Dave);
		offend(Dave, 50);
		assert_eq!(Session::disabled_validators().len(), 1);
		assert_eq!(owned(Dave), staked, "there is time to object");
		let reported = active_era();
		(0..3).for_each(|_| end_era());
		assert!(active_era() > reported + 2);
		let lost = staked - owned(Dave);
		assert!((50_000 * OPG).abs_diff(lost) < 100, "half of the stake, not {lost}");
		assert_eq!(issued - Balances::total_issuance(), lost, "nobody earned by the report");
	});
}

#[test]
fn a_worse_offence_gives_the_place_among_the_disabled_to_its_author() {
	on_the_local_testnet(|| {
		end_era();
		let index = |who| {
			let validators = Session::validators();
			validators.iter().position(|one| *one == account(who)).expect("validates") as u32
		};
		offend(Dave, 10);
		assert_eq!(Session::disabled_validators(), vec![index(Dave)]);
		// One of four is all that may be disabled.
		offend(Charlie, 50);
		assert_eq!(Session::disabled_validators(), vec![index(Charlie)]);
		offend(Bob, 20);
		assert_eq!(Session::disabled_validators(), vec![index(Charlie)]);
	});
}

#[test]
fn there_are_no_more_validators_than_a_solution_can_name() {
	assert!(MAX_VALIDATORS <= u32::from(u16::MAX));
	let winners: u32 = <Runtime as pallet_election_provider_multi_phase::Config>::MaxWinners::get();
	assert_eq!(winners, MAX_VALIDATORS);
}
