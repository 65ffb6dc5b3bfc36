//! Blocks full of spam: requests beside it are settled as fast as ever, and it costs its sender more than it breaks.

#[allow(dead_code)]
mod blocks;
#[allow(dead_code)]
mod chain;
#[allow(dead_code)]
mod walk;

use blocks::{begin, end, send, send_authorized, send_with_tip, taken_by};
use frame_support::{
	assert_ok,
	dispatch::{DispatchClass, GetDispatchInfo},
};
use opg_primitives::{
	job::Answer,
	statement::{statement, Domain},
	Input, NodeId, Outcome, TrustMode,
};
use opg_runtime::{
	configs::system::Weights,
	constants::{
		block::{MAX_WEIGHT, NORMAL_RATIO},
		currency::{MICRO_OPG, MILLI_OPG, OPG},
	},
	genesis_config_presets::DEVELOPMENT_OWNERS,
	AccountId, Balance, Balances, Inference, Models, Runtime, RuntimeCall, RuntimeEvent,
	RuntimeOrigin, System,
};
use pallet_inference::{Assigned, Event};
use pallet_transaction_payment::NextFeeMultiplier;
use sp_core::Pair;
use sp_keyring::Sr25519Keyring::{Alice, AliceStash, Eve};
use sp_runtime::{transaction_validity::TransactionPriority, FixedU128, Permill};
use std::collections::BTreeMap;
use walk::{account, genesis, publish_and_serve, report, tensors, worker};

/// Requests of a block beside the spam.
const ASKED: usize = 10;
/// What an answer costs here: little, so that no bond is spoken for.
const CHEAP: Balance = 10 * MILLI_OPG;
/// Blocks filled with spam.
const FLOOD: u32 = 15;

fn asker(number: usize) -> AccountId {
	let mut bytes = [7; 32];
	bytes[..8].copy_from_slice(&(number as u64).to_le_bytes());
	AccountId::new(bytes)
}

fn request(key: u64) -> RuntimeCall {
	let mut client_key = [0; 16];
	client_key[..8].copy_from_slice(&key.to_le_bytes());
	RuntimeCall::Inference(pallet_inference::Call::request {
		model: 0,
		input: Input::Inline(tensors(&[1.0, 2.0]).try_into().expect("short")),
		trust: TrustMode::Attested,
		max_fee: CHEAP,
		deadline: 200,
		client_key,
		through: None,
	})
}

/// A network of ten nodes and people who ask them.
#[derive(Default)]
struct Network {
	keys: u64,
	asked: usize,
	latencies: Vec<u32>,
}

impl Network {
	/// Runs one in the first block of the development chain.
	fn run(act: impl FnOnce(Self)) {
		chain::of_preset("development").execute_with(|| {
			begin(1);
			publish_and_serve();
			let by_eve = RuntimeOrigin::signed(account(Eve));
			assert_ok!(Models::update_price(by_eve, 0, CHEAP, Permill::from_percent(10)));
			for (node, owner) in (1..).zip(DEVELOPMENT_OWNERS.into_iter().skip(1)) {
				report(node, owner, vec![0]);
			}
			for number in 0..ASKED {
				let by = RuntimeOrigin::signed(account(Alice));
				assert_ok!(Balances::transfer_keep_alive(by, asker(number).into(), 200 * OPG));
			}
			act(Self::default());
			Inference::check_laws().expect("requests");
			opg_runtime::Nodes::check_laws().expect("nodes");
			opg_runtime::Economics::check_laws().expect("money");
		});
	}

	/// Ends the block and begins the next, in which nodes answer what the block before gave them.
	fn next_block(&mut self) {
		let all = taken_by(DispatchClass::Mandatory)
			+ taken_by(DispatchClass::Operational)
			+ taken_by(DispatchClass::Normal);
		let part = |class| taken_by(class) as f64 / MAX_WEIGHT.ref_time() as f64;
		let [hooks, answers, ordinary] =
			[DispatchClass::Mandatory, DispatchClass::Operational, DispatchClass::Normal].map(part);
		// The hook that ends a session claims all of its block.
		assert!(
			hooks > 1.0 || all <= MAX_WEIGHT.ref_time(),
			"hooks {hooks:.2}, answers {answers:.2}, ordinary {ordinary:.2} of what a block may take"
		);
		let jobs = jobs();
		self.note(&end());
		let number = System::block_number() + 1;
		begin(number);
		if number.is_multiple_of(8) {
			for (node, owner) in (0..).zip(DEVELOPMENT_OWNERS) {
				report(node, owner, vec![0]);
			}
		}
		for (node, answers) in jobs {
			answer(node, answers);
		}
	}

	fn note(&mut self, events: &[RuntimeEvent]) {
		for event in events {
			match event {
				RuntimeEvent::Inference(Event::Settled { latency, .. }) => {
					self.latencies.push(*latency)
				},
				RuntimeEvent::Inference(Event::Missed { .. } | Event::Expired { .. }) => {
					panic!("{event:?}")
				},
				_ => {},
			}
		}
	}

	/// A transaction of each of the first `count` people.
	fn ask(&mut self, count: usize) {
		for number in 0..count {
			self.keys += 1;
			assert_ok!(send(&asker(number), request(self.keys)).expect("the block has room"));
		}
		self.asked += count;
	}

	/// Until nodes may carry what comes in two blocks of `each` requests.
	fn warm(&mut self, each: usize) {
		let mut count = DEVELOPMENT_OWNERS.len();
		while count < 2 * each {
			self.ask(count.min(each));
			(0..3).for_each(|_| self.next_block());
			count *= 2;
		}
		(0..6).for_each(|_| self.next_block());
		assert_eq!(self.latencies.len(), self.asked);
		(self.asked, self.latencies) = (0, Vec::new());
	}
}

/// What each node has, answered.
fn jobs() -> BTreeMap<NodeId, Vec<Answer>> {
	let mut jobs = BTreeMap::<NodeId, Vec<Answer>>::new();
	for (node, request, draw) in Assigned::<Runtime>::iter() {
		let outcome = Outcome::Output(tensors(&[3.0]).try_into().expect("short"));
		jobs.entry(node).or_default().push(Answer { request, draw, outcome });
	}
	jobs
}

/// A node answers in batches as long as they may be.
fn answer(node: NodeId, answers: Vec<Answer>) {
	for answers in answers.chunks(256) {
		let answers = answers.to_vec();
		let number = pallet_nodes::Nodes::<Runtime>::get(node).expect("registered").next_batch;
		let claim = statement(Domain::Answers, genesis(), &(node, number, &answers));
		let signature = worker(DEVELOPMENT_OWNERS[node as usize]).sign(&claim).into();
		let call = pallet_inference::Call::answer {
			node,
			number,
			answers: answers.try_into().expect("no more than a batch has"),
			signature,
		};
		assert_ok!(send_authorized(call.into()).expect("the block has room"));
	}
}

/// What fills a block fast: many transfers in one transaction.
fn spam() -> RuntimeCall {
	let one = pallet_balances::Call::transfer_keep_alive {
		dest: account(Alice).into(),
		value: MILLI_OPG,
	};
	let calls = vec![RuntimeCall::Balances(one); 100];
	RuntimeCall::Utility(pallet_utility::Call::batch { calls })
}

fn multiplier() -> f64 {
	FixedU128::to_float(NextFeeMultiplier::<Runtime>::get())
}

/// How full a block of ordinary transactions is.
fn fullness() -> f64 {
	let most = Weights::get().get(DispatchClass::Normal).max_total.expect("set");
	assert_eq!(most, NORMAL_RATIO * MAX_WEIGHT);
	taken_by(DispatchClass::Normal) as f64 / most.ref_time() as f64
}

#[test]
fn a_flood_raises_the_price_and_costs_its_sender_far_more_than_anybody_else() {
	const TIP: Balance = MICRO_OPG;
	Network::run(|mut network| {
		network.warm(ASKED);
		let spent = |who: &AccountId, before: Balance| before - Balances::free_balance(who);
		let cost_of_asking = |network: &mut Network, tip: Balance| {
			network.keys += 1;
			let before = Balances::free_balance(asker(0));
			let held = CHEAP + opg_runtime::configs::ai::UpkeepFee::get();
			assert_ok!(send_with_tip(&asker(0), request(network.keys), tip).expect("room"));
			network.asked += 1;
			spent(&asker(0), before) - held
		};
		assert_eq!(multiplier(), 1.0);
		let calm = cost_of_asking(&mut network, 0);
		network.next_block();

		let spammer = account(AliceStash);
		let before = Balances::free_balance(&spammer) + Balances::free_balance(account(Alice));
		let (mut expected, mut extra) = (multiplier(), 0);
		for _ in 0..FLOOD {
			// A tip of a millionth of an OPG comes before whatever pays none.
			for _ in 0..ASKED {
				extra += cost_of_asking(&mut network, TIP) - calm;
			}
			while send(&spammer, spam()).is_ok() {}
			let full = fullness();
			assert!(full > 0.95, "{full}");
			let step = 75e-6 * (full - 0.25);
			expected *= 1.0 + step + step * step / 2.0;
			network.next_block();
			assert!((multiplier() / expected - 1.0).abs() < 1e-9, "{} {expected}", multiplier());
		}
		let cost =
			before - Balances::free_balance(&spammer) - Balances::free_balance(account(Alice));
		// A second of weight costs an OPG at the least price there is.
		assert!(cost > NORMAL_RATIO * (2 * Balance::from(FLOOD - 2) * OPG), "{cost}");
		assert!(cost > 1_000 * extra, "{cost} against {extra}");

		let high = multiplier();
		(0..6).for_each(|_| network.next_block());
		assert_eq!(network.latencies.len(), network.asked, "answers passed full blocks");
		assert!(network.latencies.iter().all(|latency| *latency <= 4));
		assert!(multiplier() < high, "it falls as soon as blocks are empty");
		(0..400).for_each(|_| network.next_block());
		assert_eq!(multiplier(), 1.0, "and is no less than before");
	});
}

#[test]
fn whatever_pays_no_tip_waits_behind_what_does() {
	type Charge = pallet_transaction_payment::ChargeTransactionPayment<Runtime>;
	chain::of_preset("development").execute_with(|| {
		begin(1);
		let priority = |call: RuntimeCall, tip: Balance| -> TransactionPriority {
			let info = call.get_dispatch_info();
			Charge::get_priority(&info, 500, tip, 0)
		};
		assert!(priority(request(0), MICRO_OPG) > priority(spam(), 0));
		let answers = RuntimeCall::Inference(pallet_inference::Call::answer {
			node: 0,
			number: 0,
			answers: Default::default(),
			signature: worker(DEVELOPMENT_OWNERS[0]).sign(b"").into(),
		});
		assert_eq!(answers.get_dispatch_info().class, DispatchClass::Operational);
	});
}
