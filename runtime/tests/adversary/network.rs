//! The chain under attack: operators with equal bonds, models, blocks as BABE makes them, and what
//! people and nodes send.

use crate::chain;
use codec::Encode;
use frame_support::{
	assert_ok,
	storage::storage_prefix,
	traits::{
		fungible::{Inspect, InspectHold},
		OnFinalize, OnIdle, OnInitialize, UnfilteredDispatchable,
	},
};
use opg_primitives::{
	job::Answer,
	node::WorkerSignature,
	request::operators_for,
	statement::{statement, Domain},
	ContentCodec, ContentId, Draw, Input, ModelId, NodeId, Outcome, Port, RequestId, Roles,
	TrustKind, TrustMode,
};
use opg_runtime::{
	configs::economics::Bucket,
	constants::{block::MAX_WEIGHT, currency::OPG, time::SLOT_DURATION},
	AccountId, AllPalletsWithSystem, Babe, Balance, Balances, BlockNumber, Inference, Models,
	Nodes, Runtime, RuntimeCall, RuntimeEvent, RuntimeOrigin, System,
};
use opg_tensor::{Dimension, ElementType, NumericProfile, Tensor};
use pallet_panels::{Commit, Reveal};
use sp_consensus_babe::{
	digests::{PreDigest, SecondaryVRFPreDigest},
	make_vrf_sign_data, Slot, BABE_ENGINE_ID,
};
use sp_core::{crypto::VrfSecret, sr25519, Pair};
use sp_io::TestExternalities;
use sp_keyring::Sr25519Keyring::{Alice, Eve};
use sp_runtime::{Digest, DigestItem, Permill};

type Error = pallet_inference::Error<Runtime>;

/// Different owners, each with one node.
pub(crate) const OPERATORS: u32 = 100;
/// What each of them bonds: the least bond.
pub(crate) const BOND: Balance = 1_000 * OPG;
/// Blocks between two heartbeats of a node.
const HEARTBEAT: u32 = 8;
/// Slots between the first blocks of two seeds: no two chains see the same outputs.
const SLOTS_PER_SEED: u64 = 1 << 24;
/// What everybody but an operator starts with.
const PURSE: Balance = 1_000_000 * OPG;

/// The model users ask.
pub(crate) const USERS_MODEL: ModelId = 0;
/// The first model the attacker publishes; all models after it are its own too.
pub(crate) const OWN_MODEL: ModelId = 1;

/// Who asks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Asker {
	/// Honest users.
	Users,
	/// The attacker, who also owns the attacker's model.
	Attacker,
}

impl Asker {
	pub(crate) fn account(self) -> AccountId {
		match self {
			Self::Users => AccountId::new([201; 32]),
			Self::Attacker => AccountId::new([202; 32]),
		}
	}

	fn origin(self) -> RuntimeOrigin {
		RuntimeOrigin::signed(self.account())
	}
}

/// What drives a chain from outside.
#[derive(Clone)]
pub(crate) struct Network {
	author: sr25519::Pair,
	first_slot: u64,
	first_node: NodeId,
	asked: u128,
	/// Who serves the attacker's model; everybody serves the users'.
	/// How many models the attacker published, and which nodes serve them.
	published: u32,
	served_too: Vec<bool>,
}

/// A chain that can be gone on with many times.
pub(crate) struct Snapshot {
	state: Vec<(Vec<u8>, Vec<u8>)>,
	network: Network,
}

impl Snapshot {
	/// Founds a chain and lets `warm` act on it.
	pub(crate) fn after(seed: u64, price: Balance, warm: impl FnOnce(&mut Network)) -> Self {
		let mut chain = chain::of_preset("development");
		let network = chain.execute_with(|| {
			let mut network = Network::found(seed, price);
			warm(&mut network);
			network
		});
		let state = chain.execute_with(whole_state);
		Self { state, network }
	}

	pub(crate) fn resume<Found>(&self, go_on: impl FnOnce(Network) -> Found) -> Found {
		TestExternalities::new_empty().execute_with(|| {
			for (key, value) in &self.state {
				sp_io::storage::set(key, value);
			}
			go_on(self.network.clone())
		})
	}
}

fn whole_state() -> Vec<(Vec<u8>, Vec<u8>)> {
	let mut state = Vec::new();
	let mut key = Vec::new();
	while let Some(next) = sp_io::storage::next_key(&key) {
		let value = sp_io::storage::get(&next).expect("a key that is listed; qed");
		state.push((next.clone(), value.to_vec()));
		key = next;
	}
	state
}

impl Network {
	fn found(seed: u64, price: Balance) -> Self {
		let first_slot = (seed + 1) * SLOTS_PER_SEED;
		let mut network = Self {
			author: Alice.pair(),
			first_slot,
			first_node: 0,
			asked: 0,
			published: 0,
			served_too: vec![false; OPERATORS as usize],
		};
		network.begin_block_at(1);
		network.first_node = pallet_nodes::NextNode::<Runtime>::get();
		let model_owner = Eve.to_account_id();
		endow(Asker::Users.account(), PURSE);
		endow(Asker::Attacker.account(), PURSE);
		publish(model_owner, price, 0);
		for index in 0..OPERATORS {
			network.register(index);
		}
		for index in 0..OPERATORS {
			network.report(index);
		}
		assert!(OPERATORS >= operators_for(5), "juries need as many");
		network
	}

	fn register(&self, index: u32) {
		let owner = owner(index);
		endow(owner.clone(), BOND + OPG);
		let worker = sr25519::Pair::from_seed(&[index as u8; 32]);
		let claim = statement(Domain::WorkerKey, System::block_hash(0), &owner);
		assert_ok!(Nodes::register(
			RuntimeOrigin::signed(owner),
			Roles::INFERENCE,
			worker.public().into(),
			worker.sign(&claim).into(),
			BOND,
		));
	}

	/// The node of an operator.
	pub(crate) const fn node(&self, index: u32) -> NodeId {
		self.first_node + index
	}

	/// The operator of a node.
	pub(crate) const fn index(&self, node: NodeId) -> u32 {
		node - self.first_node
	}

	pub(crate) fn now(&self) -> BlockNumber {
		System::block_number()
	}

	/// Begins a block as Alice would author it in a secondary slot.
	fn begin_block_at(&self, number: BlockNumber) {
		let slot = Slot::from(self.first_slot + u64::from(number));
		let epoch = pallet_babe::EpochIndex::<Runtime>::get();
		let vrf_signature =
			self.author.vrf_sign(&make_vrf_sign_data(&Babe::randomness(), slot, epoch));
		let seal = PreDigest::SecondaryVRF(SecondaryVRFPreDigest {
			authority_index: 0,
			slot,
			vrf_signature,
		});
		let digest = Digest { logs: vec![DigestItem::PreRuntime(BABE_ENGINE_ID, seal.encode())] };
		forget_events();
		System::initialize(&number, &Default::default(), &digest);
		AllPalletsWithSystem::on_initialize(number);
		let now = u64::from(slot) * SLOT_DURATION;
		let call = RuntimeCall::Timestamp(pallet_timestamp::Call::set { now });
		assert_ok!(call.dispatch_bypass_filter(RuntimeOrigin::none()));
	}

	/// Ends the block, returns what happened in it, and begins the next, in which the nodes whose
	/// turn it is report.
	pub(crate) fn next_block(&mut self) -> Vec<RuntimeEvent> {
		let number = self.now();
		AllPalletsWithSystem::on_idle(number, MAX_WEIGHT / 4);
		AllPalletsWithSystem::on_finalize(number);
		// What happened as the block began belongs to it as well.
		let news = System::read_events_no_consensus().map(|record| record.event).collect();
		self.begin_block_at(number + 1);
		for index in (0..OPERATORS).filter(|index| (number + index) % HEARTBEAT == 0) {
			self.report(index);
		}
		news
	}

	/// A heartbeat; from jail nothing is heard.
	pub(crate) fn report(&self, index: u32) {
		let node = self.node(index);
		if !self.is_active(index) {
			return;
		}
		let record = pallet_nodes::Nodes::<Runtime>::get(node).expect("active; qed");
		let mut models = vec![USERS_MODEL];
		if self.served_too[index as usize] {
			models.extend((0..self.published).map(|number| OWN_MODEL + number));
		}
		include(RuntimeCall::Nodes(pallet_nodes::Call::heartbeat {
			node,
			number: record.next_heartbeat,
			models: models.try_into().expect("few; qed"),
			signature: no_signature(),
		}));
	}

	/// Publishes `count` models of the attacker's, and has some nodes serve them from now on.
	pub(crate) fn publish(
		&mut self,
		count: u32,
		price: Balance,
		royalty: u32,
		is_served_by: impl Fn(u32) -> bool,
	) {
		(0..count).for_each(|_| publish(Asker::Attacker.account(), price, royalty));
		self.published = count;
		self.served_too = (0..OPERATORS).map(is_served_by).collect();
		(0..OPERATORS).for_each(|index| self.report(index));
	}

	/// Changes the price of the attacker's model.
	pub(crate) fn reprice(&self, price: Balance) {
		let record = pallet_models::Models::<Runtime>::get(OWN_MODEL).expect("published; qed");
		let royalty = record.terms.royalty;
		assert_ok!(Models::update_price(Asker::Attacker.origin(), OWN_MODEL, price, royalty));
	}

	/// Asks; what is asked is the same for all, so the right answer is known. False if too few
	/// operators are left.
	pub(crate) fn ask(
		&mut self,
		by: Asker,
		model: ModelId,
		trust: TrustMode,
		price: Balance,
	) -> bool {
		self.asked += 1;
		let deadline = match trust {
			TrustMode::Attested | TrustMode::Proved => 40,
			TrustMode::Quorum { .. } => 120,
		};
		let asked = Inference::request(
			by.origin(),
			model,
			Input::Inline(tensors(0.0).try_into().expect("short; qed")),
			trust,
			price * Balance::from(trust.nodes()),
			deadline,
			self.asked.to_le_bytes(),
			None,
		);
		let asked = asked.map(|_| ()).map_err(|refusal| refusal.error);
		let too_few = [Error::TooFewOperators, Error::NotServed].map(|error| Err(error.into()));
		assert!(asked.is_ok() || too_few.contains(&asked), "{asked:?}");
		asked.is_ok()
	}

	/// A user has an answer run again; false if that is not possible now.
	pub(crate) fn dispute(&self, request: RequestId) -> bool {
		Inference::dispute(Asker::Users.origin(), request).is_ok()
	}

	pub(crate) fn answer(&self, node: NodeId, answers: Vec<Answer>) {
		include(RuntimeCall::Inference(pallet_inference::Call::answer {
			node,
			number: 0,
			answers: answers.try_into().expect("few; qed"),
			signature: no_signature(),
		}));
	}

	pub(crate) fn commit(&self, node: NodeId, commits: Vec<Commit>) {
		include(RuntimeCall::Panels(pallet_panels::Call::commit {
			node,
			commits: commits.try_into().expect("few; qed"),
			signature: no_signature(),
		}));
	}

	/// Several lists where one would be too long.
	pub(crate) fn reveal(&self, node: NodeId, reveals: &[Reveal]) {
		for reveals in reveals.chunks(64) {
			include(RuntimeCall::Panels(pallet_panels::Call::reveal {
				node,
				reveals: reveals.to_vec().try_into().expect("64; qed"),
				signature: no_signature(),
			}));
		}
	}

	/// Whether an operator's node gets jobs.
	pub(crate) fn is_active(&self, index: u32) -> bool {
		let record = pallet_nodes::Nodes::<Runtime>::get(self.node(index));
		record.is_some_and(|record| record.status == pallet_nodes::Status::Active)
	}

	/// What an operator owns, its bond included.
	pub(crate) fn wealth(&self, index: u32) -> Balance {
		wealth(&owner(index))
	}

	/// Jobs an operator's node could take on now, and could carry at once.
	pub(crate) fn places(&self, index: u32) -> (u32, u32) {
		let record = pallet_nodes::Nodes::<Runtime>::get(self.node(index)).expect("kept; qed");
		let bonded = Nodes::bonded_jobs(&record);
		(record.capacity.free(bonded), record.capacity.limit(bonded))
	}
}

/// As `System::reset_events`, without its search for topics, of which there are none, through
/// everything ever written.
fn forget_events() {
	for item in [&b"Events"[..], b"EventCount"] {
		sp_io::storage::clear(&storage_prefix(b"System", item));
	}
}

/// What an account owns, held or not.
pub(crate) fn wealth(who: &AccountId) -> Balance {
	Balances::balance(who) + Balances::total_balance_on_hold(who)
}

/// What all accounts own.
pub(crate) fn wealth_of_all() -> Balance {
	frame_system::Account::<Runtime>::iter().map(|(who, _)| wealth(&who)).sum()
}

/// Every law of the pallets at work.
pub(crate) fn check_laws() {
	Models::check_laws().expect("models");
	Nodes::check_laws().expect("nodes");
	Inference::check_laws().expect("requests");
	opg_runtime::Panels::check_laws().expect("panels");
}

/// An outcome of one number.
pub(crate) fn output(number: f32) -> Outcome {
	Outcome::Output(tensors(number).try_into().expect("short; qed"))
}

/// How a node hides an outcome.
pub(crate) fn sealed(
	panel: u64,
	draw: Draw,
	node: NodeId,
	salt: &[u8; 32],
	outcome: &Outcome,
) -> Commit {
	let commitment = opg_runtime::Panels::commitment(panel, draw, node, salt, outcome);
	Commit { panel, draw, commitment }
}

fn owner(index: u32) -> AccountId {
	let mut bytes = [100; 32];
	bytes[..4].copy_from_slice(&index.to_le_bytes());
	AccountId::new(bytes)
}

fn endow(who: AccountId, amount: Balance) {
	assert_ok!(Balances::transfer_keep_alive(
		RuntimeOrigin::signed(Bucket::Liquidity.account()),
		who.into(),
		amount,
	));
}

fn publish(owner: AccountId, price: Balance, royalty: u32) {
	assert_ok!(Models::publish(
		RuntimeOrigin::signed(owner),
		pallet_models::Draft {
			name: b"model".to_vec().try_into().expect("short; qed"),
			content: ContentId { codec: ContentCodec::Raw, digest: [1; 32] },
			inputs: vec![port("x")].try_into().expect("one; qed"),
			outputs: vec![port("y")].try_into().expect("one; qed"),
			profile: NumericProfile::Exact,
			price,
			royalty: Permill::from_percent(royalty),
			trust: vec![TrustKind::Attested, TrustKind::Quorum].try_into().expect("two; qed"),
			circuit: None,
		}
	));
}

fn port(name: &str) -> Port {
	Port {
		name: name.as_bytes().to_vec().try_into().expect("short; qed"),
		element: ElementType::Float32,
		shape: vec![Dimension::Fixed(1)].try_into().expect("one axis; qed"),
	}
}

fn tensors(number: f32) -> Vec<u8> {
	let tensor = Tensor::from_f32(&[1], &[number]).expect("one number; qed");
	opg_tensor::encode(&[tensor])
}

/// Signatures are left out: the origin says that they were checked.
fn no_signature() -> WorkerSignature {
	sr25519::Signature::from_raw([0; 64]).into()
}

fn include(call: RuntimeCall) {
	assert_ok!(call.dispatch_bypass_filter(frame_system::RawOrigin::Authorized.into()));
}
