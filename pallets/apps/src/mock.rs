//! The smallest runtime with apps: models, epochs and the split of fees are stand-ins behind their seams.

use crate::{Access, BalanceOf, Event, Offer, Pallet, Pass, Promise, Standing, Standings, Terms};
use frame_support::{
	assert_ok, derive_impl, parameter_types,
	traits::{
		fungible::{Balanced, Credit},
		ConstU128, ConstU32, ConstU64, Imbalance, OnUnbalanced,
	},
	PalletId,
};
use opg_primitives::{
	seams::{AppDesk, FeeSplitter, ModelCatalogue, ModelRefusal, ModelTerms, Payees},
	AppId, AppUse, ModelId, ModelSpec, TrustKind, TrustMode,
};
use sp_runtime::{traits::IdentityLookup, AccountId32, BuildStorage, DispatchError};

pub(crate) type Balance = u128;
pub(crate) const OWNER: AccountId32 = AccountId32::new([1; 32]);
pub(crate) const ALICE: AccountId32 = AccountId32::new([2; 32]);
pub(crate) const BOB: AccountId32 = AccountId32::new([3; 32]);
pub(crate) const TREASURY: AccountId32 = AccountId32::new([8; 32]);
/// Has no account until somebody pays it.
pub(crate) const NOBODY: AccountId32 = AccountId32::new([99; 32]);
pub(crate) const FUNDS: Balance = 1_000_000;
pub(crate) const EXISTENTIAL_DEPOSIT: Balance = 10;
pub(crate) const DEPOSIT: Balance = 1_000;
pub(crate) const RECORD_FEE: Balance = 20;
pub(crate) const MIN_PRICE: Balance = 100;
pub(crate) const MAX_EPOCHS: u32 = 10;
pub(crate) const DELAY: u64 = 5;
/// What a request costs at most.
pub(crate) const COST: Balance = 1_000;

/// A model there is; from 2 on there is none.
pub(crate) const MODEL: ModelId = 0;

pub(crate) const TERMS: Terms = Terms { epochs: 2, quota: 3, is_transferable: true };
pub(crate) const OFFER: Offer<Balance> = Offer { price: 5_000, terms: TERMS };

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
	pub type Apps = crate;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlock<Test>;
	type AccountId = AccountId32;
	type Lookup = IdentityLookup<AccountId32>;
	type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
	type Balance = Balance;
	type ExistentialDeposit = ConstU128<EXISTENTIAL_DEPOSIT>;
}

parameter_types! {
	/// The epoch that runs.
	pub static Epoch: u32 = 0;
	/// What was paid for records.
	pub static RecordFeesPaid: Balance = 0;
	pub const PurseId: PalletId = PalletId(*b"opg/apps");
}

/// A twentieth burns, a quarter goes to the treasury, the rest to whom the node would belong.
pub struct Splitter;

impl FeeSplitter<AccountId32, Credit<AccountId32, Balances>> for Splitter {
	type Settlement = Vec<(AccountId32, Credit<AccountId32, Balances>)>;
	type Balance = Balance;

	fn add(
		settlement: &mut Self::Settlement,
		fee: Credit<AccountId32, Balances>,
		payees: &Payees<AccountId32>,
	) -> Balance {
		let whole = fee.peek();
		let (burnt, rest) = fee.split(whole / 20);
		let (share, rest) = rest.split(whole / 4);
		settlement.extend([(TREASURY, share), (payees.node.clone(), rest)]);
		burnt.peek()
	}

	fn burn(_: &mut Self::Settlement, _: Credit<AccountId32, Balances>) {
		unreachable!("passes have no surplus")
	}

	fn pay(settlement: Self::Settlement) {
		for (account, credit) in settlement {
			Balances::resolve(&account, credit).expect("every payee has an account");
		}
	}
}

/// Two models.
pub struct Catalogue;

impl ModelCatalogue<AccountId32, Balance> for Catalogue {
	fn terms(_: ModelId, _: TrustKind) -> Result<ModelTerms<AccountId32, Balance>, ModelRefusal> {
		unreachable!("apps do not ask for terms")
	}

	fn spec(_: ModelId) -> Option<ModelSpec> {
		unreachable!("apps do not run models")
	}

	fn is_active(model: ModelId) -> bool {
		model < 2
	}

	fn answer_time(_: ModelId) -> u32 {
		unreachable!("apps do not wait")
	}

	fn note_answer_time(_: ModelId, _: u32) {
		unreachable!("apps do not answer")
	}

	fn note_wait(_: ModelId) {
		unreachable!("nobody waits here")
	}

	fn next() -> ModelId {
		2
	}
}

/// Adds up what it receives and burns it.
pub struct CountRecordFees;

impl OnUnbalanced<Credit<AccountId32, Balances>> for CountRecordFees {
	fn on_nonzero_unbalanced(credit: Credit<AccountId32, Balances>) {
		RecordFeesPaid::mutate(|sum| *sum += credit.peek());
	}
}

impl crate::Config for Test {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Fees = Splitter;
	type Models = Catalogue;
	type Epoch = Epoch;
	type RecordFees = CountRecordFees;
	type RecordFee = ConstU128<RECORD_FEE>;
	type Deposit = ConstU128<DEPOSIT>;
	type MinPrice = ConstU128<MIN_PRICE>;
	type MaxEpochs = ConstU32<MAX_EPOCHS>;
	type RetirementDelay = ConstU64<DELAY>;
	type PurseId = PurseId;
	type WeightInfo = crate::weights::UpperBounds<Test>;
}

pub(crate) fn by(who: &AccountId32) -> RuntimeOrigin {
	RuntimeOrigin::signed(who.clone())
}

pub(crate) fn name(text: &str) -> frame_support::BoundedVec<u8, crate::MaxName> {
	text.as_bytes().to_vec().try_into().expect("a short name")
}

/// Registers an app of the owner that sells [`OFFER`].
pub(crate) fn app() -> AppId {
	let app = crate::NextApp::<Test>::get();
	assert_ok!(Apps::register(by(&OWNER), name("chat")));
	assert_ok!(Apps::set_offers(by(&OWNER), app, vec![OFFER].try_into().expect("one")));
	app
}

/// What an app pays for if it pays for the model.
pub(crate) fn promise(cap: Balance) -> Promise<BalanceOf<Test>> {
	Promise {
		models: vec![MODEL].try_into().expect("one"),
		nodes: Default::default(),
		cap,
		covers_passes: true,
	}
}

/// An app that pays up to `cap` in an epoch, with ten requests' worth in its purse.
pub(crate) fn sponsor(cap: Balance) -> AppId {
	let app = app();
	fill(app, 10 * COST);
	assert_ok!(Apps::sponsor(by(&OWNER), app, Some(promise(cap))));
	app
}

/// Sends to an app's purse, beside what it exists by.
pub(crate) fn fill(app: AppId, amount: Balance) {
	let amount = amount + EXISTENTIAL_DEPOSIT;
	assert_ok!(Balances::transfer_keep_alive(by(&TREASURY), Apps::purse(app), amount));
}

pub(crate) fn through(app: AppId, access: Access) -> AppUse {
	AppUse { app, access }
}

/// Asks to be let in as the desk of requests would, for a call that fails if this does.
pub(crate) fn admit(
	app: AppId,
	access: Access,
	who: &AccountId32,
) -> Result<Option<AccountId32>, DispatchError> {
	frame_support::storage::with_storage_layer(|| {
		Apps::admit(through(app, access), who, MODEL, TrustMode::Attested, COST)
	})
}

pub(crate) fn pass_of(app: AppId, who: &AccountId32) -> Option<Pass> {
	standing(app, who).pass
}

pub(crate) fn credit_left(app: AppId, who: &AccountId32) -> Balance {
	standing(app, who).credit.map_or(0, |credit| credit.left)
}

fn standing(app: AppId, who: &AccountId32) -> Standing<Balance> {
	Standings::<Test>::get(app, who).unwrap_or_default()
}

pub(crate) fn balance(who: &AccountId32) -> Balance {
	Balances::free_balance(who)
}

/// A fresh chain.
pub(crate) fn externalities() -> sp_io::TestExternalities {
	// Tests that share a thread share these.
	Epoch::set(0);
	RecordFeesPaid::set(0);
	let mut storage =
		frame_system::GenesisConfig::<Test>::default().build_storage().expect("a genesis");
	pallet_balances::GenesisConfig::<Test> {
		balances: [OWNER, ALICE, BOB, TREASURY].map(|who| (who, FUNDS)).to_vec(),
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
			RuntimeEvent::Apps(event) => Some(event),
			_ => None,
		})
		.collect();
	System::reset_events();
	events
}
