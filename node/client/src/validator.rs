//! `opg validator`: keys, stake and candidacy in one transaction, and how a validator stands.

use crate::{
	amount::{Amount, Share},
	args::{KeyArgs, RewardsArg, SetupArgs, ValidatorCommand},
	chain::{
		self, account, AtBlock, Chain, Name, ACTIVE_ERA, BATCH_ALL, BOND, BONDED, BOND_EXTRA,
		CANDIDATES, CURRENT_ERA, ERA_POINTS, ERA_STAKERS, EXISTENTIAL_DEPOSIT, HAS_SESSION_KEYS,
		IN_SESSION, LEDGER, NEXT_KEYS, NODE_ROLES, PREFERENCES, ROTATE_SESSION_KEYS, SET_KEYS,
		VALIDATE, VALIDATOR_PLACES,
	},
	connection::params,
	error::{Error, Result},
	keys::signer,
	records::{Batch, Era, EraPoints, EraStakers, Ledger, Preferences},
	report::{pairs, Report},
};
use serde::{Deserialize, Serialize};
use serde_json::{json, Value as Json};
use subxt::{
	dynamic::Value, ext::scale_decode::DecodeAsType, rpcs::client::RpcParams, utils::AccountId32,
};

/// Billionths in a millionth: shares are typed in these and the chain counts commissions in those.
const PER_MILLIONTH: u32 = 1_000;
/// The role of a node that was started with `--validator`.
const AUTHORITY: &str = "Authority";

/// Does what was asked.
pub(crate) async fn run(
	command: ValidatorCommand,
	url: &str,
	keys: &KeyArgs,
	chain: &Chain,
	report: Report,
) -> Result<()> {
	match command {
		ValidatorCommand::Setup(args) => setup(&args, url, keys, chain, report).await,
		ValidatorCommand::Status { address, node_url } => {
			let stash = match address {
				Some(address) => address,
				None => account(&signer(keys, chain).await?),
			};
			status(&stash, node_url.as_deref().unwrap_or(url), chain, report).await
		},
	}
}

/// What a node answers when it makes session keys.
#[derive(Debug, Deserialize)]
struct Made {
	keys: String,
	proof: Option<String>,
}

async fn setup(
	args: &SetupArgs,
	url: &str,
	keys: &KeyArgs,
	chain: &Chain,
	report: Report,
) -> Result<()> {
	let keys = signer(keys, chain).await?;
	let stash = account(&keys);
	let node_url = args.node_url.as_deref().unwrap_or(url);
	let node = validating_node(node_url, chain).await?;
	let at = chain.best().await?;
	let before = Standing::read(chain, &at, &stash).await?;
	let step = Stake::towards(args.stake.0, before.ledger.map(|ledger| ledger.active));
	let free = chain::account_at(&at, &stash).await?.map_or(0, |account| account.data.free);
	let spendable = free.saturating_sub(chain::constant(&at, EXISTENTIAL_DEPOSIT)?);
	if step.added() > spendable {
		return Err(Error::Stake { wanted: Amount(step.added()), free: Amount(spendable) });
	}
	let held = match &before.keys {
		Some(set) => has_keys(&node, set).await?,
		None => false,
	};
	let mut calls = Vec::new();
	if held && !args.new_keys {
		report.remark("The node has the session keys the chain knows: they stay.");
	} else {
		let (made, proof) = make_keys(&node, &stash).await?;
		calls.push(set_keys(&at, &made, &proof)?);
	}
	calls.extend(step.call(args.rewards));
	if step == Stake::Enough {
		report.remark("The stake is that much or more already: it stays.");
	}
	let commission = args.commission.0.saturating_mul(PER_MILLIONTH);
	calls.push(validate(commission));
	chain.send(&keys, BATCH_ALL, Batch { calls }).await?;
	let standing = Standing::read(chain, &chain.best().await?, &stash).await?;
	let view = View::new(&stash, &standing, Some(true));
	let value = json!({
		"validator": view.validator,
		"added": Amount(step.added()),
		"stake": view.stake,
		"commission": view.commission,
		"keys": view.keys,
		"state": view.state,
		"places": view.places,
		"candidates": view.candidates,
	});
	let text = format!(
		"{} stands for election with {}, commission {}, keys {}.\n{}",
		stash,
		Amount(standing.stake()),
		args.commission,
		view.keys.as_deref().unwrap_or_default(),
		outlook(&standing),
	);
	report.result(&value, text);
	Ok(())
}

/// When it may come in, or what changes if it is in, in words.
fn outlook(standing: &Standing) -> String {
	let Standing { places, candidates, current_era, .. } = standing;
	if matches!(standing.state(), State::Elected | State::Validating) {
		return "It is elected already: a new stake or commission counts from the next election on, \
		        new keys after two sessions. Until then the old keys are used."
			.into();
	}
	let odds = if candidates <= places {
		format!("There are {places} places for {candidates} candidates")
	} else {
		format!(
			"The {places} of {candidates} candidates with the largest stakes behind them get a place"
		)
	};
	format!(
		"{odds}; who is elected validates from era {} on at the earliest. `opg validator status` \
		 says how it stands.",
		current_era.saturating_add(1)
	)
}

/// The node that is to validate: of this chain, and started for it.
async fn validating_node(url: &str, chain: &Chain) -> Result<Chain> {
	let node = Chain::connect(url).await?;
	if node.genesis() != chain.genesis() {
		return Err(Error::OtherChain { url: url.into() });
	}
	let roles: Vec<String> = node.call(NODE_ROLES, RpcParams::new()).await?;
	if !roles.iter().any(|role| role == AUTHORITY) {
		return Err(Error::NotValidating { url: url.into() });
	}
	Ok(node)
}

async fn has_keys(node: &Chain, keys: &[u8]) -> Result<bool> {
	node.call(HAS_SESSION_KEYS, params([Json::from(hex_text(keys))])?).await
}

/// Has the node make session keys for `owner`; answers them and the proof that it has them.
async fn make_keys(node: &Chain, owner: &AccountId32) -> Result<(Vec<u8>, Vec<u8>)> {
	let owner = params([Json::from(hex_text(&owner.0))])?;
	let made: Made = node.call(ROTATE_SESSION_KEYS, owner).await?;
	let proof = made.proof.ok_or_else(|| unreadable("no proof"))?;
	Ok((from_hex(&made.keys)?, from_hex(&proof)?))
}

fn unreadable(what: &str) -> Error {
	Error::Chain(format!("`{ROTATE_SESSION_KEYS}` answers {what}"))
}

fn from_hex(text: &str) -> Result<Vec<u8>> {
	let digits = text.strip_prefix("0x").unwrap_or(text);
	hex::decode(digits).map_err(|error| unreadable(&format!("`{text}` ({error})")))
}

fn hex_text(bytes: &[u8]) -> String {
	format!("0x{}", hex::encode(bytes))
}

/// A call within a call.
fn call<const FIELDS: usize>(
	(pallet, name): Name,
	fields: [(&'static str, Value); FIELDS],
) -> Value {
	Value::unnamed_variant(pallet, [Value::named_variant(name, fields)])
}

/// `Session.set_keys` with keys as the node gave them; which there are is read from the metadata.
fn set_keys(at: &AtBlock, keys: &[u8], proof: &[u8]) -> Result<Value> {
	let (pallet, name) = SET_KEYS;
	let metadata = at.metadata_ref();
	let variant = metadata
		.pallet_by_name(pallet)
		.and_then(|pallet| pallet.call_variant_by_name(name))
		.ok_or_else(|| Error::Chain(format!("it has no {pallet}.{name}")))?;
	let kind = variant.fields.iter().find(|field| field.name.as_deref() == Some("keys"));
	let kind = kind.ok_or_else(|| Error::Chain(format!("{pallet}.{name} takes no keys")))?;
	let mut rest = keys;
	let read = Value::decode_as_type(&mut rest, kind.ty.id, metadata.types())
		.map_err(|error| unreadable(&format!("keys of another chain ({error})")))?;
	if !rest.is_empty() {
		return Err(unreadable("keys of another chain (too many)"));
	}
	Ok(call(SET_KEYS, [("keys", read), ("proof", Value::from_bytes(proof))]))
}

/// `Staking.validate`, open to nominators.
fn validate(commission: u32) -> Value {
	let prefs = [("commission", Value::u128(commission.into())), ("blocked", Value::bool(false))];
	call(VALIDATE, [("prefs", Value::named_composite(prefs))])
}

/// What brings a stake to what it is to be; none is ever lowered here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stake {
	First(u128),
	More(u128),
	Enough,
}

impl Stake {
	fn towards(wanted: u128, active: Option<u128>) -> Self {
		match active {
			None => Self::First(wanted),
			Some(active) if active < wanted => Self::More(wanted.saturating_sub(active)),
			Some(_) => Self::Enough,
		}
	}

	const fn added(self) -> u128 {
		match self {
			Self::First(added) | Self::More(added) => added,
			Self::Enough => 0,
		}
	}

	fn call(self, rewards: RewardsArg) -> Option<Value> {
		let payee = match rewards {
			RewardsArg::Staked => "Staked",
			RewardsArg::Free => "Stash",
		};
		let payee = Value::unnamed_variant(payee, []);
		match self {
			Self::First(value) => {
				Some(call(BOND, [("value", Value::u128(value)), ("payee", payee)]))
			},
			Self::More(value) => Some(call(BOND_EXTRA, [("max_additional", Value::u128(value))])),
			Self::Enough => None,
		}
	}
}

/// What the chain says of an account that may validate.
#[derive(Clone, Debug, Default)]
struct Standing {
	ledger: Option<Ledger>,
	preferences: Option<Preferences>,
	keys: Option<Vec<u8>>,
	in_session: bool,
	elected: Option<EraStakers>,
	exposed: Option<EraStakers>,
	points: u32,
	places: u32,
	candidates: u32,
	active_era: u32,
	current_era: u32,
}

/// How far an account has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
	/// Nothing is staked.
	None,
	/// It has a stake and does not stand for election.
	Bonded,
	/// It stands for election and was not elected yet.
	Waiting,
	/// It was elected for the era to come.
	Elected,
	/// It validates.
	Validating,
	/// It validates this session and is not elected for the next era.
	Leaving,
}

impl State {
	const fn name(self) -> &'static str {
		match self {
			Self::None => "none",
			Self::Bonded => "bonded",
			Self::Waiting => "waiting",
			Self::Elected => "elected",
			Self::Validating => "validating",
			Self::Leaving => "leaving",
		}
	}

	const fn means(self) -> &'static str {
		match self {
			Self::None => "nothing is staked: see `opg validator setup`",
			Self::Bonded => "staked, and stands for no election: see `opg validator setup`",
			Self::Waiting => "stands for election",
			Self::Elected => "elected, begins with the next era",
			Self::Validating => "makes blocks",
			Self::Leaving => "makes blocks until the era ends: not elected for the next",
		}
	}
}

impl Standing {
	async fn read(chain: &Chain, at: &AtBlock, stash: &AccountId32) -> Result<Self> {
		let key = (stash.0,);
		// An account bonded by another holds its ledger under that one's name.
		let bonded: Option<AccountId32> = chain::read(at, BONDED, key).await?;
		let holder = bonded.unwrap_or(*stash);
		let active_era =
			chain::read::<_, Era>(at, ACTIVE_ERA, ()).await?.map_or(0, |era| era.index);
		let current_era = chain::read(at, CURRENT_ERA, ()).await?.unwrap_or(active_era);
		let validators: Vec<AccountId32> =
			chain::read(at, IN_SESSION, ()).await?.unwrap_or_default();
		// Read so, since everybody has the item's default.
		let mut preferences = chain.read_many(at, PREFERENCES, [key]).await?;
		let points: Option<EraPoints> = chain::read(at, ERA_POINTS, (active_era,)).await?;
		Ok(Self {
			ledger: chain::read(at, LEDGER, (holder.0,)).await?,
			preferences: preferences.pop().flatten(),
			keys: chain::read_bytes(at, NEXT_KEYS, key).await?,
			in_session: validators.contains(stash),
			elected: chain::read(at, ERA_STAKERS, (current_era, stash.0)).await?,
			exposed: chain::read(at, ERA_STAKERS, (active_era, stash.0)).await?,
			points: points.map_or(0, |points| points.of(stash)),
			places: chain::read(at, VALIDATOR_PLACES, ()).await?.unwrap_or_default(),
			candidates: chain::read(at, CANDIDATES, ()).await?.unwrap_or_default(),
			active_era,
			current_era,
		})
	}

	fn stake(&self) -> u128 {
		self.ledger.map_or(0, |ledger| ledger.active)
	}

	fn state(&self) -> State {
		match (self.in_session, self.elected.is_some(), self.preferences, self.ledger) {
			(true, true, _, _) => State::Validating,
			(true, false, _, _) => State::Leaving,
			(false, true, _, _) => State::Elected,
			(false, false, Some(_), _) => State::Waiting,
			(false, false, None, Some(_)) => State::Bonded,
			(false, false, None, None) => State::None,
		}
	}
}

async fn status(stash: &AccountId32, node_url: &str, chain: &Chain, report: Report) -> Result<()> {
	let standing = Standing::read(chain, &chain.best().await?, stash).await?;
	let held = match &standing.keys {
		Some(keys) => ask_for_keys(node_url, keys).await,
		None => None,
	};
	let view = View::new(stash, &standing, held);
	report.result(&view, view.text());
	Ok(())
}

/// Whether the node has these keys; a node that does not say so to strangers leaves it open.
async fn ask_for_keys(node_url: &str, keys: &[u8]) -> Option<bool> {
	has_keys(&Chain::connect(node_url).await.ok()?, keys).await.ok()
}

#[derive(Debug, Serialize)]
struct View {
	validator: String,
	state: &'static str,
	#[serde(skip)]
	means: &'static str,
	stake: Amount,
	commission: Option<Share>,
	keys: Option<String>,
	keys_in_node: Option<bool>,
	backing: Option<Amount>,
	nominators: Option<u32>,
	points: u32,
	places: u32,
	candidates: u32,
	era: u32,
}

impl View {
	fn new(stash: &AccountId32, standing: &Standing, keys_in_node: Option<bool>) -> Self {
		let state = standing.state();
		let exposed = standing.exposed.or(standing.elected);
		Self {
			validator: stash.to_string(),
			state: state.name(),
			means: state.means(),
			stake: Amount(standing.stake()),
			commission: standing.preferences.map(|it| Share(it.commission / PER_MILLIONTH)),
			keys: standing.keys.as_deref().map(hex_text),
			keys_in_node,
			backing: exposed.map(|exposed| Amount(exposed.total)),
			nominators: exposed.map(|exposed| exposed.nominator_count),
			points: standing.points,
			places: standing.places,
			candidates: standing.candidates,
			era: standing.active_era,
		}
	}

	fn text(&self) -> String {
		let held = match (&self.keys, self.keys_in_node) {
			(None, _) => "none are set: `opg validator setup` makes some".into(),
			(Some(keys), Some(true)) => format!("{keys}, and the node has them"),
			(Some(keys), Some(false)) => {
				format!("{keys}, which the node does NOT have: it cannot validate with them")
			},
			(Some(keys), None) => format!("{keys}; the node does not say whether it has them"),
		};
		let or_none = |value: Option<String>| value.unwrap_or_else(|| "none".into());
		pairs(&[
			("validator", self.validator.clone()),
			("state", format!("{}: {}", self.state, self.means)),
			("stake", self.stake.to_string()),
			("commission", or_none(self.commission.map(|share| share.to_string()))),
			("session keys", held),
			("backing", or_none(self.backing.map(|amount| amount.to_string()))),
			("nominators", self.nominators.unwrap_or_default().to_string()),
			("era", format!("{}, in which it earned {} points", self.era, self.points)),
			("places", format!("{} for {} candidates", self.places, self.candidates)),
		])
	}
}

#[cfg(test)]
mod tests {
	use super::{from_hex, outlook, Stake, Standing, State, View, PER_MILLIONTH};
	use crate::{
		args::RewardsArg,
		records::{EraPoints, EraStakers, Ledger, Preferences},
	};
	use subxt::utils::AccountId32;

	const STASH: AccountId32 = AccountId32([1; 32]);

	fn staked() -> Standing {
		Standing { ledger: Some(Ledger { active: 1_000 }), ..Standing::default() }
	}

	fn candidate() -> Standing {
		Standing { preferences: Some(Preferences { commission: 50_000_000 }), ..staked() }
	}

	const BACKED: EraStakers = EraStakers { total: 3_000, nominator_count: 2 };

	#[test]
	fn a_stake_is_raised_to_what_is_wanted_and_never_lowered() {
		assert_eq!(Stake::towards(5, None), Stake::First(5));
		assert_eq!(Stake::towards(5, Some(2)), Stake::More(3));
		assert_eq!(Stake::towards(5, Some(5)), Stake::Enough);
		assert_eq!(Stake::towards(5, Some(9)).added(), 0);
	}

	#[test]
	fn who_stakes_already_is_not_bonded_twice() {
		let named = |stake: Stake| stake.call(RewardsArg::Staked).map(|call| call.to_string());
		assert!(named(Stake::First(5)).unwrap().contains("bond "));
		assert!(named(Stake::More(5)).unwrap().contains("bond_extra"));
		assert_eq!(named(Stake::Enough), None);
	}

	#[test]
	fn rewards_go_where_they_are_told_to() {
		let text = |rewards| Stake::First(5).call(rewards).unwrap().to_string();
		assert!(text(RewardsArg::Staked).contains("Staked"));
		assert!(text(RewardsArg::Free).contains("Stash"));
	}

	#[test]
	fn a_candidate_comes_in_step_by_step() {
		assert_eq!(Standing::default().state(), State::None);
		assert_eq!(staked().state(), State::Bonded);
		assert_eq!(candidate().state(), State::Waiting);
		let elected = Standing { elected: Some(BACKED), ..candidate() };
		assert_eq!(elected.state(), State::Elected);
		let validating = Standing { in_session: true, ..elected };
		assert_eq!(validating.state(), State::Validating);
		let leaving = Standing { elected: None, ..validating };
		assert_eq!(leaving.state(), State::Leaving);
	}

	#[test]
	fn commissions_are_counted_in_billionths_by_the_chain() {
		let share = "5%".parse::<crate::amount::Share>().unwrap();
		assert_eq!(share.0 * PER_MILLIONTH, 50_000_000);
		let view = View::new(&STASH, &candidate(), None);
		assert_eq!(view.commission, Some(share));
	}

	#[test]
	fn keys_the_node_lacks_are_told_loudly() {
		let with_keys = Standing { keys: Some(vec![0xab; 2]), ..candidate() };
		let text = |held| View::new(&STASH, &with_keys, held).text();
		assert!(text(Some(false)).contains("0xabab, which the node does NOT have"));
		assert!(text(Some(true)).contains("the node has them"));
		assert!(text(None).contains("does not say"));
		assert!(View::new(&STASH, &candidate(), None).text().contains("none are set"));
	}

	#[test]
	fn what_backs_a_validator_is_that_of_the_era_it_works_in() {
		let next = EraStakers { total: 9_000, nominator_count: 5 };
		let both = Standing { exposed: Some(BACKED), elected: Some(next), ..candidate() };
		assert_eq!(View::new(&STASH, &both, None).nominators, Some(2));
		let coming = Standing { exposed: None, ..both };
		assert_eq!(View::new(&STASH, &coming, None).nominators, Some(5));
	}

	#[test]
	fn a_candidate_is_told_whether_places_are_scarce() {
		let with = |places, candidates| {
			outlook(&Standing { places, candidates, current_era: 7, ..candidate() })
		};
		assert!(with(4, 3).starts_with("There are 4 places for 3 candidates"));
		assert!(with(4, 5).starts_with("The 4 of 5 candidates"));
		assert!(with(4, 5).contains("era 8"));
		let elected = Standing { elected: Some(BACKED), ..candidate() };
		assert!(outlook(&elected).contains("elected already"));
	}

	#[test]
	fn points_of_an_era_are_found_by_account() {
		let points = EraPoints { individual: vec![(STASH, 40), (AccountId32([2; 32]), 20)] };
		assert_eq!(points.of(&STASH), 40);
		assert_eq!(points.of(&AccountId32([3; 32])), 0);
	}

	#[test]
	fn keys_are_read_from_hex_with_or_without_its_mark() {
		assert_eq!(from_hex("0x0102").unwrap(), [1, 2]);
		assert_eq!(from_hex("0102").unwrap(), [1, 2]);
		assert!(from_hex("0xzz").is_err());
	}
}
