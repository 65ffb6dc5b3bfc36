//! Circuits in folders: set up once, proved with as often as is asked.

use crate::{
	error::EzklError,
	key::CircuitKey,
	proof::{self, Proven},
	reference::ReferenceStrings,
	settings::Settings,
	tool::Tool,
};
use opg_primitives::{seams::KeyId, Circuit, Port};
use opg_tensor::Tensor;
use std::{
	fs,
	path::{Path, PathBuf},
};
use tokio::task::spawn_blocking;

/// What lies in a circuit's folder once it is whole.
const KEY: &str = "vka.bytes";

/// Where circuits are set up and proofs are made.
#[derive(Debug, Clone)]
pub struct Workshop {
	tool: Tool,
	strings: ReferenceStrings,
	folder: PathBuf,
	/// Circuits whose files are kept; their keys have hundreds of megabytes.
	kept: usize,
}

impl Workshop {
	/// One in this folder.
	pub fn new(
		tool: Tool,
		strings: ReferenceStrings,
		folder: impl Into<PathBuf>,
		kept: usize,
	) -> Self {
		Self { tool, strings, folder: folder.into(), kept: kept.max(1) }
	}

	/// EZKL itself.
	pub fn tool(&self) -> &Tool {
		&self.tool
	}

	/// Makes the key of a model and its settings in a folder of the caller's; as often as it is made it is the same.
	pub async fn make(
		&self,
		folder: &Path,
		model: &[u8],
		settings: &[u8],
	) -> Result<CircuitKey, EzklError> {
		let logrows = Settings::read(settings)?.logrows;
		fs::create_dir_all(folder).map_err(EzklError::file(folder))?;
		for (name, bytes) in [("model.onnx", model), ("settings.json", settings)] {
			let file = folder.join(name);
			fs::write(&file, bytes).map_err(EzklError::file(&file))?;
		}
		let srs = self.srs(logrows).await?;
		self.tool.keys(folder, &srs).await?;
		read_key(folder)
	}

	/// Is ready to prove with a circuit, having found that its key is that of the model and the settings.
	pub async fn prepare(
		&self,
		circuit: &Circuit,
		model: &[u8],
		settings: &[u8],
	) -> Result<(), EzklError> {
		if !Settings::read(settings)?.agrees_with(circuit) {
			return Err(EzklError::OtherScales);
		}
		let folder = self.folder_of(circuit.key);
		if read_key(&folder).is_ok_and(|key| key.id() == circuit.key) {
			if is_of(&folder, model, settings) {
				return Ok(());
			}
			// A record may name the key of another model's circuit, which stays where it is.
			return match self.make_again(circuit, model, settings).await? {
				Some(made) if made == circuit.key => Ok(()),
				Some(made) => Err(EzklError::OtherKey { made, expected: circuit.key }),
				None => Err(EzklError::OtherScales),
			};
		}
		self.make_room().map_err(EzklError::file(&self.folder))?;
		// Half a circuit is not taken for a whole one: its key is written last.
		let made = self.make(&folder, model, settings).await.and_then(|key| match key.id() {
			id if id == circuit.key => Ok(()),
			made => Err(EzklError::OtherKey { made, expected: circuit.key }),
		});
		if made.is_err() {
			let _ = fs::remove_dir_all(&folder);
		}
		made
	}

	/// Makes the key of a model and its settings again, in a folder that goes with it, whatever key its circuit is said to have; nothing if
	/// the settings are none, or none of this circuit.
	pub async fn make_again(
		&self,
		circuit: &Circuit,
		model: &[u8],
		settings: &[u8],
	) -> Result<Option<KeyId>, EzklError> {
		if !Settings::read(settings).is_ok_and(|read| read.agrees_with(circuit)) {
			return Ok(None);
		}
		// Beside the circuits that are kept, of which it is none.
		let work = tempfile::tempdir().map_err(EzklError::file(&std::env::temp_dir()))?;
		match self.make(work.path(), model, settings).await {
			Ok(key) => Ok(Some(key.id())),
			Err(EzklError::Refused { why, .. }) if !is_shortage(&why) => {
				Err(EzklError::Unprovable(why))
			},
			Err(other) => Err(other),
		}
	}

	/// Proves what the circuit gives for inputs; it has to be prepared. The proof was verified when this returns.
	pub async fn prove(
		&self,
		circuit: &Circuit,
		outputs: &[Port],
		inputs: &[Tensor],
	) -> Result<Proven, EzklError> {
		let folder = self.folder_of(circuit.key);
		let key = read_key(&folder)?;
		let settings = folder.join("settings.json");
		let read = fs::read(&settings).map_err(EzklError::file(&settings))?;
		let srs = self.srs(Settings::read(&read)?.logrows).await?;
		// What is missing here says nothing of the input.
		for name in ["network.compiled", "pk.key"] {
			let file = folder.join(name);
			fs::metadata(&file).map_err(EzklError::file(&file))?;
		}
		let work = tempfile::tempdir_in(&folder).map_err(EzklError::file(&folder))?;
		let input = work.path().join("input.json");
		let text = proof::input_of(circuit, inputs)?;
		fs::write(&input, text).map_err(EzklError::file(&input))?;
		match self.tool.proof(&folder, work.path(), &srs).await {
			// It was given a number for each element, and finds that the circuit cannot go on with them.
			Err(EzklError::Refused { why, .. }) if !is_shortage(&why) => {
				return Err(EzklError::Unprovable(why));
			},
			other => other?,
		}
		let file = work.path().join("proof.json");
		let text = fs::read_to_string(&file).map_err(EzklError::file(&file))?;
		proof::read(&text, &key, circuit, outputs, inputs)
	}

	async fn srs(&self, logrows: u32) -> Result<PathBuf, EzklError> {
		let strings = self.strings.clone();
		let made = spawn_blocking(move || strings.file(logrows)).await;
		made.map_err(|error| EzklError::ReferenceString(error.to_string()))?
	}

	fn folder_of(&self, key: KeyId) -> PathBuf {
		self.folder.join(format!("{key:?}"))
	}

	/// Lets the circuits go that were set up first, until there is room for one more.
	fn make_room(&self) -> std::io::Result<()> {
		fs::create_dir_all(&self.folder)?;
		let mut circuits = Vec::new();
		for entry in fs::read_dir(&self.folder)? {
			let entry = entry?;
			if entry.file_type()?.is_dir() {
				circuits.push((entry.metadata()?.modified()?, entry.path()));
			}
		}
		circuits.sort();
		let surplus = circuits.len().saturating_add(1).saturating_sub(self.kept);
		for (_, folder) in circuits.into_iter().take(surplus) {
			fs::remove_dir_all(folder)?;
		}
		Ok(())
	}
}

/// Whether EZKL's words are about this machine and not about the input.
fn is_shortage(why: &str) -> bool {
	let why = why.to_lowercase();
	["memory", "allocat", "no space", "permission", "no such file", "os error"]
		.iter()
		.any(|words| why.contains(words))
}

/// Whether the circuit in a folder was made of this model and these settings.
fn is_of(folder: &Path, model: &[u8], settings: &[u8]) -> bool {
	let holds = |name, bytes: &[u8]| fs::read(folder.join(name)).is_ok_and(|read| read == bytes);
	holds("model.onnx", model) && holds("settings.json", settings)
}

fn read_key(folder: &Path) -> Result<CircuitKey, EzklError> {
	let file = folder.join(KEY);
	CircuitKey::read(fs::read(&file).map_err(EzklError::file(&file))?)
}

#[cfg(test)]
mod tests {
	use super::Workshop;
	use crate::{CircuitKey, EzklError, Limits, ReferenceStrings, Settings, Tool};
	use opg_primitives::{Circuit, Port};
	use opg_tensor::{Dimension, ElementType, Tensor};
	use std::{env, fs, os::unix::fs::PermissionsExt, path::PathBuf};
	use tempfile::TempDir;

	fn fixtures() -> PathBuf {
		// Where `cargo test` starts tests: read then, since checkouts may share a build.
		let package = env::current_dir().unwrap();
		package.join("../../primitives/verifiers/fixtures/ezkl/mlp_4_8_3_fixed")
	}

	fn settings() -> Vec<u8> {
		fs::read(fixtures().join("settings.json")).unwrap()
	}

	/// That of the model 4-8-3.
	fn circuit() -> Circuit {
		let key = CircuitKey::read(fs::read(fixtures().join("vka.bytes")).unwrap()).unwrap();
		Settings::read(&settings()).unwrap().circuit(key.id(), None).unwrap()
	}

	/// A workshop whose EZKL gives the files that EZKL made of that model once, but the key of another for a model that says `other`, and
	/// says this when it proves.
	fn workshop(folder: &TempDir, proves: &str) -> Workshop {
		let python = folder.path().join("python");
		let made = fixtures();
		let made = made.display();
		let script = format!(
			"#!/bin/sh\ncase $6 in\nset-up) touch \"$7\"/network.compiled \"$7\"/pk.key; \
			 if grep -q other \"$7\"/model.onnx; then cp {made}/../sigmoid_6_5_2/vka.bytes \"$7\"/; else cp {made}/vka.bytes \"$7\"/; fi ;;\nprove) cp {made}/proof.json \"$8\"/ ;;\nesac\n\
			 [ $6 = prove ] && echo '{proves}' || echo 'opg:{{\"ok\": true}}'\n"
		);
		fs::write(&python, script).unwrap();
		fs::set_permissions(&python, fs::Permissions::from_mode(0o755)).unwrap();
		let srs = ReferenceStrings::Development(folder.path().join("srs")).file(4).unwrap();
		// What it is for is said by its first bytes; nothing here reads the rest.
		let mut bytes = fs::read(&srs).unwrap();
		bytes[0] = 15;
		fs::write(&srs, bytes).unwrap();
		let tool = Tool::new(python, Limits::default());
		Workshop::new(tool, ReferenceStrings::File(srs), folder.path().join("circuits"), 2)
	}

	fn circuits(folder: &TempDir) -> usize {
		fs::read_dir(folder.path().join("circuits")).map_or(0, Iterator::count)
	}

	async fn proved(proves: &str, input: &[f32]) -> Result<Vec<f32>, EzklError> {
		let folder = tempfile::tempdir().unwrap();
		let workshop = workshop(&folder, proves);
		workshop.prepare(&circuit(), b"model", &settings()).await.unwrap();
		let output = Port {
			name: b"y".to_vec().try_into().unwrap(),
			element: ElementType::Float32,
			shape: vec![Dimension::Fixed(1), Dimension::Fixed(3)].try_into().unwrap(),
		};
		let input = Tensor::from_f32(&[1, 4], input).unwrap();
		let proven = workshop.prove(&circuit(), &[output], &[input]).await;
		let left = fs::read_dir(folder.path().join("circuits")).unwrap().next().unwrap().unwrap();
		let is_job = |entry: &fs::DirEntry| entry.path().is_dir();
		let jobs = fs::read_dir(left.path()).unwrap().flatten().filter(is_job).count();
		assert_eq!(jobs, 0, "a proof's files go with it");
		proven.map(|proven| proven.outputs[0].as_f32().unwrap())
	}

	const FINE: &str = r#"opg:{"ok": true}"#;
	const INPUT: [f32; 4] = [0.2764, 0.9829, -0.8065, 0.0134];

	#[tokio::test]
	async fn a_circuit_is_set_up_once_and_proved_with() {
		let output = proved(FINE, &INPUT).await.unwrap();
		assert_eq!(output, [0.472_290_04, 0.528_198_24, 0.878_906_25]);
	}

	#[tokio::test]
	async fn a_circuit_whose_key_is_another_is_refused_and_leaves_nothing() {
		let folder = tempfile::tempdir().unwrap();
		let workshop = workshop(&folder, FINE);
		let other = Circuit { key: Default::default(), ..circuit() };
		let error = workshop.prepare(&other, b"model", &settings()).await.unwrap_err();
		assert!(matches!(error, EzklError::OtherKey { .. }), "{error}");
		assert_eq!(circuits(&folder), 0);
		let other = Circuit { bits: 27, ..circuit() };
		let error = workshop.prepare(&other, b"model", &settings()).await.unwrap_err();
		assert!(matches!(error, EzklError::OtherScales), "{error}");
	}

	#[tokio::test]
	async fn the_key_of_a_circuit_that_is_there_is_no_other_models() {
		let folder = tempfile::tempdir().unwrap();
		let workshop = workshop(&folder, FINE);
		workshop.prepare(&circuit(), b"model", &settings()).await.unwrap();
		let error = workshop.prepare(&circuit(), b"other", &settings()).await.unwrap_err();
		assert!(matches!(error, EzklError::OtherKey { .. }), "{error}");
		workshop.prepare(&circuit(), b"its equal", &settings()).await.unwrap();
		workshop.prepare(&circuit(), b"model", &settings()).await.unwrap();
		assert_eq!(circuits(&folder), 1);
	}

	#[tokio::test]
	async fn a_key_is_made_again_whatever_it_is_said_to_be_and_leaves_nothing() {
		let folder = tempfile::tempdir().unwrap();
		let workshop = workshop(&folder, FINE);
		let again = |circuit: Circuit, settings: Vec<u8>| {
			let workshop = workshop.clone();
			async move { workshop.make_again(&circuit, b"model", &settings).await.unwrap() }
		};
		assert_eq!(again(circuit(), settings()).await, Some(circuit().key));
		let other = Circuit { key: Default::default(), ..circuit() };
		assert_eq!(again(other, settings()).await, Some(circuit().key));
		assert_eq!(again(Circuit { bits: 27, ..circuit() }, settings()).await, None);
		assert_eq!(again(circuit(), b"no settings".to_vec()).await, None);
		assert_eq!(circuits(&folder), 0);
	}

	#[tokio::test]
	async fn what_ezkl_refuses_or_the_circuit_cannot_hold_is_unprovable() {
		let refused = proved(r#"opg:{"error": "decomposition"}"#, &INPUT).await.unwrap_err();
		assert!(matches!(refused, EzklError::Unprovable(_)), "{refused}");
		let starved = proved(r#"opg:{"error": "memory allocation failed"}"#, &INPUT).await;
		assert!(matches!(starved.unwrap_err(), EzklError::Refused { .. }));
		let beyond = proved(FINE, &[40_000.0; 4]).await.unwrap_err();
		assert!(matches!(beyond, EzklError::Unprovable(_)), "{beyond}");
	}

	#[tokio::test]
	async fn a_proof_of_another_input_is_not_given_away() {
		let error = proved(FINE, &[0.5; 4]).await.unwrap_err();
		assert!(matches!(error, EzklError::Output { .. }), "{error}");
	}

	#[tokio::test]
	async fn the_circuit_that_was_set_up_first_goes_for_a_new_one() {
		let folder = tempfile::tempdir().unwrap();
		let workshop = workshop(&folder, FINE);
		for old in ["a", "b", "c"] {
			fs::create_dir_all(folder.path().join("circuits").join(old)).unwrap();
		}
		workshop.prepare(&circuit(), b"model", &settings()).await.unwrap();
		assert_eq!(circuits(&folder), 2);
	}
}
