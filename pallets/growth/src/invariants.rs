//! The laws of growth, checked after every test and by `try_state`.

use crate::{Config, CurrentTerms, Grants, LastSpent, Limit, Measures, NextGrant, Pallet};
use frame_support::ensure;
use opg_primitives::seams::UseRecord;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// Checks every law.
	pub fn check_laws() -> Result<(), TryRuntimeError> {
		let now = T::Record::epoch();
		ensure!(
			Self::check_terms(&CurrentTerms::<T>::get()).is_ok(),
			"as much is given back of a fee as burns of it"
		);
		ensure!(LastSpent::<T>::get().epoch <= now, "growth was paid in an epoch to come");
		let next = NextGrant::<T>::get();
		for (grant, record) in Grants::<T>::iter() {
			ensure!(grant < next, "a grant has a number not given out");
			let is_open = record.milestones.iter().all(|part| *part > 0);
			ensure!(is_open && !record.milestones.is_empty(), "a grant has nothing to pay");
			if let Limit::Burn(subject) = record.limit {
				ensure!(Measures::<T>::contains_key(subject), "a grant is measured by nothing");
			}
		}
		for measure in Measures::<T>::iter_values() {
			ensure!(measure.from <= now, "burn was counted of an epoch that has not ended");
			ensure!(measure.granted <= measure.burnt, "more was granted than burnt");
		}
		Ok(())
	}
}
