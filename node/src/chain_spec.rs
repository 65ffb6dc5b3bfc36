//! The chains a node knows by name; what they contain stands in the runtime's presets.

use crate::service::OwnHostFunctions;
use opg_primitives::node::worker_key::WORKER;
use opg_runtime::WASM_BINARY;
use sc_chain_spec::{ChainSpecExtension, ChainType, Properties};
use serde::{Deserialize, Serialize};
use sp_core::{crypto::KeyTypeId, sr25519, Pair};
use sp_genesis_builder::{DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET};
use sp_keyring::Sr25519Keyring;
use std::path::PathBuf;

/// What a specification carries beside the genesis.
#[derive(Default, Clone, Serialize, Deserialize, ChainSpecExtension)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Extensions {
	/// Blocks to prefer on forks.
	pub(crate) fork_blocks: sc_client_api::ForkBlocks<opg_runtime::OpaqueBlock>,
	/// Blocks never to import.
	pub(crate) bad_blocks: sc_client_api::BadBlocks<opg_runtime::OpaqueBlock>,
	/// Where light clients start.
	pub(crate) light_sync_state: sc_sync_state_rpc::LightSyncStateExtension,
}

/// A specification of this chain; its genesis calls the node as blocks do.
pub(crate) type ChainSpec = sc_service::GenericChainSpec<Extensions, OwnHostFunctions>;

fn preset(name: &str, id: &str, preset: &str, chain_type: ChainType) -> Result<ChainSpec, String> {
	let wasm = WASM_BINARY.ok_or(
		"this node was built without its runtime (SKIP_WASM_BUILD); build it again without",
	)?;
	let mut properties = Properties::new();
	properties.insert("tokenSymbol".into(), "OPG".into());
	properties.insert("tokenDecimals".into(), 12.into());
	properties.insert("ss58Format".into(), 42.into());
	Ok(ChainSpec::builder(wasm, Extensions::default())
		.with_name(name)
		.with_id(id)
		.with_protocol_id("opg")
		.with_chain_type(chain_type)
		.with_properties(properties)
		.with_genesis_config_preset_name(preset)
		.build())
}

/// A chain by its name, or by the file its specification is in.
pub(crate) fn load(id: &str) -> Result<ChainSpec, String> {
	match id {
		"" => Err("name a chain: --dev, --chain local, or --chain FILE".into()),
		"dev" => preset("OPG Development", "opg_dev", DEV_RUNTIME_PRESET, ChainType::Development),
		"local" => preset("OPG Local", "opg_local", LOCAL_TESTNET_RUNTIME_PRESET, ChainType::Local),
		path => ChainSpec::from_json_file(PathBuf::from(path)),
	}
}

/// The worker key of the node `--dev` runs: its kind, seed and public part.
pub(crate) fn development_worker() -> (KeyTypeId, String, [u8; 32]) {
	let seed = opg_runtime::genesis_config_presets::worker_seed(Sr25519Keyring::Bob);
	let pair = sr25519::Pair::from_string(&seed, None)
		.expect("a derivation of a well-known seed is valid; qed");
	(WORKER, seed, pair.public().0)
}
