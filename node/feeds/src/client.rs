//! Asks sources over HTTP: within a time, up to a size, and nobody but whom the policy permits.
//!
//! Every connection goes through one place that resolves the name, looks at the addresses, and connects to one of those it looked at:
//! a name that leads elsewhere by the time of the connection makes no difference, and a redirect is a new question.

use crate::policy::Policy;
use bytes::Bytes;
use futures::{future::BoxFuture, FutureExt};
use http_body_util::{BodyExt, Empty, LengthLimitError, Limited};
use hyper::{
	header::{ACCEPT, LOCATION, USER_AGENT},
	Request, StatusCode, Uri,
};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
	client::legacy::Client as HyperClient,
	rt::{TokioExecutor, TokioIo},
};
use rustls::{crypto::ring, ClientConfig, RootCertStore};
use std::{
	error::Error,
	io,
	net::{IpAddr, SocketAddr},
	sync::Arc,
	task::{Context, Poll},
	time::Duration,
};
use tokio::{
	net::{lookup_host, TcpStream},
	time::timeout,
};
use tower_service::Service;
use url::Url;

const LOG: &str = "feeds::client";

/// How often a source may send on to another address.
const MAX_REDIRECTS: usize = 3;

/// What bounds a question.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
	/// From the question to the last byte of the answer, with all redirects.
	pub time: Duration,
	/// Bytes of an answer.
	pub size: usize,
}

impl Default for Bounds {
	fn default() -> Self {
		Self { time: Duration::from_secs(4), size: 1 << 20 }
	}
}

/// Why a source gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
	/// The address is none that can be asked.
	#[error("{0:?} is no http or https address without a user's name")]
	NoAddress(String),
	/// Only this machine or its network could be asked there.
	#[error(
		"{host} leads to {address}, which is not public: allow it with --feed-source-allow {address} if it is yours"
	)]
	Forbidden {
		/// The name in the address.
		host: String,
		/// Where it leads.
		address: SocketAddr,
	},
	/// No answer in time.
	#[error("no answer within {0:?}")]
	TooSlow(Duration),
	/// The answer is longer than is taken.
	#[error("the answer is longer than {0} bytes")]
	TooLong(usize),
	/// The source sends on and on.
	#[error("sent on more than {MAX_REDIRECTS} times")]
	TooManyRedirects,
	/// The source sends on to an address that is not protected, or to none.
	#[error("sent on to {0:?}, which is not followed")]
	RedirectRefused(String),
	/// The source refused.
	#[error("answered {0}")]
	Status(u16),
	/// The connection failed.
	#[error("{0}")]
	Failed(String),
}

/// Asks sources.
#[derive(Debug, Clone)]
pub struct Client {
	http: HyperClient<HttpsConnector<Connector>, Empty<Bytes>>,
	bounds: Bounds,
}

impl Client {
	/// A client within these bounds.
	pub fn new(policy: Policy, bounds: Bounds) -> Self {
		let connector = HttpsConnectorBuilder::new()
			.with_tls_config(tls())
			.https_or_http()
			.enable_http1()
			.wrap_connector(Connector { policy: Arc::new(policy) });
		let http =
			HyperClient::builder(TokioExecutor::new()).pool_max_idle_per_host(2).build(connector);
		Self { http, bounds }
	}

	/// What an address answers.
	pub async fn fetch(&self, address: &str) -> Result<Bytes, FetchError> {
		let limit = self.bounds.time;
		timeout(limit, self.follow(address)).await.unwrap_or(Err(FetchError::TooSlow(limit)))
	}

	async fn follow(&self, address: &str) -> Result<Bytes, FetchError> {
		let mut here = web_address(address)?;
		for _ in 0..=MAX_REDIRECTS {
			let request = Request::get(uri(&here)?)
				.header(USER_AGENT, concat!("opg-node/", env!("CARGO_PKG_VERSION")))
				.header(ACCEPT, "application/json")
				.body(Empty::new())
				.map_err(|error| FetchError::Failed(error.to_string()))?;
			let answer = self.http.request(request).await.map_err(refusal)?;
			let status = answer.status();
			if !is_redirect(status) {
				if status != StatusCode::OK {
					return Err(FetchError::Status(status.as_u16()));
				}
				return self.body(answer.into_body()).await;
			}
			let to = answer.headers().get(LOCATION).and_then(|to| to.to_str().ok());
			let to = to.ok_or_else(|| FetchError::RedirectRefused(String::new()))?;
			let next = here.join(to).map_err(|_| FetchError::RedirectRefused(to.into()))?;
			let next = web_address(next.as_str())?;
			// What was protected on the way stays protected.
			if here.scheme() == "https" && next.scheme() != "https" {
				return Err(FetchError::RedirectRefused(next.into()));
			}
			here = next;
		}
		Err(FetchError::TooManyRedirects)
	}

	async fn body(&self, body: hyper::body::Incoming) -> Result<Bytes, FetchError> {
		match Limited::new(body, self.bounds.size).collect().await {
			Ok(whole) => Ok(whole.to_bytes()),
			Err(error) if error.is::<LengthLimitError>() => {
				Err(FetchError::TooLong(self.bounds.size))
			},
			Err(error) => Err(FetchError::Failed(error.to_string())),
		}
	}
}

fn is_redirect(status: StatusCode) -> bool {
	matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

fn web_address(text: &str) -> Result<Url, FetchError> {
	let no_address = || FetchError::NoAddress(text.into());
	let url = Url::parse(text).map_err(|_| no_address())?;
	let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
	let is_nobodys = url.username().is_empty() && url.password().is_none();
	(is_web && is_nobodys).then_some(url).ok_or_else(no_address)
}

fn uri(url: &Url) -> Result<Uri, FetchError> {
	url.as_str().parse().map_err(|_| FetchError::NoAddress(url.as_str().into()))
}

/// The reason behind an error of the client, which wraps it several times.
fn refusal(error: hyper_util::client::legacy::Error) -> FetchError {
	let mut said = error.to_string();
	let mut next: Option<&(dyn Error + 'static)> = error.source();
	while let Some(cause) = next {
		let inner = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
		let known = inner
			.and_then(|inner| inner.downcast_ref::<FetchError>())
			.or_else(|| cause.downcast_ref::<FetchError>());
		if let Some(known) = known {
			return known.clone();
		}
		said = format!("{said}: {cause}");
		next = cause.source();
	}
	FetchError::Failed(said)
}

fn tls() -> ClientConfig {
	let mut roots = RootCertStore::empty();
	let found = rustls_native_certs::load_native_certs();
	let (added, _) = roots.add_parsable_certificates(found.certs);
	if added == 0 {
		log::warn!(
			target: LOG,
			"this machine has no certificates of authorities: https sources cannot be asked until ca-certificates is installed"
		);
	}
	ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
		.with_safe_default_protocol_versions()
		.expect("ring has the protocols that are the default; qed")
		.with_root_certificates(roots)
		.with_no_client_auth()
}

/// Connects to what a name leads to, if the policy permits it.
#[derive(Debug, Clone)]
struct Connector {
	policy: Arc<Policy>,
}

impl Connector {
	async fn connect(self, uri: Uri) -> Result<TokioIo<TcpStream>, FetchError> {
		let no_address = || FetchError::NoAddress(uri.to_string());
		let host = uri.host().ok_or_else(no_address)?;
		let host = host.trim_start_matches('[').trim_end_matches(']');
		let usual = if uri.scheme_str() == Some("https") { 443 } else { 80 };
		let port = uri.port_u16().unwrap_or(usual);
		let permitted = self.addresses(host, port).await?;
		let stream = TcpStream::connect(permitted.as_slice()).await;
		stream.map(TokioIo::new).map_err(|error| FetchError::Failed(error.to_string()))
	}

	async fn addresses(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, FetchError> {
		if let Some(ip) = self.policy.pinned_to(host) {
			return Ok(vec![SocketAddr::new(ip, port)]);
		}
		let found: Vec<SocketAddr> = match host.parse::<IpAddr>() {
			Ok(ip) => vec![SocketAddr::new(ip, port)],
			Err(_) => lookup_host((host, port))
				.await
				.map_err(|error| FetchError::Failed(format!("{host} is not found: {error}")))?
				.collect(),
		};
		// One hidden address is enough to refuse: whoever answers for the name could have a later try go there.
		if let Some(address) = found.iter().find(|address| !self.policy.permits(**address)) {
			return Err(FetchError::Forbidden { host: host.into(), address: *address });
		}
		Ok(found)
	}
}

impl Service<Uri> for Connector {
	type Response = TokioIo<TcpStream>;
	type Error = FetchError;
	type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

	fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
		Poll::Ready(Ok(()))
	}

	fn call(&mut self, uri: Uri) -> Self::Future {
		self.clone().connect(uri).boxed()
	}
}
