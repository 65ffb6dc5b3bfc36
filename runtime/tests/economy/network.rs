//! The chain of the simulation: operators and their nodes, requests from ask to answer, and weeks of which most blocks are left out.

use crate::{
	blocks,
	books::{Flows, Stock, Week},
	chain,
	people::Visit,
	washer::Washer,
};
use frame_support::{assert_ok, traits::UnfilteredDispatchable};
use opg_primitives::{
	job::Answer,
	node::WorkerSignature,
	statement::{statement, Domain},
	ContentCodec, ContentId, Input, ModelId, NodeId, Outcome, Port, Roles, TrustKind, TrustMode,
};
use opg_runtime::{
	configs::pace::LIVE,
	constants::{currency::OPG, time::DAYS},
	AccountId, Balance, Balances, BlockNumber, Economics, Growth, Models, Nodes, Runtime,
	RuntimeCall, RuntimeOrigin, Session, Staking, System, Usage,
};
use opg_tensor::{Dimension, ElementType, NumericProfile, Tensor};
use pallet_clock::Pace;
use pallet_inference::Assigned;
use pallet_staking::{ActiveEra, RewardDestination};
use sp_core::{sr25519, Pair};
use sp_io::TestExternalities;
use sp_keyring::Sr25519Keyring::{
	self, Alice, AliceStash, Bob, BobStash, Charlie, CharlieStash, Dave, DaveStash, Eve, EveStash,
	Ferdie, FerdieStash,
};
use sp_runtime::Permill;
use std::collections::BTreeMap;

/// What an answer costs, of every model.
pub(crate) const PRICE: Balance = OPG;
/// The model people ask.
pub(crate) const MODEL: ModelId = 0;
/// Blocks of an epoch, which is a week.
const EPOCH: BlockNumber = 7 * DAYS;
/// Blocks of an era. Its sessions are left out: it has one.
const ERA: BlockNumber = DAYS / 4;
/// Requests made in a block.
const ASKED_AT_ONCE: usize = 40;
/// Blocks until a request is given up.
const DEADLINE: BlockNumber = 200;
/// Blocks between two heartbeats.
const HEARTBEAT: BlockNumber = 8;
/// What each operator bonds.
const BOND: Balance = 50_000 * OPG;
/// What running a node costs its operator in a week. While nodes earn less on average one more falls silent, while one more would
/// earn twice as much it comes back; one is always there.
const RUNNING_COST: Balance = 20 * OPG;
/// Of how many milestones a grant is, and what each pays.
const MILESTONES: (usize, Balance) = (16, 5 * OPG);

/// Who owns the nodes that serve the people's model. The first two have theirs from the genesis.
const OPERATORS: [Sr25519Keyring; 8] =
	[Eve, Ferdie, AliceStash, BobStash, CharlieStash, DaveStash, EveStash, FerdieStash];
/// Who validates, by the genesis.
const VALIDATORS: [Sr25519Keyring; 4] = [Alice, Bob, Charlie, Dave];
/// Who nominates them, and with how much each.
const NOMINATORS: (u8, Balance) = (5, 100_000 * OPG);

/// What drives the chain from outside.
pub(crate) struct Network {
	/// Who tries to earn by using the network alone.
	pub(crate) washer: Washer,
	/// The node of each operator.
	nodes: Vec<NodeId>,
	/// How many of them report.
	serving: u32,
	asked: u128,
	/// The next era whose rewards are claimed.
	unclaimed: u32,
	/// The grant for the people's model that pays now.
	grant: Option<u32>,
	flows: Flows,
}

/// A chain whose eras have one session, and the network on it.
pub(crate) struct Chain {
	state: TestExternalities,
	network: Network,
}

impl Chain {
	/// In its first block.
	pub(crate) fn found() -> Self {
		let pace = Pace { epoch_slots: ERA, sessions_per_era: 1, ..LIVE };
		let patch = serde_json::json!({ "clock": { "pace": pace } });
		let mut state = chain::of_preset_with("local_testnet", patch);
		let network = state.execute_with(|| {
			blocks::begin(1);
			assert_eq!(Usage::epoch().end, u64::from(EPOCH), "an epoch is a week");
			Network::found()
		});
		Self { state, network }
	}

	/// Goes on with it.
	pub(crate) fn go_on<Found>(&mut self, go_on: impl FnOnce(&mut Network) -> Found) -> Found {
		let network = &mut self.network;
		let found = self.state.execute_with(|| go_on(network));
		// What changed is looked through whenever something is cleared, so it must not pile up.
		self.state.commit_all().expect("no transaction is open");
		found
	}

	/// Every law of the pallets at work.
	pub(crate) fn check_laws(&mut self) {
		self.state.execute_with(check_laws);
	}
}

fn check_laws() {
	Models::check_laws().expect("models");
	Nodes::check_laws().expect("nodes");
	opg_runtime::Inference::check_laws().expect("requests");
	Usage::check_laws().expect("use");
	Growth::check_laws().expect("growth");
	Economics::check_laws().expect("money");
}

impl Network {
	fn found() -> Self {
		publish(model_owner());
		for owner in OPERATORS.into_iter().skip(2) {
			register(&owner.to_account_id(), sr25519::Pair::from_seed(&[owner as u8; 32]), BOND);
		}
		for number in 0..NOMINATORS.0 {
			let who = AccountId::new([220 + number; 32]);
			endow(Bob, &who, NOMINATORS.1 + OPG);
			let by = || RuntimeOrigin::signed(who.clone());
			assert_ok!(Staking::bond(by(), NOMINATORS.1, RewardDestination::Staked));
			let all = VALIDATORS.map(|one| one.to_account_id().into()).to_vec();
			assert_ok!(Staking::nominate(by(), all));
		}
		let washer = Washer::found(OPERATORS.len() as NodeId);
		Self {
			washer,
			nodes: (0..OPERATORS.len() as NodeId).collect(),
			serving: 2,
			asked: 0,
			unclaimed: 0,
			grant: None,
			flows: Flows::default(),
		}
	}

	/// Who is paid for the nodes.
	pub(crate) fn node_owners(&self) -> impl Iterator<Item = AccountId> {
		OPERATORS.into_iter().map(|owner| owner.to_account_id())
	}

	/// A week: what governance grants and people claim, what everybody asks in its first blocks, and the ends of its eras.
	pub(crate) fn week(&mut self, number: u32, before: &Stock, visits: &[Visit]) -> Week {
		if number > 0 {
			self.jump_to(number * EPOCH);
			self.next_block();
			self.grant_by_burn();
			self.washer.take_what_there_is();
			self.claim_rebates(number, visits);
		}
		let mut asks: Vec<(AccountId, ModelId)> = Vec::new();
		for visit in visits {
			let who = person(visit.person);
			self.supply(&who, visit.requests);
			asks.extend((0..visit.requests).map(|_| (who.clone(), MODEL)));
		}
		asks.extend(self.washer.asks());
		let washed = Balance::from(self.washer.asks().count() as u64) * PRICE;
		self.serve(asks);
		for era in 1..EPOCH / ERA {
			self.jump_to(number * EPOCH + era * ERA);
		}
		self.next_block();
		self.pay_stakers();
		self.next_block();
		let week = Week {
			number,
			before: before.clone(),
			after: Stock::take(self),
			flows: core::mem::take(&mut self.flows),
			serving: self.serving,
			washed,
		};
		week.check();
		self.settle_operators(week.flows.node_share());
		week
	}

	/// Ends the block and begins a later one; what is between is left out.
	fn jump_to(&mut self, number: BlockNumber) {
		self.flows.add(&blocks::end());
		blocks::begin(number);
	}

	fn next_block(&mut self) {
		self.jump_to(System::block_number() + 1);
	}

	/// Requests are made, drawn, and answered in the block after the draw, until none is open.
	fn serve(&mut self, asks: Vec<(AccountId, ModelId)>) {
		let mut asks = asks.into_iter().peekable();
		let began = System::block_number();
		loop {
			self.next_block();
			if (System::block_number() - began) % HEARTBEAT == 1 {
				self.report();
			}
			self.answer();
			for (who, model) in asks.by_ref().take(ASKED_AT_ONCE) {
				self.ask(&who, model);
			}
			if asks.peek().is_none() && System::block_number() > began + 4 && self.flows.open() == 0
			{
				return;
			}
		}
	}

	fn ask(&mut self, who: &AccountId, model: ModelId) {
		self.asked += 1;
		let call = RuntimeCall::Inference(pallet_inference::Call::request {
			model,
			input: Input::Inline(tensors(1.0).try_into().expect("short")),
			trust: TrustMode::Attested,
			max_fee: PRICE,
			deadline: DEADLINE,
			client_key: self.asked.to_le_bytes(),
			through: None,
		});
		assert_ok!(blocks::send(who, call).expect("paid for"));
	}

	/// Every node answers what it has.
	fn answer(&self) {
		let mut jobs = BTreeMap::<NodeId, Vec<Answer>>::new();
		for (node, request, draw) in Assigned::<Runtime>::iter() {
			let outcome = Outcome::Output(tensors(2.0).try_into().expect("short"));
			jobs.entry(node).or_default().push(Answer { request, draw, outcome });
		}
		for (node, mut answers) in jobs {
			answers.sort_by_key(|answer| answer.request);
			for answers in answers.chunks(256) {
				include(RuntimeCall::Inference(pallet_inference::Call::answer {
					node,
					number: 0,
					answers: answers.to_vec().try_into().expect("256 at the most"),
					signature: no_signature(),
				}));
			}
		}
	}

	fn report(&self) {
		let serving = self.nodes.iter().take(self.serving as usize).map(|node| (*node, MODEL));
		for (node, model) in serving.chain([self.washer.serves()]) {
			let record = pallet_nodes::Nodes::<Runtime>::get(node).expect("registered");
			include(RuntimeCall::Nodes(pallet_nodes::Call::heartbeat {
				node,
				number: record.next_heartbeat,
				models: vec![model].try_into().expect("one"),
				signature: no_signature(),
			}));
		}
	}

	/// People buy what they need for the week; whoever sells is Alice.
	fn supply(&self, who: &AccountId, requests: u32) {
		let wanted = Balance::from(requests + 1) * PRICE * 21 / 20;
		let has = Balances::free_balance(who);
		if has < wanted {
			endow(Alice, who, wanted - has);
		}
	}

	/// Every third week people claim what they are given back.
	fn claim_rebates(&self, number: u32, visits: &[Visit]) {
		for visit in visits.iter().filter(|visit| (number + visit.person).is_multiple_of(3)) {
			let who = person(visit.person);
			if Growth::claimable(who.clone()) > 0 {
				let call = pallet_growth::Call::claim { who: who.clone() };
				assert_ok!(blocks::send(&who, call.into()).expect("paid for"));
			}
		}
	}

	/// Governance grants the people's model what it may for what the model burnt.
	fn grant_by_burn(&mut self) {
		for _ in 0..MILESTONES.0 {
			let grant = *self.grant.get_or_insert_with(|| grant(model_owner(), MODEL));
			if !pallet_growth::Grants::<Runtime>::contains_key(grant) {
				self.grant = None;
				continue;
			}
			if Growth::release(RuntimeOrigin::root(), grant).is_err() {
				return;
			}
		}
	}

	/// Claims what eras that ended have promised.
	fn pay_stakers(&mut self) {
		let active = ActiveEra::<Runtime>::get().expect("an era runs").index;
		for era in self.unclaimed..active {
			for validator in VALIDATORS {
				let by = RuntimeOrigin::signed(Alice.to_account_id());
				let _ = Staking::payout_stakers(by, validator.to_account_id(), era);
			}
		}
		self.unclaimed = active;
		assert_eq!(Session::validators().len(), VALIDATORS.len());
	}

	/// Operators whose nodes do not earn what they cost fall silent, one a week; others come back.
	fn settle_operators(&mut self, earned: Balance) {
		let serving = Balance::from(self.serving);
		if earned < serving * RUNNING_COST && self.serving > 1 {
			self.serving -= 1;
		} else if earned >= 2 * (serving + 1) * RUNNING_COST && serving < OPERATORS.len() as Balance
		{
			self.serving += 1;
		}
	}
}

/// What governance grants for a model without looking at whose it is.
pub(crate) fn grant(beneficiary: AccountId, model: ModelId) -> u32 {
	let number = pallet_growth::NextGrant::<Runtime>::get();
	let milestones = vec![MILESTONES.1; MILESTONES.0].try_into().expect("few");
	let subject = opg_primitives::seams::Subject::Model(model);
	assert_ok!(Growth::grant(RuntimeOrigin::root(), beneficiary, subject, milestones));
	number
}

fn person(number: u32) -> AccountId {
	let mut bytes = [1; 32];
	bytes[..4].copy_from_slice(&number.to_le_bytes());
	AccountId::new(bytes)
}

fn model_owner() -> AccountId {
	AccountId::new([210; 32])
}

/// Somebody sells OPG outside of the chain and sends it.
pub(crate) fn endow(from: Sr25519Keyring, who: &AccountId, amount: Balance) {
	let by = RuntimeOrigin::signed(from.to_account_id());
	assert_ok!(Balances::transfer_keep_alive(by, who.clone().into(), amount));
}

pub(crate) fn register(owner: &AccountId, worker: sr25519::Pair, bond: Balance) {
	let claim = statement(Domain::WorkerKey, System::block_hash(0), owner);
	assert_ok!(Nodes::register(
		RuntimeOrigin::signed(owner.clone()),
		Roles::INFERENCE,
		worker.public().into(),
		worker.sign(&claim).into(),
		bond,
	));
}

/// Publishes the next model, which takes a number and gives one.
pub(crate) fn publish(owner: AccountId) {
	endow(Charlie, &owner, 20 * OPG);
	let port = |name: &str| Port {
		name: name.as_bytes().to_vec().try_into().expect("short"),
		element: ElementType::Float32,
		shape: vec![Dimension::Fixed(1)].try_into().expect("one axis"),
	};
	assert_ok!(Models::publish(
		RuntimeOrigin::signed(owner),
		pallet_models::Draft {
			name: b"model".to_vec().try_into().expect("short"),
			content: ContentId { codec: ContentCodec::Raw, digest: [1; 32] },
			inputs: vec![port("x")].try_into().expect("one"),
			outputs: vec![port("y")].try_into().expect("one"),
			profile: NumericProfile::Exact,
			price: PRICE,
			royalty: Permill::from_percent(10),
			trust: vec![TrustKind::Attested].try_into().expect("one"),
			circuit: None,
		}
	));
}

fn tensors(number: f32) -> Vec<u8> {
	let tensor = Tensor::from_f32(&[1], &[number]).expect("one number");
	opg_tensor::encode(&[tensor])
}

/// Signatures are left out: the origin says that they were checked.
fn no_signature() -> WorkerSignature {
	sr25519::Signature::from_raw([0; 64]).into()
}

fn include(call: RuntimeCall) {
	assert_ok!(call.dispatch_bypass_filter(frame_system::RawOrigin::Authorized.into()));
}
