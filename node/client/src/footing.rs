//! The app a request is made through, as people write it: `3`, `3:pass`, `3:sponsored-pass`, `3:credit`; and whether it lets them.

use crate::{
	amount::Amount,
	app,
	chain::{self, AtBlock, Chain, Estimate, STANDINGS},
	error::Result,
	records::{Credit, Pass, Sponsorship, Standing},
	stats,
};
use opg_primitives::{Access, AppUse, TrustMode};
use subxt::utils::AccountId32;

/// Why an app does not let somebody ask through it.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub(crate) enum AccessError {
	/// Never had one, or it is over and was removed.
	#[error("you have no pass to app {0}, or it is over: `opg app show {0}` says what it sells")]
	NoPass(u32),
	/// Had one.
	#[error(
		"your pass to app {app} held until epoch {over_in} began, and now is epoch {epoch}: buy \
		 another with `opg app buy {app}`"
	)]
	PassExpired {
		/// The app.
		app: u32,
		/// The first epoch in which it did not hold any more.
		over_in: u32,
		/// The epoch that runs.
		epoch: u32,
	},
	/// Used it up.
	#[error(
		"every request of your pass to app {0} is used up: buy another with `opg app buy {0}`, \
		 which is added to it"
	)]
	QuotaExhausted(u32),
	/// Never had one, or it is over and was removed.
	#[error(
		"you have no credit with app {0}, or it is over: ask its owner, or pay yourself with \
		 --app {0}"
	)]
	NoCredit(u32),
	/// Had one.
	#[error(
		"your credit with app {app} held until epoch {over_in} began, and now is epoch {epoch}: ask \
		 its owner for another"
	)]
	CreditExpired {
		/// The app.
		app: u32,
		/// The first epoch in which it did not hold any more.
		over_in: u32,
		/// The epoch that runs.
		epoch: u32,
	},
	/// Has too little.
	#[error("{left} is left of your credit with app {app}, and a request takes {needed}")]
	CreditExhausted {
		/// The app.
		app: u32,
		/// What is left.
		left: Amount,
		/// What an answer may cost, and the upkeep.
		needed: Amount,
	},
	/// The app pays for nothing.
	#[error("app {0} pays for nothing: pay yourself, with --app {0} or --app {0}:pass")]
	NotSponsored(u32),
	/// The app pays for other models.
	#[error("app {app} does not pay for requests to model {model}, only to {models}")]
	ModelNotSponsored {
		/// The app.
		app: u32,
		/// The model asked.
		model: u32,
		/// Those it pays for.
		models: String,
	},
	/// The app named nodes.
	#[error(
		"app {0} names the nodes it pays, and a quorum is drawn from all: use --trust attested"
	)]
	TrustNotSponsored(u32),
	/// The app pays for credits alone.
	#[error("app {0} does not pay for holders of passes: pay yourself, with --app {0}:pass")]
	PassesNotSponsored(u32),
	/// The app paid enough in this epoch.
	#[error(
		"app {app} can pay {left} more in epoch {epoch}, and a request takes {needed}: wait for the \
		 next epoch, or pay yourself"
	)]
	CapReached {
		/// The app.
		app: u32,
		/// The epoch that runs.
		epoch: u32,
		/// What is left of its cap.
		left: Amount,
		/// What an answer may cost, and the upkeep.
		needed: Amount,
	},
	/// The app's purse is empty, or nearly.
	#[error(
		"app {app} can pay {left} from its purse, and a request takes {needed}: somebody has to fill \
		 it, with `opg app fund {app} AMOUNT`"
	)]
	PurseEmpty {
		/// The app.
		app: u32,
		/// What it can pay.
		left: Amount,
		/// What an answer may cost, and the upkeep.
		needed: Amount,
	},
}

impl AccessError {
	/// A word for programs to tell errors apart.
	pub(crate) const fn kind(&self) -> &'static str {
		match self {
			Self::NoPass(_) => "no-pass",
			Self::PassExpired { .. } => "pass-expired",
			Self::QuotaExhausted(_) => "quota-exhausted",
			Self::NoCredit(_) => "no-credit",
			Self::CreditExpired { .. } => "credit-expired",
			Self::CreditExhausted { .. } => "credit-exhausted",
			Self::NotSponsored(_)
			| Self::ModelNotSponsored { .. }
			| Self::TrustNotSponsored(_)
			| Self::PassesNotSponsored(_) => "not-sponsored",
			Self::CapReached { .. } => "cap-reached",
			Self::PurseEmpty { .. } => "purse-empty",
		}
	}
}

/// Reads an app and the footing on which to ask through it.
pub(crate) fn read_app(text: &str) -> Result<AppUse, String> {
	let (app, access) = match text.split_once(':') {
		None => (text, Access::Named),
		Some((app, "pass")) => (app, Access::Pass),
		Some((app, "sponsored-pass")) => (app, Access::SponsoredPass),
		Some((app, "credit")) => (app, Access::Credit),
		Some(_) => return Err(malformed(text)),
	};
	// `parse` alone would take a sign.
	let is_plain = app.bytes().all(|byte| byte.is_ascii_digit());
	let app = app.parse().ok().filter(|_| is_plain).ok_or_else(|| malformed(text))?;
	Ok(AppUse { app, access })
}

fn malformed(text: &str) -> String {
	format!("`{text}` is no app: write its number, or 3:pass, 3:sponsored-pass, 3:credit")
}

/// What is asked of an app.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wish {
	pub(crate) through: AppUse,
	pub(crate) model: u32,
	pub(crate) trust: TrustMode,
	/// What an answer costs now.
	pub(crate) estimate: Estimate,
}

/// Refuses what the app would refuse, before anything is paid.
pub(crate) async fn check(
	wish: &Wish,
	who: &AccountId32,
	chain: &Chain,
	at: &AtBlock,
) -> Result<()> {
	let AppUse { app, access } = wish.through;
	app::find(at, app).await?;
	if access == Access::Named {
		return Ok(());
	}
	let epoch = stats::epoch(chain, at).await?.index;
	let standing: Option<Standing> = chain::read(at, STANDINGS, (app, who.0)).await?;
	check_standing(wish, &standing.unwrap_or_default(), epoch)?;
	if access.is_sponsored() {
		let sponsorship = app::sponsorship(at, app).await?;
		let in_purse = app::in_purse(chain, at, app).await?;
		check_sponsor(wish, sponsorship.as_ref(), in_purse, epoch)?;
	}
	Ok(())
}

fn check_standing(wish: &Wish, standing: &Standing, epoch: u32) -> Result<(), AccessError> {
	let AppUse { app, access } = wish.through;
	if access.uses_pass() {
		let Pass { over_in, left, .. } = standing.pass.ok_or(AccessError::NoPass(app))?;
		if epoch >= over_in {
			return Err(AccessError::PassExpired { app, over_in, epoch });
		}
		return if left == 0 { Err(AccessError::QuotaExhausted(app)) } else { Ok(()) };
	}
	let Credit { over_in, left } = standing.credit.ok_or(AccessError::NoCredit(app))?;
	if epoch >= over_in {
		return Err(AccessError::CreditExpired { app, over_in, epoch });
	}
	let needed = wish.estimate.answer_and_upkeep();
	if left < needed {
		let (left, needed) = (Amount(left), Amount(needed));
		return Err(AccessError::CreditExhausted { app, left, needed });
	}
	Ok(())
}

fn check_sponsor(
	wish: &Wish,
	sponsorship: Option<&Sponsorship>,
	in_purse: u128,
	epoch: u32,
) -> Result<(), AccessError> {
	let AppUse { app, access } = wish.through;
	let Sponsorship { promise, epoch: counted, spent } =
		sponsorship.ok_or(AccessError::NotSponsored(app))?;
	if !promise.models.contains(&wish.model) {
		let models: Vec<_> = promise.models.iter().map(u32::to_string).collect();
		let models = models.join(", ");
		return Err(AccessError::ModelNotSponsored { app, model: wish.model, models });
	}
	if !promise.nodes.is_empty() && wish.trust != TrustMode::Attested {
		return Err(AccessError::TrustNotSponsored(app));
	}
	if access.uses_pass() && !promise.covers_passes {
		return Err(AccessError::PassesNotSponsored(app));
	}
	let needed = wish.estimate.answer_and_upkeep();
	let spent = if *counted == epoch { *spent } else { 0 };
	let (left, needed) = (Amount(promise.cap.saturating_sub(spent)), Amount(needed));
	if left < needed {
		return Err(AccessError::CapReached { app, epoch, left, needed });
	}
	let left = Amount(in_purse);
	if left < needed {
		return Err(AccessError::PurseEmpty { app, left, needed });
	}
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::{check_sponsor, check_standing, read_app, AccessError, Wish};
	use crate::{
		chain::Estimate,
		records::{Credit, Pass, Promise, Sponsorship, Standing},
	};
	use opg_primitives::{Access, AppUse, TrustMode};

	#[test]
	fn an_app_is_read_with_its_footing() {
		for (text, app, access) in [
			("0", 0, Access::Named),
			("3:pass", 3, Access::Pass),
			("3:sponsored-pass", 3, Access::SponsoredPass),
			("12:credit", 12, Access::Credit),
		] {
			assert_eq!(read_app(text), Ok(AppUse { app, access }));
		}
	}

	#[test]
	fn what_is_no_app_is_refused() {
		for text in ["", ":pass", "chat", "-1", "+1", "3:", "3:free", "4294967296"] {
			assert!(read_app(text).is_err(), "{text}");
		}
	}

	fn wish(access: Access) -> Wish {
		let estimate = Estimate { price: 10, surplus: 0, most: 10, upkeep: 2, transaction: 1 };
		let through = AppUse { app: 3, access };
		Wish { through, model: 0, trust: TrustMode::Attested, estimate }
	}

	#[test]
	fn a_pass_that_is_over_is_told_from_one_that_is_used_up_and_from_none() {
		let refusal = |pass| {
			let standing = Standing { pass, credit: None };
			check_standing(&wish(Access::Pass), &standing, 7).err()
		};
		let pass = Pass { over_in: 8, left: 1, is_transferable: false };
		assert_eq!(refusal(Some(pass)), None);
		assert_eq!(refusal(None), Some(AccessError::NoPass(3)));
		let over = refusal(Some(Pass { over_in: 7, ..pass })).unwrap();
		assert_eq!(over, AccessError::PassExpired { app: 3, over_in: 7, epoch: 7 });
		let used_up = refusal(Some(Pass { left: 0, ..pass })).unwrap();
		assert_eq!(used_up.kind(), "quota-exhausted");
		assert!(used_up.to_string().contains("opg app buy 3"), "{used_up}");
	}

	#[test]
	fn a_credit_pays_for_an_answer_and_its_upkeep() {
		let kind = |credit| {
			let standing = Standing { pass: None, credit };
			check_standing(&wish(Access::Credit), &standing, 7).err().map(|error| error.kind())
		};
		assert_eq!(kind(Some(Credit { over_in: 8, left: 12 })), None);
		assert_eq!(kind(Some(Credit { over_in: 8, left: 11 })), Some("credit-exhausted"));
		assert_eq!(kind(Some(Credit { over_in: 7, left: 12 })), Some("credit-expired"));
		assert_eq!(kind(None), Some("no-credit"));
	}

	#[test]
	fn an_app_pays_within_what_it_promised() {
		let promise =
			Promise { models: vec![0, 1], nodes: Vec::new(), cap: 30, covers_passes: false };
		let sponsorship = Sponsorship { promise, epoch: 7, spent: 18 };
		let refusal = |change: &dyn Fn(&mut Sponsorship, &mut Wish), in_purse| {
			let (mut sponsorship, mut wish) = (sponsorship.clone(), wish(Access::Credit));
			change(&mut sponsorship, &mut wish);
			check_sponsor(&wish, Some(&sponsorship), in_purse, 7).err().map(|error| error.kind())
		};
		assert_eq!(refusal(&|_, _| {}, 12), None);
		assert_eq!(refusal(&|_, _| {}, 11), Some("purse-empty"));
		assert_eq!(refusal(&|it, _| it.spent = 19, 12), Some("cap-reached"));
		// What was spent in another epoch does not count.
		assert_eq!(refusal(&|it, _| (it.spent, it.epoch) = (30, 6), 12), None);
		assert_eq!(refusal(&|_, wish| wish.model = 2, 12), Some("not-sponsored"));
		let passes = |_: &mut Sponsorship, wish: &mut Wish| {
			wish.through.access = Access::SponsoredPass;
		};
		assert_eq!(refusal(&passes, 12), Some("not-sponsored"));
		let quorum = |it: &mut Sponsorship, wish: &mut Wish| {
			it.promise.nodes = vec![4];
			wish.trust = TrustMode::Quorum { nodes: 3, agree: 2 };
		};
		assert_eq!(refusal(&quorum, 12), Some("not-sponsored"));
		let none = check_sponsor(&wish(Access::Credit), None, 12, 7);
		assert_eq!(none, Err(AccessError::NotSponsored(3)));
	}
}
