//! What is refused, and that a refusal changes nothing.

use crate::{mock::*, Draft, Error};
use frame_support::{
	assert_noop,
	traits::{LockableCurrency, WithdrawReasons},
};
use opg_primitives::TrustKind;
use opg_tensor::Dimension;
use sp_runtime::{Permill, TokenError};

fn refuse(change: impl FnOnce(&mut Draft<Balance>), error: Error<Test>) {
	build_and_execute(|| {
		let mut draft = draft();
		change(&mut draft);
		assert_noop!(crate::Pallet::<Test>::publish(RuntimeOrigin::signed(ALICE), draft), error);
	});
}

#[test]
fn publish_needs_a_name_of_text() {
	refuse(|draft| draft.name = Default::default(), Error::NameInvalid);
	refuse(|draft| draft.name = vec![0xff].try_into().unwrap(), Error::NameInvalid);
}

#[test]
fn publish_needs_inputs_and_outputs_with_names_that_differ() {
	refuse(|draft| draft.inputs = Default::default(), Error::NoPorts);
	refuse(|draft| draft.outputs = Default::default(), Error::NoPorts);
	refuse(|draft| draft.inputs.try_push(port("pixels", &[])).unwrap(), Error::PortNameInvalid);
}

#[test]
fn publish_needs_outputs_that_can_be_written_on_chain() {
	let replace = |shape: &[Dimension]| {
		let ports = vec![port("logits", shape)];
		move |draft: &mut Draft<Balance>| draft.outputs = ports.try_into().unwrap()
	};
	refuse(replace(&[Dimension::Fixed(0)]), Error::PortShapeInvalid);
	refuse(replace(&[Dimension::Fixed(2_049)]), Error::PortShapeInvalid);
	refuse(replace(&[Dimension::Fixed(u32::MAX); 3]), Error::PortShapeInvalid);
}

#[test]
fn publish_needs_a_price_and_a_royalty_within_bounds() {
	refuse(|draft| draft.price = 999, Error::PriceTooLow);
	refuse(|draft| draft.royalty = Permill::from_percent(51), Error::RoyaltyTooHigh);
}

#[test]
fn publish_needs_trust_modes_each_named_once() {
	refuse(|draft| draft.trust = Default::default(), Error::TrustModesInvalid);
	refuse(|draft| draft.trust.try_push(TrustKind::Attested).unwrap(), Error::TrustModesInvalid);
}

#[test]
fn publish_needs_a_deposit_that_is_not_frozen() {
	build_and_execute(|| {
		Balances::set_lock(*b"elsewher", &ALICE, 100 * UNIT, WithdrawReasons::all());
		assert_noop!(
			crate::Pallet::<Test>::publish(RuntimeOrigin::signed(ALICE), draft()),
			TokenError::FundsUnavailable
		);
	});
}
