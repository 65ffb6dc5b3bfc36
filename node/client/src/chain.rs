//! The chain as seen from here: how it is read and written, and the names it knows things by.

mod names;

pub(crate) use names::*;

use crate::{
	connection,
	error::{Error, Result},
	records::{AboutRequest, Account, Failed, ProvedRequest, Succeeded},
};
use codec::{Compact, Decode, Encode};
use opg_primitives::TrustMode;
use serde::de::DeserializeOwned;
use std::{sync::Arc, time::Duration};
use subxt::{
	backend::LegacyBackend,
	client::{Blocks, OnlineClientAtBlock},
	config::{DefaultExtrinsicParamsBuilder, HashFor, RpcConfigFor, SubstrateConfig},
	dynamic,
	error::DispatchError,
	events::{Event, Events},
	ext::{
		frame_decode::storage::{IntoDecodableValues, IntoEncodableValues, StorageTypeInfo},
		futures::FutureExt,
		scale_decode::{DecodeAsFields, DecodeAsType},
		scale_encode::{EncodeAsFields, EncodeAsType},
	},
	extrinsics::ExtrinsicEvents,
	rpcs::{client::RpcParams, LegacyRpcMethods, RpcClient},
	transactions::{SubmittableTransaction, TransactionStatus},
	utils::AccountId32,
	OnlineClient,
};
use subxt_signer::sr25519::Keypair;

/// Blocks for which a signed transaction may be taken.
pub(crate) const MORTALITY: u64 = 64;
/// Seconds without a block after which the chain counts as standing still.
const STALLED_AFTER: u64 = 90;
/// Keys asked for in one call.
const PAGE: usize = 512;
/// Finality further behind than this is no anchor for a mortal transaction.
const FINALITY_LAG: u64 = 32;

pub(crate) type Config = SubstrateConfig;
pub(crate) type Hash = HashFor<Config>;
pub(crate) type AtBlock = OnlineClientAtBlock<Config>;
pub(crate) type Transaction =
	SubmittableTransaction<Config, subxt::client::OnlineClientAtBlockImpl<Config>>;

/// The account a key signs for.
pub(crate) fn account(keys: &Keypair) -> AccountId32 {
	keys.public_key().to_account_id()
}

/// What one transaction costs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Cost {
	/// Of a block, in picoseconds.
	pub(crate) weight: u64,
	/// Of its sender.
	pub(crate) fee: u128,
}

/// What a request costs at present.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Decode)]
pub(crate) struct Estimate {
	/// What each node is paid.
	pub(crate) price: u128,
	/// What burns beside that for each node, while many ask.
	pub(crate) surplus: u128,
	/// Both, for every node asked: the least that must be offered.
	pub(crate) most: u128,
	/// Of the request's draw, answer, refund and pruning.
	pub(crate) upkeep: u128,
	/// What the transaction costs.
	pub(crate) transaction: u128,
}

impl Estimate {
	/// What an app needs to have for whom it pays.
	pub(crate) const fn answer_and_upkeep(&self) -> u128 {
		self.most.saturating_add(self.upkeep)
	}

	/// What whoever asks needs to have.
	pub(crate) const fn total(&self) -> u128 {
		self.answer_and_upkeep().saturating_add(self.transaction)
	}
}

/// A node, and through it the chain.
pub(crate) struct Chain {
	url: String,
	client: OnlineClient<Config>,
	pub(crate) methods: LegacyRpcMethods<RpcConfigFor<Config>>,
	rpc: RpcClient,
}

impl Chain {
	/// Connects to the node at `url`.
	pub(crate) async fn connect(url: &str) -> Result<Self> {
		let rpc = connection::open(url).await?;
		// The legacy methods read any block at any time, best blocks included.
		let backend = LegacyBackend::builder().storage_page_size(256).build(rpc.clone());
		let client = OnlineClient::from_backend(Arc::new(backend)).await?;
		Ok(Self { url: url.into(), client, methods: LegacyRpcMethods::new(rpc.clone()), rpc })
	}

	/// The hash of the chain's first block.
	pub(crate) fn genesis(&self) -> Hash {
		self.client.genesis_hash()
	}

	/// Whether the chain says it is for development only.
	pub(crate) async fn is_development(&self) -> Result<bool> {
		let kind: serde_json::Value = self.call(CHAIN_TYPE, RpcParams::new()).await?;
		Ok(kind == "Development")
	}

	/// Calls a method of the node.
	pub(crate) async fn call<T: DeserializeOwned>(
		&self,
		method: &str,
		params: RpcParams,
	) -> Result<T> {
		connection::call(&self.rpc, &self.url, method, params).await
	}

	/// The newest block.
	pub(crate) async fn best(&self) -> Result<AtBlock> {
		let hash = self.methods.chain_get_block_hash(None).await;
		let hash = hash.map_err(|error| self.failed("chain_getBlockHash", error))?;
		let missing = || Error::Chain("the node knows no block".into());
		Ok(self.client.at_block(hash.ok_or_else(missing)?).await?)
	}

	/// The newest block that no fork can undo.
	pub(crate) async fn finalized(&self) -> Result<AtBlock> {
		Ok(self.client.at_current_block().await?)
	}

	/// New blocks as they come: final ones, or the best.
	pub(crate) async fn blocks(&self, finalized: bool) -> Result<Blocks<Config>> {
		Ok(if finalized {
			self.client.stream_blocks().await?
		} else {
			self.client.stream_best_blocks().await?
		})
	}

	/// A block by its number, as the best chain has it.
	pub(crate) async fn numbered(&self, number: u64) -> Result<AtBlock> {
		Ok(self.client.at_block(number).await?)
	}

	/// The block before.
	pub(crate) async fn parent(&self, at: &AtBlock) -> Result<AtBlock> {
		Ok(self.client.at_block(at.block_header().await?.parent_hash).await?)
	}

	/// The block transactions made now refer to.
	pub(crate) async fn anchor(&self) -> Result<AtBlock> {
		let (finalized, best) = (self.finalized().await?, self.best().await?);
		let lag = best.block_number().saturating_sub(finalized.block_number());
		Ok(if lag > FINALITY_LAG { best } else { finalized })
	}

	/// The number of an account's next transaction, those in the pool counted.
	pub(crate) async fn next_nonce(&self, account: &AccountId32) -> Result<u64> {
		let nonce = self.methods.system_account_next_index(account).await;
		nonce.map_err(|error| self.failed("system_accountNextIndex", error))
	}

	/// Values of a map at `keys`, many in a call.
	pub(crate) async fn read_many<Keys, Value>(
		&self,
		at: &AtBlock,
		(pallet, entry): Name,
		keys: impl IntoIterator<Item = Keys>,
	) -> Result<Vec<Option<Value>>>
	where
		Keys: IntoEncodableValues + IntoDecodableValues,
		Value: DecodeAsType,
	{
		let map = at.storage().entry(dynamic::storage::<Keys, Value>(pallet, entry))?;
		let keys = keys.into_iter().map(|key| map.fetch_key(key)).collect::<Result<Vec<_>, _>>()?;
		let metadata = at.metadata_ref();
		let info = metadata
			.storage_info(pallet, entry)
			.map_err(|error| Error::Chain(error.to_string()))?;
		let mut values = Vec::with_capacity(keys.len());
		for page in keys.chunks(PAGE) {
			let found = self
				.methods
				.state_query_storage_at(page.iter().map(Vec::as_slice), Some(at.block_hash()))
				.await
				.map_err(|error| self.failed("state_queryStorageAt", error))?;
			let found: std::collections::HashMap<_, _> = found
				.into_iter()
				.flat_map(|set| set.changes)
				.filter_map(|(key, value)| Some((key.0, value?.0)))
				.collect();
			for key in page {
				let value = found.get(key).map(|bytes| {
					Value::decode_as_type(&mut bytes.as_slice(), info.value_id, metadata.types())
				});
				let value = value.transpose();
				values.push(value.map_err(|error| Error::Chain(format!("{entry}: {error}")))?);
			}
		}
		Ok(values)
	}

	/// A call, signed and ready, that may be taken for [`MORTALITY`] blocks.
	pub(crate) fn sign<Data: EncodeAsFields>(
		&self,
		anchor: &AtBlock,
		keys: &Keypair,
		nonce: u64,
		call: Name,
		data: Data,
	) -> Result<Transaction> {
		self.sign_for(MORTALITY, anchor, keys, nonce, call, data)
	}

	/// A call, signed and ready, that may be taken for `blocks` blocks.
	pub(crate) fn sign_for<Data: EncodeAsFields>(
		&self,
		blocks: u64,
		anchor: &AtBlock,
		keys: &Keypair,
		nonce: u64,
		(pallet, call): Name,
		data: Data,
	) -> Result<Transaction> {
		let params = DefaultExtrinsicParamsBuilder::<Config>::new()
			.nonce(nonce)
			.mortal_from_unchecked(blocks, anchor.block_number(), anchor.block_hash())
			.build();
		let call = dynamic::transaction(pallet, call, data);
		Ok(anchor.transactions().create_signable_offline(&call, params)?.sign(keys)?)
	}

	/// Sends a call and waits until a block has taken it and it succeeded.
	pub(crate) async fn send<Data: EncodeAsFields>(
		&self,
		keys: &Keypair,
		call: Name,
		data: Data,
	) -> Result<ExtrinsicEvents<Config>> {
		let nonce = self.next_nonce(&account(keys)).await?;
		let transaction = self.sign(&self.anchor().await?, keys, nonce, call, data)?;
		let mut progress = transaction.submit_and_watch().await?;
		while let Some(status) = progress.next().await {
			match status? {
				TransactionStatus::InBestBlock(block)
				| TransactionStatus::InFinalizedBlock(block) => {
					return Ok(block.wait_for_success().await?);
				},
				TransactionStatus::Error { message }
				| TransactionStatus::Invalid { message }
				| TransactionStatus::Dropped { message } => return Err(Error::NotIncluded(message)),
				TransactionStatus::Validated
				| TransactionStatus::Broadcasted
				| TransactionStatus::NoLongerInBestBlock => {},
			}
		}
		Err(Error::NotIncluded("the node stopped following it".into()))
	}

	/// Why the transaction `hash` failed, looked for from the block `at` back to block `oldest`;
	/// `None` if none of them has it.
	pub(crate) async fn failure(
		&self,
		at: &AtBlock,
		oldest: u64,
		hash: Hash,
	) -> Result<Option<Error>> {
		let mut at = at.clone();
		loop {
			let extrinsics = at.extrinsics().fetch().await?;
			for extrinsic in extrinsics.iter() {
				let extrinsic = extrinsic?;
				if extrinsic.hash() == hash {
					return failure_among(&at, &extrinsic.events().await?).map(Some);
				}
			}
			if at.block_number() <= oldest.max(1) {
				return Ok(None);
			}
			at = self.parent(&at).await?;
		}
	}

	/// What a request that failed in block `at` was charged; `None` if the node has forgotten that block.
	pub(crate) async fn charged(&self, request: u64, at: u64) -> Option<u128> {
		let events = self.numbered(at).await.ok()?.events().fetch().await.ok()?;
		let failures = events.iter().flatten().filter(|event| is(event, REQUEST_FAILED));
		let mut failures =
			failures.filter_map(|event| event.decode_fields_unchecked_as::<Failed>().ok());
		failures.find(|failed| failed.request == request).map(|failed| failed.fee)
	}

	/// What checking the proof of an answer weighed in block `at`, in picoseconds; `None` if the node has forgotten that block.
	pub(crate) async fn checked(&self, request: u64, at: u64) -> Option<u64> {
		let at = self.numbered(at).await.ok()?;
		let extrinsics = at.extrinsics().fetch().await.ok()?;
		for extrinsic in extrinsics.iter().flatten() {
			let events = extrinsic.events().await.ok()?;
			let proved: Vec<ProvedRequest> = events_named(&events, PROVED).ok()?;
			if proved.iter().any(|proved| proved.request == request) {
				let done: Succeeded = event(&events, EXTRINSIC_SUCCESS).ok()?;
				return Some(done.dispatch_info.weight.ref_time);
			}
		}
		None
	}

	/// What a transaction costs at present.
	pub(crate) async fn cost(&self, at: &AtBlock, transaction: &[u8]) -> Result<Cost> {
		let length = u32::try_from(transaction.len()).unwrap_or(u32::MAX);
		let params = [transaction, &length.encode()].concat();
		let said = self.ask(at, QUERY_INFO, &params).await?;
		// A weight (its second part is the proof's size), a class and the fee.
		let (weight, _, _, fee) = <(Compact<u64>, Compact<u64>, u8, u128)>::decode(&mut &said[..])
			.map_err(|error| Error::Chain(format!("{QUERY_INFO}: {error}")))?;
		Ok(Cost { weight: weight.0, fee })
	}

	/// What the runtime answers to a call of its API, arguments and answer in SCALE form.
	pub(crate) async fn ask(
		&self,
		at: &AtBlock,
		method: &'static str,
		arguments: &[u8],
	) -> Result<Vec<u8>> {
		let said = self.methods.state_call(method, Some(arguments), Some(at.block_hash())).await;
		said.map_err(|error| self.failed(method, error))
	}

	/// The same, decoded.
	pub(crate) async fn said<Answer: Decode>(
		&self,
		at: &AtBlock,
		method: &'static str,
		arguments: &[u8],
	) -> Result<Answer> {
		let said = self.ask(at, method, arguments).await?;
		Answer::decode(&mut &said[..])
			.map_err(|error| Error::Chain(format!("`{method}` answers otherwise ({error})")))
	}

	/// What a view function of a pallet answers, arguments in SCALE form.
	pub(crate) async fn view<Answer: Decode>(
		&self,
		at: &AtBlock,
		(pallet, function): Name,
		arguments: Vec<u8>,
	) -> Result<Answer> {
		let missing = || Error::Chain(format!("it has no {pallet}.{function}"));
		let of_pallet = at.metadata_ref().pallet_by_name(pallet);
		let found = of_pallet.and_then(|it| it.view_function_by_name(function));
		let id = *found.ok_or_else(missing)?.query_id();
		// Not by subxt: it leaves out how long the arguments are, and whether there is an answer.
		let said: Result<Vec<u8>, u8> =
			self.said(at, VIEW_FUNCTION, &(id, arguments).encode()).await?;
		Answer::decode(&mut &said.map_err(|_| missing())?[..])
			.map_err(|error| Error::Chain(format!("{pallet}.{function}: {error}")))
	}

	/// What a request with an input of so many bytes costs at present; `None` if the model does not answer under this trust.
	pub(crate) async fn estimate(
		&self,
		at: &AtBlock,
		model: u32,
		trust: TrustMode,
		bytes: u32,
	) -> Result<Option<Estimate>> {
		self.said(at, ESTIMATE, &(model, trust, bytes).encode()).await
	}

	fn failed(&self, method: &str, error: subxt::rpcs::Error) -> Error {
		Error::rpc(&self.url, method, 0, error)
	}
}

fn failure_among(at: &AtBlock, events: &ExtrinsicEvents<Config>) -> Result<Error> {
	for event in events.iter() {
		let event = event?;
		if is(&event, EXTRINSIC_FAILED) {
			let error = DispatchError::decode_from(event.field_bytes(), at.metadata())?;
			return Ok(Error::dispatch(&error));
		}
	}
	Ok(Error::NotIncluded("what it made is gone already".into()))
}

fn is(event: &Event<'_, Config>, (pallet, name): Name) -> bool {
	event.pallet_name() == pallet && event.event_name() == name
}

/// The newest block there is, once there is a newer one.
pub(crate) async fn next_block(blocks: &mut Blocks<Config>) -> Result<AtBlock> {
	let timeout = Duration::from_secs(STALLED_AFTER);
	let ended = || Error::Disconnected("the node sends no more blocks".into());
	let block = tokio::time::timeout(timeout, blocks.next())
		.await
		.map_err(|_| Error::Stalled { seconds: STALLED_AFTER })?;
	let mut block = block.ok_or_else(ended)??;
	while let Some(newer) = blocks.next().now_or_never() {
		block = newer.ok_or_else(ended)??;
	}
	Ok(block.at().await?)
}

/// Whether a block has an event of this name about this request.
pub(crate) fn has_event_about(events: &Events<Config>, name: Name, request: u64) -> bool {
	let named = events.iter().flatten().filter(|event| is(event, name));
	let mut about =
		named.filter_map(|event| event.decode_fields_unchecked_as::<AboutRequest>().ok());
	about.any(|about| about.request == request)
}

/// The fields of every event of this name.
pub(crate) fn events_named<Fields: DecodeAsFields>(
	events: &ExtrinsicEvents<Config>,
	name: Name,
) -> Result<Vec<Fields>> {
	let mut found = Vec::new();
	for event in events.iter() {
		let event = event?;
		if is(&event, name) {
			found.push(event.decode_fields_unchecked_as()?);
		}
	}
	Ok(found)
}

/// The fields of the first event of this name.
pub(crate) fn event<Fields: DecodeAsFields>(
	events: &ExtrinsicEvents<Config>,
	name: Name,
) -> Result<Fields> {
	let found = events_named(events, name)?.into_iter().next();
	found.ok_or(Error::EventMissing(name.1))
}

/// A stored value; the item's default where it has one.
pub(crate) async fn read<Keys, Value>(
	at: &AtBlock,
	(pallet, entry): Name,
	keys: Keys,
) -> Result<Option<Value>>
where
	Keys: IntoEncodableValues + IntoDecodableValues,
	Value: DecodeAsType,
{
	let address = dynamic::storage::<Keys, Value>(pallet, entry);
	let value = at.storage().try_fetch(address, keys).await?;
	Ok(value.map(|value| value.decode()).transpose()?)
}

/// A stored value as the chain keeps it.
pub(crate) async fn read_bytes<Keys>(
	at: &AtBlock,
	(pallet, entry): Name,
	keys: Keys,
) -> Result<Option<Vec<u8>>>
where
	Keys: IntoEncodableValues + IntoDecodableValues,
{
	let address = dynamic::storage::<Keys, dynamic::Value>(pallet, entry);
	let value = at.storage().try_fetch(address, keys).await?;
	Ok(value.map(|value| value.bytes().to_vec()))
}

/// Everything in a map of numbered records, by number.
pub(crate) async fn read_all<Value: DecodeAsType>(
	at: &AtBlock,
	(pallet, entry): Name,
) -> Result<Vec<(u64, Value)>> {
	let address = dynamic::storage::<(u64,), Value>(pallet, entry);
	let mut entries = at.storage().iter(address, ()).await?;
	let mut values = Vec::new();
	while let Some(entry) = entries.next().await {
		let entry = entry?;
		let (number,) = entry.key()?.decode()?;
		values.push((number, entry.value().decode()?));
	}
	values.sort_by_key(|(number, _)| *number);
	Ok(values)
}

/// The second keys of the entries of a double map below a first key.
pub(crate) async fn keys_below<Second: DecodeAsType + EncodeAsType>(
	at: &AtBlock,
	(pallet, entry): Name,
	first: u32,
) -> Result<Vec<Second>> {
	let address = dynamic::storage::<(u32, Second), dynamic::Value>(pallet, entry);
	let mut entries = at.storage().iter(address, (first,)).await?;
	let mut keys = Vec::new();
	while let Some(entry) = entries.next().await {
		let (_, second): (u32, Second) = entry?.key()?.decode()?;
		keys.push(second);
	}
	Ok(keys)
}

/// A constant of the runtime.
pub(crate) fn constant<Value: DecodeAsType>(at: &AtBlock, (pallet, name): Name) -> Result<Value> {
	Ok(at.constants().entry(dynamic::constant::<Value>(pallet, name))?)
}

/// The account of a pot, as FRAME makes it from a `PalletId`.
pub(crate) fn pot_account(id: [u8; 8]) -> AccountId32 {
	let mut account = [0; 32];
	let parts = b"modl".iter().chain(&id);
	account.iter_mut().zip(parts).for_each(|(byte, part)| *byte = *part);
	AccountId32(account)
}

/// An account's standing; nothing for one the chain does not know.
pub(crate) async fn account_at(at: &AtBlock, account: &AccountId32) -> Result<Option<Account>> {
	read(at, ACCOUNT, (account.0,)).await
}
