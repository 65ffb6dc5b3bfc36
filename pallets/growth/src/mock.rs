//! The smallest runtime with growth: the purse and the record of use are stand-ins behind their seams.

use crate::{Balance, EpochIndex, Event, Milestones, Pallet, Terms};
use frame_support::{
	derive_impl, parameter_types,
	traits::{ConstU64, SortedMembers},
};
use frame_system::{EnsureRoot, EnsureSignedBy};
use opg_primitives::seams::{GrowthPurse, Returned, Subject, UseRecord};
use sp_runtime::{BuildStorage, DispatchError, Permill};
use std::collections::BTreeMap;

pub(crate) const ALICE: u64 = 1;
pub(crate) const BOB: u64 = 2;
pub(crate) const GOVERNANCE: u64 = 9;
pub(crate) const DELAY: u64 = 20;
/// What may be given back, and granted, in an epoch.
pub(crate) const MOST: Balance = 1_000;
pub(crate) const MODEL: Subject = Subject::Model(0);

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
	pub type Growth = crate;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlock<Test>;
}

parameter_types! {
	/// The epoch that runs.
	pub static Epoch: EpochIndex = 0;
	/// What is in the purse.
	pub static InPurse: Balance = 0;
	/// What was paid to whom.
	pub static Paid: Vec<(u64, Balance)> = Vec::new();
	/// What those who came back had paid, and what of it burnt.
	pub static Came: BTreeMap<u64, (Balance, Balance)> = BTreeMap::new();
	/// What models and apps burnt in which epoch.
	pub static Burnt: Vec<(Subject, EpochIndex, Balance)> = Vec::new();
	pub const InitialTerms: Terms = TERMS;
	pub const MaxOfFees: Permill = Permill::from_percent(3);
}

pub(crate) const TERMS: Terms = Terms {
	of_fees: Permill::from_percent(3),
	of_burn: Permill::from_percent(60),
	rebates: MOST,
	grants: MOST,
};

/// Who decides in tests.
pub struct Governance;

impl SortedMembers<u64> for Governance {
	fn sorted_members() -> Vec<u64> {
		vec![GOVERNANCE]
	}
}

/// Pays from [`InPurse`].
pub struct Purse;

impl GrowthPurse<u64, Balance> for Purse {
	fn holds() -> Balance {
		InPurse::get()
	}

	fn pay(who: &u64, amount: Balance) -> Result<(), DispatchError> {
		InPurse::mutate(|purse| *purse -= amount);
		Paid::mutate(|all| all.push((*who, amount)));
		Ok(())
	}
}

/// Knows what tests say.
pub struct Record;

impl UseRecord<u64, Balance> for Record {
	fn epoch() -> EpochIndex {
		Epoch::get()
	}

	fn returned(who: &u64) -> Returned<Balance> {
		let (fees, burnt) = Came::get().get(who).copied().unwrap_or_default();
		Returned { fees, burnt }
	}

	fn take_returned(who: &u64) -> Returned<Balance> {
		let returned = Self::returned(who);
		Came::mutate(|came| came.remove(who));
		returned
	}

	fn exists(subject: Subject) -> bool {
		subject == MODEL
	}

	fn burnt(subject: Subject, from: EpochIndex, to: EpochIndex) -> Balance {
		let burnt = Burnt::get();
		let of = |(of, epoch, _): &&(Subject, EpochIndex, Balance)| {
			*of == subject && (from..to).contains(epoch)
		};
		burnt.iter().filter(of).map(|(_, _, burnt)| burnt).sum()
	}
}

impl crate::Config for Test {
	type Purse = Purse;
	type Record = Record;
	type GovernanceOrigin = EnsureSignedBy<Governance, u64>;
	type RootOrigin = EnsureRoot<u64>;
	type Delay = ConstU64<DELAY>;
	type InitialTerms = InitialTerms;
	type MaxOfFees = MaxOfFees;
	type WeightInfo = crate::weights::UpperBounds<Test>;
}

pub(crate) fn governance() -> RuntimeOrigin {
	RuntimeOrigin::signed(GOVERNANCE)
}

pub(crate) fn milestones(parts: &[Balance]) -> Milestones {
	parts.to_vec().try_into().expect("a few")
}

/// `who` paid so much in epochs in which it had come back, of which a twentieth burnt.
pub(crate) fn came_back(who: u64, fees: Balance) {
	Came::mutate(|came| came.insert(who, (fees, fees / 20)));
}

/// The model burns in the epoch that runs.
pub(crate) fn burn(amount: Balance) {
	Burnt::mutate(|all| all.push((MODEL, Epoch::get(), amount)));
}

pub(crate) fn next_epoch() {
	Epoch::mutate(|epoch| *epoch += 1);
}

/// Runs `test` on a fresh chain with plenty in the purse and checks the laws after it.
pub(crate) fn build_and_execute(test: impl FnOnce()) {
	let storage =
		frame_system::GenesisConfig::<Test>::default().build_storage().expect("a genesis");
	let mut externalities: sp_io::TestExternalities = storage.into();
	externalities.execute_with(|| {
		Epoch::set(0);
		InPurse::set(1_000_000);
		Paid::take();
		Came::take();
		Burnt::take();
		System::set_block_number(1);
		test();
		Pallet::<Test>::check_laws().expect("the laws hold");
	});
}

/// This pallet's events since the last call.
pub(crate) fn events() -> Vec<Event<Test>> {
	let events = System::events()
		.into_iter()
		.filter_map(|record| match record.event {
			RuntimeEvent::Growth(event) => Some(event),
			_ => None,
		})
		.collect();
	System::reset_events();
	events
}
