//! The app a request is made through, as people write it: `3`, `3:pass`, `3:sponsored-pass`, `3:credit`.

use opg_primitives::{Access, AppUse};

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

#[cfg(test)]
mod tests {
	use super::read_app;
	use opg_primitives::{Access, AppUse};

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
}
