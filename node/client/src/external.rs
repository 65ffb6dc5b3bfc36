//! Weights that lie beside an ONNX file, taken into it: what nodes run is one file, under one content id.
//!
//! The file is copied field by field as protobuf lays it out, so that nothing it says is lost; only tensors whose data is external are
//! written anew, with the bytes in them. What comes out is never held in memory: it is [`Packed`], a list of where its bytes are.

use std::{
	fs::File,
	io::{self, Read, Seek, SeekFrom, Write},
	ops::Range,
	path::{Component, Path, PathBuf},
};

/// Messages within messages at most, as protobuf's own readers allow.
const DEEPEST: u32 = 100;
/// Bytes of a protobuf file at most.
const MAX_SIZE: u64 = i32::MAX as u64;

/// Why weights could not be taken into a file.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub(crate) enum ExternalError {
	/// The bytes are not laid out as an ONNX file.
	#[error("it is not an ONNX model")]
	NotAModel,
	/// A tensor's data is external, and nothing says where.
	#[error("`{tensor}` does not say in which file its data is")]
	NoLocation {
		/// The tensor.
		tensor: String,
	},
	/// A file outside of the model's folder.
	#[error("`{tensor}` has its data in {location:?}, which is not below the model's folder")]
	Elsewhere {
		/// The tensor.
		tensor: String,
		/// What it names.
		location: String,
	},
	/// The file is not there, or too short.
	#[error("`{tensor}` has its data in {location:?}: {why}")]
	Unreadable {
		/// The tensor.
		tensor: String,
		/// What it names.
		location: String,
		/// What is wrong with it.
		why: String,
	},
	/// The bytes are not as many as the tensor's shape and type take.
	#[error("`{tensor}` takes {expected} bytes of data, and its file gives {found}")]
	WrongLength {
		/// The tensor.
		tensor: String,
		/// As its shape and type say.
		expected: u64,
		/// As the file has.
		found: u64,
	},
	/// More than protobuf holds.
	#[error("with its weights it has {0} bytes, and an ONNX file can have {MAX_SIZE}")]
	TooLarge(u64),
}

type Result<T> = std::result::Result<T, ExternalError>;

/// Some of the bytes of a packed file.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Piece {
	/// As they stand in the ONNX file.
	Kept(Range<usize>),
	Made(Vec<u8>),
	/// Of a file beside it.
	File {
		path: PathBuf,
		offset: u64,
		length: u64,
	},
}

impl Piece {
	fn size(&self) -> u64 {
		match self {
			Self::Kept(range) => range.len() as u64,
			Self::Made(bytes) => bytes.len() as u64,
			Self::File { length, .. } => *length,
		}
	}
}

/// An ONNX file with its weights in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Packed {
	pieces: Vec<Piece>,
}

impl Packed {
	/// Bytes of it.
	pub(crate) fn size(&self) -> u64 {
		size(&self.pieces)
	}

	/// Writes it; `onnx` are the bytes it was made from.
	pub(crate) fn write(&self, onnx: &[u8], mut into: impl Write) -> io::Result<()> {
		for piece in &self.pieces {
			match piece {
				Piece::Kept(range) => {
					into.write_all(onnx.get(range.clone()).unwrap_or_default())?
				},
				Piece::Made(bytes) => into.write_all(bytes)?,
				Piece::File { path, offset, length } => {
					let mut file = File::open(path)?;
					file.seek(SeekFrom::Start(*offset))?;
					if io::copy(&mut file.take(*length), &mut into)? != *length {
						return Err(io::ErrorKind::UnexpectedEof.into());
					}
				},
			}
		}
		into.flush()
	}
}

/// Takes the weights that lie beside an ONNX file in `folder` into it; nothing if there are none.
pub(crate) fn pack(onnx: &[u8], folder: &Path) -> Result<Option<Packed>> {
	let reader = Reader { onnx, folder };
	let Some(pieces) = reader.rewritten(0..onnx.len(), Kind::Model, 0)? else { return Ok(None) };
	let packed = Packed { pieces };
	match packed.size() {
		size if size > MAX_SIZE => Err(ExternalError::TooLarge(size)),
		_ => Ok(Some(packed)),
	}
}

/// The messages in which tensors are found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
	Model,
	Training,
	Function,
	Graph,
	Node,
	Attribute,
	Sparse,
	Tensor,
}

impl Kind {
	/// What a field of this message holds, by its number in onnx.proto; nothing if no tensor is in it.
	const fn field(self, number: u64) -> Option<Self> {
		Some(match (self, number) {
			(Self::Model, 7) | (Self::Training, 1 | 2) | (Self::Attribute, 6 | 11) => Self::Graph,
			(Self::Model, 20) => Self::Training,
			(Self::Model, 25) => Self::Function,
			(Self::Graph, 1) | (Self::Function, 7) => Self::Node,
			(Self::Node, 5) | (Self::Function, 11) => Self::Attribute,
			(Self::Graph, 15) | (Self::Attribute, 22 | 23) => Self::Sparse,
			(Self::Graph, 5) | (Self::Sparse, 1 | 2) | (Self::Attribute, 5 | 10) => Self::Tensor,
			_ => return None,
		})
	}
}

/// Bytes of an element by ONNX's number for its type; nothing for texts, parts of bytes and what is unknown.
const fn element_size(kind: u64) -> Option<u64> {
	Some(match kind {
		2 | 3 | 9 => 1,
		4 | 5 | 10 | 16 => 2,
		1 | 6 | 12 => 4,
		7 | 11 | 13 | 14 => 8,
		15 => 16,
		_ => return None,
	})
}

const RAW_DATA: u64 = 9;
const EXTERNAL_DATA: u64 = 13;
const DATA_LOCATION: u64 = 14;

/// A field as it stands in a message.
struct Field {
	number: u64,
	/// All of it, its tag included.
	whole: Range<usize>,
	/// What it holds: a varint's, a fixed number's or a length-delimited field's bytes.
	value: Range<usize>,
	/// Whether it has a length of its own, and may be a message.
	is_delimited: bool,
}

struct Reader<'a> {
	onnx: &'a [u8],
	folder: &'a Path,
}

impl Reader<'_> {
	fn bytes(&self, range: Range<usize>) -> &[u8] {
		self.onnx.get(range).unwrap_or_default()
	}

	fn fields(&self, message: Range<usize>) -> Result<Vec<Field>> {
		let mut fields = Vec::new();
		let (mut at, end) = (message.start, message.end);
		while at < end {
			let begin = at;
			let tag = self.varint(&mut at, end)?;
			let value = match tag & 7 {
				0 => {
					let begin = at;
					self.varint(&mut at, end)?;
					begin..at
				},
				1 => at..at.saturating_add(8),
				2 => {
					let length = self.varint(&mut at, end)?;
					let length = usize::try_from(length).map_err(|_| ExternalError::NotAModel)?;
					at..at.saturating_add(length)
				},
				5 => at..at.saturating_add(4),
				_ => return Err(ExternalError::NotAModel),
			};
			if value.end > end {
				return Err(ExternalError::NotAModel);
			}
			at = value.end;
			let (number, is_delimited) = (tag >> 3, tag & 7 == 2);
			fields.push(Field { number, whole: begin..at, value, is_delimited });
		}
		Ok(fields)
	}

	fn varint(&self, at: &mut usize, end: usize) -> Result<u64> {
		let mut value = 0u64;
		for shift in (0..64).step_by(7) {
			let byte = self.onnx.get(*at).filter(|_| *at < end).ok_or(ExternalError::NotAModel)?;
			*at = at.saturating_add(1);
			value |= u64::from(byte & 0x7f) << shift;
			if byte & 0x80 == 0 {
				return Ok(value);
			}
		}
		Err(ExternalError::NotAModel)
	}

	/// A message with the tensors in it written anew; nothing if it stays as it is.
	fn rewritten(
		&self,
		message: Range<usize>,
		kind: Kind,
		depth: u32,
	) -> Result<Option<Vec<Piece>>> {
		if depth > DEEPEST {
			return Err(ExternalError::NotAModel);
		}
		if kind == Kind::Tensor {
			return self.tensor(message);
		}
		let (mut pieces, mut kept) = (Vec::new(), message.start);
		for field in self.fields(message.clone())? {
			let Some(kind) = kind.field(field.number).filter(|_| field.is_delimited) else {
				continue;
			};
			let Some(inner) = self.rewritten(field.value, kind, depth.saturating_add(1))? else {
				continue;
			};
			pieces.push(Piece::Kept(kept..field.whole.start));
			pieces.push(Piece::Made(delimited(field.number, size(&inner))));
			pieces.extend(inner);
			kept = field.whole.end;
		}
		if pieces.is_empty() {
			return Ok(None);
		}
		pieces.push(Piece::Kept(kept..message.end));
		Ok(Some(pieces))
	}

	fn tensor(&self, message: Range<usize>) -> Result<Option<Vec<Piece>>> {
		let fields = self.fields(message)?;
		let number = |field: &Field| {
			let mut at = field.value.start;
			self.varint(&mut at, field.value.end)
		};
		let mut is_external = false;
		for field in fields.iter().filter(|field| field.number == DATA_LOCATION) {
			is_external = number(field)? == 1;
		}
		if !is_external {
			return Ok(None);
		}
		let (mut name, mut kind, mut elements) = (String::new(), 0, Some(1u64));
		let (mut location, mut offset, mut length) = (None, 0, None);
		for field in &fields {
			match field.number {
				1 => {
					for dimension in self.dimensions(field)? {
						elements = elements.and_then(|product| product.checked_mul(dimension));
					}
				},
				2 => kind = number(field)?,
				8 => name = self.text(field.value.clone()),
				EXTERNAL_DATA => {
					let (key, value) = self.entry(field.value.clone())?;
					let parsed = || value.parse().map_err(|_| ExternalError::NotAModel);
					match key.as_str() {
						"location" => location = Some(value),
						"offset" => offset = parsed()?,
						"length" => length = Some(parsed()?),
						_ => {},
					}
				},
				_ => {},
			}
		}
		let location =
			location.ok_or_else(|| ExternalError::NoLocation { tensor: name.clone() })?;
		let (path, length) = self.find(&name, &location, offset, length)?;
		let expected = element_size(kind).zip(elements);
		if let Some(expected) = expected.and_then(|(size, elements)| elements.checked_mul(size)) {
			if expected != length {
				return Err(ExternalError::WrongLength { tensor: name, expected, found: length });
			}
		}
		let replaced = [RAW_DATA, EXTERNAL_DATA, DATA_LOCATION];
		let kept = fields.into_iter().filter(|field| !replaced.contains(&field.number));
		let mut pieces: Vec<_> = kept.map(|field| Piece::Kept(field.whole)).collect();
		pieces.push(Piece::Made(delimited(RAW_DATA, length)));
		pieces.push(Piece::File { path, offset, length });
		Ok(Some(pieces))
	}

	/// Lengths of axes, written one by one or packed.
	fn dimensions(&self, field: &Field) -> Result<Vec<u64>> {
		let (mut at, end) = (field.value.start, field.value.end);
		let mut lengths = Vec::new();
		while at < end {
			lengths.push(self.varint(&mut at, end)?);
		}
		Ok(lengths)
	}

	fn entry(&self, message: Range<usize>) -> Result<(String, String)> {
		let (mut key, mut value) = (String::new(), String::new());
		for field in self.fields(message)? {
			match field.number {
				1 => key = self.text(field.value),
				2 => value = self.text(field.value),
				_ => {},
			}
		}
		Ok((key, value))
	}

	fn text(&self, range: Range<usize>) -> String {
		String::from_utf8_lossy(self.bytes(range)).into_owned()
	}

	/// The file a tensor names and the bytes it takes of it, if they are there and below the model's folder.
	fn find(
		&self,
		tensor: &str,
		location: &str,
		offset: u64,
		length: Option<u64>,
	) -> Result<(PathBuf, u64)> {
		let elsewhere =
			|| ExternalError::Elsewhere { tensor: tensor.into(), location: location.into() };
		let unreadable = |why: String| ExternalError::Unreadable {
			tensor: tensor.into(),
			location: location.into(),
			why,
		};
		let is_below =
			|part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
		if location.is_empty() || !Path::new(location).components().all(is_below) {
			return Err(elsewhere());
		}
		// A link may lead anywhere.
		let refused = |error: io::Error| unreadable(error.to_string());
		let folder = self.folder.canonicalize().map_err(refused)?;
		let path = folder.join(location).canonicalize().map_err(refused)?;
		if !path.starts_with(&folder) {
			return Err(elsewhere());
		}
		let meta = path.metadata().map_err(refused)?;
		if !meta.is_file() {
			return Err(unreadable("that is no file".into()));
		}
		let rest = meta.len().checked_sub(offset);
		let length = length.or(rest).unwrap_or_default();
		if rest.is_none_or(|rest| length > rest) {
			let size = meta.len();
			return Err(unreadable(format!(
				"it has {size} bytes, and {length} from byte {offset} on are wanted"
			)));
		}
		Ok((path, length))
	}
}

fn size(pieces: &[Piece]) -> u64 {
	pieces.iter().fold(0, |sum: u64, piece| sum.saturating_add(piece.size()))
}

/// The tag and the length of a length-delimited field.
fn delimited(number: u64, length: u64) -> Vec<u8> {
	let mut bytes = Vec::new();
	for mut value in [number << 3 | 2, length] {
		while value >= 0x80 {
			bytes.push(value as u8 | 0x80);
			value >>= 7;
		}
		bytes.push(value as u8);
	}
	bytes
}

#[cfg(test)]
mod tests;
