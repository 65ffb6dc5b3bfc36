//! What the parts of a request's life cost, measured over the real runtime: time, and entries of the state read and written.

#[allow(dead_code)]
mod blocks;
#[allow(dead_code)]
mod chain;
#[path = "prices/touched.rs"]
mod touched;
#[allow(dead_code)]
mod walk;

use blocks::{begin, end};
use frame_support::{
	assert_ok,
	dispatch::DispatchClass,
	pallet_prelude::TransactionSource,
	storage::{with_transaction, TransactionOutcome},
	traits::{fungible::Balanced, Authorize, Hooks, UnfilteredDispatchable},
	weights::Weight,
};
use opg_primitives::{
	job::Answer,
	seams::{FeeSplitter, Payees, UsageLog, UsageNote, Use},
	statement::{statement, Domain},
	Input, NodeId, Outcome, TrustMode,
};
use opg_runtime::{
	configs::{economics::BalanceCredit, system::Weights},
	constants::currency::{MILLI_OPG, OPG},
	AccountId, Balance, Balances, BlockNumber, Economics, Inference, Models, Runtime, RuntimeCall,
	RuntimeOrigin, System, Usage,
};
use pallet_inference::{weights::UpperBounds, Assigned, WeightInfo};
use serde_json::json;
use sp_core::Pair;
use sp_keyring::Sr25519Keyring::{Alice, Bob, Eve};
use sp_runtime::{DispatchError, Permill};
use std::time::{Duration, Instant};
use touched::{touched_by, Touched};
use walk::{account, genesis, publish_and_serve, report, tensors};

/// Answers of a measured block: as many as one batch may have.
const ANSWERS: usize = 256;
/// How they are batched.
const BATCHES: [usize; 4] = [1, 16, 64, 256];
/// Blocks until a request is given up.
const DEADLINE: BlockNumber = 40;
/// How often each thing is timed; the least counts.
const TURNS: usize = 7;
/// What an answer costs here: little, so that no bond is spoken for.
const CHEAP: Balance = 10 * MILLI_OPG;
/// Where figures are written.
const FILE: &str = "OPG_PRICES_FILE";

fn asker(number: usize) -> AccountId {
	let mut bytes = [7; 32];
	bytes[..8].copy_from_slice(&(number as u64).to_le_bytes());
	AccountId::new(bytes)
}

fn next_block() {
	end();
	let number = System::block_number() + 1;
	begin(number);
	if number % 8 == 0 {
		report(0, Bob, vec![0]);
	}
}

/// Does something as often as it is timed, leaving nothing behind; the least time.
fn least(mut act: impl FnMut() -> Duration) -> Duration {
	(0..TURNS).map(|_| undone(&mut act)).min().expect("several turns")
}

fn undone<Found>(act: impl FnOnce() -> Found) -> Found {
	let mut found = None;
	let _: Result<(), DispatchError> = with_transaction(|| {
		found = Some(act());
		TransactionOutcome::Rollback(Ok(()))
	});
	found.expect("it was done")
}

fn timed(act: impl FnOnce()) -> Duration {
	let started = Instant::now();
	act();
	started.elapsed()
}

fn request(number: usize, key: u64) -> RuntimeCall {
	let mut client_key = [0; 16];
	client_key[..8].copy_from_slice(&key.to_le_bytes());
	client_key[8..].copy_from_slice(&(number as u64).to_le_bytes());
	RuntimeCall::Inference(pallet_inference::Call::request {
		model: 0,
		input: Input::Inline(tensors(&[1.0, 2.0]).try_into().expect("short")),
		trust: TrustMode::Attested,
		max_fee: CHEAP,
		deadline: DEADLINE,
		client_key,
		through: None,
	})
}

fn ask(count: usize, key: u64) {
	for number in 0..count {
		let by = RuntimeOrigin::signed(asker(number));
		assert_ok!(request(number, key).dispatch_bypass_filter(by));
	}
}

/// What the node has, answered.
fn answers() -> Vec<Answer> {
	let jobs = Assigned::<Runtime>::iter_prefix(0 as NodeId);
	let mut all: Vec<_> = jobs
		.map(|(request, draw)| {
			let outcome = Outcome::Output(tensors(&[3.0]).try_into().expect("short"));
			Answer { request, draw, outcome }
		})
		.collect();
	all.sort_by_key(|answer| answer.request);
	all
}

/// Batches of the node's answers, signed as it signs them.
fn batches(all: &[Answer], batch: usize) -> Vec<RuntimeCall> {
	let next = pallet_nodes::Nodes::<Runtime>::get(0).expect("registered").next_batch;
	(next..)
		.zip(all.chunks(batch))
		.map(|(number, answers)| {
			let answers = answers.to_vec();
			let claim = statement(Domain::Answers, genesis(), &(0 as NodeId, number, &answers));
			RuntimeCall::Inference(pallet_inference::Call::answer {
				node: 0,
				number,
				answers: answers.try_into().expect("as many as a batch has"),
				signature: walk::worker(Bob).sign(&claim).into(),
			})
		})
		.collect()
}

/// Checks who signed each batch, then settles it, as a block does.
fn include(batches: &[RuntimeCall]) {
	for batch in batches {
		let authorized = batch.authorize(TransactionSource::External).expect("it is authorised");
		authorized.expect("by the node");
		let by = frame_system::RawOrigin::Authorized;
		assert_ok!(batch.clone().dispatch_bypass_filter(by.into()));
	}
}

/// What settlement asks of economics for as many fees.
fn split(fees: Vec<BalanceCredit>, batch: usize) {
	let payees = Payees {
		node: account(Bob),
		model_owner: account(Eve),
		royalty: Permill::from_percent(10),
		model: Some(0),
	};
	let mut fees = fees.into_iter().peekable();
	while fees.peek().is_some() {
		let mut settlement =
			<Economics as FeeSplitter<AccountId, BalanceCredit>>::Settlement::default();
		for fee in fees.by_ref().take(batch) {
			Economics::add(&mut settlement, fee, &payees);
		}
		<Economics as FeeSplitter<AccountId, BalanceCredit>>::pay(settlement);
	}
}

/// What it asks of usage.
fn count(answers: usize, batch: usize) {
	for from in (0..answers).step_by(batch) {
		let mut notes = <Usage as UsageLog<AccountId, Balance>>::Batch::default();
		for number in from..answers.min(from + batch) {
			let who = asker(number);
			let of = Use { who: &who, model: 0, app: None, is_sponsored: false };
			let note = UsageNote::Settled { spend: CHEAP, burn: CHEAP / 20, latency: 3 };
			Usage::note(&mut notes, of, note);
		}
		Usage::commit(notes);
	}
}

fn fees(count: usize) -> Vec<BalanceCredit> {
	(0..count).map(|_| <Balances as Balanced<AccountId>>::issue(CHEAP)).collect()
}

/// Time, and entries of the state at the prices of the chain's own database.
struct Cost {
	time: Duration,
	touched: Touched,
}

impl Cost {
	fn of(time: Duration, act: impl FnOnce()) -> Self {
		Self { time, touched: touched_by(|| undone(act)) }
	}

	/// What the entries it touches weigh, in microseconds.
	fn entries(&self) -> f64 {
		let (reads, writes) = (self.touched.reads() as u64, self.touched.writes() as u64);
		let entries =
			<Runtime as frame_system::Config>::DbWeight::get().reads_writes(reads, writes);
		entries.ref_time() as f64 / 1e6
	}

	/// What it would weigh if it were charged by what it takes.
	fn weight(&self) -> f64 {
		self.micros() + self.entries()
	}

	fn micros(&self) -> f64 {
		self.time.as_secs_f64() * 1e6
	}

	fn told(&self) -> serde_json::Value {
		json!({
			"us": self.micros(),
			"reads": self.touched.reads(),
			"writes": self.touched.writes(),
			"entries_us": self.entries(),
			"weight_us": self.weight(),
		})
	}
}

/// A node that may carry a whole block's answers, and whoever asks.
fn warm() {
	begin(1);
	publish_and_serve();
	let by_eve = RuntimeOrigin::signed(account(Eve));
	assert_ok!(Models::update_price(by_eve, 0, CHEAP, Permill::from_percent(10)));
	for number in 0..ANSWERS {
		let by = RuntimeOrigin::signed(account(Alice));
		assert_ok!(Balances::transfer_keep_alive(by, asker(number).into(), 100 * OPG));
	}
	// A node carries as many jobs at once as it has shown that it can, twice as many each round.
	for round in 0..=ANSWERS.ilog2() {
		ask(1 << round, round.into());
		(0..2).for_each(|_| next_block());
		let all = answers();
		assert_eq!(all.len(), 1 << round);
		include(&batches(&all, ANSWERS));
	}
	next_block();
}

/// What a block that settles as many answers costs, transactions and the checks of their signatures included, and what economics and usage take
/// of it.
fn settlement(batch: usize) -> serde_json::Value {
	let all = answers();
	assert_eq!(all.len(), ANSWERS);
	let batches = batches(&all, batch);
	let whole = least(|| timed(|| include(&batches)));
	let economics = least(|| {
		let fees = fees(ANSWERS);
		timed(|| split(fees, batch))
	});
	let usage = least(|| timed(|| count(ANSWERS, batch)));
	let whole = Cost::of(whole, || include(&batches));
	let issued = undone(|| fees(ANSWERS));
	let economics = Cost::of(economics, || split(issued, batch));
	let usage = Cost::of(usage, || count(ANSWERS, batch));
	// What including a transaction costs before its call is looked at.
	let base =
		Weights::get().get(DispatchClass::Operational).base_extrinsic.ref_time() as f64 / 1e6;
	let bases = base * batches.len() as f64;
	json!({
		"batch": batch,
		"answers": ANSWERS,
		"settlement": whole.told(),
		"bases_us": bases,
		"economics": economics.told(),
		"usage": usage.told(),
		"share": (economics.weight() + usage.weight()) / (whole.weight() + bases),
	})
}

/// What something took that declared a weight, for one request.
fn priced(name: &str, cost: &Cost, declared: Weight) -> serde_json::Value {
	let of = ANSWERS as f64;
	json!({
		"what": name,
		"us": cost.micros() / of,
		"reads": cost.touched.reads() as f64 / of,
		"writes": cost.touched.writes() as f64 / of,
		"entries_us": cost.entries() / of,
		"weight_us": cost.weight() / of,
		"declared_us": declared.ref_time() as f64 / 1e6,
	})
}

/// What the hook of a later block would cost now.
fn hook_in(block: BlockNumber) -> Cost {
	let hook = || {
		System::set_block_number(block);
		timed(|| {
			Inference::on_initialize(block);
		})
	};
	Cost::of(least(hook), || {
		hook();
	})
}

/// The parts of the lives of as many requests as a batch answers, and what settles them.
fn life() -> (Vec<serde_json::Value>, Vec<serde_json::Value>) {
	type Bounds = UpperBounds<Runtime>;
	let of = ANSWERS as u32;
	let hook = |looked, ended, missed, drawn| {
		Bounds::initialize(looked, ended, missed, drawn) / u64::from(of)
	};
	let asks = || ask(ANSWERS, u64::MAX);
	let asked = Cost::of(least(|| timed(asks)), asks);
	asks();
	let begun = System::block_number();
	next_block();
	let drawn = hook_in(begun + 2);
	next_block();
	let settled = BATCHES.into_iter().map(settlement).collect();
	let all = answers();
	let batches = batches(&all, ANSWERS);
	let answers = || include(&batches);
	let answered = Cost::of(least(|| timed(answers)), answers);
	// Nobody answers: half of the time passes, then all of it.
	let (late, ended) = (hook_in(begun + DEADLINE / 2), hook_in(begun + DEADLINE));
	answers();
	let looked = hook_in(begun + DEADLINE);
	let life = [
		("request", asked, Bounds::request(2, false)),
		("draw", drawn, hook(0, 0, 0, of)),
		(
			"answer",
			answered,
			(Bounds::answer(of, 1, 0) + Bounds::authorize_answer(of)) / u64::from(of),
		),
		("half time, node late", late, hook(of, 0, of, 0)),
		("deadline, unanswered", ended, hook(of, of, 0, 0)),
		("deadline, answered", looked, hook(of, 0, 0, 0)),
	];
	(life.iter().map(|(name, cost, declared)| priced(name, cost, *declared)).collect(), settled)
}

fn measured() -> serde_json::Value {
	chain::of_preset("development").execute_with(|| {
		warm();
		let (life, settlements) = life();
		json!({ "life": life, "settlements": settlements })
	})
}

fn number(of: &serde_json::Value, name: &str) -> f64 {
	of[name].as_f64().expect("a number")
}

fn list<'a>(of: &'a serde_json::Value, name: &str) -> &'a [serde_json::Value] {
	of[name].as_array().expect("a list")
}

#[test]
fn economics_and_usage_touch_no_more_than_a_quarter_and_everything_declares_what_it_touches() {
	let figures = measured();
	for settlement in list(&figures, "settlements") {
		let entries = |part: &str| number(&settlement[part], "entries_us");
		let extra = entries("economics") + entries("usage");
		assert!(4.0 * extra <= entries("settlement"), "{settlement}");
	}
	for part in list(&figures, "life") {
		assert!(number(part, "entries_us") <= number(part, "declared_us"), "{part}");
	}
}

/// Its times need a quiet machine: `scripts/long/prices.sh` runs it.
#[test]
#[ignore]
fn economics_and_usage_weigh_no_more_than_a_quarter_and_everything_declares_what_it_takes() {
	let figures = measured();
	let text = serde_json::to_string_pretty(&figures).expect("JSON") + "\n";
	match std::env::var(FILE) {
		Ok(file) => std::fs::write(file, text).expect("the file can be written"),
		Err(_) => print!("{text}"),
	}
	for settlement in list(&figures, "settlements") {
		assert!(number(settlement, "share") <= 0.25, "{settlement}");
	}
	for part in list(&figures, "life") {
		assert!(number(part, "weight_us") <= number(part, "declared_us"), "{part}");
	}
}
