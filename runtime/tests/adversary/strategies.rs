//! What an attacker does in each place its nodes are given: decisions without a chain.

use crate::chance::Chance;
use codec::Encode;

/// How an attacker plays.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Strategy {
	/// As everybody else.
	Honest,
	/// Lies in every seat.
	LieAlways,
	/// Lies in half of the answers and covers the lies.
	LieHalf,
	/// Lies where it answers alone and covers the lies.
	LieAlone,
	/// Lies where enough seats are its own to reach `agree`.
	LieWithAgreement,
	/// Lies only where every seat is its own.
	LieWithAllSeats,
	/// Guesses where answers are hidden, repeats them where they are known, and runs nothing in
	/// either case.
	Copy,
	/// Commits and never shows.
	Withhold,
	/// Never answers.
	Silence,
	/// Says that there is no answer.
	FalseFaults,
	/// Asks what one half of the machines answers differently from the other, until others are in
	/// jail, and does their work.
	Poison,
	/// The same with what one machine in ten answers differently from the others.
	PoisonFew,
	/// Has others punished by poison, then lies where it answers alone or every seat is its own.
	PoisonThenLie,
	/// Asks its own nodes and answers honestly.
	SelfDealing,
	/// Buys answers of itself as dear as the pot for re-runs can pay for, to be paid for running
	/// them again.
	DealDear,
	/// Asks its own nodes until they may carry many jobs, then lies where every seat is its own.
	SwellThenLie,
	/// Buys dear answers of itself, so that they are run again instead of others, and lies where it
	/// answers alone.
	DiluteThenLie,
	/// Draws each decision anew.
	Mixture,
	/// Drew its decision for each situation once, by this number.
	Fixed(u64),
}

impl Strategy {
	pub(crate) fn name(self) -> String {
		match self {
			Self::Honest => "honest".into(),
			Self::LieAlways => "lie always".into(),
			Self::LieHalf => "lie with p = 1/2".into(),
			Self::LieAlone => "lie when alone".into(),
			Self::LieWithAgreement => "lie when `agree` seats are its own".into(),
			Self::LieWithAllSeats => "lie when all seats are its own".into(),
			Self::Copy => "copy".into(),
			Self::Withhold => "withhold".into(),
			Self::Silence => "silence".into(),
			Self::FalseFaults => "false faults".into(),
			Self::Poison => "poison".into(),
			Self::PoisonFew => "poison for one machine in ten".into(),
			Self::PoisonThenLie => "poison, then lie".into(),
			Self::SelfDealing => "self-dealing".into(),
			Self::DealDear => "self-dealing, dear".into(),
			Self::SwellThenLie => "swell, then lie when all seats are its own".into(),
			Self::DiluteThenLie => "dilute, then lie when alone".into(),
			Self::Mixture => "random mixture".into(),
			Self::Fixed(number) => format!("fixed at random, number {number}"),
		}
	}

	/// Whether its own model is one that machines answer differently.
	pub(crate) const fn poisons(self) -> bool {
		matches!(self, Self::Poison | Self::PoisonFew | Self::PoisonThenLie)
	}
}

/// Seats drawn together, and how many of them are the attacker's.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode)]
pub(crate) struct Seats {
	pub(crate) mine: u32,
	pub(crate) all: u32,
}

impl Seats {
	const fn others(self) -> u32 {
		self.all - self.mine
	}

	const fn are_all_mine(self) -> bool {
		self.others() == 0
	}

	/// Whether those who commit and stay silent leave the panel without half of its answers.
	const fn can_silence(self) -> bool {
		self.others() * 2 < self.all
	}

	/// Whether others alone are no two thirds of a jury.
	const fn can_block(self) -> bool {
		self.others() < (self.all * 2).div_ceil(3)
	}
}

/// Where a node of the attacker finds itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode)]
pub(crate) enum Place {
	/// It answers a request alone.
	Alone,
	/// It answers a request with others.
	Quorum { seats: Seats, agree: u32 },
	/// It runs a settled answer again, which may be a lie of its own side.
	Check { seats: Seats, is_own_lie: bool },
	/// It sits in a jury; a lie of its own side may be found out.
	Jury { seats: Seats, is_own_lie: bool },
}

/// What it does there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Deed {
	/// Runs the model and says what came out.
	Truth,
	/// Says what its side agreed to say.
	Lie,
	/// Says something.
	Guess,
	/// Says what was said before.
	Copy,
	/// Says that there is no answer.
	Fault,
	/// Says nothing.
	Silence,
	/// Commits to the lie and never shows it.
	Withhold,
}

const ALONE: [Deed; 5] = [Deed::Truth, Deed::Lie, Deed::Guess, Deed::Fault, Deed::Silence];
const TOGETHER: [Deed; 7] =
	[Deed::Truth, Deed::Lie, Deed::Guess, Deed::Copy, Deed::Fault, Deed::Silence, Deed::Withhold];

/// The deed of all the attacker's seats in a place, or of one seat where decisions are drawn anew.
pub(crate) fn decide(strategy: Strategy, place: Place, chance: &mut Chance) -> Deed {
	match strategy {
		Strategy::Honest
		| Strategy::SelfDealing
		| Strategy::DealDear
		| Strategy::Poison
		| Strategy::PoisonFew => Deed::Truth,
		Strategy::LieAlways => Deed::Lie,
		Strategy::LieHalf => lie_or_cover(place, |_| chance.hits(500)),
		Strategy::LieAlone | Strategy::DiluteThenLie => {
			lie_or_cover(place, |place| place == Place::Alone)
		},
		Strategy::LieWithAgreement => lie_or_cover(
			place,
			|place| matches!(place, Place::Quorum { seats, agree } if seats.mine >= agree),
		),
		Strategy::LieWithAllSeats | Strategy::SwellThenLie => lie_or_cover(
			place,
			|place| matches!(place, Place::Quorum { seats, .. } if seats.are_all_mine()),
		),
		Strategy::PoisonThenLie => lie_or_cover(place, |place| match place {
			Place::Quorum { seats, .. } => seats.are_all_mine(),
			place => place == Place::Alone,
		}),
		Strategy::Copy => match place {
			Place::Alone => Deed::Truth,
			Place::Quorum { .. } => Deed::Guess,
			Place::Check { .. } | Place::Jury { .. } => Deed::Copy,
		},
		Strategy::Withhold if place != Place::Alone => Deed::Withhold,
		Strategy::Withhold => Deed::Truth,
		Strategy::Silence => Deed::Silence,
		Strategy::FalseFaults => Deed::Fault,
		Strategy::Mixture => any(place, chance),
		Strategy::Fixed(number) => any(place, &mut Chance::of((number, place))),
	}
}

fn any(place: Place, chance: &mut Chance) -> Deed {
	if place == Place::Alone {
		chance.one_of(&ALONE)
	} else {
		chance.one_of(&TOGETHER)
	}
}

/// Lies where `lies` says so, and elsewhere keeps lies of its side from being found out where that
/// cannot be punished.
fn lie_or_cover(place: Place, mut lies: impl FnMut(Place) -> bool) -> Deed {
	match place {
		Place::Alone | Place::Quorum { .. } if lies(place) => Deed::Lie,
		Place::Check { seats, is_own_lie: true } if seats.are_all_mine() => Deed::Copy,
		Place::Check { seats, is_own_lie: true } if seats.can_silence() => Deed::Withhold,
		Place::Jury { seats, is_own_lie: true } if seats.can_block() => Deed::Lie,
		_ => Deed::Truth,
	}
}

#[cfg(test)]
mod tests {
	use super::{decide, Deed, Place, Seats, Strategy};
	use crate::chance::Chance;

	const fn seats(mine: u32, all: u32) -> Seats {
		Seats { mine, all }
	}

	fn deed(strategy: Strategy, place: Place) -> Deed {
		decide(strategy, place, &mut Chance::of(0u8))
	}

	#[test]
	fn lies_are_covered_only_where_nobody_can_be_punished_for_it() {
		let check = |mine| Place::Check { seats: seats(mine, 3), is_own_lie: true };
		let jury = |mine| Place::Jury { seats: seats(mine, 7), is_own_lie: true };
		let deeds = |place: &dyn Fn(u32) -> Place, most| {
			(0..=most).map(|mine| deed(Strategy::LieAlone, place(mine))).collect::<Vec<_>>()
		};
		assert_eq!(deeds(&check, 3), [Deed::Truth, Deed::Truth, Deed::Withhold, Deed::Copy]);
		assert_eq!(deeds(&jury, 3), [Deed::Truth, Deed::Truth, Deed::Truth, Deed::Lie]);
	}

	#[test]
	fn who_lies_only_with_all_seats_never_lies_with_fewer() {
		let quorum = |mine| Place::Quorum { seats: seats(mine, 3), agree: 2 };
		assert_eq!(deed(Strategy::LieWithAllSeats, quorum(2)), Deed::Truth);
		assert_eq!(deed(Strategy::LieWithAllSeats, quorum(3)), Deed::Lie);
		assert_eq!(deed(Strategy::LieWithAgreement, quorum(2)), Deed::Lie);
		assert_eq!(deed(Strategy::LieWithAgreement, Place::Alone), Deed::Truth);
	}

	#[test]
	fn a_fixed_strategy_does_the_same_in_the_same_place() {
		let place = Place::Quorum { seats: seats(1, 3), agree: 2 };
		for number in 0..20 {
			let strategy = Strategy::Fixed(number);
			assert_eq!(deed(strategy, place), decide(strategy, place, &mut Chance::of(7u8)));
		}
	}
}
