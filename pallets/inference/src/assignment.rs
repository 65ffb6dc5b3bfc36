//! The draw: who gets a question whose turn has come, by randomness of two blocks after the question's.

use crate::{
	budget::Work, request::DRAW_DELAY, Assigned, CheckStage, Config, Event, Pallet,
	PreviousEntropy, Queue, QueueEntry, RequestOf, Requests, State,
};
use codec::Encode;
use frame_support::traits::Get;
use frame_system::pallet_prelude::BlockNumberFor;
use opg_primitives::{
	request::jury_of,
	seams::{
		AppDesk, BlockEntropy, Case, Entropy, ModelCatalogue, NodeRegistry, Panels, Question,
		Wanted,
	},
	Draw, NodeId, RequestId, TrustMode,
};
use sp_io::hashing::blake2_256;
use sp_runtime::traits::{AtLeast32BitUnsigned, BlockNumberProvider, One, Saturating};

/// Blocks for which a draw waits for two different authors in a row.
pub(crate) const MAX_AUTHOR_WAIT: u32 = 4;

/// The two blocks a draw mixes.
pub(crate) struct Mix {
	before: Entropy,
	now: Entropy,
	has_two_authors: bool,
}

impl Mix {
	/// The draw for a request; its state is part of it, since it may be drawn for more than once.
	fn draw<Clock: Encode>(&self, request: RequestId, state: &State<Clock>) -> Draw {
		self.seed(&(request, state))
	}

	/// Whether a draw whose turn came in block `ready_at` may happen: where there are several authors, not by two blocks of one, unless
	/// it has waited for another long enough.
	pub(crate) fn is_fit<BlockNumber: AtLeast32BitUnsigned>(
		&self,
		ready_at: BlockNumber,
		now: BlockNumber,
	) -> bool {
		self.has_two_authors || now >= ready_at.saturating_add(MAX_AUTHOR_WAIT.into())
	}

	/// A seed for anything else.
	pub(crate) fn seed(&self, subject: &impl Encode) -> Draw {
		Draw::from(blake2_256(&(self.before.output, self.now.output, subject).encode()))
	}
}

/// What became of a question whose turn came.
enum Turn {
	/// Somebody has it, or it needs nobody any more.
	Over,
	/// Nobody is free: the turn comes again.
	Waits,
}

impl Turn {
	const fn over_if(done: bool) -> Self {
		if done {
			Self::Over
		} else {
			Self::Waits
		}
	}
}

/// What drawing for one question costs, in draws of a single node: four places are looked at for each seat, each of which may hold a
/// silent node to take off its list, and the panel and its places in the ring are written.
const fn cost_of_seats(seats: u8) -> u32 {
	(seats as u32).saturating_mul(8).saturating_add(4)
}

impl<T: Config> Pallet<T> {
	/// Draws for the questions whose turn has come, and what is due for a re-run, as far as there is room; counts it in single draws.
	pub(crate) fn draw_waiting(now: BlockNumberFor<T>, work: &mut Work) {
		let Some(mix) = Self::mix() else { return };
		let room = work.room_for_draws::<T>();
		let mut spent = Self::draw_checks(&mix, now);
		let mut left = Self::queue_len(Queue::Waiting);
		while left > 0 && spent < room {
			left = left.saturating_sub(1);
			let Some(entry) = Self::pop_ready(Queue::Waiting, now) else { break };
			let (turn, cost) = Self::take_turn(&mix, &entry, now);
			spent = spent.saturating_add(cost);
			if let Turn::Waits = turn {
				// Who waits for a second author keeps counting from when its turn came first.
				let ready_at = if mix.has_two_authors {
					now.saturating_add(One::one())
				} else {
					entry.ready_at
				};
				Self::push_waiting(entry.request, ready_at);
			}
		}
		work.drawn = work.drawn.saturating_add(spent);
	}

	/// Puts a question in the queue; its turn comes once nobody can know the draw any more.
	pub(crate) fn wait_for_draw(request: RequestId) {
		let now = frame_system::Pallet::<T>::block_number();
		Self::push_waiting(request, now.saturating_add(DRAW_DELAY.into()));
	}

	/// Remembers this block's contribution and mixes it with the last block's.
	fn mix() -> Option<Mix> {
		let now = T::Entropy::current();
		let before = PreviousEntropy::<T>::get();
		PreviousEntropy::<T>::set(now);
		let (now, before) = (now?, before?);
		let has_two_authors = T::Entropy::authors() <= 1 || now.author != before.author;
		Some(Mix { before, now, has_two_authors })
	}

	fn take_turn(
		mix: &Mix,
		entry: &QueueEntry<BlockNumberFor<T>>,
		now: BlockNumberFor<T>,
	) -> (Turn, u32) {
		let request = entry.request;
		let Some(record) = Requests::<T>::get(request) else { return (Turn::Over, 1) };
		if !mix.is_fit(entry.ready_at, now) {
			return (Turn::Waits, 1);
		}
		let draw = mix.draw(request, &record.state);
		match (&record.state, record.trust) {
			(State::Waiting, TrustMode::Attested | TrustMode::Proved) => {
				// An app may name a few nodes, each of which is looked at.
				let cost = if record.sponsor.is_some() { 4 } else { 1 };
				(Self::assign(request, record, draw), cost)
			},
			(State::Waiting, TrustMode::Quorum { nodes, agree }) => {
				(Self::convene(request, record, draw, nodes, agree), cost_of_seats(nodes))
			},
			(State::Escalated, trust) => (
				Turn::over_if(T::Panels::escalate(Case::Request(request), draw)),
				cost_of_seats(jury_of(trust.nodes())),
			),
			(State::Settled { .. }, _) => Self::take_check_turn(request, record, draw, now),
			_ => (Turn::Over, 1),
		}
	}

	fn take_check_turn(
		request: RequestId,
		record: RequestOf<T>,
		draw: Draw,
		now: BlockNumberFor<T>,
	) -> (Turn, u32) {
		let Some(check) = &record.check else { return (Turn::Over, 1) };
		if T::Clock::current_block_number() > check.until {
			Self::close_undecided(request, record);
			return (Turn::Over, 1);
		}
		let nodes = crate::check::NODES;
		match check.stage {
			// A turn left over from a panel that came to nothing: the new one's comes later.
			CheckStage::Waiting if now < check.drawn_from => (Turn::Over, 1),
			CheckStage::Waiting => {
				(Turn::over_if(Self::convene_check(request, record, draw)), cost_of_seats(nodes))
			},
			CheckStage::Escalated => (
				Turn::over_if(T::Panels::escalate(Case::Check(request), draw)),
				cost_of_seats(jury_of(nodes)),
			),
			CheckStage::Convened => (Turn::Over, 1),
		}
	}

	fn assign(request: RequestId, mut record: RequestOf<T>, draw: Draw) -> Turn {
		let since = T::Clock::current_block_number();
		if record.deadline.saturating_sub(since) < T::MinAnswerTime::get() {
			return Turn::Over;
		}
		let faulty = record.fault.map(|(node, _)| node);
		let not: alloc::vec::Vec<NodeId> = record.missed_by.into_iter().chain(faulty).collect();
		let only = record.through.map(T::Apps::nodes).unwrap_or_default();
		let wanted = Wanted {
			model: record.model,
			seed: draw,
			asker: &record.requester,
			not: &not,
			only: &only,
			fee: record.price,
		};
		let Some(node) = T::Nodes::draw(&wanted) else {
			if record.sponsor.is_none() {
				T::Models::note_wait(record.model);
			}
			return Turn::Waits;
		};
		record.state = State::Assigned { node, draw, since };
		record.draw = draw;
		Requests::<T>::insert(request, record);
		Assigned::<T>::insert(node, request, draw);
		Self::deposit_event(Event::Assigned { request, node, draw });
		Turn::Over
	}

	fn convene(
		request: RequestId,
		mut record: RequestOf<T>,
		draw: Draw,
		nodes: u8,
		agree: u8,
	) -> Turn {
		let since = T::Clock::current_block_number();
		if record.deadline.saturating_sub(since) < T::Panels::least_time(record.model).into() {
			return Turn::Over;
		}
		let question = Question {
			case: Case::Request(request),
			model: record.model,
			nodes,
			agree,
			seed: draw,
			asker: record.requester.clone(),
			fee: record.price,
			claim: None,
		};
		if !T::Panels::convene(question) {
			T::Models::note_wait(record.model);
			return Turn::Waits;
		}
		record.state = State::Convened { since };
		record.draw = draw;
		Requests::<T>::insert(request, record);
		Self::deposit_event(Event::Convened { request, draw });
		Turn::Over
	}
}
