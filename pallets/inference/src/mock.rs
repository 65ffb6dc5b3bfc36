//! The smallest runtime that takes requests: models, nodes, fees and entropy are stand-ins behind their seams.

use crate::{Call, Event, HoldReason, MaxBatch, Pallet, Requests, State};
use frame_support::{
	derive_impl,
	dispatch::DispatchResult,
	pallet_prelude::{TransactionSource, TransactionValidityWithRefund},
	parameter_types,
	traits::{
		fungible::{Balanced, Credit, InspectHold},
		Authorize, ConstU32, ConstU64, Hooks, Imbalance, OnUnbalanced, UnfilteredDispatchable,
	},
	weights::Weight,
};
use frame_system::{mocking::MockUncheckedExtrinsic, AuthorizeCall};
use opg_primitives::{
	job::{Answer, Ready},
	model::{ModelSpec, Port},
	node::WorkerId,
	seams::{
		AppDesk, BlockEntropy, Case, CaseDesk, CheckPurse, Delivery, Entropy, FeeSplitter,
		ModelCatalogue, ModelRefusal, ModelTerms, NodeRegistry, Panels, Payees, Provers, Question,
		UsageLog, UsageNote, Use, Verdict, Wanted,
	},
	statement::{statement, Domain},
	Access, AppUse, Circuit, ContentCodec, ContentId, Draw, FaultKind, Input, ModelId, NodeId,
	Outcome, RequestId, TrustKind, TrustMode,
};
use opg_tensor::{Dimension, ElementType, NumericProfile, Tensor};
use sp_core::{sr25519, Pair};
use sp_runtime::{BuildStorage, DispatchError, Perbill, Permill};
use std::collections::BTreeMap;

pub(crate) type Balance = u64;
pub(crate) type Extrinsic = MockUncheckedExtrinsic<Test, (), AuthorizeCall<Test>>;
pub(crate) const ALICE: u64 = 1;
pub(crate) const BOB: u64 = 2;
pub(crate) const PUBLISHER: u64 = 50;
pub(crate) const TREASURY: u64 = 60;
pub(crate) const PURSE: Balance = 1_000_000;
pub(crate) const PRICE: Balance = 1_000;
pub(crate) const UPKEEP: Balance = 10;
pub(crate) const DEADLINE: u64 = 20;

/// The model every test asks; 1 is retired, others unknown.
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
	pub type Balances = pallet_balances;
	#[runtime::pallet_index(2)]
	pub type Inference = crate;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlock<Test>;
	type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
	type ExistentialDeposit = Existential;
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
	pub const BaseFee: Permill = Permill::from_percent(10);
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
	/// The shortest deadline.
	pub static MinDeadline: u64 = 12;
	/// How long what ended is kept.
	pub static Retention: u64 = 160;
	/// How many draws are tried in a block.
	pub static MaxDraws: u32 = 4;
	/// The part of a block that hooks may take.
	pub static HooksBudget: Perbill = Perbill::from_percent(50);
	/// What an account must have to exist.
	pub static Existential: Balance = 1;
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

impl crate::Config for Test {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Models = Catalogue;
	type Nodes = Registry;
	type Panels = Bench;
	type Provers = Booth;
	type Purse = CheckPot;
	type BaseFee = BaseFee;
	type DisputeWindow = ConstU64<30>;
	type Fees = Splitter;
	type Usage = Log;
	type Apps = Desk;
	type Entropy = Blocks;
	type Clock = System;
	type Upkeep = CountUpkeep;
	type UpkeepFee = ConstU64<UPKEEP>;
	type MinDeadline = MinDeadline;
	type MaxDeadline = ConstU64<100>;
	type MinAnswerTime = ConstU64<5>;
	type Retention = Retention;
	type MaxWaiting = ConstU32<8>;
	type MaxDraws = MaxDraws;
	type MaxExpiring = ConstU32<2>;
	type HooksBudget = HooksBudget;
	type WeightInfo = crate::weights::UpperBounds<Test>;
}

/// The worker key of a node.
pub(crate) fn pair(node: NodeId) -> sr25519::Pair {
	sr25519::Pair::from_string(&format!("//{node}"), None).expect("a valid path")
}

/// An input that fits the model.
pub(crate) fn input() -> Input {
	let tensor = Tensor::from_f32(&[2], &[1.0, 2.0]).expect("two elements");
	Input::Inline(opg_tensor::encode(&[tensor]).try_into().expect("short"))
}

/// An output that fits the model.
pub(crate) fn output() -> Outcome {
	let tensor = Tensor::from_f32(&[1], &[3.0]).expect("one element");
	Outcome::Output(opg_tensor::encode(&[tensor]).try_into().expect("short"))
}

/// Asks as `who`, under a key made of `key`.
pub(crate) fn ask(who: u64, key: u8, deadline: u64) -> DispatchResult {
	Inference::request(
		RuntimeOrigin::signed(who),
		MODEL,
		input(),
		TrustMode::Attested,
		2 * PRICE,
		deadline,
		[key; 16],
		None,
	)
	.map(|_| ())
	.map_err(|refusal| refusal.error)
}

/// Asks for a proved answer to `input` as `who`.
pub(crate) fn ask_proved(who: u64, key: u8, input: Input) -> DispatchResult {
	Inference::request(
		RuntimeOrigin::signed(who),
		MODEL,
		input,
		TrustMode::Proved,
		2 * PRICE,
		DEADLINE,
		[key; 16],
		None,
	)
	.map(|_| ())
	.map_err(|refusal| refusal.error)
}

/// Asks as `who` through app 0.
pub(crate) fn ask_through(who: u64, key: u8, access: Access) -> DispatchResult {
	Inference::request(
		RuntimeOrigin::signed(who),
		MODEL,
		input(),
		TrustMode::Attested,
		2 * PRICE,
		DEADLINE,
		[key; 16],
		Some(AppUse { app: 0, access }),
	)
	.map(|_| ())
	.map_err(|refusal| refusal.error)
}

/// Asks a quorum as `who`, under a key made of `key`.
pub(crate) fn ask_quorum(who: u64, key: u8, nodes: u8, agree: u8) -> DispatchResult {
	Inference::request(
		RuntimeOrigin::signed(who),
		MODEL,
		input(),
		TrustMode::Quorum { nodes, agree },
		PRICE * u64::from(nodes) + PRICE,
		2 * DEADLINE,
		[key; 16],
		None,
	)
	.map(|_| ())
	.map_err(|refusal| refusal.error)
}

/// Ends the present block and begins the next, `blocks` times, with authors taking turns.
pub(crate) fn run(blocks: u64) {
	for _ in 0..blocks {
		let now = System::block_number();
		Inference::on_idle(now, Weight::MAX);
		let next = now + 1;
		System::set_block_number(next);
		Author::set((next % u64::from(Authors::get().max(1))) as u32);
		Inference::on_initialize(next);
	}
}

/// Which node has a request, by which draw.
pub(crate) fn assignment(request: RequestId) -> Option<(NodeId, Draw)> {
	match Requests::<Test>::get(request)?.state {
		State::Assigned { node, draw, .. } => Some((node, draw)),
		_ => None,
	}
}

/// What `node` would answer to a request it has.
pub(crate) fn answer_to(request: RequestId) -> Answer {
	let (_, draw) = assignment(request).expect("assigned");
	Answer { request, draw, outcome: output() }
}

/// The batch `node` would sign.
pub(crate) fn batch(node: NodeId, answers: Vec<Answer>) -> Call<Test> {
	let number = Registry::next_batch(node).unwrap_or(0);
	signed_batch(node, number, answers, &pair(node))
}

/// A batch signed by any key.
pub(crate) fn signed_batch(
	node: NodeId,
	number: u64,
	answers: Vec<Answer>,
	key: &sr25519::Pair,
) -> Call<Test> {
	let claim = statement(Domain::Answers, Pallet::<Test>::genesis(), &(node, number, &answers));
	let answers = frame_support::BoundedVec::<_, MaxBatch>::try_from(answers).expect("a few");
	Call::answer { node, number, answers, signature: key.sign(&claim).into() }
}

/// What the pool is told of a call.
pub(crate) fn authorize(call: &Call<Test>) -> TransactionValidityWithRefund {
	call.authorize(TransactionSource::External).expect("answers are authorised")
}

/// Includes a batch if the pool would take it.
pub(crate) fn include(call: Call<Test>) -> bool {
	let is_valid = authorize(&call).is_ok();
	if is_valid {
		let origin = frame_system::RawOrigin::Authorized;
		frame_support::assert_ok!(call.dispatch_bypass_filter(origin.into()));
	}
	is_valid
}

/// What is held of `who` for requests.
pub(crate) fn held(who: u64) -> Balance {
	Balances::balance_on_hold(&HoldReason::Request.into(), &who)
}

/// A fresh chain with node 0 free for two jobs and node 1 for two.
pub(crate) fn externalities() -> sp_io::TestExternalities {
	let mut storage =
		frame_system::GenesisConfig::<Test>::default().build_storage().expect("a genesis");
	let accounts = [ALICE, BOB, PUBLISHER, TREASURY, SPONSOR, owner_of(0), owner_of(1)];
	pallet_balances::GenesisConfig::<Test> {
		balances: accounts.map(|who| (who, PURSE)).to_vec(),
		..Default::default()
	}
	.assimilate_storage(&mut storage)
	.expect("balances");
	let mut externalities: sp_io::TestExternalities = storage.into();
	externalities.execute_with(|| {
		Free::set([(0, 2), (1, 2)].into());
		Operators::set(10);
		Exposed::take();
		Punished::take();
		Checks::set(true);
		Posted::take();
		Convened::take();
		Juries::take();
		HasPanels::set(true);
		Revealing::set(false);
		AnswerTime::set(0);
		Noted::take();
		Existential::set(1);
		MinDeadline::set(12);
		Retention::set(160);
		MaxDraws::set(4);
		HooksBudget::set(Perbill::from_percent(50));
		InPurse::set(0);
		PursePaid::take();
		Counted::take();
		Surplus::set(0);
		SurplusBurnt::set(0);
		Waits::take();
		Admitted::take();
		GivenBack::take();
		Sponsored::take();
		Deliveries::take();
		Stale::take();
		Batches::take();
		UpkeepPaid::take();
		Authors::set(2);
		HasEntropy::set(true);
		System::set_block_number(1);
		Inference::on_initialize(1);
	});
	externalities
}

/// Runs `test` on a fresh chain and checks the laws after it.
pub(crate) fn build_and_execute(test: impl FnOnce()) {
	externalities().execute_with(|| {
		test();
		Pallet::<Test>::check_laws().expect("the laws hold");
	});
}

/// This pallet's events since the last call.
pub(crate) fn events() -> Vec<Event<Test>> {
	let events = System::events()
		.into_iter()
		.filter_map(|record| match record.event {
			RuntimeEvent::Inference(event) => Some(event),
			_ => None,
		})
		.collect();
	System::reset_events();
	events
}

/// The event of Alice's request that was settled, `latency` blocks after it was made.
pub(crate) fn settled(
	request: RequestId,
	nodes: &[NodeId],
	fee: Balance,
	latency: u32,
) -> Event<Test> {
	Event::Settled {
		request,
		requester: ALICE,
		model: MODEL,
		app: None,
		by: by(nodes),
		fee,
		burn: burnt_of(fee),
		latency,
	}
}

/// The event of Alice's request that expired.
pub(crate) fn expired(request: RequestId, refund: Balance) -> Event<Test> {
	Event::Expired { request, requester: ALICE, model: MODEL, app: None, refund }
}

/// The event of Alice's request that was made.
pub(crate) fn requested(request: RequestId) -> Event<Test> {
	Event::Requested { request, requester: ALICE, model: MODEL, app: None }
}

/// The event of Alice's request that was taken back.
pub(crate) fn cancelled(request: RequestId, refund: Balance) -> Event<Test> {
	Event::Cancelled { request, requester: ALICE, model: MODEL, app: None, refund }
}

/// Who answered.
pub(crate) fn by(nodes: &[NodeId]) -> crate::AnsweredBy {
	nodes.to_vec().try_into().expect("a few")
}

/// A fault node 0 or 1 would report for a request it has.
pub(crate) fn fault_of(request: RequestId, kind: FaultKind) -> Answer {
	Answer { outcome: Outcome::Fault(kind), ..answer_to(request) }
}
