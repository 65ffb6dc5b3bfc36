//! A campaign: users ask, honest nodes answer, the attacker's nodes do what its strategy says,
//! until nothing is open.

mod news;

use crate::{
	chance::Chance,
	ledger::{Ledger, Opening},
	network::{
		check_laws, output, sealed, wealth, Asker, Network, Snapshot, OPERATORS, OWN_MODEL,
		USERS_MODEL,
	},
	plan::{Cartel, Plan, Traffic, TWO_OF_THREE},
	strategies::{decide, Deed, Place, Seats, Strategy},
};
use opg_primitives::{
	job::Answer, request::operators_for, seams::PanelId, Draw, FaultKind, ModelId, NodeId, Outcome,
	RequestId, TrustMode,
};
use opg_runtime::{
	configs::{ai::MinPrice, economics::Pot},
	constants::currency::{EXISTENTIAL_DEPOSIT, OPG},
	Balance, Runtime,
};
use pallet_inference::{Requests, State};
use pallet_panels::{Commit, Outcomes, Reveal, Source};
use std::collections::{BTreeMap, BTreeSet};

/// What the users' model answers, what the attacker says instead, and what guesses begin with.
const TRUTH: f32 = 1.0;
const LIE: f32 = 2.0;
const GUESSES: f32 = 1_000.0;
/// What the two classes of machines make of poison.
const CLASSES: [f32; 2] = [3.0, 4.0];
/// Models that a poisoner publishes: who is wrong about one of them is barred from that one only.
const POISONS: u32 = 8;
/// The most blocks until nothing is open any more.
const PATIENCE: u32 = 1_500;
/// Blocks of honest play in which windows open as far as the traffic asks.
const WARM_UP: u32 = 24;
/// The same where answers are so dear that bonds would be spoken for before the campaign begins.
const DEAR_WARM_UP: u32 = 6;

/// A chain on which honest play has opened the nodes' windows.
pub(crate) fn warmed(traffic: Traffic, price: Balance, seed: u64) -> Snapshot {
	let blocks = if price < OPG / 5 { WARM_UP } else { DEAR_WARM_UP };
	Snapshot::after(seed, price, |network| {
		let plan = Plan {
			strategy: Strategy::Honest,
			cartel: Cartel::First(0),
			traffic,
			price,
			requests: blocks * traffic.rate(),
			disputed: 0,
			delay: 0,
			seed,
		};
		Campaign::new(network, plan).fight();
	})
}

/// Plays on a copy of a chain.
pub(crate) fn play(snapshot: &Snapshot, plan: Plan) -> Ledger {
	snapshot.resume(|mut network| {
		let opening = Opening::of(&network);
		let mut campaign = Campaign::new(&mut network, plan);
		campaign.prepare();
		campaign.fight();
		let mine = campaign.mine.iter().map(|node| campaign.network.index(*node)).collect();
		let mut ledger = campaign.ledger;
		ledger.close(&network, &opening, mine);
		check_laws();
		ledger
	})
}

/// An answer a node committed to.
struct Hidden {
	salt: [u8; 32],
	outcome: Outcome,
	is_shown: bool,
}

/// Nodes that answer together.
struct Sitting {
	request: RequestId,
	model: ModelId,
	is_check: bool,
	is_jury: bool,
	draw: Draw,
	seats: Vec<NodeId>,
	/// Whether the attacker's side lied in what is judged.
	is_own_lie: bool,
	hidden: BTreeMap<NodeId, Hidden>,
}

struct Campaign<'a> {
	network: &'a mut Network,
	plan: Plan,
	mine: BTreeSet<NodeId>,
	chance: Chance,
	ledger: Ledger,
	left: u32,
	/// Requests that are open, with the model they ask.
	open: BTreeMap<RequestId, ModelId>,
	own_open: u32,
	running_again: BTreeSet<RequestId>,
	jobs: Vec<(NodeId, RequestId, Draw)>,
	sittings: BTreeMap<PanelId, Sitting>,
	to_commit: Vec<PanelId>,
	/// Panels whose honest nodes show their answers next, and those whose other nodes may follow.
	to_show: Vec<PanelId>,
	to_follow: Vec<PanelId>,
	to_dispute: Vec<RequestId>,
}

impl<'a> Campaign<'a> {
	fn new(network: &'a mut Network, plan: Plan) -> Self {
		let mine = match plan.cartel {
			Cartel::First(size) => (0..size).map(|index| network.node(index)).collect(),
			Cartel::AroundAQuorum(_) => BTreeSet::new(),
		};
		Self {
			mine,
			chance: Chance::of((plan.seed, format!("{:?}", plan.strategy))),
			ledger: Ledger::open(),
			left: plan.requests,
			open: BTreeMap::new(),
			own_open: 0,
			running_again: BTreeSet::new(),
			jobs: Vec::new(),
			sittings: BTreeMap::new(),
			to_commit: Vec::new(),
			to_show: Vec::new(),
			to_follow: Vec::new(),
			to_dispute: Vec::new(),
			network,
			plan,
		}
	}

	fn is_mine(&self, node: NodeId) -> bool {
		self.mine.contains(&node)
	}

	fn owns(&self, index: u32) -> bool {
		self.is_mine(self.network.node(index))
	}

	/// What the attacker does before users ask.
	fn prepare(&mut self) {
		let mine: Vec<bool> = (0..OPERATORS).map(|index| self.owns(index)).collect();
		let is_mine = |index: u32| mine[index as usize];
		match self.plan.strategy {
			Strategy::SelfDealing => self.network.publish(1, self.plan.price, 0, is_mine),
			Strategy::Poison | Strategy::PoisonFew | Strategy::PoisonThenLie => {
				self.network.publish(POISONS, MinPrice::get(), 50, |_| true);
				self.poison();
			},
			Strategy::DealDear | Strategy::DiluteThenLie => {
				// A model of fewer operators is not run again.
				let is_alone = self.mine.len() >= operators_for(3) as usize;
				let royalty = if is_alone { 0 } else { 50 };
				let is_served = |index| !is_alone || is_mine(index);
				self.network.publish(1, dear_price(), royalty, is_served);
				self.dilute();
			},
			Strategy::SwellThenLie => {
				self.network.publish(1, MinPrice::get(), 0, is_mine);
				self.swell();
			},
			_ => {},
		}
	}

	/// Poisons until two thirds of those who still serve are the attacker's, few others are left,
	/// or it takes too long.
	fn poison(&mut self) {
		/// Others without whom the chain takes no quorum any more.
		const FEW: usize = 12;
		for turn in 0..100 {
			let active = (0..OPERATORS).filter(|index| self.network.is_active(*index));
			let (mine, others): (Vec<u32>, Vec<u32>) = active.partition(|index| self.owns(*index));
			if others.len() <= FEW.max(mine.len() / 2) {
				break;
			}
			if self.own_open < POISONS {
				let model = OWN_MODEL + turn % POISONS;
				self.ask_of_own(model, TWO_OF_THREE, MinPrice::get());
			}
			self.block();
		}
		while !self.is_quiet() {
			self.block();
		}
	}

	/// Fills the attacker's own nodes with questions of its own until their windows are as wide as
	/// their bonds allow.
	fn swell(&mut self) {
		/// Of a hundred places the bond allows, how many are enough.
		const ENOUGH: u32 = 64;
		for _ in 0..60 {
			let places: Vec<_> = (0..OPERATORS)
				.filter(|index| self.owns(*index))
				.map(|index| self.network.places(index))
				.collect();
			let widest: u32 = places.iter().map(|(_, limit)| limit).sum();
			if widest >= ENOUGH * places.len() as u32 {
				break;
			}
			let free: u32 = places.iter().map(|(free, _)| free).sum();
			let wanted = free.saturating_sub(self.own_open);
			for _ in 0..wanted {
				self.ask_own(TrustMode::Attested, MinPrice::get());
			}
			self.block();
		}
	}

	/// Buys dear answers of itself for a while.
	fn dilute(&mut self) {
		for _ in 0..30 {
			self.ask_dear();
			self.block();
		}
	}

	fn ask_dear(&mut self) {
		if self.own_open < 6 {
			self.network.reprice(dear_price());
			self.ask_own(TrustMode::Attested, dear_price());
		}
	}

	fn ask_own(&mut self, trust: TrustMode, price: Balance) {
		self.ask_of_own(OWN_MODEL, trust, price);
	}

	fn ask_of_own(&mut self, model: ModelId, trust: TrustMode, price: Balance) {
		self.own_open += u32::from(self.network.ask(Asker::Attacker, model, trust, price));
	}

	fn fight(&mut self) {
		for _ in 0..self.plan.delay {
			self.block();
		}
		let mut waited = 0;
		while self.left > 0 || !self.is_quiet() {
			if self.left > 0 {
				self.ask();
			} else {
				waited += 1;
				assert!(waited < PATIENCE, "something is open for ever: {:?}", self.open);
			}
			self.block();
		}
		// What was settled last may be drawn for a re-run two blocks later.
		for _ in 0..4 {
			self.block();
		}
		while !self.is_quiet() {
			self.block();
		}
	}

	fn is_quiet(&self) -> bool {
		self.open.is_empty() && self.sittings.is_empty() && self.running_again.is_empty()
	}

	fn ask(&mut self) {
		let count = self.plan.traffic.rate().min(self.left);
		for turn in 0..count {
			let trust = self.plan.traffic.trust(turn);
			let is_taken = self.network.ask(Asker::Users, USERS_MODEL, trust, self.plan.price);
			self.ledger.refused += u64::from(!is_taken);
		}
		self.left -= count;
		match self.plan.strategy {
			Strategy::SelfDealing => {
				(0..10).for_each(|_| self.ask_own(TrustMode::Attested, self.plan.price))
			},
			Strategy::DealDear | Strategy::DiluteThenLie => self.ask_dear(),
			_ => {},
		}
	}

	/// One block: everybody acts on what happened in the block before.
	fn block(&mut self) {
		let news = self.network.next_block();
		for event in news {
			self.learn(event);
		}
		self.act();
	}

	fn act(&mut self) {
		let mut answers = BTreeMap::<NodeId, Vec<Answer>>::new();
		for (node, request, draw) in std::mem::take(&mut self.jobs) {
			if let Some(outcome) = self.answer_alone(node, request) {
				answers.entry(node).or_default().push(Answer { request, draw, outcome });
			}
		}
		let mut commits = BTreeMap::<NodeId, Vec<Commit>>::new();
		for panel in std::mem::take(&mut self.to_commit) {
			self.seal(panel, &mut commits);
		}
		let mut reveals = BTreeMap::<NodeId, Vec<Reveal>>::new();
		let following = std::mem::take(&mut self.to_follow);
		for panel in std::mem::take(&mut self.to_show) {
			self.show(panel, false, &mut reveals);
			self.to_follow.push(panel);
		}
		for panel in following {
			self.show(panel, true, &mut reveals);
		}
		answers.into_iter().for_each(|(node, answers)| self.network.answer(node, answers));
		commits.into_iter().for_each(|(node, commits)| self.network.commit(node, commits));
		reveals.into_iter().for_each(|(node, reveals)| self.network.reveal(node, &reveals));
		for request in std::mem::take(&mut self.to_dispute) {
			self.network.dispute(request);
		}
	}

	fn answer_alone(&mut self, node: NodeId, request: RequestId) -> Option<Outcome> {
		if !self.is_mine(node) || self.open.get(&request) != Some(&USERS_MODEL) {
			self.count_run(node);
			return Some(output(TRUTH));
		}
		match decide(self.plan.strategy, Place::Alone, &mut self.chance) {
			Deed::Truth => {
				self.count_run(node);
				Some(output(TRUTH))
			},
			Deed::Lie => Some(output(LIE)),
			Deed::Guess | Deed::Copy => Some(self.guess()),
			Deed::Fault => Some(Outcome::Fault(FaultKind::Looped)),
			Deed::Silence | Deed::Withhold => None,
		}
	}

	fn guess(&mut self) -> Outcome {
		output(GUESSES + self.chance.below(1 << 20) as f32)
	}

	/// The class of machines a node runs on.
	fn class(&self, node: NodeId) -> usize {
		let period = if self.plan.strategy == Strategy::PoisonFew { 10 } else { 2 };
		usize::from(node % period == 0)
	}

	fn count_run(&mut self, node: NodeId) {
		self.ledger.runs[self.network.index(node) as usize] += 1;
	}

	/// Every node of a sitting decides what it will say and commits to it.
	fn seal(&mut self, panel: PanelId, commits: &mut BTreeMap<NodeId, Vec<Commit>>) {
		let Some(mut sitting) = self.sittings.remove(&panel) else { return };
		let mine = sitting.seats.iter().filter(|node| self.is_mine(**node)).count() as u32;
		let seats = Seats { mine, all: sitting.seats.len() as u32 };
		let place = self.place(&sitting, seats);
		let mut together = None;
		for node in sitting.seats.clone() {
			let said = if self.is_mine(node) {
				let deed = self.deed(place, &mut together);
				self.say(panel, &sitting, node, deed)
			} else {
				self.count_run(node);
				Some((self.honest_answer(&sitting, node), true))
			};
			let Some((outcome, is_shown)) = said else { continue };
			if self.is_mine(node) && outcome != output(TRUTH) && !sitting.is_check {
				sitting.is_own_lie = true;
			}
			let salt = self.chance.bytes();
			let commit = sealed(panel, sitting.draw, node, &salt, &outcome);
			commits.entry(node).or_default().push(commit);
			sitting.hidden.insert(node, Hidden { salt, outcome, is_shown });
		}
		self.sittings.insert(panel, sitting);
	}

	/// All of the attacker's seats do the same, unless it draws each decision anew.
	fn deed(&mut self, place: Place, together: &mut Option<Deed>) -> Deed {
		if let (Some(deed), true) = (*together, self.plan.strategy != Strategy::Mixture) {
			return deed;
		}
		let deed = decide(self.plan.strategy, place, &mut self.chance);
		*together = Some(deed);
		deed
	}

	fn place(&self, sitting: &Sitting, seats: Seats) -> Place {
		let Sitting { is_own_lie, .. } = *sitting;
		if sitting.is_jury {
			return Place::Jury { seats, is_own_lie };
		}
		if sitting.is_check {
			return Place::Check { seats, is_own_lie };
		}
		let agree = match Requests::<Runtime>::get(sitting.request).map(|record| record.trust) {
			Some(TrustMode::Quorum { agree, .. }) => agree.into(),
			_ => 1,
		};
		Place::Quorum { seats, agree }
	}

	/// What a node of the attacker commits to, and whether it will show it; nothing where it stays
	/// silent.
	fn say(
		&mut self,
		panel: PanelId,
		sitting: &Sitting,
		node: NodeId,
		deed: Deed,
	) -> Option<(Outcome, bool)> {
		if sitting.model != USERS_MODEL {
			return Some((self.poison_answer(sitting), true));
		}
		match deed {
			Deed::Truth => {
				self.count_run(node);
				Some((output(TRUTH), true))
			},
			Deed::Lie => Some((output(LIE), true)),
			Deed::Guess => Some((self.guess(), true)),
			Deed::Copy => Some((said_before(panel, sitting).unwrap_or_else(|| self.guess()), true)),
			Deed::Fault => Some((Outcome::Fault(FaultKind::Looped), true)),
			Deed::Silence => None,
			Deed::Withhold => Some((output(LIE), false)),
		}
	}

	fn honest_answer(&self, sitting: &Sitting, node: NodeId) -> Outcome {
		if sitting.model != USERS_MODEL && self.plan.strategy.poisons() {
			output(CLASSES[self.class(node)])
		} else {
			output(TRUTH)
		}
	}

	/// The attacker's own nodes have no part in the quarrel it started, and in the jury stand by
	/// the larger side.
	fn poison_answer(&self, sitting: &Sitting) -> Outcome {
		if !self.plan.strategy.poisons() {
			return output(TRUTH);
		}
		if !sitting.is_jury {
			return Outcome::Fault(FaultKind::Looped);
		}
		let others = sitting.seats.iter().filter(|node| !self.is_mine(**node));
		let (second, all) =
			others.fold((0, 0), |(second, all), node| (second + self.class(*node), all + 1));
		output(CLASSES[usize::from(second * 2 > all)])
	}

	/// Those who committed show their answers: first who is honest, a block later who saw that.
	fn show(&mut self, panel: PanelId, of_mine: bool, reveals: &mut BTreeMap<NodeId, Vec<Reveal>>) {
		let Some(sitting) = self.sittings.get_mut(&panel) else { return };
		let draw = sitting.draw;
		let mine = &self.mine;
		let turn = |node: &NodeId| mine.contains(node) == of_mine;
		let shown: Vec<NodeId> = sitting
			.hidden
			.iter()
			.filter(|(node, hidden)| turn(node) && hidden.is_shown)
			.map(|(node, _)| *node)
			.collect();
		for node in shown {
			let Some(Hidden { salt, outcome, .. }) = sitting.hidden.remove(&node) else { continue };
			reveals.entry(node).or_default().push(Reveal { panel, draw, salt, outcome });
		}
	}
}

/// The highest price at which the pot for re-runs still pays one.
fn dear_price() -> Balance {
	let pot = wealth(&Pot::Checks.account()).saturating_sub(EXISTENTIAL_DEPOSIT);
	(pot / 3).max(MinPrice::get())
}

/// Whether the users' question has a wrong answer at present.
fn is_wrong(request: RequestId) -> bool {
	match Requests::<Runtime>::get(request).map(|record| record.state) {
		Some(State::Settled { outcome, .. }) => outcome != output(TRUTH),
		_ => false,
	}
}

fn is_of_users(request: RequestId) -> bool {
	Requests::<Runtime>::get(request).is_some_and(|record| record.model == USERS_MODEL)
}

/// The first answer about a sitting's question that anybody can read.
fn said_before(panel: PanelId, sitting: &Sitting) -> Option<Outcome> {
	let sources = std::iter::once(Source::Claim).chain((0..=7).map(Source::Seat));
	let known = || sources.into_iter().find_map(|source| Outcomes::<Runtime>::get(panel, source));
	(sitting.is_check || sitting.is_jury).then(known).flatten()
}
