//! Who tries to earn by using the network alone: one party that asks its own model on its own node, and takes whatever growth pays.

use crate::{
	blocks,
	network::{endow, grant, publish, register, PRICE},
};
use frame_support::assert_ok;
use opg_primitives::{ModelId, NodeId};
use opg_runtime::{constants::currency::OPG, AccountId, Balance, Growth, Runtime, RuntimeOrigin};
use sp_core::{sr25519, Pair};
use sp_keyring::Sr25519Keyring::Charlie;

/// The party's model.
const MODEL: ModelId = 1;
/// What its node bonds.
const BOND: Balance = 10_000 * OPG;
/// What it has to spend.
const PURSE: Balance = 2_000 * OPG;
/// Requests it makes each week.
const REQUESTS: usize = 10;

/// The party.
pub(crate) struct Washer {
	node: NodeId,
	grant: Option<u32>,
}

impl Washer {
	/// Its node gets number `node`, its model the next number after the people's.
	pub(crate) fn found(node: NodeId) -> Self {
		endow(Charlie, &owner(), BOND + OPG);
		endow(Charlie, &asker(), PURSE);
		publish(owner());
		register(&owner(), sr25519::Pair::from_seed(&[251; 32]), BOND);
		assert_eq!(pallet_nodes::NextNode::<Runtime>::get(), node + 1);
		assert!(pallet_models::Models::<Runtime>::contains_key(MODEL));
		assert!(PURSE > 110 * PRICE * REQUESTS as Balance, "it can go on for two years");
		Self { node, grant: None }
	}

	/// Its accounts. A node never serves its own owner, so it asks from another.
	pub(crate) fn accounts(&self) -> [AccountId; 2] {
		[owner(), asker()]
	}

	/// What its node serves.
	pub(crate) const fn serves(&self) -> (NodeId, ModelId) {
		(self.node, MODEL)
	}

	/// What it asks in a week.
	pub(crate) fn asks(&self) -> impl Iterator<Item = (AccountId, ModelId)> {
		(0..REQUESTS).map(|_| (asker(), MODEL))
	}

	/// Claims its rebates, and everything a governance grants it that looks at nothing but burn.
	pub(crate) fn take_what_there_is(&mut self) {
		if Growth::claimable(asker()) > 0 {
			let call = pallet_growth::Call::claim { who: asker() };
			assert_ok!(blocks::send(&asker(), call.into()).expect("paid for"));
		}
		let number = *self.grant.get_or_insert_with(|| grant(owner(), MODEL));
		while Growth::release(RuntimeOrigin::root(), number).is_ok() {}
		if !pallet_growth::Grants::<Runtime>::contains_key(number) {
			self.grant = None;
		}
	}
}

fn owner() -> AccountId {
	AccountId::new([251; 32])
}

fn asker() -> AccountId {
	AccountId::new([252; 32])
}
