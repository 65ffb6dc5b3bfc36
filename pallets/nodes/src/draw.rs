//! The draw: who of a model's list gets a job. Work grows with the seats, never with the list.

use crate::{Candidates, Config, Lists, NodeOf, Nodes, Pallet, Places, Status, WantedOf};
use alloc::{collections::BTreeSet, vec::Vec};
use codec::Encode;
use frame_support::traits::Get;
use opg_primitives::{
	node::{WorkerId, OBSERVES},
	NodeId, Role,
};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::traits::Saturating;

/// Places of a list looked at for each seat.
pub(crate) const PLACES_PER_SEAT: u32 = 4;

/// Silent nodes a draw of observers takes off their list.
const SILENT_PER_DRAW: usize = 8;

/// What nodes are drawn for. Their chance follows the bond either way: what else they have can be had for less.
#[derive(Clone, Copy)]
pub(crate) enum Purpose {
	/// To answer: of those with a place free.
	Work,
	/// To judge the answers of others, busy or not.
	Judging,
}

/// A node that may be drawn.
struct Candidate<AccountId> {
	node: NodeId,
	owner: AccountId,
	chance: u32,
}

impl<T: Config> Pallet<T> {
	/// Draws `seats` nodes of as many different owners and gives each the job; all or none.
	///
	/// A list of up to four places a seat is looked at whole, of a longer one as many places by seed. Those may hold too few
	/// owners though the list has more: another seed may find them.
	pub(crate) fn seat(wanted: &WantedOf<'_, T>, seats: u8, to: Purpose) -> Option<Vec<NodeId>> {
		let drawn = choose(Self::pool(wanted, seats, to), seats, wanted.seed)?;
		let stake = Self::at_stake(wanted.fee);
		for node in &drawn {
			Nodes::<T>::mutate_extant(node, |record| {
				record.capacity.take();
				record.exposure.take_on(stake);
			});
		}
		Some(drawn)
	}

	/// Who may be drawn among the places looked at.
	fn pool(wanted: &WantedOf<'_, T>, seats: u8, to: Purpose) -> Vec<Candidate<T::AccountId>> {
		let mut shunned: Vec<_> =
			wanted.not.iter().filter_map(Nodes::<T>::get).map(|one| one.owner).collect();
		shunned.push(wanted.asker.clone());
		let mut silent = Vec::new();
		let mut pool = Vec::new();
		for node in Self::looked_at(wanted, seats) {
			let Some(record) = Nodes::<T>::get(node) else { continue };
			if Self::is_silent(&record) {
				silent.push((node, record.owner));
				continue;
			}
			let may_be_drawn = record.status == Status::Active
				&& record.roles.holds(Role::Inference)
				&& !shunned.contains(&record.owner)
				&& Self::has_room(&record, wanted.fee, to);
			let chance = Self::bonded_jobs(&record);
			let is_free = match to {
				Purpose::Work => record.capacity.free(chance) > 0,
				Purpose::Judging => chance > 0,
			};
			if may_be_drawn && is_free {
				pool.push(Candidate { node, owner: record.owner, chance });
			}
		}
		// Who is silent comes back with its next heartbeat; until then it would only cost draws.
		silent.into_iter().for_each(|(node, owner)| Self::leave(wanted.model, node, &owner));
		pool
	}

	/// Nodes on the model's list: those at some places of it, or those that were named.
	fn looked_at(wanted: &WantedOf<'_, T>, seats: u8) -> Vec<NodeId> {
		let model = wanted.model;
		if !wanted.only.is_empty() {
			let named = wanted.only.iter().copied();
			return named.filter(|node| Places::<T>::contains_key(model, node)).collect();
		}
		places(wanted.seed, Lists::<T>::get(model).nodes, seats)
			.into_iter()
			.filter_map(|place| Candidates::<T>::get(model, place))
			.collect()
	}

	/// Draws up to `seats` nodes that observe feeds, of as many different owners. Nodes found silent leave the list, a few of them a draw.
	pub(crate) fn seat_observers(seed: H256, seats: u8) -> Vec<(NodeId, WorkerId)> {
		let mut pool = Vec::new();
		let mut silent = Vec::new();
		for place in places(seed, Lists::<T>::get(OBSERVES).nodes, seats) {
			let Some(node) = Candidates::<T>::get(OBSERVES, place) else { continue };
			let Some(record) = Nodes::<T>::get(node) else { continue };
			if Self::is_silent(&record) {
				silent.push((node, record.owner));
				continue;
			}
			let chance = Self::bonded_jobs(&record);
			if record.status == Status::Active && record.roles.holds(Role::Data) && chance > 0 {
				pool.push(Candidate { node, owner: record.owner, chance });
			}
		}
		for (node, owner) in silent.into_iter().take(SILENT_PER_DRAW) {
			Self::leave(OBSERVES, node, &owner);
		}
		let drawn = choose_up_to(pool, seats, seed);
		let worker = |node: NodeId| Nodes::<T>::get(node).map(|record| (node, record.worker));
		drawn.into_iter().filter_map(worker).collect()
	}

	fn is_silent(record: &NodeOf<T>) -> bool {
		let now = frame_system::Pallet::<T>::block_number();
		record.last_seen.is_none_or(|seen| now > seen.saturating_add(T::HeartbeatTimeout::get()))
	}
}

/// The most places looked at for `seats`.
fn width(seats: u8) -> u32 {
	u32::from(seats).saturating_mul(PLACES_PER_SEAT)
}

/// Which places of a list of `count` are looked at: all of a short list, some by seed of a long one.
fn places(seed: H256, count: u32, seats: u8) -> BTreeSet<u32> {
	let width = width(seats);
	if count <= width {
		return (0..count).collect();
	}
	let by_seed = |turn| word(seed, turn).checked_rem(count.into()).unwrap_or(0) as u32;
	(0..width).map(by_seed).collect()
}

/// Draws by chance among `pool`, without putting anybody back and one of an owner; all or none.
fn choose<AccountId: Clone + PartialEq>(
	pool: Vec<Candidate<AccountId>>,
	seats: u8,
	seed: H256,
) -> Option<Vec<NodeId>> {
	Some(choose_up_to(pool, seats, seed)).filter(|drawn| drawn.len() == usize::from(seats))
}

/// As [`choose`], but fewer where there are not so many owners.
fn choose_up_to<AccountId: Clone + PartialEq>(
	mut pool: Vec<Candidate<AccountId>>,
	seats: u8,
	seed: H256,
) -> Vec<NodeId> {
	let mut drawn = Vec::new();
	for seat in 0..u32::from(seats) {
		// The words before these chose the places.
		let ticket = word(seed, width(seats).saturating_add(seat));
		let Some((node, owner)) = winner(&pool, ticket) else { break };
		pool.retain(|candidate| candidate.owner != owner);
		drawn.push(node);
	}
	drawn
}

/// Whom a ticket falls on, each with its chance; `None` if nobody has any.
fn winner<AccountId: Clone>(
	pool: &[Candidate<AccountId>],
	ticket: u64,
) -> Option<(NodeId, AccountId)> {
	let all = pool.iter().fold(0u64, |sum, candidate| sum.saturating_add(candidate.chance.into()));
	let mut ticket = ticket.checked_rem(all)?;
	pool.iter().find_map(|candidate| {
		let chance = u64::from(candidate.chance);
		if ticket < chance {
			return Some((candidate.node, candidate.owner.clone()));
		}
		ticket = ticket.saturating_sub(chance);
		None
	})
}

/// The `index`-th number that follows from a seed.
fn word(seed: H256, index: u32) -> u64 {
	let hash = blake2_256(&(seed, index).encode());
	hash.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

#[cfg(test)]
mod tests {
	use super::{choose, places, Candidate};
	use crate::mock::seed;
	use std::collections::{BTreeMap, BTreeSet};

	#[test]
	fn looks_at_all_of_a_short_list() {
		assert_eq!(places(seed(1), 12, 3), (0..12).collect());
		assert!(places(seed(1), 0, 3).is_empty());
	}

	#[test]
	fn looks_at_a_few_places_of_a_long_list_and_by_other_seeds_at_others() {
		let looked_at: Vec<_> = (0..200).map(|number| places(seed(number), 50, 3)).collect();
		assert!(looked_at.iter().all(|places| places.len() <= 12));
		let all: BTreeSet<_> = looked_at.into_iter().flatten().collect();
		assert_eq!(all, (0..50).collect());
	}

	#[test]
	fn chooses_each_seat_apart_from_the_others() {
		let mut orders = BTreeMap::<_, u32>::new();
		for number in 0..2_400 {
			let pool = (0..4).map(|node| Candidate { node, owner: node, chance: 7 }).collect();
			let drawn = choose(pool, 3, seed(number)).expect("four owners");
			*orders.entry(drawn).or_default() += 1;
		}
		assert_eq!(orders.len(), 24, "every order of three of four");
		assert!(orders.values().all(|count| (50..150).contains(count)), "{orders:?}");
	}
}
