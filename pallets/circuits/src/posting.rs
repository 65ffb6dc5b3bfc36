//! The off-chain side: signs answers with proofs for the nodes of this machine, and sends them.

use crate::{BalanceOf, Call, Config, Pallet, ProofBytes};
use frame_system::offchain::SubmitTransaction;
use opg_primitives::{
	job::Ready,
	node::WorkerId,
	seams::{ProvedDesk, Provers},
	ModelId, NodeId, Outcome,
};
use sp_application_crypto::RuntimeAppPublic;

const LOG_TARGET: &str = "runtime::circuits";

impl<T: Config> Provers<BalanceOf<T>> for Pallet<T> {
	fn upkeep(model: ModelId) -> Option<BalanceOf<T>> {
		Self::fee(model)
	}

	fn post(worker: &WorkerId, node: NodeId, ready: Ready) {
		let Ready { number: request, draw, outcome, proof, .. } = ready;
		let (Outcome::Output(output), Some(proof)) = (outcome, proof) else { return };
		let Ok(proof) = ProofBytes::try_from(proof) else { return };
		let Some((model, input)) = T::Desk::question(node, request, draw) else { return };
		let Some(claim) = Self::claim(model, &input, &output) else {
			log::error!(target: LOG_TARGET, "node {node}: no proof of the answer to request {request} can hold");
			return;
		};
		let Some(signature) = worker.sign(&Self::signed(node, request, draw, &claim, &proof))
		else {
			log::error!(target: LOG_TARGET, "node {node}: the key store did not sign a proved answer");
			return;
		};
		let call = Call::deliver { node, request, draw, output, proof, signature };
		let transaction = T::create_authorized_transaction(call.into());
		match SubmitTransaction::<T, Call<T>>::submit_transaction(transaction) {
			Ok(()) => log::debug!(target: LOG_TARGET, "node {node}: proved request {request}"),
			// It waits there already.
			Err(()) => {
				log::debug!(target: LOG_TARGET, "node {node}: the proof of {request} is known")
			},
		}
	}
}
