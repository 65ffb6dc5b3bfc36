//! A development chain with a model of EZKL's vectors on it, that may be asked under a proof.

use crate::{
	chain,
	walk::{account, begin_block, PRICE},
};
use frame_support::assert_ok;
use opg_primitives::{
	seams::{KeyId, ProofSystem},
	Circuit, ContentCodec, ContentId, Port, TrustKind,
};
use opg_runtime::{Balance, Models, Proofs, RuntimeOrigin};
use opg_tensor::{Dimension, ElementType, NumericProfile};
use opg_verifiers::ezkl::{json::srs_from_json, Srs};
use sp_keyring::Sr25519Keyring::Eve;
use sp_runtime::Permill;

// Cargo runs tests in their crate's folder.
const FOLDER: &str = "../primitives/verifiers/fixtures/ezkl";

/// The vectors of the model.
pub(crate) const MODEL: &str = "mlp_4_8_3_fixed";

/// The bits of fraction of its circuit's numbers.
pub(crate) const SCALE: u8 = 13;

/// A file of the vectors.
pub(crate) fn text(file: &str) -> String {
	std::fs::read_to_string(format!("{FOLDER}/{file}")).expect("a file")
}

/// A development chain that believes in the vectors' reference string, with Eve's model of the vectors on it.
pub(crate) fn on_a_chain_with_eves_model(journey: impl FnOnce(KeyId)) {
	let srs: Srs = srs_from_json(&text("srs.json")).expect("a reference string");
	let points: String = srs.wire().iter().map(|byte| format!("{byte:02x}")).collect();
	let string = serde_json::json!([format!("0x{points}"), "INSECURE: that of the vectors"]);
	let patch = serde_json::json!({ "proofs": { "referenceStrings": [string] } });
	chain::of_preset_with("development", patch).execute_with(|| {
		begin_block(1);
		let bytes = std::fs::read(format!("{FOLDER}/{MODEL}/vka.bytes")).expect("a key");
		let key = pallet_proofs::key_id(ProofSystem::Ezkl23Bn254, 7, &bytes);
		let eve = || RuntimeOrigin::signed(account(Eve));
		let bytes = bytes.try_into().expect("not too long");
		assert_ok!(Proofs::register_key(eve(), ProofSystem::Ezkl23Bn254, 7, bytes));
		assert_ok!(Models::publish(eve(), draft(key)));
		journey(key);
	});
}

fn port(name: &str, length: u32) -> Port {
	let shape = vec![Dimension::Fixed(1), Dimension::Fixed(length)];
	Port {
		name: name.as_bytes().to_vec().try_into().expect("short"),
		element: ElementType::Float32,
		shape: shape.try_into().expect("two axes"),
	}
}

/// The model on the terms it is published on.
pub(crate) fn draft(key: KeyId) -> pallet_models::Draft<Balance> {
	let content = |digest| ContentId { codec: ContentCodec::Raw, digest: [digest; 32] };
	let scales = || vec![SCALE].try_into().expect("one");
	pallet_models::Draft {
		name: b"4-8-3".to_vec().try_into().expect("short"),
		content: content(1),
		inputs: vec![port("x", 4)].try_into().expect("one"),
		outputs: vec![port("y", 3)].try_into().expect("one"),
		profile: NumericProfile::Exact,
		price: PRICE,
		royalty: Permill::from_percent(10),
		trust: vec![TrustKind::Attested, TrustKind::Proved].try_into().expect("two"),
		circuit: Some(Circuit {
			key,
			settings: content(2),
			input_scales: scales(),
			output_scales: scales(),
			bits: 28,
		}),
	}
}
