//! `opg app`: selling access to an app, paying for its users, buying a pass.

mod checks;
mod view;

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
		Account, App, AppRegistered, AppStatus, BuyPass, GiveCredit, GrantPass, Model, Node, OfApp,
		Offer, PassGiven, PassTerms, Promise, RegisterApp, SetOffers, Sponsor, Sponsorship,
		Standing, Transfer, TransferPass, WithdrawFromPurse,
	},
	report::{table, Report},
	stats,
};
use checks::{check_epochs, check_extension, check_numbers, MOST};
use codec::Encode;
use serde_json::json;
use subxt::utils::{AccountId32, MultiAddress};
use subxt_signer::sr25519::Keypair;
use view::{AccessView, OfferView, PassView, SponsorView, View};

/// Bytes of an app's name.
const NAME_BYTES: usize = 64;

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
