//! `opg app`: selling access to an app, paying for its users, buying a pass.

use crate::{
	amount::Amount,
	args::{AppCommand, CreditArgs, KeyArgs, SellArgs, SponsorArgs, TermsArgs},
	chain::{
		self, account, AtBlock, Chain, ACCESS, ACCOUNT, APPS, APP_REGISTERED, BUY_PASS, CREDIT,
		EXISTENTIAL_DEPOSIT, GRANTED_PASS, GRANT_PASS, MAX_EPOCHS, MIN_PASS_PRICE, MODELS, NODES,
		PASS_BOUGHT, PURSE, RECORD_FEE, REGISTER_APP, REMOVE_APP, RETIREMENT_DELAY, RETIRE_APP,
		SET_OFFERS, SPENDABLE, SPONSOR, SPONSORSHIPS, TRANSFER, TRANSFER_PASS, WITHDRAW_PURSE,
	},
	error::{Error, Result},
	footing::AccessError,
	keys::signer,
	records::{
		Account, App, AppRegistered, AppStatus, BuyPass, Credit, GiveCredit, GrantPass, Model,
		Node, OfApp, Offer, Pass, PassGiven, PassTerms, Promise, RegisterApp, SetOffers, Sponsor,
		Sponsorship, Standing, Transfer, TransferPass, WithdrawFromPurse,
	},
	report::{pairs, table, Report},
	stats,
};
use codec::Encode;
use serde::Serialize;
use serde_json::json;
use subxt::utils::{AccountId32, MultiAddress};
use subxt_signer::sr25519::Keypair;

/// Bytes of an app's name.
const NAME_BYTES: usize = 64;
/// Offers an app may make at once, and models or nodes it may name.
const MOST: usize = 16;

/// Carries out a command.
pub(crate) async fn run(
	command: AppCommand,
	given: &KeyArgs,
	chain: &Chain,
	report: Report,
) -> Result<()> {
	match command {
		AppCommand::List => return list(chain, report).await,
		AppCommand::Show { app } => return show(app, chain, report).await,
		AppCommand::Access { app, account: Some(who) } => {
			return access(app, who, chain, report).await
		},
		_ => {},
	}
	let keys = signer(given, chain).await?;
	let at = chain.best().await?;
	let desk = Desk { chain, at, me: account(&keys), keys, report };
	match command {
		AppCommand::Register { name } => desk.register(name).await,
		AppCommand::List => list(chain, report).await,
		AppCommand::Show { app } => show(app, chain, report).await,
		AppCommand::Access { app, .. } => access(app, desk.me, chain, report).await,
		AppCommand::Sell(args) => desk.sell(args).await,
		AppCommand::StopSelling { app, offer } => desk.stop_selling(app, offer).await,
		AppCommand::Buy { app, offer, max_price } => desk.buy(app, offer, max_price).await,
		AppCommand::Grant { app, account, terms } => desk.grant(app, account, terms).await,
		AppCommand::Transfer { app, account } => desk.transfer(app, account).await,
		AppCommand::Sponsor(args) => desk.sponsor(args).await,
		AppCommand::StopSponsoring { app } => desk.stop_sponsoring(app).await,
		AppCommand::Credit(args) => desk.credit(args).await,
		AppCommand::Fund { app, amount } => desk.fund(app, amount).await,
		AppCommand::Withdraw { app, amount } => desk.withdraw(app, amount).await,
		AppCommand::Retire { app } => desk.retire(app).await,
		AppCommand::Remove { app } => desk.remove(app).await,
	}
}

/// Reads an app's record.
pub(crate) async fn find(at: &AtBlock, app: u32) -> Result<App> {
	chain::read(at, APPS, (app,)).await?.ok_or(Error::AppUnknown(app))
}

/// The account an app pays from.
async fn purse(chain: &Chain, at: &AtBlock, app: u32) -> Result<AccountId32> {
	chain.said::<[u8; 32]>(at, PURSE, &app.encode()).await.map(AccountId32)
}

/// What a purse can spare: it stays in existence.
pub(crate) async fn in_purse(chain: &Chain, at: &AtBlock, app: u32) -> Result<u128> {
	let purse = purse(chain, at, app).await?;
	let standing = chain::account_at(at, &purse).await?;
	let least = chain::constant::<u128>(at, EXISTENTIAL_DEPOSIT)?;
	Ok(standing.map_or(0, |standing| standing.data.free.saturating_sub(least)))
}

/// What an app can pay for requests now.
pub(crate) async fn spendable(chain: &Chain, at: &AtBlock, app: u32) -> Result<u128> {
	chain.said(at, SPENDABLE, &app.encode()).await
}

/// What an account has of an app that holds now.
pub(crate) async fn standing(
	chain: &Chain,
	at: &AtBlock,
	app: u32,
	who: &AccountId32,
) -> Result<Standing> {
	let said: Option<Standing> = chain.said(at, ACCESS, &(app, who.0).encode()).await?;
	Ok(said.unwrap_or_default())
}

/// What an app pays for, and what it paid in the epoch that runs.
pub(crate) async fn sponsorship(at: &AtBlock, app: u32) -> Result<Option<Sponsorship>> {
	chain::read(at, SPONSORSHIPS, (app,)).await
}

impl App {
	fn check_owner(self, app: u32, me: &AccountId32) -> Result<Self> {
		if self.owner != *me {
			return Err(Error::NotAppOwner { app, owner: self.owner.to_string() });
		}
		Ok(self)
	}

	fn check_active(self, app: u32) -> Result<Self> {
		match self.status {
			AppStatus::Active => Ok(self),
			AppStatus::Retired { at } => Err(Error::AppRetired { app, at }),
		}
	}

	/// The offer a buyer means, at no more than the buyer allows.
	fn offer(&self, app: u32, number: Option<usize>, most: Option<Amount>) -> Result<Offer> {
		let offer = match (number, self.offers.as_slice()) {
			(None, []) => return Err(Error::NothingForSale(app)),
			(None, [only]) => *only,
			(None, several) => return Err(Error::WhichOffer { app, offers: several.len() }),
			(Some(number), offers) => {
				*offers.get(number).ok_or(Error::OfferUnknown { app, offer: number })?
			},
		};
		let price = Amount(offer.price);
		match most.filter(|most| price > *most) {
			Some(most) => Err(Error::OfferTooDear { app, price, most }),
			None => Ok(offer),
		}
	}

	/// Refuses to take an app's record away that is still needed.
	fn check_over(&self, app: u32, block: u64, delay: u64, epoch: u32) -> Result<()> {
		let until = match self.status {
			AppStatus::Active => format!("retire it first, with `opg app retire {app}`"),
			AppStatus::Retired { at } if block < at.saturating_add(delay) => {
				format!("requests may be open until block {}", at.saturating_add(delay))
			},
			AppStatus::Retired { .. } if epoch < self.over_in => {
				format!("what it gave holds until epoch {} begins", self.over_in)
			},
			AppStatus::Retired { .. } => return Ok(()),
		};
		Err(Error::AppInUse { app, until })
	}
}

/// Refuses a number of epochs for which nothing may hold.
fn check_epochs(epochs: u32, most: u32) -> Result<()> {
	if epochs == 0 || epochs > most {
		return Err(Error::Epochs { epochs, most });
	}
	Ok(())
}

/// Refuses numbers that are named twice, or too many of them.
fn check_numbers(what: &'static str, numbers: &[u32]) -> Result<()> {
	if numbers.len() > MOST {
		return Err(Error::TooMany { what, count: numbers.len(), most: MOST });
	}
	let mut sorted = numbers.to_vec();
	sorted.sort_unstable();
	match sorted.windows(2).find(|pair| pair[0] == pair[1]) {
		Some(pair) => Err(Error::NamedTwice { what, number: pair[0] }),
		None => Ok(()),
	}
}

impl From<TermsArgs> for PassTerms {
	fn from(args: TermsArgs) -> Self {
		Self { epochs: args.epochs, quota: args.quota, is_transferable: args.transferable }
	}
}

/// Somebody with a key, at a block that says how things stand.
struct Desk<'a> {
	chain: &'a Chain,
	at: AtBlock,
	keys: Keypair,
	me: AccountId32,
	report: Report,
}

impl Desk<'_> {
	async fn owned(&self, app: u32) -> Result<App> {
		find(&self.at, app).await?.check_owner(app, &self.me)
	}

	async fn active(&self, app: u32) -> Result<App> {
		self.owned(app).await?.check_active(app)
	}

	/// Refuses what the signer cannot pay.
	async fn check_funds(&self, needed: u128) -> Result<()> {
		let mine: Option<Account> = chain::read(&self.at, ACCOUNT, (self.me.0,)).await?;
		let least = chain::constant::<u128>(&self.at, EXISTENTIAL_DEPOSIT)?;
		let free = mine.map_or(0, |mine| mine.data.free.saturating_sub(least));
		if free < needed {
			return Err(Error::TooLittle { needed: Amount(needed), free: Amount(free) });
		}
		Ok(())
	}

	async fn check_purse(&self, app: u32, wanted: Amount) -> Result<()> {
		let holds = Amount(in_purse(self.chain, &self.at, app).await?);
		if wanted > holds {
			return Err(Error::PurseTooSmall { app, holds, wanted });
		}
		Ok(())
	}

	fn most_epochs(&self) -> Result<u32> {
		chain::constant(&self.at, MAX_EPOCHS)
	}

	async fn register(&self, name: String) -> Result<()> {
		if name.len() > NAME_BYTES {
			return Err(Error::NameTooLong(name));
		}
		let call = RegisterApp { name: name.clone().into_bytes() };
		let events = self.chain.send(&self.keys, REGISTER_APP, call).await?;
		let AppRegistered { app } = chain::event(&events, APP_REGISTERED)?;
		let purse = purse(self.chain, &self.at, app).await?.to_string();
		let text = format!(
			"App {app} is registered. Its purse is {purse}; `opg app sell {app}` and \
			 `opg app sponsor {app}` give access to it."
		);
		self.report.result(&json!({ "app": app, "name": name, "purse": purse }), text);
		Ok(())
	}

	async fn sell(&self, args: SellArgs) -> Result<()> {
		let SellArgs { app, price, terms } = args;
		let mut record = self.active(app).await?;
		check_epochs(terms.epochs, self.most_epochs()?)?;
		let least = Amount(chain::constant(&self.at, MIN_PASS_PRICE)?);
		if price < least {
			return Err(Error::PassTooCheap { price, least });
		}
		if record.offers.len() >= MOST {
			let count = record.offers.len() + 1;
			return Err(Error::TooMany { what: "offer", count, most: MOST });
		}
		let offer = Offer { price: price.0, terms: terms.into() };
		record.offers.push(offer);
		let number = record.offers.len() - 1;
		let call = SetOffers { app, offers: record.offers };
		self.chain.send(&self.keys, SET_OFFERS, call).await?;
		let view = OfferView::new(number, &offer);
		let text = format!("App {app} sells a pass now, offer {number}: {}.", view.text());
		self.report.result(&json!({ "app": app, "offer": view }), text);
		Ok(())
	}

	async fn stop_selling(&self, app: u32, offer: usize) -> Result<()> {
		let mut record = self.active(app).await?;
		if offer >= record.offers.len() {
			return Err(Error::OfferUnknown { app, offer });
		}
		record.offers.remove(offer);
		let left = record.offers.len();
		self.chain.send(&self.keys, SET_OFFERS, SetOffers { app, offers: record.offers }).await?;
		let text = format!("App {app} takes offer {offer} back; {left} are left.");
		self.report.result(&json!({ "app": app, "offers": left }), text);
		Ok(())
	}

	async fn buy(&self, app: u32, number: Option<usize>, most: Option<Amount>) -> Result<()> {
		let record = find(&self.at, app).await?.check_active(app)?;
		let offer = record.offer(app, number, most)?;
		let held = standing(self.chain, &self.at, app, &self.me).await?.pass;
		let epoch = stats::epoch(self.chain, &self.at).await?.index;
		check_extension(held, offer.terms, epoch, self.most_epochs()?)?;
		self.check_funds(offer.price).await?;
		let events = self.chain.send(&self.keys, BUY_PASS, BuyPass { app, offer }).await?;
		let PassGiven { pass } = chain::event(&events, PASS_BOUGHT)?;
		let pass = PassView::new(&pass);
		let price = Amount(offer.price);
		let text = format!("You paid {price} and have a pass to app {app}: {}.", pass.text(epoch));
		self.report.result(&json!({ "app": app, "price": price, "pass": pass }), text);
		Ok(())
	}

	async fn grant(&self, app: u32, who: AccountId32, terms: TermsArgs) -> Result<()> {
		self.active(app).await?;
		let most = self.most_epochs()?;
		check_epochs(terms.epochs, most)?;
		let held = standing(self.chain, &self.at, app, &who).await?.pass;
		let epoch = stats::epoch(self.chain, &self.at).await?.index;
		check_extension(held, terms.into(), epoch, most)?;
		self.check_funds(chain::constant(&self.at, RECORD_FEE)?).await?;
		let call = GrantPass { app, who, terms: terms.into() };
		let events = self.chain.send(&self.keys, GRANT_PASS, call).await?;
		let PassGiven { pass } = chain::event(&events, GRANTED_PASS)?;
		let pass = PassView::new(&pass);
		let text = format!("{who} has a pass to app {app}: {}.", pass.text(epoch));
		let value = json!({ "app": app, "account": who.to_string(), "pass": pass });
		self.report.result(&value, text);
		Ok(())
	}

	async fn transfer(&self, app: u32, to: AccountId32) -> Result<()> {
		let mine = standing(self.chain, &self.at, app, &self.me).await?.pass;
		let theirs = standing(self.chain, &self.at, app, &to).await?.pass;
		let mine = mine.ok_or(AccessError::NoPass(app))?;
		if !mine.is_transferable {
			return Err(Error::NotTransferable(app));
		}
		if theirs.is_some() {
			return Err(Error::PassHeld { app, account: to.to_string() });
		}
		self.chain.send(&self.keys, TRANSFER_PASS, TransferPass { app, to }).await?;
		let text = format!("Your pass to app {app} is {to}'s now.");
		self.report.result(&json!({ "app": app, "account": to.to_string() }), text);
		Ok(())
	}

	async fn sponsor(&self, args: SponsorArgs) -> Result<()> {
		let SponsorArgs { app, models, nodes, cap, passes } = args;
		self.active(app).await?;
		check_numbers("model", &models)?;
		check_numbers("node", &nodes)?;
		let known: Vec<Option<Model>> =
			self.chain.read_many(&self.at, MODELS, models.iter().map(|model| (*model,))).await?;
		if let Some((model, _)) = models.iter().zip(known).find(|(_, known)| known.is_none()) {
			return Err(Error::ModelUnknown(*model));
		}
		let known: Vec<Option<Node>> =
			self.chain.read_many(&self.at, NODES, nodes.iter().map(|node| (*node,))).await?;
		if let Some((node, _)) = nodes.iter().zip(known).find(|(_, known)| known.is_none()) {
			return Err(Error::NodeUnknown(*node));
		}
		let promise = Promise { models, nodes, cap: cap.0, covers_passes: passes };
		let call = Sponsor { app, promise: Some(promise.clone()) };
		self.chain.send(&self.keys, SPONSOR, call).await?;
		let view = SponsorView::new(&promise, 0);
		let holds = in_purse(self.chain, &self.at, app).await?;
		let mut text = format!("App {app} pays for {} now.", view.text());
		if holds == 0 {
			text.push_str(&format!(
				" Its purse is empty: fill it with `opg app fund {app} AMOUNT`."
			));
		}
		self.report.result(&json!({ "app": app, "sponsors": view }), text);
		Ok(())
	}

	async fn stop_sponsoring(&self, app: u32) -> Result<()> {
		self.owned(app).await?;
		self.chain.send(&self.keys, SPONSOR, Sponsor { app, promise: None }).await?;
		let text = format!("App {app} pays for nothing any more.");
		self.report.result(&json!({ "app": app, "sponsors": null }), text);
		Ok(())
	}

	async fn credit(&self, args: CreditArgs) -> Result<()> {
		let CreditArgs { app, account: who, amount, epochs, endowment } = args;
		self.active(app).await?;
		check_epochs(epochs, self.most_epochs()?)?;
		if endowment.0 > 0 {
			self.check_purse(app, endowment).await?;
			let least = Amount(chain::constant(&self.at, EXISTENTIAL_DEPOSIT)?);
			if endowment < least && chain::account_at(&self.at, &who).await?.is_none() {
				return Err(Error::EndowmentTooSmall { endowment, least });
			}
		}
		self.check_funds(chain::constant(&self.at, RECORD_FEE)?).await?;
		let (paid, sent) = (amount.0, endowment.0);
		let call = GiveCredit { app, who, amount: paid, epochs, endowment: sent };
		self.chain.send(&self.keys, CREDIT, call).await?;
		let mut text = format!("App {app} pays up to {amount} for {who}, for {epochs} epochs.");
		if sent > 0 {
			text.push_str(&format!(" {endowment} were sent from its purse."));
		}
		if sponsorship(&self.at, app).await?.is_none() {
			text.push_str(&format!(
				" It sponsors nothing yet: say what, with `opg app sponsor {app}`."
			));
		}
		let value = json!({
			"app": app,
			"account": who.to_string(),
			"amount": amount,
			"epochs": epochs,
			"endowment": endowment,
		});
		self.report.result(&value, text);
		Ok(())
	}

	async fn fund(&self, app: u32, amount: Amount) -> Result<()> {
		find(&self.at, app).await?;
		self.check_funds(amount.0).await?;
		let purse = purse(self.chain, &self.at, app).await?;
		let call = Transfer { dest: MultiAddress::Id(purse), value: amount.0 };
		self.chain.send(&self.keys, TRANSFER, call).await?;
		let text = format!("{amount} were sent to the purse of app {app}, {purse}.");
		let value = json!({ "app": app, "purse": purse.to_string(), "amount": amount });
		self.report.result(&value, text);
		Ok(())
	}

	async fn withdraw(&self, app: u32, amount: Amount) -> Result<()> {
		self.owned(app).await?;
		self.check_purse(app, amount).await?;
		let call = WithdrawFromPurse { app, amount: amount.0 };
		self.chain.send(&self.keys, WITHDRAW_PURSE, call).await?;
		let text = format!("{amount} were taken out of the purse of app {app}.");
		self.report.result(&json!({ "app": app, "amount": amount }), text);
		Ok(())
	}

	async fn retire(&self, app: u32) -> Result<()> {
		self.active(app).await?;
		self.chain.send(&self.keys, RETIRE_APP, OfApp { app }).await?;
		let text = format!("App {app} gives and sells nothing any more; what it gave holds on.");
		self.report.result(&json!({ "app": app }), text);
		Ok(())
	}

	async fn remove(&self, app: u32) -> Result<()> {
		let record = self.owned(app).await?;
		let delay = chain::constant::<u64>(&self.at, RETIREMENT_DELAY)?;
		let epoch = stats::epoch(self.chain, &self.at).await?.index;
		record.check_over(app, self.at.block_number(), delay, epoch)?;
		self.chain.send(&self.keys, REMOVE_APP, OfApp { app }).await?;
		let text = format!("App {app} is gone; its deposit and what was in its purse returned.");
		self.report.result(&json!({ "app": app }), text);
		Ok(())
	}
}

/// Refuses a pass that would hold longer than any may, with what is left of one before.
fn check_extension(held: Option<Pass>, terms: PassTerms, now: u32, most: u32) -> Result<()> {
	let from = held.map_or(now, |pass| pass.over_in.max(now));
	let epochs = from.saturating_sub(now).saturating_add(terms.epochs);
	if epochs > most {
		return Err(Error::PassTooLong { epochs, most });
	}
	Ok(())
}

async fn list(chain: &Chain, report: Report) -> Result<()> {
	let at = chain.best().await?;
	let apps = chain::read_all::<App>(&at, APPS).await?;
	let mut values = Vec::new();
	let mut rows = Vec::new();
	for (number, record) in apps {
		let name = String::from_utf8_lossy(&record.name).into_owned();
		let status = match record.status {
			AppStatus::Active => "active",
			AppStatus::Retired { .. } => "retired",
		};
		values.push(json!({
			"app": number,
			"name": name,
			"owner": record.owner.to_string(),
			"status": status,
			"offers": record.offers.len(),
		}));
		let cheapest = record.offers.iter().map(|offer| offer.price).min();
		let sells = cheapest.map_or("no pass".into(), |price| format!("from {}", Amount(price)));
		rows.push([number.to_string(), name, status.into(), sells, record.owner.to_string()]);
	}
	report.result(&values, table(["app", "name", "status", "sells", "owner"], &rows));
	Ok(())
}

async fn show(app: u32, chain: &Chain, report: Report) -> Result<()> {
	let at = chain.best().await?;
	let record = find(&at, app).await?;
	let epoch = stats::epoch(chain, &at).await?.index;
	let purse = purse(chain, &at, app).await?.to_string();
	let in_purse = in_purse(chain, &at, app).await?;
	let spendable = spendable(chain, &at, app).await?;
	let sponsorship = sponsorship(&at, app).await?;
	let view = View::new(app, &record, purse, [in_purse, spendable], sponsorship, epoch);
	report.result(&view, view.text());
	Ok(())
}

async fn access(app: u32, who: AccountId32, chain: &Chain, report: Report) -> Result<()> {
	let at = chain.best().await?;
	find(&at, app).await?;
	let epoch = stats::epoch(chain, &at).await?.index;
	let standing = standing(chain, &at, app, &who).await?;
	let covers_passes = sponsorship(&at, app).await?.is_some_and(|it| it.promise.covers_passes);
	let spendable = spendable(chain, &at, app).await?;
	let view = AccessView::new(app, &who, &standing, covers_passes, spendable, epoch);
	report.result(&view, view.text());
	Ok(())
}

#[derive(Debug, Serialize)]
struct OfferView {
	offer: usize,
	price: Amount,
	epochs: u32,
	quota: u32,
	is_transferable: bool,
}

impl OfferView {
	fn new(offer: usize, of: &Offer) -> Self {
		let PassTerms { epochs, quota, is_transferable } = of.terms;
		Self { offer, price: Amount(of.price), epochs, quota, is_transferable }
	}

	fn text(&self) -> String {
		let may_move = if self.is_transferable { ", transferable" } else { "" };
		let Self { price, epochs, quota, .. } = self;
		format!("{price} for {quota} requests in {epochs} epochs{may_move}")
	}
}

#[derive(Debug, Serialize)]
struct PassView {
	left: u32,
	over_in: u32,
	is_transferable: bool,
}

impl PassView {
	const fn new(pass: &Pass) -> Self {
		let Pass { over_in, left, is_transferable } = *pass;
		Self { left, over_in, is_transferable }
	}

	fn text(&self, epoch: u32) -> String {
		let may_move = if self.is_transferable { ", transferable" } else { "" };
		let Self { left, over_in, .. } = self;
		format!("{left} requests until epoch {over_in} begins (now {epoch}){may_move}")
	}
}

#[derive(Debug, Serialize)]
struct SponsorView {
	models: Vec<u32>,
	nodes: Vec<u32>,
	cap: Amount,
	spent: Amount,
	covers_passes: bool,
}

impl SponsorView {
	fn new(promise: &Promise, spent: u128) -> Self {
		let Promise { models, nodes, cap, covers_passes } = promise.clone();
		Self { models, nodes, cap: Amount(cap), spent: Amount(spent), covers_passes }
	}

	fn text(&self) -> String {
		let named =
			|numbers: &[u32]| numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
		let nodes = match self.nodes.as_slice() {
			[] => String::new(),
			nodes => format!(" by node {}", named(nodes)),
		};
		let whose = if self.covers_passes { "passes and credits" } else { "credits" };
		let (models, cap) = (named(&self.models), self.cap);
		format!("requests on {whose} to model {models}{nodes}, up to {cap} an epoch")
	}
}

#[derive(Debug, Serialize)]
struct View {
	app: u32,
	name: String,
	owner: String,
	status: &'static str,
	#[serde(skip_serializing_if = "Option::is_none")]
	retired_at: Option<u64>,
	deposit: Amount,
	offers: Vec<OfferView>,
	purse: String,
	in_purse: Amount,
	spendable: Amount,
	sponsors: Option<SponsorView>,
	over_in: u32,
	epoch: u32,
}

impl View {
	fn new(
		app: u32,
		record: &App,
		purse: String,
		[in_purse, spendable]: [u128; 2],
		sponsorship: Option<Sponsorship>,
		epoch: u32,
	) -> Self {
		let (status, retired_at) = match record.status {
			AppStatus::Active => ("active", None),
			AppStatus::Retired { at } => ("retired", Some(at)),
		};
		let offers = record.offers.iter().enumerate();
		let sponsors = sponsorship.map(|it| {
			// What was paid in an epoch that is over does not count.
			let spent = if it.epoch == epoch { it.spent } else { 0 };
			SponsorView::new(&it.promise, spent)
		});
		Self {
			app,
			name: String::from_utf8_lossy(&record.name).into_owned(),
			owner: record.owner.to_string(),
			status,
			retired_at,
			deposit: Amount(record.deposit),
			offers: offers.map(|(number, offer)| OfferView::new(number, offer)).collect(),
			purse,
			in_purse: Amount(in_purse),
			spendable: Amount(spendable),
			sponsors,
			over_in: record.over_in,
			epoch,
		}
	}

	fn text(&self) -> String {
		let status = match self.retired_at {
			Some(block) => format!("{} since block {block}", self.status),
			None => self.status.into(),
		};
		let mut lines = vec![
			("app", format!("{}, {}", self.app, self.name)),
			("owner", self.owner.clone()),
			("status", status),
			("deposit", self.deposit.to_string()),
			("purse", format!("{} in {}", self.in_purse, self.purse)),
		];
		lines.push(match &self.sponsors {
			None => ("pays for", "nothing".into()),
			Some(sponsors) => {
				let spent = format!("{} spent, {} left", sponsors.spent, self.spendable);
				("pays for", format!("{}: {spent} in epoch {}", sponsors.text(), self.epoch))
			},
		});
		if self.offers.is_empty() {
			lines.push(("sells", "nothing".into()));
		}
		for offer in &self.offers {
			lines.push(("offer", format!("{}: {}", offer.offer, offer.text())));
		}
		pairs(&lines)
	}
}

#[derive(Debug, Serialize)]
struct CreditView {
	left: Amount,
	over_in: u32,
}

#[derive(Debug, Serialize)]
struct AccessView {
	app: u32,
	account: String,
	epoch: u32,
	pass: Option<PassView>,
	credit: Option<CreditView>,
	footings: Vec<String>,
}

impl AccessView {
	fn new(
		app: u32,
		who: &AccountId32,
		standing: &Standing,
		covers_passes: bool,
		spendable: u128,
		epoch: u32,
	) -> Self {
		let has_pass = standing.pass.is_some_and(|pass| pass.left > 0);
		let has_credit = standing.credit.is_some_and(|credit| credit.left > 0);
		let footings = [
			("", true),
			(":pass", has_pass),
			(":sponsored-pass", has_pass && covers_passes && spendable > 0),
			(":credit", has_credit && spendable > 0),
		];
		let footings = footings.into_iter().filter(|(_, holds)| *holds);
		let view = |Credit { over_in, left }| CreditView { left: Amount(left), over_in };
		Self {
			app,
			account: who.to_string(),
			epoch,
			pass: standing.pass.as_ref().map(PassView::new),
			credit: standing.credit.map(view),
			footings: footings.map(|(footing, _)| format!("{app}{footing}")).collect(),
		}
	}

	fn text(&self) -> String {
		let pass = self.pass.as_ref().map_or("none".into(), |pass| pass.text(self.epoch));
		let credit = self.credit.as_ref().map_or("none".into(), |credit| {
			let CreditView { left, over_in } = credit;
			format!("{left} until epoch {over_in} begins (now {})", self.epoch)
		});
		pairs(&[
			("app", self.app.to_string()),
			("account", self.account.clone()),
			("pass", pass),
			("credit", credit),
			("may ask as", format!("--app {}", self.footings.join(", --app "))),
		])
	}
}

#[cfg(test)]
mod tests {
	use super::{check_epochs, check_extension, check_numbers, AccessView, View};
	use crate::{
		amount::Amount,
		error::Error,
		records::{App, AppStatus, Credit, Offer, Pass, PassTerms, Promise, Sponsorship, Standing},
	};
	use subxt::utils::AccountId32;

	const ME: AccountId32 = AccountId32([1; 32]);

	fn offer(price: u128) -> Offer {
		Offer { price, terms: PassTerms { epochs: 4, quota: 9, is_transferable: true } }
	}

	fn app(offers: &[Offer], status: AppStatus) -> App {
		let name = b"chat".to_vec();
		App { owner: ME, name, deposit: 7, status, offers: offers.to_vec(), over_in: 6 }
	}

	#[test]
	fn only_the_owner_of_an_active_app_gives_and_sells() {
		let record = app(&[], AppStatus::Active);
		assert!(record.clone().check_owner(3, &ME).is_ok());
		let error = record.check_owner(3, &AccountId32([2; 32])).unwrap_err();
		assert!(matches!(error, Error::NotAppOwner { app: 3, .. }), "{error}");
		let error = app(&[], AppStatus::Retired { at: 70 }).check_active(3).unwrap_err();
		assert!(error.to_string().contains("since block 70"), "{error}");
	}

	#[test]
	fn an_offer_is_taken_at_no_more_than_is_allowed_and_named_where_there_are_several() {
		let two = app(&[offer(5), offer(9)], AppStatus::Active);
		assert_eq!(two.offer(0, Some(1), None).unwrap(), offer(9));
		assert!(matches!(two.offer(0, None, None), Err(Error::WhichOffer { offers: 2, .. })));
		assert!(matches!(two.offer(0, Some(2), None), Err(Error::OfferUnknown { offer: 2, .. })));
		let most = Some(Amount(8));
		assert!(matches!(two.offer(0, Some(1), most), Err(Error::OfferTooDear { .. })));
		assert_eq!(two.offer(0, Some(0), most).unwrap(), offer(5));
		let one = app(&[offer(5)], AppStatus::Active);
		assert_eq!(one.offer(0, None, Some(Amount(5))).unwrap(), offer(5));
		let none = app(&[], AppStatus::Active);
		assert!(matches!(none.offer(0, None, None), Err(Error::NothingForSale(0))));
	}

	#[test]
	fn nothing_holds_longer_than_it_may() {
		assert!(check_epochs(52, 52).is_ok());
		assert!(matches!(check_epochs(0, 52), Err(Error::Epochs { epochs: 0, most: 52 })));
		assert!(check_epochs(53, 52).is_err());
		let terms = PassTerms { epochs: 10, quota: 1, is_transferable: false };
		let pass = |over_in| Some(Pass { over_in, left: 1, is_transferable: false });
		assert!(check_extension(None, terms, 100, 52).is_ok());
		assert!(check_extension(pass(142), terms, 100, 52).is_ok());
		let error = check_extension(pass(143), terms, 100, 52).unwrap_err();
		assert!(matches!(error, Error::PassTooLong { epochs: 53, most: 52 }), "{error}");
	}

	#[test]
	fn what_is_sponsored_is_named_once() {
		assert!(check_numbers("model", &[2, 0, 1]).is_ok());
		let twice = check_numbers("model", &[2, 0, 2]).unwrap_err();
		assert!(matches!(twice, Error::NamedTwice { what: "model", number: 2 }), "{twice}");
		let many = check_numbers("node", &(0..17).collect::<Vec<_>>()).unwrap_err();
		assert!(matches!(many, Error::TooMany { count: 17, .. }), "{many}");
	}

	#[test]
	fn an_app_is_removed_once_nothing_needs_it() {
		let refusal = |status, block, epoch| {
			let over = app(&[], status).check_over(3, block, 50, epoch);
			over.err().map(|error| error.to_string()).unwrap_or_default()
		};
		assert!(refusal(AppStatus::Active, 500, 9).contains("opg app retire 3"));
		let retired = AppStatus::Retired { at: 100 };
		assert!(refusal(retired, 149, 9).contains("block 150"));
		assert!(refusal(retired, 150, 5).contains("epoch 6"));
		assert_eq!(refusal(retired, 150, 6), "");
	}

	#[test]
	fn who_has_access_is_told_on_what_footings() {
		let pass = Pass { over_in: 9, left: 2, is_transferable: false };
		let credit = Credit { over_in: 8, left: 30 };
		let footings = |pass, credit, covers, spendable| {
			let standing = Standing { pass, credit };
			AccessView::new(3, &ME, &standing, covers, spendable, 7).footings
		};
		assert_eq!(footings(None, None, true, 9), ["3"]);
		assert_eq!(footings(Some(pass), None, false, 9), ["3", "3:pass"]);
		assert_eq!(
			footings(Some(pass), Some(credit), true, 9),
			["3", "3:pass", "3:sponsored-pass", "3:credit"]
		);
		assert_eq!(footings(Some(pass), Some(credit), true, 0), ["3", "3:pass"]);
		let used_up = Pass { left: 0, ..pass };
		assert_eq!(footings(Some(used_up), None, true, 9), ["3"]);
	}

	#[test]
	fn an_app_shows_what_it_sells_and_what_it_pays_for_in_this_epoch() {
		let promise = Promise { models: vec![0, 2], nodes: vec![5], cap: 10, covers_passes: true };
		let record = app(&[offer(5_000_000_000_000)], AppStatus::Active);
		let view = |epoch| {
			let sponsorship = Sponsorship { promise: promise.clone(), epoch: 4, spent: 3 };
			View::new(3, &record, "purse".into(), [90, 7], Some(sponsorship), epoch)
		};
		let text = view(4).text();
		assert!(text.contains("0: 5 OPG for 9 requests in 4 epochs, transferable"), "{text}");
		assert!(text.contains("model 0, 2 by node 5"), "{text}");
		assert_eq!(view(4).sponsors.unwrap().spent.0, 3);
		assert_eq!(view(5).sponsors.unwrap().spent.0, 0);
	}
}
