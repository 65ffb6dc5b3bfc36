//! What a check costs, in operations that a pallet's benchmarks can price.

/// Counts of the operations that dominate; plain numbers, to be multiplied by measured prices.
///
/// For Groth16, bytes decoded and hashed are left out: they cost little beside these, and in
/// proportion. The last three are counted for systems whose keys are programs.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Cost {
	/// Points of G2 decoded, tested for the subgroup and prepared.
	pub preparations: u32,
	/// Pairs in Miller loops.
	pub loops: u32,
	/// Final exponentiations: the pairing checks.
	pub exponentiations: u32,
	/// Terms of multi-scalar multiplications with scalars of 254 bits.
	pub terms: u32,
	/// Points of G1 multiplied by a randomiser.
	pub random_terms: u32,
	/// Points of G1 decoded and found on the curve.
	pub points: u32,
	/// Multiplications in the scalar field.
	pub operations: u32,
	/// Words of 32 bytes decoded and hashed.
	pub words: u32,
}

impl Cost {
	/// Both.
	pub fn plus(self, other: Self) -> Self {
		Self {
			preparations: self.preparations.saturating_add(other.preparations),
			loops: self.loops.saturating_add(other.loops),
			exponentiations: self.exponentiations.saturating_add(other.exponentiations),
			terms: self.terms.saturating_add(other.terms),
			random_terms: self.random_terms.saturating_add(other.random_terms),
			points: self.points.saturating_add(other.points),
			operations: self.operations.saturating_add(other.operations),
			words: self.words.saturating_add(other.words),
		}
	}

	/// So many times this.
	pub fn times(self, factor: u32) -> Self {
		Self {
			preparations: self.preparations.saturating_mul(factor),
			loops: self.loops.saturating_mul(factor),
			exponentiations: self.exponentiations.saturating_mul(factor),
			terms: self.terms.saturating_mul(factor),
			random_terms: self.random_terms.saturating_mul(factor),
			points: self.points.saturating_mul(factor),
			operations: self.operations.saturating_mul(factor),
			words: self.words.saturating_mul(factor),
		}
	}

	/// What a batch costs at most where up to `checks` pairing checks may be spent on it, `self`
	/// being what it costs with one.
	pub fn with_checks(self, checks: u32) -> Self {
		let again = Self { preparations: 0, points: 0, operations: 0, words: 0, ..self };
		self.plus(again.times(checks.saturating_sub(1)))
	}
}

/// A count that is far below 2³² wherever it fits a block.
pub(crate) fn count(count: usize) -> u32 {
	u32::try_from(count).unwrap_or(u32::MAX)
}
