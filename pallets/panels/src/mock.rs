//! The smallest runtime that convenes panels: models, nodes and the desk are stand-ins behind their seams.

use crate::{Call, Commit, Event, Jobs, Pallet, PanelOf, Reveal, SeatState};
use frame_support::{
	derive_impl,
	pallet_prelude::{
		InvalidTransaction, TransactionSource, TransactionValidityError,
		TransactionValidityWithRefund,
	},
	parameter_types,
	traits::{Authorize, ConstU32, ConstU64, Hooks, UnfilteredDispatchable},
};
use frame_system::{mocking::MockUncheckedExtrinsic, AuthorizeCall};
use opg_primitives::{
	model::{ModelSpec, Port},
	node::WorkerId,
	seams::{
		Case, CaseDesk, Claim, Delivery, ModelCatalogue, ModelRefusal, ModelTerms, NodeRegistry,
		PanelId, Panels as _, Question, Verdict, Wanted,
	},
	statement::{statement, Domain},
	ContentCodec, ContentId, Draw, FaultKind, Input, ModelId, NodeId, Outcome, TrustKind,
};
use opg_tensor::{Dimension, ElementType, NumericProfile, Tensor};
use sp_core::{sr25519, Pair};
use sp_runtime::{traits::BlockNumberProvider, BuildStorage, Perbill};
use std::collections::{BTreeMap, BTreeSet};

pub(crate) type Balance = u64;
pub(crate) type Extrinsic = MockUncheckedExtrinsic<Test, (), AuthorizeCall<Test>>;
/// Who asks; owns no node.
pub(crate) const ALICE: u64 = 1;
pub(crate) const FEE: Balance = 1_000;
pub(crate) const COMMIT_TIME: u64 = 10;
pub(crate) const REVEAL_TIME: u64 = 6;
pub(crate) const EXTENSIONS: u32 = 2;
/// As many nodes as there are; each owner has two in a row.
pub(crate) const NODES: NodeId = 60;

/// The model every test asks: outputs up to a tenth apart are the same, up to two tenths near. Others are unknown.
pub(crate) const MODEL: ModelId = 0;

#[frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(
		RuntimeCall,
		RuntimeEvent,
		RuntimeError,
		RuntimeOrigin,
		RuntimeHoldReason,
		RuntimeFreezeReason,
		RuntimeTask
	)]
	pub struct Test;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type Panels = crate;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlock<Test>;
}

impl<C> frame_system::offchain::CreateTransactionBase<C> for Test
where
	RuntimeCall: From<C>,
{
	type RuntimeCall = RuntimeCall;
	type Extrinsic = Extrinsic;
}

impl<C> frame_system::offchain::CreateTransaction<C> for Test
where
	RuntimeCall: From<C>,
{
	type Extension = AuthorizeCall<Test>;

	fn create_transaction(call: RuntimeCall, extension: AuthorizeCall<Test>) -> Extrinsic {
		Extrinsic::new_transaction(call, extension)
	}
}

impl<C> frame_system::offchain::CreateAuthorizedTransaction<C> for Test
where
	RuntimeCall: From<C>,
{
	fn create_extension() -> AuthorizeCall<Test> {
		AuthorizeCall::new()
	}
}

parameter_types! {
	/// What phases are counted in.
	pub static Time: u64 = 1;
	/// Jobs each node can carry, juries aside.
	pub static Capacity: u32 = 3;
	/// Blocks an answer usually takes.
	pub static Usual: u32 = 0;
	/// Places taken of each node.
	pub static Taken: BTreeMap<NodeId, u32> = BTreeMap::new();
	/// How jobs ended, in order.
	pub static Deliveries: Vec<(NodeId, Delivery)> = Vec::new();
	/// Who was punished, in order.
	pub static Punished: Vec<(NodeId, Balance)> = Vec::new();
	/// What was charged for stale items.
	pub static Stale: Vec<(NodeId, u32)> = Vec::new();
	/// What the desk was told.
	pub static Verdicts: Vec<(Case, Verdict)> = Vec::new();
	/// Whether the model was removed.
	pub static IsGone: bool = false;
	/// Whether the desk's questions are over.
	pub static IsOver: bool = false;
	/// Whether the desk answers a split and a failure with a new draw at once.
	pub static IsEager: bool = false;
	/// The part of a block that verdicts may take.
	pub static Budget: Perbill = Perbill::from_percent(50);
}

/// The clock, which a test may stop.
pub struct Clock;

impl BlockNumberProvider for Clock {
	type BlockNumber = u64;

	fn current_block_number() -> u64 {
		Time::get()
	}
}

fn port(name: &str) -> Port {
	Port {
		name: name.as_bytes().to_vec().try_into().expect("a short name"),
		element: ElementType::Float32,
		shape: vec![Dimension::Fixed(1)].try_into().expect("one axis"),
	}
}

/// One model.
pub struct Catalogue;

impl ModelCatalogue<u64, Balance> for Catalogue {
	fn terms(_: ModelId, _: TrustKind) -> Result<ModelTerms<u64, Balance>, ModelRefusal> {
		Err(ModelRefusal::Unknown)
	}

	fn spec(model: ModelId) -> Option<ModelSpec> {
		(model == MODEL && !IsGone::get()).then(|| ModelSpec {
			id: model,
			content: ContentId { codec: ContentCodec::Raw, digest: [0; 32] },
			inputs: vec![port("x")].try_into().expect("one port"),
			outputs: vec![port("y")].try_into().expect("one port"),
			profile: NumericProfile::Tolerance { abs: 100_000_000, rel: 0 },
			circuit: None,
		})
	}

	fn is_active(model: ModelId) -> bool {
		model == MODEL
	}

	fn answer_time(_: ModelId) -> u32 {
		Usual::get()
	}

	fn note_answer_time(_: ModelId, _: u32) {
		unreachable!("only settled answers are noted")
	}

	fn note_wait(_: ModelId) {
		unreachable!("nobody waits here")
	}

	fn next() -> ModelId {
		1
	}
}

/// Nodes that are drawn in the order of their numbers; each carries as many jobs as [`Capacity`] says.
pub struct Registry;

pub(crate) fn owner_of(node: NodeId) -> u64 {
	100 + u64::from(node / 2)
}

fn take_places(
	wanted: &Wanted<u64, Balance>,
	seats: u8,
	is_able: impl Fn(NodeId) -> bool,
) -> Option<Vec<NodeId>> {
	let mut owners: BTreeSet<u64> = wanted.not.iter().map(|node| owner_of(*node)).collect();
	owners.insert(*wanted.asker);
	let is_wanted = |node: &NodeId| is_able(*node) && owners.insert(owner_of(*node));
	let drawn: Vec<NodeId> = (0..NODES).filter(is_wanted).take(seats.into()).collect();
	if drawn.len() < usize::from(seats) {
		return None;
	}
	Taken::mutate(|taken| drawn.iter().for_each(|node| *taken.entry(*node).or_default() += 1));
	Some(drawn)
}

impl NodeRegistry<u64, Balance> for Registry {
	fn draw(_: &Wanted<u64, Balance>) -> Option<NodeId> {
		unreachable!("panels draw several")
	}

	fn draw_seats(wanted: &Wanted<u64, Balance>, seats: u8) -> Option<Vec<NodeId>> {
		let taken = Taken::get();
		let is_free = |node| taken.get(&node).copied().unwrap_or(0) < Capacity::get();
		take_places(wanted, seats, is_free)
	}

	fn draw_jury(wanted: &Wanted<u64, Balance>, seats: u8) -> Option<Vec<NodeId>> {
		take_places(wanted, seats, |_| true)
	}

	fn release(node: NodeId, delivery: Delivery, fee: Balance) {
		assert_eq!(fee, FEE, "what was spoken for in the draw");
		Deliveries::mutate(|all| all.push((node, delivery)));
		Taken::mutate(|taken| {
			let places = taken.get_mut(&node).expect("a place is given back once");
			*places -= 1;
			if *places == 0 {
				taken.remove(&node);
			}
		});
	}

	fn punish(node: NodeId, model: ModelId, fee: Balance) {
		assert_eq!(model, 0, "the panel's model");
		Punished::mutate(|all| all.push((node, fee)));
	}

	fn expose(_: NodeId, _: Balance) {
		unreachable!("nothing is paid here")
	}

	fn serves(_: ModelId) -> bool {
		true
	}

	fn operators(_: ModelId) -> u32 {
		NODES / 2
	}

	fn owner(node: NodeId) -> Option<u64> {
		Some(owner_of(node))
	}

	fn worker(node: NodeId) -> Option<WorkerId> {
		(node < NODES).then(|| pair(node).public().into())
	}

	fn by_worker(worker: &WorkerId) -> Option<NodeId> {
		(0..NODES).find(|node| Self::worker(*node).as_ref() == Some(worker))
	}

	fn next_batch(_: NodeId) -> Option<u64> {
		unreachable!("lists of panels have no numbers")
	}

	fn note_batch(_: NodeId) {
		unreachable!("lists of panels have no numbers")
	}

	fn charge_stale(node: NodeId, items: u32) {
		Stale::mutate(|all| all.push((node, items)));
	}
}

/// Writes verdicts down.
pub struct Notebook;

impl CaseDesk for Notebook {
	fn input(_: Case) -> Option<Input> {
		(!IsOver::get()).then(input)
	}

	fn decided(case: Case, verdict: Verdict) {
		if IsEager::get() {
			match verdict {
				Verdict::Split => assert!(escalate(case)),
				Verdict::Undecided => assert!(convene(question(case))),
				_ => {},
			}
		}
		Verdicts::mutate(|all| all.push((case, verdict)));
	}
}

impl crate::Config for Test {
	type Balance = Balance;
	type Models = Catalogue;
	type Nodes = Registry;
	type Desk = Notebook;
	type Clock = Clock;
	type CommitTime = ConstU64<COMMIT_TIME>;
	type RevealTime = ConstU64<REVEAL_TIME>;
	type MaxExtensions = ConstU32<EXTENSIONS>;
	type MaxClosing = ConstU32<6>;
	type ClosingBudget = Budget;
	type WeightInfo = crate::weights::UpperBounds<Test>;
}

/// The worker key of a node.
pub(crate) fn pair(node: NodeId) -> sr25519::Pair {
	sr25519::Pair::from_seed(&seed(node))
}

/// The seed of a node's worker key.
pub(crate) fn seed(node: NodeId) -> [u8; 32] {
	[node as u8 + 1; 32]
}

/// An input that fits the model.
pub(crate) fn input() -> Input {
	let tensor = Tensor::from_f32(&[1], &[2.0]).expect("one element");
	Input::Inline(opg_tensor::encode(&[tensor]).try_into().expect("short"))
}

/// An output that fits the model.
pub(crate) fn output(value: f32) -> Outcome {
	let tensor = Tensor::from_f32(&[1], &[value]).expect("one element");
	Outcome::Output(opg_tensor::encode(&[tensor]).try_into().expect("short"))
}

/// An output with an element more than the model gives.
pub(crate) fn unfit() -> Outcome {
	let tensor = Tensor::from_f32(&[2], &[1.0, 1.0]).expect("two elements");
	Outcome::Output(opg_tensor::encode(&[tensor]).try_into().expect("short"))
}

pub(crate) fn fault(kind: FaultKind) -> Outcome {
	Outcome::Fault(kind)
}

/// Three nodes, two of which must agree, drawn by the number of the next panel.
pub(crate) fn question(case: Case) -> Question<u64, Balance> {
	let seed = Draw::from_low_u64_be(1_000 + crate::NextPanel::<Test>::get());
	Question { case, model: MODEL, nodes: 3, agree: 2, seed, asker: ALICE, fee: FEE, claim: None }
}

/// As `question`, about an answer that `by` gave.
pub(crate) fn check(case: Case, by: &[NodeId], outcome: Outcome) -> Question<u64, Balance> {
	Question { claim: Some(Claim { by: by.to_vec(), outcome }), ..question(case) }
}

pub(crate) fn convene(question: Question<u64, Balance>) -> bool {
	Pallet::<Test>::convene(question)
}

/// Calls the jury of a case, by a draw of its own.
pub(crate) fn escalate(case: Case) -> bool {
	let panel = crate::Cases::<Test>::get(case).unwrap_or_default();
	Pallet::<Test>::escalate(case, Draw::from_low_u64_be(2_000 + panel))
}

pub(crate) fn record(panel: PanelId) -> PanelOf<Test> {
	crate::Panels::<Test>::get(panel).expect("the panel is at work")
}

pub(crate) fn has_ended(panel: PanelId) -> bool {
	!crate::Panels::<Test>::contains_key(panel)
}

/// The nodes of the seats drawn last.
pub(crate) fn seats(panel: PanelId) -> Vec<NodeId> {
	record(panel).present().map(|seat| seat.node).collect()
}

/// The secret of a node's answer.
pub(crate) fn salt(node: NodeId) -> [u8; 32] {
	[node as u8; 32]
}

/// A node's commitment to `outcome`.
pub(crate) fn commit(panel: PanelId, node: NodeId, outcome: &Outcome) -> Commit {
	let draw = record(panel).draw;
	let commitment = Pallet::<Test>::commitment(panel, draw, node, &salt(node), outcome);
	Commit { panel, draw, commitment }
}

/// What opens that commitment.
pub(crate) fn reveal(panel: PanelId, node: NodeId, outcome: &Outcome) -> Reveal {
	Reveal { panel, draw: record(panel).draw, salt: salt(node), outcome: outcome.clone() }
}

/// The list a node would sign.
pub(crate) fn commits(node: NodeId, commits: Vec<Commit>) -> Call<Test> {
	signed_commits(node, commits, &pair(node))
}

/// A list signed by any key.
pub(crate) fn signed_commits(
	node: NodeId,
	commits: Vec<Commit>,
	key: &sr25519::Pair,
) -> Call<Test> {
	let claim = statement(Domain::Commits, Pallet::<Test>::genesis(), &(node, &commits));
	let commits = commits.try_into().expect("a few");
	Call::commit { node, commits, signature: key.sign(&claim).into() }
}

/// The list a node would sign.
pub(crate) fn reveals(node: NodeId, reveals: Vec<Reveal>) -> Call<Test> {
	signed_reveals(node, reveals, &pair(node))
}

/// A list signed by any key.
pub(crate) fn signed_reveals(
	node: NodeId,
	reveals: Vec<Reveal>,
	key: &sr25519::Pair,
) -> Call<Test> {
	let claim = statement(Domain::Reveals, Pallet::<Test>::genesis(), &(node, &reveals));
	let reveals = reveals.try_into().expect("a few");
	Call::reveal { node, reveals, signature: key.sign(&claim).into() }
}

/// What the pool is told of a call.
pub(crate) fn authorize(call: &Call<Test>) -> TransactionValidityWithRefund {
	call.authorize(TransactionSource::External).expect("both calls are authorised")
}

/// Why the pool refuses a call.
pub(crate) fn refusal(call: &Call<Test>) -> Option<InvalidTransaction> {
	match authorize(call) {
		Err(TransactionValidityError::Invalid(why)) => Some(why),
		_ => None,
	}
}

/// Includes a call if the pool would take it.
pub(crate) fn include(call: Call<Test>) -> bool {
	let is_valid = authorize(&call).is_ok();
	if is_valid {
		let origin = frame_system::RawOrigin::Authorized;
		frame_support::assert_ok!(call.dispatch_bypass_filter(origin.into()));
	}
	is_valid
}

/// Has a node commit to `outcome`.
pub(crate) fn take_commit(panel: PanelId, node: NodeId, outcome: &Outcome) {
	assert!(include(commits(node, vec![commit(panel, node, outcome)])));
}

/// Has a node reveal `outcome`.
pub(crate) fn take_reveal(panel: PanelId, node: NodeId, outcome: &Outcome) {
	assert!(include(reveals(node, vec![reveal(panel, node, outcome)])));
}

/// Has the seats drawn last commit to these answers, a seat each; `None` stays silent.
pub(crate) fn take_commits(panel: PanelId, answers: &[Option<Outcome>]) -> Vec<NodeId> {
	let seats = seats(panel);
	for (node, outcome) in seats.iter().zip(answers) {
		if let Some(outcome) = outcome {
			take_commit(panel, *node, outcome);
		}
	}
	seats
}

/// Has the seats drawn last commit to these answers and reveal them, a seat each, and runs the block that decides.
pub(crate) fn play(panel: PanelId, answers: &[Outcome]) -> Vec<NodeId> {
	let all: Vec<Option<Outcome>> = answers.iter().cloned().map(Some).collect();
	let seats = take_commits(panel, &all);
	for (node, outcome) in seats.iter().zip(answers) {
		take_reveal(panel, *node, outcome);
	}
	run(1);
	seats
}

/// Ends the present block and begins the next, `blocks` times.
pub(crate) fn run(blocks: u64) {
	for _ in 0..blocks {
		Time::mutate(|time| *time += 1);
		pause(1);
	}
}

/// As `run`, with the clock standing still.
pub(crate) fn pause(blocks: u64) {
	for _ in 0..blocks {
		let next = System::block_number() + 1;
		System::set_block_number(next);
		Panels::on_initialize(next);
	}
}

/// How each seat drawn last stands.
pub(crate) fn states(panel: PanelId) -> Vec<SeatState> {
	record(panel).present().map(|seat| seat.state).collect()
}

/// What a node has to do.
pub(crate) fn jobs(node: NodeId) -> Vec<PanelId> {
	Jobs::<Test>::iter_prefix(node).map(|(panel, _)| panel).collect()
}

/// A fresh chain on which nobody has anything to do.
pub(crate) fn externalities() -> sp_io::TestExternalities {
	let storage = frame_system::GenesisConfig::<Test>::default().build_storage();
	let mut externalities: sp_io::TestExternalities = storage.expect("a genesis").into();
	externalities.execute_with(|| {
		Time::set(1);
		Capacity::set(3);
		Usual::set(0);
		Taken::take();
		Deliveries::take();
		Punished::take();
		Stale::take();
		Verdicts::take();
		IsGone::set(false);
		IsOver::set(false);
		IsEager::set(false);
		Budget::set(Perbill::from_percent(50));
		System::set_block_number(1);
		Panels::on_initialize(1);
	});
	externalities
}

/// The laws, and that every place taken of a node is owed by a seat.
pub(crate) fn check_laws() {
	Pallet::<Test>::check_laws().expect("the laws hold");
	let mut owed = BTreeMap::<NodeId, u32>::new();
	for node in Pallet::<Test>::places_taken() {
		*owed.entry(node).or_default() += 1;
	}
	assert_eq!(Taken::get(), owed, "a place was given back twice, or never");
}

/// Runs `test` on a fresh chain and checks the laws after it.
pub(crate) fn build_and_execute(test: impl FnOnce()) {
	externalities().execute_with(|| {
		test();
		check_laws();
	});
}

/// This pallet's events since the last call.
pub(crate) fn events() -> Vec<Event<Test>> {
	let events = System::events()
		.into_iter()
		.filter_map(|record| match record.event {
			RuntimeEvent::Panels(event) => Some(event),
			_ => None,
		})
		.collect();
	System::reset_events();
	events
}

/// Ends a panel as if nobody could say.
pub(crate) fn give_up(case: Case) {
	let panel = crate::Cases::<Test>::get(case).expect("a panel has the case");
	Pallet::<Test>::end(panel, record(panel), Verdict::Undecided);
}
