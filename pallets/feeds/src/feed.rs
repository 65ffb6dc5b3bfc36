//! A feed: made, funded, amended, vouched for, closed.

use crate::{
	types::Standing, weights::WeightInfo, BalanceOf, Committees, Config, Description, Descriptions,
	DraftOf, Error, Event, Feed, FeedOf, Feeds, History, HoldReason, NextFeed, Pallet, Rounds,
	Rules, Sheet, Sheets,
};
use alloc::collections::BTreeSet;
use codec::Encode;
use frame_support::{
	ensure,
	traits::{
		fungible::{hold::Mutate, Inspect},
		tokens::{Fortitude, Precision, Preservation},
		Get,
	},
	weights::{Weight, WeightToFee},
};
use frame_system::pallet_prelude::BlockNumberFor;
use opg_primitives::feed::{
	token::can_be_signed, FeedId, Key, Seat, Source, Sources, Subject, MAX_DECIMALS, MAX_SEATS,
};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::{
	traits::{CheckedAdd, One, Saturating},
	ArithmeticError, DispatchResult, TokenError,
};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_create(owner: T::AccountId, draft: DraftOf<T>) -> DispatchResult {
		let crate::Draft { name, rules, subject, sources, purse } = draft;
		Self::ensure_rules(&rules)?;
		match &subject {
			Subject::Numbers(keys) => ensure!(are_keys_sound(keys), Error::<T>::KeysInvalid),
			Subject::Bytes(name) => {
				ensure!(is_key_name(name), Error::<T>::KeysInvalid);
				ensure!(rules.deviation == 0 && rules.jump == 0, Error::<T>::BytesDoNotMove);
			},
		}
		ensure!(are_sources_sound(&sources), Error::<T>::SourcesInvalid);
		ensure!(Feeds::<T>::count() < T::MaxFeeds::get(), Error::<T>::TooManyFeeds);
		let is_signed = sources.iter().any(|source| source.signer.is_some());
		let feed = NextFeed::<T>::get();
		let next = feed.checked_add(1).ok_or(Error::<T>::TooManyFeeds)?;
		let size = subject.size();
		let of_keys = T::KeyDeposit::get().saturating_mul(size.into());
		let deposit = T::Deposit::get().saturating_add(of_keys);
		let held = purse.checked_add(&deposit).ok_or(Error::<T>::SumTooLarge)?;
		Self::ensure_usable(&owner, held)?;
		T::Currency::hold(&HoldReason::Purse.into(), &owner, held)?;

		let round_fee = Self::round_fee(rules.seats, size, is_signed);
		NextFeed::<T>::put(next);
		let since = frame_system::Pallet::<T>::block_number();
		let look_at = Self::take_place(feed, since.saturating_add(One::one()));
		let (max_age, standing) = (rules.max_age, Standing::of(&subject));
		Sheets::<T>::insert(feed, Sheet { max_age, reported: since, is_stale: false, standing });
		Descriptions::<T>::insert(feed, Description { subject, sources });
		let record = Feed {
			round_fee,
			owner: owner.clone(),
			name,
			rules,
			purse,
			deposit,
			is_curated: false,
			is_signed,
			version: 0,
			since,
			look_at,
		};
		Feeds::<T>::insert(feed, record);
		Self::deposit_event(Event::Created { feed, owner });
		Ok(())
	}

	pub(crate) fn do_fund(who: T::AccountId, feed: FeedId, amount: BalanceOf<T>) -> DispatchResult {
		let mut record = Feeds::<T>::get(feed).ok_or(Error::<T>::FeedUnknown)?;
		let purse = record.purse.checked_add(&amount).ok_or(ArithmeticError::Overflow)?;
		Self::ensure_usable(&who, amount)?;
		if who == record.owner {
			T::Currency::hold(&HoldReason::Purse.into(), &who, amount)?;
		} else {
			T::Currency::transfer_and_hold(
				&HoldReason::Purse.into(),
				&who,
				&record.owner,
				amount,
				Precision::Exact,
				Preservation::Preserve,
				Fortitude::Polite,
			)?;
		}
		record.purse = purse;
		if !Committees::<T>::contains_key(feed) {
			Self::look_soon(feed, &mut record);
		}
		Feeds::<T>::insert(feed, record);
		Self::deposit_event(Event::Funded { feed, purse });
		Ok(())
	}

	pub(crate) fn do_amend(owner: T::AccountId, feed: FeedId, sources: Sources) -> DispatchResult {
		let mut record = Self::feed_of(&owner, feed)?;
		ensure!(are_sources_sound(&sources), Error::<T>::SourcesInvalid);
		Self::settle_term(feed, &mut record);
		record.version = record.version.saturating_add(1);
		record.is_curated = false;
		record.is_signed = sources.iter().any(|source| source.signer.is_some());
		Self::look_soon(feed, &mut record);
		let version = record.version;
		let hash = H256(blake2_256(&sources.encode()));
		Descriptions::<T>::mutate_extant(feed, |description| description.sources = sources);
		Feeds::<T>::insert(feed, record);
		Self::deposit_event(Event::Amended { feed, version, hash });
		Ok(())
	}

	pub(crate) fn do_curate(feed: FeedId, is_curated: bool) -> DispatchResult {
		Feeds::<T>::try_mutate(feed, |record| {
			record.as_mut().ok_or(Error::<T>::FeedUnknown)?.is_curated = is_curated;
			Ok::<_, Error<T>>(())
		})?;
		Self::deposit_event(Event::Curated { feed, is_curated });
		Ok(())
	}

	pub(crate) fn do_close(owner: T::AccountId, feed: FeedId) -> DispatchResult {
		let mut record = Self::feed_of(&owner, feed)?;
		Self::settle_term(feed, &mut record);
		let returned = record.purse.saturating_add(record.deposit);
		T::Currency::release(&HoldReason::Purse.into(), &owner, returned, Precision::BestEffort)?;
		Self::leave_place(feed, record.look_at);
		Feeds::<T>::remove(feed);
		Descriptions::<T>::remove(feed);
		Sheets::<T>::remove(feed);
		Rounds::<T>::remove(feed);
		let _ = History::<T>::clear_prefix(feed, T::HistoryDepth::get(), None);
		Self::deposit_event(Event::Closed { feed, returned });
		Ok(())
	}

	fn feed_of(owner: &T::AccountId, feed: FeedId) -> Result<FeedOf<T>, Error<T>> {
		let record = Feeds::<T>::get(feed).ok_or(Error::<T>::FeedUnknown)?;
		ensure!(record.owner == *owner, Error::<T>::NotOwner);
		Ok(record)
	}

	fn ensure_rules(rules: &Rules<BalanceOf<T>, BlockNumberFor<T>>) -> Result<(), Error<T>> {
		let Rules { period, heartbeat, max_age, seats, quorum, reward, .. } = *rules;
		ensure!(
			period >= T::MinPeriod::get()
				&& period <= heartbeat
				&& heartbeat <= max_age
				&& max_age <= T::MaxAge::get(),
			Error::<T>::TimesInvalid
		);
		ensure!(
			(1..=MAX_SEATS).contains(&seats) && quorum <= seats && quorum > seats / 2,
			Error::<T>::SeatsInvalid
		);
		ensure!(reward >= T::MinReward::get(), Error::<T>::RewardTooLow);
		Ok(())
	}

	/// What a round with every seat costs the chain.
	fn round_fee(seats: Seat, keys: u32, is_signed: bool) -> BalanceOf<T> {
		let tokens = if is_signed { keys.saturating_mul(seats.into()) } else { 0 };
		let read = T::WeightInfo::authorize_report(0, 0, tokens);
		T::WeightToFee::weight_to_fee(&Self::weigh(seats.into(), keys).saturating_add(read))
	}

	/// What of a block a report of so many observations of `keys` keys weighs, its signatures included.
	pub fn weigh(observations: u32, keys: u32) -> Weight {
		let values = keys.saturating_mul(observations);
		let checked = T::WeightInfo::authorize_report(observations, values, 0);
		T::WeightInfo::report(observations, values).saturating_add(checked)
	}

	/// A hold would also take frozen balance, which may be gone when it is wanted.
	fn ensure_usable(who: &T::AccountId, amount: BalanceOf<T>) -> DispatchResult {
		let usable = T::Currency::reducible_balance(who, Preservation::Preserve, Fortitude::Polite);
		ensure!(usable >= amount, TokenError::FundsUnavailable);
		Ok(())
	}
}

fn are_keys_sound(keys: &[Key]) -> bool {
	let names: BTreeSet<_> = keys.iter().map(|key| &key.name).collect();
	let is_sound = |key: &Key| {
		key.min < key.max && key.decimals <= MAX_DECIMALS && is_key_name(key.name.as_slice())
	};
	!keys.is_empty() && names.len() == keys.len() && keys.iter().all(is_sound)
}

/// What goes into addresses and pointers unchanged. A `/` would mean something in a pointer: there it is escaped.
fn is_key_name(name: &[u8]) -> bool {
	let is_allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_./".contains(byte);
	!name.is_empty() && name.iter().all(is_allowed)
}

fn are_sources_sound(sources: &[Source]) -> bool {
	// Of several sources the median is taken, which none of them has signed.
	let is_fit =
		|source: &Source| source.signer.is_none() || (sources.len() == 1 && can_be_signed(source));
	!sources.is_empty() && sources.iter().all(|one| is_source_sound(one) && is_fit(one))
}

fn is_source_sound(source: &Source) -> bool {
	let is_plain = |bytes: &[u8]| bytes.iter().all(|byte| (0x21..0x7f).contains(byte));
	let (url, path) = (source.url.as_slice(), source.path.as_slice());
	let has_host = |rest: &[u8]| rest.first().is_some_and(|byte| !b"/{".contains(byte));
	let is_web = [&b"https://"[..], b"http://"]
		.into_iter()
		.any(|scheme| url.strip_prefix(scheme).is_some_and(has_host));
	is_web && is_plain(url) && is_plain(path) && (path.is_empty() || path.starts_with(b"/"))
}

#[cfg(test)]
mod tests {
	use super::is_source_sound;
	use opg_primitives::feed::Source;

	fn is_sound(url: &str, path: &str) -> bool {
		let bytes = |text: &str| text.as_bytes().to_vec();
		is_source_sound(&Source {
			url: bytes(url).try_into().expect("short"),
			path: bytes(path).try_into().expect("short"),
			signer: None,
		})
	}

	#[test]
	fn a_source_is_a_web_address_and_a_pointer() {
		assert!(is_sound("https://api.example/price?of={key}", "/data/price"));
		assert!(is_sound("http://127.0.0.1:8000/all", "/{key}"));
		assert!(is_sound("https://api.example", ""), "the answer itself is the number");
		assert!(!is_sound("ftp://api.example/", "/price"));
		assert!(!is_sound("https://", "/price"));
		assert!(!is_sound("https:///price", "/price"));
		assert!(!is_sound("https://{key}/", "/price"), "the host is not the key's to say");
		assert!(!is_sound("https://api.example/a b", "/price"));
		assert!(!is_sound("https://api.example/\r\nHost:x", "/price"));
		assert!(!is_sound("https://api.example/", "price"));
		assert!(!is_sound("", ""));
	}
}
