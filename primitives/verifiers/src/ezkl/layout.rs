//! Where an EVM contract would keep the points that a proof is opened at, and what it makes of them.
//!
//! Here that only serves to name the points of each set; all places have to be consistent.

use super::{
	words::{Packed, Section},
	Fault, Feature, KeyError,
};
use alloc::vec::Vec;

/// Most sets of points: the artefact has a word with three bytes for each.
const MAX_SETS: usize = 10;

/// The points in the order of their rotations, by where they and their differences from μ are.
pub(super) struct Points {
	pub(super) rotations: Vec<i32>,
	points: usize,
	differences: usize,
}

impl Points {
	/// The point whose difference from μ is at a pointer.
	fn by_difference(&self, pointer: usize) -> Option<usize> {
		let offset = pointer.checked_sub(self.differences)?;
		(offset % 32 == 0 && offset / 32 < self.rotations.len()).then_some(offset / 32)
	}
}

/// The points: a word of rotations forwards, and one of the point itself and rotations backwards.
pub(super) fn points(section: &mut Section) -> Result<Points, KeyError> {
	let mut found = Vec::new();
	let mut rotations = |word: &mut Packed, sign: i32, most: i32| {
		let count = i32::from(word.byte()?);
		if count > most {
			return Err(word.fault(Fault::Count));
		}
		for rotation in 1..=count {
			match word.short()? {
				0 if rotation == count => return Err(word.fault(Fault::Count)),
				0 => {},
				pointer => found.push((rotation.saturating_mul(sign), pointer)),
			}
		}
		word.finish()
	};
	let mut forwards = section.word()?;
	rotations(&mut forwards, 1, 15)?;
	let mut backwards = section.word()?;
	let here = backwards.short()?;
	rotations(&mut backwards, -1, 14)?;
	found.push((0, here));
	found.sort_unstable();
	let points = found.first().map_or(0, |(_, pointer)| *pointer);
	let at = |index: usize| points.saturating_add(index.saturating_mul(32));
	let consecutive = found.iter().enumerate().all(|(index, (_, pointer))| *pointer == at(index));
	let differences = at(found.len());
	let rotations = found.into_iter().map(|(rotation, _)| rotation).collect();
	let points = Points { rotations, points, differences };
	consecutive.then_some(points).ok_or(backwards.fault(Fault::Disagrees))
}

/// The points of each set, told by those that it lacks, and where the product for the first one
/// is.
pub(super) fn sets_of_points(
	section: &mut Section,
	points: &Points,
) -> Result<(Vec<Vec<usize>>, usize), KeyError> {
	let count = points.rotations.len();
	let end = points.differences.saturating_add(count.saturating_mul(32));
	let mut word = section.word()?;
	word.expect(points.differences)?;
	word.expect(end)?;
	word.expect(points.points)?;
	word.expect_byte(1)?;
	let first = named(&mut word, points)?;
	let mut word = section.word()?;
	word.expect(end)?;
	let sets = word.short()?;
	word.finish()?;
	if sets > MAX_SETS {
		return Err(KeyError::Unsupported(Feature::ManySets));
	}
	let mut all = Vec::new();
	for _ in 0..sets {
		let mut word = section.word()?;
		let mut none = word.clone();
		let is_none = none.short()? == 0x20 && none.is_spent();
		let lacks = if is_none { Vec::new() } else { named(&mut word, points)? };
		let set: Vec<_> = (0..count).filter(|point| !lacks.contains(point)).collect();
		if set.is_empty() {
			return Err(word.fault(Fault::Count));
		}
		all.push(set);
	}
	let same = all.first() == Some(&first);
	same.then_some((all, end)).ok_or(word.fault(Fault::Disagrees))
}

/// The points that the rest of a word names, ascending.
fn named(word: &mut Packed, points: &Points) -> Result<Vec<usize>, KeyError> {
	let mut named = Vec::new();
	while !word.is_spent() {
		let pointer = word.short()?;
		named.push(points.by_difference(pointer).ok_or(word.fault(Fault::Pointer))?);
	}
	let ascending = named.is_sorted_by(|left, right| left < right);
	let ascending = ascending && !named.is_empty();
	ascending.then_some(named).ok_or(word.fault(Fault::Disagrees))
}

/// Checks where the weights of interpolation go, and gives where they end.
pub(super) fn weights(
	section: &mut Section,
	points: &Points,
	sets: &[Vec<usize>],
) -> Result<usize, KeyError> {
	let mut word = section.list()?;
	for set in sets {
		word.expect_byte(set.len())?;
	}
	word.finish()?;
	let mut weight = 32usize;
	for set in sets {
		let mut word = section.word()?;
		let at = |first: usize, point: &usize| first.saturating_add(point.saturating_mul(32));
		if set.len() > 1 {
			set.iter().try_for_each(|point| word.expect(at(points.points, point)))?;
		}
		set.iter().try_for_each(|point| word.expect(at(points.differences, point)))?;
		for _ in set {
			word.expect(weight)?;
			weight = weight.saturating_add(32);
		}
		word.finish()?;
	}
	Ok(weight)
}

/// Checks where sums of weights and the value of the opening go.
pub(super) fn sums(
	section: &mut Section,
	sets: &[Vec<usize>],
	results: usize,
) -> Result<(), KeyError> {
	let count = sets.len().saturating_mul(32);
	let first = results.saturating_add(count);
	let mut word = section.list()?;
	let mut sum = first;
	for set in sets {
		word.expect_byte(set.len().saturating_mul(32))?;
		word.expect(sum)?;
		sum = sum.saturating_add(32);
	}
	word.finish()?;
	let mut word = section.word()?;
	word.expect(count)?;
	word.expect(first)?;
	word.expect(first.saturating_sub(32))?;
	word.finish()
}
