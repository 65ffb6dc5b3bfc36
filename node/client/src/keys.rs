//! Which key signs, and fresh secrets.

use crate::{
	args::KeyArgs,
	chain::Chain,
	error::{Error, Result},
};
use opg_primitives::{late_proof::Salt, seams::Reference, ClientKey};
use subxt_signer::{bip39::Mnemonic, sr25519::Keypair, ExposeSecret, SecretString, SecretUri};

const ENTROPY_BYTES: usize = 16;

/// The key that was asked for; `//Alice` where none was and the chain is one for development.
pub(crate) async fn signer(args: &KeyArgs, chain: &Chain) -> Result<Keypair> {
	match given(args)? {
		Some(keys) => Ok(keys),
		None if chain.is_development().await? => from_uri(&"//Alice".to_owned().into()),
		None => Err(Error::NoKey),
	}
}

/// The key that was asked for, if any was.
fn given(args: &KeyArgs) -> Result<Option<Keypair>> {
	let uri = match (&args.key_file, &args.suri, &args.dev) {
		(None, None, None) => return Ok(None),
		(Some(file), None, None) => std::fs::read_to_string(file)
			.map_err(|cause| Error::File { file: file.clone(), cause })?,
		(None, Some(suri), None) => suri.clone(),
		(None, None, Some(name)) => development_uri(name),
		_ => return Err(Error::ManyKeys),
	};
	from_uri(&uri.into()).map(Some)
}

fn development_uri(name: &str) -> String {
	let mut letters = name.chars();
	let first = letters.next().map(|letter| letter.to_ascii_uppercase());
	format!("//{}{}", first.map(String::from).unwrap_or_default(), letters.as_str())
}

fn from_uri(uri: &SecretString) -> Result<Keypair> {
	let uri: SecretUri =
		uri.expose_secret().trim().parse().map_err(|error| Error::Key(format!("{error}")))?;
	Keypair::from_uri(&uri).map_err(|error| Error::Key(error.to_string()))
}

/// A fresh key and the phrase it is made from.
pub(crate) fn fresh() -> Result<(Keypair, SecretString)> {
	let entropy = random::<ENTROPY_BYTES>()?;
	let phrase = Mnemonic::from_entropy(&entropy).map_err(|error| Error::Key(error.to_string()))?;
	let keys =
		Keypair::from_phrase(&phrase, None).map_err(|error| Error::Key(error.to_string()))?;
	Ok((keys, phrase.to_string().into()))
}

/// A client key nobody used before.
pub(crate) fn fresh_client_key() -> Result<ClientKey> {
	random()
}

/// What makes a commitment unlike any other.
pub(crate) fn fresh_salt() -> Result<Salt> {
	random()
}

/// A reference nobody used before.
pub(crate) fn fresh_reference() -> Result<Reference> {
	random()
}

fn random<const LENGTH: usize>() -> Result<[u8; LENGTH]> {
	let mut bytes = [0; LENGTH];
	getrandom::fill(&mut bytes).map_err(|error| Error::Randomness(error.to_string()))?;
	Ok(bytes)
}

#[cfg(test)]
mod tests {
	use super::{development_uri, fresh, from_uri, given};
	use crate::chain::account;
	use crate::{args::KeyArgs, error::Error};
	use subxt_signer::sr25519::dev;

	fn args(suri: Option<&str>, dev: Option<&str>) -> KeyArgs {
		KeyArgs { key_file: None, suri: suri.map(Into::into), dev: dev.map(Into::into) }
	}

	#[test]
	fn a_development_key_is_named_in_either_case() {
		let bob = given(&args(None, Some("bob"))).unwrap().unwrap();
		assert_eq!(account(&bob), account(&dev::bob()));
		assert_eq!(development_uri("Bob//stash"), "//Bob//stash");
	}

	#[test]
	fn several_keys_are_refused() {
		assert!(matches!(given(&args(Some("//A"), Some("b"))), Err(Error::ManyKeys)));
		assert!(given(&args(None, None)).unwrap().is_none());
	}

	#[test]
	fn a_fresh_phrase_makes_its_key_again() {
		let (keys, phrase) = fresh().unwrap();
		assert_eq!(account(&keys), account(&from_uri(&phrase).unwrap()));
		assert_ne!(account(&keys), account(&fresh().unwrap().0));
	}

	#[test]
	fn what_is_no_key_is_refused() {
		assert!(matches!(given(&args(Some("some words"), None)), Err(Error::Key(_))));
		assert!(matches!(given(&args(Some("0x12"), None)), Err(Error::Key(_))));
	}
}
