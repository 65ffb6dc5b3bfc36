//! EZKL as the worker's prover: one circuit is set up or proved with at a time, and nothing is given away that was not verified.

use crate::{
	job::{LoadFailure, RunFailure},
	ports::{ProvenAnswer, Prover},
};
use futures::future::BoxFuture;
use opg_ezkl::{EzklError, Workshop};
use opg_primitives::{audit::NO_KEY, model::read_tensors, seams::KeyId, Circuit, ModelSpec};
use opg_tensor::encode;
use std::{sync::Arc, time::Instant};
use tokio::sync::Mutex;

const LOG: &str = "worker::prover";

/// Proves with EZKL.
#[derive(Debug, Clone)]
pub struct EzklProver {
	/// One at a time: a proof takes as many processors as there are, and a gigabyte or two.
	workshop: Arc<Mutex<Workshop>>,
}

impl EzklProver {
	/// One that works in this workshop.
	pub fn new(workshop: Workshop) -> Self {
		Self { workshop: Arc::new(Mutex::new(workshop)) }
	}
}

fn circuit_of(spec: &ModelSpec) -> Result<&Circuit, String> {
	spec.circuit.as_ref().ok_or_else(|| format!("model {} has no circuit", spec.id))
}

impl Prover for EzklProver {
	fn prepare(
		&self,
		spec: Arc<ModelSpec>,
		model: Vec<u8>,
		settings: Vec<u8>,
	) -> BoxFuture<'static, Result<(), LoadFailure>> {
		let workshop = self.workshop.clone();
		Box::pin(async move {
			let circuit = circuit_of(&spec).map_err(LoadFailure::Circuit)?;
			let started = Instant::now();
			let workshop = workshop.lock().await;
			let prepared = workshop.prepare(circuit, &model, &settings).await;
			prepared.map_err(|error| match error {
				// The machine may have been short of something: it is tried once more.
				EzklError::Died { .. } => LoadFailure::Crashed(error.to_string()),
				_ => LoadFailure::Circuit(error.to_string()),
			})?;
			let seconds = started.elapsed().as_secs_f32();
			log::info!(target: LOG, "the circuit of model {} is set up ({seconds:.1} s), its key is as said", spec.id);
			Ok(())
		})
	}

	fn prove(
		&self,
		spec: Arc<ModelSpec>,
		inputs: Vec<u8>,
	) -> BoxFuture<'static, Result<ProvenAnswer, RunFailure>> {
		let workshop = self.workshop.clone();
		Box::pin(async move {
			let circuit = circuit_of(&spec).map_err(RunFailure::NotProved)?;
			let given =
				read_tensors(&spec.inputs, &inputs, usize::MAX).map_err(RunFailure::Input)?;
			let workshop = workshop.lock().await;
			let started = Instant::now();
			let proven = workshop.prove(circuit, &spec.outputs, &given).await;
			let proven = proven.map_err(|error| match error {
				EzklError::Unprovable(why) => RunFailure::Unprovable(why),
				other => RunFailure::NotProved(other.to_string()),
			})?;
			let (seconds, bytes) = (started.elapsed().as_secs_f32(), proven.proof.len());
			log::info!(target: LOG, "proved an answer of model {} in {seconds:.1} s, {bytes} bytes", spec.id);
			Ok(ProvenAnswer { output: encode(&proven.outputs), proof: proven.proof })
		})
	}

	fn make_key(
		&self,
		circuit: Circuit,
		model: Vec<u8>,
		settings: Vec<u8>,
	) -> BoxFuture<'static, Result<KeyId, RunFailure>> {
		let workshop = self.workshop.clone();
		Box::pin(async move {
			let workshop = workshop.lock().await;
			let started = Instant::now();
			let made = workshop.make_again(&circuit, &model, &settings).await;
			let made = made.map_err(|error| match error {
				EzklError::Unprovable(why) => RunFailure::Unprovable(why),
				other => RunFailure::NotProved(other.to_string()),
			})?;
			let seconds = started.elapsed().as_secs_f32();
			let key = made.unwrap_or(NO_KEY);
			log::info!(target: LOG, "made a key for an audit in {seconds:.1} s: {key:?}, said to be {:?}", circuit.key);
			Ok(key)
		})
	}
}
