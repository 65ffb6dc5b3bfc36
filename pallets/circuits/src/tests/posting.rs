//! The off-chain side: what is proved is signed and sent.

use crate::mock::*;
use codec::Decode;
use opg_primitives::{
	job::Ready,
	node::worker_key::WORKER,
	seams::{Provers, WorkerKeys},
	FaultKind, Outcome,
};
use sp_core::{
	offchain::{
		testing::{TestOffchainExt, TestTransactionPoolExt},
		OffchainWorkerExt, TransactionPoolExt,
	},
	Pair,
};
use sp_keystore::{testing::MemoryKeystore, Keystore, KeystoreExt};

fn ready(outcome: Outcome, proof: Option<Vec<u8>>) -> Ready {
	Ready { number: REQUEST, draw: DRAW, outcome, salt: [0; 32], proof }
}

/// What is sent when these are posted for node 0.
fn sent(posted: Vec<Ready>) -> Vec<crate::Call<Test>> {
	let mut externalities = externalities();
	let (pool, sent) = TestTransactionPoolExt::new();
	let (offchain, _) = TestOffchainExt::new();
	let keystore = MemoryKeystore::new();
	keystore.insert(WORKER, "//0", &pair(0).public().0).expect("a fresh store");
	externalities.register_extension(OffchainWorkerExt::new(offchain));
	externalities.register_extension(TransactionPoolExt::new(pool));
	externalities.register_extension(KeystoreExt::new(keystore));
	externalities.execute_with(|| {
		let worker = Registry::worker(0).expect("a node");
		for ready in posted {
			<Circuits as Provers<Balance>>::post(&worker, 0, ready);
		}
		let sent = std::mem::take(&mut sent.write().transactions);
		let calls = sent.into_iter().map(|bytes| {
			let extrinsic = Extrinsic::decode(&mut bytes.as_slice()).expect("our own bytes");
			match extrinsic.function {
				RuntimeCall::Circuits(call) => call,
				_ => unreachable!("only this pallet's calls are sent"),
			}
		});
		let calls: Vec<_> = calls.collect();
		for call in &calls {
			assert!(authorize(call).is_ok());
		}
		calls
	})
}

#[test]
fn sends_an_answer_with_its_proof_as_the_pool_takes_it() {
	let calls = sent(vec![ready(Outcome::Output(output(0.25)), Some(GOOD.to_vec()))]);
	assert_eq!(calls.len(), 1);
}

#[test]
fn sends_nothing_that_comes_without_a_proof_or_that_no_proof_can_show() {
	let fault = ready(Outcome::Fault(FaultKind::Unprovable), Some(GOOD.to_vec()));
	let plain = ready(Outcome::Output(output(0.25)), None);
	let between = ready(Outcome::Output(output(0.250_01)), Some(GOOD.to_vec()));
	let of_another =
		Ready { number: REQUEST + 1, ..ready(Outcome::Output(output(0.25)), Some(GOOD.to_vec())) };
	assert_eq!(sent(vec![fault, plain, between, of_another]), []);
}
