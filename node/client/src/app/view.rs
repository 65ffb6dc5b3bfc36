//! How apps, what they sell, and who has access to them are shown.

use crate::{
	amount::Amount,
	records::{App, AppStatus, Credit, Offer, Pass, PassTerms, Promise, Sponsorship, Standing},
	report::pairs,
};
use serde::Serialize;
use subxt::utils::AccountId32;

#[derive(Debug, Serialize)]
pub(super) struct OfferView {
	offer: usize,
	price: Amount,
	epochs: u32,
	quota: u32,
	is_transferable: bool,
}

impl OfferView {
	pub(super) fn new(offer: usize, of: &Offer) -> Self {
		let PassTerms { epochs, quota, is_transferable } = of.terms;
		Self { offer, price: Amount(of.price), epochs, quota, is_transferable }
	}

	pub(super) fn text(&self) -> String {
		let may_move = if self.is_transferable { ", transferable" } else { "" };
		let Self { price, epochs, quota, .. } = self;
		format!("{price} for {quota} requests in {epochs} epochs{may_move}")
	}
}

#[derive(Debug, Serialize)]
pub(super) struct PassView {
	left: u32,
	over_in: u32,
	is_transferable: bool,
}

impl PassView {
	pub(super) const fn new(pass: &Pass) -> Self {
		let Pass { over_in, left, is_transferable } = *pass;
		Self { left, over_in, is_transferable }
	}

	pub(super) fn text(&self, epoch: u32) -> String {
		let may_move = if self.is_transferable { ", transferable" } else { "" };
		let Self { left, over_in, .. } = self;
		format!("{left} requests until epoch {over_in} begins (now {epoch}){may_move}")
	}
}

#[derive(Debug, Serialize)]
pub(super) struct SponsorView {
	models: Vec<u32>,
	nodes: Vec<u32>,
	cap: Amount,
	spent: Amount,
	covers_passes: bool,
}

impl SponsorView {
	pub(super) fn new(promise: &Promise, spent: u128) -> Self {
		let Promise { models, nodes, cap, covers_passes } = promise.clone();
		Self { models, nodes, cap: Amount(cap), spent: Amount(spent), covers_passes }
	}

	pub(super) fn text(&self) -> String {
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
pub(super) struct View {
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
	pub(super) fn new(
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

	pub(super) fn text(&self) -> String {
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
pub(super) struct CreditView {
	left: Amount,
	over_in: u32,
}

#[derive(Debug, Serialize)]
pub(super) struct AccessView {
	app: u32,
	account: String,
	epoch: u32,
	pass: Option<PassView>,
	credit: Option<CreditView>,
	footings: Vec<String>,
}

impl AccessView {
	pub(super) fn new(
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

	pub(super) fn text(&self) -> String {
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
	use super::{AccessView, View};
	use crate::records::{
		App, AppStatus, Credit, Offer, Pass, PassTerms, Promise, Sponsorship, Standing,
	};
	use subxt::utils::AccountId32;

	const ME: AccountId32 = AccountId32([1; 32]);

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
		let terms = PassTerms { epochs: 4, quota: 9, is_transferable: true };
		let offers = vec![Offer { price: 5_000_000_000_000, terms }];
		let (name, status) = (b"chat".to_vec(), AppStatus::Active);
		let record = App { owner: ME, name, deposit: 7, status, offers, over_in: 6 };
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
