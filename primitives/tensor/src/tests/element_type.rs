//! Element types: names, sizes and indices.

use crate::ElementType;
use codec::{Decode, Encode, MaxEncodedLen};

#[test]
fn is_one_byte_of_its_place_in_the_list() {
	for (index, element) in ElementType::ALL.into_iter().enumerate() {
		assert_eq!(element.encode(), [index as u8]);
	}
	assert!(ElementType::decode(&mut &[14u8][..]).is_err());
	assert_eq!(ElementType::max_encoded_len(), 1);
}

#[test]
fn reads_back_its_own_name() {
	for element in ElementType::ALL {
		assert_eq!(element.to_string().parse(), Ok(element));
	}
	assert_eq!(ElementType::BFloat16.to_string(), "bfloat16");
	assert!("Float32".parse::<ElementType>().is_err());
	assert!("".parse::<ElementType>().is_err());
}

#[test]
fn has_the_same_name_in_json() {
	for element in ElementType::ALL {
		assert_eq!(serde_json::to_value(element).unwrap(), element.to_string());
	}
}

#[test]
fn knows_its_size_unless_it_is_a_string() {
	let sizes: Vec<_> = ElementType::ALL.into_iter().filter_map(ElementType::size).collect();
	assert_eq!(sizes, [4, 8, 2, 2, 1, 2, 4, 8, 1, 2, 4, 8, 1]);
	assert_eq!(ElementType::String.size(), None);
}

#[test]
fn is_a_float_in_four_of_its_forms() {
	let floats = ElementType::ALL.into_iter().filter(|element| element.is_float());
	assert_eq!(floats.count(), 4);
}
