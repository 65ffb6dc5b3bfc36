//! The smallest runtime that has workflows: feeds, models and requests are stand-ins behind their seams.

use crate::{Draft, Event, OnStale, Pallet, Source};
use frame_support::{
	assert_ok, derive_impl, parameter_types,
	traits::{fungible::Mutate, tokens::Preservation, ConstU32, ConstU64, Hooks},
	weights::Weight,
	PalletId,
};
use opg_primitives::{
	feed::{FeedId, KeyIndex, Reading},
	model::{ModelSpec, Port},
	seams::{
		Ask, FeedReader, ModelCatalogue, ModelRefusal, ModelTerms, RequestDesk, RequestStanding,
	},
	ContentCodec, ContentId, Input, ModelId, Outcome, RequestId, TrustKind, TrustMode,
};
use opg_tensor::{decode, Dimension, ElementType, NumericProfile, Tensor};
use sp_runtime::{BuildStorage, DispatchError};
use std::collections::BTreeMap;

pub(crate) type Balance = u64;
pub(crate) const OWNER: u64 = 1;
pub(crate) const OTHER: u64 = 2;
/// Whom answers pay.
pub(crate) const NODES: u64 = 3;
pub(crate) const RICH: Balance = 1_000_000;
pub(crate) const PURSE: Balance = 10_000;
pub(crate) const DEPOSIT: Balance = 300;
pub(crate) const FEE: Balance = 40;
pub(crate) const EVERY: u64 = 20;
/// A feed that tells bytes.
pub(crate) const OF_BYTES: FeedId = 4;

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
	pub type Flows = crate;
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

parameter_types! {
	/// What feeds tell.
	pub static Told: BTreeMap<(FeedId, KeyIndex), Reading<u64>> = BTreeMap::new();
	/// What feeds have told, oldest first.
	pub static Earlier: Vec<((FeedId, KeyIndex), i64, u64)> = Vec::new();
	/// Feeds that governance vouches for.
	pub static Vouched: Vec<FeedId> = Vec::new();
	/// What was asked, and by whom.
	pub static Asked: Vec<(u64, Ask<Balance>)> = Vec::new();
	/// How requests stand; those not named are open.
	pub static Standings: BTreeMap<RequestId, RequestStanding> = BTreeMap::new();
	/// Whether model 0 is gone.
	pub static Gone: bool = false;
	/// What model 0 takes.
	pub static Element: ElementType = ElementType::Float32;
	/// Results kept of each workflow.
	pub static Depth: u32 = 4;
	pub const Purses: PalletId = PalletId(*b"test/wfl");
	pub AskWeight: Weight = Weight::from_parts(1_000_000, 0);
}

/// The feeds.
pub struct Tellers;

impl FeedReader<u64> for Tellers {
	fn read(feed: FeedId, key: KeyIndex) -> Option<Reading<u64>> {
		Told::get().get(&(feed, key)).cloned()
	}

	fn earlier(feed: FeedId, key: KeyIndex, before: u64, count: u8) -> Vec<(i64, u64)> {
		let all = Earlier::get();
		let of_key = all.iter().filter(|(source, _, at)| *source == (feed, key) && *at < before);
		of_key.rev().take(count.into()).map(|(_, value, at)| (*value, *at)).collect()
	}

	fn tells_numbers(feed: FeedId) -> bool {
		feed != OF_BYTES
	}

	fn is_curated(feed: FeedId) -> bool {
		Vouched::get().contains(&feed)
	}

	fn is_signed(feed: FeedId) -> bool {
		feed == 1
	}
}

/// One model, of two numbers.
pub struct Catalogue;

impl ModelCatalogue<u64, Balance> for Catalogue {
	fn terms(_: ModelId, _: TrustKind) -> Result<ModelTerms<u64, Balance>, ModelRefusal> {
		Err(ModelRefusal::Unknown)
	}

	fn spec(model: ModelId) -> Option<ModelSpec> {
		let port = Port {
			name: b"x".to_vec().try_into().expect("short"),
			element: Element::get(),
			shape: vec![Dimension::Any, Dimension::Fixed(2)].try_into().expect("two axes"),
		};
		(model == 0 && !Gone::get()).then(|| ModelSpec {
			id: model,
			content: ContentId { codec: ContentCodec::Raw, digest: [0; 32] },
			inputs: vec![port].try_into().expect("one"),
			outputs: Default::default(),
			profile: NumericProfile::Exact,
			circuit: None,
		})
	}

	fn is_active(model: ModelId) -> bool {
		model == 0 && !Gone::get()
	}

	fn note_wait(_: ModelId) {}

	fn next() -> ModelId {
		1
	}

	fn answer_time(_: ModelId) -> u32 {
		0
	}

	fn note_answer_time(_: ModelId, _: u32) {}
}

/// Takes requests and their fee.
pub struct Desk;

impl RequestDesk<u64, Balance> for Desk {
	fn ask(who: &u64, ask: Ask<Balance>) -> Result<RequestId, DispatchError> {
		Balances::transfer(who, &NODES, ask.max_fee, Preservation::Preserve)?;
		let request = Asked::get().len() as RequestId;
		Asked::mutate(|all| all.push((*who, ask)));
		Ok(request)
	}

	fn standing(request: RequestId) -> RequestStanding {
		Standings::get().get(&request).cloned().unwrap_or(RequestStanding::Open)
	}
}

impl crate::Config for Test {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Models = Catalogue;
	type Feeds = Tellers;
	type Desk = Desk;
	type AskWeight = AskWeight;
	type PalletId = Purses;
	type Deposit = ConstU64<DEPOSIT>;
	type MinEvery = ConstU64<10>;
	type LookTime = ConstU64<3>;
	type HistoryDepth = Depth;
	type MaxWorkflows = ConstU32<4>;
	type MaxLooks = ConstU32<2>;
	type WeightInfo = crate::weights::UpperBounds<Test>;
}

pub(crate) fn signed(who: u64) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

/// Two keys of feed 0 into model 0.
pub(crate) fn draft() -> Draft<Balance, u64> {
	let source = |key| Source { feed: 0, key, count: 1 };
	Draft {
		name: b"risk".to_vec().try_into().expect("short"),
		model: 0,
		inputs: vec![source(0), source(1)].try_into().expect("two"),
		trust: TrustMode::Attested,
		max_fee: FEE,
		deadline: 12,
		every: EVERY,
		on_stale: OnStale::Skip,
		purse: PURSE,
	}
}

/// Makes a workflow.
pub(crate) fn create(draft: Draft<Balance, u64>) -> u32 {
	let workflow = crate::NextWorkflow::<Test>::get();
	assert_ok!(Flows::create(signed(OWNER), draft));
	workflow
}

/// What a key is told to be from now on.
pub(crate) fn tell(key: KeyIndex, value: i64) {
	let at = System::block_number();
	let fresh = Reading::Fresh { value, decimals: 2, at, spread: 0 };
	Told::mutate(|all| all.insert((0, key), fresh));
	Earlier::mutate(|all| all.push(((0, key), value, at)));
}

pub(crate) fn tell_bytes() {
	let value = b"Ada".to_vec().try_into().expect("short");
	let fresh = Reading::FreshBytes { value, at: System::block_number() };
	Told::mutate(|all| all.insert((OF_BYTES, 0), fresh));
}

pub(crate) fn tell_stale(key: KeyIndex) {
	Told::mutate(|all| all.insert((0, key), Reading::Stale { since: Some(1) }));
}

/// What the last request asked, as numbers.
pub(crate) fn fed() -> Vec<f32> {
	let (_, ask) = Asked::get().pop().expect("something was asked");
	let Input::Inline(bytes) = ask.input else { panic!("not inline") };
	let tensors = decode(&bytes, 10_000).expect("tensors");
	assert_eq!(tensors[0].shape, [1, 2]);
	tensors[0].as_f32().expect("floats")
}

/// Answers a request.
pub(crate) fn settle(request: RequestId) -> Outcome {
	let tensor = Tensor::from_f32(&[1], &[request as f32]).expect("one");
	let outcome = Outcome::Output(opg_tensor::encode(&[tensor]).try_into().expect("short"));
	let standing = RequestStanding::Settled(outcome.clone());
	Standings::mutate(|all| all.insert(request, standing));
	outcome
}

/// Goes on to the block `number`, with every hook between.
pub(crate) fn go_to(number: u64) {
	while System::block_number() < number {
		let next = System::block_number() + 1;
		System::set_block_number(next);
		Flows::on_initialize(next);
	}
}

/// Runs `test` on a fresh chain and checks the laws after it.
pub(crate) fn build_and_execute(test: impl FnOnce()) {
	Told::set(BTreeMap::new());
	Earlier::set(Vec::new());
	Vouched::set(vec![0]);
	Asked::set(Vec::new());
	Standings::set(BTreeMap::new());
	Gone::set(false);
	Depth::set(4);
	Element::set(ElementType::Float32);
	let mut storage =
		frame_system::GenesisConfig::<Test>::default().build_storage().expect("a genesis");
	pallet_balances::GenesisConfig::<Test> {
		balances: [OWNER, OTHER, NODES].map(|who| (who, RICH)).to_vec(),
		..Default::default()
	}
	.assimilate_storage(&mut storage)
	.expect("balances");
	let mut externalities: sp_io::TestExternalities = storage.into();
	externalities.execute_with(|| {
		System::set_block_number(1);
		tell(0, 6_412_350);
		tell(1, -50);
		test();
		Pallet::<Test>::check_laws().expect("the laws hold");
	});
}

/// This pallet's events since the last call.
pub(crate) fn events() -> Vec<Event<Test>> {
	let events = System::events()
		.into_iter()
		.filter_map(|record| match record.event {
			RuntimeEvent::Flows(event) => Some(event),
			_ => None,
		})
		.collect();
	System::reset_events();
	events
}
