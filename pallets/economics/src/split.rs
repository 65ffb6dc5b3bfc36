//! How a fee is split and paid.

use crate::{Balance, Config, CreditOf, CurrentShares, Event, Pallet, Pot, Shares};
use alloc::collections::BTreeMap;
use frame_support::traits::{fungible::Balanced, Imbalance};
use opg_primitives::{
	seams::{FeeSplitter, FileUse, Payees},
	ModelId,
};
use sp_runtime::Permill;

/// What a batch of fees pays and burns.
#[derive(frame_support::DefaultNoBound)]
pub struct Batch<T: Config> {
	/// Read when the first fee is added.
	shares: Option<Shares>,
	named: BTreeMap<T::AccountId, CreditOf<T>>,
	pots: BTreeMap<Pot, CreditOf<T>>,
	/// What of the storage pot's part is for those who keep the files of these models.
	used: BTreeMap<ModelId, Balance>,
	burnt: CreditOf<T>,
}

impl<T: Config> Batch<T> {
	fn owe(&mut self, account: &T::AccountId, credit: CreditOf<T>) {
		if credit.peek() > 0 {
			self.named.entry(account.clone()).or_default().subsume(credit);
		}
	}

	fn owe_pot(&mut self, pot: Pot, credit: CreditOf<T>) {
		if credit.peek() > 0 {
			self.pots.entry(pot).or_default().subsume(credit);
		}
	}
}

impl<T: Config> FeeSplitter<T::AccountId, CreditOf<T>> for Pallet<T> {
	type Settlement = Batch<T>;
	type Balance = Balance;

	fn add(batch: &mut Batch<T>, fee: CreditOf<T>, payees: &Payees<T::AccountId>) -> Balance {
		let shares = *batch.shares.get_or_insert_with(CurrentShares::<T>::get);
		let whole: Balance = fee.peek();
		let part = |share: Permill| share.mul_floor(whole);
		let (burnt, mut rest) = fee.split(part(shares.burn));
		let burns = burnt.peek();
		batch.burnt.subsume(burnt);
		let pots = [
			(Pot::Checks, shares.checks),
			(Pot::Validators, shares.validators),
			(Pot::Storage, shares.storage),
			(Pot::Treasury, shares.treasury),
			(Pot::Growth, shares.growth),
		];
		for (pot, share) in pots {
			let credit = rest.extract(part(share));
			if let (Pot::Storage, Some(model), 1..) = (pot, payees.model, credit.peek()) {
				let sum = batch.used.entry(model).or_default();
				*sum = sum.saturating_add(credit.peek());
			}
			batch.owe_pot(pot, credit);
		}
		let mut owners = rest.extract(part(shares.model_owner));
		owners.subsume(rest.extract(payees.royalty.mul_floor(part(shares.node))));
		batch.owe(&payees.model_owner, owners);
		batch.owe(&payees.node, rest);
		burns
	}

	fn burn(batch: &mut Batch<T>, surplus: CreditOf<T>) {
		batch.burnt.subsume(surplus);
	}

	fn pay(batch: Batch<T>) {
		let Batch { named, mut pots, used, burnt, .. } = batch;
		for (account, credit) in named {
			if let Err(unpaid) = T::Currency::resolve(&account, credit) {
				pots.entry(Pot::Treasury).or_default().subsume(unpaid);
			}
		}
		for (pot, credit) in pots {
			Self::credit(pot, credit);
		}
		for (model, share) in used {
			T::Files::used(model, share);
		}
		let amount = burnt.peek();
		if amount > 0 {
			drop(burnt);
			Self::deposit_event(Event::FeesBurnt { amount });
		}
	}
}

impl<T: Config> Pallet<T> {
	/// Pays into a pot; what even the treasury could not take would burn.
	pub fn credit(pot: Pot, credit: CreditOf<T>) {
		if let Err(credit) = T::Currency::resolve(&pot.account().into(), credit) {
			drop(T::Currency::resolve(&Pot::Treasury.account().into(), credit));
		}
	}
}
