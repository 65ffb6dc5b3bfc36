//! Addresses and pointers from a source's templates.

use super::{Name, Source};
use alloc::{borrow::ToOwned, format, string::String};

/// A key's name as text, and what stands before and after its first `/` or `-`.
struct Parts<'a> {
	key: &'a str,
	base: &'a str,
	quote: &'a str,
}

impl<'a> Parts<'a> {
	fn of(key: &'a Name) -> Option<Self> {
		let key = core::str::from_utf8(key).ok()?;
		let (base, quote) = key.split_once(['/', '-']).unwrap_or((key, ""));
		Some(Self { key, base, quote })
	}

	fn fill(&self, template: &str, escape: impl Fn(&str) -> String) -> String {
		let words = [("key", self.key), ("base", self.base), ("quote", self.quote)];
		words.into_iter().fold(template.to_owned(), |text, (name, word)| {
			text.replace(&format!("{{{name}}}"), &escape(word))
				.replace(&format!("{{{name}:lower}}"), &escape(&word.to_ascii_lowercase()))
		})
	}
}

/// The address to ask for a key; `None` if the chain holds what is no text.
pub fn address(source: &Source, key: &Name) -> Option<String> {
	let template = core::str::from_utf8(&source.url).ok()?;
	// Key names have nothing that means anything in a query; a slash in a path would.
	Some(Parts::of(key)?.fill(template, |word| word.replace('/', "%2F")))
}

/// The JSON pointer to a key's value; `None` if the chain holds what is no text.
pub fn pointer(source: &Source, key: &Name) -> Option<String> {
	let template = core::str::from_utf8(&source.path).ok()?;
	Some(Parts::of(key)?.fill(template, |word| word.replace('~', "~0").replace('/', "~1")))
}

#[cfg(test)]
mod tests {
	use super::{address, pointer};
	use crate::feed::Source;

	fn filled(url: &str, path: &str, name: &str) -> (String, String) {
		let bytes = |text: &str| text.as_bytes().to_vec();
		let source = Source {
			url: bytes(url).try_into().expect("short"),
			path: bytes(path).try_into().expect("short"),
			signer: None,
		};
		let key = bytes(name).try_into().expect("short");
		(address(&source, &key).expect("text"), pointer(&source, &key).expect("text"))
	}

	#[test]
	fn name_the_key_and_its_halves() {
		assert_eq!(
			filled(
				"https://x.example/{base}{quote:lower}?k={key}",
				"/{key}/{base:lower}",
				"BTC/USD"
			),
			("https://x.example/BTCusd?k=BTC%2FUSD".into(), "/BTC~1USD/btc".into())
		);
		assert_eq!(
			filled("https://x.example/{base}.{quote}", "/p", "temp_berlin"),
			("https://x.example/temp_berlin.".into(), "/p".into())
		);
		assert_eq!(filled("https://x.example/{other}", "", "A").0, "https://x.example/{other}");
	}
}
