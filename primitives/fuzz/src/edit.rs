//! Edits to sound bytes, as a stranger might send them: few, so that most of the form survives.

use crate::{Bytes, Drawn};

/// The longest run of bytes one edit touches.
const LONGEST: usize = 8;

/// Makes up to three edits to `bytes`; says whether there was any.
pub fn edit(u: &mut Bytes, bytes: &mut Vec<u8>) -> Drawn<bool> {
	let before = bytes.clone();
	for _ in 0..u.int_in_range(0..=3u8)? {
		let place = u.int_in_range(0..=bytes.len())?;
		let run = u.int_in_range(1..=LONGEST)?.min(bytes.len() - place);
		match u.int_in_range(0..=6u8)? {
			0 => bytes.truncate(place),
			1 => bytes.insert(place, u.arbitrary()?),
			2 => drop(bytes.drain(place..place + run)),
			3 => {
				let copy = bytes[place..place + run].to_vec();
				bytes.splice(place..place, copy);
			},
			// The widest length SCALE can announce.
			4 => drop(bytes.splice(place..place + run, [3, 255, 255, 255, 255])),
			// Counts, kinds and bools are small.
			5 => {
				if let Some(byte) = bytes.get_mut(place) {
					*byte = u.int_in_range(0..=16)?;
				}
			},
			_ => {
				if let Some(byte) = bytes.get_mut(place) {
					*byte ^= u.int_in_range(1..=255u8)?;
				}
			},
		}
	}
	Ok(*bytes != before)
}
