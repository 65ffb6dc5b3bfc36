//! Journeys over the real runtime: a model published, a request paid, drawn by BABE's randomness, answered and settled.

mod chain;
mod walk;

use frame_support::{assert_ok, dispatch::GetDispatchInfo};
use opg_primitives::{Access, AppUse, Input, RequestId, TrustMode};
use opg_runtime::{
	configs::{
		economics::Pot,
		parameters::{dynamic, RuntimeParameters},
	},
	constants::currency::{MILLI_OPG, OPG},
	AccountId, Apps, Balance, Balances, BlockNumber, Inference, Parameters, Runtime, RuntimeCall,
	RuntimeOrigin, Usage,
};
use pallet_apps::{Offer, Promise, Terms};
use pallet_inference::{api::Estimate, Requests, State};
use sp_core::Pair;
use sp_keyring::Sr25519Keyring::{Alice, Bob, Eve};
use walk::{
	account, answer, ask_as, draw_of, free, next_block, on_the_development_chain,
	publish_and_serve, report, tensors, worker, PRICE,
};

fn told() -> Estimate<Balance> {
	use pallet_inference::api::runtime_decl_for_inference_api::InferenceApi;
	Runtime::estimate(0, TrustMode::Attested, 100).expect("an active model")
}

fn ask(key: u8) {
	assert_ok!(ask_as(account(Alice), key, None));
}

#[test]
fn a_request_is_drawn_by_block_randomness_answered_and_paid_to_the_last_unit() {
	on_the_development_chain(|| {
		publish_and_serve();
		ask(1);
		next_block();
		next_block();
		let Some(State::Assigned { node: 0, draw, .. }) =
			Requests::<Runtime>::get(0).map(|record| record.state)
		else {
			panic!("not drawn two blocks later")
		};

		let pots = [Pot::Checks, Pot::Validators, Pot::Storage, Pot::Treasury, Pot::Growth];
		let before_pots = pots.map(|pot| free(pot.account()));
		let [bob, eve, alice] = [Bob, Eve, Alice].map(|who| free(account(who)));
		let issued = Balances::total_issuance();
		answer(0, draw);

		let percent = |share: Balance| PRICE * share / 100;
		let royalty = percent(66) / 10;
		assert_eq!(free(account(Bob)) - bob, percent(66) - royalty);
		assert_eq!(free(account(Eve)) - eve, percent(5) + royalty);
		let paid: Vec<_> = pots
			.iter()
			.zip(before_pots)
			.map(|(pot, before)| free(pot.account()) - before)
			.collect();
		assert_eq!(paid, [4, 8, 5, 4, 3].map(percent));
		assert_eq!(issued - Balances::total_issuance(), percent(5), "only the burnt share is gone");
		assert_eq!(free(account(Alice)) - alice, PRICE, "the rest of the most to pay returns");
	});
}

#[test]
fn what_a_request_costs_is_told_before_and_rises_while_requests_wait() {
	on_the_development_chain(|| {
		publish_and_serve();
		let most = dynamic::models::Parameters::MaxSurcharge(
			dynamic::models::MaxSurcharge,
			Some(2_000_000),
		);
		let by_all = RuntimeOrigin::root();
		assert_ok!(Parameters::set_parameter(by_all, RuntimeParameters::Models(most)));
		let estimate = || Inference::estimate(0, TrustMode::Attested).expect("an active model");
		assert_eq!((estimate().price, estimate().surplus), (PRICE, 0));
		assert!(told().transaction > 0);
		// A new node carries one request at a time; the others wait.
		(1..4).for_each(ask);
		(0..6).for_each(|_| next_block());
		let surplus = estimate().surplus;
		assert!(surplus > PRICE / 8 && surplus < PRICE / 2, "{surplus}");
		assert_eq!(estimate().most, PRICE + surplus);
		let issued = Balances::total_issuance();
		answer(0, draw_of(0));
		assert_eq!(issued - Balances::total_issuance(), PRICE / 20, "it was asked for before");
	});
}

#[test]
fn a_request_nobody_answers_returns_its_fee_and_issues_nothing() {
	on_the_development_chain(|| {
		publish_and_serve();
		let issued = Balances::total_issuance();
		let alice = free(account(Alice));
		ask(1);
		(0..41).for_each(|_| next_block());
		assert!(matches!(
			Requests::<Runtime>::get(0).map(|record| record.state),
			Some(State::Expired { .. })
		));
		let upkeep = opg_runtime::configs::ai::UpkeepFee::get();
		assert_eq!(alice - free(account(Alice)), upkeep);
		assert_eq!(Balances::total_issuance(), issued);
	});
}

#[test]
fn use_is_counted_where_requests_settle_and_where_nobody_answers() {
	on_the_development_chain(|| {
		publish_and_serve();
		ask(1);
		ask(2);
		(0..2).for_each(|_| next_block());
		answer(0, draw_of(0));
		(0..41).for_each(|_| next_block());

		let all = Usage::counters(0).expect("the epoch runs");
		assert_eq!((all.accounts.active, all.accounts.new), (1, 1));
		let service = all.service;
		assert_eq!((service.requests, service.settled, service.expired), (2, 1, 1));
		assert_eq!(service.latencies.total(), 1);
		let money = all.money;
		assert_eq!((money.spend, money.burn), (PRICE, PRICE * 5 / 100));
		assert_eq!(money.refunds, 2 * PRICE);
		let of_model = Usage::scope_counters(pallet_usage::Scope::Model(0), 0);
		assert_eq!(of_model, Some(all), "one model was asked");
		let alice = Usage::account(&account(Alice)).expect("a paid answer");
		assert_eq!(alice.fees, [PRICE, 0, 0, 0]);

		// An epoch later she is known to have been here before.
		while Usage::current_epoch() == 0 {
			next_block();
		}
		report(0, Bob, vec![0]);
		ask(3);
		(0..2).for_each(|_| next_block());
		answer(2, draw_of(2));
		let all = Usage::counters(1).expect("the epoch runs");
		assert_eq!((all.accounts.active, all.accounts.returning), (1, 1));
		assert_eq!(Usage::cohort(0).len(), 2);
	});
}

/// Eve's app 0 pays for requests to model 0, up to ten in an epoch, and sells passes of three requests for an epoch.
fn open_an_app() -> Offer<Balance> {
	let eve = || RuntimeOrigin::signed(account(Eve));
	assert_ok!(Apps::register(eve(), b"chat".to_vec().try_into().expect("short")));
	let terms = Terms { epochs: 1, quota: 3, is_transferable: false };
	let offer = Offer { price: 10 * OPG, terms };
	assert_ok!(Apps::set_offers(eve(), 0, vec![offer].try_into().expect("one")));
	let promise = Promise {
		models: vec![0].try_into().expect("one"),
		nodes: vec![0].try_into().expect("one"),
		cap: 10 * PRICE,
		covers_passes: true,
	};
	assert_ok!(Apps::sponsor(eve(), 0, Some(promise)));
	assert_ok!(Balances::transfer_keep_alive(eve(), Apps::purse(0).into(), 20 * PRICE));
	offer
}

#[test]
fn an_app_sells_a_pass_and_pays_for_a_new_account() {
	on_the_development_chain(|| {
		publish_and_serve();
		let offer = open_an_app();
		let through = |access| Some(AppUse { app: 0, access });
		let upkeep = opg_runtime::configs::ai::UpkeepFee::get();

		// What a pass costs is split as a fee is.
		let (issued, eve) = (Balances::total_issuance(), free(account(Eve)));
		assert_ok!(Apps::buy(RuntimeOrigin::signed(account(Alice)), 0, offer));
		assert_eq!(issued - Balances::total_issuance(), offer.price * 5 / 100);
		assert_eq!(free(account(Eve)) - eve, offer.price * 71 / 100);

		// Somebody new is named, exists from the purse, and pays nothing.
		let new = AccountId::new([77; 32]);
		let endowment = 10 * MILLI_OPG;
		let eve = RuntimeOrigin::signed(account(Eve));
		assert_ok!(Apps::credit(eve, 0, new.clone(), 2 * PRICE, 1, endowment));
		let purse = free(Apps::purse(0));
		assert_ok!(ask_as(new.clone(), 1, through(Access::Credit)));
		assert!(ask_as(new.clone(), 2, through(Access::Credit)).is_err(), "the credit is used up");
		assert_ok!(ask_as(account(Alice), 1, through(Access::Pass)));
		assert_ok!(ask_as(account(Alice), 2, through(Access::SponsoredPass)));
		let left = || Apps::access(0, &account(Alice)).and_then(|standing| standing.pass);
		assert_eq!(left().map(|pass| pass.left), Some(1));

		// The first two are answered one after the other; the node has no place for the third in time.
		for request in [0, 1] {
			while !matches!(state_of(request), State::Assigned { .. }) {
				next_block();
			}
			answer(request, draw_of(request));
		}
		(0..41).for_each(|_| next_block());
		assert!(matches!(state_of(2), State::Expired { .. }));
		assert_eq!(
			left().map(|pass| pass.left),
			Some(2),
			"nobody answered: its place is given back"
		);
		assert_eq!(purse - free(Apps::purse(0)), PRICE + 2 * upkeep);
		assert_eq!(free(new.clone()), endowment);

		let all = Usage::counters(0).expect("the epoch runs");
		let of_app = Usage::scope_counters(pallet_usage::Scope::App(0), 0);
		assert_eq!(of_app, Some(all.clone()), "everything was asked through the app");
		assert_eq!((all.accounts.active, all.service.settled, all.service.expired), (2, 2, 1));
		assert_eq!(all.money.refunds, PRICE, "a sponsor holds no more than the price");
	});
}

fn state_of(request: RequestId) -> State<BlockNumber> {
	Requests::<Runtime>::get(request).expect("kept").state
}

#[test]
fn the_owner_of_a_node_cannot_be_served_by_it() {
	on_the_development_chain(|| {
		publish_and_serve();
		assert_ok!(Inference::request(
			RuntimeOrigin::signed(account(Bob)),
			0,
			Input::Inline(tensors(&[1.0, 2.0]).try_into().expect("short")),
			TrustMode::Attested,
			PRICE,
			40,
			[1; 16],
			None,
		));
		(0..4).for_each(|_| next_block());
		assert_eq!(Requests::<Runtime>::get(0).map(|record| record.state), Some(State::Waiting));
	});
}

#[test]
fn answers_and_heartbeats_are_free_and_come_before_ordinary_transactions() {
	on_the_development_chain(|| {
		let signature = || worker(Bob).sign(b"").into();
		let calls = [
			RuntimeCall::Nodes(pallet_nodes::Call::heartbeat {
				node: 0,
				number: 0,
				models: Default::default(),
				signature: signature(),
			}),
			RuntimeCall::Inference(pallet_inference::Call::answer {
				node: 0,
				number: 0,
				answers: Default::default(),
				signature: signature(),
			}),
		];
		for call in calls {
			let info = call.get_dispatch_info();
			assert_eq!(info.class, frame_support::dispatch::DispatchClass::Operational);
			assert_eq!(info.pays_fee, frame_support::dispatch::Pays::No);
		}
	});
}
