//! Stand-ins for what the pallet knows behind seams: models, nodes, panels, proofs, purses, apps, use and entropy, as a test sets them.

use super::{pair, Balance, Balances, Inference, System, MODEL, PRICE, PUBLISHER, TREASURY};
use frame_support::{
	parameter_types,
	traits::{
		fungible::{Balanced, Credit},
		Imbalance, OnUnbalanced,
	},
};
use opg_primitives::{
	job::Ready,
	model::{ModelSpec, Port},
	node::WorkerId,
	seams::{
		AppDesk, BlockEntropy, Case, CaseDesk, CheckPurse, Delivery, Entropy, FeeSplitter,
		ModelCatalogue, ModelRefusal, ModelTerms, NodeRegistry, Panels, Payees, Provers, Question,
		UsageLog, UsageNote, Use, Verdict, Wanted,
	},
	Access, AppUse, Circuit, ContentCodec, ContentId, Draw, ModelId, NodeId, RequestId, TrustKind,
	TrustMode,
};
use opg_tensor::{Dimension, ElementType, NumericProfile};
use sp_core::Pair;
use sp_runtime::{DispatchError, Permill};
use std::collections::BTreeMap;

parameter_types! {
	/// Jobs each node could still take.
	pub static Free: BTreeMap<NodeId, u32> = BTreeMap::new();
	/// How jobs ended.
	pub static Deliveries: Vec<(NodeId, Delivery)> = Vec::new();
	/// What was charged for stale answers.
	pub static Stale: Vec<(NodeId, u32)> = Vec::new();
	/// Batches each node had included.
	pub static Batches: BTreeMap<NodeId, u64> = BTreeMap::new();
	/// Who made the present block.
	pub static Author: u32 = 0;
	/// How many take turns.
	pub static Authors: u32 = 2;
	/// Whether the block has a verifiable output.
	pub static HasEntropy: bool = true;
	/// Upkeep received.
	pub static UpkeepPaid: Balance = 0;
	/// How many owners serve the model.
	pub static Operators: u32 = 10;
	/// What each node's answers leave to be disputed.
	pub static Exposed: Vec<(NodeId, Balance)> = Vec::new();
	/// Who was punished.
	pub static Punished: Vec<NodeId> = Vec::new();
	/// Whether proofs of the model can be checked at present.
	pub static Checks: bool = true;
	/// Answers with proofs that were to be posted.
	pub static Posted: Vec<(NodeId, RequestId)> = Vec::new();
	/// Who was drawn for a model: what was wanted.
	pub static Shunned: Vec<NodeId> = Vec::new();
	/// Questions panels were convened for and have not decided.
	pub static Convened: BTreeMap<Case, Question<u64, Balance>> = BTreeMap::new();
	/// Cases that were given a jury.
	pub static Juries: Vec<Case> = Vec::new();
	/// Whether panels can be drawn at present.
	pub static HasPanels: bool = true;
	/// Whether commitments are in.
	pub static Revealing: bool = false;
	/// How many blocks answers took of late.
	pub static AnswerTime: u32 = 0;
	/// What the catalogue was told of how long answers took.
	pub static Noted: Vec<(ModelId, u32)> = Vec::new();
	/// What demand adds to the price.
	pub static Surplus: Balance = 0;
	/// What burnt of it.
	pub static SurplusBurnt: Balance = 0;
	/// Models whose requests waited.
	pub static Waits: Vec<ModelId> = Vec::new();
	/// Who was let in through an app, how, at which cost.
	pub static Admitted: Vec<(u64, Access, Balance)> = Vec::new();
	/// What was given back to whom: how the request was made, what it did not spend, whether its pass gets it back.
	pub static GivenBack: Vec<(u64, Access, Balance, bool)> = Vec::new();
	/// The nodes the app names.
	pub static Sponsored: Vec<NodeId> = Vec::new();
	/// The nodes that were wanted and no others.
	pub static Only: Vec<NodeId> = Vec::new();
	/// What was counted: whose, of which model, what.
	pub static Counted: Vec<(u64, ModelId, UsageNote<Balance>)> = Vec::new();
	/// What is in the purse for re-runs.
	pub static InPurse: Balance = 0;
	/// What it paid to whom.
	pub static PursePaid: Vec<(u64, Balance)> = Vec::new();
}

/// Takes and gives numbers below 2¹⁵ in magnitude.
fn circuit() -> Circuit {
	let scales = || vec![13].try_into().expect("one scale");
	Circuit {
		key: Default::default(),
		settings: ContentId { codec: ContentCodec::Raw, digest: [1; 32] },
		input_scales: scales(),
		output_scales: scales(),
		bits: 28,
	}
}

fn port(name: &str, length: u32) -> Port {
	Port {
		name: name.as_bytes().to_vec().try_into().expect("a short name"),
		element: ElementType::Float32,
		shape: vec![Dimension::Fixed(length)].try_into().expect("one axis"),
	}
}

/// One active model, one retired, whose output is longer.
pub struct Catalogue;

impl ModelCatalogue<u64, Balance> for Catalogue {
	fn terms(model: ModelId, _: TrustKind) -> Result<ModelTerms<u64, Balance>, ModelRefusal> {
		match model {
			MODEL => Ok(ModelTerms {
				owner: PUBLISHER,
				price: PRICE,
				surplus: Surplus::get(),
				royalty: Permill::from_percent(20),
				inputs: vec![port("x", 2)].try_into().expect("one port"),
			}),
			1 => Err(ModelRefusal::Retired),
			_ => Err(ModelRefusal::Unknown),
		}
	}

	fn spec(model: ModelId) -> Option<ModelSpec> {
		(model <= 1).then(|| ModelSpec {
			id: model,
			content: ContentId { codec: ContentCodec::Raw, digest: [0; 32] },
			inputs: vec![port("x", 2)].try_into().expect("one port"),
			outputs: vec![port("y", 1 + model)].try_into().expect("one port"),
			profile: NumericProfile::Exact,
			circuit: Some(circuit()),
		})
	}

	fn is_active(model: ModelId) -> bool {
		model == MODEL
	}

	fn answer_time(_: ModelId) -> u32 {
		AnswerTime::get()
	}

	fn note_answer_time(model: ModelId, blocks: u32) {
		Noted::mutate(|all| all.push((model, blocks)));
		AnswerTime::set(blocks);
	}

	fn note_wait(model: ModelId) {
		Waits::mutate(|all| all.push(model));
	}

	fn next() -> ModelId {
		2
	}
}

/// Nodes with as many places as [`Free`] says; node n is owned by 10 + n.
pub struct Registry;

pub(crate) fn owner_of(node: NodeId) -> u64 {
	10 + u64::from(node)
}

impl NodeRegistry<u64, Balance> for Registry {
	fn draw(wanted: &Wanted<u64, Balance>) -> Option<NodeId> {
		Shunned::set(wanted.not.to_vec());
		Only::set(wanted.only.to_vec());
		Free::mutate(|free| {
			let (node, places) = free.iter_mut().find(|(node, places)| {
				**places > 0 && !wanted.not.contains(node) && owner_of(**node) != *wanted.asker
			})?;
			*places -= 1;
			Some(*node)
		})
	}

	fn draw_seats(_: &Wanted<u64, Balance>, _: u8) -> Option<Vec<NodeId>> {
		unreachable!("panels draw seats")
	}

	fn draw_jury(_: &Wanted<u64, Balance>, _: u8) -> Option<Vec<NodeId>> {
		unreachable!("panels draw juries")
	}

	fn release(node: NodeId, delivery: Delivery, _: Balance) {
		Deliveries::mutate(|all| all.push((node, delivery)));
		Free::mutate(|free| *free.entry(node).or_default() += 1);
	}

	fn punish(node: NodeId, _: ModelId, _: Balance) {
		Punished::mutate(|all| all.push(node));
	}

	fn expose(node: NodeId, fee: Balance) {
		Exposed::mutate(|all| all.push((node, fee)));
	}

	fn operators(_: ModelId) -> u32 {
		Operators::get()
	}

	fn serves(_: ModelId) -> bool {
		!Free::get().is_empty()
	}

	fn owner(node: NodeId) -> Option<u64> {
		Some(owner_of(node))
	}

	fn worker(node: NodeId) -> Option<WorkerId> {
		Some(pair(node).public().into())
	}

	fn by_worker(worker: &WorkerId) -> Option<NodeId> {
		(0..4).find(|node| Self::worker(*node).as_ref() == Some(worker))
	}

	fn next_batch(node: NodeId) -> Option<u64> {
		(node < 4).then(|| Batches::get().get(&node).copied().unwrap_or(0))
	}

	fn note_batch(node: NodeId) {
		Batches::mutate(|batches| *batches.entry(node).or_default() += 1);
	}

	fn charge_stale(node: NodeId, items: u32) {
		Stale::mutate(|all| all.push((node, items)));
	}
}

/// Checks proofs for a fee where the model has a circuit, and posts nothing.
pub struct Booth;

/// What checking a proof costs.
pub(crate) const CHECKING: Balance = 7;

impl Provers<Balance> for Booth {
	fn upkeep(model: ModelId) -> Option<Balance> {
		(model == MODEL && Checks::get()).then_some(CHECKING)
	}

	fn post(_: &WorkerId, node: NodeId, ready: Ready) {
		Posted::mutate(|all| all.push((node, ready.number)));
	}
}

/// Panels that decide when a test says so.
pub struct Bench;

impl Panels<u64, Balance> for Bench {
	fn convene(question: Question<u64, Balance>) -> bool {
		if HasPanels::get() {
			Convened::mutate(|all| all.insert(question.case, question));
		}
		HasPanels::get()
	}

	fn escalate(case: Case, _: Draw) -> bool {
		if HasPanels::get() {
			Juries::mutate(|all| all.push(case));
		}
		HasPanels::get()
	}

	fn is_revealing(case: Case) -> bool {
		Revealing::get() && Convened::get().contains_key(&case)
	}

	fn least_time(_: ModelId) -> u32 {
		12
	}

	fn most_time() -> u32 {
		20
	}
}

/// A panel comes to a verdict.
pub(crate) fn decide(case: Case, verdict: Verdict) {
	if verdict != Verdict::Split {
		Convened::mutate(|all| all.remove(&case)).expect("a panel was convened");
	}
	Inference::decided(case, verdict);
}

/// Pays from [`InPurse`].
pub struct CheckPot;

impl CheckPurse<u64, Balance> for CheckPot {
	fn holds(amount: Balance) -> bool {
		InPurse::get() >= amount
	}

	fn pay(payees: &[u64], each: Balance) {
		for payee in payees {
			PursePaid::mutate(|all| all.push((*payee, each)));
		}
	}
}

/// Seven tenths to the node, the royalty to the model's owner, the rest to the treasury.
pub struct Splitter;

impl FeeSplitter<u64, Credit<u64, Balances>> for Splitter {
	type Settlement = Vec<(u64, Credit<u64, Balances>)>;
	type Balance = Balance;

	fn add(
		settlement: &mut Self::Settlement,
		fee: Credit<u64, Balances>,
		payees: &Payees<u64>,
	) -> Balance {
		let whole = fee.peek();
		let (node, rest) = fee.split(whole * 7 / 10);
		let (owner, rest) = rest.split(payees.royalty.mul_floor(whole));
		settlement.extend([(payees.node, node), (payees.model_owner, owner), (TREASURY, rest)]);
		burnt_of(whole)
	}

	fn burn(_: &mut Self::Settlement, surplus: Credit<u64, Balances>) {
		SurplusBurnt::mutate(|sum| *sum += surplus.peek());
	}

	fn pay(settlement: Self::Settlement) {
		for (account, credit) in settlement {
			Balances::resolve(&account, credit).expect("every payee has an account");
		}
	}
}

/// What is said to burn of a fee.
pub(crate) fn burnt_of(fee: Balance) -> Balance {
	fee / 20
}

/// Lets in what is made through app 0, which pays where that is asked.
pub struct Desk;

/// What app 0 pays from.
pub(crate) const SPONSOR: u64 = 70;
/// What other apps say.
pub(crate) const REFUSAL: DispatchError = DispatchError::Other("no such app");

impl AppDesk<u64, Balance> for Desk {
	fn admit(
		through: AppUse,
		who: &u64,
		_: ModelId,
		_: TrustMode,
		cost: Balance,
	) -> Result<Option<u64>, DispatchError> {
		if through.app > 0 {
			return Err(REFUSAL);
		}
		Admitted::mutate(|all| all.push((*who, through.access, cost)));
		Ok(through.access.is_sponsored().then_some(SPONSOR))
	}

	fn nodes(through: AppUse) -> Vec<NodeId> {
		if through.access.is_sponsored() {
			Sponsored::get()
		} else {
			Vec::new()
		}
	}

	fn ended(through: AppUse, who: &u64, unspent: Balance, is_pass_given_back: bool) {
		GivenBack::mutate(|all| all.push((*who, through.access, unspent, is_pass_given_back)));
	}
}

/// Keeps what is counted.
pub struct Log;

impl UsageLog<u64, Balance> for Log {
	type Batch = Vec<(u64, ModelId, UsageNote<Balance>)>;

	fn note(batch: &mut Self::Batch, of: Use<u64>, note: UsageNote<Balance>) {
		batch.push((*of.who, of.model, note));
	}

	fn commit(batch: Self::Batch) {
		Counted::mutate(|all| all.extend(batch));
	}
}

/// A new output each block.
pub struct Blocks;

impl BlockEntropy for Blocks {
	fn current() -> Option<Entropy> {
		let output = sp_io::hashing::blake2_256(&System::block_number().to_le_bytes());
		HasEntropy::get().then(|| Entropy { author: Author::get(), output })
	}

	fn authors() -> u32 {
		Authors::get()
	}
}

/// Adds up what it receives and burns it.
pub struct CountUpkeep;

impl OnUnbalanced<Credit<u64, Balances>> for CountUpkeep {
	fn on_nonzero_unbalanced(credit: Credit<u64, Balances>) {
		UpkeepPaid::mutate(|sum| *sum += credit.peek());
	}
}
