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

#[test]
fn a_full_batch_of_answers_fits_a_block_beside_what_is_kept_for_others() {
	type Bounds = pallet_inference::weights::UpperBounds<Runtime>;
	use frame_support::traits::Get;
	use pallet_inference::WeightInfo;
	let batch =
		Bounds::answer(pallet_inference::MaxBatch::get(), 64, pallet_inference::MaxBatch::get())
			.saturating_add(Bounds::authorize_answer(pallet_inference::MaxBatch::get()));
	let limits = Weights::get();
	let reserved = limits.get(DispatchClass::Operational).reserved.expect("set");
	assert!(batch.all_lte(reserved), "{batch:?} against {reserved:?}");
	let ordinary = limits.get(DispatchClass::Normal).max_total.expect("set");
	let deadlines = opg_runtime::configs::ai::HooksBudget::get() * block::MAX_WEIGHT;
	let parts = reserved.saturating_add(ordinary).saturating_add(deadlines);
	assert!(parts.all_lte(block::MAX_WEIGHT), "{parts:?}");
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
