//! The smallest runtime that has feeds: nodes, their bonds and the blocks' authors are stand-ins behind their seams.

use crate::{types::Thresholds, Call, Draft, Event, Observations, Pallet, Rules};
use frame_support::{
	assert_ok, derive_impl,
	pallet_prelude::{TransactionSource, TransactionValidityWithRefund},
	parameter_types,
	traits::{
		fungible::Credit, Authorize, ConstU32, ConstU64, Hooks, Imbalance, OnUnbalanced,
		UnfilteredDispatchable, UnixTime,
	},
	weights::FixedFee,
};
use frame_system::{mocking::MockUncheckedExtrinsic, AuthorizeCall};
use opg_primitives::{
	feed::{
		FeedId, Key, KeyIndex, Observation, Reading, Round, Seat, Seen, Source, Subject, Values,
	},
	node::WorkerId,
	seams::{BlockEntropy, Conduct, Entropy, FeedReader, Observers},
	NodeId,
};
use sp_core::{sr25519, Pair, H256};
use sp_runtime::{BuildStorage, Perbill, Permill};

pub(crate) type Balance = u64;
pub(crate) type Extrinsic = MockUncheckedExtrinsic<Test, (), AuthorizeCall<Test>>;
pub(crate) const OWNER: u64 = 1;
pub(crate) const FRIEND: u64 = 2;
/// Owners of nodes are accounts from here on, by node.
pub(crate) const OWNERS: u64 = 100;
pub(crate) const RICH: Balance = 10_000_000;
pub(crate) const PURSE: Balance = 100_000;
pub(crate) const REWARD: Balance = 10;
pub(crate) const ROUND_FEE: Balance = 7;
pub(crate) const DEPOSIT: Balance = 500;
pub(crate) const KEY_DEPOSIT: Balance = 20;
pub(crate) const PERIOD: u64 = 5;
pub(crate) const TERM: u64 = 50;
pub(crate) const RETRY: u64 = 4;
pub(crate) const MAX_AGE: u64 = 20;
pub(crate) const DEPTH: u32 = 6;
/// The second of block 0.
pub(crate) const NOON: u64 = 1_700_000_000;
pub(crate) const THRESHOLDS: Thresholds = Thresholds {
	rounds: 3,
	poor: Permill::from_percent(10),
	lies: Permill::from_percent(20),
	silence: Permill::from_percent(50),
	lie_fine: Perbill::from_percent(2),
	silence_fine: Perbill::from_percent(1),
	equivocation_fine: Perbill::from_percent(10),
	distance: 250,
};

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
	pub type Told = crate;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlock<Test>;
	type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
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
	/// Whether blocks have an author.
	pub static Authored: bool = true;
	/// The nodes that observe.
	pub static Present: Vec<NodeId> = Vec::new();
	/// How nodes did.
	pub static Conducts: Vec<(NodeId, Conduct)> = Vec::new();
	/// What nodes paid.
	pub static Fines: Vec<(NodeId, Perbill)> = Vec::new();
	/// What went to the chain's upkeep.
	pub static UpkeepPaid: Balance = 0;
	/// From where on conduct costs.
	pub Limits: Thresholds = THRESHOLDS;
}

/// Randomness that follows from the block's number.
pub struct Authors;

impl BlockEntropy for Authors {
	fn current() -> Option<Entropy> {
		let output = sp_io::hashing::blake2_256(&System::block_number().to_le_bytes());
		Authored::get().then_some(Entropy { author: 0, output })
	}

	fn authors() -> u32 {
		4
	}
}

/// As many of those present as there are seats, in their order.
pub struct Bonded;

impl Observers<u64> for Bonded {
	fn draw_observers(_: H256, seats: Seat) -> Vec<(NodeId, WorkerId)> {
		Present::get().into_iter().take(seats.into()).map(|node| (node, worker(node))).collect()
	}

	fn paid_for(node: NodeId) -> Option<u64> {
		Present::get().contains(&node).then_some(OWNERS + u64::from(node))
	}

	fn observer(key: &WorkerId) -> Option<NodeId> {
		Present::get().into_iter().find(|node| worker(*node) == *key)
	}

	fn note_conduct(node: NodeId, conduct: Conduct) {
		Conducts::mutate(|all| all.push((node, conduct)));
	}

	fn fine(node: NodeId, part: Perbill) {
		Fines::mutate(|all| all.push((node, part)));
	}
}

/// A second a block, from [`NOON`] on.
pub struct Clock;

impl UnixTime for Clock {
	fn now() -> core::time::Duration {
		core::time::Duration::from_secs(NOON + System::block_number())
	}
}

/// Counts what goes to upkeep.
pub struct CountUpkeep;

impl OnUnbalanced<Credit<u64, Balances>> for CountUpkeep {
	fn on_nonzero_unbalanced(credit: Credit<u64, Balances>) {
		UpkeepPaid::mutate(|sum| *sum += credit.peek());
	}
}

impl crate::Config for Test {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Observers = Bonded;
	type Entropy = Authors;
	type CuratorOrigin = frame_system::EnsureRoot<u64>;
	type Upkeep = CountUpkeep;
	type WeightToFee = FixedFee<{ ROUND_FEE as u32 }, Balance>;
	type Deposit = ConstU64<DEPOSIT>;
	type KeyDeposit = ConstU64<KEY_DEPOSIT>;
	type MinReward = ConstU64<2>;
	type Thresholds = Limits;
	type TermLength = ConstU64<TERM>;
	type RetryTime = ConstU64<RETRY>;
	type MinPeriod = ConstU64<4>;
	type MaxAge = ConstU64<100>;
	type HistoryDepth = ConstU32<DEPTH>;
	type MaxFeeds = ConstU32<6>;
	type MaxLooks = ConstU32<2>;
	type Time = Clock;
	type SignedAge = ConstU64<60>;
	type WeightInfo = crate::weights::UpperBounds<Test>;
}

pub(crate) fn signed(who: u64) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

/// A node's worker key pair.
pub(crate) fn pair(node: NodeId) -> sr25519::Pair {
	sr25519::Pair::from_string(&format!("//{node}"), None).expect("a valid path")
}

pub(crate) fn worker(node: NodeId) -> WorkerId {
	pair(node).public().into()
}

pub(crate) fn key(name: &str) -> Key {
	let name = name.as_bytes().to_vec().try_into().expect("a short name");
	Key { name, decimals: 2, min: 1, max: 1_000_000 }
}

pub(crate) fn source(url: &str) -> Source {
	let bytes = |text: &str| text.as_bytes().to_vec();
	Source {
		signer: None,
		url: bytes(url).try_into().expect("a short address"),
		path: bytes("/{key}").try_into().expect("a short path"),
	}
}

pub(crate) fn numbers(keys: Vec<Key>) -> Subject {
	Subject::Numbers(keys.try_into().expect("few"))
}

/// Two keys, seats for five nodes, a quorum of three.
pub(crate) fn draft() -> Draft<Balance, u64> {
	Draft {
		name: b"prices".to_vec().try_into().expect("a short name"),
		rules: Rules {
			period: PERIOD,
			heartbeat: 10,
			deviation: 0,
			max_age: MAX_AGE,
			jump: 1_000,
			seats: 5,
			quorum: 3,
			reward: REWARD,
		},
		subject: numbers(vec![key("BTC/USD"), key("ETH/USD")]),
		sources: vec![source("http://127.0.0.1/all")].try_into().expect("one"),
		purse: PURSE,
	}
}

/// A feed of five nodes, with its committee drawn, in the first block of round 1.
pub(crate) fn running() -> FeedId {
	let feed = crate::NextFeed::<Test>::get();
	assert_ok!(Told::create(signed(OWNER), draft()));
	next_round(feed);
	events();
	feed
}

/// What a node saw, signed.
pub(crate) fn observation(
	feed: FeedId,
	round: Round,
	seat: Seat,
	values: &[Option<i64>],
) -> Observation {
	sighting(feed, round, seat, Values::numbers(values.iter().copied()))
}

/// What a node saw, whatever that is, signed.
pub(crate) fn sighting(feed: FeedId, round: Round, seat: Seat, values: Values) -> Observation {
	let version = crate::Feeds::<Test>::get(feed).map_or(0, |record| record.version);
	let seen = Seen { seat, values, evidence: H256::repeat_byte(seat) };
	let claim = seen.sighting(feed, version, round).statement(Pallet::<Test>::genesis());
	let node = crate::Committees::<Test>::get(feed)
		.and_then(|committee| Some(committee.members.get(usize::from(seat))?.node))
		.unwrap_or(NodeId::from(seat));
	Observation { seen, signature: pair(node).sign(&claim).into(), token: None }
}

/// The report of the present round: for each seat what it saw of both keys.
pub(crate) fn report(feed: FeedId, all: &[(Seat, i64, i64)]) -> Call<Test> {
	let round = round(feed);
	let one = |(seat, btc, eth): &(Seat, i64, i64)| {
		observation(feed, round, *seat, &[Some(*btc), Some(*eth)])
	};
	let observations = Observations::truncate_from(all.iter().map(one).collect());
	Call::report { feed, round, observations }
}

pub(crate) fn authorize(call: &Call<Test>) -> TransactionValidityWithRefund {
	call.authorize(TransactionSource::External).expect("reports are authorised")
}

/// Reports as the pool and a block would.
pub(crate) fn post(call: Call<Test>) {
	assert_ok!(authorize(&call));
	assert_ok!(call.dispatch_bypass_filter(frame_system::RawOrigin::Authorized.into()));
}

/// All five seats see the same.
pub(crate) fn report_all(feed: FeedId, btc: i64, eth: i64) {
	post(report(feed, &[0, 1, 2, 3, 4].map(|seat| (seat, btc, eth))));
}

pub(crate) fn round(feed: FeedId) -> Round {
	crate::Feeds::<Test>::get(feed).expect("a feed").round_of(System::block_number())
}

pub(crate) fn read(feed: FeedId, key: KeyIndex) -> Reading<u64> {
	<Told as FeedReader<u64>>::read(feed, key).expect("a key")
}

/// Goes on to the block `number`, with every hook between.
pub(crate) fn go_to(number: u64) {
	while System::block_number() < number {
		let next = System::block_number() + 1;
		System::set_block_number(next);
		Told::on_initialize(next);
	}
}

/// Goes on to the first block of a feed's next round.
pub(crate) fn next_round(feed: FeedId) {
	let record = crate::Feeds::<Test>::get(feed).expect("a feed");
	go_to(record.start_of(round(feed) + 1));
}

/// Goes on to the first block after a feed's term.
pub(crate) fn end_term(feed: FeedId) {
	let committee = crate::Committees::<Test>::get(feed).expect("a committee");
	go_to(committee.ends);
}

/// A fresh chain.
pub(crate) fn externalities() -> sp_io::TestExternalities {
	Authored::set(true);
	Present::set((0..5).collect());
	Conducts::set(Vec::new());
	Fines::set(Vec::new());
	UpkeepPaid::set(0);
	let mut storage =
		frame_system::GenesisConfig::<Test>::default().build_storage().expect("a genesis");
	let accounts = [OWNER, FRIEND].into_iter().chain(OWNERS..OWNERS + 5);
	pallet_balances::GenesisConfig::<Test> {
		balances: accounts.map(|who| (who, RICH)).collect(),
		..Default::default()
	}
	.assimilate_storage(&mut storage)
	.expect("balances");
	let mut externalities: sp_io::TestExternalities = storage.into();
	externalities.execute_with(|| System::set_block_number(1));
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
			RuntimeEvent::Told(event) => Some(event),
			_ => None,
		})
		.collect();
	System::reset_events();
	events
}
