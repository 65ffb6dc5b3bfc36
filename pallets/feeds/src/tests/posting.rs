//! The off-chain worker: what it hands to its machine, when it reports, and when it leaves that to others.

use crate::{mock::*, Call};
use codec::{Decode, Encode};
use frame_support::{assert_ok, traits::OffchainWorker};
use opg_host::{WorkerExt, WorkerPort};
use opg_primitives::{
	feed::{FeedId, Gathered, Observation, Outlook, Seat, Seen, Watch},
	node::worker_key::WORKER,
	NodeId,
};
use sp_core::{
	offchain::{testing::TestTransactionPoolExt, OffchainWorkerExt, TransactionPoolExt},
	Pair,
};
use sp_keystore::{testing::MemoryKeystore, Keystore, KeystoreExt};
use std::sync::{Arc, Mutex};

/// Has the observations it was told to have, of whatever round is asked for.
#[derive(Default)]
struct Machine {
	watched: Mutex<Vec<Watch>>,
	reported: Mutex<Vec<Vec<Seen>>>,
	has: Mutex<Vec<Observation>>,
}

impl WorkerPort for Machine {
	fn submit(&self, _: &[u8]) -> bool {
		false
	}

	fn poll(&self, _: &[u8]) -> Option<Vec<u8>> {
		None
	}

	fn observe(&self, mut outlook: &[u8]) -> Option<Vec<u8>> {
		let Outlook { watches, reported } = Outlook::decode(&mut outlook).expect("an outlook");
		*self.reported.lock().expect("no test panics here") = reported;
		*self.watched.lock().expect("no test panics here") = watches.clone();
		let observations = self.has.lock().expect("no test panics here").clone();
		let gathered = |watch: Watch| Gathered {
			feed: watch.feed,
			round: watch.round,
			observations: observations.clone(),
		};
		Some(watches.into_iter().map(gathered).collect::<Vec<_>>().encode())
	}
}

struct Bench {
	machine: Arc<Machine>,
	sent: Box<dyn Fn() -> Vec<Extrinsic>>,
}

impl Bench {
	/// Runs the off-chain worker of the present block; how many observations each report has.
	fn run(&self) -> Vec<Vec<Seat>> {
		<Told as OffchainWorker<u64>>::offchain_worker(System::block_number());
		let seats = |extrinsic: Extrinsic| match extrinsic.function {
			RuntimeCall::Told(call) => {
				assert_ok!(authorize(&call));
				match call {
					Call::report { observations, .. } => {
						observations.iter().map(|one| one.seen.seat).collect()
					},
					_ => unreachable!("only reports are sent"),
				}
			},
			_ => unreachable!("only this pallet's calls are sent"),
		};
		(self.sent)().into_iter().map(seats).collect()
	}

	fn has(&self, feed: FeedId, seats: &[Seat]) {
		let round = round(feed);
		let one = |seat: &Seat| observation(feed, round, *seat, &[Some(100), Some(200)]);
		*self.machine.has.lock().expect("no test panics here") = seats.iter().map(one).collect();
	}

	fn watched(&self) -> Vec<Watch> {
		self.machine.watched.lock().expect("no test panics here").clone()
	}
}

/// A chain on which this machine has the key of `node`.
fn with_machine(node: NodeId, test: impl FnOnce(Bench)) {
	let keystore = MemoryKeystore::new();
	let public = pair(node).public().0;
	keystore.insert(WORKER, &format!("//{node}"), &public).expect("a fresh store");
	let (pool, sent) = TestTransactionPoolExt::new();
	let (offchain, _) = sp_core::offchain::testing::TestOffchainExt::new();
	let machine = Arc::new(Machine::default());
	let mut externalities = externalities();
	externalities.register_extension(OffchainWorkerExt::new(offchain));
	externalities.register_extension(TransactionPoolExt::new(pool));
	externalities.register_extension(KeystoreExt::new(keystore));
	externalities.register_extension(WorkerExt(machine.clone()));
	externalities.execute_with(|| {
		let sent = Box::new(move || {
			let sent = std::mem::take(&mut sent.write().transactions);
			sent.into_iter()
				.map(|bytes| Extrinsic::decode(&mut bytes.as_slice()).expect("our own bytes"))
				.collect()
		});
		test(Bench { machine, sent });
		Told::check_laws().expect("the laws hold");
	});
}

#[test]
fn hands_over_the_rounds_it_has_a_seat_in() {
	with_machine(1, |bench| {
		let feed = running();
		assert!(bench.run().is_empty());
		let watched = bench.watched();
		assert_eq!((watched[0].feed, watched[0].round, watched[0].version), (feed, 1, 0));
		assert_eq!(watched[0].own, [1]);
		assert_eq!(watched[0].members, (0..5).map(worker).collect::<Vec<_>>());
		assert_eq!((watched[0].subject.names().len(), watched[0].sources.len()), (2, 1));
	});
	with_machine(9, |bench| {
		running();
		bench.run();
		assert!(bench.watched().is_empty(), "no seat, nothing to watch");
	});
}

#[test]
fn hands_over_what_was_reported_last_as_the_file_that_history_names() {
	with_machine(1, |bench| {
		let feed = running();
		bench.run();
		let reported = || bench.machine.reported.lock().expect("no test panics here").clone();
		assert!(reported().is_empty());
		report_all(feed, 100, 200);
		next_round(feed);
		bench.run();
		let file = reported().concat().encode();
		let kept = Told::history(feed).pop().expect("one round");
		assert_eq!(kept.digest.0, sp_io::hashing::sha2_256(&file));
	});
}

#[test]
fn of_the_leader_reports_at_once_if_all_is_there_and_else_a_block_later() {
	// Seat 1 leads round 1.
	with_machine(1, |bench| {
		let feed = running();
		bench.has(feed, &[0, 1, 2, 3, 4]);
		assert_eq!(bench.run(), [[0, 1, 2, 3, 4]]);
		bench.has(feed, &[1, 2, 4]);
		assert!(bench.run().is_empty());
		go_to(7);
		assert_eq!(bench.run(), [[1, 2, 4]]);
		bench.has(feed, &[1, 2]);
		assert!(bench.run().is_empty(), "no quorum");
	});
}

#[test]
fn of_another_seat_follows_when_the_leader_did_not() {
	with_machine(2, |bench| {
		let feed = running();
		bench.has(feed, &[0, 1, 2, 3, 4]);
		assert!(bench.run().is_empty());
		go_to(7);
		assert!(bench.run().is_empty());
		go_to(8);
		assert_eq!(bench.run().len(), 1);
	});
	with_machine(0, |bench| {
		let feed = running();
		bench.has(feed, &[0, 1, 2, 3, 4]);
		go_to(8);
		assert!(bench.run().is_empty());
		go_to(9);
		assert_eq!(bench.run().len(), 1, "the last block in which it makes sense is everybody's");
		go_to(10);
		assert!(bench.run().is_empty(), "too late for this round");
	});
}

#[test]
fn brings_what_was_left_out_and_nothing_twice() {
	with_machine(1, |bench| {
		let feed = running();
		post(report(feed, &[(0, 100, 200), (2, 100, 200), (3, 100, 200)]));
		bench.has(feed, &[0, 1, 2, 3, 4]);
		assert_eq!(bench.run(), [[1, 4]]);
		post(report(feed, &[(1, 100, 200), (4, 100, 200)]));
		assert!(bench.run().is_empty());
	});
}

#[test]
fn reports_nothing_that_is_not_due() {
	with_machine(2, |bench| {
		let feed = running();
		crate::Feeds::<Test>::mutate(feed, |record| {
			record.as_mut().expect("a feed").rules.deviation = 100;
		});
		report_all(feed, 100, 200);
		next_round(feed);
		bench.has(feed, &[0, 1, 2, 3, 4]);
		assert!(bench.run().is_empty(), "nothing moved");
		go_to(15);
		assert!(bench.run().is_empty(), "too late for this round");
		next_round(feed);
		bench.has(feed, &[0, 1, 2, 3, 4]);
		go_to(19);
		assert_eq!(bench.run().len(), 1, "the heartbeat is over");
	});
}
