//! Connections to nodes, and the files they store.

use crate::error::{Error, Result};
use opg_primitives::ContentId;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;
use std::time::Duration;
use subxt::{
	ext::jsonrpsee::{
		client_transport::ws::{Url, WsTransportClientBuilder},
		core::{
			client::{Client, ClientT, Error as CallError},
			params::BatchRequestBuilder,
		},
	},
	rpcs::{client::RpcParams, RpcClient},
};

const STORE_PUT: &str = "store_put";

/// Most bytes in a message: a model file in hex, or the state of many requests.
const MESSAGE_BYTES: u32 = 512 * 1024 * 1024;
/// Bytes whose hex form nodes take unless told otherwise (15 MiB).
const USUAL_LIMIT: usize = 15 * 1024 * 1024 / 2 - 1024;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// A large file takes a while to store.
const CALL_TIMEOUT: Duration = Duration::from_secs(180);

/// Connects to the node at `url`.
pub(crate) async fn open(url: &str) -> Result<RpcClient> {
	Ok(RpcClient::new(client(url).await?))
}

async fn client(url: &str) -> Result<Client> {
	let unreachable = |cause: &dyn std::fmt::Display| Error::Unreachable {
		url: url.into(),
		cause: cause.to_string(),
	};
	let address = Url::parse(url).map_err(|error| unreachable(&error))?;
	let transport = WsTransportClientBuilder::default()
		.max_request_size(MESSAGE_BYTES)
		.max_response_size(MESSAGE_BYTES)
		.connection_timeout(CONNECT_TIMEOUT);
	let (sender, receiver) = transport.build(address).await.map_err(|error| unreachable(&error))?;
	Ok(Client::builder().request_timeout(CALL_TIMEOUT).build_with_tokio(sender, receiver))
}

/// A connection for many small calls at once.
pub(crate) struct Batches {
	client: Client,
}

/// Why a node refused a call of a batch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Refusal {
	/// Its number for programs.
	pub(crate) code: i32,
	/// Its reason for people.
	pub(crate) reason: String,
}

impl Batches {
	/// Connects to the node at `url`.
	pub(crate) async fn open(url: &str) -> Result<Self> {
		Ok(Self { client: client(url).await? })
	}

	/// Calls `method` once for each of `params`, all in one message; says what came of each, in their order.
	pub(crate) async fn call(
		&self,
		method: &str,
		params: impl IntoIterator<Item = String>,
	) -> Result<Vec<Result<(), Refusal>>> {
		let mut batch = BatchRequestBuilder::new();
		for param in params {
			batch.insert(method, [param]).map_err(|error| Error::Chain(error.to_string()))?;
		}
		let answers = match self.client.batch_request::<IgnoredAny>(batch).await {
			Ok(answers) => answers,
			Err(CallError::Call(error)) => return Err(Error::NoBatches(error.to_string())),
			Err(error) => return Err(Error::Disconnected(error.to_string())),
		};
		let answers = answers.into_iter().map(|answer| match answer {
			Ok(_) => Ok(()),
			Err(error) => {
				let data = error.data().map(|data| format!(": {}", data.get().trim_matches('"')));
				let reason = format!("{}{}", error.message(), data.unwrap_or_default());
				Err(Refusal { code: error.code(), reason })
			},
		});
		Ok(answers.collect())
	}
}

/// Calls a method of the node at `url`.
pub(crate) async fn call<T: DeserializeOwned>(
	rpc: &RpcClient,
	url: &str,
	method: &str,
	params: RpcParams,
) -> Result<T> {
	rpc.request(method, params).await.map_err(|error| Error::rpc(url, method, 0, error))
}

/// Parameters of a call.
pub(crate) fn params(values: impl IntoIterator<Item = Value>) -> Result<RpcParams> {
	let mut params = RpcParams::new();
	for value in values {
		params.push(value).map_err(|error| Error::Chain(error.to_string()))?;
	}
	Ok(params)
}

/// Puts `bytes` into the stores of the nodes at `url` and `others`, which must agree on their id.
pub(crate) async fn upload(url: &str, others: &[String], bytes: &[u8]) -> Result<ContentId> {
	let first = put(url, bytes).await?;
	for other in others {
		let second = put(other, bytes).await?;
		if first != second {
			let (first, second) = (first.to_string(), second.to_string());
			return Err(Error::StoresDisagree { first, second });
		}
	}
	Ok(first)
}

async fn put(url: &str, bytes: &[u8]) -> Result<ContentId> {
	let params = params([Value::String(format!("0x{}", hex::encode(bytes)))])?;
	let answer: String = open(url).await?.request(STORE_PUT, params).await.map_err(|error| {
		match Error::rpc(url, STORE_PUT, bytes.len(), error) {
			// A server closes the connection rather than read a message beyond its limit.
			Error::Disconnected(_) if bytes.len() > USUAL_LIMIT => {
				Error::TooBig { bytes: bytes.len() }
			},
			other => other,
		}
	})?;
	answer
		.parse()
		.map_err(|error| Error::Chain(format!("`{STORE_PUT}` answers `{answer}`: {error}")))
}
