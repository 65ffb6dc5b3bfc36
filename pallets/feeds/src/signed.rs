//! Feeds whose source signs: what was seen is what it signed, not long ago.

use crate::{Config, Description, Descriptions, FeedOf, Pallet};
use alloc::collections::BTreeMap;
use frame_support::traits::{Get, UnixTime};
use opg_primitives::feed::{
	token::{open, Opened},
	FeedId, Observation, Source, SourceKey, Subject, Values,
};
use sp_core::ed25519;
use sp_io::{
	crypto::{ed25519_verify, secp256k1_ecdsa_recover_compressed},
	hashing::sha2_256,
};

impl<T: Config> Pallet<T> {
	/// Whether each observation has what the feed's source signed, and says the same; of a feed whose source does not sign, whether
	/// none has.
	pub(crate) fn are_vouched_for(
		feed: FeedId,
		record: &FeedOf<T>,
		observations: &[Observation],
	) -> bool {
		if !record.is_signed {
			return observations.iter().all(|one| one.token.is_none());
		}
		let Some(Description { subject, sources }) = Descriptions::<T>::get(feed) else {
			return false;
		};
		let [source @ Source { signer: Some(signer), .. }] = sources.as_slice() else {
			return false;
		};
		// Most nodes are given the same.
		let mut known = BTreeMap::<&[u8], Option<Values>>::new();
		observations.iter().all(|one| {
			let Some(token) = one.token.as_ref() else { return false };
			let said = known
				.entry(token.as_slice())
				.or_insert_with(|| Self::said_in(token, source, signer, &subject));
			said.as_ref() == Some(&one.seen.values)
		})
	}

	/// What a token says; `None` if it is not signed by the source's key, or not at the time.
	fn said_in(
		token: &[u8],
		source: &Source,
		signer: &SourceKey,
		subject: &Subject,
	) -> Option<Values> {
		let opened = open(token)?;
		let now = T::Time::now().as_secs();
		if opened.signed_at()?.abs_diff(now) > T::SignedAge::get() || !is_signed(&opened, signer) {
			return None;
		}
		Some(opened.values(source, subject))
	}
}

fn is_signed(opened: &Opened<'_>, signer: &SourceKey) -> bool {
	let Opened { message, signature, .. } = opened;
	match signer {
		SourceKey::Ed25519(key) => ed25519_verify(
			&ed25519::Signature::from_raw(*signature),
			message,
			&ed25519::Public::from_raw(*key),
		),
		// What is not said is which of two points it was.
		SourceKey::Secp256k1(key) => (0..2u8).any(|recovery| {
			let mut whole = [recovery; 65];
			whole.iter_mut().zip(signature).for_each(|(to, from)| *to = *from);
			let signer = secp256k1_ecdsa_recover_compressed(&whole, &sha2_256(message));
			signer.is_ok_and(|signer| signer == *key)
		}),
	}
}
