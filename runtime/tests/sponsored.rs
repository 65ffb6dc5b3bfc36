//! Who owns next to nothing asks on a credit: the app pays for everything, and for nothing beyond the credit.

#[allow(dead_code)]
mod blocks;
#[allow(dead_code)]
mod chain;
#[allow(dead_code)]
mod walk;

use blocks::{begin, end, send, send_with_tip};
use frame_support::assert_ok;
use opg_primitives::{Access, AppUse, Input, TrustMode};
use opg_runtime::{
	configs::ai::UpkeepFee,
	constants::currency::{MILLI_OPG, OPG},
	AccountId, Apps, Balance, Balances, Runtime, RuntimeCall, RuntimeOrigin, System,
};
use pallet_apps::Promise;
use sp_keyring::Sr25519Keyring::Eve;
use sp_runtime::transaction_validity::{InvalidTransaction, TransactionValidityError};
use walk::{account, answer, draw_of, free, publish_and_serve, tensors, PRICE};

/// What a newcomer has, so that the account exists.
const ENDOWMENT: Balance = 2 * MILLI_OPG;
/// What the app may be asked to pay.
const CREDIT: Balance = 3 * PRICE;
/// What it has.
const PURSE: Balance = 100 * OPG;

fn newcomer() -> AccountId {
	AccountId::new([77; 32])
}

/// A newcomer with a credit at an app of Eve's, which pays for model 0 up to `cap` in an epoch.
fn with_an_app(cap: Balance, test: impl FnOnce()) {
	chain::of_preset("development").execute_with(|| {
		begin(1);
		publish_and_serve();
		let eve = || RuntimeOrigin::signed(account(Eve));
		assert_ok!(Apps::register(eve(), b"chat".to_vec().try_into().expect("short")));
		let promise = Promise {
			models: vec![0].try_into().expect("one"),
			nodes: Default::default(),
			cap,
			covers_passes: true,
		};
		assert_ok!(Apps::sponsor(eve(), 0, Some(promise)));
		assert_ok!(Balances::transfer_keep_alive(eve(), Apps::purse(0).into(), PURSE));
		assert_ok!(Apps::credit(eve(), 0, newcomer(), CREDIT, 1, ENDOWMENT));
		test();
		Apps::check_laws().expect("apps");
		opg_runtime::Inference::check_laws().expect("requests");
		opg_runtime::Economics::check_laws().expect("money");
	});
}

fn request(key: u8, access: Access, deadline: u32) -> RuntimeCall {
	RuntimeCall::Inference(pallet_inference::Call::request {
		model: 0,
		input: Input::Inline(tensors(&[1.0, 2.0]).try_into().expect("short")),
		trust: TrustMode::Attested,
		max_fee: PRICE,
		deadline,
		client_key: [key; 16],
		through: Some(AppUse { app: 0, access }),
	})
}

fn left() -> Balance {
	let standing = Apps::access(0, &newcomer()).expect("named");
	standing.credit.expect("a credit").left
}

const CANNOT_PAY: TransactionValidityError =
	TransactionValidityError::Invalid(InvalidTransaction::Payment);

#[test]
fn a_newcomer_pays_nothing_and_the_app_everything() {
	with_an_app(50 * OPG, || {
		let purse = free(Apps::purse(0));
		assert_ok!(send(&newcomer(), request(1, Access::Credit, 40)).expect("the app pays"));
		let held = PRICE + UpkeepFee::get();
		let fee = purse - free(Apps::purse(0)) - held;
		assert!(fee > 0 && fee < 10 * MILLI_OPG, "{fee}");
		assert_eq!(left(), CREDIT - held - fee, "all of it comes off the credit");
		assert_eq!(free(newcomer()), ENDOWMENT);
		let spent = pallet_apps::Sponsorships::<Runtime>::get(0).expect("sponsored").spent;
		assert_eq!(spent, held + fee, "and counts in the epoch");
		for _ in 0..2 {
			end();
			begin(System::block_number() + 1);
		}
		answer(0, draw_of(0));
		assert_eq!(free(newcomer()), ENDOWMENT);
	});
}

#[test]
fn requests_that_fail_use_the_credit_up_and_nothing_else() {
	with_an_app(50 * OPG, || {
		let purse = free(Apps::purse(0));
		// Too short a time to answer in: refused when it is dispatched, and paid for.
		let refused = || send(&newcomer(), request(1, Access::Credit, 1));
		let mut sent = 0;
		loop {
			match refused() {
				Ok(outcome) => assert!(outcome.is_err()),
				Err(refusal) => break assert_eq!(refusal, CANNOT_PAY),
			}
			sent += 1;
			if sent % 100 == 0 {
				end();
				begin(System::block_number() + 1);
			}
		}
		assert!(sent > 100, "{sent}");
		assert!(left() < 10 * MILLI_OPG, "what is left pays for no transaction");
		assert_eq!(purse - free(Apps::purse(0)), CREDIT - left(), "nothing beyond the credit");
		assert_eq!(free(newcomer()), ENDOWMENT);
	});
}

#[test]
fn who_is_not_sponsored_or_gives_a_tip_pays_for_himself() {
	with_an_app(50 * OPG, || {
		let purse = free(Apps::purse(0));
		for access in [Access::Named, Access::Pass, Access::SponsoredPass] {
			assert_eq!(send(&newcomer(), request(1, access, 40)), Err(CANNOT_PAY));
		}
		let tipped = send_with_tip(&newcomer(), request(1, Access::Credit, 40), 1);
		assert_eq!(tipped, Err(CANNOT_PAY));
		let stranger = AccountId::new([78; 32]);
		let eve = RuntimeOrigin::signed(account(Eve));
		assert_ok!(Balances::transfer_keep_alive(eve, stranger.clone().into(), ENDOWMENT));
		assert_eq!(send(&stranger, request(1, Access::Credit, 40)), Err(CANNOT_PAY));
		assert_eq!((free(Apps::purse(0)), left()), (purse, CREDIT), "nothing changed");
	});
}

#[test]
fn an_app_pays_no_more_in_an_epoch_than_it_said() {
	with_an_app(MILLI_OPG, || {
		let purse = free(Apps::purse(0));
		assert_eq!(send(&newcomer(), request(1, Access::Credit, 40)), Err(CANNOT_PAY));
		assert_eq!((free(Apps::purse(0)), left()), (purse, CREDIT));
	});
}
