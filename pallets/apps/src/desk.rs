//! Where requests made through apps are let in, and give back what they did not use.

use crate::{
	Access, BalanceOf, Config, EpochIndex, Error, Pallet, Sponsorship, Sponsorships, Standing,
	Standings,
};
use alloc::vec::Vec;
use frame_support::{ensure, traits::Get};
use opg_primitives::{seams::AppDesk, AppId, AppUse, ModelId, NodeId, TrustMode};
use sp_runtime::{
	traits::{Saturating, Zero},
	DispatchError, DispatchResult,
};

/// What a request asks of an app.
struct Wish<Balance> {
	model: ModelId,
	trust: TrustMode,
	cost: Balance,
	has_pass: bool,
}

impl<T: Config> AppDesk<T::AccountId, BalanceOf<T>> for Pallet<T> {
	fn admit(
		through: AppUse,
		who: &T::AccountId,
		model: ModelId,
		trust: TrustMode,
		cost: BalanceOf<T>,
	) -> Result<Option<T::AccountId>, DispatchError> {
		let AppUse { app, access } = through;
		Self::known(app)?;
		if access == Access::Named {
			return Ok(None);
		}
		let now = T::Epoch::get();
		let mut standing = Standings::<T>::get(app, who).unwrap_or_default();
		if access.uses_pass() {
			Self::use_pass(&mut standing, now)?;
		} else {
			Self::use_credit(&mut standing, now, cost)?;
		}
		Standings::<T>::insert(app, who, standing);
		if !access.is_sponsored() {
			return Ok(None);
		}
		Self::spend(app, now, &Wish { model, trust, cost, has_pass: access.uses_pass() })?;
		Ok(Some(Self::purse(app)))
	}

	fn nodes(through: AppUse) -> Vec<NodeId> {
		if !through.access.is_sponsored() {
			return Vec::new();
		}
		let promise = Sponsorships::<T>::get(through.app).map(|sponsorship| sponsorship.promise);
		promise.map_or_else(Vec::new, |promise| promise.nodes.into_inner())
	}

	fn ended(through: AppUse, who: &T::AccountId, unspent: BalanceOf<T>, is_pass_given_back: bool) {
		let AppUse { app, access } = through;
		let gives_pass = access.uses_pass() && is_pass_given_back;
		let unused = if access == Access::Credit { unspent } else { Zero::zero() };
		if gives_pass || !unused.is_zero() {
			Self::give_back(app, who, gives_pass, unused);
		}
		if access.is_sponsored() && !unspent.is_zero() {
			let now = T::Epoch::get();
			Sponsorships::<T>::mutate_extant(app, |sponsorship| {
				if sponsorship.epoch == now {
					sponsorship.spent = sponsorship.spent.saturating_sub(unspent);
				}
			});
		}
	}
}

impl<T: Config> Pallet<T> {
	/// The pass and the credit of an account that hold now.
	pub fn access(app: AppId, who: &T::AccountId) -> Option<Standing<BalanceOf<T>>> {
		Standings::<T>::get(app, who)?.in_epoch(T::Epoch::get())
	}

	/// Gives back what a request did not use, if there still is something to add it to.
	fn give_back(app: AppId, who: &T::AccountId, gives_pass: bool, unused: BalanceOf<T>) {
		let Some(mut standing) = Standings::<T>::get(app, who) else { return };
		if let (true, Some(pass)) = (gives_pass, &mut standing.pass) {
			pass.left = pass.left.saturating_add(1);
		}
		if let Some(credit) = &mut standing.credit {
			credit.left = credit.left.saturating_add(unused);
		}
		Standings::<T>::insert(app, who, standing);
	}

	fn use_pass(standing: &mut Standing<BalanceOf<T>>, now: EpochIndex) -> DispatchResult {
		let pass = standing.pass.as_mut().ok_or(Error::<T>::NoPass)?;
		ensure!(pass.holds(now), Error::<T>::PassExpired);
		pass.left = pass.left.checked_sub(1).ok_or(Error::<T>::QuotaExhausted)?;
		Ok(())
	}

	fn use_credit(
		standing: &mut Standing<BalanceOf<T>>,
		now: EpochIndex,
		cost: BalanceOf<T>,
	) -> DispatchResult {
		let credit = standing.credit.as_mut().ok_or(Error::<T>::NoCredit)?;
		ensure!(credit.holds(now), Error::<T>::CreditExpired);
		ensure!(credit.left >= cost, Error::<T>::CreditExhausted);
		credit.left = credit.left.saturating_sub(cost);
		Ok(())
	}

	/// Has the app pay, within what it promised.
	fn spend(app: AppId, now: EpochIndex, wish: &Wish<BalanceOf<T>>) -> DispatchResult {
		let Sponsorship { promise, epoch, spent } =
			Sponsorships::<T>::get(app).ok_or(Error::<T>::NotSponsored)?;
		ensure!(promise.models.contains(&wish.model), Error::<T>::ModelNotSponsored);
		ensure!(
			promise.nodes.is_empty() || wish.trust == TrustMode::Attested,
			Error::<T>::TrustNotSponsored
		);
		ensure!(promise.covers_passes || !wish.has_pass, Error::<T>::PassesNotSponsored);
		let before = if epoch == now { spent } else { Zero::zero() };
		let spent = before.saturating_add(wish.cost);
		ensure!(spent <= promise.cap, Error::<T>::CapReached);
		ensure!(wish.cost <= Self::in_purse(app), Error::<T>::PurseTooSmall);
		Sponsorships::<T>::insert(app, Sponsorship { promise, epoch: now, spent });
		Ok(())
	}
}
