//! The chains a node can start by name: who has what, who validates, which nodes are bonded.

use crate::{
	configs::{
		consensus::BABE_GENESIS,
		economics::{Bucket, Pot},
		pace,
	},
	constants::currency::{OPG, POT_ENDOWMENT, SUPPLY},
	AccountId, BabeConfig, Balance, BalancesConfig, ClockConfig, NodesConfig,
	NominationPoolsConfig, ProofsConfig, RuntimeGenesisConfig, SessionConfig, SessionKeys,
	StakingConfig, SudoConfig, TechnicalCommitteeConfig,
};
use alloc::{format, string::String, vec, vec::Vec};
use frame_support::build_struct_json_patch;
use opg_primitives::{node::WorkerId, Roles};
use pallet_clock::Pace;
use pallet_staking::{Forcing, StakerStatus};
use serde_json::Value;
use sp_core::{bytes, sr25519, Bytes, Pair};
use sp_genesis_builder::{PresetId, DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET};
use sp_keyring::{Ed25519Keyring, Sr25519Keyring};
use sp_runtime::Perbill;

/// What each development account starts with, out of the bucket for liquidity and launch.
const ENDOWMENT: Balance = 1_000_000 * OPG;
/// What each validator of a preset stakes; below 2⁶⁴ units, which some network tools read at most.
const STAKE: Balance = 100_000 * OPG;
/// What each node of a preset bonds: enough for every job the chain gives one node.
const BOND: Balance = 50_000 * OPG;

/// What founding a pool takes.
const POOL_BOND: Balance = 100 * OPG;

/// Who owns the nodes of the development chain, in the order of the nodes' numbers.
pub const DEVELOPMENT_OWNERS: [Sr25519Keyring; 10] = [
	Sr25519Keyring::Bob,
	Sr25519Keyring::Charlie,
	Sr25519Keyring::Dave,
	Sr25519Keyring::Eve,
	Sr25519Keyring::Ferdie,
	Sr25519Keyring::BobStash,
	Sr25519Keyring::CharlieStash,
	Sr25519Keyring::DaveStash,
	Sr25519Keyring::EveStash,
	Sr25519Keyring::FerdieStash,
];

fn well_known() -> Vec<Sr25519Keyring> {
	use Sr25519Keyring::{
		Alice, AliceStash, Bob, BobStash, Charlie, CharlieStash, Dave, DaveStash, Eve, EveStash,
		Ferdie, FerdieStash,
	};
	vec![
		Alice,
		Bob,
		Charlie,
		Dave,
		Eve,
		Ferdie,
		AliceStash,
		BobStash,
		CharlieStash,
		DaveStash,
		EveStash,
		FerdieStash,
	]
}

fn session_keys(who: Sr25519Keyring) -> SessionKeys {
	let finality = Ed25519Keyring::iter()
		.nth(who as usize)
		.expect("both key rings name the same people in the same order; qed");
	SessionKeys {
		grandpa: finality.public().into(),
		babe: who.public().into(),
		authority_discovery: who.public().into(),
	}
}

/// The seed from which a development worker's key is derived.
pub fn worker_seed(owner: Sr25519Keyring) -> String {
	// Not `to_seed`, which names stashes otherwise than their accounts.
	format!("//{}//worker", <&str>::from(owner))
}

fn worker_key(owner: Sr25519Keyring) -> WorkerId {
	let pair = sr25519::Pair::from_string(&worker_seed(owner), None)
		.expect("a derivation of a well-known seed is valid; qed");
	pair.public().into()
}

/// The whole supply in its buckets, but for what is spent of the bucket for liquidity and launch, all of which is free at
/// launch: the development accounts and an endowment for each pot, the buckets' own too.
fn genesis_balances() -> Vec<(AccountId, Balance)> {
	let mut balances: Vec<(AccountId, Balance)> =
		well_known().into_iter().map(|who| (who.to_account_id(), ENDOWMENT)).collect();
	balances.extend(Pot::ALL.map(|pot| (pot.account(), POT_ENDOWMENT)));
	let given: Balance = balances.iter().map(|(_, balance)| *balance).sum();
	let spent = given + Bucket::ALL.len() as Balance * POT_ENDOWMENT;
	balances.extend(Bucket::ALL.map(|bucket| {
		let spent = if bucket == Bucket::Liquidity { spent } else { 0 };
		(bucket.account(), bucket.schedule(SUPPLY).total - spent + POT_ENDOWMENT)
	}));
	assert_eq!(balances.iter().map(|(_, balance)| *balance).sum::<Balance>(), SUPPLY);
	balances
}

/// The seed of the reference string that a development chain believes in. Anybody can forge proofs under it.
pub const INSECURE_SEED: &str = "opg-development";

/// That reference string, as `opg proof srs --insecure-seed opg-development` makes it: \[1\]₁, \[1\]₂ and −\[s\]₂.
pub const INSECURE_REFERENCE_STRING: &str = "\
	0000000000000000000000000000000000000000000000000000000000000001\
	0000000000000000000000000000000000000000000000000000000000000002\
	198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2\
	1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed\
	090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b\
	12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa\
	02df4d2ec803d7f0b8d848ac1ec6b8c79edc1542df1a693dbe3d1a240061ad5b\
	008a77fe6e4d26394cbfeb30a14c3d5cedac96289d883d512e90414bf526642a\
	25e4b9c105afc3174cad21bc162ebd612ff9c149ecabd6d9b5f8aeda7e5bbbbe\
	1d752d6d30f561afb733e63698ed27da18d73c88c617f72b628e22c8f1b369b5";

/// What is said of where it is from.
const INSECURE_SOURCE: &str = "INSECURE: opg proof srs --insecure-seed opg-development";

/// Who is who on a chain, and how fast it goes.
struct Cast {
	/// Whether the chain believes in the reference string that anybody can forge under.
	insecure: bool,
	pace: Pace,
	validators: Vec<Sr25519Keyring>,
	invulnerable: bool,
	owners: Vec<Sr25519Keyring>,
	committee: Vec<Sr25519Keyring>,
	sudo: Option<Sr25519Keyring>,
}

fn insecure_reference_string() -> (Bytes, String) {
	let points = bytes::from_hex(INSECURE_REFERENCE_STRING).expect("hex digits; qed");
	(Bytes(points), INSECURE_SOURCE.into())
}

fn genesis(cast: Cast) -> Value {
	let Cast { insecure, pace, validators, invulnerable, owners, committee, sudo } = cast;
	let balances = genesis_balances();
	let accounts = validators.iter().map(|who| who.to_account_id());
	let keys = accounts.clone().zip(validators.iter().map(|who| session_keys(*who)));
	build_struct_json_patch!(RuntimeGenesisConfig {
		balances: BalancesConfig { balances },
		clock: ClockConfig { pace: Some(pace) },
		babe: BabeConfig { epoch_config: BABE_GENESIS },
		session: SessionConfig {
			keys: keys.map(|(account, keys)| (account.clone(), account, keys)).collect(),
		},
		staking: StakingConfig {
			validator_count: validators.len() as u32,
			minimum_validator_count: 1,
			invulnerables: accounts.clone().filter(|_| invulnerable).collect(),
			force_era: Forcing::NotForcing,
			slash_reward_fraction: Perbill::zero(),
			stakers: accounts
				.map(|account| (account.clone(), account, STAKE, StakerStatus::Validator))
				.collect(),
		},
		nomination_pools: NominationPoolsConfig {
			min_create_bond: POOL_BOND,
			min_join_bond: OPG,
			max_pools: Some(256),
			max_members_per_pool: None,
			max_members: None,
			global_max_commission: Some(Perbill::from_percent(20)),
		},
		technical_committee: TechnicalCommitteeConfig {
			members: committee.iter().map(|who| who.to_account_id()).collect(),
		},
		nodes: NodesConfig {
			nodes: owners
				.into_iter()
				.map(|owner| {
					(
						owner.to_account_id(),
						worker_key(owner),
						BOND,
						Roles { inference: true, data: true },
					)
				})
				.collect(),
		},
		proofs: ProofsConfig {
			reference_strings: insecure.then(insecure_reference_string).into_iter().collect(),
		},
		sudo: SudoConfig { key: sudo.map(|who| who.to_account_id()) },
	})
}

/// One validator; nodes of ten other owners, enough for a quorum of three, of which `--dev` runs the first.
fn development() -> Value {
	use Sr25519Keyring::Alice;
	genesis(Cast {
		insecure: true,
		pace: pace::DEVELOPMENT,
		validators: vec![Alice],
		// Without it the chain would stop.
		invulnerable: true,
		owners: DEVELOPMENT_OWNERS.to_vec(),
		committee: vec![Alice],
		sudo: Some(Alice),
	})
}

/// Four validators; nodes of two other owners; governed by referenda and a committee of three.
fn local_testnet() -> Value {
	use Sr25519Keyring::{Alice, Bob, Charlie, Dave, Eve, Ferdie};
	genesis(Cast {
		insecure: false,
		pace: pace::TESTNET,
		validators: vec![Alice, Bob, Charlie, Dave],
		invulnerable: false,
		owners: vec![Eve, Ferdie],
		committee: vec![Alice, Bob, Charlie],
		sudo: None,
	})
}

/// A preset by its name.
pub fn get_preset(id: &PresetId) -> Option<Vec<u8>> {
	let preset = match id.as_ref() {
		DEV_RUNTIME_PRESET => development(),
		LOCAL_TESTNET_RUNTIME_PRESET => local_testnet(),
		_ => return None,
	};
	serde_json::to_vec(&preset).ok()
}

/// The names of all presets.
pub fn preset_names() -> Vec<PresetId> {
	vec![PresetId::from(DEV_RUNTIME_PRESET), PresetId::from(LOCAL_TESTNET_RUNTIME_PRESET)]
}
