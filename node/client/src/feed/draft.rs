//! A feed as a file describes it.

use super::number;
use crate::{
	amount::{Amount, Share},
	error::{Error, Result},
	records::{DraftKey, DraftSource, DraftSubject, FeedDraft, FeedRules},
};
use opg_primitives::feed::SourceKey;
use serde::Deserialize;
use std::{fs, path::Path};
use subxt::utils::Static;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Described {
	name: String,
	period: u32,
	heartbeat: u32,
	#[serde(default = "zero")]
	deviation: String,
	max_age: u32,
	#[serde(default = "zero")]
	jump: String,
	seats: u8,
	quorum: u8,
	reward: String,
	keys: Option<Vec<DescribedKey>>,
	bytes: Option<String>,
	sources: Vec<DescribedSource>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DescribedKey {
	name: String,
	decimals: u8,
	min: String,
	max: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DescribedSource {
	url: String,
	path: String,
	ed25519: Option<String>,
	secp256k1: Option<String>,
}

fn zero() -> String {
	"0".into()
}

/// What the file describes, with `purse` to begin with.
pub(super) fn read_draft(file: &Path, purse: Amount) -> Result<FeedDraft> {
	let bytes = fs::read(file).map_err(|cause| Error::File { file: file.into(), cause })?;
	let described: Described = serde_json::from_slice(&bytes)
		.map_err(|error| Error::FeedFile { file: file.into(), why: error.to_string() })?;
	drafted(described, purse).map_err(|why| Error::FeedFile { file: file.into(), why })
}

fn drafted(described: Described, purse: Amount) -> Result<FeedDraft, String> {
	let named = |name: &'static str| move |error| format!("{name}: {error}");
	let Described {
		name,
		period,
		heartbeat,
		max_age,
		seats,
		quorum,
		reward,
		keys,
		bytes,
		sources,
		..
	} = described;
	let rules = FeedRules {
		period,
		heartbeat,
		deviation: hundredths(&described.deviation).map_err(|why| format!("deviation: {why}"))?,
		max_age,
		jump: hundredths(&described.jump).map_err(|why| format!("jump: {why}"))?,
		seats,
		quorum,
		reward: reward.parse::<Amount>().map_err(named("reward"))?.0,
	};
	let key = |key: DescribedKey| -> Result<DraftKey, String> {
		let bound = |text: &str| {
			number::read(text, key.decimals).map_err(|error| format!("{}: {error}", key.name))
		};
		let (min, max) = (bound(&key.min)?, bound(&key.max)?);
		Ok(DraftKey { name: key.name.into_bytes(), decimals: key.decimals, min, max })
	};
	let subject = match (keys, bytes) {
		(Some(keys), None) => {
			DraftSubject::Numbers(keys.into_iter().map(key).collect::<Result<_, _>>()?)
		},
		(None, Some(_)) if rules.deviation > 0 || rules.jump > 0 => {
			return Err("bytes have no distance: leave out deviation and jump".into());
		},
		(None, Some(name)) => DraftSubject::Bytes(name.into_bytes()),
		_ => return Err("a feed has either keys, of numbers, or bytes".into()),
	};
	let source = |source: DescribedSource| -> Result<DraftSource, String> {
		let DescribedSource { url, path, ed25519, secp256k1 } = source;
		let signer = match (ed25519, secp256k1) {
			(None, None) => None,
			(Some(key), None) => Some(SourceKey::Ed25519(key_bytes(&key)?)),
			(None, Some(key)) => Some(SourceKey::Secp256k1(key_bytes(&key)?)),
			(Some(_), Some(_)) => return Err("a source signs with one key".into()),
		};
		let signer = signer.map(Static);
		Ok(DraftSource { url: url.into_bytes(), path: path.into_bytes(), signer })
	};
	Ok(FeedDraft {
		name: name.into_bytes(),
		rules,
		subject,
		sources: sources.into_iter().map(source).collect::<Result<_, _>>()?,
		purse: purse.0,
	})
}

fn key_bytes<const LENGTH: usize>(text: &str) -> Result<[u8; LENGTH], String> {
	let mut key = [0; LENGTH];
	hex::decode_to_slice(text.strip_prefix("0x").unwrap_or(text), &mut key)
		.map_err(|error| format!("`{text}` is no key of {LENGTH} bytes in hex: {error}"))?;
	Ok(key)
}

/// A share in hundredths of a percent, as rules have it.
fn hundredths(text: &str) -> Result<u32, String> {
	let Share(millionths) = text.parse::<Share>().map_err(|error| error.to_string())?;
	if millionths % 100 != 0 {
		return Err(format!("`{text}` is too fine: at most two decimals of a percent count"));
	}
	Ok(millionths / 100)
}

#[cfg(test)]
mod tests {
	use super::{drafted, Described};
	use crate::{amount::Amount, records::DraftSubject};
	use opg_primitives::feed::SourceKey;

	const FILE: &str = r#"{
		"name": "prices", "period": 4, "heartbeat": 20, "deviation": "0.1%", "max_age": 60, "jump": "10%",
		"seats": 5, "quorum": 3, "reward": "0.001OPG",
		"keys": [{ "name": "BTC/USD", "decimals": 2, "min": "1", "max": "10000000" }],
		"sources": [{ "url": "https://prices.example/{base}", "path": "/data/price" }]
	}"#;

	fn read(text: &str) -> Result<crate::records::FeedDraft, String> {
		let described: Described = serde_json::from_str(text).map_err(|error| error.to_string())?;
		drafted(described, Amount(7))
	}

	#[test]
	fn a_file_is_what_the_chain_takes() {
		let draft = read(FILE).unwrap();
		assert_eq!((draft.rules.deviation, draft.rules.jump, draft.purse), (10, 1_000, 7));
		assert_eq!(draft.rules.reward, 1_000_000_000);
		let DraftSubject::Numbers(keys) = &draft.subject else { panic!("bytes") };
		assert_eq!((keys[0].min, keys[0].max), (100, 1_000_000_000));
		assert_eq!(draft.sources[0].path, b"/data/price");
	}

	#[test]
	fn a_file_may_describe_bytes() {
		let keys =
			r#""keys": [{ "name": "BTC/USD", "decimals": 2, "min": "1", "max": "10000000" }],"#;
		let bytes = FILE.replace(keys, r#""bytes": "winner","#);
		assert!(read(&bytes).unwrap_err().contains("no distance"));
		let still = bytes.replace(r#""deviation": "0.1%","#, "").replace(r#""jump": "10%","#, "");
		let subject = read(&still).unwrap().subject;
		assert!(matches!(subject, DraftSubject::Bytes(name) if name == b"winner"));
		assert!(read(&still.replace(r#""bytes": "winner","#, "")).unwrap_err().contains("either"));
		let both = FILE.replace(keys, &format!(r#"{keys} "bytes": "winner","#));
		assert!(read(&both).unwrap_err().contains("either"));
	}

	#[test]
	fn a_source_may_sign() {
		let signed = |key: &str| FILE.replace("\"/data/price\"", &format!("\"/price\", {key}"));
		let ed25519 = format!("\"ed25519\": \"0x{}\"", "07".repeat(32));
		let signer = |text: &str| read(text).unwrap().sources[0].signer.as_ref().map(|key| key.0);
		assert_eq!(signer(FILE), None);
		assert_eq!(signer(&signed(&ed25519)), Some(SourceKey::Ed25519([7; 32])));
		let secp256k1 = format!("\"secp256k1\": \"{}\"", "02".repeat(33));
		assert_eq!(signer(&signed(&secp256k1)), Some(SourceKey::Secp256k1([2; 33])));
		assert!(read(&signed(&format!("{ed25519}, {secp256k1}"))).unwrap_err().contains("one key"));
		assert!(read(&signed("\"ed25519\": \"07\"")).unwrap_err().contains("32 bytes"));
	}

	#[test]
	fn what_is_wrong_with_a_file_is_named() {
		for (from, to, named) in [
			("\"0.1%\"", "\"0.001%\"", "deviation"),
			("\"0.001OPG\"", "\"some\"", "reward"),
			("\"max\": \"10000000\"", "\"max\": \"1e40\"", "BTC/USD"),
			("\"seats\": 5", "\"seats\": 5, \"chairs\": 6", "chairs"),
			("\"quorum\": 3,", "", "quorum"),
		] {
			let error = read(&FILE.replace(from, to)).unwrap_err();
			assert!(error.contains(named), "{error}");
		}
	}
}
