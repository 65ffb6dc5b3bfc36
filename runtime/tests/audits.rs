//! Audits of keys over the real runtime: nodes that make keys are drawn, commit and reveal, and the model is audited or suspended.

mod chain;
mod circuit;
#[allow(dead_code)]
mod walk;

use circuit::on_a_chain_with_eves_model;
use frame_support::{assert_noop, assert_ok, traits::fungible::InspectHold};
use opg_primitives::{
	audit::{key_output, Recipe},
	node::MAKES_KEYS,
	seams::{Case, CaseDesk, KeyId, PanelId},
	statement::{statement, Domain},
	Audit, Draw, Input, NodeId, Outcome, TrustMode,
};
use opg_runtime::{
	configs::audits::Desks, constants::currency::MILLI_OPG,
	genesis_config_presets::DEVELOPMENT_OWNERS, Audits, Balance, Balances, Inference, Models,
	Nodes, Panels, Runtime, RuntimeCall, RuntimeOrigin,
};
use opg_tensor::Tensor;
use pallet_panels::{Commit, Reveal};
use sp_core::Pair;
use sp_keyring::Sr25519Keyring::{Alice, Eve};
use walk::{account, free, genesis, include, next_block, report, worker, PRICE};

const PAY: Balance = 10 * MILLI_OPG;
const MAKERS: u32 = 6;

/// A development chain with Eve's model of the vectors on it, and six nodes that make keys.
fn on_a_chain_with_makers(journey: impl FnOnce(KeyId)) {
	on_a_chain_with_eves_model(|key| {
		for (node, owner) in (0..MAKERS).zip(DEVELOPMENT_OWNERS) {
			report(node, owner, vec![MAKES_KEYS]);
		}
		next_block();
		journey(key);
		Models::check_laws().expect("models");
		Nodes::check_laws().expect("nodes");
		Panels::check_laws().expect("panels");
		Inference::check_laws().expect("requests");
		Audits::check_laws().expect("audits");
		opg_runtime::Economics::check_laws().expect("money");
	});
}

/// Has Alice ask for an audit, and gives the panel, its draw and its nodes.
fn asked() -> (PanelId, Draw, Vec<NodeId>) {
	assert_ok!(Audits::request_audit(RuntimeOrigin::signed(account(Alice)), 0));
	(0..2).for_each(|_| next_block());
	let panel = pallet_panels::Cases::<Runtime>::get(Case::Audit(0)).expect("a panel");
	let record = pallet_panels::Panels::<Runtime>::get(panel).expect("a panel");
	(panel, record.draw, record.seats.iter().map(|seat| seat.node).collect())
}

/// Has nodes say which key they made: first hidden, then open, and waits for what comes of it.
fn answer(panel: PanelId, draw: Draw, nodes: &[NodeId], key: KeyId) {
	let outcome = || Outcome::Output(key_output(key).try_into().expect("short"));
	let salt = [9; 32];
	for node in nodes {
		let commitment = Panels::commitment(panel, draw, *node, &salt, &outcome());
		let commits = vec![Commit { panel, draw, commitment }];
		let claim = statement(Domain::Commits, genesis(), &(node, &commits));
		include(RuntimeCall::Panels(pallet_panels::Call::commit {
			node: *node,
			commits: commits.try_into().expect("one"),
			signature: worker(DEVELOPMENT_OWNERS[*node as usize]).sign(&claim).into(),
		}));
	}
	// Who does not commit is waited for until the time is over.
	let is_closed = || {
		pallet_panels::Panels::<Runtime>::get(panel)
			.is_some_and(|record| matches!(record.phase, pallet_panels::Phase::Reveal { .. }))
	};
	for _ in 0..100 {
		if is_closed() {
			break;
		}
		next_block();
	}
	for node in nodes {
		let reveals = vec![Reveal { panel, draw, salt, outcome: outcome() }];
		let claim = statement(Domain::Reveals, genesis(), &(node, &reveals));
		include(RuntimeCall::Panels(pallet_panels::Call::reveal {
			node: *node,
			reveals: reveals.try_into().expect("one"),
			signature: worker(DEVELOPMENT_OWNERS[*node as usize]).sign(&claim).into(),
		}));
	}
	(0..4).for_each(|_| next_block());
}

fn audit() -> Option<Audit> {
	pallet_models::Models::<Runtime>::get(0).map(|record| record.audit)
}

fn held() -> Balance {
	Balances::total_balance_on_hold(&account(Eve))
}

#[test]
fn a_key_that_nodes_make_again_is_audited_and_they_are_paid() {
	on_a_chain_with_makers(|key| {
		let alice = free(account(Alice));
		let (panel, draw, nodes) = asked();
		assert_eq!(nodes.len(), 3);
		assert!(nodes.iter().all(|node| *node < MAKERS), "of those that make keys");
		assert_eq!(alice - free(account(Alice)), 10 * PAY, "a panel's pay and a jury's");
		let input = Desks::input(Case::Audit(0)).expect("what to make");
		let Input::Inline(bytes) = input else { panic!("it is not a file") };
		assert_eq!(Recipe::read(&bytes).map(|recipe| recipe.circuit.key), Some(key));
		let owners: Vec<_> = nodes.iter().map(|node| DEVELOPMENT_OWNERS[*node as usize]).collect();
		let before: Vec<_> = owners.iter().map(|owner| free(account(*owner))).collect();
		answer(panel, draw, &nodes, key);
		assert_eq!(audit(), Some(Audit::Audited));
		for (owner, before) in owners.iter().zip(before) {
			assert_eq!(free(account(*owner)) - before, PAY);
		}
		assert_eq!(alice - free(account(Alice)), 3 * PAY, "the rest returns");
	});
}

#[test]
fn two_of_three_are_enough() {
	on_a_chain_with_makers(|key| {
		let (panel, draw, nodes) = asked();
		answer(panel, draw, &nodes[..2], key);
		assert_eq!(audit(), Some(Audit::Audited));
		let missed = pallet_nodes::Nodes::<Runtime>::get(nodes[2]).map(|record| record.missed);
		assert_eq!(missed, Some(1), "silence counts as any other");
	});
}

#[test]
fn a_key_that_is_another_suspends_the_model_at_once_and_its_deposit_burns() {
	on_a_chain_with_makers(|_| {
		let (alice, deposit) = (free(account(Alice)), held());
		let record = pallet_models::Models::<Runtime>::get(0).expect("published");
		let (panel, draw, nodes) = asked();
		let issued = Balances::total_issuance();
		answer(panel, draw, &nodes, KeyId::repeat_byte(1));
		assert_eq!(audit(), Some(Audit::Refuted));
		assert_eq!(deposit - held(), record.deposit, "all that was put down for the record");
		assert_eq!(free(account(Alice)), alice, "it cost the asker nothing");
		// Rewards of blocks come out of a pot, so only this burns.
		assert_eq!(issued - Balances::total_issuance(), record.deposit - 3 * PAY);
		let tensor = Tensor::from_f32(&[1, 4], &[0.0; 4]).expect("four");
		let refused = Inference::request(
			RuntimeOrigin::signed(account(Alice)),
			0,
			Input::Inline(opg_tensor::encode(&[tensor]).try_into().expect("short")),
			TrustMode::Attested,
			2 * PRICE,
			120,
			[1; 16],
			None,
		);
		let suspended = pallet_inference::Error::<Runtime>::ModelSuspended;
		assert_eq!(refused.map_err(|it| it.error).err(), Some(suspended.into()));
		let again = Audits::request_audit(RuntimeOrigin::signed(account(Alice)), 0);
		assert_noop!(again, pallet_audits::Error::<Runtime>::ModelSuspended);
	});
}

#[test]
fn one_answer_of_three_decides_nothing() {
	on_a_chain_with_makers(|_| {
		let alice = free(account(Alice));
		let (panel, draw, nodes) = asked();
		answer(panel, draw, &nodes[..1], KeyId::repeat_byte(1));
		(0..120).for_each(|_| next_block());
		assert_eq!(audit(), Some(Audit::Unaudited));
		assert_eq!(free(account(Alice)), alice);
		assert!(!pallet_audits::Audits::<Runtime>::contains_key(0));
	});
}
