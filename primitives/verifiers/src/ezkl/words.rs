//! A key's artefact as words, and words as fields packed from their least significant end.

use super::{Fault, KeyError, Part, MAX_KEY_BYTES};
use crate::{point::from_word, Scalar};

/// A word: 32 big-endian bytes.
pub(super) type Word = [u8; 32];

/// Words before the commitments: the header and the rounds.
pub(super) const HEADER: usize = 34;

/// All words of an artefact.
#[derive(Clone, Copy)]
pub(super) struct Words<'a>(&'a [Word]);

impl<'a> Words<'a> {
	/// The words that a count of eight little-endian bytes announces, exactly.
	pub(super) fn read(bytes: &'a [u8]) -> Result<Self, KeyError> {
		let got = bytes.len();
		if got > MAX_KEY_BYTES {
			return Err(KeyError::TooLong { got, limit: MAX_KEY_BYTES });
		}
		let least = bytes_for(HEADER as u64);
		let Some((count, rest)) = bytes.split_first_chunk::<8>() else {
			return Err(KeyError::Length { got, expected: least });
		};
		let expected = bytes_for(u64::from_le_bytes(*count)).max(least);
		if u64::try_from(got) != Ok(expected) {
			return Err(KeyError::Length { got, expected });
		}
		Ok(Self(rest.as_chunks::<32>().0))
	}

	pub(super) fn len(&self) -> usize {
		self.0.len()
	}

	pub(super) fn get(&self, index: usize) -> Option<&'a Word> {
		self.0.get(index)
	}

	/// The words from one index to before another; none where they are out of order.
	pub(super) fn between(&self, from: usize, to: usize) -> &'a [Word] {
		self.0.get(from..to).unwrap_or(&[])
	}

	/// A word as a number, if it is one of at most 32 bits.
	pub(super) fn number(&self, index: usize) -> Option<usize> {
		let (high, low) = self.get(index)?.split_last_chunk::<4>()?;
		let small = high.iter().all(|byte| *byte == 0);
		small.then(|| usize::try_from(u32::from_be_bytes(*low)).ok())?
	}

	/// A word as a scalar, if it is below the group order.
	pub(super) fn scalar(&self, index: usize) -> Option<Scalar> {
		from_word(self.get(index)?)
	}

	/// A part of the artefact.
	pub(super) fn section(&self, part: Part, from: usize, to: usize) -> Section<'a> {
		Section { part, next: from, words: self.between(from, to) }
	}
}

/// Bytes of an artefact of so many words.
fn bytes_for(words: u64) -> u64 {
	words.saturating_mul(32).saturating_add(8)
}

/// What is left of a part of the artefact.
pub(super) struct Section<'a> {
	part: Part,
	next: usize,
	words: &'a [Word],
}

impl<'a> Section<'a> {
	/// The next word.
	pub(super) fn word(&mut self) -> Result<Packed<'a>, KeyError> {
		let (word, rest) = self.words.split_first().ok_or(self.fault(Fault::Ends))?;
		let packed = Packed { part: self.part, word: self.next, bytes: word };
		self.words = rest;
		self.next = self.next.saturating_add(1);
		Ok(packed)
	}

	/// The fields of the next so many words.
	pub(super) fn fields(&mut self, words: usize) -> Result<Fields<'_, 'a>, KeyError> {
		let left = words.checked_sub(1).ok_or(self.fault(Fault::Count))?;
		let current = self.word()?;
		Ok(Fields { section: self, current, left })
	}

	/// The fields of as many words as the first byte of the next one says.
	pub(super) fn counted(&mut self) -> Result<Fields<'_, 'a>, KeyError> {
		let current = self.word()?;
		self.counted_from(current)
	}

	/// As [`counted`](Self::counted), where the first word was begun.
	pub(super) fn counted_from(
		&mut self,
		mut current: Packed<'a>,
	) -> Result<Fields<'_, 'a>, KeyError> {
		let words = usize::from(current.byte()?);
		let left = words.checked_sub(1).ok_or(current.fault(Fault::Count))?;
		Ok(Fields { section: self, current, left })
	}

	/// A word whose first byte says that the list in it takes one word.
	pub(super) fn list(&mut self) -> Result<Packed<'a>, KeyError> {
		let mut word = self.word()?;
		match word.byte()? {
			1 => Ok(word),
			_ => Err(word.fault(Fault::Count)),
		}
	}

	pub(super) fn is_empty(&self) -> bool {
		self.words.is_empty()
	}

	pub(super) fn finish(&self) -> Result<(), KeyError> {
		self.is_empty().then_some(()).ok_or(self.fault(Fault::Leftover))
	}

	/// A fault at the next word.
	pub(super) fn fault(&self, fault: Fault) -> KeyError {
		KeyError::Malformed { part: self.part, word: self.next, fault }
	}
}

/// What is left of a word.
#[derive(Clone)]
pub(super) struct Packed<'a> {
	part: Part,
	word: usize,
	bytes: &'a [u8],
}

impl Packed<'_> {
	pub(super) fn byte(&mut self) -> Result<u8, KeyError> {
		let (byte, rest) = self.bytes.split_last().ok_or(self.fault(Fault::Ends))?;
		self.bytes = rest;
		Ok(*byte)
	}

	/// Two bytes, the less significant one first.
	pub(super) fn short(&mut self) -> Result<usize, KeyError> {
		let low = self.byte()?;
		let high = self.byte()?;
		Ok(usize::from(u16::from_le_bytes([low, high])))
	}

	/// Two bytes that the rest of the key tells.
	pub(super) fn expect(&mut self, known: usize) -> Result<(), KeyError> {
		let known = self.short()? == known;
		known.then_some(()).ok_or(self.fault(Fault::Disagrees))
	}

	/// A byte that the rest of the key tells.
	pub(super) fn expect_byte(&mut self, known: usize) -> Result<(), KeyError> {
		let known = usize::from(self.byte()?) == known;
		known.then_some(()).ok_or(self.fault(Fault::Disagrees))
	}

	/// Whether only zeros are left.
	pub(super) fn is_spent(&self) -> bool {
		self.bytes.iter().all(|byte| *byte == 0)
	}

	pub(super) fn finish(&self) -> Result<(), KeyError> {
		self.is_spent().then_some(()).ok_or(self.fault(Fault::Leftover))
	}

	/// A fault in this word.
	pub(super) fn fault(&self, fault: Fault) -> KeyError {
		KeyError::Malformed { part: self.part, word: self.word, fault }
	}
}

/// Fields in a number of words: where only zeros are left of one, they go on in the next.
pub(super) struct Fields<'s, 'a> {
	section: &'s mut Section<'a>,
	current: Packed<'a>,
	left: usize,
}

impl<'a> Fields<'_, 'a> {
	/// Whether there is another field; turns to its word.
	pub(super) fn more(&mut self) -> Result<bool, KeyError> {
		if !self.current.is_spent() {
			return Ok(true);
		}
		let Some(left) = self.left.checked_sub(1) else { return Ok(false) };
		self.left = left;
		self.current = self.section.word()?;
		let empty = self.current.is_spent();
		(!empty).then_some(true).ok_or(self.fault(Fault::Ends))
	}

	/// Whether this is the last word.
	pub(super) fn is_last(&self) -> bool {
		self.left == 0
	}

	/// The word that the next field is in.
	pub(super) fn word(&mut self) -> &mut Packed<'a> {
		&mut self.current
	}

	/// Two bytes, in the next word if this one is spent.
	pub(super) fn short(&mut self) -> Result<usize, KeyError> {
		self.more()?;
		self.current.short()
	}

	pub(super) fn fault(&self, fault: Fault) -> KeyError {
		self.current.fault(fault)
	}
}
