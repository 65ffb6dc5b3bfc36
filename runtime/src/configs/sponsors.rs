//! Who pays a transaction's fee: who signed it, or for a request on a credit the app that gave the credit.

use crate::{
	configs::economics::{BalanceCredit, TransactionFees},
	AccountId, Apps, Balance, Balances, Runtime, RuntimeCall,
};
use frame_support::{
	storage::{with_storage_layer, with_transaction, TransactionOutcome},
	traits::NoDrop,
};
use opg_primitives::{seams::AppDesk, Access, AppUse};
use pallet_transaction_payment::{FungibleAdapter, OnChargeTransaction, TxCreditHold};
use sp_runtime::{
	traits::{DispatchInfoOf, PostDispatchInfoOf},
	transaction_validity::TransactionValidityError,
	DispatchError,
};

type Fees = FungibleAdapter<Balances, TransactionFees>;

/// Takes fees from who signed, but for requests on a credit: those are paid by the app, from that credit and within what the app
/// promised. Whatever becomes of the request its fee is gone, so nobody has for nothing what fills blocks, and nobody can take more of an app's
/// purse than it named for him. A tip is nobody's but the signer's to give, and who gives one pays for himself.
pub struct FromSignerOrApp;

/// A fee that an app pays.
pub struct Sponsored {
	through: AppUse,
	payer: AccountId,
	fee: Balance,
}

/// What was taken for a transaction: its tip, and who paid if not the signer.
#[derive(Default)]
pub struct Taken {
	tip: Option<BalanceCredit>,
	sponsored: Option<Sponsored>,
}

/// Has the app pay that a request names, if it does; what it promised counts down.
fn sponsored(who: &AccountId, call: &RuntimeCall, fee: Balance, tip: Balance) -> Option<Sponsored> {
	let RuntimeCall::Inference(pallet_inference::Call::request {
		model,
		trust,
		through: Some(through),
		..
	}) = call
	else {
		return None;
	};
	if through.access != Access::Credit || tip > 0 || fee == 0 {
		return None;
	}
	let admitted: Result<_, DispatchError> =
		with_storage_layer(|| Apps::admit(*through, who, *model, *trust, fee));
	let payer = admitted.ok()??;
	Some(Sponsored { through: *through, payer, fee })
}

impl TxCreditHold<Runtime> for FromSignerOrApp {
	type Credit = NoDrop<BalanceCredit>;
}

impl OnChargeTransaction<Runtime> for FromSignerOrApp {
	type Balance = Balance;
	type LiquidityInfo = Taken;

	fn withdraw_fee(
		who: &AccountId,
		call: &RuntimeCall,
		info: &DispatchInfoOf<RuntimeCall>,
		fee: Balance,
		tip: Balance,
	) -> Result<Taken, TransactionValidityError> {
		let sponsored = sponsored(who, call, fee, tip);
		let payer = sponsored.as_ref().map_or(who, |sponsored| &sponsored.payer);
		let tip =
			<Fees as OnChargeTransaction<Runtime>>::withdraw_fee(payer, call, info, fee, tip)?;
		Ok(Taken { tip, sponsored })
	}

	fn can_withdraw_fee(
		who: &AccountId,
		call: &RuntimeCall,
		info: &DispatchInfoOf<RuntimeCall>,
		fee: Balance,
		tip: Balance,
	) -> Result<(), TransactionValidityError> {
		let mut is_sponsored = false;
		let looked: Result<(), DispatchError> = with_transaction(|| {
			is_sponsored = sponsored(who, call, fee, tip).is_some();
			TransactionOutcome::Rollback(Ok(()))
		});
		if is_sponsored && looked.is_ok() {
			return Ok(());
		}
		<Fees as OnChargeTransaction<Runtime>>::can_withdraw_fee(who, call, info, fee, tip)
	}

	fn correct_and_deposit_fee(
		who: &AccountId,
		info: &DispatchInfoOf<RuntimeCall>,
		post_info: &PostDispatchInfoOf<RuntimeCall>,
		fee: Balance,
		tip: Balance,
		taken: Taken,
	) -> Result<(), TransactionValidityError> {
		let payer = taken.sponsored.as_ref().map_or(who, |sponsored| &sponsored.payer);
		<Fees as OnChargeTransaction<Runtime>>::correct_and_deposit_fee(
			payer, info, post_info, fee, tip, taken.tip,
		)?;
		if let Some(Sponsored { through, fee: whole, .. }) = taken.sponsored {
			Apps::ended(through, who, whole.saturating_sub(fee), false);
		}
		Ok(())
	}
}
