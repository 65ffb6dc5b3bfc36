//! What a circuit constrains, as a program over the evaluations of a proof.

#![allow(clippy::arithmetic_side_effects, reason = "arithmetic of fields is total")]

use crate::Scalar;
use alloc::vec::Vec;

/// A value that an operation takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Operand {
	/// A constant of the key.
	Constant(usize),
	/// The value of the public inputs.
	Instance,
	/// The result of an earlier operation of the same expression.
	Slot(usize),
}

/// A step of an expression.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Operation {
	/// An evaluation of the proof.
	Load(usize),
	Negate(Operand),
	Add(Operand, Operand),
	Multiply(Operand, Operand),
}

/// Steps, each of which has a result that later ones may take.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Expression {
	pub(super) operations: Vec<Operation>,
}

/// An expression with a list of results, to be folded into one value by powers of θ.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Tuple {
	pub(super) expression: Expression,
	pub(super) results: Vec<Operand>,
}

/// The evaluation of a column that takes part in the permutation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Column {
	Evaluation(usize),
	Instance,
}

/// Columns that share a product of the permutation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Chunk {
	/// Each with the evaluation of its permutation polynomial.
	pub(super) columns: Vec<(Column, usize)>,
}

/// A lookup argument.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Lookup {
	/// The table; `None` for that of the lookup before.
	pub(super) table: Option<Tuple>,
	/// What is looked up.
	pub(super) inputs: Vec<Tuple>,
}

/// All constraints of a circuit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Program {
	pub(super) gates: Vec<Expression>,
	pub(super) chunks: Vec<Chunk>,
	pub(super) lookups: Vec<Lookup>,
}

/// What expressions are evaluated over.
#[derive(Clone, Copy)]
pub(super) struct Values<'a> {
	pub(super) constants: &'a [Scalar],
	pub(super) evaluations: &'a [Scalar],
	pub(super) instance: Scalar,
}

impl Values<'_> {
	fn of(&self, operand: Operand, slots: &[Scalar]) -> Option<Scalar> {
		match operand {
			Operand::Constant(index) => self.constants.get(index).copied(),
			Operand::Instance => Some(self.instance),
			Operand::Slot(index) => slots.get(index).copied(),
		}
	}

	/// An evaluation of the proof.
	pub(super) fn evaluation(&self, index: usize) -> Option<Scalar> {
		self.evaluations.get(index).copied()
	}
}

impl Expression {
	/// The results of all operations; `None` where one takes what is not there.
	fn results(&self, values: &Values) -> Option<Vec<Scalar>> {
		let mut slots = Vec::with_capacity(self.operations.len());
		for operation in &self.operations {
			let of = |operand| values.of(operand, &slots);
			let result = match *operation {
				Operation::Load(index) => values.evaluation(index)?,
				Operation::Negate(operand) => -of(operand)?,
				Operation::Add(left, right) => of(left)? + of(right)?,
				Operation::Multiply(left, right) => of(left)? * of(right)?,
			};
			slots.push(result);
		}
		Some(slots)
	}

	/// The result of the last operation.
	pub(super) fn value(&self, values: &Values) -> Option<Scalar> {
		self.results(values)?.last().copied()
	}
}

impl Tuple {
	/// The results folded by powers of `theta`, and `beta` added.
	pub(super) fn folded(&self, values: &Values, theta: Scalar, beta: Scalar) -> Option<Scalar> {
		let slots = self.expression.results(values)?;
		let mut results = self.results.iter().map(|operand| values.of(*operand, &slots));
		let first = results.next()??;
		Some(results.try_fold(first, |folded, result| Some(folded * theta + result?))? + beta)
	}
}

impl Program {
	/// How many operations all expressions have.
	pub(super) fn operations(&self) -> usize {
		let gates = self.gates.iter().map(|gate| gate.operations.len());
		let tuples =
			self.lookups.iter().flat_map(|lookup| lookup.table.iter().chain(&lookup.inputs));
		let tuples = tuples
			.map(|tuple| tuple.expression.operations.len().saturating_add(tuple.results.len()));
		gates.chain(tuples).fold(0, usize::saturating_add)
	}

	/// How many columns take part in the permutation.
	pub(super) fn columns(&self) -> usize {
		self.chunks.iter().map(|chunk| chunk.columns.len()).fold(0, usize::saturating_add)
	}
}
