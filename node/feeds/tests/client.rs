//! Sources that behave badly, and addresses that must not be asked.

mod serving;

use opg_feeds::{
	client::{Bounds, Client, FetchError},
	Policy,
};
use serving::{Reply, Server};
use std::time::Duration;
use tokio::io::AsyncWriteExt;

const SIZE: usize = 64 << 10;

fn client(allowed: &[&str]) -> Client {
	let allowed = allowed.iter().map(|text| text.parse().expect("an address")).collect();
	let policy = Policy { allowed, pinned: Vec::new() };
	Client::new(policy, Bounds { time: Duration::from_millis(700), size: SIZE })
}

fn local() -> Client {
	client(&["127.0.0.0/8"])
}

#[tokio::test]
async fn gives_what_a_source_answers() {
	let server = Server::start(|path| Reply::Body(format!("you asked {path}"))).await;
	let body = local().fetch(&server.url("/price?k=BTC%2FUSD")).await.expect("an answer");
	assert_eq!(body, "you asked /price?k=BTC%2FUSD");
}

#[tokio::test]
async fn gives_up_on_a_source_that_is_slow() {
	let server = Server::start(|_| Reply::Stall).await;
	let slow = FetchError::TooSlow(Duration::from_millis(700));
	assert_eq!(local().fetch(&server.url("/")).await, Err(slow));
}

#[tokio::test]
async fn takes_no_more_than_its_size_whatever_the_source_says() {
	for says_so in [true, false] {
		let server = Server::start(move |_| Reply::Flood(10 << 20, says_so)).await;
		let found = local().fetch(&server.url("/")).await;
		assert_eq!(found, Err(FetchError::TooLong(SIZE)), "says so: {says_so}");
	}
	let server = Server::start(|_| Reply::Flood(SIZE, true)).await;
	assert_eq!(local().fetch(&server.url("/")).await.expect("fits").len(), SIZE);
}

#[tokio::test]
async fn passes_on_what_a_source_refuses() {
	let server = Server::start(|_| Reply::Status(503, String::new())).await;
	assert_eq!(local().fetch(&server.url("/")).await, Err(FetchError::Status(503)));
	let server = Server::start(|_| Reply::Hang).await;
	assert!(matches!(local().fetch(&server.url("/")).await, Err(FetchError::Failed(_))));
	// Nobody listens there any more.
	let gone = {
		let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
		listener.local_addr().expect("bound")
	};
	let found = local().fetch(&format!("http://{gone}/")).await;
	assert!(matches!(found, Err(FetchError::Failed(_))), "{found:?}");
}

#[tokio::test]
async fn asks_nobody_that_is_not_public() {
	let server = Server::start(|_| Reply::Body("secret".into())).await;
	let port = server.address.port();
	let hosts = [
		"127.0.0.1",
		"localhost",
		"[::1]",
		"[::ffff:127.0.0.1]",
		"0.0.0.0",
		"127.1",
		"2130706433",
		"0x7f000001",
		"0177.0.0.1",
		"[::]",
	];
	for host in hosts {
		let found = client(&[]).fetch(&format!("http://{host}:{port}/")).await;
		assert!(matches!(found, Err(FetchError::Forbidden { .. })), "{host}: {found:?}");
	}
	assert_eq!(server.count(), 0, "not even a connection");
	let said = client(&[]).fetch("http://169.254.169.254/latest/").await.expect_err("metadata");
	assert!(said.to_string().contains("--feed-source-allow"), "{said}");
}

#[tokio::test]
async fn asks_what_its_operator_allows_and_not_the_port_beside_it() {
	let server = Server::start(|_| Reply::Body("1".into())).await;
	let other = Server::start(|_| Reply::Body("2".into())).await;
	let client = client(&[&server.address.to_string()]);
	assert!(client.fetch(&server.url("/")).await.is_ok());
	let found = client.fetch(&other.url("/")).await;
	assert!(matches!(found, Err(FetchError::Forbidden { .. })), "{found:?}");
}

#[tokio::test]
async fn follows_a_redirect_only_to_where_it_might_have_gone_itself() {
	let hidden = Server::start(|_| Reply::Body("secret".into())).await;
	let to = |target: String| move |_: &str| Reply::Status(302, format!("Location: {target}\r\n"));
	let server = Server::start(to(hidden.url("/"))).await;
	let careful = client(&[&server.address.to_string()]);
	let found = careful.fetch(&server.url("/")).await;
	assert!(matches!(found, Err(FetchError::Forbidden { .. })), "{found:?}");
	assert_eq!(hidden.count(), 0);
	assert_eq!(local().fetch(&server.url("/")).await.expect("allowed"), "secret");

	server.reroute(to("/again".into()));
	assert_eq!(local().fetch(&server.url("/")).await, Err(FetchError::TooManyRedirects));
	for target in ["file:///etc/passwd", "gopher://127.0.0.1/", "http://user:word@127.0.0.1/"] {
		server.reroute(to(target.into()));
		let found = local().fetch(&server.url("/")).await;
		assert!(matches!(found, Err(FetchError::NoAddress(_))), "{target}: {found:?}");
	}
	server.reroute(|_| Reply::Status(302, String::new()));
	let found = local().fetch(&server.url("/")).await;
	assert!(matches!(found, Err(FetchError::RedirectRefused(_))), "{found:?}");
	server.reroute(|_| Reply::Status(304, String::new()));
	assert_eq!(local().fetch(&server.url("/")).await, Err(FetchError::Status(304)));
}

#[tokio::test]
async fn asks_a_pinned_name_where_its_operator_says() {
	let server = Server::start(|_| Reply::Body("pinned".into())).await;
	let pinned = vec!["prices.example=127.0.0.1".parse().expect("a pin")];
	let policy = Policy { allowed: Vec::new(), pinned };
	let client = Client::new(policy, Bounds::default());
	let url = format!("http://prices.example:{}/", server.address.port());
	assert_eq!(client.fetch(&url).await.expect("an answer"), "pinned");
}

#[tokio::test]
async fn refuses_what_is_no_web_address() {
	for address in ["", "prices", "ftp://1.1.1.1/", "http://", "http://u:p@1.1.1.1/", "data:,1"] {
		let found = local().fetch(address).await;
		assert!(matches!(found, Err(FetchError::NoAddress(_))), "{address}: {found:?}");
	}
}

#[tokio::test]
async fn believes_no_source_that_shows_no_certificate() {
	let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
	let address = listener.local_addr().expect("bound");
	tokio::spawn(async move {
		while let Ok((mut stream, _)) = listener.accept().await {
			// Whatever is said, the answer is plain text.
			let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1").await;
		}
	});
	let found = local().fetch(&format!("https://{address}/")).await;
	assert!(matches!(found, Err(FetchError::Failed(_))), "{found:?}");
}
