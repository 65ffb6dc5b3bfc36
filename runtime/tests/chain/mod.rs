//! A chain as it is after the genesis of a preset.

use opg_runtime::{genesis_config_presets::get_preset, RuntimeGenesisConfig};
use serde_json::Value;
use sp_runtime::BuildStorage;

/// The chain of a preset, before its first block.
pub(crate) fn of_preset(preset: &str) -> sp_io::TestExternalities {
	of_preset_with(preset, Value::Null)
}

/// The chain of a preset whose genesis says something else in places, before its first block.
pub(crate) fn of_preset_with(preset: &str, patch: Value) -> sp_io::TestExternalities {
	let known = get_preset(&preset.into()).expect("a known preset");
	let mut genesis =
		serde_json::to_value(RuntimeGenesisConfig::default()).expect("a genesis is JSON");
	merge(&mut genesis, serde_json::from_slice(&known).expect("JSON"));
	if !patch.is_null() {
		merge(&mut genesis, patch);
	}
	let genesis: RuntimeGenesisConfig = serde_json::from_value(genesis).expect("a whole genesis");
	genesis.build_storage().expect("a genesis that builds").into()
}

fn merge(into: &mut Value, patch: Value) {
	match (into, patch) {
		(Value::Object(into), Value::Object(patch)) => {
			for (key, value) in patch {
				merge(into.entry(key).or_insert(Value::Null), value);
			}
		},
		(into, patch) => *into = patch,
	}
}
