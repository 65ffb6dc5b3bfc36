//! What can go wrong, in sentences that say what to do about it.

use crate::{
	amount::{Amount, NumberError},
	external::ExternalError,
	footing::AccessError,
	onnx::OnnxError,
	ports::SyntaxError,
};
use opg_tensor::{json::JsonError, TensorError};
use std::path::PathBuf;
use subxt::{
	dynamic::Value,
	error::{BackendError, DispatchError, ExtrinsicError, ModuleError, RpcError, TokenError},
	ext::scale_value::ValueDef,
	rpcs,
};

/// The result of nearly everything here.
pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

const METHOD_UNKNOWN: i32 = -32601;
const REQUEST_TOO_BIG: i32 = -32007;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
	#[error(
		"No node answers at {url} ({cause}). Start one, or name another with --url or OPG_URL."
	)]
	Unreachable { url: String, cause: String },
	#[error(
		"The connection to the node broke: {0}. What was sent goes on: see `opg request \
		 list --mine`."
	)]
	Disconnected(String),
	#[error(
		"No new block for {seconds} seconds: the chain stands still or the node is not synced."
	)]
	Stalled { seconds: u64 },
	#[error(
		"The chain is not one this program knows: {0}. Use the version that came with the node."
	)]
	Chain(String),
	#[error(
		"The node does not offer `{method}`. Ask another with --url or --store-url, or \
		 start it with that interface."
	)]
	MethodMissing { method: String },
	#[error(
		"The node does not take {bytes} bytes at once. Start it with a larger \
		 --rpc-max-request-size (in MiB, at least twice the file)."
	)]
	TooBig { bytes: usize },
	#[error("The node at {url} refused `{method}`: {cause}.")]
	Rpc { url: String, method: String, cause: String },
	#[error("{url} is a node of another chain than --url.")]
	OtherChain { url: String },
	#[error("The node at {url} does not validate: start it with --validator, or name another with --node-url.")]
	NotValidating { url: String },
	#[error(
		"The account has {free} that it could stake, and this takes {wanted} more: stake less, \
		 or add OPG."
	)]
	Stake { wanted: Amount, free: Amount },
	#[error("The stores disagree about the file: {first} and {second}. One of them is broken.")]
	StoresDisagree { first: String, second: String },
	#[error("There is no order {0}. `opg storage list` shows those there are.")]
	OrderUnknown(u64),
	#[error("There is no feed {0}. `opg feed list` shows those there are.")]
	FeedUnknown(u32),
	#[error("Feed {feed} has no key `{key}`. `opg feed show {feed}` lists its keys.")]
	FeedKeyUnknown { feed: u32, key: String },
	#[error(
		"Feed {feed} has no such round among those the chain keeps: see `opg feed history {feed}`."
	)]
	RoundUnknown { feed: u32 },
	#[error(
		"The node at {url} has not kept {content}, which the round's numbers are from: ask a node that observed \
		 it, by --store-url, and soon, for nodes keep only the last of it."
	)]
	NotKept { url: String, content: String },
	#[error("There is no workflow {0}. `opg workflow list` shows those there are.")]
	WorkflowUnknown(u32),
	#[error("Workflow {workflow} has no such result: see `opg workflow history {workflow}`.")]
	RunUnknown { workflow: u32 },
	#[error("{} describes no feed: {why}. `opg feed create --help` shows how.", file.display())]
	FeedFile { file: std::path::PathBuf, why: String },
	#[error("The file is {found}, and order {order} is for {expected}.")]
	OtherFile { order: u64, expected: String, found: String },
	#[error(
		"What order {order} says of its file's size or pieces is wrong: whoever takes a slot of it loses \
		 the bond. Leave it alone."
	)]
	WrongPieces { order: u64 },
	#[error("{0}.")]
	Store(#[from] opg_store::StoreError),
	#[error(
		"A node cannot be told this: name a daemon with --store ipfs=URL, such as \
		 ipfs=http://127.0.0.1:5001, or a folder with --store embedded=FOLDER."
	)]
	NoShelf,
	#[error(
		"This is not a development chain, so no key is assumed: give yours with \
		 --key-file FILE (or --suri, or --dev NAME)."
	)]
	NoKey,
	#[error("Give one key, by --key-file, --suri, --dev or --from, not several.")]
	ManyKeys,
	#[error(
		"The key cannot be read: {0}. A key is a phrase, a 0x-seed of 32 bytes, or a path \
		 such as //Alice."
	)]
	Key(String),
	#[error("The machine gave no randomness: {0}.")]
	Randomness(String),
	#[error("There is no model {0}. `opg model list` shows those there are.")]
	ModelUnknown(u32),
	#[error("There is no node {0}. `opg node status` shows those there are.")]
	NodeUnknown(u32),
	#[error("Model {0} has no circuit, so its answers cannot be proved: ask under another trust.")]
	NoCircuit(u32),
	#[error("{}it cannot be proved: {cause}. Ask under another trust, such as --trust attested.", at_line(.line))]
	Unprovable { line: Option<usize>, cause: String },
	#[error("The answer to request {request} cannot be proved: {why}.")]
	NotProvable { request: u64, why: String },
	#[error("The key that the chain has for model {0} is not made of the model and its settings: do not believe its proofs.")]
	OtherCircuit(u32),
	#[error("A model is asked under a proof if it is published with --prove, and only then.")]
	ProveAndTrust,
	#[error("{0}.")]
	Ezkl(#[from] opg_ezkl::EzklError),
	#[error("No node serves model {0} at present: there is nobody to seal an input for.")]
	NotServed(u32),
	#[error(
		"Nodes that serve the model have named no key to seal inputs with ({nodes}): ask without --seal, or \
		 have their owners run `opg node sealing-key`."
	)]
	NoSealingKey { nodes: String },
	#[error("The node at {url} runs no models: start it with --role inference, or name another with --node-url.")]
	RunsNoModels { url: String },
	#[error("The input cannot be sealed: {0}.")]
	Seal(#[from] opg_seal::SealError),
	#[error("There is no request {0}: it was never made, or it ended long ago and was pruned.")]
	RequestUnknown(u64),
	#[error(
		"Model {model} does not answer under {trust}: it is retired or paused, or offers only {}.",
		.offered.join(", ")
	)]
	NotAnswering { model: u32, trust: String, offered: Vec<&'static str> },
	#[error("There is no app {0}. `opg app list` shows those there are.")]
	AppUnknown(u32),
	#[error("App {app} is {owner}'s: give that account's key.")]
	NotAppOwner { app: u32, owner: String },
	#[error("App {app} is retired since block {at}: it gives and sells nothing any more.")]
	AppRetired { app: u32, at: u64 },
	#[error("App {app} cannot be removed yet: {until}.")]
	AppInUse { app: u32, until: String },
	#[error("App {0} sells no pass. Ask its owner to grant you one.")]
	NothingForSale(u32),
	#[error("App {app} has no offer {offer}. `opg app show {app}` numbers those it has.")]
	OfferUnknown { app: u32, offer: usize },
	#[error("App {app} has {offers} offers: name one, as `opg app show {app}` numbers them.")]
	WhichOffer { app: u32, offers: usize },
	#[error("The pass to app {app} costs {price}, and you pay {most} at most.")]
	OfferTooDear { app: u32, price: Amount, most: Amount },
	#[error("A pass costs at least {least}, not {price}.")]
	PassTooCheap { price: Amount, least: Amount },
	#[error("A pass or a credit holds for 1 to {most} epochs, not for {epochs}.")]
	Epochs { epochs: u32, most: u32 },
	#[error(
		"With what is left of the pass before it, the pass would hold for {epochs} epochs, and {most} \
		 are the most: wait until less is left."
	)]
	PassTooLong { epochs: u32, most: u32 },
	#[error("At most {most} {what}s are taken, not {count}.")]
	TooMany { what: &'static str, count: usize, most: usize },
	#[error("The {what} {number} is named twice.")]
	NamedTwice { what: &'static str, number: u32 },
	#[error("The pass to app {0} may not be passed on.")]
	NotTransferable(u32),
	#[error("{account} has a pass to app {app} already, and nobody has two.")]
	PassHeld { app: u32, account: String },
	#[error(
		"The purse of app {app} can spare {holds}, and this takes {wanted}: fill it with `opg app \
		 fund {app} AMOUNT`."
	)]
	PurseTooSmall { app: u32, holds: Amount, wanted: Amount },
	#[error("{endowment} make no account: it needs at least {least}.")]
	EndowmentTooSmall { endowment: Amount, least: Amount },
	#[error(
		"The account can spend {free}, and this takes {needed}: add OPG, or give another key."
	)]
	TooLittle { needed: Amount, free: Amount },
	#[error("The app does not let you: {0}.")]
	Access(#[from] AccessError),
	#[error(
		"Nothing is due to {account}. A part of what was paid in an epoch can be claimed once the epoch \
		 is over, for three epochs, by who also had a paid answer in one of the three before it."
	)]
	NothingDue { account: String },
	#[error("{due} are due, and {left} are left of what is given back in this epoch: claim in the next epoch.")]
	RebatesExhausted { due: Amount, left: Amount },
	#[error(
		"The node has forgotten block {block}: name one that keeps all state (opg-node --state-pruning \
		 archive) with --url."
	)]
	Forgotten { block: u64 },
	#[error("The values cannot be written: {0}.")]
	Csv(#[from] csv::Error),
	#[error("{}{cause}. The model takes {ports}.", at_line(.line))]
	Input { line: Option<usize>, cause: JsonError, ports: String },
	#[error("{}not JSON: {cause}.", at_line(.line))]
	NotJson { line: Option<usize>, cause: serde_json::Error },
	#[error("`{0}` is neither a file nor JSON.")]
	NoInput(String),
	#[error("The input has no lines: there is nothing to ask.")]
	EmptyInput,
	#[error("The output of request {request} is not what the model declares: {cause}.")]
	Output { request: u64, cause: TensorError },
	#[error(
		"Request {request} settled without an output: use the version that came with the node."
	)]
	NoOutput { request: u64 },
	#[error(
		"There is no statement and no key {0}: it was never verified or registered, or it is \
		 gone; statements are kept for some hours."
	)]
	ProofUnknown(String),
	#[error("{file} cannot be read: {cause}.", file = .file.display())]
	Unreadable { file: PathBuf, cause: String },
	#[error("invalid: {0}.")]
	Invalid(String),
	#[error(
		"EZKL's proofs are verified under a reference string that you trust, not the one the key \
		 names: give it with --srs FILE."
	)]
	NoReferenceString,
	#[error("snarkjs has the public inputs in a file of their own: give it with --public FILE.")]
	NoPublicInputs,
	#[error("{file}: {cause}.", file = .file.display())]
	File { file: PathBuf, cause: std::io::Error },
	#[error("{file}: {cause}.", file = .file.display())]
	Onnx { file: PathBuf, cause: OnnxError },
	#[error("{0}.")]
	Syntax(#[from] SyntaxError),
	#[error("{0}.")]
	Number(#[from] NumberError),
	#[error("The name `{0}` is too long: at most 64 bytes.")]
	NameTooLong(String),
	#[error("The chain refused this: {docs} ({pallet}::{name})")]
	Dispatch { pallet: String, name: String, docs: String },
	#[error("The chain refused this: {0}")]
	DispatchOther(String),
	#[error(
		"The account cannot pay for this. `opg status` shows its balance; give another \
		 key, or add OPG."
	)]
	Balance,
	#[error("The node did not take the transaction: {0}.")]
	Refused(String),
	#[error("The transaction was not taken into a block: {0}. It may be sent again.")]
	NotIncluded(String),
	#[error(
		"The block says success but holds no event {0}: use the version that came with the node."
	)]
	EventMissing(&'static str),
	#[error("{0}")]
	NotSettled(String),
	#[error("{0}")]
	Failed(String),
	#[error(
		"Model {0} is suspended: nodes made the key of its circuit again and found another. It answers \
		 nobody."
	)]
	Suspended(u32),
	#[error(
		"The audit of model {model} is not decided after {blocks} blocks; `opg model show {model}` says \
		 how it stands."
	)]
	Unaudited { model: u32, blocks: u64 },
	#[error(
		"The dispute of request {request} is not decided after {blocks} blocks; \
		 `opg request show {request}` says how it stands."
	)]
	Undecided { request: u64, blocks: u64 },
	#[error(
		"The accounts that send need {needed} and the account that pays has {has}: give \
		 another with --from, or fewer --seconds."
	)]
	Funds { needed: Amount, has: Amount },
	#[error(
		"The node takes no batches of calls ({0}). Start it without \
		 --rpc-disable-batch-requests and --rpc-max-batch-request-len."
	)]
	NoBatches(String),
	#[error(
		"Nothing was measured: no block came within the measured time. Measure for longer \
		 with --seconds."
	)]
	TooShort,
	#[error("The weights of {file} cannot be taken into it: {cause}.", file = .file.display())]
	Weights { file: PathBuf, cause: ExternalError },
	#[error("{program} gave no figures: {cause}.", program = .program.display())]
	Figures { program: PathBuf, cause: String },
	#[error(
		"None of {blocks} blocks was full: the node's machine had no time to fill them. Measure while \
		 it does nothing else."
	)]
	NeverFull { blocks: u64 },
	#[error("{count} requests are stuck: neither ended nor pruned long after their deadline.")]
	Stuck { count: u64 },
	#[error(transparent)]
	Subxt(Box<subxt::Error>),
}

fn at_line(line: &Option<usize>) -> String {
	line.map_or_else(|| "The input is refused: ".into(), |line| format!("Input line {line}: "))
}

impl Error {
	/// What the process ends with: 2 where a file of a proof cannot be read or is missing, so that this is told from a proof that is invalid, 4 where nodes found that there is no answer, 3 where a request was not answered for another
	/// reason, 1 otherwise.
	pub(crate) fn exit_code(&self) -> u8 {
		match self {
			Self::NotSettled(_)
			| Self::Undecided { .. }
			| Self::Unaudited { .. }
			| Self::Stuck { .. } => 3,
			Self::Failed(_) => 4,
			Self::Unreadable { .. } | Self::NoReferenceString | Self::NoPublicInputs => 2,
			_ => 1,
		}
	}

	/// A word for programs to tell errors apart.
	pub(crate) fn kind(&self) -> &'static str {
		match self {
			Self::Unreachable { .. } => "unreachable",
			Self::Disconnected(_) => "disconnected",
			Self::Stalled { .. } => "stalled",
			Self::Chain(_) | Self::OtherChain { .. } | Self::EventMissing(_) => "chain",
			Self::MethodMissing { .. }
			| Self::TooBig { .. }
			| Self::Rpc { .. }
			| Self::NotValidating { .. }
			| Self::NoBatches(_) => "rpc",
			Self::StoresDisagree { .. } | Self::Store(_) | Self::NoShelf => "store",
			Self::NoKey | Self::ManyKeys | Self::Key(_) | Self::Randomness(_) => "key",
			Self::ModelUnknown(_) => "model-unknown",
			Self::NodeUnknown(_) => "node-unknown",
			Self::NotAnswering { .. } => "not-answering",
			Self::AppUnknown(_) => "app-unknown",
			Self::NotAppOwner { .. } => "not-owner",
			Self::AppRetired { .. } => "app-retired",
			Self::AppInUse { .. } => "app-in-use",
			Self::NothingForSale(_) | Self::OfferUnknown { .. } | Self::WhichOffer { .. } => {
				"offer-unknown"
			},
			Self::OfferTooDear { .. } | Self::PassTooCheap { .. } => "price",
			Self::Epochs { .. } | Self::PassTooLong { .. } => "epochs",
			Self::TooMany { .. } | Self::NamedTwice { .. } => "syntax",
			Self::NotTransferable(_) => "not-transferable",
			Self::PassHeld { .. } => "pass-held",
			Self::PurseTooSmall { .. } => "purse-empty",
			Self::EndowmentTooSmall { .. } | Self::TooLittle { .. } => "balance",
			Self::Access(error) => error.kind(),
			Self::NothingDue { .. } => "nothing-due",
			Self::RebatesExhausted { .. } => "rebates-exhausted",
			Self::Forgotten { .. } => "forgotten",
			Self::Csv(_) => "other",
			Self::NoCircuit(_) | Self::Unprovable { .. } | Self::NotProvable { .. } => "unprovable",
			Self::ProveAndTrust => "syntax",
			Self::OtherCircuit(_) => "other-circuit",
			Self::Ezkl(_) => "ezkl",
			Self::NotServed(_) | Self::NoSealingKey { .. } | Self::Seal(_) => "sealing",
			Self::RunsNoModels { .. } => "rpc",
			Self::OrderUnknown(_) => "order-unknown",
			Self::FeedUnknown(_) | Self::FeedKeyUnknown { .. } => "feed-unknown",
			Self::RoundUnknown { .. } | Self::RunUnknown { .. } => "round-unknown",
			Self::NotKept { .. } => "not-kept",
			Self::WorkflowUnknown(_) => "workflow-unknown",
			Self::FeedFile { .. } | Self::OtherFile { .. } | Self::WrongPieces { .. } => "file",
			Self::RequestUnknown(_) => "request-unknown",
			Self::ProofUnknown(_) => "proof-unknown",
			Self::Input { .. } | Self::NotJson { .. } | Self::NoInput(_) | Self::EmptyInput => {
				"input"
			},
			Self::Output { .. } | Self::NoOutput { .. } => "output",
			Self::File { .. }
			| Self::Unreadable { .. }
			| Self::NoReferenceString
			| Self::NoPublicInputs => "file",
			Self::Invalid(_) => "invalid",
			Self::Onnx { .. } | Self::Weights { .. } => "onnx",
			Self::Syntax(_) | Self::Number(_) | Self::NameTooLong(_) => "syntax",
			Self::Dispatch { .. } | Self::DispatchOther(_) => "dispatch",
			Self::Balance | Self::Funds { .. } | Self::Stake { .. } => "balance",
			Self::Refused(_) | Self::NotIncluded(_) => "transaction",
			Self::NotSettled(_) => "not-settled",
			Self::Failed(_) => "failed",
			Self::Undecided { .. } | Self::Unaudited { .. } => "undecided",
			Self::Suspended(_) => "suspended",
			Self::TooShort | Self::NeverFull { .. } => "too-short",
			Self::Figures { .. } => "figures",
			Self::Stuck { .. } => "stuck",
			Self::Subxt(_) => "other",
		}
	}

	/// Why the chain refused a call that it took into a block.
	pub(crate) fn dispatch(error: &DispatchError) -> Self {
		match error {
			DispatchError::Module(module) => match module.details() {
				Ok(details) => Self::Dispatch {
					pallet: details.pallet.name().into(),
					name: nested(module).unwrap_or_else(|| details.variant.name.clone()),
					docs: one_line(&details.variant.docs),
				},
				Err(error) => Self::DispatchOther(error.to_string()),
			},
			DispatchError::Token(TokenError::FundsUnavailable | TokenError::NotExpendable) => {
				Self::Balance
			},
			other => Self::DispatchOther(other.to_string()),
		}
	}

	/// Why a node did not take a transaction.
	pub(crate) fn submission(error: rpcs::Error) -> Self {
		match error {
			rpcs::Error::User(error) => {
				let data = error.data.as_ref().map(|data| data.get().trim_matches('"').to_owned());
				match data {
					Some(data) if data.contains("Inability to pay") => Self::Balance,
					Some(data) => {
						Self::Refused(format!("{}: {}", error.message, data.trim_end_matches('.')))
					},
					None => Self::Refused(error.message),
				}
			},
			other => Self::Disconnected(other.to_string()),
		}
	}

	/// Why a node did not do `method`, which was given `bytes` bytes.
	pub(crate) fn rpc(url: &str, method: &str, bytes: usize, error: rpcs::Error) -> Self {
		match error {
			rpcs::Error::User(error) if error.code == METHOD_UNKNOWN => {
				Self::MethodMissing { method: method.into() }
			},
			rpcs::Error::User(error) if error.code == REQUEST_TOO_BIG => Self::TooBig { bytes },
			rpcs::Error::User(error) => {
				let data = error.data.map(|data| format!(" ({})", data.get().trim_matches('"')));
				let cause = format!("{}{}", error.message, data.unwrap_or_default());
				Self::Rpc { url: url.into(), method: method.into(), cause }
			},
			rpcs::Error::Deserialization(error) => {
				Self::Chain(format!("`{method}` answers otherwise than expected ({error})"))
			},
			other => Self::Disconnected(other.to_string()),
		}
	}

	fn subxt(error: subxt::Error) -> Self {
		match error {
			subxt::Error::TransactionEventsError(
				subxt::error::TransactionEventsError::ExtrinsicFailed(error),
			) => Self::dispatch(&error),
			subxt::Error::ExtrinsicError(ExtrinsicError::ErrorSubmittingTransaction(
				BackendError::Rpc(RpcError::ClientError(error)),
			)) => Self::submission(error),
			subxt::Error::StorageError(error) if error_is_shape(&error) => {
				Self::Chain(error.to_string())
			},
			error @ (subxt::Error::StorageValueError(_)
			| subxt::Error::StorageKeyError(_)
			| subxt::Error::ConstantError(_)
			| subxt::Error::EventsError(_)) => Self::Chain(error.to_string()),
			other => Self::Subxt(Box::new(other)),
		}
	}
}

/// The name of a pallet's error with what it holds, such as `Proof(0, Unproven)`; `None` where it holds nothing.
fn nested(error: &ModuleError) -> Option<String> {
	let ValueDef::Variant(of_pallet) = error.as_root_error::<Value>().ok()?.value else {
		return None;
	};
	let named = of_pallet.values.into_values().next()?;
	let text = named.to_string();
	text.contains('(').then(|| without_single_fields(&text))
}

/// Spaces inside the brackets of a value's text left out.
fn without_single_fields(text: &str) -> String {
	text.replace("( ", "(").replace(" )", ")").replace(" (", "(").replace("()", "")
}

fn error_is_shape(error: &subxt::error::StorageError) -> bool {
	use subxt::error::StorageError as Error;
	!matches!(
		error,
		Error::CannotFetchValue(_) | Error::CannotIterateValues(_) | Error::StreamFailure(_)
	)
}

/// Doc lines of the metadata as one text.
pub(crate) fn one_line(docs: &[String]) -> String {
	docs.iter()
		.map(|line| line.trim())
		.filter(|line| !line.is_empty())
		.collect::<Vec<_>>()
		.join(" ")
}

macro_rules! from_subxt {
	($($error:ident),*) => {
		$(impl From<subxt::error::$error> for Error {
			fn from(error: subxt::error::$error) -> Self {
				Self::subxt(error.into())
			}
		})*
	};
}

from_subxt!(
	OnlineClientError,
	OnlineClientAtBlockError,
	ExtrinsicError,
	TransactionProgressError,
	TransactionEventsError,
	StorageError,
	StorageKeyError,
	StorageValueError,
	ConstantError,
	EventsError,
	BlocksError,
	BlockError,
	ExtrinsicDecodeErrorAt,
	DispatchErrorDecodeError
);

#[cfg(test)]
mod tests {
	use super::{one_line, Error};
	use crate::ports::{read_port, show_ports};
	use opg_tensor::json::from_json;
	use serde_json::json;
	use subxt::rpcs::{Error as RpcError, UserError};

	fn user(code: i32, data: Option<&str>) -> RpcError {
		let data = data.map(|data| serde_json::value::to_raw_value(data).unwrap());
		RpcError::User(UserError { code, message: "Invalid Transaction".into(), data })
	}

	#[test]
	fn an_input_that_does_not_fit_shows_the_ports() {
		let ports = [read_port("x:float32[?,2]").unwrap()];
		let given = [("x".to_owned(), ports[0].element, ports[0].shape.to_vec())];
		let cause = from_json(&json!({ "x": [[1.0]] }), &given).unwrap_err();
		let error = Error::Input { line: Some(3), cause, ports: show_ports(&ports) };
		let text = error.to_string();
		assert!(text.starts_with("Input line 3: "), "{text}");
		assert!(text.ends_with("The model takes x:float32[?,2]."), "{text}");
		assert_eq!(error.kind(), "input");
	}

	#[test]
	fn a_pool_that_wants_money_is_told_from_other_refusals() {
		let unpaid = user(1010, Some("Inability to pay some fees (e.g. account balance too low)"));
		assert!(matches!(Error::submission(unpaid), Error::Balance));
		let stale = Error::submission(user(1010, Some("Transaction is outdated")));
		assert!(stale.to_string().contains("outdated"));
	}

	#[test]
	fn a_missing_method_is_named() {
		let error = Error::rpc("ws://a", "store_put", 0, user(-32601, None));
		assert!(error.to_string().contains("`store_put`"));
	}

	#[test]
	fn only_an_unanswered_request_ends_with_three_and_only_a_failed_one_with_four() {
		assert_eq!(Error::NotSettled("1 of 2 requests was not answered.".into()).exit_code(), 3);
		assert_eq!(Error::Stuck { count: 1 }.exit_code(), 3);
		assert_eq!(Error::Failed("1 of 2 requests failed.".into()).exit_code(), 4);
		assert_eq!(Error::Balance.exit_code(), 1);
	}

	#[test]
	fn docs_become_one_line() {
		let docs = ["The price is below".into(), String::new(), " the least price.".into()];
		assert_eq!(one_line(&docs), "The price is below the least price.");
	}
}
