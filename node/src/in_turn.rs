//! Imports blocks one after the other, so that each is compared with the best one there really is.

use futures::lock::Mutex;
use sc_consensus::{BlockCheckParams, BlockImport, BlockImportParams, ImportResult};
use sp_runtime::traits::Block as BlockT;
use std::sync::Arc;

/// Imports blocks as `inner` does, never two at a time.
///
/// BABE decides whether a block is the best one by what is best before it executes it. A validator's own block and a better one of
/// the same slot, imported at once, would both be found better than their parent, and its own might stay on top.
#[derive(Clone)]
pub(crate) struct InTurn<Inner> {
	inner: Inner,
	turn: Arc<Mutex<()>>,
}

impl<Inner> InTurn<Inner> {
	pub(crate) fn new(inner: Inner) -> Self {
		Self { inner, turn: Arc::default() }
	}
}

#[async_trait::async_trait]
impl<Block, Inner> BlockImport<Block> for InTurn<Inner>
where
	Block: BlockT,
	Inner: BlockImport<Block> + Send + Sync,
{
	type Error = Inner::Error;

	async fn check_block(
		&self,
		block: BlockCheckParams<Block>,
	) -> Result<ImportResult, Self::Error> {
		self.inner.check_block(block).await
	}

	async fn import_block(
		&self,
		block: BlockImportParams<Block>,
	) -> Result<ImportResult, Self::Error> {
		let _turn = self.turn.lock().await;
		self.inner.import_block(block).await
	}
}

#[cfg(test)]
mod tests {
	use super::InTurn;
	use futures::{executor::block_on, future::join, FutureExt};
	use opg_runtime::{Header, OpaqueBlock as Block};
	use sc_consensus::{BlockCheckParams, BlockImport, BlockImportParams, ImportResult};
	use sp_consensus::{BlockOrigin, Error};
	use sp_runtime::traits::Header as _;
	use std::sync::{Arc, Mutex};

	/// Notes when a block's import begins and when it ends, and lets others run in between.
	#[derive(Clone, Default)]
	struct Slow(Arc<Mutex<Vec<(u32, &'static str)>>>);

	#[async_trait::async_trait]
	impl BlockImport<Block> for Slow {
		type Error = Error;

		async fn check_block(&self, _: BlockCheckParams<Block>) -> Result<ImportResult, Error> {
			Ok(ImportResult::imported(false))
		}

		async fn import_block(
			&self,
			block: BlockImportParams<Block>,
		) -> Result<ImportResult, Error> {
			let number = *block.header.number();
			let note = |what| match self.0.lock() {
				Ok(mut all) => Ok(all.push((number, what))),
				Err(error) => Err(Error::ClientImport(error.to_string())),
			};
			note("begins")?;
			let mut is_first = true;
			futures::future::poll_fn(|context| {
				context.waker().wake_by_ref();
				match std::mem::take(&mut is_first) {
					true => std::task::Poll::Pending,
					false => std::task::Poll::Ready(()),
				}
			})
			.await;
			note("ends")?;
			Ok(ImportResult::imported(false))
		}
	}

	fn block(number: u32) -> BlockImportParams<Block> {
		let empty = || Default::default();
		let header = Header::new(number, empty(), empty(), empty(), Default::default());
		BlockImportParams::new(BlockOrigin::Own, header)
	}

	fn order(import: impl BlockImport<Block>, of: &Slow) -> Vec<(u32, &'static str)> {
		let both = join(import.import_block(block(1)), import.import_block(block(2)));
		assert!(block_on(both.map(|(one, two)| one.is_ok() && two.is_ok())));
		of.0.lock().unwrap().clone()
	}

	#[test]
	fn a_block_is_imported_before_the_import_of_another_begins() {
		let slow = Slow::default();
		let at_once = [(1, "begins"), (2, "begins"), (1, "ends"), (2, "ends")];
		assert_eq!(order(slow.clone(), &slow), at_once);
		let slow = Slow::default();
		let in_turn = [(1, "begins"), (1, "ends"), (2, "begins"), (2, "ends")];
		assert_eq!(order(InTurn::new(slow.clone()), &slow), in_turn);
	}
}
