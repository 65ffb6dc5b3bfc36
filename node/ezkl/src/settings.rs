//! EZKL's settings of a circuit: what of them matters to whoever believes its proofs.

use crate::VERSION;
use opg_primitives::{seams::KeyId, Circuit, ContentId};
use serde::Deserialize;
use serde_json::Value;

/// Bytes of settings at most; those of ordinary models have a few thousand.
const MAX_BYTES: usize = 1 << 20;

/// Why settings are not of a circuit that is taken here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
	/// They are not as EZKL writes them.
	#[error("the settings cannot be read: {0}")]
	Unreadable(String),
	/// They are of another version.
	#[error("the settings are of EZKL {0}, and only {VERSION} is taken")]
	Version(String),
	/// Something that has to be seen is hidden, or the other way round.
	#[error(
		"the circuit's {what} are {got}, and have to be {wanted}: with private weights a proof holds for any weights, with private \
		 inputs for any question"
	)]
	Visibility {
		/// Inputs, outputs or weights.
		what: &'static str,
		/// How they are.
		got: String,
		/// How they have to be.
		wanted: &'static str,
	},
	/// Scales or ranges are beyond what the chain takes.
	#[error("the circuit's scales or its range are beyond what the chain takes")]
	Unsound,
}

/// What of a circuit's settings the chain's record of it says too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
	/// Bits of fraction of each input.
	pub input_scales: Vec<u8>,
	/// Bits of fraction of each output.
	pub output_scales: Vec<u8>,
	/// Every number is below 2 to this power in magnitude.
	pub bits: u8,
	/// The circuit has 2 to this power rows.
	pub logrows: u32,
}

#[derive(Deserialize)]
struct File {
	version: String,
	run_args: RunArgs,
	model_input_scales: Vec<i64>,
	model_output_scales: Vec<i64>,
}

#[derive(Deserialize)]
struct RunArgs {
	input_visibility: Value,
	output_visibility: Value,
	param_visibility: Value,
	logrows: u32,
	decomp_base: u64,
	decomp_legs: u32,
}

impl Settings {
	/// What `settings.json` says, if the circuit is one that is taken here.
	pub fn read(bytes: &[u8]) -> Result<Self, SettingsError> {
		if bytes.len() > MAX_BYTES {
			return Err(SettingsError::Unreadable(format!("more than {MAX_BYTES} bytes")));
		}
		let file: File = serde_json::from_slice(bytes)
			.map_err(|error| SettingsError::Unreadable(error.to_string()))?;
		if file.version != VERSION {
			return Err(SettingsError::Version(file.version));
		}
		let args = &file.run_args;
		let seen = [
			("inputs", &args.input_visibility, "Public"),
			("outputs", &args.output_visibility, "Public"),
			("weights", &args.param_visibility, "Fixed"),
		];
		for (what, got, wanted) in seen {
			if got.as_str() != Some(wanted) {
				let got = got.as_str().map_or_else(|| got.to_string(), str::to_owned);
				return Err(SettingsError::Visibility { what, got, wanted });
			}
		}
		let scales = |scales: Vec<i64>| {
			let scales = scales.into_iter().map(u8::try_from).collect::<Result<Vec<_>, _>>();
			scales.map_err(|_| SettingsError::Unsound)
		};
		let most = u128::from(args.decomp_base).checked_pow(args.decomp_legs);
		let bits = most.and_then(u128::checked_ilog2).and_then(|bits| u8::try_from(bits).ok());
		let settings = Self {
			input_scales: scales(file.model_input_scales)?,
			output_scales: scales(file.model_output_scales)?,
			bits: bits.ok_or(SettingsError::Unsound)?,
			logrows: args.logrows,
		};
		match settings.circuit(KeyId::zero(), None) {
			Some(circuit) if circuit.is_sound() => Ok(settings),
			_ => Err(SettingsError::Unsound),
		}
	}

	/// The chain's record of the circuit; `None` where there are more inputs or outputs than a model has.
	pub fn circuit(&self, key: KeyId, settings: Option<ContentId>) -> Option<Circuit> {
		let nowhere = ContentId { codec: opg_primitives::ContentCodec::Raw, digest: [0; 32] };
		Some(Circuit {
			key,
			settings: settings.unwrap_or(nowhere),
			input_scales: self.input_scales.clone().try_into().ok()?,
			output_scales: self.output_scales.clone().try_into().ok()?,
			bits: self.bits,
		})
	}

	/// Whether a record says the same.
	pub fn agrees_with(&self, circuit: &Circuit) -> bool {
		self.circuit(circuit.key, Some(circuit.settings)).as_ref() == Some(circuit)
	}
}

#[cfg(test)]
mod tests {
	use super::{Settings, SettingsError};

	fn settings(input: &str, output: &str, weights: &str) -> Vec<u8> {
		let text = format!(
			r#"{{"run_args":{{"input_visibility":{input},"output_visibility":{output},"param_visibility":{weights},
			"logrows":15,"decomp_base":16384,"decomp_legs":2}},"model_input_scales":[13],
			"model_output_scales":[13],"version":"23.0.5"}}"#
		);
		text.into_bytes()
	}

	#[test]
	fn of_public_numbers_and_fixed_weights_are_read() {
		let read = Settings::read(&settings("\"Public\"", "\"Public\"", "\"Fixed\"")).unwrap();
		let expected =
			Settings { input_scales: vec![13], output_scales: vec![13], bits: 28, logrows: 15 };
		assert_eq!(read, expected);
		let circuit = read.circuit(Default::default(), None).unwrap();
		assert!(read.agrees_with(&circuit));
		assert!(!read.agrees_with(&opg_primitives::Circuit { bits: 27, ..circuit }));
	}

	#[test]
	fn of_anything_hidden_are_refused_by_name() {
		let hashed = r#"{"Hashed":{"hash_is_public":true,"outlets":[]}}"#;
		for (input, output, weights, what) in [
			("\"Private\"", "\"Public\"", "\"Fixed\"", "inputs"),
			(hashed, "\"Public\"", "\"Fixed\"", "inputs"),
			("\"Public\"", "\"Private\"", "\"Fixed\"", "outputs"),
			("\"Public\"", "\"Public\"", "\"Private\"", "weights"),
			("\"Public\"", "\"Public\"", "\"KZGCommit\"", "weights"),
		] {
			let error = Settings::read(&settings(input, output, weights)).unwrap_err();
			assert!(
				matches!(&error, SettingsError::Visibility { what: found, .. } if *found == what),
				"{error}"
			);
		}
	}

	#[test]
	fn of_another_version_or_shape_or_range_are_refused() {
		let fine = String::from_utf8(settings("\"Public\"", "\"Public\"", "\"Fixed\"")).unwrap();
		let read = |from: &str, to: &str| Settings::read(fine.replace(from, to).as_bytes());
		assert_eq!(read("23.0.5", "22.0.0"), Err(SettingsError::Version("22.0.0".into())));
		assert!(matches!(read("logrows", "rows"), Err(SettingsError::Unreadable(_))));
		assert_eq!(read("[13]", "[-1]"), Err(SettingsError::Unsound));
		assert_eq!(read("[13]", "[33]"), Err(SettingsError::Unsound));
		assert_eq!(read("16384", "1"), Err(SettingsError::Unsound));
		assert_eq!(read("\"decomp_legs\":2", "\"decomp_legs\":9"), Err(SettingsError::Unsound));
	}
}
