//! What an off-chain worker hands to the node it runs in and gets back: SCALE messages of the host functions.

use crate::{ContentId, Draw, Input, ModelId, ModelSpec, Outcome, RequestId};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::H256;

/// Who gives jobs out. Each knows its own jobs only, so the worker keeps them apart.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Encode, Decode)]
pub enum Desk {
	/// Requests answered by one node; jobs are numbered as requests.
	#[codec(index = 0)]
	Requests,
	/// Panels; jobs are numbered as panels.
	#[codec(index = 1)]
	Panels,
}

/// A job's name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Encode, Decode)]
pub struct JobId {
	/// Who gave it out.
	pub desk: Desk,
	/// Its number there.
	pub number: u64,
}

/// One run of a model.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Job {
	/// Its name.
	pub id: JobId,
	/// The draw by which this node has it.
	pub draw: Draw,
	/// The model to run.
	pub model: ModelSpec,
	/// What to run it on.
	pub input: Input,
	/// Whether the answer has to come with a proof.
	pub is_proved: bool,
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
	/// How these jobs of a desk stand; every other job of it may be forgotten. Answered by [`Progress`].
	#[codec(index = 1)]
	Answers(Desk, Vec<(u64, Draw)>),
	/// The pieces that are asked of these files, which the node's owner keeps for pay; every other file may be let go. Answered by
	/// `Vec<`[`FoundPiece`]`>`: those that are at hand.
	#[codec(index = 2)]
	Pieces(Vec<KeptFile>),
}

/// A file that is kept for pay.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct KeptFile {
	/// The file.
	pub content: ContentId,
	/// The root over its pieces that its order names.
	pub pieces: H256,
	/// The piece that is asked for now, if any is.
	pub asked: Option<u32>,
}

/// A piece of a file, and the way to the root over its pieces.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct FoundPiece {
	/// The file.
	pub content: ContentId,
	/// The root.
	pub pieces: H256,
	/// Which piece.
	pub index: u32,
	/// Its bytes.
	pub piece: Vec<u8>,
	/// The hashes beside its way to the root, from below.
	pub path: Vec<H256>,
}

/// What a worker can run at present.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode)]
pub struct Serving {
	/// Models fetched and loaded, ascending.
	pub loaded: Vec<ModelId>,
	/// The first model the worker was not told of yet.
	pub next: ModelId,
}

/// A job that is done.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Ready {
	/// Its number at the desk asked.
	pub number: u64,
	/// The draw by which this node has it.
	pub draw: Draw,
	/// What came out.
	pub outcome: Outcome,
	/// A secret drawn once for this answer and kept with it: it hides the answer in a commitment.
	pub salt: [u8; 32],
	/// The proof that comes with it, where one was asked for and there is an output.
	pub proof: Option<Vec<u8>>,
}

/// How the jobs asked about stand.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode)]
pub struct Progress {
	/// What is done.
	pub ready: Vec<Ready>,
	/// Jobs the worker was never given, or forgot.
	pub unknown: Vec<(u64, Draw)>,
	/// The newest block this machine knows to be final.
	pub finalised: u64,
}
