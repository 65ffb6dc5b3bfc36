//! Gates, permutation and lookups as the key's artefact has them: packed words with pointers.

use super::{
	header::{Counts, Header, Memory},
	program::{Chunk, Column, Expression, Lookup, Operand, Operation, Program, Tuple},
	words::{Fields, Packed, Section, Words},
	Fault, Feature, KeyError, Part,
};
use alloc::vec::Vec;

/// Where expressions of lookups have their first slot, from the beginning of the scratch memory.
const LOOKUP_SLOTS: usize = 0xa0;

/// Reads pointers as what they lead to.
struct Reader<'h> {
	header: &'h Header,
	/// The first word of the constants.
	constants: usize,
	/// How many evaluations may be loaded, from the first: those of columns.
	columns: usize,
}

/// The chunks of the permutation.
pub(super) fn chunks(header: &Header, words: &Words) -> Result<Vec<Chunk>, KeyError> {
	let places = header.places;
	let section = words.section(Part::Permutation, places.permutation, places.lookups);
	let columns = header.counts.product_evaluation(0).unwrap_or(0);
	Reader { header, constants: places.gates, columns }.chunks(section)
}

/// The program whose constants begin at a word and end where the gates begin, and which has these
/// chunks.
pub(super) fn program(
	header: &Header,
	words: &Words,
	constants: usize,
	chunks: Vec<Chunk>,
) -> Result<Program, KeyError> {
	let places = header.places;
	let permuted = chunks.iter().flat_map(|chunk| &chunk.columns);
	// The evaluation of the random polynomial stands between those of columns and these.
	let columns = permuted.map(|(_, own)| *own).min().unwrap_or(0).saturating_sub(1);
	let reader = Reader { header, constants, columns };
	let gates = words.section(Part::Gates, places.gates, places.permutation);
	let lookups = words.section(Part::Lookups, places.lookups, places.openings);
	Ok(Program { gates: reader.gates(gates)?, chunks, lookups: reader.lookups(lookups)? })
}

impl Reader<'_> {
	fn counts(&self) -> &Counts {
		&self.header.counts
	}

	/// The next pointer as an evaluation that may be loaded.
	fn column(&self, word: &mut Packed) -> Result<usize, KeyError> {
		let pointer = word.short()?;
		let offset = pointer.checked_sub(self.header.memory.evaluations);
		let index = offset.filter(|offset| offset % 32 == 0).map(|offset| offset / 32);
		index.filter(|index| *index < self.columns).ok_or(word.fault(Fault::Pointer))
	}

	/// The next pointer as an operand of an expression with so many results so far.
	fn operand(&self, word: &mut Packed, slots: Slots) -> Result<Operand, KeyError> {
		let pointer = word.short()?;
		let memory = &self.header.memory;
		let index = |first: usize, count: usize| {
			let offset = pointer.checked_sub(first)?;
			(offset % 32 == 0 && offset / 32 < count).then_some(offset / 32)
		};
		if pointer == memory.instance {
			return Ok(Operand::Instance);
		}
		let constants = self.header.places.gates.saturating_sub(self.constants);
		if let Some(constant) = index(Memory::of_word(self.constants), constants) {
			return Ok(Operand::Constant(constant));
		}
		let slot = index(memory.end.saturating_add(slots.base), slots.filled);
		slot.map(Operand::Slot).ok_or(word.fault(Fault::Pointer))
	}

	fn gates(&self, mut section: Section) -> Result<Vec<Expression>, KeyError> {
		let mut gates = Vec::new();
		let mut count = section.word()?;
		let bytes = count.short()?;
		count.finish()?;
		while !section.is_empty() {
			let (expression, results) = self.expression(section.counted()?, 0)?;
			if results.is_some() || expression.operations.is_empty() {
				return Err(section.fault(Fault::Count));
			}
			gates.push(expression);
		}
		let counted = bytes == gates.len().saturating_mul(32);
		counted.then_some(gates).ok_or(count.fault(Fault::Count))
	}

	/// An expression, and the list of its results where it has one.
	fn expression(
		&self,
		mut fields: Fields,
		base: usize,
	) -> Result<(Expression, Option<Vec<Operand>>), KeyError> {
		let mut operations = Vec::new();
		while fields.more()? {
			let slots = Slots { base, filled: operations.len() };
			let word = fields.word();
			let operation = match word.byte()? {
				0 => Operation::Load(self.column(word)?),
				1 => Operation::Negate(self.operand(word, slots)?),
				2 => Operation::Add(self.operand(word, slots)?, self.operand(word, slots)?),
				3 => Operation::Multiply(self.operand(word, slots)?, self.operand(word, slots)?),
				4 => {
					let results = self.results(&mut fields, slots)?;
					return Ok((Expression { operations }, Some(results)));
				},
				_ => return Err(word.fault(Fault::Unknown)),
			};
			operations.push(operation);
			let end = operations.len().saturating_mul(32).saturating_add(base);
			if end > self.header.memory.scratch {
				// The slot would be where the challenges are.
				return Err(fields.fault(Fault::Pointer));
			}
		}
		Ok((Expression { operations }, None))
	}

	/// The list of results that ends an expression of a lookup.
	fn results(&self, fields: &mut Fields, slots: Slots) -> Result<Vec<Operand>, KeyError> {
		let last = fields.is_last();
		let word = fields.word();
		if word.byte()? != 1 {
			return Err(KeyError::Unsupported(Feature::WideLookups));
		}
		let mut results = Vec::new();
		while !word.is_spent() {
			results.push(self.operand(word, slots)?);
		}
		let sound = last && !results.is_empty();
		sound.then_some(results).ok_or(word.fault(Fault::Count))
	}

	fn chunks(&self, mut section: Section) -> Result<Vec<Chunk>, KeyError> {
		let counts = self.counts();
		let mut sizes = section.word()?;
		sizes.expect_byte(counts.chunks.saturating_sub(1))?;
		let (bytes, last_bytes) = (sizes.short()?, sizes.short()?);
		sizes.finish()?;
		if bytes % 32 != 0 || last_bytes % 32 != 0 {
			return Err(sizes.fault(Fault::Count));
		}
		let mut chunks = Vec::new();
		for index in 0..counts.chunks {
			let last = index.saturating_add(1) == counts.chunks;
			let mut fields = section.fields(if last { last_bytes } else { bytes } / 32)?;
			let first = counts.product_evaluation(index);
			let first = first.ok_or(fields.fault(Fault::Disagrees))?;
			// The last product has no third evaluation, but a pointer all the same.
			for evaluation in first..first.saturating_add(3) {
				fields.word().expect(self.header.memory.of_evaluation(evaluation))?;
			}
			let mut columns = Vec::new();
			while fields.more()? {
				let word = fields.word();
				let column = match word.byte()? {
					0 => Column::Evaluation(self.column(word)?),
					1 => {
						word.expect(0)?;
						Column::Instance
					},
					_ => return Err(word.fault(Fault::Unknown)),
				};
				columns.push((column, self.column(word)?));
			}
			// A chunk has as many columns as the degree of the constraints allows.
			let most = counts.pieces.saturating_sub(1);
			let full =
				if last { (1..=most).contains(&columns.len()) } else { columns.len() == most };
			full.then_some(()).ok_or(fields.fault(Fault::Count))?;
			chunks.push(Chunk { columns });
		}
		section.finish()?;
		self.check_permutation_evaluations(&chunks, &sizes)?;
		Ok(chunks)
	}

	/// The evaluations of the permutation polynomials stand in order before those of the products.
	fn check_permutation_evaluations(
		&self,
		chunks: &[Chunk],
		word: &Packed,
	) -> Result<(), KeyError> {
		let polynomials: Vec<_> =
			chunks.iter().flat_map(|chunk| &chunk.columns).map(|(_, own)| *own).collect();
		let end = self.counts().product_evaluation(0);
		let first = end.and_then(|end| end.checked_sub(polynomials.len()));
		let random = first.and_then(|first| first.checked_sub(1));
		let random = random.ok_or(word.fault(Fault::Disagrees))?;
		let own = polynomials.iter().copied();
		let in_order = own.eq((random.saturating_add(1)..).take(polynomials.len()));
		let mut columns = chunks.iter().flat_map(|chunk| &chunk.columns);
		let before = columns.all(|(column, _)| match column {
			Column::Evaluation(index) => *index < random,
			Column::Instance => true,
		});
		(in_order && before).then_some(()).ok_or(word.fault(Fault::Disagrees))
	}

	fn lookups(&self, mut section: Section) -> Result<Vec<Lookup>, KeyError> {
		let (counts, memory) = (self.counts(), &self.header.memory);
		let mut head = section.word()?;
		if counts.lookups > 0 {
			head.expect(Memory::of_word(self.header.places.openings))?;
			match head.byte()? {
				0 => {},
				1 => return Err(KeyError::Unsupported(Feature::PermutedLookups)),
				_ => return Err(head.fault(Fault::Unknown)),
			}
		}
		head.finish()?;
		let mut lookups = Vec::new();
		for index in 0..counts.lookups {
			let mut word = section.word()?;
			let new_table = match word.byte()? {
				0 if index > 0 => false,
				1 => true,
				_ => return Err(word.fault(Fault::Unknown)),
			};
			let first = counts.lookup_evaluation(index).ok_or(word.fault(Fault::Disagrees))?;
			for evaluation in first..first.saturating_add(3) {
				word.expect(memory.of_evaluation(evaluation))?;
			}
			word.finish()?;
			let table =
				if new_table { Some(self.tuple(section.counted()?, LOOKUP_SLOTS)?) } else { None };
			lookups.push(Lookup { table, inputs: self.looked_up(&mut section)? });
		}
		section.finish()?;
		Ok(lookups)
	}

	fn looked_up(&self, section: &mut Section) -> Result<Vec<Tuple>, KeyError> {
		let mut word = section.word()?;
		let bytes = word.short()?;
		if bytes == 0 || bytes % 32 != 0 {
			return Err(word.fault(Fault::Count));
		}
		let mut inputs = alloc::vec![self.tuple(section.counted_from(word)?, LOOKUP_SLOTS)?];
		while inputs.len() < bytes / 32 {
			let base = inputs.len().saturating_mul(32).saturating_add(LOOKUP_SLOTS);
			inputs.push(self.tuple(section.counted()?, base)?);
		}
		Ok(inputs)
	}

	fn tuple(&self, fields: Fields, base: usize) -> Result<Tuple, KeyError> {
		let fault = fields.fault(Fault::Count);
		let (expression, results) = self.expression(fields, base)?;
		Ok(Tuple { expression, results: results.ok_or(fault)? })
	}
}

/// Where an expression has its results, and how many there are so far.
#[derive(Clone, Copy)]
struct Slots {
	base: usize,
	filled: usize,
}
