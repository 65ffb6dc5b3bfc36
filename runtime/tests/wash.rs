//! Nobody earns by using the network alone: one party as user, node, owner of model and app, validator and storage, under many names,
//! has less after whatever it does than before, rebates, credits and grants included.

mod chain;
// Two tests take their chances from it, and neither all it offers.
#[allow(dead_code)]
#[path = "adversary/chance.rs"]
mod chance;
mod walk;

use chance::Chance;
use frame_support::{
	assert_ok,
	traits::{fungible::InspectHold, OnFinalize},
};
use opg_primitives::{seams::Subject, Access, AppUse};
use opg_runtime::{
	configs::economics::Pot, constants::currency::OPG, AccountId, AllPalletsWithSystem, Apps,
	Balance, Balances, Growth, Inference, Models, Runtime, RuntimeOrigin, System, Usage,
};
use pallet_apps::{Offer, Promise, Terms};
use pallet_inference::{Positions, Requests, State};
use sp_keyring::Sr25519Keyring::{Alice, Bob, Eve};
use sp_runtime::Permill;
use walk::{
	account, answer, ask_as, begin_block, draw_of, free, next_block, on_the_development_chain,
	publish_and_serve, report, PRICE,
};

/// How many strategies are tried.
const STRATEGIES: u64 = 16;
/// The most moves of each.
const MOVES: u64 = 60;
/// Names the party asks under.
const USERS: u8 = 4;
/// Whose pots it is paid from, as if it were all who are.
const OWN_POTS: [Pot; 3] = [Pot::Validators, Pot::Storage, Pot::Checks];

enum Move {
	/// Asks its own node and answers.
	Ask(u8, Option<Access>),
	/// Asks and takes it back.
	AskInVain(u8, Option<Access>),
	/// Buys a pass to its own app.
	Buy(u8),
	/// Names one of its accounts.
	Credit(u8, Balance),
	/// Changes the price of its model, in tenths of an OPG.
	Price(Balance),
	/// Is granted something for its model or app by a governance that looks at nothing.
	Grant(bool, Balance),
	/// Asks for whatever growth there is for it.
	Claim,
	/// Waits for the next epoch.
	Wait,
}

/// On what footing a request is made, mostly outside of any app.
fn access(chance: &mut Chance) -> Option<Access> {
	use Access::{Credit, Named, Pass, SponsoredPass};
	let ways = [None, None, None, Some(Named), Some(Pass), Some(SponsoredPass), Some(Credit)];
	chance.one_of(&ways)
}

/// What the party does next: asks two times in five.
fn step(chance: &mut Chance) -> Move {
	let index = chance.below(u64::from(USERS)) as u8;
	match chance.below(20) {
		0..8 => Move::Ask(index, access(chance)),
		8 => Move::AskInVain(index, access(chance)),
		9 => Move::Buy(index),
		10 => Move::Credit(index, Balance::from(chance.below(20)) * PRICE),
		11 => Move::Price(Balance::from(1 + chance.below(19))),
		12 => {
			let amount = Balance::from(1 + chance.below(200)) * OPG / 1_000;
			Move::Grant(chance.below(2) == 0, amount)
		},
		13..16 => Move::Claim,
		_ => Move::Wait,
	}
}

fn user(index: u8) -> AccountId {
	AccountId::new([100 + index; 32])
}

/// Everything the party owns, held or not.
fn wealth() -> Balance {
	let own = [account(Bob), account(Eve), Apps::purse(0)];
	let all = own.into_iter().chain((0..USERS).map(user));
	all.map(|who| free(who.clone()) + Balances::total_balance_on_hold(&who)).sum()
}

fn in_pots() -> Balance {
	OWN_POTS.map(|pot| free(pot.account())).into_iter().sum()
}

/// A party at work.
struct Party {
	asked: u8,
	began_with: Balance,
	issued: Balance,
	/// What came into the pots by what it did.
	earned: Balance,
	grants: u32,
}

impl Party {
	/// Its model is served by its node alone; its app sells passes and pays for them and for credits.
	fn begin() -> Self {
		publish_and_serve();
		for index in 0..USERS {
			let by = RuntimeOrigin::signed(account(Alice));
			assert_ok!(Balances::transfer_keep_alive(by, user(index).into(), 1_000 * OPG));
		}
		let eve = || RuntimeOrigin::signed(account(Eve));
		let began_with = wealth();
		let issued = Balances::total_issuance();
		assert_ok!(Apps::register(eve(), b"wash".to_vec().try_into().expect("short")));
		let offers = vec![Self::offer()].try_into().expect("one");
		assert_ok!(Apps::set_offers(eve(), 0, offers));
		let promise = Promise {
			models: vec![0].try_into().expect("one"),
			nodes: vec![0].try_into().expect("one"),
			cap: 1_000 * OPG,
			covers_passes: true,
		};
		assert_ok!(Apps::sponsor(eve(), 0, Some(promise)));
		assert_ok!(Balances::transfer_keep_alive(eve(), Apps::purse(0).into(), 500 * OPG));
		Self { asked: 0, began_with, issued, earned: 0, grants: 0 }
	}

	fn offer() -> Offer<Balance> {
		let terms = Terms { epochs: 4, quota: 20, is_transferable: true };
		Offer { price: OPG, terms }
	}

	/// What burnt since it began.
	fn burnt(&self) -> Balance {
		self.issued - Balances::total_issuance()
	}

	/// What it has more than at the beginning, or less.
	fn net(&self) -> i128 {
		wealth() as i128 + self.earned as i128 - self.began_with as i128
	}

	/// Makes a move; one that is refused changes nothing.
	fn take(&mut self, step: Move) {
		let before = in_pots();
		let eve = RuntimeOrigin::signed(account(Eve));
		match step {
			Move::Ask(index, access) => self.ask(index, access, true),
			Move::AskInVain(index, access) => self.ask(index, access, false),
			Move::Buy(index) => {
				let _ = Apps::buy(RuntimeOrigin::signed(user(index)), 0, Self::offer());
			},
			Move::Credit(index, amount) => {
				let _ = Apps::credit(eve, 0, user(index), amount, 2, 0);
			},
			Move::Price(tenths) => {
				let royalty = Permill::from_percent(50);
				assert_ok!(Models::update_price(eve, 0, tenths * OPG / 10, royalty));
			},
			Move::Grant(app, amount) => {
				let subject = if app { Subject::App(0) } else { Subject::Model(0) };
				let milestones = vec![amount; 4].try_into().expect("few");
				let by_all = RuntimeOrigin::root();
				assert_ok!(Growth::grant(by_all, account(Eve), subject, milestones));
				self.grants += 1;
			},
			Move::Claim => {
				for index in 0..USERS {
					let _ = Growth::claim(RuntimeOrigin::signed(user(index)), user(index));
				}
				for grant in 0..self.grants {
					let _ = Growth::release(RuntimeOrigin::root(), grant);
				}
			},
			// What other pots pay meanwhile is not its doing.
			Move::Wait => return next_epoch(),
		}
		self.earned += in_pots() - before;
	}

	fn ask(&mut self, index: u8, access: Option<Access>, is_answered: bool) {
		self.asked += 1;
		let request = Positions::<Runtime>::get().next_request;
		let through = access.map(|access| AppUse { app: 0, access });
		if ask_as(user(index), self.asked, through).is_err() {
			return;
		}
		if !is_answered {
			assert_ok!(Inference::cancel(RuntimeOrigin::signed(user(index)), request));
			return;
		}
		(0..2).for_each(|_| next_block());
		let state = Requests::<Runtime>::get(request).map(|record| record.state);
		if matches!(state, Some(State::Assigned { .. })) {
			answer(request, draw_of(request));
		} else {
			assert_ok!(Inference::cancel(RuntimeOrigin::signed(user(index)), request));
		}
	}
}

fn next_epoch() {
	AllPalletsWithSystem::on_finalize(System::block_number());
	// The blocks between are left out: nothing waits for them.
	let next = Usage::epoch().end as u32;
	System::set_block_number(next - 1);
	begin_block(next);
	report(0, Bob, vec![0]);
}

#[test]
fn no_strategy_of_one_party_leaves_it_with_more() {
	for seed in 0..STRATEGIES {
		on_the_development_chain(|| {
			let mut chance = Chance::of((b"wash", seed));
			let mut party = Party::begin();
			for _ in 0..1 + chance.below(MOVES) {
				party.take(step(&mut chance));
				let net = party.net();
				assert!(net <= 0, "strategy {seed} earned {net} units");
			}
			// With everything it may still have for it, it has lost.
			for _ in 0..3 {
				party.take(Move::Wait);
				party.take(Move::Claim);
			}
			let (net, burnt) = (party.net(), party.burnt());
			assert!(net < 0 || (net == 0 && burnt == 0), "strategy {seed} earned {net} units");
		});
	}
}

#[test]
fn who_comes_back_is_given_back_three_percent_and_less_than_what_burnt() {
	on_the_development_chain(|| {
		let mut party = Party::begin();
		for _ in 0..3 {
			party.take(Move::Ask(0, None));
			party.take(Move::Wait);
		}
		let before = free(user(0));
		party.take(Move::Claim);
		// Of the first epoch nothing: it had not come back yet.
		assert_eq!(free(user(0)) - before, 2 * PRICE * 3 / 100);
		assert_eq!(party.burnt(), 3 * PRICE * 5 / 100);
		party.take(Move::Claim);
		assert_eq!(free(user(0)) - before, 2 * PRICE * 3 / 100, "once");
	});
}

#[test]
fn a_party_that_is_granted_all_that_its_burn_allows_still_loses() {
	on_the_development_chain(|| {
		let mut party = Party::begin();
		party.take(Move::Grant(false, OPG / 1_000));
		for _ in 0..4 {
			(0..5).for_each(|_| party.take(Move::Ask(1, None)));
			party.take(Move::Wait);
			party.take(Move::Claim);
		}
		let (spent, burnt) = (20 * PRICE, party.burnt());
		assert_eq!(burnt, spent * 5 / 100);
		// What nobody can get back of a fee: the treasury's share, growth's own share, and what of the burn was not given back.
		assert!(party.net() < -((spent * 7 / 100) as i128), "{}", party.net());
	});
}
