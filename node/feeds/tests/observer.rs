//! Nodes that watch a round: they see the same, exchange it, say one thing whatever happens, and bear sources that behave badly.

mod serving;

use codec::{Decode, Encode};
use data_encoding::BASE64URL_NOPAD;
use futures::{future::BoxFuture, FutureExt};
use opg_feeds::{
	answer::values_in,
	client::Bounds,
	evidence::{read_list, DEFAULT_KEPT},
	exchange::is_genuine,
	Client, Evidence, Journal, Observer, ObserverConfig, PeerNetwork, Policy,
};
use opg_primitives::{
	feed::{
		Gathered, Key, Observation, Outlook, Round, Seat, Source, SourceKey, Subject, Values, Watch,
	},
	node::{worker_key::WORKER, WorkerId},
	ContentCodec, ContentId,
};
use opg_store::{content_id, BlobStore, EmbeddedStore, Limits};
use serving::{Reply, Server};
use sp_core::{ed25519, sr25519, Pair, H256};
use sp_keystore::{testing::MemoryKeystore, Keystore};
use std::{
	collections::BTreeMap,
	path::Path,
	sync::{Arc, Mutex},
	time::Duration,
};
use tokio::{runtime::Handle, time::timeout};

fn pair(seat: Seat) -> sr25519::Pair {
	sr25519::Pair::from_string(&format!("//{seat}"), None).expect("a valid path")
}

fn worker(seat: Seat) -> WorkerId {
	pair(seat).public().into()
}

fn key(name: &str, decimals: u8) -> Key {
	let name = name.as_bytes().to_vec().try_into().expect("short");
	Key { name, decimals, min: 0, max: 1_000_000 }
}

fn source(url: &str, path: &str) -> Source {
	Source {
		url: url.as_bytes().to_vec().try_into().expect("short"),
		path: path.as_bytes().to_vec().try_into().expect("short"),
		signer: None,
	}
}

/// A round of two keys and `seats` nodes, of which this machine has one.
fn watch(round: Round, seats: u8, own: Seat, sources: Vec<Source>) -> Watch {
	Watch {
		feed: 7,
		round,
		version: 0,
		members: (0..seats).map(worker).collect(),
		own: vec![own],
		subject: Subject::Numbers(
			vec![key("BTC/USD", 2), key("ETH/USD", 1)].try_into().expect("two"),
		),
		sources: sources.try_into().expect("few"),
		genesis: H256::repeat_byte(9),
	}
}

/// All observers of a test, each a peer of the others.
#[derive(Clone, Default)]
struct Neighbourhood(Arc<Mutex<Vec<Observer>>>);

struct Street {
	all: Neighbourhood,
	own: usize,
}

impl PeerNetwork for Street {
	type Peer = usize;

	fn peers(&self) -> BoxFuture<'_, Vec<usize>> {
		let count = self.all.0.lock().expect("no test panics here").len();
		let own = self.own;
		async move { (0..count).filter(|other| *other != own).collect() }.boxed()
	}

	fn ask(&self, peer: usize, question: Vec<u8>) -> BoxFuture<'_, Result<Vec<u8>, String>> {
		let peer = self.all.0.lock().expect("no test panics here")[peer].clone();
		async move { peer.answer(&question).ok_or_else(|| "refused".into()) }.boxed()
	}
}

/// Where the observers of a test keep what sources answered.
fn blobs(folder: &Path) -> EmbeddedStore {
	EmbeddedStore::open(folder.join("blobs"), Limits::default()).expect("a store")
}

fn observer(seat: Seat, folder: &Path) -> Observer {
	let keystore = MemoryKeystore::new();
	let public = pair(seat).public().0;
	keystore.insert(WORKER, &format!("//{seat}"), &public).expect("a fresh store");
	let allowed = vec!["127.0.0.0/8".parse().expect("a network")];
	let policy = Policy { allowed, pinned: Vec::new() };
	let bounds = Bounds { time: Duration::from_millis(500), size: 64 << 10 };
	let journal = Journal::open(folder.join(seat.to_string())).expect("a journal");
	let config =
		ObserverConfig { pace: Duration::from_millis(20), patience: Duration::from_secs(1) };
	let client = Client::new(policy, bounds);
	let evidence = folder.join(format!("evidence-{seat}"));
	let evidence = Evidence::open(evidence, blobs(folder), DEFAULT_KEPT).expect("a list");
	Observer::new(client, journal, evidence, Arc::new(keystore), config, Handle::current())
}

fn ask(observer: &Observer, watches: &[Watch]) -> Vec<Gathered> {
	let outlook = Outlook { watches: watches.to_vec(), reported: Vec::new() };
	let known = observer.observe(&outlook.encode()).expect("an outlook");
	Vec::<Gathered>::decode(&mut known.as_slice()).expect("our own bytes")
}

fn seen(observer: &Observer, watch: &Watch) -> Vec<Observation> {
	let all = ask(observer, std::slice::from_ref(watch));
	all.into_iter().flat_map(|one| one.observations).collect()
}

/// Waits until `count` observations of a round are there.
async fn gathered(observer: &Observer, watch: &Watch, count: usize) -> Vec<Observation> {
	let wait = async {
		loop {
			let all = seen(observer, watch);
			if all.len() >= count {
				return all;
			}
			tokio::time::sleep(Duration::from_millis(5)).await;
		}
	};
	timeout(Duration::from_secs(20), wait).await.expect("they come")
}

fn values(one: &Observation) -> Vec<Option<i64>> {
	(0..2).map(|key| one.seen.values.number(key)).collect()
}

fn prices() -> Reply {
	Reply::Body(r#"{"BTC/USD": 64123.456, "ETH/USD": "3000.25"}"#.into())
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_see_the_same_and_gather_each_other_s() {
	let server = Server::start(|_| prices()).await;
	let folder = tempfile::tempdir().expect("a folder");
	let street = Neighbourhood::default();
	let observers: Vec<_> = (0..4).map(|seat| observer(seat, folder.path())).collect();
	*street.0.lock().expect("no test panics here") = observers.clone();
	for (own, observer) in observers.iter().enumerate() {
		observer.connect(Street { all: street.clone(), own });
	}
	let sources = vec![source(&server.url("/all"), "/{key}")];
	let watch = |own| watch(1, 4, own, sources.clone());
	for (own, observer) in (0..).zip(&observers) {
		ask(observer, &[watch(own)]);
	}
	for (own, observer) in (0..).zip(&observers) {
		let all = gathered(observer, &watch(own), 4).await;
		for (seat, one) in (0..).zip(&all) {
			assert_eq!(one.seen.seat, seat);
			assert_eq!(values(one), [Some(6_412_346), Some(30_003)]);
			assert!(is_genuine(one, &watch(own)));
		}
	}
	assert_eq!(server.count(), 4, "each asked once for all keys");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_takes_the_median_of_its_sources_and_leaves_out_what_is_no_number() {
	let good = Server::start(|path| {
		Reply::Body(if path.contains("BTC") { "{\"p\": 100.5}" } else { "{\"p\": 7}" }.into())
	})
	.await;
	let lying = Server::start(|_| Reply::Body("{\"p\": 999999}".into())).await;
	let broken = Server::start(|path| match path {
		"/BTC" => Reply::Body("{\"p\": 101.5}".into()),
		_ => Reply::Body("{\"p\": NaN}".into()),
	})
	.await;
	let folder = tempfile::tempdir().expect("a folder");
	let observer = observer(0, folder.path());
	let sources = [&good, &lying, &broken].map(|one| source(&one.url("/{base}"), "/p"));
	let watch = watch(1, 1, 0, sources.to_vec());
	let all = gathered(&observer, &watch, 1).await;
	// Of ETH the honest source and the liar are left; the lower counts.
	assert_eq!(values(&all[0]), [Some(10_150), Some(70)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_sees_the_bytes_that_most_of_its_sources_say() {
	let say = |word: &'static str| {
		Server::start(move |_| Reply::Body(format!("{{\"winner\": \"{word}\"}}")))
	};
	let (ada, hex, bob) = (say("Ada").await, say("0x416461").await, say("Bob").await);
	let folder = tempfile::tempdir().expect("a folder");
	let observer = observer(0, folder.path());
	let of = |round: Round, sources: &[&Server]| Watch {
		subject: Subject::Bytes(b"winner".to_vec().try_into().expect("short")),
		..watch(
			round,
			1,
			0,
			sources.iter().map(|one| source(&one.url("/{key}"), "/{key}")).collect(),
		)
	};
	let (apart, alike) = (of(1, &[&ada, &bob]), of(2, &[&ada, &bob, &hex]));
	let all = [apart.clone(), alike.clone()];
	let is_seen = |watched: &[Gathered]| {
		watched.iter().any(|one| one.round == 2 && !one.observations.is_empty())
	};
	let wait = async {
		loop {
			let known = ask(&observer, &all);
			// Both sources of the other round have answered as well.
			if is_seen(&known) && bob.count() >= 2 {
				return known;
			}
			tokio::time::sleep(Duration::from_millis(5)).await;
		}
	};
	let known = timeout(Duration::from_secs(20), wait).await.expect("it comes");
	let of_round = |round| known.iter().find(|one| one.round == round).expect("watched");
	let one = &of_round(2).observations[0];
	assert_eq!(one.seen.values.bytes().map(|bytes| bytes.to_vec()), Some(b"Ada".to_vec()));
	assert!(is_genuine(one, &alike) && !is_genuine(one, &apart));
	assert!(of_round(1).observations.is_empty(), "half of them say something else");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_says_nothing_of_a_key_most_of_whose_sources_are_silent() {
	let good = Server::start(|_| prices()).await;
	for bad in [
		Reply::Stall,
		Reply::Hang,
		Reply::Flood(10 << 20, false),
		Reply::Status(500, String::new()),
		Reply::Status(302, "Location: http://169.254.169.254/\r\n".into()),
		Reply::Body("<html>".into()),
		Reply::Body("{\"BTC/USD\": null, \"ETH/USD\": []}".into()),
	] {
		let reply = bad.clone();
		let server = Server::start(move |_| reply.clone()).await;
		let folder = tempfile::tempdir().expect("a folder");
		let observer = observer(0, folder.path());
		let with = |more: &Server| {
			let sources = [&good, more, more].map(|one| source(&one.url("/a"), "/{key}"));
			sources.to_vec()
		};
		// One good source of three is not enough; of one it is, and shows that the observer still works.
		let silent = watch(1, 1, 0, with(&server));
		let fine = watch(2, 1, 0, with(&good));
		ask(&observer, &[silent.clone(), fine.clone()]);
		let wait = async {
			loop {
				let all = ask(&observer, &[silent.clone(), fine.clone()]);
				if all.iter().any(|one| one.round == 2 && !one.observations.is_empty())
					&& server.count() >= 1
				{
					return all;
				}
				tokio::time::sleep(Duration::from_millis(5)).await;
			}
		};
		let all = timeout(Duration::from_secs(20), wait).await.expect("it comes");
		let of_silent = all.iter().find(|one| one.round == 1).expect("watched");
		assert!(of_silent.observations.is_empty(), "{bad:?}");
	}
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_was_killed_says_the_same_again() {
	let server = Server::start(|_| prices()).await;
	let folder = tempfile::tempdir().expect("a folder");
	let watch = watch(1, 1, 0, vec![source(&server.url("/all"), "/{key}")]);
	let first = {
		let observer = observer(0, folder.path());
		let first = gathered(&observer, &watch, 1).await;
		ask(&observer, &[]);
		first
	};
	server.reroute(|_| Reply::Body(r#"{"BTC/USD": 1, "ETH/USD": 2}"#.into()));
	// The journal is free once the first observer's tasks have ended.
	let open = async {
		loop {
			if Journal::open(folder.path().join("0")).is_ok() {
				return;
			}
			tokio::time::sleep(Duration::from_millis(5)).await;
		}
	};
	timeout(Duration::from_secs(20), open).await.expect("it is freed");
	let observer = observer(0, folder.path());
	assert_eq!(gathered(&observer, &watch, 1).await, first);
	let next = Watch { round: 2, ..watch };
	assert_eq!(values(&gathered(&observer, &next, 1).await[0]), [Some(100), Some(20)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_keeps_nothing_that_is_not_genuine() {
	let server = Server::start(|_| prices()).await;
	let folder = tempfile::tempdir().expect("a folder");
	let sources = vec![source(&server.url("/all"), "/{key}")];
	let (alice, bob) = (observer(0, folder.path()), observer(1, folder.path()));
	let (of_alice, of_bob) = (watch(1, 3, 0, sources.clone()), watch(1, 3, 1, sources));
	let own = gathered(&bob, &of_bob, 1).await.remove(0);
	gathered(&alice, &of_alice, 1).await;
	let question = |gives: Vec<Observation>| {
		opg_feeds::exchange::Question { feed: 7, round: 1, has: 0, gives }.encode()
	};
	let mut forged = own.clone();
	forged.seen.values = Values::numbers([Some(1), own.seen.values.number(1)]);
	let mut of_another_seat = own.clone();
	of_another_seat.seen.seat = 2;
	let mut of_nobody = own.clone();
	of_nobody.seen.seat = 30;
	for bad in [forged, of_another_seat, of_nobody] {
		alice.answer(&question(vec![bad])).expect("an answer");
	}
	assert_eq!(seen(&alice, &of_alice).len(), 1);
	alice.answer(&question(vec![own])).expect("an answer");
	assert_eq!(seen(&alice, &of_alice).len(), 2);
	assert_eq!(alice.answer(b"no question"), None);
	assert_eq!(alice.observe(b"no watches"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_that_is_not_named_any_more_is_forgotten() {
	let server = Server::start(|_| prices()).await;
	let folder = tempfile::tempdir().expect("a folder");
	let observer = observer(0, folder.path());
	let sources = vec![source(&server.url("/all"), "/{key}")];
	let first = watch(1, 2, 0, sources.clone());
	gathered(&observer, &first, 1).await;
	let second = watch(2, 2, 0, sources);
	ask(&observer, std::slice::from_ref(&second));
	let question = opg_feeds::exchange::Question { feed: 7, round: 1, has: 0, gives: vec![] };
	let answer = observer.answer(&question.encode()).expect("an answer");
	assert_eq!(answer, Vec::<Observation>::new().encode());
	gathered(&observer, &second, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_can_be_traced_to_the_bytes_that_were_answered() {
	let server = Server::start(|_| prices()).await;
	let folder = tempfile::tempdir().expect("a folder");
	let observer = observer(0, folder.path());
	let watch = watch(1, 1, 0, vec![source(&server.url("/all"), "/{key}")]);
	let seen = gathered(&observer, &watch, 1).await.remove(0).seen;
	let store = blobs(folder.path());
	let named = |digest: H256| ContentId { codec: ContentCodec::Raw, digest: digest.0 };
	let list = read_list(&store.get(&named(seen.evidence)).expect("kept")).expect("a list");
	let answers: BTreeMap<_, _> = list
		.into_iter()
		.map(|one| {
			let id = one.content.parse().expect("a content id");
			(one.url, store.get(&id).expect("kept").into())
		})
		.collect();
	assert_eq!(answers.keys().collect::<Vec<_>>(), [&server.url("/all")]);
	let (values, refused) = values_in(&watch.subject, &watch.sources, &answers);
	assert_eq!((&values, refused.len()), (&seen.values, 0));

	// What the chain was told is a file as well, named by the digest the chain keeps.
	let reported = vec![seen];
	let file = reported.encode();
	let outlook = Outlook { watches: vec![watch], reported: vec![reported] };
	let is_kept = async {
		while !store.has(&content_id(&file)) {
			observer.observe(&outlook.encode()).expect("an outlook");
			tokio::time::sleep(Duration::from_millis(5)).await;
		}
	};
	timeout(Duration::from_secs(20), is_kept).await.expect("it is kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_source_signed_goes_with_what_was_seen_and_nothing_else_is_seen() {
	let (signer, stranger) =
		(ed25519::Pair::from_seed(&[1; 32]), ed25519::Pair::from_seed(&[2; 32]));
	let token = |pair: &ed25519::Pair| {
		let payload = &br#"{"iat":1700000000,"BTC/USD":"64123.456","ETH/USD":3000.25}"#[..];
		let message = [&b"{}"[..], payload].map(|part| BASE64URL_NOPAD.encode(part)).join(".");
		let signature = BASE64URL_NOPAD.encode(&pair.sign(message.as_bytes()).0);
		format!("{message}.{signature}")
	};
	let (genuine, forged) = (token(&signer), token(&stranger));
	let answer = genuine.clone();
	let server = Server::start(move |_| Reply::Body(answer.clone())).await;
	let folder = tempfile::tempdir().expect("a folder");
	let observer = observer(0, folder.path());
	let mut source = source(&server.url("/all"), "/{key}");
	source.signer = Some(SourceKey::Ed25519(signer.public().0));
	let watch = watch(1, 1, 0, vec![source]);
	let one = gathered(&observer, &watch, 1).await.remove(0);
	assert_eq!(values(&one), [Some(6_412_346), Some(30_003)]);
	assert_eq!(one.token.as_ref().map(|token| token.to_vec()), Some(genuine.into_bytes()));
	assert!(is_genuine(&one, &watch));
	let without = Observation { token: None, ..one.clone() };
	assert!(!is_genuine(&without, &watch));
	let bytes = forged.clone().into_bytes().try_into().expect("short");
	assert!(!is_genuine(&Observation { token: Some(bytes), ..one }, &watch));

	server.reroute(move |_| Reply::Body(forged.clone()));
	let next = Watch { round: 2, ..watch };
	ask(&observer, std::slice::from_ref(&next));
	let asked = async {
		while server.count() < 2 {
			tokio::time::sleep(Duration::from_millis(5)).await;
		}
	};
	timeout(Duration::from_secs(20), asked).await.expect("it asks");
	assert!(seen(&observer, &next).is_empty(), "another's signature is none");
}
