//! Files kept for pay: ordered, taken, and shown to be there whenever the chain asks.

use crate::{
	amount::Amount,
	args::{OrderArgs, StorageCommand},
	chain::{
		self, account, next_block, read, read_all, AtBlock, Chain, CHECK, CLOSE_ORDER, EVICT,
		EXTEND_ORDER, LEAVE_SLOT, ORDER, ORDERED, ORDERS, REFERENCES, SHOW, SLOTS, TAKE_SLOT,
	},
	error::{Error, Result},
	keys,
	records::{
		ExtendOrder, OfOrder, OfSlot, Order, OrderDraft, Ordered, PlaceOrder, Show, Showing, Slot,
		StorageCheck,
	},
	report::{pairs, table, Report},
};
use opg_primitives::{pieces, ContentId};
use opg_store::{piece, Outline, PieceTree};
use serde_json::json;
use std::{
	collections::BTreeMap,
	fs::File,
	path::{Path, PathBuf},
};
use subxt::utils::Static;
use subxt_signer::sr25519::Keypair;

/// Most showings in a transaction; the chain takes as many.
const MAX_SHOWINGS: usize = 64;

/// Carries out a command.
pub(crate) async fn run(
	command: StorageCommand,
	given: &crate::args::KeyArgs,
	chain: &Chain,
	report: Report,
) -> Result<()> {
	if let StorageCommand::List = command {
		return list(chain, report).await;
	}
	let keys = keys::signer(given, chain).await?;
	match command {
		StorageCommand::Order(args) => order(args, &keys, chain, report).await,
		StorageCommand::Extend { order, periods } => {
			chain.send(&keys, EXTEND_ORDER, ExtendOrder { order, periods }).await?;
			let text = format!("Order {order} lasts {periods} periods longer.");
			report.result(&json!({ "order": order, "periods": periods }), text);
			Ok(())
		},
		StorageCommand::Take { order, slot, file } => {
			take(order, slot, &file, &keys, chain, report).await
		},
		StorageCommand::Keep { files, once } => keep(&files, once, &keys, chain, report).await,
		StorageCommand::Leave { order, slot } => {
			chain.send(&keys, LEAVE_SLOT, OfSlot { order, slot }).await?;
			let text = format!("Slot {slot} of order {order} is given up.");
			report.result(&json!({ "order": order, "slot": slot }), text);
			Ok(())
		},
		StorageCommand::Evict { order, slot } => {
			chain.send(&keys, EVICT, OfSlot { order, slot }).await?;
			let text = format!("The keeper of slot {slot} of order {order} is out.");
			report.result(&json!({ "order": order, "slot": slot }), text);
			Ok(())
		},
		StorageCommand::Close { order } => {
			chain.send(&keys, CLOSE_ORDER, OfOrder { order }).await?;
			report.result(&json!({ "order": order }), format!("Order {order} is closed."));
			Ok(())
		},
		StorageCommand::List => Ok(()),
	}
}

fn opened(file: &Path) -> Result<File> {
	File::open(file).map_err(|cause| Error::File { file: file.into(), cause })
}

/// A file as orders name it.
struct Kept {
	path: PathBuf,
	content: ContentId,
	size: u64,
	tree: PieceTree,
}

impl Kept {
	fn read(path: &Path) -> Result<Self> {
		let failed = |cause| Error::File { file: path.into(), cause };
		let outline = Outline::of(opened(path)?).map_err(failed)?;
		let tree = PieceTree::of(std::io::BufReader::new(opened(path)?)).map_err(failed)?;
		Ok(Self { path: path.into(), content: outline.id(), size: outline.size(), tree })
	}

	/// Whether an order is for this file; an error if it says so and is wrong about the pieces.
	fn is_of(&self, number: u64, order: &Order) -> Result<bool> {
		if order.content.0 != self.content {
			return Ok(false);
		}
		if order.size != self.size || order.pieces != self.tree.root().0 {
			return Err(Error::WrongPieces { order: number });
		}
		Ok(true)
	}

	fn showing(&self, order: u64, slot: u8, index: u32) -> Result<Showing> {
		let failed = |cause| Error::File { file: self.path.clone(), cause };
		let piece = piece(opened(&self.path)?, index).map_err(failed)?;
		let path = self.tree.path(index).unwrap_or_default();
		Ok(Showing { order, slot, piece, path: path.into_iter().map(|hash| hash.0).collect() })
	}
}

async fn order(args: OrderArgs, keys: &Keypair, chain: &Chain, report: Report) -> Result<()> {
	report.remark("Reading the file …");
	let kept = Kept::read(&args.file)?;
	let draft = OrderDraft {
		content: Static(kept.content),
		size: kept.size,
		pieces: kept.tree.root().0,
		copies: args.copies,
		periods: args.periods,
		price: args.price.0,
	};
	let events = chain.send(keys, ORDER, PlaceOrder { draft }).await?;
	let Ordered { order } = chain::event(&events, ORDERED)?;
	let value = json!({
		"order": order,
		"content": kept.content.to_string(),
		"bytes": kept.size,
		"copies": args.copies,
		"periods": args.periods,
		"price": args.price,
	});
	let text = pairs(&[
		("order", order.to_string()),
		("content", kept.content.to_string()),
		("bytes", kept.size.to_string()),
		("copies", args.copies.to_string()),
		("periods", args.periods.to_string()),
		("price", format!("{} a copy and period", args.price)),
	]);
	report.result(&value, text);
	Ok(())
}

async fn take(
	order: u64,
	slot: u8,
	file: &Path,
	keys: &Keypair,
	chain: &Chain,
	report: Report,
) -> Result<()> {
	let record = read::<_, Order>(&chain.best().await?, ORDERS, (order,)).await?;
	let record = record.ok_or(Error::OrderUnknown(order))?;
	let kept = Kept::read(file)?;
	if !kept.is_of(order, &record)? {
		let (expected, found) = (record.content.0.to_string(), kept.content.to_string());
		return Err(Error::OtherFile { order, expected, found });
	}
	chain.send(keys, TAKE_SLOT, OfSlot { order, slot }).await?;
	let text = format!(
		"You keep slot {slot} of order {order}. A node of yours with --role storage fetches the file and is paid \
		 for showing it; without one, run `opg storage keep {}`.",
		file.display()
	);
	report.result(&json!({ "order": order, "slot": slot }), text);
	Ok(())
}

/// Shows pieces of `files` whenever they are asked for, until it is stopped, or `once`.
async fn keep(
	files: &[PathBuf],
	once: bool,
	keys: &Keypair,
	chain: &Chain,
	report: Report,
) -> Result<()> {
	report.remark("Reading the files …");
	let files = files.iter().map(|file| Kept::read(file)).collect::<Result<Vec<_>>>()?;
	let mut blocks = chain.blocks(false).await?;
	let mut done = None;
	loop {
		let at = chain.best().await?;
		let check = read::<_, StorageCheck>(&at, CHECK, ()).await?.unwrap_or_default();
		if check.period > 0 && done != Some(check.period) {
			let showings = due(&files, &check, keys, &at).await?;
			for part in showings.chunks(MAX_SHOWINGS) {
				chain.send(keys, SHOW, Show { showings: part.to_vec() }).await?;
				for Showing { order, slot, .. } in part {
					let value = json!({ "period": check.period, "order": order, "slot": slot });
					let text =
						format!("Period {}: slot {slot} of order {order} is shown.", check.period);
					report.result(&value, text);
				}
			}
			// What was sent in vain, since the time was over, is not sent again.
			done = Some(check.period);
			if once && !showings.is_empty() {
				return Ok(());
			}
		}
		next_block(&mut blocks).await?;
	}
}

/// What the check asks of this account's slots, of files that are here.
async fn due(
	files: &[Kept],
	check: &StorageCheck,
	keys: &Keypair,
	at: &AtBlock,
) -> Result<Vec<Showing>> {
	let me = account(keys);
	let mut showings = Vec::new();
	for (number, order) in read_all::<Order>(at, ORDERS).await? {
		if order.ends <= check.period {
			continue;
		}
		let mut found = None;
		for file in files {
			if file.is_of(number, &order)? {
				found = Some(file);
			}
		}
		let Some(file) = found else { continue };
		for slot in 0..order.copies {
			let kept = read::<_, Slot>(at, SLOTS, (number, slot)).await?;
			let is_mine = kept.is_some_and(|kept| kept.keeper == me && kept.shown < check.period);
			let index = pieces::asked(check.seed.into(), number, slot, file.tree.count());
			if let Some(index) = index.filter(|_| is_mine) {
				showings.push(file.showing(number, slot, index)?);
			}
		}
	}
	Ok(showings)
}

async fn list(chain: &Chain, report: Report) -> Result<()> {
	let at = chain.best().await?;
	let check = read::<_, StorageCheck>(&at, CHECK, ()).await?.unwrap_or_default();
	let mut rows = Vec::new();
	let mut values = Vec::new();
	for (number, order) in read_all::<Order>(&at, ORDERS).await? {
		let mut keepers = BTreeMap::new();
		for slot in 0..order.copies {
			if let Some(kept) = read::<_, Slot>(&at, SLOTS, (number, slot)).await? {
				keepers.insert(slot, (kept.keeper.to_string(), kept.shown));
			}
		}
		let content = order.content.0.to_string();
		let models = read::<_, u32>(&at, REFERENCES, (order.content.clone(),)).await?;
		let models = models.unwrap_or_default();
		values.push(json!({
			"order": number,
			"owner": order.owner.to_string(),
			"content": content,
			"bytes": order.size,
			"copies": order.copies,
			"price": Amount(order.price),
			"purse": Amount(order.purse),
			"ends": order.ends,
			"models": models,
			"keepers": keepers.iter().map(|(slot, (keeper, shown))| {
				json!({ "slot": slot, "keeper": keeper, "shown": shown })
			}).collect::<Vec<_>>(),
		}));
		rows.push([
			number.to_string(),
			content,
			order.size.to_string(),
			format!("{} of {}", keepers.len(), order.copies),
			Amount(order.price).to_string(),
			order.ends.to_string(),
			models.to_string(),
		]);
	}
	let heading = ["order", "content", "bytes", "kept", "price", "ends", "models"];
	let text = format!("Period {}.\n{}", check.period, table(heading, &rows));
	report.result(&json!({ "period": check.period, "orders": values }), text);
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::Kept;
	use crate::records::Order;
	use opg_primitives::pieces::PIECE;
	use std::io::Write;
	use subxt::utils::{AccountId32, Static};

	fn kept(bytes: &[u8]) -> (tempfile::NamedTempFile, Kept) {
		let mut file = tempfile::NamedTempFile::new().unwrap();
		file.write_all(bytes).unwrap();
		let kept = Kept::read(file.path()).unwrap();
		(file, kept)
	}

	fn order(of: &Kept) -> Order {
		Order {
			owner: AccountId32([1; 32]),
			content: Static(of.content),
			size: of.size,
			pieces: of.tree.root().0,
			copies: 2,
			price: 10,
			ends: 9,
			purse: 100,
		}
	}

	#[test]
	fn a_piece_is_shown_as_the_order_names_it() {
		let bytes: Vec<u8> = (0..5_000u32).map(|index| (index % 251) as u8).collect();
		let (_file, kept) = kept(&bytes);
		assert!(kept.is_of(3, &order(&kept)).unwrap());
		let showing = kept.showing(3, 1, 4).unwrap();
		assert_eq!((showing.order, showing.slot), (3, 1));
		assert_eq!(showing.piece, bytes[4 * PIECE as usize..]);
		assert!(!showing.path.is_empty());
	}

	#[test]
	fn an_order_for_another_file_is_none_of_ours_and_one_with_wrong_pieces_is_named() {
		let (_file, kept) = kept(b"mine");
		let (_other, other) = self::kept(b"another");
		assert!(!kept.is_of(3, &order(&other)).unwrap());
		let wrong = Order { pieces: [9; 32], ..order(&kept) };
		let error = kept.is_of(3, &wrong).unwrap_err().to_string();
		assert!(error.contains("order 3"), "{error}");
	}
}
