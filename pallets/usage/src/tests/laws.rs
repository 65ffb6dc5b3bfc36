//! The counts are what a plain recount of all notes gives, however they are cut into batches, and broken states are caught.

use crate::{
	latency::BOUNDS, mock::*, Accounts, Batch, Counters, EpochIndex, Ring, Scope, Sweeping,
	Tallies, AGES,
};
use frame_support::traits::Hooks;
use opg_primitives::{
	seams::{UsageLog, UsageNote, Use},
	AppId, ModelId,
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// A note as it is read off the chain's events.
#[derive(Clone, Copy, Debug)]
struct Fact {
	who: u64,
	model: ModelId,
	app: Option<AppId>,
	note: UsageNote<u128>,
}

#[derive(Clone, Debug)]
enum Step {
	Note(Vec<Fact>),
	Wait(u64),
	Idle(u32),
}

fn note() -> impl Strategy<Value = UsageNote<u128>> {
	let amount = || prop_oneof![20 => 0..1_000u128, 1 => Just(u128::MAX / 3)];
	prop_oneof![
		2 => Just(UsageNote::Requested),
		8 => (amount(), 0..50u128, 0..200u32)
			.prop_map(|(spend, burn, latency)| UsageNote::Settled { spend, burn, latency }),
		1 => (amount(), 0..50u128, amount())
			.prop_map(|(spend, burn, refund)| UsageNote::Failed { spend, burn, refund }),
		1 => amount().prop_map(|refund| UsageNote::Expired { refund }),
		1 => amount().prop_map(|refund| UsageNote::Cancelled { refund }),
	]
}

fn facts(models: ModelId, apps: AppId) -> impl Strategy<Value = Vec<Fact>> {
	let fact = (0..6u64, 0..models, prop::option::of(0..apps), note())
		.prop_map(|(who, model, app, note)| Fact { who, model, app, note });
	prop::collection::vec(fact, 0..12)
}

fn step(models: ModelId, apps: AppId) -> impl Strategy<Value = Step> {
	prop_oneof![
		8 => facts(models, apps).prop_map(Step::Note),
		4 => (0..2 * LENGTH).prop_map(Step::Wait),
		1 => (2 * LENGTH..12 * LENGTH).prop_map(Step::Wait),
		2 => (0..10u32).prop_map(Step::Idle),
	]
}

fn add(batch: &mut Batch<Test>, fact: &Fact) {
	let of = Use { who: &fact.who, model: fact.model, app: fact.app, is_sponsored: false };
	Usage::note(batch, of, fact.note);
}

fn take(step: &Step) {
	match step {
		Step::Note(facts) => {
			let mut batch = Batch::default();
			facts.iter().for_each(|fact| add(&mut batch, fact));
			Usage::commit(batch);
		},
		Step::Wait(blocks) => System::set_block_number(System::block_number() + blocks),
		Step::Idle(looks) => {
			use crate::WeightInfo;
			let room = crate::weights::UpperBounds::<Test>::sweep(*looks);
			Usage::on_idle(System::block_number(), room);
		},
	}
}

/// What a reader of events counts of an epoch, with every fact at hand: one after the other, without any of the chain's shortcuts.
#[derive(Default, PartialEq, Debug)]
struct Recount {
	heads: [u32; 4],
	service: [u64; 5],
	money: [u128; 4],
	latencies: Vec<u64>,
	ages: BTreeMap<u32, (u32, u128)>,
}

fn recount(facts: &[(EpochIndex, Fact)], epoch: EpochIndex, scope: Option<Scope>) -> Recount {
	let is_of = |fact: &Fact| match scope {
		None => true,
		Some(Scope::Model(model)) => fact.model == model,
		Some(Scope::App(app)) => fact.app == Some(app),
	};
	let facts: Vec<_> = facts.iter().filter(|(_, fact)| is_of(fact)).collect();
	let mut count = Recount { latencies: vec![0; BOUNDS.len() + 1], ..Default::default() };
	// In which epochs each account had a paid answer, and what it paid in this one.
	let mut visits = BTreeMap::<u64, BTreeSet<EpochIndex>>::new();
	let mut spend = BTreeMap::<u64, u128>::new();
	for (at, fact) in &facts {
		if matches!(fact.note, UsageNote::Settled { .. }) {
			visits.entry(fact.who).or_default().insert(*at);
		}
		if *at != epoch {
			continue;
		}
		let [paid, base_fees, burnt, returned] = &mut count.money;
		let kind = match fact.note {
			UsageNote::Requested => 0,
			UsageNote::Settled { spend: fee, burn, latency } => {
				*paid = paid.saturating_add(fee);
				*burnt = burnt.saturating_add(burn);
				let bucket = BOUNDS.iter().position(|bound| latency <= *bound);
				count.latencies[bucket.unwrap_or(BOUNDS.len())] += 1;
				let sum = spend.entry(fact.who).or_default();
				*sum = sum.saturating_add(fee);
				1
			},
			UsageNote::Failed { spend, burn, refund } => {
				*base_fees = base_fees.saturating_add(spend);
				*burnt = burnt.saturating_add(burn);
				*returned = returned.saturating_add(refund);
				2
			},
			UsageNote::Expired { refund } => {
				*returned = returned.saturating_add(refund);
				3
			},
			UsageNote::Cancelled { refund } => {
				*returned = returned.saturating_add(refund);
				4
			},
		};
		count.service[kind] += 1;
	}
	for (who, spend) in spend {
		// Back from this epoch, as long as no gap is as long as the ring.
		let mut first = epoch;
		let before: Vec<_> = visits[&who].range(..epoch).rev().copied().collect();
		for at in &before {
			if first - at >= RING {
				break;
			}
			first = *at;
		}
		let last = before.first().copied().filter(|_| first < epoch);
		let kind = match last {
			None => 1,
			Some(last) if last + 1 == epoch => 2,
			Some(_) => 3,
		};
		count.heads[0] += 1;
		count.heads[kind] += 1;
		let cell = count.ages.entry((epoch - first).min(AGES)).or_default();
		*cell = (cell.0 + 1, cell.1.saturating_add(spend));
	}
	count
}

/// The chain's counters in the reader's terms.
fn told(counters: &Counters) -> Recount {
	let (service, money) = (counters.service, counters.money);
	let cells = counters.ages.cells().iter().zip(0..);
	Recount {
		heads: heads(counters),
		service: [
			service.requests,
			service.settled,
			service.failed,
			service.expired,
			service.cancelled,
		],
		money: [money.spend, money.base_fees, money.burn, money.refunds],
		latencies: service.latencies.counts().collect(),
		ages: cells
			.filter(|(cell, _)| cell.accounts > 0)
			.map(|(cell, age)| (age, (cell.accounts, cell.spend)))
			.collect(),
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(192))]

	#[test]
	fn counts_are_what_a_recount_of_all_notes_gives(
		steps in prop::collection::vec(step(4, 3), 1..80),
	) {
		build_and_execute(|| {
			let mut facts = Vec::new();
			for step in &steps {
				take(step);
				Usage::check_laws().expect("the laws hold after each step");
				let now = Usage::current_epoch();
				if let Step::Note(more) = step {
					facts.extend(more.iter().map(|fact| (now, *fact)));
				}
				// Every fourth step: the recount is dear.
				if !matches!(step, Step::Idle(_)) {
					continue;
				}
				compare(&facts, now);
			}
			compare(&facts, Usage::current_epoch());
		});
	}

	#[test]
	fn counts_do_not_depend_on_how_notes_are_cut_into_batches(
		steps in prop::collection::vec(step(20, 10), 1..40),
		most in 1..25u32,
	) {
		let run = |cut: bool| {
			let mut state = None;
			build_and_execute(|| {
				MaxScopes::set(most);
				for step in &steps {
					match step {
						Step::Note(facts) if cut => {
							facts.iter().for_each(|fact| take(&Step::Note(vec![*fact])));
						},
						step => take(step),
					}
				}
				let ring: BTreeMap<_, _> = Ring::<Test>::iter().collect();
				let accounts: BTreeMap<_, _> = Accounts::<Test>::iter().collect();
				let tallies: Vec<_> = Tallies::<Test>::iter().collect();
				state = Some((ring, accounts, tallies, Sweeping::<Test>::get()));
			});
			state
		};
		prop_assert_eq!(run(false), run(true));
	}
}

/// Compares all that can be asked for with a recount.
fn compare(facts: &[(EpochIndex, Fact)], now: EpochIndex) {
	for epoch in (now + 1).saturating_sub(RING)..=now {
		assert_eq!(told(&counters(epoch)), recount(facts, epoch, None), "epoch {epoch} in {now}");
	}
	let scopes = (0..4).map(Scope::Model).chain((0..3).map(Scope::App));
	for scope in scopes {
		for epoch in (now + 1).saturating_sub(SCOPE_RING)..=now {
			let counters = Usage::scope_counters(scope, epoch).unwrap_or_default();
			let count = recount(facts, epoch, Some(scope));
			assert_eq!(told(&counters), count, "{scope:?} in epoch {epoch} in {now}");
		}
	}
	for who in 0..6 {
		let mut paid = BTreeMap::<EpochIndex, u128>::new();
		for (epoch, fact) in facts.iter().filter(|(_, fact)| fact.who == who) {
			if let UsageNote::Settled { spend, .. } = fact.note {
				let sum = paid.entry(*epoch).or_default();
				*sum = sum.saturating_add(spend);
			}
		}
		let kept = (now + 1).saturating_sub(RING)..=now;
		let seen: Vec<_> = paid.keys().copied().filter(|epoch| kept.contains(epoch)).collect();
		let Some(known) = Usage::account(&who) else {
			assert!(seen.is_empty(), "account {who} is forgotten");
			continue;
		};
		assert_eq!(Some(known.last), seen.last().copied());
		let bits = (0..RING).filter(|back| known.seen >> back & 1 == 1).map(|back| now - back);
		assert_eq!(bits.collect::<BTreeSet<_>>(), seen.into_iter().collect());
		for (back, fee) in (0..).zip(known.fees) {
			let epoch = now.checked_sub(back);
			let sum = epoch.and_then(|epoch| paid.get(&epoch).copied()).unwrap_or(0);
			assert_eq!(fee, sum, "account {who}, {back} epochs back");
		}
	}
}

/// Two accounts and two models in two epochs, and then a change.
fn broken(change: impl FnOnce()) {
	build_and_execute(|| {
		settle(ALICE, 0, 10);
		settle(BOB, 1, 10);
		enter(1);
		settle(ALICE, 0, 10);
		settle_in_app(ALICE, 0, 10);
		change();
	});
}

fn change_epoch(change: impl FnOnce(&mut Counters)) {
	Ring::<Test>::mutate(1, |epoch| {
		change(&mut epoch.as_mut().expect("it was used").counters);
	});
}

fn change_tally(change: impl FnOnce(&mut Counters)) {
	Tallies::<Test>::mutate(1, Scope::Model(0), |tally| {
		change(tally.as_mut().expect("it was used"));
	});
}

fn change_account(change: impl FnOnce(&mut crate::Account)) {
	Accounts::<Test>::mutate(ALICE, |account| change(account.as_mut().expect("she is known")));
}

#[test]
#[should_panic = "an epoch is not in its place"]
fn catch_an_epoch_in_anothers_place() {
	broken(|| Ring::<Test>::mutate(1, |epoch| epoch.as_mut().expect("used").index = 0));
}

#[test]
#[should_panic = "an epoch has not begun"]
fn catch_an_epoch_that_has_not_begun() {
	broken(|| {
		let epoch = Ring::<Test>::get(1).expect("it was used");
		Ring::<Test>::insert(2, crate::Epoch { index: 2, ..epoch });
	});
}

#[test]
#[should_panic = "active accounts are not new, returning or resurrected"]
fn catch_an_account_that_came_in_no_way() {
	broken(|| change_epoch(|counters| counters.accounts.active += 1));
}

#[test]
#[should_panic = "active accounts are not of any age"]
fn catch_an_account_without_an_age() {
	broken(|| {
		change_epoch(|counters| {
			counters.accounts.active += 1;
			counters.accounts.returning += 1;
		});
	});
}

#[test]
#[should_panic = "new accounts have an age"]
fn catch_a_new_account_of_some_age() {
	broken(|| {
		change_epoch(|counters| {
			counters.accounts.new += 1;
			counters.accounts.returning -= 1;
		});
	});
}

#[test]
#[should_panic = "an answer has no latency"]
fn catch_an_answer_without_a_latency() {
	broken(|| change_epoch(|counters| counters.service.settled += 1));
}

#[test]
#[should_panic = "cohorts are not what was paid"]
fn catch_a_unit_paid_by_nobody() {
	broken(|| change_epoch(|counters| counters.money.spend += 1));
}

#[test]
#[should_panic = "scopes come to more than the network"]
fn catch_a_model_with_more_than_the_network() {
	broken(|| change_tally(|counters| counters.money.refunds += 1));
}

#[test]
#[should_panic = "a scope's cohorts paid more than was paid"]
fn catch_a_model_paid_less_than_its_accounts_paid() {
	broken(|| change_tally(|counters| counters.money.spend -= 1));
}

#[test]
#[should_panic = "an epoch's scopes are miscounted"]
fn catch_a_model_that_was_not_counted() {
	broken(|| Tallies::<Test>::insert(1, Scope::Model(9), Counters::default()));
}

#[test]
#[should_panic = "an epoch has too many scopes"]
fn catch_too_many_models() {
	broken(|| MaxScopes::set(0));
}

#[test]
#[should_panic = "a scope has counters nobody will remove"]
fn catch_counters_that_would_stay() {
	broken(|| Sweeping::<Test>::mutate(|sweep| sweep.tallies_from = 1));
}

#[test]
#[should_panic = "an account was not seen when it was here"]
fn catch_an_account_not_seen_in_its_first_epoch() {
	broken(|| change_account(|account| account.seen = 1));
}

#[test]
#[should_panic = "an account was not seen when it was here"]
fn catch_an_account_seen_before_its_first_epoch() {
	broken(|| change_account(|account| account.seen |= 4));
}

#[test]
#[should_panic = "an account's epochs are out of order"]
fn catch_an_account_that_was_here_in_time_to_come() {
	broken(|| change_account(|account| account.presence.last = 2));
}

#[test]
#[should_panic = "an account is followed twice"]
fn catch_an_account_twice_at_a_model() {
	broken(|| {
		change_account(|account| {
			let place = account.places[0];
			account.places.try_push(place).expect("there is room");
		});
	});
}

#[test]
#[should_panic = "a cohort is not its accounts"]
fn catch_an_account_that_is_gone() {
	broken(|| Accounts::<Test>::remove(BOB));
}

#[test]
#[should_panic = "a cohort's spend is not its accounts'"]
fn catch_fees_that_are_gone() {
	broken(|| {
		change_account(|account| {
			account.fees = Default::default();
			account.own = Default::default();
		})
	});
}

#[test]
#[should_panic = "an account paid more itself than was paid"]
fn catch_an_account_that_paid_more_itself_than_was_paid() {
	broken(|| change_account(|account| account.fees = Default::default()));
}

#[test]
#[should_panic = "what an account will pay was taken already"]
fn catch_fees_that_were_taken_before_they_were_paid() {
	broken(|| change_account(|account| account.taken_to = EpochIndex::MAX));
}

#[test]
#[should_panic = "a scope's accounts are miscounted"]
fn catch_a_place_that_is_gone() {
	broken(|| change_account(|account| account.places = Default::default()));
}

#[test]
#[should_panic = "a scope has more accounts than the network"]
fn catch_a_model_with_more_accounts_than_the_network() {
	broken(|| change_tally(|counters| counters.add_visit(Some(crate::Arrival::Returning), 1, 0)));
}

#[test]
#[should_panic = "a scope has counters of an epoch that has not begun"]
fn catch_a_model_used_in_time_to_come() {
	broken(|| Tallies::<Test>::insert(2, Scope::Model(0), Counters::default()));
}

#[test]
#[should_panic = "an account was at a model when it was not here"]
fn catch_an_account_at_a_model_before_it_was_here() {
	broken(|| {
		change_account(|account| {
			account.presence.first = 1;
			account.seen = 1;
		});
	});
}
