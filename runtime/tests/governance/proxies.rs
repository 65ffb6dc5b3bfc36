//! What each kind of proxy may do.

use crate::network::{account, on_the_local_testnet, send, signed};
use frame_support::{assert_ok, traits::InstanceFilter};
use opg_runtime::{
	configs::accounts::ProxyType, constants::currency::OPG, Balance, Proxy, Runtime, RuntimeCall,
	RuntimeEvent, System,
};
use sp_keyring::Sr25519Keyring::{Alice, Bob, Eve};

const KINDS: [ProxyType; 6] = [
	ProxyType::Any,
	ProxyType::NonTransfer,
	ProxyType::Staking,
	ProxyType::Inference,
	ProxyType::Governance,
	ProxyType::CancelProxy,
];

fn pay(value: Balance) -> RuntimeCall {
	let dest = account(Eve).into();
	pallet_balances::Call::<Runtime>::transfer_keep_alive { dest, value }.into()
}

fn heart() -> RuntimeCall {
	pallet_nodes::Call::<Runtime>::unbond { node: 0 }.into()
}

fn cancel() -> RuntimeCall {
	pallet_inference::Call::<Runtime>::cancel { request: 0 }.into()
}

fn dispute() -> RuntimeCall {
	pallet_inference::Call::<Runtime>::dispute { request: 0 }.into()
}

fn chill() -> RuntimeCall {
	pallet_staking::Call::<Runtime>::chill {}.into()
}

fn claim() -> RuntimeCall {
	pallet_nomination_pools::Call::<Runtime>::claim_payout {}.into()
}

fn unvote() -> RuntimeCall {
	pallet_conviction_voting::Call::<Runtime>::remove_vote { class: None, index: 0 }.into()
}

fn pay_out() -> RuntimeCall {
	pallet_treasury::Call::<Runtime>::payout { index: 0 }.into()
}

fn reject() -> RuntimeCall {
	pallet_proxy::Call::<Runtime>::reject_announcement {
		delegate: account(Eve).into(),
		call_hash: Default::default(),
	}
	.into()
}

fn allowed(kind: ProxyType) -> Vec<&'static str> {
	let calls = [
		("pay", pay(1)),
		("unbond", heart()),
		("cancel", cancel()),
		("dispute", dispute()),
		("chill", chill()),
		("claim", claim()),
		("unvote", unvote()),
		("pay_out", pay_out()),
		("reject", reject()),
	];
	calls.into_iter().filter(|(_, call)| kind.filter(call)).map(|(name, _)| name).collect()
}

#[test]
fn they_may_do_what_they_are_named_after() {
	let every =
		["pay", "unbond", "cancel", "dispute", "chill", "claim", "unvote", "pay_out", "reject"];
	assert_eq!(allowed(ProxyType::Any), every);
	assert_eq!(
		allowed(ProxyType::NonTransfer),
		["unbond", "cancel", "chill", "claim", "unvote", "pay_out", "reject"]
	);
	assert_eq!(allowed(ProxyType::Staking), ["chill", "claim"]);
	assert_eq!(allowed(ProxyType::Inference), ["unbond", "cancel", "dispute"]);
	assert_eq!(allowed(ProxyType::Governance), ["unvote", "pay_out"]);
	assert_eq!(allowed(ProxyType::CancelProxy), ["reject"]);
}

#[test]
fn one_contains_another_only_if_it_may_do_all_the_other_may() {
	for one in KINDS {
		for other in KINDS {
			if one.is_superset(&other) {
				assert!(
					allowed(other).iter().all(|call| allowed(one).contains(call)),
					"{one:?} does not contain {other:?}"
				);
			}
		}
	}
}

#[test]
fn what_is_in_a_batch_is_filtered_as_well() {
	on_the_local_testnet(|| {
		assert_ok!(Proxy::add_proxy(signed(Alice), account(Bob).into(), ProxyType::Staking, 0));
		let calls = vec![chill(), pay(1_000 * OPG)];
		let batch = pallet_utility::Call::<Runtime>::batch { calls };
		let before = opg_runtime::Balances::free_balance(account(Eve));
		let call = pallet_proxy::Call::<Runtime>::proxy {
			real: account(Alice).into(),
			force_proxy_type: None,
			call: Box::new(batch.into()),
		};
		assert_ok!(send(Bob, call));
		assert_eq!(opg_runtime::Balances::free_balance(account(Eve)), before);
		assert!(System::events().iter().any(|record| matches!(
			record.event,
			RuntimeEvent::Utility(pallet_utility::Event::BatchInterrupted { index: 1, .. })
		)));
	});
}
