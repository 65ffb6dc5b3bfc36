//! Feeds whose source signs: the chain takes what the source signed in time, and nothing else.

use crate::{mock::*, Call, Draft, Error};
use data_encoding::BASE64URL_NOPAD;
use frame_support::{
	assert_noop, assert_ok,
	pallet_prelude::{InvalidTransaction, TransactionValidityError},
};
use opg_primitives::{
	feed::{FeedId, SourceKey},
	seams::FeedReader,
};
use sp_core::{ecdsa, ed25519, Pair};

fn signed_feed(signer: SourceKey) -> FeedId {
	let mut source = source("https://prices.example/all");
	source.signer = Some(signer);
	let feed = crate::NextFeed::<Test>::get();
	let sources = vec![source].try_into().expect("one");
	assert_ok!(Told::create(signed(OWNER), Draft { sources, ..draft() }));
	next_round(feed);
	feed
}

/// What a source answers that signs with `sign`, in second `at`.
fn token(at: u64, btc: &str, sign: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
	let payload = format!("{{\"iat\":{at},\"BTC/USD\":{btc},\"ETH/USD\":\"2\"}}");
	let message =
		[&b"{}"[..], payload.as_bytes()].map(|part| BASE64URL_NOPAD.encode(part)).join(".");
	format!("{message}.{}", BASE64URL_NOPAD.encode(&sign(message.as_bytes()))).into_bytes()
}

/// A report of three seats that saw `btc`, with this token.
fn with_token(feed: FeedId, btc: i64, token: Option<Vec<u8>>) -> Call<Test> {
	let mut call = report(feed, &[0, 1, 2].map(|seat| (seat, btc, 200)));
	if let Call::report { observations, .. } = &mut call {
		for one in observations {
			one.token = token.clone().map(|token| token.try_into().expect("short"));
		}
	}
	call
}

fn is_refused(call: &Call<Test>) -> bool {
	authorize(call) == Err(TransactionValidityError::Invalid(InvalidTransaction::BadProof))
}

fn now() -> u64 {
	NOON + System::block_number()
}

#[test]
fn take_what_the_source_signed_and_say_so() {
	build_and_execute(|| {
		let pair = ed25519::Pair::from_seed(&[1; 32]);
		let sign = |message: &[u8]| pair.sign(message).0.to_vec();
		let feed = signed_feed(SourceKey::Ed25519(pair.public().0));
		assert!(<Told as FeedReader<u64>>::is_signed(feed));
		let genuine = token(now(), "1.01", sign);
		assert!(is_refused(&with_token(feed, 101, None)), "without");
		assert!(is_refused(&with_token(feed, 102, Some(genuine.clone()))), "another number");
		let stranger = ed25519::Pair::from_seed(&[2; 32]);
		let forged = token(now(), "1.01", |message| stranger.sign(message).0.to_vec());
		assert!(is_refused(&with_token(feed, 101, Some(forged))), "another key");
		for at in [now() - 61, now() + 61] {
			let late = token(at, "1.01", sign);
			assert!(is_refused(&with_token(feed, 101, Some(late))), "another time");
		}
		post(with_token(feed, 101, Some(genuine)));
		assert_eq!(read(feed, 0).fresh(), Some((101, 2)));
	});
}

#[test]
fn take_signatures_on_secp256k1_as_well() {
	build_and_execute(|| {
		for seed in 1..6u8 {
			let pair = ecdsa::Pair::from_seed(&[seed; 32]);
			let sign = |message: &[u8]| {
				let hash = sp_io::hashing::sha2_256(message);
				pair.sign_prehashed(&hash).0[..64].to_vec()
			};
			let feed = signed_feed(SourceKey::Secp256k1(pair.public().0));
			post(with_token(feed, 101, Some(token(now(), "1.01", sign))));
			assert_eq!(read(feed, 0).fresh(), Some((101, 2)));
		}
	});
}

#[test]
fn are_told_from_others_which_take_no_signatures() {
	build_and_execute(|| {
		let feed = running();
		assert!(!<Told as FeedReader<u64>>::is_signed(feed));
		assert!(is_refused(&with_token(feed, 101, Some(b"a.b.c".to_vec()))));
		let mut source = source("https://prices.example/all");
		source.signer = Some(SourceKey::Ed25519([1; 32]));
		let two = vec![source.clone(), source.clone()];
		let refused = Draft { sources: two.try_into().expect("two"), ..draft() };
		assert_noop!(Told::create(signed(OWNER), refused), Error::<Test>::SourcesInvalid);
		source.url = b"https://prices.example/{key}".to_vec().try_into().expect("short");
		let sources = vec![source].try_into().expect("one");
		let refused = Draft { sources, ..draft() };
		assert_noop!(Told::create(signed(OWNER), refused), Error::<Test>::SourcesInvalid);
	});
}
