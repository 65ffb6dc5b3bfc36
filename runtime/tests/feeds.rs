//! A journey over the real runtime: a feed made, its committee drawn by BABE's randomness, reported, read and paid for.

mod chain;
// No app is walked with here.
#[allow(dead_code)]
mod walk;

use frame_support::{assert_ok, dispatch::GetDispatchInfo};
use opg_primitives::{
	feed::{Key, Observation, Reading, Seat, Seen, Source, Subject, Values},
	node::OBSERVES,
	seams::FeedReader,
	NodeId, TrustMode,
};
use opg_runtime::{
	constants::currency::{MILLI_OPG, OPG},
	genesis_config_presets::DEVELOPMENT_OWNERS,
	BlockNumber, Feeds, Runtime, RuntimeCall, RuntimeOrigin, System, Workflows,
};
use pallet_feeds::{Committees, Draft, Rules};
use sp_core::{Pair, H256};
use sp_keyring::Sr25519Keyring::{Alice, Bob};
use walk::{
	account, answer, draw_of, free, genesis, include, next_block, on_the_development_chain,
	publish_and_serve, report, worker, PRICE,
};

/// Goes on to the first block of the next round.
fn next_round() {
	let record = pallet_feeds::Feeds::<Runtime>::get(0).expect("a feed");
	let next = record.start_of(record.round_of(System::block_number()) + 1);
	while System::block_number() < next {
		next_block();
	}
}

fn create(seats: u8, quorum: u8) {
	let bytes = |text: &str| text.as_bytes().to_vec();
	let key = |name: &str| Key {
		name: bytes(name).try_into().expect("short"),
		decimals: 2,
		min: 1,
		max: 100_000_000,
	};
	let source = Source {
		url: bytes("https://prices.example/all").try_into().expect("short"),
		path: bytes("/{key}").try_into().expect("short"),
		signer: None,
	};
	assert_ok!(Feeds::create(
		RuntimeOrigin::signed(account(Alice)),
		Draft {
			name: bytes("prices").try_into().expect("short"),
			rules: Rules {
				period: 4,
				heartbeat: 8,
				deviation: 0,
				max_age: 12,
				jump: 1_000,
				seats,
				quorum,
				reward: MILLI_OPG,
			},
			subject: Subject::Numbers(
				vec![key("BTC/USD"), key("ETH/USD")].try_into().expect("two")
			),
			sources: vec![source].try_into().expect("one"),
			purse: 100 * OPG,
		}
	));
}

/// What a node of the committee saw in the present round.
fn observation(seat: Seat, values: [i64; 2]) -> Observation {
	let record = pallet_feeds::Feeds::<Runtime>::get(0).expect("a feed");
	let committee = Committees::<Runtime>::get(0).expect("a committee");
	let node = committee.members[usize::from(seat)].node;
	let values = Values::numbers(values.map(Some));
	let seen = Seen { seat, values, evidence: H256::repeat_byte(seat) };
	let round = record.round_of(System::block_number());
	let claim = seen.sighting(0, record.version, round).statement(genesis());
	let signature = worker(DEVELOPMENT_OWNERS[node as usize]).sign(&claim).into();
	Observation { seen, signature, token: None }
}

fn report_round(all: &[(Seat, [i64; 2])]) {
	let record = pallet_feeds::Feeds::<Runtime>::get(0).expect("a feed");
	let round = record.round_of(System::block_number());
	let observations: Vec<_> = all.iter().map(|(seat, seen)| observation(*seat, *seen)).collect();
	let observations = observations.try_into().expect("few");
	include(RuntimeCall::Feeds(pallet_feeds::Call::report { feed: 0, round, observations }));
}

fn read(key: u8) -> Reading<BlockNumber> {
	<Feeds as FeedReader<BlockNumber>>::read(0, key).expect("a key")
}

fn all_observe() {
	for (node, owner) in (0..).zip(DEVELOPMENT_OWNERS).take(5) {
		report(node, owner, vec![OBSERVES]);
	}
}

#[test]
fn a_feed_is_observed_by_bonded_nodes_read_and_paid_for() {
	on_the_development_chain(|| {
		all_observe();
		create(4, 3);
		next_block();
		let members = Committees::<Runtime>::get(0).expect("drawn in the next block").members;
		let nodes: Vec<NodeId> = members.iter().map(|member| member.node).collect();
		assert_eq!(nodes.len(), 4);
		assert!(nodes.iter().all(|node| *node < 5), "of those that observe");

		next_round();
		let owner = DEVELOPMENT_OWNERS[nodes[0] as usize];
		let before = free(account(owner));
		report_round(&[(0, [6_400_000, 300_000]), (1, [6_400_100, 1]), (3, [6_400_200, 300_001])]);
		report_round(&[(2, [6_400_150, 300_002])]);
		let at = System::block_number();
		let told = Reading::Fresh { value: 6_400_100, decimals: 2, at, spread: 150 };
		assert_eq!(read(0), told);
		assert_eq!(read(1).fresh(), Some((300_000, 2)), "one lie moves nothing");

		for _ in 0..40 {
			next_block();
			Feeds::check_laws().expect("feeds");
		}
		assert_eq!(free(account(owner)) - before, MILLI_OPG, "its term is over");
		assert_eq!(read(0), Reading::Stale { since: Some(at) });
	});
}

#[test]
fn who_lies_on_a_curated_feed_loses_bond() {
	on_the_development_chain(|| {
		all_observe();
		create(5, 3);
		assert_ok!(Feeds::curate(RuntimeOrigin::root(), 0, true));
		next_block();
		let members = Committees::<Runtime>::get(0).expect("a committee").members;
		let liar = members[4].node;
		let bond =
			|node: NodeId| pallet_nodes::Nodes::<Runtime>::get(node).expect("registered").bond;
		let before = bond(liar);
		for _ in 0..4 {
			next_round();
			let honest = [0, 1, 2, 3].map(|seat| (seat, [6_400_000, 300_000]));
			report_round(&[honest.as_slice(), &[(4, [9_900_000, 300_000])]].concat());
			assert_eq!(read(0).fresh(), Some((6_400_000, 2)));
		}
		for _ in 0..40 {
			next_block();
		}
		assert_eq!(before - bond(liar), before / 100);
		assert_eq!(bond(members[0].node), before);
	});
}

#[test]
fn a_round_enters_blocks_free_and_beside_ordinary_transactions() {
	on_the_development_chain(|| {
		all_observe();
		create(4, 3);
		next_block();
		next_round();
		let observations = (0..4).map(|seat| observation(seat, [5, 5])).collect::<Vec<_>>();
		let call = pallet_feeds::Call::<Runtime>::report {
			feed: 0,
			round: 1,
			observations: observations.try_into().expect("four"),
		};
		let info = RuntimeCall::Feeds(call).get_dispatch_info();
		assert_eq!(info.class, frame_support::dispatch::DispatchClass::Operational);
		assert_eq!(info.pays_fee, frame_support::dispatch::Pays::No);
		assert!(info.total_weight().ref_time() < 5_000_000_000, "{info:?}");
	});
}

#[test]
fn a_feed_may_be_named_by_its_runtime_api() {
	use pallet_feeds::api::runtime_decl_for_feeds_api::FeedsApi;
	on_the_development_chain(|| {
		create(4, 3);
		let shown = <Runtime as FeedsApi<_, _, _, _>>::show(0).expect("a feed");
		assert_eq!((shown.record.owner, shown.readings.len()), (account(Alice), 2));
		assert!(shown.term_cost < 10 * OPG, "a term of four nodes costs {}", shown.term_cost);
		let listed = <Runtime as FeedsApi<
			_,
			opg_runtime::AccountId,
			opg_runtime::Balance,
			BlockNumber,
		>>::list();
		assert_eq!((listed.len(), listed[0].keys, listed[0].has_committee), (1, 2, false));
		assert!(free(account(Bob)) > 0);
	});
}

#[test]
fn a_model_runs_on_a_feed_and_its_answer_names_what_it_came_from() {
	on_the_development_chain(|| {
		publish_and_serve();
		for (node, owner) in (0..).zip(DEVELOPMENT_OWNERS).skip(1).take(4) {
			report(node, owner, vec![OBSERVES]);
		}
		create(4, 3);
		next_block();
		next_round();
		report_round(&[0, 1, 2, 3].map(|seat| (seat, [6_400_000, 300_000])));
		let at = System::block_number();
		let source = |key| pallet_workflows::Source { feed: 0, key, count: 1 };
		assert_ok!(Workflows::create(
			RuntimeOrigin::signed(account(Alice)),
			pallet_workflows::Draft {
				name: b"risk".to_vec().try_into().expect("short"),
				model: 0,
				inputs: vec![source(0), source(1)].try_into().expect("two"),
				trust: TrustMode::Attested,
				max_fee: 2 * PRICE,
				deadline: 18,
				every: 20,
				on_stale: pallet_workflows::OnStale::Skip,
				purse: 100 * OPG,
			}
		));
		(0..3).for_each(|_| next_block());
		answer(0, draw_of(0));
		(0..4).for_each(|_| next_block());
		let derived = Workflows::fresh(0).expect("a result");
		assert_eq!((derived.model, derived.request, derived.run), (0, 0, 0));
		let taken: Vec<_> = derived.taken.iter().map(|one| (one.key, one.value, one.at)).collect();
		assert_eq!(taken, [(0, 6_400_000, at), (1, 300_000, at)]);
		let round = Feeds::history(0).into_iter().find(|round| round.at == at);
		assert_eq!(round.expect("the round it came from").observers, 0b1111);
		Workflows::check_laws().expect("workflows");
	});
}
