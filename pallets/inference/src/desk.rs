//! Requests that other pallets make in an account's name.

use crate::{BalanceOf, Config, Pallet, Positions, Requests, State};
use opg_primitives::{
	seams::{Ask, RequestDesk, RequestStanding},
	RequestId,
};
use sp_runtime::DispatchError;

impl<T: Config> RequestDesk<T::AccountId, BalanceOf<T>> for Pallet<T> {
	fn ask(who: &T::AccountId, ask: Ask<BalanceOf<T>>) -> Result<RequestId, DispatchError> {
		let Ask { model, input, trust, max_fee, deadline, client_key } = ask;
		let request = Positions::<T>::get().next_request;
		let deadline = deadline.into();
		Self::do_request(who.clone(), model, input, trust, max_fee, deadline, client_key, None)?;
		Ok(request)
	}

	fn standing(request: RequestId) -> RequestStanding {
		match Requests::<T>::get(request).map(|record| record.state) {
			Some(State::Settled { outcome, .. }) => RequestStanding::Settled(outcome),
			Some(state) if state.is_open() => RequestStanding::Open,
			_ => RequestStanding::Ended,
		}
	}
}
