//! Watches rounds: asks the sources, signs what they say, and exchanges it until every seat's observation is there.

use crate::{
	answer::values_in,
	evidence::{list_of, Evidence},
	exchange::{bit, is_genuine, PeerNetwork, Question, MAX_ANSWER},
	journal::{Journal, Name, Signed},
	Client,
};
use bytes::Bytes;
use codec::{DecodeAll, Encode};
use futures::{future::BoxFuture, stream, FutureExt, StreamExt};
use opg_primitives::{
	feed::{
		template::address, FeedId, Gathered, Observation, Outlook, Round, Seat, Seen, Sighting,
		Token, Values, Watch,
	},
	node::{worker_key::WORKER, WorkerId},
	ContentId,
};
use opg_store::content_id;
use sp_core::H256;
use sp_keystore::KeystorePtr;
use std::{
	collections::{BTreeMap, BTreeSet},
	fmt, mem,
	sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
	time::Duration,
};
use tokio::{
	runtime::Handle,
	task::spawn_blocking,
	time::{sleep, timeout},
};
use tokio_util::sync::{CancellationToken, DropGuard};

const LOG: &str = "feeds::observer";
/// Questions to sources or peers under way at a time.
const IN_FLIGHT: usize = 8;
/// Rounds watched at a time; the chain has fewer feeds.
const MAX_ROUNDS: usize = 1_024;

/// How much longer the pauses between questions become while somebody is missing.
const SLOWEST: u32 = 8;

/// How an observer goes about it.
#[derive(Debug, Clone, Copy)]
pub struct ObserverConfig {
	/// Between the first two questions to the other nodes; later ones are further apart.
	pub pace: Duration,
	/// How long one of them may take to answer.
	pub patience: Duration,
}

impl Default for ObserverConfig {
	fn default() -> Self {
		Self { pace: Duration::from_millis(500), patience: Duration::from_secs(2) }
	}
}

/// Asks other nodes; the node says how once it has a network.
trait Neighbours: Send + Sync {
	fn ask_all(&self, question: Vec<u8>) -> BoxFuture<'_, Vec<Vec<u8>>>;
}

struct Connected<Network> {
	network: Network,
	patience: Duration,
}

impl<Network: PeerNetwork> Neighbours for Connected<Network> {
	fn ask_all(&self, question: Vec<u8>) -> BoxFuture<'_, Vec<Vec<u8>>> {
		async move {
			let asked = self.network.peers().await.into_iter().map(|peer| {
				let answer = self.network.ask(peer, question.clone());
				// Most peers observe nothing and do not speak this protocol.
				timeout(self.patience, answer).map(|answer| answer.ok().and_then(Result::ok))
			});
			let answers: Vec<_> = stream::iter(asked).buffer_unordered(IN_FLIGHT).collect().await;
			answers.into_iter().flatten().collect()
		}
		.boxed()
	}
}

/// What sources said in a round.
#[derive(Clone, Default)]
struct Look {
	values: Values,
	/// The digest that names what they answered.
	evidence: H256,
	/// What the only one answered, if it signs.
	token: Option<Token>,
}

/// A round that is watched.
struct Live {
	watch: Arc<Watch>,
	gathered: BTreeMap<Seat, Observation>,
	_stop: DropGuard,
}

struct Inner {
	client: Client,
	journal: Journal,
	evidence: Evidence,
	keystore: KeystorePtr,
	neighbours: OnceLock<Box<dyn Neighbours>>,
	rounds: Mutex<BTreeMap<(FeedId, Round), Live>>,
	/// What the chain was told last, kept as well.
	reported: Mutex<BTreeSet<ContentId>>,
	config: ObserverConfig,
}

/// Observes feeds for the worker keys of a key store. Clones are the same observer.
#[derive(Clone)]
pub struct Observer {
	inner: Arc<Inner>,
	runtime: Handle,
}

impl fmt::Debug for Observer {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("Observer").finish_non_exhaustive()
	}
}

impl Observer {
	/// An observer that runs on `runtime`; alone until it is connected.
	pub fn new(
		client: Client,
		journal: Journal,
		evidence: Evidence,
		keystore: KeystorePtr,
		config: ObserverConfig,
		runtime: Handle,
	) -> Self {
		let inner = Inner {
			client,
			journal,
			evidence,
			keystore,
			neighbours: OnceLock::new(),
			rounds: Mutex::new(BTreeMap::new()),
			reported: Mutex::new(BTreeSet::new()),
			config,
		};
		Self { inner: Arc::new(inner), runtime }
	}

	/// Says who carries questions to other nodes; once.
	pub fn connect(&self, network: impl PeerNetwork) {
		let patience = self.inner.config.patience;
		if self.inner.neighbours.set(Box::new(Connected { network, patience })).is_err() {
			log::error!(target: LOG, "the observer was connected twice");
		}
	}

	/// Takes the rounds to watch, an [`Outlook`] as SCALE, forgets all others, and gives a list of [`Gathered`]. Never waits.
	///
	/// `None` for bytes that are none.
	pub fn observe(&self, mut outlook: &[u8]) -> Option<Vec<u8>> {
		let Outlook { watches, reported } = Outlook::decode_all(&mut outlook).ok()?;
		let files = self.inner.new_among(reported);
		if !files.is_empty() {
			let inner = self.inner.clone();
			let keep = move || inner.keep(files.iter().map(Vec::as_slice));
			self.runtime.spawn_blocking(keep);
		}
		let mut rounds = self.inner.lock();
		let named: BTreeMap<_, _> =
			watches.iter().map(|watch| ((watch.feed, watch.round), watch)).collect();
		// On another fork a round may have another committee: then it begins anew, with what was signed.
		rounds.retain(|name, live| named.get(name).is_some_and(|watch| **watch == *live.watch));
		let mut all = Vec::new();
		for watch in watches.into_iter().take(MAX_ROUNDS) {
			let (feed, round) = (watch.feed, watch.round);
			if let Some(live) = rounds.get(&(feed, round)) {
				let observations = live.gathered.values().cloned().collect();
				all.push(Gathered { feed, round, observations });
				continue;
			}
			let stop = CancellationToken::new();
			let watch = Arc::new(watch);
			let work = self.inner.clone().watch(watch.clone());
			self.runtime.spawn(stop.clone().run_until_cancelled_owned(work));
			let live = Live { watch, gathered: BTreeMap::new(), _stop: stop.drop_guard() };
			rounds.insert((feed, round), live);
		}
		Some(all.encode())
	}

	/// The answer to another node's question; nothing to what is none.
	pub fn answer(&self, question: &[u8]) -> Option<Vec<u8>> {
		let Question { feed, round, has, gives } = Question::decode_all(&mut &*question).ok()?;
		self.inner.take((feed, round), gives);
		let rounds = self.inner.lock();
		let known = rounds.get(&(feed, round)).into_iter().flat_map(|live| live.gathered.values());
		let wanted: Vec<_> = known.filter(|one| has & bit(one.seen.seat) == 0).collect();
		let answer = wanted.encode();
		(answer.len() as u64 <= MAX_ANSWER).then_some(answer)
	}
}

impl Inner {
	fn lock(&self) -> MutexGuard<'_, BTreeMap<(FeedId, Round), Live>> {
		self.rounds.lock().unwrap_or_else(PoisonError::into_inner)
	}

	async fn watch(self: Arc<Self>, watch: Arc<Watch>) {
		let look = self.clone().look(watch.clone()).await;
		let own = self.clone().sign(watch.clone(), look).await;
		self.take((watch.feed, watch.round), own.clone());
		let mut pause = self.config.pace;
		loop {
			let Some(has) = self.has(&watch) else { return };
			if has.count_ones() as usize == watch.members.len() {
				return;
			}
			if let Some(neighbours) = self.neighbours.get() {
				let question =
					Question { feed: watch.feed, round: watch.round, has, gives: own.clone() };
				for answer in neighbours.ask_all(question.encode()).await {
					if let Ok(given) = Vec::<Observation>::decode_all(&mut answer.as_slice()) {
						self.take((watch.feed, watch.round), given);
					}
				}
			}
			sleep(pause).await;
			// Others bring theirs with their own questions: who is still missing may be silent for good.
			pause = (pause * 2).min(self.config.pace * SLOWEST);
		}
	}

	/// A bit for each seat whose observation is there; `None` if the round is watched no more.
	fn has(&self, watch: &Watch) -> Option<u32> {
		let rounds = self.lock();
		let live = rounds.get(&(watch.feed, watch.round))?;
		Some(live.gathered.keys().fold(0, |all, seat| all | bit(*seat)))
	}

	/// Keeps observations that are genuine and new.
	fn take(&self, name: (FeedId, Round), given: Vec<Observation>) {
		let Some(watch) = self.lock().get(&name).map(|live| live.watch.clone()) else { return };
		for one in given {
			let is_new = self
				.lock()
				.get(&name)
				.is_some_and(|live| !live.gathered.contains_key(&one.seen.seat));
			// The signature is checked without the lock.
			if !is_new || !is_genuine(&one, &watch) {
				continue;
			}
			if let Some(live) = self.lock().get_mut(&name) {
				// Meanwhile the round may have another committee.
				if live.watch == watch {
					live.gathered.entry(one.seen.seat).or_insert(one);
				}
			}
		}
	}

	/// What the sources say, which is kept.
	async fn look(self: Arc<Self>, watch: Arc<Watch>) -> Look {
		let addresses: BTreeSet<String> = watch
			.sources
			.iter()
			.flat_map(|source| {
				watch.subject.names().into_iter().filter_map(|key| address(source, key))
			})
			.collect();
		let asked = addresses.into_iter().map(|address| async {
			let answer = self.client.fetch(&address).await;
			if let Err(error) = &answer {
				log::warn!(target: LOG, "feed {}, round {}: {address}: {error}", watch.feed, watch.round);
			}
			(address, answer)
		});
		let answers: Vec<_> = stream::iter(asked).buffer_unordered(IN_FLIGHT).collect().await;
		let answers: BTreeMap<String, Bytes> = answers
			.into_iter()
			.filter_map(|(address, answer)| Some((address, answer.ok()?)))
			.collect();
		// Reading takes long, and the disk blocks.
		let inner = self.clone();
		let read = spawn_blocking(move || inner.read(&watch, &answers)).await;
		read.unwrap_or_else(|error| {
			log::error!(target: LOG, "answers could not be read: {error}");
			Look::default()
		})
	}

	fn read(&self, watch: &Watch, answers: &BTreeMap<String, Bytes>) -> Look {
		let Watch { feed, round, subject, sources, .. } = watch;
		let (values, refused) = values_in(subject, sources, answers);
		for (address, error) in refused {
			log::warn!(target: LOG, "feed {feed}, round {round}: {address}: {error}");
		}
		let list = list_of(answers);
		self.keep(answers.values().map(Bytes::as_ref).chain([list.as_slice()]));
		let signs = sources.iter().any(|source| source.signer.is_some());
		let token = answers.values().next().filter(|_| signs);
		let token = token.and_then(|token| token.to_vec().try_into().ok());
		Look { values, evidence: H256(content_id(&list).digest), token }
	}

	/// An observation stands without its evidence; who asks for that then does not get it here.
	fn keep<'a>(&self, files: impl IntoIterator<Item = &'a [u8]>) {
		if let Err(error) = self.evidence.keep(files) {
			log::error!(target: LOG, "what sources answered is not kept: {error}");
		}
	}

	/// What was reported and was not so before.
	fn new_among(&self, reported: Vec<Vec<Seen>>) -> Vec<Vec<u8>> {
		let files = reported.iter().filter(|seen| !seen.is_empty()).map(Encode::encode);
		let named: BTreeMap<_, _> = files.map(|file| (content_id(&file), file)).collect();
		let mut known = self.reported.lock().unwrap_or_else(PoisonError::into_inner);
		let before = mem::replace(&mut *known, named.keys().copied().collect());
		named.into_iter().filter(|(id, _)| !before.contains(id)).map(|(_, file)| file).collect()
	}

	/// Signs what was seen for each own seat, unless something was signed before: then that.
	async fn sign(self: Arc<Self>, watch: Arc<Watch>, look: Look) -> Vec<Observation> {
		// Disk and keys block.
		let work = move || {
			let sign = |seat: &Seat| self.observation(&watch, *seat, &look);
			watch.own.iter().filter_map(sign).collect()
		};
		spawn_blocking(work).await.unwrap_or_default()
	}

	fn observation(&self, watch: &Watch, seat: Seat, look: &Look) -> Option<Observation> {
		let worker = watch.members.get(usize::from(seat))?;
		let make = || {
			// Who saw nothing says nothing.
			(!look.values.is_nothing()).then_some(())?;
			self.sighting(watch, worker, look)
		};
		let name = Name { worker: worker.clone(), version: watch.version };
		match self.journal.signed_or(watch.feed, watch.round, &name, make) {
			Ok(signed) => {
				let Signed { values, evidence, signature, token } = signed?;
				Some(Observation { seen: Seen { seat, values, evidence }, signature, token })
			},
			Err(error) => {
				// What is not on disk is not said: after a crash it might be said otherwise.
				log::error!(target: LOG, "feed {}, round {}: {error}", watch.feed, watch.round);
				None
			},
		}
	}

	fn sighting(&self, watch: &Watch, worker: &WorkerId, look: &Look) -> Option<Signed> {
		let Watch { feed, round, version, genesis, .. } = *watch;
		let Look { values, evidence, token } = look.clone();
		let claim = Sighting { feed, version, round, values: &values, evidence }.statement(genesis);
		let signed = self.keystore.sr25519_sign(WORKER, worker.as_ref(), &claim);
		let Ok(Some(signature)) = signed else {
			log::error!(target: LOG, "feed {feed}, round {round}: the key store did not sign");
			return None;
		};
		Some(Signed { values, evidence, signature: signature.into(), token })
	}
}
