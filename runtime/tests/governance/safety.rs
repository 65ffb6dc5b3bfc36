//! Traffic stopped: what passes all the same, and deadlines that stand still meanwhile.

use crate::{
	network::{account, next_block, on_the_chain_of, on_the_local_testnet, send, signed},
	referenda::{decide, propose, vote, ROOT},
};
use frame_support::{
	assert_noop, assert_ok,
	migrations::{FailedMigrationHandler, FailedMigrationHandling, MultiStepMigrator},
	pallet_prelude::TransactionSource,
	traits::{Authorize, Contains, GetCallMetadata, UnfilteredDispatchable},
};
use opg_primitives::{
	job::Answer,
	statement::{statement, Domain},
	ContentCodec, ContentId, Input, Outcome, Port, TrustKind, TrustMode,
};
use opg_runtime::{
	configs::safety::{Calls, ClosedBlocks, GovernanceOnly, ENDING_WORK, STAKING, VITAL},
	constants::{currency::OPG, time::HOURS},
	genesis_config_presets::worker_seed,
	BlockNumber, Clock, ConvictionVoting, Inference, Migrations, Models, Nodes, Runtime,
	RuntimeCall, RuntimeOrigin, SafeMode, System, TxPause,
};
use opg_tensor::{Dimension, ElementType, NumericProfile, Tensor};
use pallet_inference::{Requests, State};
use pallet_safe_mode::EnteredUntil;
use sp_core::{sr25519, Pair};
use sp_keyring::Sr25519Keyring::{Alice, Bob, Dave, Eve};
use sp_runtime::{traits::BlockNumberProvider, DispatchError, Permill};

fn pay() -> RuntimeCall {
	let dest = account(Bob).into();
	pallet_balances::Call::<Runtime>::transfer_keep_alive { dest, value: OPG }.into()
}

fn name(text: &str) -> frame_support::BoundedVec<u8, frame_support::traits::ConstU32<256>> {
	text.as_bytes().to_vec().try_into().expect("short")
}

fn pause(pallet: &str, call: &str) -> Result<(), DispatchError> {
	TxPause::pause(RuntimeOrigin::root(), (name(pallet), name(call)))
}

fn filtered() -> DispatchError {
	frame_system::Error::<Runtime>::CallFiltered.into()
}

/// Includes a call that signs for itself, through the filter of calls.
fn include(call: RuntimeCall) {
	assert!(Calls::contains(&call), "{call:?} does not pass");
	assert_ok!(call.authorize(TransactionSource::External).expect("needs no other origin"));
	assert_ok!(call.dispatch_bypass_filter(frame_system::RawOrigin::Authorized.into()));
}

fn worker() -> sr25519::Pair {
	sr25519::Pair::from_string(&worker_seed(Bob), None).expect("a valid path")
}

fn report() {
	let number = pallet_nodes::Nodes::<Runtime>::get(0).expect("registered").next_heartbeat;
	let models = vec![0u32];
	let claim = statement(Domain::Heartbeat, System::block_hash(0), &(0u32, number, &models));
	include(RuntimeCall::Nodes(pallet_nodes::Call::<Runtime>::heartbeat {
		node: 0,
		number,
		models: models.try_into().expect("one"),
		signature: worker().sign(&claim).into(),
	}));
}

fn port(name: &str) -> Port {
	Port {
		name: name.as_bytes().to_vec().try_into().expect("short"),
		element: ElementType::Float32,
		shape: vec![Dimension::Fixed(1)].try_into().expect("one axis"),
	}
}

fn number() -> Vec<u8> {
	opg_tensor::encode(&[Tensor::from_f32(&[1], &[1.0]).expect("one")])
}

fn ask() -> Result<(), DispatchError> {
	send(
		Alice,
		pallet_inference::Call::<Runtime>::request {
			model: 0,
			input: Input::Inline(number().try_into().expect("short")),
			trust: TrustMode::Attested,
			max_fee: OPG,
			deadline: 20,
			client_key: [1; 16],
			through: None,
		},
	)
}

/// A model of Eve's, served by Bob's node.
fn serve() {
	assert_ok!(Models::publish(
		signed(Eve),
		pallet_models::Draft {
			name: b"same".to_vec().try_into().expect("short"),
			content: ContentId { codec: ContentCodec::Raw, digest: [1; 32] },
			inputs: vec![port("x")].try_into().expect("one"),
			outputs: vec![port("y")].try_into().expect("one"),
			profile: NumericProfile::Exact,
			price: OPG,
			royalty: Permill::zero(),
			trust: vec![TrustKind::Attested].try_into().expect("one"),
			circuit: None,
		}
	));
	report();
}

fn state() -> Option<State<BlockNumber>> {
	Requests::<Runtime>::get(0).map(|request| request.state)
}

#[test]
fn names_of_what_passes_are_names_of_the_runtime() {
	let pallets = RuntimeCall::get_module_names();
	for pallet in VITAL.iter().chain(&STAKING) {
		assert!(pallets.contains(pallet), "there is no {pallet}");
	}
	for (pallet, call) in ENDING_WORK {
		assert!(RuntimeCall::get_call_names(pallet).contains(&call), "{pallet} has no {call}");
	}
}

#[test]
fn the_committee_stops_transfers_for_hours_and_nobody_else_can() {
	on_the_local_testnet(|| {
		assert_noop!(SafeMode::force_enter(signed(Alice)), DispatchError::BadOrigin);
		assert!(SafeMode::enter(signed(Alice)).is_err(), "it cannot be bought");
		assert_ok!(send(Alice, pay()));
		decide(pallet_safe_mode::Call::<Runtime>::force_enter {}.into());
		assert_eq!(EnteredUntil::<Runtime>::get(), Some(1 + 4 * HOURS));
		assert_eq!(send(Alice, pay()), Err(filtered()));
		let batch = pallet_utility::Call::<Runtime>::batch_all { calls: vec![pay()] };
		assert_eq!(send(Alice, batch), Err(filtered()));

		let index = propose(ROOT, frame_system::Call::<Runtime>::remark { remark: vec![1] }.into());
		let ballot = vote(true, OPG);
		assert_ok!(send(
			Dave,
			pallet_conviction_voting::Call::<Runtime>::vote { poll_index: index, vote: ballot }
		));
		assert_ok!(send(Dave, pallet_staking::Call::<Runtime>::bond_extra { max_additional: OPG }));
		decide(pallet_safe_mode::Call::<Runtime>::force_exit {}.into());
		assert_ok!(send(Alice, pay()));
	});
}

#[test]
fn deadlines_stand_still_in_safe_mode_and_answers_settle() {
	on_the_chain_of("development", || {
		serve();
		assert_ok!(ask());
		(0..3).for_each(|_| next_block());
		let Some(State::Assigned { draw, .. }) = state() else { panic!("not drawn") };
		let shown = Clock::current_block_number();
		assert_eq!(shown, System::block_number());

		assert_ok!(SafeMode::force_enter(RuntimeOrigin::root()));
		for block in 0..60 {
			next_block();
			assert!(ClosedBlocks::contains(&System::block_number()));
			assert_eq!(Clock::current_block_number(), shown, "{block}");
			if block % 8 == 0 {
				report();
			}
		}
		assert_eq!(ask(), Err(filtered()), "no new work");
		assert!(matches!(state(), Some(State::Assigned { .. })), "long past its deadline");

		let outcome = Outcome::Output(number().try_into().expect("short"));
		let answers = vec![Answer { request: 0, draw, outcome }];
		let claim = statement(Domain::Answers, System::block_hash(0), &(0u32, 0u64, &answers));
		include(RuntimeCall::Inference(pallet_inference::Call::<Runtime>::answer {
			node: 0,
			number: 0,
			answers: answers.try_into().expect("one"),
			signature: worker().sign(&claim).into(),
		}));
		assert!(matches!(state(), Some(State::Settled { .. })));

		assert_ok!(SafeMode::force_exit(RuntimeOrigin::root()));
		next_block();
		assert_eq!(Clock::current_block_number(), shown + 1, "it goes on without a gap");
		Inference::check_laws().expect("requests");
		Nodes::check_laws().expect("nodes");
	});
}

#[test]
fn deadlines_run_on_when_safe_mode_ends_by_itself() {
	on_the_chain_of("development", || {
		serve();
		assert_ok!(ask());
		(0..3).for_each(|_| next_block());
		EnteredUntil::<Runtime>::put(System::block_number() + 10);
		let shown = Clock::current_block_number();
		(0..10).for_each(|_| next_block());
		assert!(SafeMode::is_entered());
		assert_eq!(Clock::current_block_number(), shown);
		next_block();
		assert!(!SafeMode::is_entered());
		assert_eq!(Clock::current_block_number(), shown + 1, "the first open block counts");
		(0..30).for_each(|_| next_block());
		assert!(matches!(state(), Some(State::Expired { .. })));
		Inference::check_laws().expect("requests");
	});
}

#[test]
fn deadlines_stand_still_while_a_migration_is_under_way() {
	on_the_chain_of("development", || {
		let shown = Clock::current_block_number();
		pallet_migrations::Cursor::<Runtime>::put(pallet_migrations::MigrationCursor::Stuck);
		assert!(Migrations::ongoing());
		(0..5).for_each(|_| next_block());
		assert_eq!(Clock::current_block_number(), shown);
	});
}

#[test]
fn after_a_failed_migration_only_what_mends_the_chain_passes() {
	on_the_local_testnet(|| {
		let handling = GovernanceOnly::failed(Some(0));
		assert_eq!(handling, FailedMigrationHandling::ForceUnstuck);
		assert_eq!(EnteredUntil::<Runtime>::get(), Some(BlockNumber::MAX));
		let chill: RuntimeCall = pallet_staking::Call::<Runtime>::chill {}.into();
		let cancel: RuntimeCall = pallet_inference::Call::<Runtime>::cancel { request: 0 }.into();
		for call in [pay(), chill, cancel] {
			assert!(!Calls::contains(&call), "{call:?}");
		}
		let index = propose(ROOT, frame_system::Call::<Runtime>::remark { remark: vec![1] }.into());
		assert_ok!(ConvictionVoting::vote(signed(Dave), index, vote(true, OPG)));
		let upgrade: RuntimeCall =
			frame_system::Call::<Runtime>::apply_authorized_upgrade { code: vec![] }.into();
		let time: RuntimeCall = pallet_timestamp::Call::<Runtime>::set { now: 0 }.into();
		assert!(Calls::contains(&upgrade) && Calls::contains(&time));
		decide(pallet_safe_mode::Call::<Runtime>::force_exit {}.into());
		assert!(Calls::contains(&pay()));
	});
}

#[test]
fn a_call_can_be_paused_but_none_that_mends_the_chain_or_ends_work() {
	on_the_local_testnet(|| {
		assert_ok!(pause("Balances", "transfer_keep_alive"));
		assert_eq!(send(Alice, pay()), Err(filtered()));
		assert_ok!(pause("Inference", "request"));
		let transfer = (name("Balances"), name("transfer_keep_alive"));
		decide(pallet_tx_pause::Call::<Runtime>::unpause { ident: transfer }.into());
		assert_ok!(send(Alice, pay()));

		let unpausable: DispatchError = pallet_tx_pause::Error::<Runtime>::Unpausable.into();
		for pallet in VITAL.iter().chain(&STAKING).filter(|name| **name != "TxPause") {
			assert_noop!(pause(pallet, "anything"), unpausable);
		}
		for (pallet, call) in ENDING_WORK {
			assert_noop!(pause(pallet, call), unpausable);
		}
		assert_noop!(
			TxPause::pause(signed(Alice), (name("Models"), name("publish"))),
			DispatchError::BadOrigin
		);
	});
}
