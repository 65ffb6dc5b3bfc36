//! What must never drift: indices, names, weights, fees, supply, and the size of the runtime.

mod chain;

use frame_support::{
	dispatch::{DispatchClass, GetDispatchInfo},
	traits::{PalletInfoAccess, StorageInfoTrait},
	weights::{Weight, WeightToFee},
};
use opg_runtime::{
	configs::{economics::Pot, system::Weights},
	constants::{self, block, currency, fee_shares},
	genesis_config_presets::preset_names,
	AllPalletsWithSystem, Balance, Runtime, RuntimeCall,
};

fn index_and_name<Pallet: PalletInfoAccess>() -> (usize, &'static str) {
	(Pallet::index(), Pallet::name())
}

#[test]
fn pallets_keep_their_indices_and_names() {
	use opg_runtime as runtime;
	assert_eq!(
		[
			index_and_name::<runtime::System>(),
			index_and_name::<runtime::Timestamp>(),
			index_and_name::<runtime::Scheduler>(),
			index_and_name::<runtime::Preimage>(),
			index_and_name::<runtime::Utility>(),
			index_and_name::<runtime::Multisig>(),
			index_and_name::<runtime::Proxy>(),
			index_and_name::<runtime::Clock>(),
			index_and_name::<runtime::Balances>(),
			index_and_name::<runtime::TransactionPayment>(),
			index_and_name::<runtime::SkipFeelessPayment>(),
			index_and_name::<runtime::Staking>(),
			index_and_name::<runtime::VoterList>(),
			index_and_name::<runtime::NominationPools>(),
			index_and_name::<runtime::DelegatedStaking>(),
			index_and_name::<runtime::Authorship>(),
			index_and_name::<runtime::Babe>(),
			index_and_name::<runtime::Offences>(),
			index_and_name::<runtime::Historical>(),
			index_and_name::<runtime::Session>(),
			index_and_name::<runtime::Grandpa>(),
			index_and_name::<runtime::AuthorityDiscovery>(),
			index_and_name::<runtime::Treasury>(),
			index_and_name::<runtime::ConvictionVoting>(),
			index_and_name::<runtime::Referenda>(),
			index_and_name::<runtime::Origins>(),
			index_and_name::<runtime::Whitelist>(),
			index_and_name::<runtime::TechnicalCommittee>(),
			index_and_name::<runtime::Bounties>(),
			index_and_name::<runtime::ChildBounties>(),
			index_and_name::<runtime::Parameters>(),
			index_and_name::<runtime::SafeMode>(),
			index_and_name::<runtime::TxPause>(),
			index_and_name::<runtime::Identity>(),
			index_and_name::<runtime::Migrations>(),
			index_and_name::<runtime::Recovery>(),
			index_and_name::<runtime::Models>(),
			index_and_name::<runtime::Nodes>(),
			index_and_name::<runtime::Inference>(),
			index_and_name::<runtime::Panels>(),
			index_and_name::<runtime::Usage>(),
			index_and_name::<runtime::Apps>(),
			index_and_name::<runtime::Storage>(),
			index_and_name::<runtime::Growth>(),
			index_and_name::<runtime::Feeds>(),
			index_and_name::<runtime::Workflows>(),
			index_and_name::<runtime::Circuits>(),
			index_and_name::<runtime::Audits>(),
			index_and_name::<runtime::ElectionProviderMultiPhase>(),
			index_and_name::<runtime::Sudo>(),
		],
		[
			(0, "System"),
			(1, "Timestamp"),
			(2, "Scheduler"),
			(3, "Preimage"),
			(4, "Utility"),
			(5, "Multisig"),
			(6, "Proxy"),
			(7, "Clock"),
			(10, "Balances"),
			(11, "TransactionPayment"),
			(12, "SkipFeelessPayment"),
			(20, "Staking"),
			(21, "VoterList"),
			(22, "NominationPools"),
			(23, "DelegatedStaking"),
			(30, "Authorship"),
			(31, "Babe"),
			(32, "Offences"),
			(33, "Historical"),
			(34, "Session"),
			(35, "Grandpa"),
			(36, "AuthorityDiscovery"),
			(40, "Treasury"),
			(41, "ConvictionVoting"),
			(42, "Referenda"),
			(43, "Origins"),
			(44, "Whitelist"),
			(45, "TechnicalCommittee"),
			(47, "Bounties"),
			(48, "ChildBounties"),
			(49, "Parameters"),
			(50, "SafeMode"),
			(51, "TxPause"),
			(52, "Identity"),
			(53, "Migrations"),
			(54, "Recovery"),
			(60, "Models"),
			(61, "Nodes"),
			(62, "Inference"),
			(63, "Panels"),
			(66, "Usage"),
			(67, "Apps"),
			(68, "Storage"),
			(69, "Growth"),
			(70, "Feeds"),
			(71, "Workflows"),
			(72, "Circuits"),
			(73, "Audits"),
			(80, "ElectionProviderMultiPhase"),
			(255, "Sudo"),
		]
	);
}

#[test]
fn all_calls_pass_the_same_filter() {
	use frame_support::traits::Contains;
	type Filter = <Runtime as frame_system::Config>::BaseCallFilter;
	chain::of_preset("development").execute_with(|| {
		let call = RuntimeCall::Models(pallet_models::Call::retire { model: 0 });
		assert!(Filter::contains(&call));
		pallet_safe_mode::EnteredUntil::<Runtime>::put(1);
		assert!(!Filter::contains(&call));
	});
}

#[test]
fn storage_is_bounded_in_our_pallets() {
	let ours = [
		&b"Models"[..],
		b"Nodes",
		b"Inference",
		b"Panels",
		b"Usage",
		b"Apps",
		b"Storage",
		b"Growth",
		b"Feeds",
		b"Workflows",
		b"Circuits",
		b"Audits",
		b"Clock",
		b"Origins",
	];
	// Bounds of other pallets' items are of the chain's pace.
	let items =
		sp_io::TestExternalities::default().execute_with(AllPalletsWithSystem::storage_info);
	for item in items {
		if ours.contains(&item.pallet_name.as_slice()) {
			let name = String::from_utf8_lossy(&item.storage_name).into_owned();
			assert!(item.max_size.is_some(), "{name} has no largest size");
		}
	}
}

#[test]
fn calls_of_our_pallets_weigh_something() {
	let calls = [
		RuntimeCall::Models(pallet_models::Call::retire { model: 0 }),
		RuntimeCall::Nodes(pallet_nodes::Call::unbond { node: 0 }),
		RuntimeCall::Inference(pallet_inference::Call::cancel { request: 0 }),
	];
	for call in calls {
		let info = call.get_dispatch_info();
		assert!(info.call_weight.ref_time() > 1_000_000, "{call:?} weighs {:?}", info.call_weight);
		assert_eq!(info.class, DispatchClass::Normal);
	}
}

/// What the parts of a block are: ordinary transactions, deadlines and draws, and what is kept for answers.
fn parts_of_a_block() -> [Weight; 3] {
	let limits = Weights::get();
	let ordinary = limits.get(DispatchClass::Normal).max_total.expect("set");
	let deadlines = opg_runtime::configs::ai::HooksBudget::get() * block::MAX_WEIGHT;
	let reserved = limits.get(DispatchClass::Operational).reserved.expect("set");
	[ordinary, deadlines, reserved]
}

/// What the hooks of our other pallets may take of one block at most: what bounds them at any time, and what comes with few blocks.
fn hooks_of_other_pallets() -> Vec<(&'static str, Weight)> {
	use frame_support::traits::Get;
	use pallet_clock::WeightInfo as _;
	use pallet_economics::WeightInfo as _;
	use pallet_feeds::WeightInfo as _;
	use pallet_proofs::WeightInfo as _;
	use pallet_storage::WeightInfo as _;
	use pallet_usage::WeightInfo as _;
	use pallet_workflows::WeightInfo as _;
	type Clock = <Runtime as pallet_clock::Config>::WeightInfo;
	type Economics = <Runtime as pallet_economics::Config>::WeightInfo;
	type Feeds = <Runtime as pallet_feeds::Config>::WeightInfo;
	type Proofs = <Runtime as pallet_proofs::Config>::WeightInfo;
	type Storage = <Runtime as pallet_storage::Config>::WeightInfo;
	type Usage = <Runtime as pallet_usage::Config>::WeightInfo;
	type Workflows = <Runtime as pallet_workflows::Config>::WeightInfo;
	let looks = |look: Weight, most: u32| look.saturating_mul(most.into());
	let look_at_workflow =
		Workflows::look().saturating_add(<Runtime as pallet_workflows::Config>::AskWeight::get());
	vec![
		("panels", opg_runtime::configs::ai::ClosingBudget::get() * block::MAX_WEIGHT),
		(
			"feeds",
			Feeds::initialize().saturating_add(looks(
				Feeds::look(),
				<Runtime as pallet_feeds::Config>::MaxLooks::get(),
			)),
		),
		(
			"workflows",
			Workflows::initialize().saturating_add(looks(
				look_at_workflow,
				<Runtime as pallet_workflows::Config>::MaxLooks::get(),
			)),
		),
		("storage", Storage::initialize_check()),
		("usage", Usage::initialize().saturating_add(Usage::close())),
		("proofs", Proofs::aggregate()),
		("economics", Economics::launch().saturating_add(Economics::stream())),
		("clock", Clock::closed_block()),
	]
}

#[test]
fn a_full_batch_of_answers_fits_a_block_beside_what_is_kept_for_others() {
	type Bounds = pallet_inference::weights::UpperBounds<Runtime>;
	use frame_support::traits::Get;
	use pallet_inference::WeightInfo as _;
	let batch =
		Bounds::answer(pallet_inference::MaxBatch::get(), 64, pallet_inference::MaxBatch::get())
			.saturating_add(Bounds::authorize_answer(pallet_inference::MaxBatch::get()));
	let [.., reserved] = parts_of_a_block();
	assert!(batch.all_lte(reserved), "{batch:?} against {reserved:?}");
}

fn sum(parts: impl IntoIterator<Item = Weight>) -> Weight {
	parts.into_iter().fold(Weight::zero(), Weight::saturating_add)
}

/// The sum as hundredths of a block.
fn percent(weight: Weight) -> u64 {
	weight.ref_time() / (block::MAX_WEIGHT.ref_time() / 100)
}

#[test]
fn hooks_transactions_and_answers_of_a_block_add_up() {
	use frame_support::weights::constants::WEIGHT_REF_TIME_PER_MILLIS;
	let [ordinary, deadlines, reserved] = parts_of_a_block();
	assert_eq!(percent(sum([ordinary, deadlines, reserved])), 100);
	let named = hooks_of_other_pallets();
	let told: Vec<_> = named.iter().map(|(name, weight)| (*name, percent(*weight))).collect();
	let (large, small) = named.split_at(3);
	let small = sum(small.iter().map(|(_, weight)| *weight));
	assert!(small.ref_time() < block::MAX_WEIGHT.ref_time() / 1_000, "{small:?}");
	let large = sum(large.iter().map(|(_, weight)| *weight));
	// Decision 24 names these.
	assert_eq!(told[..3], [("panels", 20), ("feeds", 16), ("workflows", 2)]);
	let hooks = sum([deadlines, large, small]);
	assert!(percent(sum([hooks, reserved])) < 100, "hooks leave what is kept for answers");

	// What ordinary transactions find free they fill, and what is kept for answers comes on top.
	let slot = constants::time::SLOT_DURATION * WEIGHT_REF_TIME_PER_MILLIS;
	let fullest = sum([block::MAX_WEIGHT, reserved]).ref_time();
	assert!(fullest < slot / 5 * 4, "{fullest}");
	let scheduled = opg_runtime::configs::system::MaximumSchedulerWeight::get();
	let governed = sum([hooks, scheduled, reserved]).ref_time();
	assert!(governed < slot, "{governed}");
}

#[test]
fn ordinary_transactions_fill_what_hooks_leave_and_answers_have_theirs_on_top() {
	use frame_support::dispatch::DispatchInfo;
	use opg_runtime::System;
	let fill = |class: DispatchClass| {
		let call_weight = Weight::from_parts(block::MAX_WEIGHT.ref_time() / 1_000, 0);
		let info = DispatchInfo { call_weight, class, ..Default::default() };
		while frame_system::CheckWeight::<Runtime>::do_prepare(&info, 0, 0).is_ok() {}
		*System::block_weight().get(class)
	};
	let is_about = |weight: Weight, part: u64| (part - 1..=part).contains(&percent(weight));
	// What hooks take, what ordinary transactions have beside that, and what the block comes to with answers.
	for (hooks, ordinary, all) in
		[(0, 45, 100), (40, 45, 100), (50, 45, 110), (60, 40, 115), (81, 19, 115)]
	{
		// A genesis has taken something of its block already.
		sp_io::TestExternalities::default().execute_with(|| {
			let taken = block::MAX_WEIGHT.ref_time() / 100 * hooks;
			let taken = Weight::from_parts(taken, 0);
			System::register_extra_weight_unchecked(taken, DispatchClass::Mandatory);
			let had = fill(DispatchClass::Normal);
			assert!(is_about(had, ordinary), "{had:?} beside {hooks} %");
			fill(DispatchClass::Operational);
			let whole = System::block_weight().total();
			assert!(is_about(whole, all), "{whole:?} with hooks of {hooks} %");
		});
	}
}

#[test]
fn a_round_of_31_nodes_and_100_keys_weighs_no_more_than_15_ms() {
	type Bounds = pallet_feeds::weights::UpperBounds<Runtime>;
	use pallet_feeds::WeightInfo;
	let round = Bounds::report(31, 3_100).saturating_add(Bounds::authorize_report(31, 3_100, 0));
	assert!(round.ref_time() <= 15_000_000_000, "{round:?}");
}

#[test]
fn conduct_in_feeds_is_judged_by_limits_that_go_together() {
	use frame_support::traits::Get;
	chain::of_preset("development").execute_with(|| {
		assert!(opg_runtime::configs::parameters::FeedThresholds::get().is_sound());
	});
}

#[test]
fn an_epoch_of_use_is_a_week_and_minutes_where_people_develop() {
	use frame_support::traits::Get;
	type Length = <Runtime as pallet_usage::Config>::EpochLength;
	chain::of_preset("development").execute_with(|| {
		assert_eq!(<Length as Get<opg_runtime::BlockNumber>>::get(), 140);
		assert_eq!(opg_runtime::Usage::epoch().end, 140);
	});
	sp_io::TestExternalities::default().execute_with(|| {
		assert_eq!(<Length as Get<opg_runtime::BlockNumber>>::get(), 7 * constants::time::DAYS);
	});
}

#[test]
fn counting_costs_settlement_no_more_than_a_quarter() {
	type Bounds = pallet_inference::weights::UpperBounds<Runtime>;
	type Counting = pallet_usage::weights::UpperBounds<Runtime>;
	use pallet_inference::WeightInfo as _;
	use pallet_usage::WeightInfo as _;
	for answers in [16, 64, 256] {
		let all = Bounds::answer(answers, answers.min(64), 0).ref_time();
		let counting = Counting::commit(answers, answers.min(64)).ref_time();
		assert!(4 * counting <= all, "{counting} of {all} for {answers} answers");
	}
}

#[test]
fn fees_are_sane() {
	let fee = |weight: Weight, bytes: Balance| -> Balance {
		type Config = Runtime;
		let of_weight =
			<Config as pallet_transaction_payment::Config>::WeightToFee::weight_to_fee(&weight);
		of_weight + bytes * currency::TRANSACTION_BYTE_FEE
	};
	let transfer = RuntimeCall::Balances(pallet_balances::Call::transfer_keep_alive {
		dest: Pot::Treasury.account().into(),
		value: 0,
	});
	let weight = transfer.get_dispatch_info().call_weight;
	let fee = fee(weight, 150);
	assert!(fee > currency::MICRO_OPG && fee < currency::MILLI_OPG, "a transfer costs {fee} units");
	let upkeep = opg_runtime::configs::ai::UpkeepFee::get();
	assert!(
		upkeep > currency::MICRO_OPG && upkeep < 10 * currency::MILLI_OPG,
		"the upkeep of a request is {upkeep} units"
	);
}

#[test]
fn shares_of_a_fee_are_the_whole_fee_and_growth_is_less_than_what_burns() {
	let shares = [
		fee_shares::NODE,
		fee_shares::CHECKS,
		fee_shares::VALIDATORS,
		fee_shares::STORAGE,
		fee_shares::MODEL_OWNER,
		fee_shares::BURN,
		fee_shares::TREASURY,
		fee_shares::GROWTH,
	];
	assert_eq!(shares.iter().sum::<u32>(), 100);
	assert!(fee_shares::GROWTH < fee_shares::BURN);
}

#[test]
fn presets_issue_a_thousand_million_opg_and_keep_every_law() {
	assert_eq!(preset_names().len(), 2);
	for preset in preset_names() {
		chain::of_preset(preset.as_ref()).execute_with(|| {
			assert_eq!(opg_runtime::Balances::total_issuance(), currency::SUPPLY);
			for pot in Pot::ALL {
				let balance = opg_runtime::Balances::free_balance(pot.account());
				assert!(balance >= currency::EXISTENTIAL_DEPOSIT, "{pot:?} has {balance}");
			}
			opg_runtime::Models::check_laws().expect("models");
			opg_runtime::Nodes::check_laws().expect("nodes");
			opg_runtime::Inference::check_laws().expect("requests");
			opg_runtime::Feeds::check_laws().expect("feeds");
			opg_runtime::Workflows::check_laws().expect("workflows");
		});
	}
}

#[test]
fn only_the_development_preset_has_a_sudo_key() {
	let key =
		|preset: &str| chain::of_preset(preset).execute_with(pallet_sudo::Key::<Runtime>::get);
	assert!(key("development").is_some());
	assert!(key("local_testnet").is_none());
}

#[test]
fn genesis_validators_are_elected_from_stakes() {
	chain::of_preset("local_testnet").execute_with(|| {
		assert_eq!(opg_runtime::Session::validators().len(), 4);
		assert_eq!(pallet_babe::Authorities::<Runtime>::get().len(), 4);
		let staked = pallet_staking::ErasTotalStake::<Runtime>::get(0);
		assert!(staked > 0, "the first era counts its stakes");
	});
}

#[test]
fn the_compressed_runtime_is_small_enough_to_upgrade_by_a_transaction() {
	let wasm = opg_runtime::WASM_BINARY.expect("tests build the runtime's Wasm");
	assert!(
		sp_maybe_compressed_blob::decompress(wasm, 50 << 20).expect("intact").len() > wasm.len()
	);
	assert!(wasm.len() < block::MAX_LENGTH as usize / 4, "{} bytes", wasm.len());
}
