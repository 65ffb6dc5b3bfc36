//! Which polynomials a proof opens at which points, as the key's artefact has it.

use super::{
	header::{Counts, Header, Memory},
	layout::{points, sets_of_points, sums, weights},
	words::{Fields, Packed, Section, HEADER},
	Fault, KeyError,
};
use alloc::vec::Vec;

/// What a commitment is of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Commitment {
	/// In the proof, before the pieces of the quotient.
	Proof(usize),
	/// In the key, of a fixed column.
	Fixed(usize),
	/// In the key, of a polynomial of the permutation.
	Permutation(usize),
	/// Of the quotient, put together from its pieces.
	Quotient,
}

/// What a polynomial is said to be at a point.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Value {
	/// An evaluation of the proof.
	Evaluation(usize),
	/// What the constraints make of the other evaluations.
	Quotient,
}

/// A polynomial with its values at the points of its set, in their order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Polynomial {
	pub(super) commitment: Commitment,
	pub(super) values: Vec<Value>,
}

/// Polynomials that are opened at the same points.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct PointSet {
	/// The rotations of the points x·ωⁱ, ascending.
	pub(super) rotations: Vec<i32>,
	pub(super) polynomials: Vec<Polynomial>,
}

/// Reads the sets of points.
pub(super) struct Reader<'h> {
	header: &'h Header,
	/// Commitments to polynomials of the permutation.
	columns: usize,
}

impl<'h> Reader<'h> {
	/// A reader for a key with so many columns in its permutation.
	pub(super) fn new(header: &'h Header, columns: usize) -> Self {
		Self { header, columns }
	}

	/// The sets in their order.
	pub(super) fn sets(&self, mut section: Section) -> Result<Vec<PointSet>, KeyError> {
		let points = points(&mut section)?;
		let (sets, products) = sets_of_points(&mut section, &points)?;
		let weights = weights(&mut section, &points, &sets)?;
		let count = sets.len().saturating_mul(32);
		let quotients = products.saturating_add(32);
		let mut word = section.word()?;
		word.expect(weights)?;
		word.expect(quotients)?;
		word.expect(count)?;
		word.finish()?;

		let results = quotients.saturating_add(count);
		let values = self.all_values(&mut section, &sets, quotients, results)?;
		sums(&mut section, &sets, results)?;
		let commitments = self.all_commitments(&mut section, &sets, quotients, products)?;
		let leftover = section.fault(Fault::Disagrees);
		section.finish()?;

		let joined = sets.into_iter().zip(values.into_iter().zip(commitments));
		let joined = joined.map(|(set, (values, commitments))| {
			if values.len() != commitments.len() {
				return Err(leftover.clone());
			}
			let rotations = set.iter().filter_map(|point| points.rotations.get(*point)).copied();
			let polynomials = commitments.into_iter().zip(values);
			Ok(PointSet {
				rotations: rotations.collect(),
				polynomials: polynomials
					.map(|(commitment, values)| Polynomial { commitment, values })
					.collect(),
			})
		});
		joined.collect()
	}

	fn counts(&self) -> &Counts {
		&self.header.counts
	}

	/// The next pointer as an evaluation.
	fn value(&self, fields: &mut Fields) -> Result<Value, KeyError> {
		let pointer = fields.short()?;
		self.evaluation(pointer).map(Value::Evaluation).ok_or(fields.fault(Fault::Pointer))
	}

	fn evaluation(&self, pointer: usize) -> Option<usize> {
		let offset = pointer.checked_sub(self.header.memory.evaluations)?;
		let index = offset / 32;
		(offset % 32 == 0 && index < self.counts().evaluations).then_some(index)
	}

	/// The values of the polynomials of every set.
	fn all_values(
		&self,
		section: &mut Section,
		sets: &[Vec<usize>],
		quotients: usize,
		results: usize,
	) -> Result<Vec<Vec<Vec<Value>>>, KeyError> {
		let mut word = section.list()?;
		word.expect(quotients.saturating_add(32))?;
		word.expect(results)?;
		for set in sets {
			word.expect_byte(set.len().saturating_mul(32))?;
		}
		word.finish()?;
		let mut all = Vec::new();
		for set in sets {
			let fields = section.counted()?;
			let mut values = match set.len() {
				1 => self.single_values(fields)?,
				size => self.values(fields, size)?,
			};
			// The last polynomial comes first.
			values.reverse();
			all.push(values);
		}
		Ok(all)
	}

	fn values(&self, mut fields: Fields, size: usize) -> Result<Vec<Vec<Value>>, KeyError> {
		let mut values = Vec::new();
		while fields.more()? {
			values.push((0..size).map(|_| self.value(&mut fields)).collect::<Result<_, _>>()?);
		}
		Ok(values)
	}

	/// The values of polynomials that are opened at one point: the last, the quotient, the rest in
	/// groups.
	fn single_values(&self, mut fields: Fields) -> Result<Vec<Vec<Value>>, KeyError> {
		let mut values = alloc::vec![self.value(&mut fields)?, Value::Quotient];
		while fields.more()? {
			let count = fields.word().byte()?;
			for _ in 0..count {
				let pointer = fields.word().short()?;
				let index = self.evaluation(pointer).ok_or(fields.fault(Fault::Pointer))?;
				values.push(Value::Evaluation(index));
			}
			if count == 0 {
				let word = fields.word();
				for pointer in descending(word, 32)? {
					let index = self.evaluation(pointer).ok_or(word.fault(Fault::Pointer))?;
					values.push(Value::Evaluation(index));
				}
			}
			if values.len() > self.counts().evaluations.saturating_add(1) {
				return Err(fields.fault(Fault::Count));
			}
		}
		Ok(values.into_iter().map(|value| alloc::vec![value]).collect())
	}

	/// The commitments to the polynomials of every set.
	fn all_commitments(
		&self,
		section: &mut Section,
		sets: &[Vec<usize>],
		quotients: usize,
		products: usize,
	) -> Result<Vec<Vec<Commitment>>, KeyError> {
		let memory = &self.header.memory;
		let opening = memory.of_evaluation(self.counts().evaluations);
		let at = |word: usize| opening.saturating_add(word.saturating_mul(32));
		let mut word = section.list()?;
		word.expect(quotients.saturating_add(32))?;
		word.expect(at(0))?;
		word.expect(at(1))?;
		word.expect(products)?;
		word.expect(at(2))?;
		word.expect(at(3))?;
		let sizes = sets.iter().map(|_| word.byte()).collect::<Result<Vec<_>, _>>()?;
		word.finish()?;
		let mut all = Vec::new();
		for bytes in sizes {
			if bytes % 32 != 0 {
				return Err(word.fault(Fault::Count));
			}
			let mut commitments = self.commitments(section.fields(usize::from(bytes / 32))?)?;
			commitments.reverse();
			all.push(commitments);
		}
		Ok(all)
	}

	/// The commitments of a set: the last, which is in the proof, then groups.
	fn commitments(&self, mut fields: Fields) -> Result<Vec<Commitment>, KeyError> {
		let word = fields.word();
		let mut commitments = alloc::vec![self.pair(word, Self::in_proof)?];
		while fields.more()? {
			let word = fields.word();
			let place = match (word.byte()?, word.byte()?) {
				(2, 1) => {
					commitments.push(Commitment::Quotient);
					continue;
				},
				(0, count) => (Self::in_key as Place<Self>, count),
				(1, count) => (Self::in_proof as Place<Self>, count),
				_ => return Err(word.fault(Fault::Unknown)),
			};
			match place {
				(place, 0) => {
					for pointer in descending(word, 64)? {
						let commitment = place(self, pointer).ok_or(word.fault(Fault::Pointer))?;
						commitments.push(commitment);
					}
				},
				(place, count) => {
					for _ in 0..count {
						commitments.push(self.pair(word, place)?);
					}
				},
			}
			let counts = self.counts();
			let most =
				counts.commitments().saturating_add(counts.fixed).saturating_add(self.columns);
			if commitments.len() > most {
				return Err(word.fault(Fault::Count));
			}
		}
		Ok(commitments)
	}

	/// The commitment whose x and y the next two pointers lead to.
	fn pair(&self, word: &mut Packed, place: Place<Self>) -> Result<Commitment, KeyError> {
		let x = word.short()?;
		word.expect(x.saturating_add(32))?;
		place(self, x).ok_or(word.fault(Fault::Pointer))
	}

	fn in_proof(&self, pointer: usize) -> Option<Commitment> {
		let offset = pointer.checked_sub(Memory::of_commitment(0))?;
		let inside = offset % 64 == 0 && offset / 64 < self.counts().before_pieces();
		inside.then_some(Commitment::Proof(offset / 64))
	}

	fn in_key(&self, pointer: usize) -> Option<Commitment> {
		let offset = pointer.checked_sub(Memory::of_word(HEADER))?;
		let (index, fixed) = (offset / 64, self.counts().fixed);
		if offset % 64 != 0 {
			return None;
		}
		match index.checked_sub(fixed) {
			None => Some(Commitment::Fixed(index)),
			Some(index) => (index < self.columns).then_some(Commitment::Permutation(index)),
		}
	}
}

type Place<R> = fn(&R, usize) -> Option<Commitment>;

/// The pointers from the next one down to before the one after it.
fn descending(word: &mut Packed, step: usize) -> Result<impl Iterator<Item = usize>, KeyError> {
	let (from, to) = (word.short()?, word.short()?);
	let whole = from.checked_sub(to).filter(|bytes| *bytes > 0 && bytes.is_multiple_of(step));
	let whole = whole.ok_or(word.fault(Fault::Count))?;
	let steps = whole.checked_div(step).unwrap_or(0);
	Ok((0..steps).map(move |index| from.saturating_sub(index.saturating_mul(step))))
}
