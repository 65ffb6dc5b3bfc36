//! The supply over the real runtime: where it begins, what eras pay, and that nothing is ever minted.

mod chain;

use codec::Encode;
use frame_support::{
	assert_noop, assert_ok,
	dispatch::{DispatchClass, GetDispatchInfo},
	traits::{
		fungible::{Balanced, Credit},
		tokens::{Fortitude, Precision, Preservation},
		OnFinalize, OnInitialize, OnUnbalanced, PalletInfoAccess, StorageInfoTrait,
		UnfilteredDispatchable,
	},
};
use opg_primitives::seams::{FeeSplitter, Payees, RewardRecord};
use opg_runtime::{
	configs::{
		economics::{Bucket, FeeShares, Pot, TransactionFees},
		staking::{RewardHistory, HISTORY_DEPTH},
	},
	constants::{
		currency::{EXISTENTIAL_DEPOSIT, MILLI_OPG, OPG, POT_ENDOWMENT, SUPPLY},
		fee_shares,
		time::SLOT_DURATION,
	},
	genesis_config_presets::preset_names,
	AccountId, AllPalletsWithSystem, Babe, Balance, Balances, BlockNumber, Economics, Runtime,
	RuntimeCall, RuntimeEvent, RuntimeOrigin, Session, Staking, System,
};
use pallet_economics::{CurrentShares, Ledgers, Promises};
use pallet_staking::{
	ActiveEra, CurrentEra, ErasRewardPoints, ErasValidatorReward, RewardDestination,
};
use sp_consensus_babe::{
	digests::{PreDigest, SecondaryVRFPreDigest},
	make_vrf_sign_data, Slot, BABE_ENGINE_ID,
};
use sp_core::crypto::VrfSecret;
use sp_keyring::Sr25519Keyring::{self, Alice, Bob, Charlie, Dave, Eve, Ferdie};
use sp_runtime::{Digest, DigestItem, Perbill, Permill};

/// Slots between two blocks: as many as an epoch has, so that every block begins one and eras take a few blocks.
fn step() -> u64 {
	<Runtime as pallet_babe::Config>::EpochDuration::get()
}

fn account(who: Sr25519Keyring) -> AccountId {
	who.to_account_id()
}

fn free(who: impl Into<AccountId>) -> Balance {
	Balances::free_balance(who.into())
}

/// Begins a block as one of the validators would author it in a secondary slot; they take turns.
fn begin_block(number: BlockNumber) {
	let slot = Slot::from(step() * (1_000 + u64::from(number)));
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
	System::initialize(&number, &Default::default(), &digest);
	AllPalletsWithSystem::on_initialize(number);
	let moment = u64::from(slot) * SLOT_DURATION;
	let call = RuntimeCall::Timestamp(pallet_timestamp::Call::set { now: moment });
	assert_ok!(call.dispatch_bypass_filter(RuntimeOrigin::none()));
}

/// A whole block in which `act` happens. The issuance may only fall in it, and by what burnt of fees; what can be claimed is
/// covered after it.
fn block(act: impl FnOnce()) {
	let issued = Balances::total_issuance();
	System::reset_events();
	let number = System::block_number() + 1;
	begin_block(number);
	act();
	AllPalletsWithSystem::on_finalize(number);

	let fall = issued.checked_sub(Balances::total_issuance()).expect("issuance only falls");
	let (mut burnt, mut gone) = (0, 0);
	for record in System::events() {
		match record.event {
			RuntimeEvent::Economics(pallet_economics::Event::FeesBurnt { amount }) => {
				burnt += amount
			},
			RuntimeEvent::Balances(pallet_balances::Event::BurnedDebt { amount }) => gone += amount,
			RuntimeEvent::Balances(
				pallet_balances::Event::Issued { .. }
				| pallet_balances::Event::Minted { .. }
				| pallet_balances::Event::MintedCredit { .. },
			)
			| RuntimeEvent::Economics(pallet_economics::Event::RewardUncovered { .. }) => {
				panic!("minted: {:?}", record.event)
			},
			_ => {},
		}
	}
	assert_eq!((fall, fall), (burnt, gone), "every fall of the issuance has its cause");
	Economics::check_laws().expect("the laws hold");
	let open: Balance = (0..=current_era()).map(unclaimed).sum();
	assert!(free(Pot::Rewards.account()) >= open + EXISTENTIAL_DEPOSIT, "all claims are covered");
}

/// What can still be claimed of an era's reward, all its validators' parts together.
fn unclaimed(era: u32) -> Balance {
	let Some(reward) = RewardHistory::reward(era) else { return 0 };
	let points = ErasRewardPoints::<Runtime>::get(era);
	let of = |(who, of): (AccountId, u32)| {
		RewardHistory::unclaimed(era, &who, Perbill::from_rational(of, points.total) * reward)
	};
	points.individual.into_iter().map(of).sum()
}

fn current_era() -> u32 {
	CurrentEra::<Runtime>::get().expect("an era is planned")
}

fn active_era() -> u32 {
	ActiveEra::<Runtime>::get().expect("an era runs").index
}

/// Blocks until another era runs, with `act` in each of them.
fn end_era(act: impl Fn()) {
	let era = active_era();
	while active_era() == era {
		block(&act);
	}
}

/// What an era was promised beyond what was emitted and collected when it ended.
fn returned() -> i128 {
	let promised = System::events().into_iter().find_map(|record| match record.event {
		RuntimeEvent::Economics(pallet_economics::Event::RewardPromised {
			emitted,
			collected,
			promised,
			..
		}) => Some(promised as i128 - (emitted + collected) as i128),
		_ => None,
	});
	promised.expect("an era has just ended")
}

/// What the claims of this block paid.
fn rewarded() -> Balance {
	System::events()
		.into_iter()
		.map(|record| match record.event {
			RuntimeEvent::Staking(pallet_staking::Event::Rewarded { amount, .. }) => amount,
			_ => 0,
		})
		.sum()
}

fn claim(validator: Sr25519Keyring, era: u32) {
	let origin = RuntimeOrigin::signed(account(Ferdie));
	assert_ok!(Staking::payout_stakers(origin, account(validator), era));
}

/// Takes balance out of Alice's account.
fn taken(amount: Balance) -> Credit<AccountId, Balances> {
	<Balances as Balanced<AccountId>>::withdraw(
		&account(Alice),
		amount,
		Precision::Exact,
		Preservation::Preserve,
		Fortitude::Polite,
	)
	.expect("Alice is rich")
}

/// Pays for answers and transactions, as they would be in a block.
fn use_the_network() {
	let payees = Payees {
		node: account(Bob),
		model_owner: account(Eve),
		royalty: Permill::from_percent(10),
		model: None,
	};
	let mut batch = Default::default();
	FeeShares::add(&mut batch, taken(10 * OPG + 7), &payees);
	FeeShares::add(&mut batch, taken(3 * MILLI_OPG), &payees);
	<FeeShares as FeeSplitter<_, _>>::pay(batch);
	TransactionFees::on_unbalanceds([taken(MILLI_OPG), taken(5)].into_iter());
}

fn nominate(who: &AccountId, stake: Balance, payee: RewardDestination<AccountId>) {
	let origin = || RuntimeOrigin::signed(who.clone());
	assert_ok!(Staking::bond(origin(), stake, payee));
	assert_ok!(Staking::nominate(
		origin(),
		vec![account(Alice).into(), account(Bob).into(), account(Charlie).into()]
	));
}

fn on_the_local_testnet(test: impl FnOnce()) {
	chain::of_preset("local_testnet").execute_with(|| {
		block(|| ());
		test();
	});
}

#[test]
fn presets_hold_the_whole_supply_in_its_buckets() {
	assert!(!preset_names().is_empty());
	for preset in preset_names() {
		chain::of_preset(preset.as_ref()).execute_with(|| {
			let accounts = frame_system::Account::<Runtime>::iter_values();
			let sum: Balance = accounts.map(|one| one.data.free + one.data.reserved).sum();
			assert_eq!((sum, Balances::total_issuance()), (SUPPLY, SUPPLY));
			for bucket in Bucket::ALL {
				let spent = Ledgers::<Runtime>::get(bucket).released;
				assert_eq!(spent > 0, bucket == Bucket::Liquidity, "{bucket:?}");
				assert_eq!(
					free(bucket.account()),
					bucket.schedule(SUPPLY).total - spent + POT_ENDOWMENT
				);
			}
			Economics::check_laws().expect("the laws hold");
		});
	}
}

#[test]
fn across_eras_with_claimed_rewards_the_issuance_falls_by_what_burns_and_never_rises() {
	on_the_local_testnet(|| {
		nominate(&account(Eve), 20_000 * OPG, RewardDestination::Staked);
		nominate(&account(Ferdie), 30_000 * OPG, RewardDestination::Stash);
		let unseen = AccountId::new([77; 32]);
		let set_payee = |who, payee| Staking::set_payee(RuntimeOrigin::signed(account(who)), payee);
		assert_ok!(set_payee(Bob, RewardDestination::Account(unseen.clone())));
		assert_ok!(set_payee(Dave, RewardDestination::None));
		let mut paid = 0;
		for _ in 0..6 {
			end_era(use_the_network);
			let era = active_era() - 1;
			let reward = ErasValidatorReward::<Runtime>::get(era).expect("the era has ended");
			assert!(reward > 0);
			block(|| [Alice, Bob, Charlie, Dave].into_iter().for_each(|who| claim(who, era)));
			paid += rewarded();
			assert!(rewarded() > reward / 2 && rewarded() <= reward);
			assert_eq!(unclaimed(era), 0);
			let again =
				Staking::payout_stakers(RuntimeOrigin::signed(account(Eve)), account(Alice), era);
			assert!(again.is_err(), "nobody is paid twice");
		}
		assert!(free(unseen) > 0, "a reward made an account");
		let emitted = Ledgers::<Runtime>::get(Bucket::Staking).released;
		assert!(emitted > 0 && paid > emitted / 2);
		assert!(Balances::total_issuance() < SUPPLY);
	});
}

#[test]
fn what_staking_does_not_pay_reaches_the_next_era() {
	on_the_local_testnet(|| {
		// Whom the reward of a fourth would go to, nobody is paid.
		let origin = RuntimeOrigin::signed(account(Dave));
		assert_ok!(Staking::set_payee(origin, RewardDestination::None));
		end_era(|| ());
		let era = active_era() - 1;
		let reward = ErasValidatorReward::<Runtime>::get(era).expect("the era has ended");
		block(|| [Alice, Bob, Charlie, Dave].into_iter().for_each(|who| claim(who, era)));
		let kept = reward - rewarded();
		assert!(kept > reward / 8);
		end_era(|| ());
		assert_eq!(returned(), kept as i128);
		assert_eq!(Promises::<Runtime>::get().len(), 1);
	});
}

#[test]
fn rewards_can_be_claimed_as_long_as_staking_keeps_them_and_then_return() {
	on_the_local_testnet(|| {
		let mut lowest = 0;
		while current_era() < HISTORY_DEPTH + 1 {
			end_era(|| ());
			lowest = lowest.min(returned());
		}
		// Perbill parts of the reward leave up to a unit in a billion each, which is found at once.
		assert!(lowest >= 0, "no era has less for what others did not claim");
		assert_eq!(active_era(), HISTORY_DEPTH + 1);

		// The last blocks in which era 1 can be claimed.
		let too_late =
			Staking::payout_stakers(RuntimeOrigin::signed(account(Eve)), account(Alice), 0);
		assert_noop!(
			too_late.map_err(|refusal| refusal.error),
			pallet_staking::Error::<Runtime>::InvalidEraToReward
		);
		let open = unclaimed(1);
		let before = free(Pot::Rewards.account());
		block(|| claim(Alice, 1));
		let late = rewarded();
		assert!(late > 0);
		assert_eq!(before - free(Pot::Rewards.account()), late);
		let left = open - unclaimed(1);
		assert!(left >= late);

		// Then it is gone, and what nobody claimed of it was promised to others.
		let lost = unclaimed(1);
		assert!(lost > 0);
		end_era(|| ());
		assert_eq!(unclaimed(1), 0);
		assert!(returned() >= lost as i128);
	});
}

#[test]
fn what_an_unclaimed_page_is_owed_is_kept_and_no_more() {
	on_the_local_testnet(|| {
		// More nominators than one page holds.
		for index in 0..600u32 {
			let mut bytes = [200; 32];
			bytes[..4].copy_from_slice(&index.to_le_bytes());
			let who = AccountId::new(bytes);
			assert_ok!(Balances::transfer_keep_alive(
				RuntimeOrigin::signed(account(Eve)),
				who.clone().into(),
				200 * OPG
			));
			assert_ok!(Staking::bond(
				RuntimeOrigin::signed(who.clone()),
				100 * OPG + Balance::from(index),
				RewardDestination::Stash
			));
			let targets = vec![account(Alice).into()];
			assert_ok!(Staking::nominate(RuntimeOrigin::signed(who), targets));
		}
		// The first era knows of no nominators.
		(0..2).for_each(|_| end_era(use_the_network));
		let era = active_era() - 1;
		let part = unclaimed(era);
		block(|| claim(Alice, era));
		let (first, open) = (rewarded(), unclaimed(era));
		assert!(first > 0 && open < part);
		end_era(use_the_network);
		// What was claimed is not promised again, what was not claimed is not given away.
		assert!(returned().unsigned_abs() < OPG / 100, "{}", returned());
		block(|| claim(Alice, era));
		let second = rewarded();
		assert!(second > 0);
		assert!(unclaimed(era) < open);
		// Together both pages are Alice's part, but for what rounding leaves.
		let alice = open - unclaimed(era);
		assert!(alice.abs_diff(second) < part / 1_000_000, "{alice} {second}");
	});
}

#[test]
fn the_growth_pot_has_what_the_ecosystem_bucket_unlocked() {
	on_the_local_testnet(|| {
		let million = 1_000_000 * OPG;
		assert_eq!(free(Pot::Growth.account()), 40 * million + POT_ENDOWMENT);
		assert_eq!(free(Bucket::Ecosystem.account()), 360 * million + POT_ENDOWMENT);
	});
}

#[test]
fn fees_are_split_as_the_constants_say_until_governance_decides() {
	on_the_local_testnet(|| {
		let shares = CurrentShares::<Runtime>::get();
		let percent = |share: u32| Permill::from_percent(share);
		assert_eq!(shares.node, percent(fee_shares::NODE));
		assert_eq!(shares.checks, percent(fee_shares::CHECKS));
		assert_eq!(shares.validators, percent(fee_shares::VALIDATORS));
		assert_eq!(shares.storage, percent(fee_shares::STORAGE));
		assert_eq!(shares.model_owner, percent(fee_shares::MODEL_OWNER));
		assert_eq!(shares.burn, percent(fee_shares::BURN));
		assert_eq!(shares.treasury, percent(fee_shares::TREASURY));
		assert_eq!(shares.growth, percent(fee_shares::GROWTH));
		let by_nobody = RuntimeOrigin::signed(account(Alice));
		assert_noop!(
			Economics::set_shares(by_nobody, shares),
			sp_runtime::DispatchError::BadOrigin
		);
		assert_ok!(Economics::set_shares(RuntimeOrigin::root(), shares));
	});
}

#[test]
fn the_pallet_keeps_its_place_is_bounded_and_weighs_something() {
	assert_eq!((Economics::index(), Economics::name()), (64, "Economics"));
	// Bounds of other pallets' items are of the chain's pace.
	let items =
		sp_io::TestExternalities::default().execute_with(AllPalletsWithSystem::storage_info);
	for item in items {
		if item.pallet_name == b"Economics" {
			let name = String::from_utf8_lossy(&item.storage_name).into_owned();
			assert!(item.max_size.is_some(), "{name} has no largest size");
		}
	}
	let call = RuntimeCall::Economics(pallet_economics::Call::claim {
		bucket: Bucket::Airdrop,
		beneficiary: account(Alice),
	});
	let info = call.get_dispatch_info();
	assert!(info.call_weight.ref_time() > 1_000_000);
	assert_eq!(info.class, DispatchClass::Normal);
}
