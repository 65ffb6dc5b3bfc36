//! The parent's side: an engine that survives the deaths of its children.

use super::{
	frames::{Done, Hello, Refusal, Request},
	life::{Call, CallFailure, End, Life},
	Accelerator, EngineConfig, EngineError, LOG,
};
use crate::{
	job::{LoadFailure, RunFailure},
	ports::Engine,
};
use futures::future::BoxFuture;
use opg_primitives::{ContentId, ModelSpec};
use std::{
	sync::{
		atomic::{AtomicU32, AtomicU64, Ordering},
		Arc,
	},
	time::Duration,
};
use tokio::{
	sync::{mpsc, oneshot},
	time,
};

/// Calls that wait for a place in the pipeline; further ones wait to be put there.
const WAITING_CALLS: usize = 64;
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const MAX_PAUSE: Duration = Duration::from_secs(10);
/// A child that lived this long died of something new.
const STEADY: Duration = Duration::from_secs(60);

/// An engine whose models run in a child process. Clones share the child; it ends with the last of them.
#[derive(Debug, Clone)]
pub struct EngineHost {
	calls: mpsc::Sender<Call>,
	config: Arc<EngineConfig>,
	hello: Hello,
	child: Arc<ChildRecord>,
}

#[derive(Debug, Default)]
struct ChildRecord {
	id: AtomicU32,
	restarts: AtomicU64,
}

impl EngineHost {
	/// Starts the child and hears from it that library and accelerator work. Needs a tokio runtime.
	pub async fn start(config: EngineConfig) -> Result<Self, EngineError> {
		let (life, hello) = Life::start(&config, config.accelerator).await?;
		match &hello.remark {
			Some(remark) => {
				log::info!(target: LOG, "models run on the CPU: no accelerator works here ({remark})");
			},
			None => log::info!(target: LOG, "models run on {}", hello.accelerator),
		}
		log::debug!(target: LOG, "{}", hello.runtime);
		log::info!(target: LOG, "the engine's child is confined by {}", hello.sandbox);
		for (guard, why) in hello.sandbox.lacks() {
			log::warn!(target: LOG, "{guard} does not confine the engine's child: {why}");
		}
		let config = Arc::new(config);
		let child = Arc::new(ChildRecord::default());
		let (calls, incoming) = mpsc::channel(WAITING_CALLS);
		// Later children run on what the first one found, or not at all.
		let keeper =
			Keeper { config: config.clone(), accelerator: hello.accelerator, child: child.clone() };
		keeper.note(&life);
		tokio::spawn(keeper.keep(life, incoming));
		Ok(Self { calls, config, hello, child })
	}

	/// What the child runs on.
	pub fn hello(&self) -> &Hello {
		&self.hello
	}

	/// Children started after the first.
	pub fn restarts(&self) -> u64 {
		self.child.restarts.load(Ordering::Relaxed)
	}

	/// The process id of the child of this moment; 0 if none runs.
	pub fn child_id(&self) -> u32 {
		self.child.id.load(Ordering::Relaxed)
	}

	async fn call(&self, request: Request, limit: Duration) -> Result<Done, CallFailure> {
		let (answer, result) = oneshot::channel();
		let call = Call { request, limit, answer };
		self.calls.send(call).await.map_err(|_| CallFailure::Stopped)?;
		result.await.unwrap_or(Err(CallFailure::Stopped))
	}
}

impl Engine for EngineHost {
	fn capacity(&self) -> usize {
		self.config.max_models.max(1)
	}

	fn load(
		&self,
		spec: Arc<ModelSpec>,
		model: Vec<u8>,
	) -> BoxFuture<'static, Result<(), LoadFailure>> {
		let host = self.clone();
		Box::pin(async move {
			let request = Request::Load { content: spec.content, model };
			match host.call(request, host.config.load_limit).await {
				Ok(Done::Loaded(signature)) => Ok(signature.check(&spec)?),
				// An answer to something else says nothing of the model.
				Ok(_) => Err(LoadFailure::Interrupted),
				Err(CallFailure::Refused(Refusal::Runtime(why) | Refusal::OutOfMemory(why))) => {
					Err(LoadFailure::Refused(why))
				},
				Err(CallFailure::Refused(other)) => Err(LoadFailure::Refused(format!("{other:?}"))),
				Err(CallFailure::Crashed(how) | CallFailure::Starved(how)) => {
					Err(LoadFailure::Crashed(how))
				},
				Err(CallFailure::TimedOut(limit)) => Err(LoadFailure::TimedOut(limit)),
				Err(CallFailure::Interrupted) => Err(LoadFailure::Interrupted),
				Err(CallFailure::Stopped) => Err(LoadFailure::Stopped),
			}
		})
	}

	fn unload(&self, content: ContentId) -> BoxFuture<'static, ()> {
		let host = self.clone();
		Box::pin(async move {
			// A dead child has dropped it too.
			let _ = host.call(Request::Unload { content }, host.config.run_limit).await;
		})
	}

	fn run(
		&self,
		content: ContentId,
		inputs: Vec<u8>,
		max_output: usize,
	) -> BoxFuture<'static, Result<Vec<u8>, RunFailure>> {
		let host = self.clone();
		Box::pin(async move {
			let max_output = max_output.min(crate::MAX_OUTPUT);
			let request = Request::Run { content, inputs, max_output: max_output as u64 };
			match host.call(request, host.config.run_limit).await {
				Ok(Done::Ran(output)) => Ok(output),
				// An answer to something else says nothing of the model.
				Ok(_) => Err(RunFailure::Interrupted),
				Err(CallFailure::Refused(Refusal::NotLoaded)) => Err(RunFailure::NotLoaded),
				Err(CallFailure::Refused(Refusal::Runtime(why))) => Err(RunFailure::Refused(why)),
				Err(CallFailure::Refused(Refusal::OutputTooLong(bytes))) => {
					Err(RunFailure::OutputTooLong { bytes, limit: max_output })
				},
				Err(CallFailure::Refused(Refusal::OutOfMemory(why))) => {
					Err(RunFailure::OutOfMemory { died: false, why })
				},
				Err(CallFailure::Crashed(how)) => Err(RunFailure::Crashed(how)),
				Err(CallFailure::Starved(why)) => Err(RunFailure::OutOfMemory { died: true, why }),
				Err(CallFailure::TimedOut(limit)) => Err(RunFailure::TimedOut(limit)),
				Err(CallFailure::Interrupted) => Err(RunFailure::Interrupted),
				Err(CallFailure::Stopped) => Err(RunFailure::Stopped),
			}
		})
	}
}

/// Keeps a child alive as long as somebody may call.
struct Keeper {
	config: Arc<EngineConfig>,
	accelerator: Accelerator,
	child: Arc<ChildRecord>,
}

impl Keeper {
	async fn keep(self, mut life: Life, mut calls: mpsc::Receiver<Call>) {
		let mut failures = 0u32;
		while let End::Died { after } = life.serve(&mut calls).await {
			self.child.id.store(0, Ordering::Relaxed);
			failures = if after < STEADY { failures.saturating_add(1) } else { 0 };
			life = loop {
				time::sleep(pause(failures)).await;
				if calls.is_closed() && calls.is_empty() {
					return;
				}
				match Life::start(&self.config, self.accelerator).await {
					Ok((life, _)) => break life,
					Err(error) => {
						failures = failures.saturating_add(1);
						log::error!(
							target: LOG,
							"no engine: {error}; trying again in {:?}",
							pause(failures)
						);
					},
				}
			};
			self.child.restarts.fetch_add(1, Ordering::Relaxed);
			self.note(&life);
		}
		self.child.id.store(0, Ordering::Relaxed);
	}

	fn note(&self, life: &Life) {
		self.child.id.store(life.id().unwrap_or(0), Ordering::Relaxed);
	}
}

/// How long to wait after so many failures in succession.
fn pause(failures: u32) -> Duration {
	match failures.checked_sub(1) {
		None => Duration::ZERO,
		Some(doublings) => FIRST_PAUSE
			.saturating_mul(1u32.checked_shl(doublings).unwrap_or(u32::MAX))
			.min(MAX_PAUSE),
	}
}

#[cfg(test)]
mod tests {
	use super::{pause, MAX_PAUSE};
	use std::time::Duration;

	#[test]
	fn a_child_that_keeps_dying_is_restarted_ever_more_seldom() {
		assert_eq!(pause(0), Duration::ZERO);
		assert_eq!(pause(1), Duration::from_millis(100));
		assert_eq!(pause(3), Duration::from_millis(400));
		assert_eq!(pause(20), MAX_PAUSE);
		assert_eq!(pause(u32::MAX), MAX_PAUSE);
	}
}
