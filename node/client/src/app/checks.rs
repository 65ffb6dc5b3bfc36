//! What an app's commands refuse before anything is sent.

use crate::{
	amount::Amount,
	error::{Error, Result},
	records::{App, AppStatus, Offer, Pass, PassTerms},
};
use subxt::utils::AccountId32;

/// Offers an app may make at once, and models or nodes it may name.
pub(super) const MOST: usize = 16;

impl App {
	pub(super) fn check_owner(self, app: u32, me: &AccountId32) -> Result<Self> {
		if self.owner != *me {
			return Err(Error::NotAppOwner { app, owner: self.owner.to_string() });
		}
		Ok(self)
	}

	pub(super) fn check_active(self, app: u32) -> Result<Self> {
		match self.status {
			AppStatus::Active => Ok(self),
			AppStatus::Retired { at } => Err(Error::AppRetired { app, at }),
		}
	}

	/// The offer a buyer means, at no more than the buyer allows.
	pub(super) fn offer(
		&self,
		app: u32,
		number: Option<usize>,
		most: Option<Amount>,
	) -> Result<Offer> {
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
	pub(super) fn check_over(&self, app: u32, block: u64, delay: u64, epoch: u32) -> Result<()> {
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
pub(super) fn check_epochs(epochs: u32, most: u32) -> Result<()> {
	if epochs == 0 || epochs > most {
		return Err(Error::Epochs { epochs, most });
	}
	Ok(())
}

/// Refuses numbers that are named twice, or too many of them.
pub(super) fn check_numbers(what: &'static str, numbers: &[u32]) -> Result<()> {
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

/// Refuses a pass that would hold longer than any may, with what is left of one before.
pub(super) fn check_extension(
	held: Option<Pass>,
	terms: PassTerms,
	now: u32,
	most: u32,
) -> Result<()> {
	let from = held.map_or(now, |pass| pass.over_in.max(now));
	let epochs = from.saturating_sub(now).saturating_add(terms.epochs);
	if epochs > most {
		return Err(Error::PassTooLong { epochs, most });
	}
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::{check_epochs, check_extension, check_numbers};
	use crate::{
		amount::Amount,
		error::Error,
		records::{App, AppStatus, Offer, Pass, PassTerms},
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
}
