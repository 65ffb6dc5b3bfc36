//! The tracks: sound, named, one for each origin, and as slow as a live network's.

use crate::network::on_the_local_testnet;
use opg_runtime::{
	configs::{
		origins::Origin,
		pace::{DEVELOPMENT, LIVE, TESTNET},
		tracks::Tracks,
	},
	constants::time::{DAYS, MINUTES},
	Clock, OriginCaller, Runtime, RuntimeCall, RuntimeOrigin,
};
use pallet_referenda::TracksInfo;
use sp_runtime::{traits::Dispatchable, DispatchError::BadOrigin, Perbill};

const ORIGINS: [Origin; 11] = [
	Origin::WhitelistedCaller,
	Origin::StakingAdmin,
	Origin::Treasurer,
	Origin::ParameterAdmin,
	Origin::ModelCurator,
	Origin::NodeSlasher,
	Origin::ReferendumCanceller,
	Origin::ReferendumKiller,
	Origin::SmallSpender,
	Origin::MediumSpender,
	Origin::BigSpender,
];

#[test]
fn they_are_sound_sorted_and_one_leads_to_each_origin() {
	sp_io::TestExternalities::default().execute_with(|| {
		Tracks::check_integrity().expect("sorted");
		let ids: Vec<_> = Tracks::track_ids().collect();
		let mut callers = vec![OriginCaller::system(frame_system::RawOrigin::Root)];
		callers.extend(ORIGINS.map(OriginCaller::from));
		let led: Vec<_> =
			callers.iter().map(|caller| Tracks::track_for(caller).expect("a track")).collect();
		assert_eq!(led, ids, "each origin has a track of its own, and no track has none");
		let by_nobody = OriginCaller::system(frame_system::RawOrigin::None);
		assert!(Tracks::track_for(&by_nobody).is_err());
	});
}

#[test]
fn they_ask_for_less_as_time_passes_but_never_for_less_than_half_of_the_votes() {
	sp_io::TestExternalities::default().execute_with(|| {
		for track in Tracks::tracks() {
			let info = &track.info;
			let at = |part| Perbill::from_percent(part);
			let approval = [0, 50, 100].map(|part| info.min_approval.threshold(at(part)));
			let support = [0, 50, 100].map(|part| info.min_support.threshold(at(part)));
			assert!(approval.windows(2).all(|pair| pair[0] >= pair[1]), "{}", track.id);
			assert!(support.windows(2).all(|pair| pair[0] >= pair[1]), "{}", track.id);
			// Curves are computed to a billionth, and rounded.
			let half = Perbill::from_parts(499_999_990);
			assert!(approval[2] >= half && !support[2].is_zero(), "{}: {approval:?}", track.id);
			assert!(support[0] <= at(50), "{}", track.id);
		}
	});
}

#[test]
fn their_periods_are_those_of_the_chain_s_pace() {
	let root = || Tracks::info(0).expect("the root track").decision_period;
	sp_io::TestExternalities::default().execute_with(|| {
		assert_eq!(Clock::pace(), LIVE);
		assert_eq!(root(), 14 * DAYS);
	});
	on_the_local_testnet(|| {
		assert_eq!(Clock::pace(), TESTNET);
		assert_eq!(root(), 14 * MINUTES, "a day takes a minute");
		let first = Tracks::tracks().next().expect("a first").info.decision_period;
		assert_eq!(first, root(), "however it is asked for");
		assert_eq!(<Runtime as pallet_babe::Config>::EpochDuration::get(), 40);
		assert_eq!(<Runtime as pallet_staking::Config>::SessionsPerEra::get(), 3);
	});
	assert!([LIVE, DEVELOPMENT, TESTNET].iter().all(|pace| pace.is_sound()));
}

#[test]
fn curators_pause_models_and_slashers_take_bonds_and_neither_does_the_other() {
	on_the_local_testnet(|| {
		let calls: [(Origin, RuntimeCall); 2] = [
			(Origin::ModelCurator, pallet_models::Call::<Runtime>::pause { model: 0 }.into()),
			(
				Origin::NodeSlasher,
				pallet_nodes::Call::<Runtime>::slash { node: 0, amount: 1 }.into(),
			),
		];
		for (origin, call) in calls {
			for named in ORIGINS {
				let outcome = call.clone().dispatch(RuntimeOrigin::from(named));
				let refused = outcome.err().map(|refusal| refusal.error);
				assert_eq!(refused == Some(BadOrigin), named != origin, "{named:?}: {refused:?}");
			}
		}
		assert!(pallet_nodes::Nodes::<Runtime>::get(0).is_some_and(|node| node.slashed == 1));
	});
}
