//! The people of the simulation: how many come, how they use the network, and when they stay away.

use crate::chance::Chance;

/// How the number of people who come changes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Scenario {
	/// It begins small, and more come every week.
	Growing,
	/// It begins with a settled crowd, and as many come as go.
	Steady,
	/// As steady use, until after two fifths of the time people lose interest.
	Collapsing,
}

impl Scenario {
	pub(crate) const ALL: [Self; 3] = [Self::Growing, Self::Steady, Self::Collapsing];

	pub(crate) const fn name(self) -> &'static str {
		match self {
			Self::Growing => "growing",
			Self::Steady => "steady",
			Self::Collapsing => "collapsing",
		}
	}
}

/// Who is there from the first week on where use does not begin small: about as many as are there in the long run.
const SETTLED: u32 = 330;
/// Who comes every week where that does not change.
const ARRIVALS: f64 = 20.0;
/// Who comes in the first week of growing use, and by how much more every week.
const FIRST_ARRIVALS: f64 = 6.0;
const GROWTH: f64 = 1.022;
/// What is left of the arrivals from week to week once people lose interest.
const DECAY: f64 = 0.85;
/// How many times likelier people are then to leave for good.
const DESERTION: u64 = 5;

/// What a person does with the network.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Habit {
	/// Half of all: tries it, and hardly ever again.
	Passing,
	/// Every third: uses it most weeks, for half a year on average.
	Regular,
	/// The others: use it nearly every week and more of it, for a year on average.
	Devoted,
}

impl Habit {
	fn of_newcomer(chance: &mut Chance) -> Self {
		match chance.below(100) {
			0..50 => Self::Passing,
			50..85 => Self::Regular,
			_ => Self::Devoted,
		}
	}

	/// Of a thousand weeks after the first, those with requests.
	const fn visits(self) -> u64 {
		match self {
			Self::Passing => 20,
			Self::Regular => 800,
			Self::Devoted => 960,
		}
	}

	/// Of a thousand such people, who leaves for good in a week.
	const fn leaves(self) -> u64 {
		match self {
			Self::Passing => 100,
			Self::Regular => 40,
			Self::Devoted => 20,
		}
	}

	/// The fewest and the most requests of a week.
	const fn requests(self) -> (u64, u64) {
		match self {
			Self::Passing => (1, 2),
			Self::Regular => (1, 4),
			Self::Devoted => (3, 8),
		}
	}
}

/// Somebody with an account.
struct Person {
	number: u32,
	habit: Habit,
}

/// What somebody does in a week.
pub(crate) struct Visit {
	/// Who: people are counted from 0.
	pub(crate) person: u32,
	/// Requests made.
	pub(crate) requests: u32,
}

/// Everybody who has come and not left for good.
pub(crate) struct People {
	scenario: Scenario,
	/// The first week in which people lose interest.
	turn: u32,
	chance: Chance,
	came: u32,
	here: Vec<Person>,
}

impl People {
	pub(crate) fn of(scenario: Scenario, weeks: u32) -> Self {
		let chance = Chance::of(scenario.name());
		Self { scenario, turn: weeks * 2 / 5, chance, came: 0, here: Vec::new() }
	}

	fn has_turned(&self, week: u32) -> bool {
		self.scenario == Scenario::Collapsing && week >= self.turn
	}

	fn arrivals(&mut self, week: u32) -> u32 {
		let expected = match self.scenario {
			Scenario::Growing => FIRST_ARRIVALS * GROWTH.powi(week as i32),
			_ if week == 0 => return SETTLED,
			_ if self.has_turned(week) => ARRIVALS * DECAY.powi((week - self.turn) as i32 + 1),
			_ => ARRIVALS,
		};
		// A whole number that is right on average.
		let part = (expected.fract() * 1_000.0) as u64;
		expected as u32 + u32::from(self.chance.hits(part))
	}

	/// What everybody does this week. Whoever comes for the first time makes requests.
	pub(crate) fn week(&mut self, week: u32) -> Vec<Visit> {
		let mut visits = Vec::new();
		let harder = if self.has_turned(week) { DESERTION } else { 1 };
		let chance = &mut self.chance;
		self.here.retain(|person| !chance.hits(person.habit.leaves() * harder));
		for person in &self.here {
			if chance.hits(person.habit.visits()) {
				visits.push(visit(person, chance));
			}
		}
		for _ in 0..self.arrivals(week) {
			// The crowd of the first week is the one that stays, not all who ever came.
			let habit = match (week, self.scenario) {
				(0, Scenario::Steady | Scenario::Collapsing) => {
					if self.chance.hits(530) {
						Habit::Regular
					} else {
						Habit::Devoted
					}
				},
				_ => Habit::of_newcomer(&mut self.chance),
			};
			let person = Person { number: self.came, habit };
			self.came += 1;
			visits.push(visit(&person, &mut self.chance));
			self.here.push(person);
		}
		visits
	}
}

fn visit(person: &Person, chance: &mut Chance) -> Visit {
	let (fewest, most) = person.habit.requests();
	let requests = fewest + chance.below(most - fewest + 1);
	Visit { person: person.number, requests: requests as u32 }
}
