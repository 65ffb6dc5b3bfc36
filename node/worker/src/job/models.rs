//! The models a node serves: fetched, loaded one at a time, announced, dropped when they do harm.

use super::{
	blobs::Blobs,
	failure::{LoadFailure, ModelFault},
	message::{Command, Limits, Notice},
};
use opg_primitives::{node::MAKES_KEYS, request::FaultKind, ContentId, ModelId, ModelSpec};
use std::{
	collections::{BTreeMap, BTreeSet},
	sync::Arc,
};

/// Ticks after which a model that kept killing the engine gets another chance: its users may have meant it harm.
const PAROLE: u64 = 600;

/// Engine deaths while loading after which a model is refused: one may have had another cause.
const MAX_LOAD_CRASHES: u8 = 2;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Stage {
	/// Its blob is asked for.
	Fetching,
	/// Its blob is here, but there is no room.
	Standby,
	/// To be loaded next.
	Queued,
	/// In the engine's hands.
	Loading,
	/// Ready to run.
	Loaded,
	/// Not served.
	Refused(ModelFault),
}

#[derive(Debug)]
struct Entry {
	spec: Arc<ModelSpec>,
	stage: Stage,
	/// Loaded once: stays announced while the engine takes it in again after a restart.
	announced: bool,
	load_crashes: u8,
	kills: u8,
	/// When a model refused for its kills is tried again.
	parole: Option<u64>,
}

impl Entry {
	fn takes_room(&self) -> bool {
		matches!(self.stage, Stage::Queued | Stage::Loading | Stage::Loaded)
	}
}

/// Whether a job may run on its model.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Readiness {
	Ready,
	Pending,
	Refused(ModelFault),
}

#[derive(Debug)]
pub(super) struct Models {
	limits: Limits,
	entries: BTreeMap<ModelId, Entry>,
	loading: bool,
	next: ModelId,
}

impl Models {
	pub(super) fn new(limits: Limits) -> Self {
		Self { limits, entries: BTreeMap::new(), loading: false, next: 0 }
	}

	pub(super) fn next(&self) -> ModelId {
		self.next
	}

	pub(super) fn served(&self) -> Vec<ModelId> {
		self.entries.iter().filter(|(_, entry)| entry.announced).map(|(id, _)| *id).collect()
	}

	pub(super) fn known(&self) -> usize {
		self.entries.len()
	}

	/// A model was published.
	pub(super) fn told(&mut self, spec: ModelSpec, blobs: &mut Blobs, out: &mut Vec<Command>) {
		let id = spec.id;
		self.next = self.next.max(id.saturating_add(1));
		let spec = self.adopt(spec, out);
		let refusal = self.want(&spec, blobs, out);
		if let Readiness::Refused(fault @ (ModelFault::NoRoom | ModelFault::NoProver)) = refusal {
			if !self.entries.contains_key(&id) {
				out.push(Command::Report(Notice::ModelRefused(id, fault)));
			}
		}
	}

	/// Makes this spec the one its number stands for: a fork may have given the number to another model.
	///
	/// Jobs on the other spec wait, until one on it is submitted again or the chain no longer asks for them.
	pub(super) fn adopt(&mut self, spec: ModelSpec, out: &mut Vec<Command>) -> Arc<ModelSpec> {
		match self.entries.get(&spec.id) {
			Some(entry) if *entry.spec == spec => return entry.spec.clone(),
			Some(_) => self.forget(spec.id, out),
			None => {},
		}
		Arc::new(spec)
	}

	/// Whether this model can run, having set about it if it is new.
	pub(super) fn want(
		&mut self,
		spec: &Arc<ModelSpec>,
		blobs: &mut Blobs,
		out: &mut Vec<Command>,
	) -> Readiness {
		if spec.id == MAKES_KEYS {
			// Nothing is loaded for it; whoever proves can do it.
			return if self.limits.proves {
				Readiness::Ready
			} else {
				Readiness::Refused(ModelFault::NoProver)
			};
		}
		if !self.limits.serve.covers(spec.id) {
			return Readiness::Refused(ModelFault::NotChosen);
		}
		if spec.circuit.is_some() && !self.limits.proves {
			return Readiness::Refused(ModelFault::NoProver);
		}
		if self.entries.get(&spec.id).is_some_and(|entry| entry.spec != *spec) {
			return Readiness::Pending;
		}
		if !self.entries.contains_key(&spec.id) && !self.make_room() {
			return Readiness::Refused(ModelFault::NoRoom);
		}
		let entry = self.entries.entry(spec.id).or_insert_with(|| {
			blobs.want(spec.content, out);
			Entry {
				spec: spec.clone(),
				stage: Stage::Fetching,
				announced: false,
				load_crashes: 0,
				kills: 0,
				parole: None,
			}
		});
		match &entry.stage {
			Stage::Loaded => Readiness::Ready,
			Stage::Fetching | Stage::Queued | Stage::Loading => Readiness::Pending,
			Stage::Standby => Readiness::Refused(ModelFault::NoRoom),
			Stage::Refused(fault) => Readiness::Refused(fault.clone()),
		}
	}

	pub(super) fn fetched(&mut self, content: &ContentId) {
		for entry in self.entries.values_mut() {
			if entry.stage == Stage::Fetching && entry.spec.content == *content {
				entry.stage = Stage::Standby;
			}
		}
	}

	pub(super) fn loaded(&mut self, spec: &Arc<ModelSpec>, out: &mut Vec<Command>) {
		self.loading = false;
		match self.current(spec) {
			Some(entry) if entry.stage == Stage::Loading => {
				entry.stage = Stage::Loaded;
				entry.load_crashes = 0;
				if !entry.announced {
					entry.announced = true;
					out.push(Command::Report(Notice::ModelServed(spec.id)));
				}
			},
			_ => self.unload(&spec.content, out),
		}
	}

	pub(super) fn not_loaded(
		&mut self,
		spec: &Arc<ModelSpec>,
		failure: LoadFailure,
		now: u64,
		blobs: &mut Blobs,
		out: &mut Vec<Command>,
	) {
		self.loading = false;
		let Some(entry) = self.current(spec).filter(|entry| entry.stage == Stage::Loading) else {
			return;
		};
		match failure {
			LoadFailure::Interrupted => entry.stage = Stage::Queued,
			LoadFailure::BlobLost(why) => {
				entry.stage = Stage::Fetching;
				entry.announced = false;
				if blobs.lost(spec.content, now) {
					out.push(Command::Report(Notice::BlobMissing(spec.content, why)));
				}
			},
			LoadFailure::Crashed(_) if entry.load_crashes.saturating_add(1) < MAX_LOAD_CRASHES => {
				entry.load_crashes = entry.load_crashes.saturating_add(1);
				entry.stage = Stage::Queued;
			},
			fatal => self.refuse(spec, fatal.into(), out),
		}
	}

	/// The engine no longer has the model.
	pub(super) fn lost(&mut self, spec: &Arc<ModelSpec>) {
		if let Some(entry) = self.current(spec).filter(|entry| entry.stage == Stage::Loaded) {
			entry.stage = Stage::Queued;
		}
	}

	/// A run of the model went well.
	pub(super) fn ran(&mut self, spec: &Arc<ModelSpec>) {
		if let Some(entry) = self.current(spec) {
			entry.kills = 0;
		}
	}

	/// A run of the model cost the engine its life.
	pub(super) fn killed(
		&mut self,
		spec: &Arc<ModelSpec>,
		how: FaultKind,
		now: u64,
		out: &mut Vec<Command>,
	) {
		let limit = self.limits.max_kills;
		let Some(entry) = self.current(spec) else { return };
		entry.kills = entry.kills.saturating_add(1);
		if entry.kills >= limit && !matches!(entry.stage, Stage::Refused(_)) {
			entry.parole = Some(now.saturating_add(PAROLE));
			self.refuse(spec, ModelFault::Kills { times: limit, last: how }, out);
		}
	}

	/// Gives models another chance whose time has come.
	pub(super) fn release(&mut self, now: u64) {
		for entry in self.entries.values_mut() {
			if entry.parole.is_some_and(|parole| parole <= now) {
				entry.parole = None;
				entry.kills = 0;
				entry.stage = Stage::Standby;
			}
		}
	}

	/// Gives free room to models that wait for it, and the next model to the engine.
	pub(super) fn pump(&mut self, out: &mut Vec<Command>) {
		let taken = self.entries.values().filter(|entry| entry.takes_room()).count();
		let free = self.limits.max_loaded.saturating_sub(taken);
		self.entries
			.values_mut()
			.filter(|entry| entry.stage == Stage::Standby)
			.take(free)
			.for_each(|entry| entry.stage = Stage::Queued);
		if self.loading {
			return;
		}
		if let Some(entry) = self.entries.values_mut().find(|entry| entry.stage == Stage::Queued) {
			entry.stage = Stage::Loading;
			self.loading = true;
			out.push(Command::Load(entry.spec.clone()));
		}
	}

	pub(super) fn wanted(&self, wanted: &mut BTreeSet<ContentId>) {
		let fetching = self.entries.values().filter(|entry| entry.stage == Stage::Fetching);
		wanted.extend(fetching.map(|entry| entry.spec.content));
	}

	fn current(&mut self, spec: &Arc<ModelSpec>) -> Option<&mut Entry> {
		self.entries.get_mut(&spec.id).filter(|entry| entry.spec == *spec)
	}

	fn refuse(&mut self, spec: &Arc<ModelSpec>, fault: ModelFault, out: &mut Vec<Command>) {
		if let Some(entry) = self.current(spec) {
			entry.stage = Stage::Refused(fault.clone());
			entry.announced = false;
			out.push(Command::Report(Notice::ModelRefused(spec.id, fault)));
			self.unload(&spec.content, out);
		}
	}

	fn forget(&mut self, id: ModelId, out: &mut Vec<Command>) {
		if let Some(entry) = self.entries.remove(&id) {
			if entry.stage == Stage::Loaded {
				self.unload(&entry.spec.content, out);
			}
		}
	}

	/// Drops a file from the engine unless another model is the same file.
	fn unload(&mut self, content: &ContentId, out: &mut Vec<Command>) {
		let in_use = self.entries.values().any(|entry| {
			entry.spec.content == *content && matches!(entry.stage, Stage::Loaded | Stage::Loading)
		});
		if !in_use {
			out.push(Command::Unload(*content));
		}
	}

	/// Whether one more model can be remembered; a refused one is forgotten for it.
	fn make_room(&mut self) -> bool {
		if self.entries.len() < self.limits.max_known {
			return true;
		}
		let refused =
			self.entries.iter().find(|(_, entry)| matches!(entry.stage, Stage::Refused(_)));
		let Some(id) = refused.map(|(id, _)| *id) else { return false };
		self.entries.remove(&id);
		true
	}

	#[cfg(test)]
	pub(super) fn check(&self, blobs: &Blobs) {
		assert!(self.entries.len() <= self.limits.max_known);
		let taken = self.entries.values().filter(|entry| entry.takes_room()).count();
		assert!(taken <= self.limits.max_loaded);
		let loading = self.entries.values().filter(|entry| entry.stage == Stage::Loading).count();
		assert!(loading <= usize::from(self.loading));
		for entry in self.entries.values() {
			assert!(entry.stage != Stage::Fetching || blobs.holds(&entry.spec.content));
			assert!(!entry.announced || entry.takes_room());
		}
		let queued = self.entries.values().any(|entry| entry.stage == Stage::Queued);
		assert!(!queued || self.loading, "a queued model waits for another only");
	}
}
