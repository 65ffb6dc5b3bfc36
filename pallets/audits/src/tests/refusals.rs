//! What is refused leaves nothing behind.

use crate::{mock::*, Error};
use frame_support::{assert_noop, assert_ok};
use opg_primitives::{seams::AuditRefusal, ModelId};
use sp_runtime::{DispatchError, TokenError};

fn ask(who: u64, model: ModelId) -> sp_runtime::DispatchResult {
	Audits::request_audit(RuntimeOrigin::signed(who), model)
}

#[test]
fn a_model_without_an_open_question_is_not_audited() {
	build_and_execute(|| {
		assert_noop!(ask(ALICE, MODELS), Error::<Test>::ModelUnknown);
		for (refusal, error) in [
			(AuditRefusal::NoCircuit, Error::<Test>::NoCircuit),
			(AuditRefusal::Retired, Error::<Test>::ModelRetired),
			(AuditRefusal::Audited, Error::<Test>::KeyAudited),
			(AuditRefusal::Refuted, Error::<Test>::ModelSuspended),
		] {
			Refusal::set(Some(refusal));
			assert_noop!(ask(ALICE, 0), error);
		}
	});
}

#[test]
fn a_model_has_one_audit_at_a_time() {
	build_and_execute(|| {
		assert_ok!(ask(ALICE, 0));
		assert_noop!(ask(BOB, 0), Error::<Test>::AuditOpen);
		assert_ok!(ask(BOB, 1));
	});
}

#[test]
fn who_cannot_put_down_the_deposit_is_refused() {
	build_and_execute(|| {
		assert_noop!(ask(owner_of(3), 0), TokenError::FundsUnavailable);
		assert_noop!(Audits::request_audit(RuntimeOrigin::root(), 0), DispatchError::BadOrigin);
	});
}

#[test]
fn half_of_the_turns_are_kept_for_juries() {
	build_and_execute(|| {
		HasNodes::set(false);
		for model in 0..4 {
			assert_ok!(ask(ALICE, model));
		}
		assert_noop!(ask(ALICE, 4), Error::<Test>::TooManyWaiting);
	});
}
