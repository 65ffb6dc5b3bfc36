//! What an off-chain worker hands to the node it runs in and gets back: SCALE messages of the host functions.

use crate::{Draw, Input, ModelId, ModelSpec, Outcome, RequestId};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// One run of a model for one request.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Job {
	/// The request to answer.
	pub request: RequestId,
	/// The draw by which this node has it.
	pub draw: Draw,
	/// The model to run.
	pub model: ModelSpec,
	/// What to run it on.
	pub input: Input,
}

/// A node's answer to one request.
#[derive(
	Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Answer {
	/// The request answered.
	pub request: RequestId,
	/// The draw by which the node had it.
	pub draw: Draw,
	/// What came out.
	pub outcome: Outcome,
}

/// What `submit` takes.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub enum Task {
	/// A model was published: fetch and load it, if this node serves it.
	#[codec(index = 0)]
	Serve(ModelSpec),
	/// Run a job; one that is known already is left alone.
	#[codec(index = 1)]
	Run(Job),
}

/// What `poll` is asked.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub enum Query {
	/// Which models are loaded; answered by [`Serving`].
	#[codec(index = 0)]
	Serving,
	/// How these jobs stand; every other job may be forgotten. Answered by [`Progress`].
	#[codec(index = 1)]
	Answers(Vec<(RequestId, Draw)>),
}

/// What a worker can run at present.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode)]
pub struct Serving {
	/// Models fetched and loaded, ascending.
	pub loaded: Vec<ModelId>,
	/// The first model the worker was not told of yet.
	pub next: ModelId,
}

/// How the jobs asked about stand.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode)]
pub struct Progress {
	/// Answers to post.
	pub ready: Vec<Answer>,
	/// Jobs the worker was never given, or forgot.
	pub unknown: Vec<(RequestId, Draw)>,
}
