//! One child of EZKL for each thing that is to be done, watched until it ends.

use crate::error::EzklError;
use serde::Deserialize;
use std::{
	os::unix::process::ExitStatusExt,
	path::{Path, PathBuf},
	process::{Output, Stdio},
	time::Duration,
};
use tokio::{process::Command, time};

/// What the child runs.
const PROGRAM: &str = include_str!("tool.py");
/// What the last line begins with.
const MARK: &str = "opg:";
/// Bytes of what a child said that are repeated.
const LAST_WORDS: usize = 400;
/// How much longer than its parent the child's own clock gives it.
const GRACE: u64 = 5;

/// What bounds a child.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
	/// How long settings or keys may take.
	pub set_up: Duration,
	/// How long a proof may take.
	pub prove: Duration,
	/// Bytes of address space; `None` for no limit.
	pub memory: Option<u64>,
}

impl Default for Limits {
	/// Ten minutes to set up, two to prove, 32 GiB of address space, of which EZKL uses a small part.
	fn default() -> Self {
		Self {
			set_up: Duration::from_secs(600),
			prove: Duration::from_secs(120),
			memory: Some(32 << 30),
		}
	}
}

/// EZKL in a Python environment.
#[derive(Debug, Clone)]
pub struct Tool {
	python: PathBuf,
	limits: Limits,
}

/// What a child says at its end.
#[derive(Deserialize)]
struct Said {
	error: Option<String>,
}

impl Tool {
	/// EZKL as this Python has it.
	pub fn new(python: impl Into<PathBuf>, limits: Limits) -> Self {
		Self { python: python.into(), limits }
	}

	/// Chooses the settings of the model in a folder, `model.onnx`, calibrated on `samples.json` there; leaves `settings.json`.
	pub async fn settings(&self, folder: &Path, logrows: u32, scale: u8) -> Result<(), EzklError> {
		let words = [logrows.to_string(), scale.to_string()];
		let words: Vec<&Path> = words.iter().map(AsRef::as_ref).collect();
		self.run("choose settings", "settings", folder, &words, self.limits.set_up).await
	}

	/// Compiles the circuit of `model.onnx` and `settings.json` in a folder, and leaves its keys there: `pk.key`, `vk.key` and
	/// `vka.bytes`.
	pub(crate) async fn keys(&self, folder: &Path, srs: &Path) -> Result<(), EzklError> {
		self.run("set a circuit up", "set-up", folder, &[srs], self.limits.set_up).await
	}

	/// Proves `input.json` of the folder `work`, and leaves `proof.json` there.
	pub(crate) async fn proof(
		&self,
		folder: &Path,
		work: &Path,
		srs: &Path,
	) -> Result<(), EzklError> {
		self.run("prove", "prove", folder, &[work, srs], self.limits.prove).await
	}

	async fn run(
		&self,
		step: &'static str,
		verb: &str,
		folder: &Path,
		words: &[&Path],
		limit: Duration,
	) -> Result<(), EzklError> {
		let missing = |why: String| EzklError::Missing { python: self.python.clone(), why };
		let own_clock = limit.as_secs().saturating_add(GRACE);
		let mut command = Command::new(&self.python);
		command
			// Neither the caller's Python settings nor modules of the folder it happens to be in.
			.args(["-I", "-c", PROGRAM])
			.args([own_clock.to_string(), self.limits.memory.unwrap_or(0).to_string(), verb.into()])
			.arg(folder)
			.args(words)
			.env_clear()
			// It keeps files of its own there.
			.env("HOME", folder)
			.current_dir(folder)
			.stdin(Stdio::null())
			.stdout(Stdio::piped())
			.stderr(Stdio::piped())
			.kill_on_drop(true);
		let child = command.spawn().map_err(|error| missing(error.to_string()))?;
		let output = match time::timeout(limit, child.wait_with_output()).await {
			Ok(output) => output.map_err(|error| missing(error.to_string()))?,
			Err(_) => return Err(EzklError::TimedOut { step, limit }),
		};
		match said(&output) {
			Some(Said { error: None }) => Ok(()),
			Some(Said { error: Some(why) }) if why.contains("No module named") => Err(missing(why)),
			Some(Said { error: Some(why) }) => Err(EzklError::Refused { step, why }),
			None => Err(EzklError::Died { step, how: how(&output) }),
		}
	}
}

/// The last line, if it is one that the program ends with.
fn said(output: &Output) -> Option<Said> {
	let text = String::from_utf8_lossy(&output.stdout);
	let line = text.lines().rev().find_map(|line| line.strip_prefix(MARK))?;
	serde_json::from_str(line).ok()
}

/// How a child died, and what it said at last.
fn how(output: &Output) -> String {
	let end = match output.status.signal() {
		Some(signal) => format!("signal {signal}"),
		None => output.status.to_string(),
	};
	let words = String::from_utf8_lossy(&output.stderr);
	let from = words.char_indices().rev().nth(LAST_WORDS).map_or(0, |(at, _)| at);
	match words.get(from..).unwrap_or_default().trim() {
		"" => end,
		words => format!("{end}: {words}"),
	}
}

#[cfg(test)]
mod tests {
	use super::{Limits, Tool};
	use crate::EzklError;
	use std::{fs, os::unix::fs::PermissionsExt, path::Path, time::Duration};

	/// Something in the place of Python.
	fn tool(folder: &Path, script: &str) -> Tool {
		let python = folder.join("python");
		fs::write(&python, format!("#!/bin/sh\n{script}\n")).unwrap();
		fs::set_permissions(&python, fs::Permissions::from_mode(0o755)).unwrap();
		let prove = Duration::from_millis(300);
		Tool::new(python, Limits { prove, ..Limits::default() })
	}

	async fn proved(script: &str) -> Result<(), EzklError> {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path();
		tool(path, script).proof(path, path, path).await
	}

	#[tokio::test]
	async fn what_a_child_says_at_its_end_is_what_came_of_it() {
		assert!(proved(r#"echo noise; echo 'opg:{"ok": true}'"#).await.is_ok());
		let refused = proved(r#"echo 'opg:{"error": "too large"}'"#).await.unwrap_err();
		assert!(
			matches!(&refused, EzklError::Refused { why, .. } if why == "too large"),
			"{refused}"
		);
	}

	#[tokio::test]
	async fn a_child_that_dies_is_told_from_one_that_refuses() {
		let died = proved("echo out of memory >&2; kill -9 $$").await.unwrap_err();
		let text = died.to_string();
		assert!(matches!(died, EzklError::Died { .. }), "{text}");
		assert!(text.contains("signal 9") && text.contains("out of memory"), "{text}");
		let silent = proved("exit 3").await.unwrap_err();
		assert!(silent.to_string().contains("exit status: 3"), "{silent}");
	}

	#[tokio::test]
	async fn a_child_that_takes_too_long_is_ended() {
		let late = proved("exec sleep 600").await.unwrap_err();
		assert!(matches!(late, EzklError::TimedOut { .. }), "{late}");
	}

	#[tokio::test]
	async fn without_ezkl_it_says_how_to_get_it() {
		let nowhere = Tool::new("/nonexistent/python", Limits::default());
		let here = Path::new("/");
		let missing = nowhere.proof(here, here, here).await.unwrap_err();
		assert!(missing.to_string().contains("setup.sh --ezkl"), "{missing}");
		let bare =
			proved(r#"echo "opg:{\"error\": \"No module named 'ezkl'\"}""#).await.unwrap_err();
		assert!(matches!(bare, EzklError::Missing { .. }), "{bare}");
	}
}
